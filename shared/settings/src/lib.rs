//! The functions' environment, read once at start. A variable that is missing or unreadable stops
//! the function, by its name.
//!
//! [`variable`] names what the adapters and the functions need; the limits and the environments'
//! addresses have their variables in their own tables, in `support_core::limits` and
//! `support_core::entitlement`.

pub mod variable;

use std::borrow::Cow;
use std::fmt;

use support_core::entitlement::EnvironmentUrls;
use support_core::limits::{GrantLimits, Limits, RecoveryLimits};
use support_core::setting::BadValue;
use support_core::time_zone::{TimeZone, TimeZoneName};

pub use variable::Variable;

/// A variable that keeps a function from starting.
#[derive(Clone, PartialEq, Eq)]
pub struct SettingError {
    name: &'static str,
    what: Cow<'static, str>,
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "environment variable {}: {}", self.name, self.what)
    }
}

/// The same sentence: a `main` that returns the error prints this.
impl fmt::Debug for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for SettingError {}

impl From<BadValue> for SettingError {
    fn from(bad: BadValue) -> Self {
        Self { name: bad.variable, what: format!("must {}", bad.must).into() }
    }
}

/// Reads the limits of a verification.
///
/// # Errors
/// A variable has a value that its limit cannot have.
pub fn limits() -> Result<Limits, SettingError> {
    Limits::read(|name| read(&environment, name))
}

/// Reads the limits of password recovery.
///
/// # Errors
/// A variable has a value that its limit cannot have.
pub fn recovery_limits() -> Result<RecoveryLimits, SettingError> {
    RecoveryLimits::read(|name| read(&environment, name))
}

/// Reads the limits of support grants.
///
/// # Errors
/// A variable has a value that its limit cannot have.
pub fn grant_limits() -> Result<GrantLimits, SettingError> {
    GrantLimits::read(|name| read(&environment, name))
}

/// Reads the address of each environment.
///
/// # Errors
/// A variable is missing, blank or not UTF-8.
pub fn environment_urls() -> Result<EnvironmentUrls, SettingError> {
    EnvironmentUrls::each(|to| required(&environment, to.url_variable()))
}

/// Reads the zone in which emails give times, if the reader's own is not known.
///
/// # Errors
/// The variable is not the name of a time zone.
pub fn time_zone() -> Result<TimeZone, SettingError> {
    time_zone_in(&environment)
}

fn environment(name: &str) -> Option<Result<String, NotText>> {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    std::env::var_os(name).map(|value| value.into_string().map_err(|_| NotText))
}

/// A variable that is not UTF-8.
#[derive(Clone, Copy, Debug)]
struct NotText;

trait Environment: Fn(&str) -> Option<Result<String, NotText>> {}
impl<F: Fn(&str) -> Option<Result<String, NotText>>> Environment for F {}

fn read(
    environment: &impl Environment,
    name: &'static str,
) -> Result<Option<String>, SettingError> {
    let not_text = |NotText| SettingError { name, what: "is not UTF-8".into() };
    environment(name).transpose().map_err(not_text)
}

fn time_zone_in(environment: &impl Environment) -> Result<TimeZone, SettingError> {
    let name = variable::TIME_ZONE.name();
    let Some(text) = read(environment, name)? else { return Ok(TimeZone::default()) };
    TimeZoneName::parse(&text)
        .as_ref()
        .and_then(TimeZone::find)
        .ok_or(SettingError { name, what: "must be a time zone, such as `America/Bogota`".into() })
}

fn required(environment: &impl Environment, name: &'static str) -> Result<String, SettingError> {
    let error = |what: &'static str| SettingError { name, what: what.into() };
    match read(environment, name)? {
        Some(value) if !value.trim().is_empty() => Ok(value),
        Some(_) => Err(error("is blank")),
        None => Err(error("is missing")),
    }
}

#[cfg(test)]
mod tests;
