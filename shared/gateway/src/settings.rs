//! The environment, read once at start. What is missing or unreadable stops the function, by name.

use std::fmt;

use support_core::entitlement::RcmForMembers;
use support_core::limits::{ConsentMode, Limits};
use support_core::recovery::RecoveryLimits;
use support_core::support_grant::GrantLimits;
use support_core::time_zone::{TimeZone, TimeZoneName};

/// A variable that the function cannot start without, or not with.
#[derive(Clone, PartialEq, Eq)]
pub struct SettingError {
    name: &'static str,
    what: &'static str,
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "environment variable {}: {}", self.name, self.what)
    }
}

/// The same sentence: it is what a `main` that returns the error prints.
impl fmt::Debug for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for SettingError {}

/// A variable that must be there.
///
/// # Errors
/// It is missing, blank or not UTF-8.
pub fn required(name: &'static str) -> Result<String, SettingError> {
    required_in(&environment, name)
}

/// The numbers of the process, and its two ways of working. What is not set has its default.
///
/// # Errors
/// A variable is not a whole number, is zero where that would stop the process for everyone, or
/// is not one of its words.
pub fn limits() -> Result<Limits, SettingError> {
    limits_in(&environment)
}

/// The numbers of recovery. What is not set has its default.
///
/// # Errors
/// A variable is not a whole number, or is zero where that would stop recovery for everyone.
pub fn recovery_limits() -> Result<RecoveryLimits, SettingError> {
    recovery_limits_in(&environment)
}

/// The numbers of support grants. What is not set has its default.
///
/// # Errors
/// A variable is not a whole number, or is zero where that would stop grants for everyone.
pub fn grant_limits() -> Result<GrantLimits, SettingError> {
    grant_limits_in(&environment)
}

/// The zone in which emails give times, if the reader's own is not known.
///
/// # Errors
/// The variable is not the name of a time zone.
pub fn time_zone() -> Result<TimeZone, SettingError> {
    time_zone_in(&environment)
}

/// `None` if the variable is not there.
pub(crate) fn environment(name: &str) -> Option<Result<String, NotText>> {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    std::env::var_os(name).map(|value| value.into_string().map_err(|_| NotText))
}

/// A variable that is not UTF-8.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotText;

trait Environment: Fn(&str) -> Option<Result<String, NotText>> {}
impl<F: Fn(&str) -> Option<Result<String, NotText>>> Environment for F {}

fn read(
    environment: &impl Environment,
    name: &'static str,
) -> Result<Option<String>, SettingError> {
    environment(name).transpose().map_err(|NotText| SettingError { name, what: "is not UTF-8" })
}

fn required_in(environment: &impl Environment, name: &'static str) -> Result<String, SettingError> {
    match read(environment, name)? {
        Some(value) if !value.trim().is_empty() => Ok(value),
        Some(_) => Err(SettingError { name, what: "is blank" }),
        None => Err(SettingError { name, what: "is missing" }),
    }
}

fn limits_in(environment: &impl Environment) -> Result<Limits, SettingError> {
    let default = Limits::default();
    let number = |name, default| number_in(environment, name, default);
    let positive = |name, default| positive_in(environment, name, default);
    Ok(Limits {
        code_seconds: positive("CODE_SECONDS", default.code_seconds)?,
        wrong_per_stage: positive("WRONG_ENTRIES_PER_STAGE", default.wrong_per_stage)?,
        wrong_per_customer: positive("WRONG_ENTRIES_PER_CUSTOMER", default.wrong_per_customer)?,
        wrong_per_customer_and_agent: positive(
            "WRONG_ENTRIES_PER_CUSTOMER_AND_AGENT",
            default.wrong_per_customer_and_agent,
        )?,
        wrong_per_agent: positive("WRONG_ENTRIES_PER_AGENT", default.wrong_per_agent)?,
        emails_per_customer: positive("MAILS_PER_CUSTOMER", default.emails_per_customer)?,
        // Zero: a code may be sent again at once.
        resend_seconds: number("RESEND_SECONDS", default.resend_seconds)?,
        sends_per_stage: positive("SENDS_PER_STAGE", default.sends_per_stage)?,
        lookups_per_agent: positive("LOOKUPS_PER_AGENT", default.lookups_per_agent)?,
        idle_seconds: positive("IDLE_SECONDS", default.idle_seconds)?,
        session_seconds: positive("SESSION_SECONDS", default.session_seconds)?,
        mint_lease_seconds: positive("MINT_LEASE_SECONDS", default.mint_lease_seconds)?,
        mint_ticket_seconds: positive("MINT_GRANT_SECONDS", default.mint_ticket_seconds)?,
        record_days: positive("RECORD_DAYS", default.record_days)?,
        consent_mode: match read(environment, "CONSENT_MODE")?.as_deref() {
            None => default.consent_mode,
            Some("both") => ConsentMode::Both,
            Some("agent-entry") => ConsentMode::AgentEntry,
            Some(_) => {
                let what = "must be `both` or `agent-entry`";
                return Err(SettingError { name: "CONSENT_MODE", what });
            }
        },
        rcm_for_members: match read(environment, "RCM_FOR_MEMBERS")?.as_deref() {
            None => default.rcm_for_members,
            Some("false") => RcmForMembers(false),
            Some("true") => RcmForMembers(true),
            Some(_) => {
                let what = "must be `true` or `false`";
                return Err(SettingError { name: "RCM_FOR_MEMBERS", what });
            }
        },
    })
}

fn recovery_limits_in(environment: &impl Environment) -> Result<RecoveryLimits, SettingError> {
    let default = RecoveryLimits::default();
    let number = |name, default| number_in(environment, name, default);
    let positive = |name, default| positive_in(environment, name, default);
    Ok(RecoveryLimits {
        resend_seconds: number("RESEND_SECONDS", default.resend_seconds)?,
        per_address: positive("RECOVERIES_PER_ADDRESS", default.per_address)?,
        per_source: positive("RECOVERIES_PER_SOURCE", default.per_source)?,
        wrong_entries: positive("RECOVERY_WRONG_ENTRIES", default.wrong_entries)?,
        lock_seconds: number("RECOVERY_LOCK_SECONDS", default.lock_seconds)?,
    })
}

fn grant_limits_in(environment: &impl Environment) -> Result<GrantLimits, SettingError> {
    let default = GrantLimits::default();
    let number = |name, default| number_in(environment, name, default);
    let positive = |name, default| positive_in(environment, name, default);
    Ok(GrantLimits {
        min_minutes: positive("GRANT_MIN_MINUTES", default.min_minutes)?,
        max_minutes: positive("GRANT_MAX_MINUTES", default.max_minutes)?,
        per_customer: positive("GRANTS_PER_CUSTOMER", default.per_customer)?,
        wrong_entries: positive("GRANT_WRONG_ENTRIES", default.wrong_entries)?,
        lock_seconds: number("GRANT_LOCK_SECONDS", default.lock_seconds)?,
    })
}

fn time_zone_in(environment: &impl Environment) -> Result<TimeZone, SettingError> {
    const NAME: &str = "TIME_ZONE";
    match read(environment, NAME)? {
        None => Ok(TimeZone::default()),
        Some(name) => {
            TimeZoneName::parse(&name).as_ref().and_then(TimeZone::find).ok_or(SettingError {
                name: NAME,
                what: "must be a time zone, such as `America/Bogota`",
            })
        }
    }
}

fn positive_in(
    environment: &impl Environment,
    name: &'static str,
    default: u32,
) -> Result<u32, SettingError> {
    match number_in(environment, name, default)? {
        0 => Err(SettingError { name, what: "must be at least 1" }),
        value => Ok(value),
    }
}

fn number_in(
    environment: &impl Environment,
    name: &'static str,
    default: u32,
) -> Result<u32, SettingError> {
    match read(environment, name)? {
        None => Ok(default),
        Some(value) => {
            value.parse().map_err(|_| SettingError { name, what: "must be a whole number" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(
        variables: &'static [(&'static str, &'static str)],
    ) -> impl Fn(&str) -> Option<Result<String, NotText>> {
        move |name| {
            let (_, value) = variables.iter().find(|(set, _)| *set == name)?;
            Some(Ok((*value).to_owned()))
        }
    }

    #[test]
    fn what_is_not_set_has_its_default() {
        let (read, default) = (limits_in(&with(&[])).unwrap(), Limits::default());
        assert_eq!(format!("{read:?}"), format!("{default:?}"));
    }

    #[test]
    fn every_number_is_read_from_its_own_variable() {
        let limits = limits_in(&with(&[
            ("CODE_SECONDS", "1"),
            ("WRONG_ENTRIES_PER_STAGE", "2"),
            ("WRONG_ENTRIES_PER_CUSTOMER", "3"),
            ("WRONG_ENTRIES_PER_CUSTOMER_AND_AGENT", "4"),
            ("WRONG_ENTRIES_PER_AGENT", "5"),
            ("MAILS_PER_CUSTOMER", "6"),
            ("RESEND_SECONDS", "0"),
            ("SENDS_PER_STAGE", "8"),
            ("LOOKUPS_PER_AGENT", "9"),
            ("IDLE_SECONDS", "10"),
            ("SESSION_SECONDS", "11"),
            ("MINT_LEASE_SECONDS", "12"),
            ("MINT_GRANT_SECONDS", "13"),
            ("RECORD_DAYS", "14"),
            ("CONSENT_MODE", "agent-entry"),
            ("RCM_FOR_MEMBERS", "true"),
        ]))
        .unwrap();
        let expected = Limits {
            code_seconds: 1,
            wrong_per_stage: 2,
            wrong_per_customer: 3,
            wrong_per_customer_and_agent: 4,
            wrong_per_agent: 5,
            emails_per_customer: 6,
            resend_seconds: 0,
            sends_per_stage: 8,
            lookups_per_agent: 9,
            idle_seconds: 10,
            session_seconds: 11,
            mint_lease_seconds: 12,
            mint_ticket_seconds: 13,
            record_days: 14,
            consent_mode: ConsentMode::AgentEntry,
            rcm_for_members: RcmForMembers(true),
        };
        assert_eq!(format!("{limits:?}"), format!("{expected:?}"));
    }

    #[test]
    fn recovery_has_numbers_of_its_own() {
        let (read, default) = (recovery_limits_in(&with(&[])).unwrap(), RecoveryLimits::default());
        assert_eq!(format!("{read:?}"), format!("{default:?}"));
        let limits = recovery_limits_in(&with(&[
            ("RESEND_SECONDS", "1"),
            ("RECOVERIES_PER_ADDRESS", "2"),
            ("RECOVERIES_PER_SOURCE", "3"),
            ("RECOVERY_WRONG_ENTRIES", "4"),
            ("RECOVERY_LOCK_SECONDS", "5"),
        ]))
        .unwrap();
        let expected = RecoveryLimits {
            resend_seconds: 1,
            per_address: 2,
            per_source: 3,
            wrong_entries: 4,
            lock_seconds: 5,
        };
        assert_eq!(format!("{limits:?}"), format!("{expected:?}"));
        let error = recovery_limits_in(&with(&[("RECOVERY_WRONG_ENTRIES", "0")])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "environment variable RECOVERY_WRONG_ENTRIES: must be at least 1"
        );
    }

    #[test]
    fn support_grants_have_numbers_of_their_own() {
        let (read, default) = (grant_limits_in(&with(&[])).unwrap(), GrantLimits::default());
        assert_eq!(format!("{read:?}"), format!("{default:?}"));
        let limits = grant_limits_in(&with(&[
            ("GRANT_MIN_MINUTES", "1"),
            ("GRANT_MAX_MINUTES", "2"),
            ("GRANTS_PER_CUSTOMER", "3"),
            ("GRANT_WRONG_ENTRIES", "4"),
            ("GRANT_LOCK_SECONDS", "5"),
        ]))
        .unwrap();
        let expected = GrantLimits {
            min_minutes: 1,
            max_minutes: 2,
            per_customer: 3,
            wrong_entries: 4,
            lock_seconds: 5,
        };
        assert_eq!(format!("{limits:?}"), format!("{expected:?}"));
    }

    #[test]
    fn an_unreadable_variable_is_named() {
        let cases: &[(&'static [(&str, &str)], &str)] = &[
            (&[("CODE_SECONDS", "0")], "environment variable CODE_SECONDS: must be at least 1"),
            (&[("CODE_SECONDS", "")], "environment variable CODE_SECONDS: must be a whole number"),
            (
                &[("CODE_SECONDS", "5m")],
                "environment variable CODE_SECONDS: must be a whole number",
            ),
            (
                &[("IDLE_SECONDS", "-1")],
                "environment variable IDLE_SECONDS: must be a whole number",
            ),
            (
                &[("RECORD_DAYS", "4294967296")],
                "environment variable RECORD_DAYS: must be a whole number",
            ),
            (
                &[("CONSENT_MODE", "none")],
                "environment variable CONSENT_MODE: must be `both` or `agent-entry`",
            ),
            (
                &[("RCM_FOR_MEMBERS", "yes")],
                "environment variable RCM_FOR_MEMBERS: must be `true` or `false`",
            ),
        ];
        for (variables, message) in cases {
            let error = limits_in(&with(variables)).unwrap_err();
            assert_eq!(error.to_string(), *message);
            assert_eq!(format!("{error:?}"), *message);
        }
        let error = limits_in(&|_: &str| Some(Err(NotText))).unwrap_err();
        assert_eq!(error.to_string(), "environment variable CODE_SECONDS: is not UTF-8");
    }

    #[test]
    fn a_time_zone_is_one_of_the_database() {
        assert_eq!(time_zone_in(&with(&[])).unwrap().name(), "America/Bogota");
        let lima = time_zone_in(&with(&[("TIME_ZONE", "America/Lima")])).unwrap();
        assert_eq!(lima.name(), "America/Lima");
        for variables in [[("TIME_ZONE", "")], [("TIME_ZONE", "Bogota")], [("TIME_ZONE", "../x")]] {
            let error = time_zone_in(&|_: &str| Some(Ok(variables[0].1.to_owned()))).unwrap_err();
            assert_eq!(
                error.to_string(),
                "environment variable TIME_ZONE: must be a time zone, such as `America/Bogota`"
            );
        }
    }

    #[test]
    fn what_is_required_is_there_and_says_something() {
        let variables = with(&[("SUPPORT_TABLE", "Support"), ("MAIL_FROM", " ")]);
        assert_eq!(required_in(&variables, "SUPPORT_TABLE").unwrap(), "Support");
        for (name, message) in [
            ("MAIL_FROM", "environment variable MAIL_FROM: is blank"),
            ("CORE_TABLE", "environment variable CORE_TABLE: is missing"),
        ] {
            assert_eq!(required_in(&variables, name).unwrap_err().to_string(), message);
        }
    }
}
