use super::*;
use crate::environment::NotText;
use support_core::entitlement::RcmForMembers;
use support_core::limits::ConsentMode;

fn with(
    variables: &'static [(&'static str, &'static str)],
) -> impl Fn(&str) -> Option<Result<String, NotText>> {
    move |name| {
        let (_, value) = variables.iter().find(|(set, _)| *set == name)?;
        Some(Ok((*value).to_owned()))
    }
}

fn limits_in(environment: &impl Environment) -> Result<Limits, SettingError> {
    Limits::read(|name| read(environment, name))
}

fn recovery_limits_in(environment: &impl Environment) -> Result<RecoveryLimits, SettingError> {
    RecoveryLimits::read(|name| read(environment, name))
}

fn grant_limits_in(environment: &impl Environment) -> Result<GrantLimits, SettingError> {
    GrantLimits::read(|name| read(environment, name))
}

#[test]
fn a_limit_that_is_not_set_has_its_default() {
    let (read, default) = (limits_in(&with(&[])).unwrap(), Limits::default());
    assert_eq!(format!("{read:?}"), format!("{default:?}"));
}

#[test]
fn every_limit_is_read_from_its_own_variable() {
    let limits = limits_in(&with(&[
        ("CODE_SECONDS", "1"),
        ("WRONG_ENTRIES_PER_STAGE", "2"),
        ("WRONG_ENTRIES_PER_CUSTOMER", "3"),
        ("WRONG_ENTRIES_PER_CUSTOMER_AND_AGENT", "4"),
        ("WRONG_ENTRIES_PER_AGENT", "5"),
        ("MAILS_PER_CUSTOMER", "6"),
        ("MAILS_PER_CUSTOMER_AND_AGENT", "7"),
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
        emails_per_customer_and_agent: 7,
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
fn recovery_has_its_own_limits() {
    let (read, default) = (recovery_limits_in(&with(&[])).unwrap(), RecoveryLimits::default());
    assert_eq!(format!("{read:?}"), format!("{default:?}"));
    let limits = recovery_limits_in(&with(&[
        ("RESEND_SECONDS", "1"),
        ("RECOVERIES_PER_ADDRESS", "2"),
        ("RECOVERIES_PER_SOURCE", "3"),
        ("RECOVERIES_PER_NETWORK", "6"),
        ("RECOVERY_WRONG_ENTRIES", "4"),
        ("RECOVERY_LOCK_SECONDS", "5"),
    ]))
    .unwrap();
    let expected = RecoveryLimits {
        resend_seconds: 1,
        per_address: 2,
        per_source: 3,
        per_network: 6,
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
fn support_grants_have_their_own_limits() {
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
fn a_bad_value_is_named() {
    let cases: &[(&'static [(&str, &str)], &str)] = &[
        (&[("CODE_SECONDS", "0")], "environment variable CODE_SECONDS: must be at least 1"),
        (&[("CODE_SECONDS", "")], "environment variable CODE_SECONDS: must be a whole number"),
        (&[("CODE_SECONDS", "5m")], "environment variable CODE_SECONDS: must be a whole number"),
        (&[("IDLE_SECONDS", "-1")], "environment variable IDLE_SECONDS: must be a whole number"),
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
            "environment variable RCM_FOR_MEMBERS: must be `false` or `true`",
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
fn a_required_variable_must_be_there_and_not_blank() {
    let variables = with(&[("SUPPORT_TABLE", "Support"), ("MAIL_FROM", " ")]);
    assert_eq!(required(&variables, "SUPPORT_TABLE").unwrap(), "Support");
    for (name, message) in [
        ("MAIL_FROM", "environment variable MAIL_FROM: is blank"),
        ("CORE_TABLE", "environment variable CORE_TABLE: is missing"),
    ] {
        assert_eq!(required(&variables, name).unwrap_err().to_string(), message);
    }
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
