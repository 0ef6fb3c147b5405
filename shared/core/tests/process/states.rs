//! Every action in every state.

use support_core::chain;
use support_core::refusal::Refusal;
use support_core::verification::Status;
use support_testing::samples::Walk;

use crate::actions::{ACTIONS, Action, act, everywhere, everywhere_from, under_a_grant};

use crate::actions::Action::*;

/// What each action comes to in each state; what is not named is refused as `wrong-step`, or, for
/// a page or a handoff, with that token's own refusal.
#[test] // P10
fn every_state_knows_every_action() {
    use Status::*;
    let allowed: [Allowed; 15] = [
        ("started", &[(Challenge, AgentChallenged), (Cancel, Closed)]),
        (
            "agent_challenged",
            &[
                (Challenge, AgentChallenged),
                (Authenticate, AgentVerified),
                (AgentWrong, AgentChallenged),
                (Cancel, Closed),
            ],
        ),
        (
            "agent_verified",
            &[(RequestConsent, AwaitingConsent), (Finish, Closed), (Cancel, Closed)],
        ),
        (
            "awaiting_consent",
            &[
                (RequestConsent, AwaitingConsent),
                (AgentEnters, AwaitingConsent),
                (CustomerEnters, AwaitingConsent),
                (AgentMisreads, AwaitingConsent),
                (CustomerMistypes, AwaitingConsent),
                (Finish, Closed),
                (Cancel, Closed),
                (CustomerStops, Closed),
            ],
        ),
        (
            "consented",
            &[(Mint, Minting), (Finish, Closed), (Cancel, Closed), (CustomerStops, Closed)],
        ),
        (
            "minting",
            &[
                (MintFails, Consented),
                (Session, InSession),
                (Finish, Closed),
                (Cancel, Closed),
                (CustomerStops, Closed),
            ],
        ),
        (
            "lease lapsed",
            &[(Mint, Minting), (Finish, Closed), (Cancel, Closed), (CustomerStops, Closed)],
        ),
        (
            "in_session",
            &[(Redeem, InSession), (Finish, Closed), (Cancel, Closed), (CustomerStops, Closed)],
        ),
        ("completed", &[]),
        ("ended", &[]),
        ("finished", &[(Finish, Closed)]),
        ("cancelled", &[(Cancel, Closed)]),
        ("denied", &[]),
        ("expired", &[]),
        ("locked", &[]),
    ];
    assert_eq!(try_everything(everywhere(), &allowed), 16 * 15);
}

/// With a support grant the proof is the consent: the states in which a customer is asked, and all
/// that is done there, are out of reach.
#[test] // P10
fn every_state_under_a_grant_knows_every_action() {
    use Status::*;
    let allowed: [Allowed; 13] = [
        ("started", &[(Challenge, AgentChallenged), (Cancel, Closed)]),
        (
            "agent_challenged",
            &[
                (Challenge, AgentChallenged),
                (Authenticate, Consented),
                (AgentWrong, AgentChallenged),
                (Cancel, Closed),
            ],
        ),
        (
            "consented",
            &[(Mint, Minting), (Finish, Closed), (Cancel, Closed), (CustomerStops, Closed)],
        ),
        (
            "minting",
            &[
                (MintFails, Consented),
                (Session, InSession),
                (Finish, Closed),
                (Cancel, Closed),
                (CustomerStops, Closed),
            ],
        ),
        (
            "lease lapsed",
            &[(Mint, Minting), (Finish, Closed), (Cancel, Closed), (CustomerStops, Closed)],
        ),
        (
            "in_session",
            &[(Redeem, InSession), (Finish, Closed), (Cancel, Closed), (CustomerStops, Closed)],
        ),
        ("completed", &[]),
        ("ended", &[]),
        ("finished", &[(Finish, Closed)]),
        ("cancelled", &[(Cancel, Closed)]),
        ("denied", &[]),
        ("expired", &[]),
        ("locked", &[]),
    ];
    assert_eq!(try_everything(everywhere_from(under_a_grant), &allowed), 13 * 15);
}

/// What may be done in a state, and what that comes to.
type Allowed = (&'static str, &'static [(Action, Status)]);

/// Tries every action on every walk, and says how many that were.
fn try_everything(walks: Vec<(&'static str, Walk)>, allowed: &[Allowed]) -> usize {
    let mut tried = 0;
    for (name, walk) in walks {
        let (_, allowed) = allowed.iter().find(|(state, _)| *state == name).unwrap();
        for action in ACTIONS {
            tried += 1;
            let before = walk.verification.clone().at(walk.now);
            let expected = allowed.iter().find(|(a, _)| *a == action).map(|(_, status)| *status);
            match (act(&walk, action), expected) {
                (Ok(next), Some(status)) => {
                    assert_eq!(next.status(), status, "{action:?} in {name}");
                    let again = name == "cancelled" || name == "finished";
                    let steps = before.steps.len() + usize::from(!again);
                    assert_eq!(next.steps.len(), steps, "{action:?} in {name}: one step (P11)");
                    assert_eq!(chain::check(&next.id, &next.steps), Ok(()));
                }
                (Err(refusal), None) => {
                    let own = match action {
                        Redeem => Refusal::HandoffRefused,
                        CustomerStops => Refusal::ConsentRefused,
                        _ => Refusal::WrongStep(before.status()),
                    };
                    assert_eq!(refusal, own, "{action:?} in {name}");
                }
                (came, expected) => panic!("{action:?} in {name}: {came:?}, not {expected:?}"),
            }
        }
    }
    tried
}
