use super::*;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use support_core::code::Code;
use support_core::entitlement::Environment;
use support_core::identity::{EmailAddress, New, Reason};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the test only asks whether it can be read")]
struct Body {
    code: Code,
    email: Option<New<EmailAddress>>,
    environment: Option<Environment>,
    reason: Option<New<Reason>>,
    limit: Option<u32>,
    flag: Option<bool>,
    inner: Option<Inner>,
    list: Option<Vec<u32>>,
    map: Option<BTreeMap<String, u32>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the test only asks whether it can be read")]
struct Inner {
    word: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Empty {}

#[derive(Debug, Deserialize)]
#[serde(tag = "to", rename_all = "lowercase", deny_unknown_fields)]
#[expect(dead_code, reason = "the test only asks whether it can be read")]
enum Tagged {
    Agent {},
    Customer { ecosystem: String },
}

fn error<T: DeserializeOwned + fmt::Debug>(body: &str) -> (String, String) {
    let error = read::<T>(Some(body), false).unwrap_err();
    (error.field, error.detail.into_owned())
}

#[test]
fn a_good_body_is_read_as_text_and_as_base64() {
    let text = r#" {"code": "012345", "email": "A@b.c", "environment": "web", "inner": {"word": "x"},
        "list": [1, 2], "map": {"a": 1}} "#;
    let body: Body = read(Some(text), false).unwrap();
    assert_eq!(body.code.expose(), "012345");
    let body: Body = read(Some(&STANDARD.encode(text)), true).unwrap();
    assert_eq!(body.email.unwrap().0.as_str(), "a@b.c");
    assert!(read::<Empty>(Some("{}"), false).is_ok());
}

#[test] // P24
fn a_hostile_body_is_refused_with_its_field() {
    let long = format!(r#"{{"code": "012345", "reason": "{}"}}"#, "x".repeat(501));
    let deep = format!(r#"{{"code": {}1{}}}"#, "[".repeat(4000), "]".repeat(4000));
    let deep_objects = format!("{}1{}", r#"{"inner":"#.repeat(500), "}".repeat(500));
    let not_json = "not JSON, or nested too deeply, or more than one JSON value";
    let fields = "unknown field; the known ones are: code, email, environment, reason, limit, flag, inner, list, map";
    let cases = [
        ("", "body", "missing: send a JSON object"),
        (" \n ", "body", "missing: send a JSON object"),
        ("{", "body", not_json),
        ("code=012345", "body", not_json),
        ("{'code': '012345'}", "body", not_json),
        ("\u{feff}{\"code\": \"012345\"}", "body", not_json),
        (r#"{"code": "012345"} x"#, "body", not_json),
        (r#"{"code": "012345"}{}"#, "body", not_json),
        (r#"{"code": "012345",}"#, "body", not_json),
        (r#"{"code": "\ud800"}"#, "body", not_json),
        ("{\"code\": \"01\n345\"}", "body", not_json),
        (r#"{"code": NaN}"#, "body", not_json),
        (r#"{"code": 1e999}"#, "body", not_json),
        (&deep, "body", not_json),
        (&deep_objects, "body", not_json),
        ("null", "body", "expected an object"),
        ("[]", "body", "expected an object"),
        (r#"["012345"]"#, "body", "expected an object"),
        (r#""012345""#, "body", "expected an object"),
        ("12345", "body", "expected an object"),
        ("{}", "code", "missing"),
        (r#"{"code": null}"#, "code", "expected a string"),
        (r#"{"code": 12345}"#, "code", "expected a string"),
        (r#"{"code": true}"#, "code", "expected a string"),
        (r#"{"code": ["012345"]}"#, "code", "expected a string"),
        (r#"{"code": {"$ne": ""}}"#, "code", "expected a string"),
        (r#"{"code": "12345"}"#, "code", "exactly six digits"),
        (r#"{"code": "012345\u0000"}"#, "code", "exactly six digits"),
        (r#"{"code": "012345", "email": "a@b.c\r\nBcc: x@y.z"}"#, "email", "not an email address"),
        (
            r#"{"code": "012345", "environment": "WEB"}"#,
            "environment",
            "expected one of: store, web, app, rcm",
        ),
        (r#"{"code": "012345", "environment": {"web": null}}"#, "environment", "expected a string"),
        (r#"{"code": "012345", "limit": null}"#, "limit", "expected a whole number, not negative"),
        (r#"{"code": "012345", "limit": -1}"#, "limit", "expected a whole number, not negative"),
        (r#"{"code": "012345", "limit": 1.5}"#, "limit", "expected a whole number, not negative"),
        (
            r#"{"code": "012345", "limit": 4294967296}"#,
            "limit",
            "expected a whole number, not negative",
        ),
        (r#"{"code": "012345", "limit": "5"}"#, "limit", "expected a whole number, not negative"),
        (r#"{"code": "012345", "flag": 1}"#, "flag", "expected a boolean"),
        (r#"{"code": "012345", "inner": ["x"]}"#, "inner", "expected an object"),
        (r#"{"code": "012345", "inner": {}}"#, "inner.word", "missing"),
        (r#"{"code": "012345", "inner": {"word": 1}}"#, "inner.word", "expected a string"),
        (r#"{"code": "012345", "inner": {"word": "a", "word": "b"}}"#, "inner.word", "repeated"),
        (
            r#"{"code": "012345", "inner": {"word": "a", "x": 1}}"#,
            "inner",
            "unknown field; the known ones are: word",
        ),
        (r#"{"code": "012345", "list": {}}"#, "list", "expected a list"),
        (
            r#"{"code": "012345", "list": [1, "2"]}"#,
            "list.[1]",
            "expected a whole number, not negative",
        ),
        (r#"{"code": "012345", "map": {"a": 1, "a": 2}}"#, "body", "a field is repeated"),
        (r#"{"code": "012345", "code": "012345"}"#, "code", "repeated"),
        (r#"{"code": "012345", "\u0063ode": "012345"}"#, "code", "repeated"),
        (r#"{"code": "012345", "Code": "012345"}"#, "body", fields),
        (r#"{"code": "012345", "__proto__": {}}"#, "body", fields),
        (&long, "reason", "1 to 500 characters"),
    ];
    for (body, field, detail) in cases {
        assert_eq!(error::<Body>(body), (field.into(), detail.into()), "{body:.80}");
    }
    assert_eq!(
        error::<Empty>(r#"{"x": 1}"#),
        ("body".into(), "no fields are expected: send {}".into())
    );
    assert_eq!(read::<Body>(None, false).unwrap_err().field, "body");
}

#[test] // P24
fn a_tagged_body_is_as_strict() {
    assert!(read::<Tagged>(Some(r#"{"to": "agent"}"#), false).is_ok());
    assert!(read::<Tagged>(Some(r#"{"ecosystem": "e", "to": "customer"}"#), false).is_ok());
    for (body, field, detail) in [
        ("{}", "to", "missing"),
        (r#"{"to": 1}"#, "to", "expected a string"),
        (r#"{"to": "all"}"#, "to", "expected one of: agent, customer"),
        (r#"{"to": "agent", "to": "customer"}"#, "to", "repeated"),
        (r#"{"to": "customer"}"#, "ecosystem", "missing"),
        (r#"{"to": "agent", "ecosystem": "e"}"#, "body", "no fields are expected: send {}"),
        (r#"["customer", "e"]"#, "body", "expected an object"),
    ] {
        assert_eq!(error::<Tagged>(body), (field.into(), detail.into()), "{body}");
    }
}

#[test] // P24
fn a_body_longer_than_8_kib_is_refused() {
    let body = r#"{"code": "012345"}"#;
    let padded = |length: usize| body.to_owned() + &" ".repeat(length - body.len());
    for is_base64 in [false, true] {
        let send = |text: String| if is_base64 { STANDARD.encode(text) } else { text };
        assert!(read::<Body>(Some(&send(padded(MAX_BYTES))), is_base64).is_ok());
        for length in [MAX_BYTES + 1, MAX_BYTES + 2, MAX_BYTES + 3, 6_000_000] {
            let error = read::<Body>(Some(&send(padded(length))), is_base64).unwrap_err();
            assert_eq!(error, too_long(MAX_BYTES), "{length}");
        }
    }
}

#[test] // P24
fn bytes_that_are_not_text_are_refused() {
    for (bytes, detail) in [
        (&b"{\"code\": \"\xff\"}"[..], "not UTF-8 text"),
        (&b"{\"code\": \"\xed\xa0\x80\"}"[..], "not UTF-8 text"),
        (&b"\xfe\xff\0{"[..], "not UTF-8 text"),
        (&b"\0"[..], "not JSON, or nested too deeply, or more than one JSON value"),
        (&b""[..], "missing: send a JSON object"),
    ] {
        let error = read::<Body>(Some(&STANDARD.encode(bytes)), true).unwrap_err();
        assert_eq!(error, whole(detail), "{bytes:?}");
    }
    assert_eq!(read::<Body>(Some("!!!!"), true).unwrap_err(), whole("not base64"));
}

#[test] // P7
fn no_error_quotes_what_was_sent() {
    const SECRET: &str = "s3cr3t-canary";
    for body in [
        r#"{"code": "CANARY"}"#,
        r#"{"CANARY": 1}"#,
        r#"{"code": "012345", "CANARY": 1}"#,
        r#"{"code": {"CANARY": "CANARY"}}"#,
        r#"{"code": "012345", "email": "CANARY"}"#,
        r#"{"code": "012345", "environment": "CANARY"}"#,
        r#"{"code": "012345", "limit": "CANARY"}"#,
        r#"{"code": "012345", "flag": "CANARY"}"#,
        r#"{"code": "012345", "inner": "CANARY"}"#,
        r#"{"code": "012345", "inner": {"CANARY": 1}}"#,
        r#"{"code": "012345", "list": "CANARY"}"#,
        r#"{"code": "012345", "CANARY": 1, "CANARY": 2}"#,
        r#"{"to": "CANARY"}"#,
        r#"{"to": "agent", "CANARY": "CANARY"}"#,
        r#"{"to": "customer", "ecosystem": {"CANARY": 1}}"#,
        "CANARY",
        r#""CANARY""#,
    ] {
        let body = body.replace("CANARY", SECRET);
        for (field, detail) in [error::<Body>(&body), error::<Tagged>(&body)] {
            assert!(!field.contains(SECRET) && !detail.contains(SECRET), "{field}: {detail}");
        }
    }
}

#[test]
fn no_error_names_one_of_our_types() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "the test only asks whether it can be read")]
    struct Internal {
        pair: (u8, u8),
    }
    let wrong = ("pair".into(), "expected something else".into());
    assert_eq!(error::<Internal>(r#"{"pair": "x"}"#), wrong);
    assert_eq!(error::<Internal>(r#"{"pair": [1]}"#), wrong);
}

#[test] // P7
fn a_parser_that_quotes_its_input_is_not_passed_on() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "the test only asks whether it can be read")]
    struct Careless {
        value: Quoting,
    }
    #[derive(Debug, Deserialize)]
    #[serde(try_from = "String")]
    struct Quoting;
    impl TryFrom<String> for Quoting {
        type Error = String;

        fn try_from(text: String) -> Result<Self, String> {
            Err(format!("{text} is not right"))
        }
    }
    assert_eq!(
        error::<Careless>(r#"{"value": "123456"}"#),
        ("value".into(), "not acceptable".into())
    );
}

#[test]
fn a_field_of_a_form_is_read_from_base64_too() {
    let field = |body, is_base64| form_field(Some(body), is_base64, "token");
    assert_eq!(field("token=a%2Eb+c&token_type_hint=x", false).unwrap(), "a.b c");
    assert_eq!(field("dG9rZW49YS5i", true).unwrap(), "a.b");
    assert_eq!(field("", false).unwrap_err(), FieldError::missing("token"));
    assert_eq!(field("Token=a", false).unwrap_err(), FieldError::missing("token"));
    assert!(field("token=a&token=b", false).is_err());
    assert!(field("token=a", true).is_err());
    assert!(field(&"a".repeat(MAX_FORM_BYTES + 1), false).is_err());
}

#[test] // P46
fn a_whole_number_may_be_written_with_a_fraction_of_nothing() {
    #[derive(Debug, serde::Deserialize, PartialEq)]
    struct Limit {
        limit: u32,
    }
    for body in
        [r#"{"limit": 60}"#, r#"{"limit": 60.0}"#, r#"{"limit": 6e1}"#, r#"{"limit": 600E-1}"#]
    {
        assert_eq!(read::<Limit>(Some(body), false).unwrap(), Limit { limit: 60 }, "{body}");
    }
    for body in
        [r#"{"limit": 60.5}"#, r#"{"limit": -60.0}"#, r#"{"limit": 1e300}"#, r#"{"limit": "60"}"#]
    {
        assert!(read::<Limit>(Some(body), false).is_err(), "{body}");
    }
}
