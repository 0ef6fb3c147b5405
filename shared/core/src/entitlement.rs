//! Which environments a session may open: the table of roles, plans and modules.

use serde::{Deserialize, Serialize};

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

impl Environment {
    pub const ALL: [Self; 4] = [Self::Store, Self::Web, Self::App, Self::Rcm];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Web => "web",
            Self::App => "app",
            Self::Rcm => "rcm",
        }
    }

    /// The name a customer knows it by.
    pub const fn display_name(self) -> &'static str {
        match self {
            Self::Store => "Waizant Store",
            Self::Web => "Waizant Web",
            Self::App => "Waizant App",
            Self::Rcm => "Waizant RCM",
        }
    }

    /// Where in the environment the session lands: RCM on its dashboard, Web on the home page
    /// for an administrator and on My Ecosystem otherwise (seeds 000 and 001).
    pub const fn landing(self, role: Role) -> &'static str {
        match (self, role) {
            (Self::Rcm, _) => "rcm-dashboard",
            (Self::Web, Role::Member | Role::Successor) => "my-ecosystem",
            (Self::Store | Self::Web | Self::App, _) => "home",
        }
    }
}

/// What an environment shows in a support session: all of it, unless the customer's own grant
/// says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visibility {
    pub messages: bool,
    pub talks: bool,
}

impl Default for Visibility {
    fn default() -> Self {
        Self { messages: true, talks: true }
    }
}

/// Whether members and successors on premium may be supported in RCM: seed 002 says yes, seed
/// 000 says no; the narrower is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RcmForMembers(pub bool);

/// The environments that may be opened in `ecosystem`, in the order they are shown.
pub fn environments(ecosystem: &Ecosystem, rcm_for_members: RcmForMembers) -> Vec<Environment> {
    let admin = match ecosystem.role {
        Role::Admin => true,
        Role::Member | Role::Successor => false,
    };
    let has_rcm = ecosystem.plan == Plan::Premium && ecosystem.modules.iter().any(|m| m == "rcm");
    Environment::ALL
        .into_iter()
        .filter(|environment| match environment {
            Environment::Store => admin,
            Environment::Web | Environment::App => true,
            Environment::Rcm => has_rcm && (admin || rcm_for_members.0),
        })
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
}
