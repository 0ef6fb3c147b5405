//! What is wrong with a body, without the input.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Expected, Unexpected};

use crate::problem::FieldError;

/// What serde finds wrong, without the input.
#[derive(Debug)]
pub(super) enum Fault {
    Expected(String),
    OneOf(&'static [&'static str]),
    Unknown(&'static [&'static str]),
    Missing(&'static str),
    Repeated(&'static str),
    Said(String),
}

impl Fault {
    /// Says what is wrong with the field at `path`. `is_quoted` tells whether a message quotes the body,
    /// where the names in its second argument may be quoted.
    pub fn into_field_error(
        self,
        path: &serde_path_to_error::Path,
        is_quoted: impl Fn(&str, &[String]) -> bool,
    ) -> FieldError {
        let mut path: Vec<String> = path.iter().map(ToString::to_string).collect();
        let detail: Cow<'static, str> = match self {
            Self::Expected(what) => format!("expected {}", plain(&what)).into(),
            Self::OneOf(words) => format!("expected one of: {}", words.join(", ")).into(),
            Self::Unknown(fields) => {
                // The path can end in the unknown name, which is input.
                if path.last().is_some_and(|name| !fields.contains(&name.as_str())) {
                    path.pop();
                }
                match fields {
                    [] => "no fields are expected: send {}".into(),
                    fields => {
                        format!("unknown field; the known ones are: {}", fields.join(", ")).into()
                    }
                }
            }
            Self::Missing(field) => {
                path.push(field.to_owned());
                "missing".into()
            }
            Self::Repeated(field) => {
                path.push(field.to_owned());
                "repeated".into()
            }
            Self::Said(message) if is_quoted(&message, &path) => "not acceptable".into(),
            Self::Said(message) => message.into(),
        };
        let field = if path.is_empty() { "body".to_owned() } else { path.join(".") };
        FieldError::new(field, detail)
    }
}

/// Says what a type expects in words that a client knows. serde's own may name our types.
fn plain(expected: &str) -> &str {
    match expected {
        "a string" | "a boolean" | "an object" => expected,
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not negative",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a sequence" => "a list",
        "a map" => "an object",
        _ => "something else",
    }
}

impl serde::de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Said(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Expected(expected.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Expected(expected.to_string())
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::Expected(expected.to_string())
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::OneOf(expected)
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self::Unknown(expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::Repeated(field)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not what the route expects")
    }
}

impl std::error::Error for Fault {}
