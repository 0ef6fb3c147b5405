//! Which environments a session may open: the table of roles, plans and modules.

use serde::{Deserialize, Deserializer, Serialize};

use crate::directory::{Ecosystem, Plan, Role};

/// Where a session can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    Store,
    Web,
    App,
    Rcm,
}

/// A row of the table of environments.
struct Row {
    name: &'static str,
    display_name: &'static str,
    url_variable: &'static str,
    landing: fn(Role) -> &'static str,
    may_open: fn(&Ecosystem, RcmForMembers) -> bool,
}

impl Environment {
    /// All of them, in the order in which they are declared and shown.
    pub const ALL: [Self; 4] = [Self::Store, Self::Web, Self::App, Self::Rcm];

    /// The table (seeds 000 and 001).
    const fn row(self) -> Row {
        match self {
            Self::Store => Row {
                name: "store",
                display_name: "Waizant Store",
                url_variable: "STORE_URL",
                landing: |_| "home",
                may_open: |ecosystem, _| is_admin(ecosystem.role),
            },
            Self::Web => Row {
                name: "web",
                display_name: "Waizant Web",
                url_variable: "WEB_URL",
                landing: |role| if is_admin(role) { "home" } else { "my-ecosystem" },
                may_open: |_, _| true,
            },
            Self::App => Row {
                name: "app",
                display_name: "Waizant App",
                url_variable: "APP_URL",
                landing: |_| "home",
                may_open: |_, _| true,
            },
            Self::Rcm => Row {
                name: "rcm",
                display_name: "Waizant RCM",
                url_variable: "RCM_URL",
                landing: |_| "rcm-dashboard",
                may_open: |ecosystem, rcm_for_members| {
                    has_rcm(ecosystem) && (is_admin(ecosystem.role) || rcm_for_members.0)
                },
            },
        }
    }

    /// Returns the name in the contract.
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// Returns the name that customers know.
    pub const fn display_name(self) -> &'static str {
        self.row().display_name
    }

    /// Returns the environment variable with the address that opens a handoff.
    pub const fn url_variable(self) -> &'static str {
        self.row().url_variable
    }

    /// Returns where in the environment a session begins.
    pub fn landing(self, role: Role) -> &'static str {
        (self.row().landing)(role)
    }
}

const fn is_admin(role: Role) -> bool {
    match role {
        Role::Admin => true,
        Role::Member | Role::Successor | Role::Unknown => false,
    }
}

fn has_rcm(ecosystem: &Ecosystem) -> bool {
    ecosystem.plan == Plan::Premium && ecosystem.modules.iter().any(|module| module == "rcm")
}

/// The address of each environment. A handoff's secret goes into the fragment.
#[derive(Clone, Debug)]
pub struct EnvironmentUrls([String; Environment::ALL.len()]);

impl EnvironmentUrls {
    /// Takes from `url` the address of each environment.
    ///
    /// # Errors
    /// The first error of `url`.
    pub fn each<E>(mut url: impl FnMut(Environment) -> Result<String, E>) -> Result<Self, E> {
        let mut urls = Self(Environment::ALL.map(|_| String::new()));
        for environment in Environment::ALL {
            urls.0[environment as usize] = url(environment)?;
        }
        Ok(urls)
    }

    /// Returns the address of `environment`.
    pub fn of(&self, environment: Environment) -> &str {
        &self.0[environment as usize]
    }
}

/// What an environment shows in a support session: everything, unless the customer's support grant
/// says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visibility {
    pub messages: bool,
    pub talks: bool,
}

impl Visibility {
    /// Returns whether everything is shown.
    pub fn is_whole(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for Visibility {
    fn default() -> Self {
        Self { messages: true, talks: true }
    }
}

/// What an agent may do in a session: look at what the customer sees, or change it as well. The wider
/// one is the greater one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    #[default]
    View,
    Change,
}

impl Access {
    /// Reads an access that may be left out of a body, but not be null:
    /// `#[serde(default, deserialize_with = "Access::if_given")]`.
    ///
    /// # Errors
    /// The value is neither of the two.
    pub fn if_given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
        Self::deserialize(value).map(Some)
    }
}

/// Whether the RCM opens for premium members and successors. Seed 002 says yes, seed 000 says no; the
/// narrower is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RcmForMembers(pub bool);

/// Returns the environments that can be opened in `ecosystem`, in the order in which they are shown.
pub fn environments(ecosystem: &Ecosystem, rcm_for_members: RcmForMembers) -> Vec<Environment> {
    Environment::ALL
        .into_iter()
        .filter(|environment| (environment.row().may_open)(ecosystem, rcm_for_members))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Environment::{App, Rcm, Store, Web};

    fn ecosystem(role: Role, plan: Plan, rcm: bool) -> Ecosystem {
        let modules = if rcm { vec!["rcm".to_owned()] } else { Vec::new() };
        Ecosystem { id: "e".into(), name: "E".into(), role, plan, modules }
    }

    #[test] // P31
    fn every_row_of_the_table_in_both_readings() {
        type Row = (Role, Plan, bool, &'static [Environment], &'static [Environment]);
        let rows: [Row; 12] = [
            (Role::Admin, Plan::Premium, true, &[Store, Web, App, Rcm], &[Store, Web, App, Rcm]),
            (Role::Admin, Plan::Premium, false, &[Store, Web, App], &[Store, Web, App]),
            (Role::Admin, Plan::Plus, true, &[Store, Web, App], &[Store, Web, App]),
            (Role::Admin, Plan::Plus, false, &[Store, Web, App], &[Store, Web, App]),
            (Role::Member, Plan::Premium, true, &[Web, App], &[Web, App, Rcm]),
            (Role::Member, Plan::Premium, false, &[Web, App], &[Web, App]),
            (Role::Member, Plan::Plus, true, &[Web, App], &[Web, App]),
            (Role::Member, Plan::Plus, false, &[Web, App], &[Web, App]),
            (Role::Successor, Plan::Premium, true, &[Web, App], &[Web, App, Rcm]),
            (Role::Successor, Plan::Premium, false, &[Web, App], &[Web, App]),
            (Role::Successor, Plan::Plus, true, &[Web, App], &[Web, App]),
            (Role::Successor, Plan::Plus, false, &[Web, App], &[Web, App]),
        ];
        for (role, plan, rcm, narrow, wide) in rows {
            let ecosystem = ecosystem(role, plan, rcm);
            assert_eq!(environments(&ecosystem, RcmForMembers(false)), narrow, "{ecosystem:?}");
            assert_eq!(environments(&ecosystem, RcmForMembers(true)), wide, "{ecosystem:?}");
        }
    }

    #[test]
    fn web_lands_an_administrator_at_home_and_others_in_their_ecosystem() {
        assert_eq!(Web.landing(Role::Admin), "home");
        assert_eq!(Web.landing(Role::Member), "my-ecosystem");
        assert_eq!(Web.landing(Role::Successor), "my-ecosystem");
        assert_eq!(Rcm.landing(Role::Admin), "rcm-dashboard");
        assert_eq!(Rcm.landing(Role::Member), "rcm-dashboard");
    }

    #[test]
    fn an_environment_has_one_name() {
        for environment in Environment::ALL {
            let name = serde_json::to_value(environment).unwrap();
            assert_eq!(name, environment.as_str());
        }
    }

    #[test]
    fn each_environment_has_its_own_address() {
        let urls = EnvironmentUrls::each(|to| Ok::<_, ()>(to.url_variable().to_owned())).unwrap();
        for (environment, url) in
            [(Store, "STORE_URL"), (Web, "WEB_URL"), (App, "APP_URL"), (Rcm, "RCM_URL")]
        {
            assert_eq!(urls.of(environment), url);
        }
    }
}
