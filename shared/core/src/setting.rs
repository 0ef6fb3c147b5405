//! A setting that an operator chooses: its template parameter, the environment variable in which
//! the parameter reaches a function, its default and what else it can be.
//!
//! Nothing here reads an environment: the reader is an argument.

use std::fmt;
use std::ops::RangeInclusive;

/// A whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    pub parameter: &'static str,
    pub variable: &'static str,
    default: u32,
    /// The bounds of the parameter.
    bounds: (u32, u32),
    /// The least number that a function starts with.
    least: u32,
}

/// One of several words, of which the first is the default.
#[derive(Clone, Copy, Debug)]
pub struct Choice<T: 'static> {
    pub parameter: &'static str,
    pub variable: &'static str,
    pub words: &'static [(&'static str, T)],
}

/// A value that a setting cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadValue {
    pub variable: &'static str,
    /// What the value must be.
    pub must: String,
}

/// A setting as the template and the documents describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub parameter: &'static str,
    pub variable: &'static str,
    pub default: String,
    pub allowed: Allowed,
}

/// What a template parameter can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    Numbers { min: u32, max: u32 },
    Words(Vec<&'static str>),
}

/// A number whose parameter stays within `bounds`. A function refuses to start with zero, which
/// would stop the process for everyone.
pub(crate) const fn number(
    parameter: &'static str,
    variable: &'static str,
    default: u32,
    bounds: RangeInclusive<u32>,
) -> Number {
    let bounds = (*bounds.start(), *bounds.end());
    Number { parameter, variable, default, bounds, least: 1 }
}

impl Number {
    /// Lets a function start with zero, too: there is nothing to wait for then.
    pub(crate) const fn or_zero(self) -> Self {
        Self { least: 0, ..self }
    }

    pub(crate) fn default(&self) -> u32 {
        self.default
    }

    pub(crate) fn read(&self, given: Option<&str>) -> Result<u32, BadValue> {
        let must = |must: String| BadValue { variable: self.variable, must };
        let Some(given) = given else { return Ok(self.default) };
        let number = given.parse().map_err(|_| must("be a whole number".to_owned()))?;
        if number < self.least {
            Err(must(format!("be at least {}", self.least)))
        } else {
            Ok(number)
        }
    }

    pub(crate) fn row(&self) -> Row {
        let (min, max) = self.bounds;
        Row {
            parameter: self.parameter,
            variable: self.variable,
            default: self.default.to_string(),
            allowed: Allowed::Numbers { min, max },
        }
    }
}

impl<T: Copy> Choice<T> {
    pub(crate) fn default(&self) -> T {
        self.words[0].1
    }

    pub(crate) fn read(&self, given: Option<&str>) -> Result<T, BadValue> {
        let Some(given) = given else { return Ok(self.default()) };
        let found = self.words.iter().find(|(word, _)| *word == given);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let words: Vec<_> = self.words.iter().map(|(word, _)| format!("`{word}`")).collect();
            BadValue { variable: self.variable, must: format!("be {}", words.join(" or ")) }
        })
    }

    pub(crate) fn row(&self) -> Row {
        Row {
            parameter: self.parameter,
            variable: self.variable,
            default: self.words[0].0.to_owned(),
            allowed: Allowed::Words(self.words.iter().map(|(word, _)| *word).collect()),
        }
    }
}

impl fmt::Display for BadValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "environment variable {}: must {}", self.variable, self.must)
    }
}

impl std::error::Error for BadValue {}

/// Makes a struct of settings from its table.
macro_rules! settings {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$doc:meta])* $field:ident: $type:ty = $setting:expr;)* }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name {
            $($(#[$doc])* pub $field: $type,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $setting.default(),)* }
            }
        }

        impl $name {
            /// Reads each setting from what `given` returns for its variable; a setting that is
            /// not given has its default.
            ///
            /// # Errors
            /// What `given` returns, and [`BadValue`](crate::setting::BadValue) for a value that
            /// the setting cannot have.
            pub fn read<E: From<$crate::setting::BadValue>>(
                given: impl Fn(&'static str) -> Result<Option<String>, E>,
            ) -> Result<Self, E> {
                Ok(Self { $($field: $setting.read(given($setting.variable)?.as_deref())?,)* })
            }

            /// Returns the table, for those who compare it with the template.
            pub fn table() -> Vec<$crate::setting::Row> {
                vec![$($setting.row()),*]
            }
        }
    };
}
pub(crate) use settings;
