//! Reads variables, and says what is wrong with one.

use std::borrow::Cow;
use std::fmt;

use support_core::setting::BadValue;

/// A variable that keeps a function from starting.
#[derive(Clone, PartialEq, Eq)]
pub struct SettingError {
    pub(crate) name: &'static str,
    pub(crate) what: Cow<'static, str>,
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

/// Returns `None` if the variable is not there.
pub(crate) fn environment(name: &str) -> Option<Result<String, NotText>> {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    std::env::var_os(name).map(|value| value.into_string().map_err(|_| NotText))
}

/// A variable that is not UTF-8.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotText;

pub(crate) trait Environment: Fn(&str) -> Option<Result<String, NotText>> {}
impl<F: Fn(&str) -> Option<Result<String, NotText>>> Environment for F {}

/// Reads a variable that can be missing.
pub(crate) fn read(
    environment: &impl Environment,
    name: &'static str,
) -> Result<Option<String>, SettingError> {
    let not_text = |NotText| SettingError { name, what: "is not UTF-8".into() };
    environment(name).transpose().map_err(not_text)
}

/// Reads a variable that must be there.
pub(crate) fn required(
    environment: &impl Environment,
    name: &'static str,
) -> Result<String, SettingError> {
    let error = |what: &'static str| SettingError { name, what: what.into() };
    match read(environment, name)? {
        Some(value) if !value.trim().is_empty() => Ok(value),
        Some(_) => Err(error("is blank")),
        None => Err(error("is missing")),
    }
}
