//! The tables of limits and variables, compared with the template and the documents.

use std::collections::BTreeSet;

use support_core::entitlement::Environment;
use support_core::limits::{GrantLimits, Limits, RecoveryLimits};
use support_core::setting::{Allowed, Row};
use support_settings::variable;

const TEMPLATE: &str = include_str!("../../../template.yaml");
const PARAMETERS: &str = include_str!("../../../docs/parameters.md");

/// Numbers of the deployment, which no function reads.
const OF_THE_DEPLOYMENT: [&str; 10] = [
    "MemoryMegabytes",
    "LogDays",
    "RequestsPerSecond",
    "RequestsInABurst",
    "CustomerTriggersConcurrency",
    "EndingRequestsPerSecond",
    "IntrospectRequestsPerSecond",
    "PollRequestsPerSecond",
    "StepRequestsPerSecond",
    "PublicRequestsPerSecond",
];

fn rows() -> Vec<Row> {
    [Limits::table(), RecoveryLimits::table(), GrantLimits::table()].concat()
}

/// The template's parameters: each with its definition in one line.
fn parameters() -> Vec<(&'static str, String)> {
    let section = TEMPLATE.split("\nParameters:\n").nth(1).unwrap();
    let section = section.split("\nConditions:\n").next().unwrap();
    let mut parameters: Vec<(&str, String)> = Vec::new();
    for line in section.lines() {
        match line.strip_prefix("  ") {
            Some(text) if text.starts_with(|c: char| c.is_ascii_uppercase()) => {
                let (name, definition) = text.split_once(':').unwrap();
                parameters.push((name, definition.to_owned()));
            }
            Some(text) if text.starts_with(' ') => {
                let (_, definition) = parameters.last_mut().unwrap();
                *definition = format!("{definition}, {}", text.trim());
            }
            _ => {}
        }
    }
    parameters
}

/// The value of `key` in a definition, in block or flow style.
fn value<'a>(definition: &'a str, key: &str) -> Option<&'a str> {
    let start = definition.find(&format!("{key}: "))? + key.len() + 2;
    let rest = &definition[start..];
    let end = if rest.starts_with('[') {
        rest.find(']')? + 1
    } else {
        rest.find([',', '}']).unwrap_or(rest.len())
    };
    Some(rest[..end].trim().trim_matches('\''))
}

fn is_set_to(variable: &str, value: &str) -> bool {
    let setting = format!("{variable}: {value}");
    TEMPLATE.match_indices(&setting).any(|(start, _)| {
        let before = TEMPLATE[..start].chars().next_back();
        let after = TEMPLATE[start + setting.len()..].chars().next();
        before.is_some_and(|c| c == ' ' || c == '{') && after.is_none_or(|c| "\n,}".contains(c))
    })
}

#[test]
fn every_limit_is_a_parameter_with_the_same_default_and_bounds() {
    let parameters = parameters();
    for row in rows() {
        let found = parameters.iter().find(|(name, _)| *name == row.parameter);
        let (_, definition) =
            found.unwrap_or_else(|| panic!("{}: not in the template", row.parameter));
        assert_eq!(value(definition, "Default"), Some(row.default.as_str()), "{}", row.parameter);
        match row.allowed {
            Allowed::Numbers { min, max } => {
                assert_eq!(
                    value(definition, "MinValue"),
                    Some(min.to_string().as_str()),
                    "{}",
                    row.parameter
                );
                assert_eq!(
                    value(definition, "MaxValue"),
                    Some(max.to_string().as_str()),
                    "{}",
                    row.parameter
                );
            }
            Allowed::Words(words) => {
                let allowed = value(definition, "AllowedValues").unwrap().replace('\'', "");
                let allowed: BTreeSet<_> = allowed.trim_matches(['[', ']']).split(", ").collect();
                assert_eq!(
                    allowed,
                    words.into_iter().collect::<BTreeSet<_>>(),
                    "{}",
                    row.parameter
                );
            }
        }
    }
}

#[test]
fn every_limit_reaches_the_functions_in_its_variable() {
    for row in rows() {
        let reference = format!("!Ref {}", row.parameter);
        assert!(is_set_to(row.variable, &reference), "{}: {reference}", row.variable);
    }
}

#[test]
fn every_number_of_the_template_is_in_a_table() {
    let rows = rows();
    for (name, definition) in parameters() {
        if value(&definition, "Type") == Some("Number") && !OF_THE_DEPLOYMENT.contains(&name) {
            assert!(rows.iter().any(|row| row.parameter == name), "{name}: in no table");
        }
    }
}

#[test]
fn the_documents_say_every_default() {
    for row in rows() {
        let line = format!("| `{}` | `{}` | ", row.parameter, row.default);
        assert!(PARAMETERS.contains(&line), "docs/parameters.md: {line}");
    }
}

#[test]
fn the_template_sets_every_variable_that_is_read() {
    let urls = Environment::ALL.map(Environment::url_variable);
    for name in variable::ALL.iter().map(|variable| variable.name()).chain(urls) {
        assert!(TEMPLATE.contains(&format!("{name}: ")), "{name}");
    }
}
