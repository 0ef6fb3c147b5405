//! The record as it is stored: a step is a list `[at, actor, action, hash, detail]` without names, and
//! without the detail where there is none. DynamoDB bills each KB that a write begins, and a record is
//! most of its item. A step's place gives its `seq`.
//!
//! A step never gets a sixth member: what is new about a step belongs into its detail, which other versions
//! keep as it is.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Action, Actor, Step, Word};
use crate::step_detail::Detail;
use crate::time::Timestamp;

#[derive(Serialize)]
#[serde(untagged)]
enum Short<'a> {
    Bare(Timestamp, &'a Word<Actor>, &'a Word<Action>, &'a str),
    Detailed(Timestamp, &'a Word<Actor>, &'a Word<Action>, &'a str, &'a Detail),
}

/// A list, or the named members that release 0.1.0 wrote.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Named(Step),
    Detailed(Timestamp, Word<Actor>, Word<Action>, String, Detail),
    Bare(Timestamp, Word<Actor>, Word<Action>, String),
}

pub(crate) fn serialize<S: Serializer>(steps: &[Step], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(steps.iter().map(|step| {
        let Step { seq: _, at, actor, action, detail, hash } = step;
        match detail {
            None => Short::Bare(*at, actor, action, hash),
            Some(detail) => Short::Detailed(*at, actor, action, hash, detail),
        }
    }))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Step>, D::Error> {
    let stored = Vec::<Stored>::deserialize(deserializer)?;
    Ok(stored.into_iter().zip(1..).map(|(step, seq)| step.at_place(seq)).collect())
}

impl Stored {
    fn at_place(self, seq: u32) -> Step {
        let (at, actor, action, hash, detail) = match self {
            Self::Named(step) => return step,
            Self::Detailed(at, actor, action, hash, detail) => {
                (at, actor, action, hash, Some(detail))
            }
            Self::Bare(at, actor, action, hash) => (at, actor, action, hash, None),
        };
        Step { seq, at, actor, action, detail, hash }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::step_detail::Facts;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Record(#[serde(with = "super")] Vec<Step>);

    fn record() -> Record {
        let step = |seq, detail| Step {
            seq,
            at: Timestamp::from_millis(seq.into()),
            actor: Actor::Agent.into(),
            action: Action::Started.into(),
            detail,
            hash: format!("hash {seq}"),
        };
        let sending = Facts::Sending { number: 1, of: 5 };
        Record(vec![
            step(1, None),
            step(2, Some(sending.into())),
            step(3, Some(Detail::Text("it".into()))),
        ])
    }

    #[test]
    fn a_step_is_a_list_without_names_and_comes_back_with_its_place() {
        let written = serde_json::to_value(record()).unwrap();
        let expected = json!([
            [1, "agent", "started", "hash 1"],
            [2, "agent", "started", "hash 2", {"kind": "sending", "number": 1, "of": 5}],
            [3, "agent", "started", "hash 3", "it"],
        ]);
        assert_eq!(written, expected);
        assert_eq!(serde_json::from_value::<Record>(written).unwrap(), record());
    }

    #[test]
    fn steps_that_were_written_with_names_are_read_beside_lists() {
        let Record(steps) = record();
        let mut written = serde_json::to_value(record()).unwrap();
        written[0] = serde_json::to_value(&steps[0]).unwrap();
        assert_eq!(written[0]["detail"], Value::Null);
        assert_eq!(serde_json::from_value::<Record>(written).unwrap(), record());
    }

    #[test]
    fn a_list_that_lacks_a_member_is_no_step() {
        let written = json!([[1, "agent", "started"]]);
        assert!(serde_json::from_value::<Record>(written).is_err());
    }
}
