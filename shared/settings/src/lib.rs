//! The functions' environment, read once at start. A variable that is missing or unreadable stops
//! the function, by its name.
//!
//! [`variable`] names what the adapters and the functions need; the limits and the environments'
//! addresses have their variables in their own tables, in `support_core::limits` and
//! `support_core::entitlement`.

mod environment;
pub mod variable;

use support_core::entitlement::EnvironmentUrls;
use support_core::limits::{GrantLimits, Limits, RecoveryLimits};
use support_core::time_zone::{TimeZone, TimeZoneName};

use environment::{Environment, environment, read, required};

pub use environment::SettingError;
pub use variable::Variable;

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

fn time_zone_in(environment: &impl Environment) -> Result<TimeZone, SettingError> {
    let name = variable::TIME_ZONE.name();
    let Some(text) = read(environment, name)? else { return Ok(TimeZone::default()) };
    TimeZoneName::parse(&text)
        .as_ref()
        .and_then(TimeZone::find)
        .ok_or(SettingError { name, what: "must be a time zone, such as `America/Bogota`".into() })
}

#[cfg(test)]
mod tests;
