//! A request's body: strict JSON, and errors that say what was expected and never what was sent,
//! since what was sent may be a code, a token or an address.
//!
//! `serde_json` by itself would take an array for a struct and the last of two equal names, and its
//! messages quote the input. So the text becomes a tree that keeps every name, and the type is
//! read from that tree with an error type of our own, which drops the input where serde offers it.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeOwned, Deserializer, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};

use crate::problem::FieldError;

/// The longest body taken, in bytes.
pub(crate) const MAX_BYTES: usize = 8 * 1024;

/// Reads a `T` from a body as API Gateway hands it over.
///
/// What `T`'s own parsers say is passed on; a sentence that quotes the body is replaced.
pub(crate) fn read<T: DeserializeOwned>(
    body: Option<&str>,
    is_base64: bool,
) -> Result<T, FieldError> {
    let decoded = decode(body, is_base64)?;
    let text = text(&decoded)?;
    if text.trim().is_empty() {
        return Err(whole("missing: this route takes a JSON object"));
    }
    // serde_json stops at 128 levels by itself.
    let tree: Tree = serde_json::from_str(text)
        .map_err(|_| whole("not JSON, or nested too deeply, or more than one JSON value"))?;
    let Tree::Object(_) = tree else {
        return Err(whole("expected an object"));
    };
    let value = serde_path_to_error::deserialize(tree.clone()).map_err(|error| {
        let path = error.path().clone();
        error.into_inner().into_field_error(&path, &tree)
    })?;
    // A struct refuses its own fields twice; a map in it would not.
    if tree.repeats_a_name() {
        return Err(whole("a field is repeated"));
    }
    Ok(value)
}

/// Reads one field of a form (`application/x-www-form-urlencoded`). Others are left alone, as
/// OAuth has it (RFC 6749, section 3.2).
pub(crate) fn form_field(
    body: Option<&str>,
    is_base64: bool,
    name: &'static str,
) -> Result<String, FieldError> {
    let decoded = decode(body, is_base64)?;
    let text = text(&decoded)?;
    let mut values = form_urlencoded::parse(text.as_bytes()).filter(|(field, _)| field == name);
    let (_, value) = values.next().ok_or_else(|| FieldError::missing(name))?;
    match values.next() {
        None => Ok(value.into_owned()),
        Some(_) => Err(FieldError::new(name, "is repeated")),
    }
}

fn decode(body: Option<&str>, is_base64: bool) -> Result<Cow<'_, [u8]>, FieldError> {
    let body = body.unwrap_or_default();
    // In base64 four characters stand for three bytes, with up to two of padding.
    let longest = if is_base64 { MAX_BYTES.div_ceil(3) * 4 } else { MAX_BYTES };
    if body.len() > longest {
        return Err(whole(TOO_LONG));
    }
    let decoded: Cow<'_, [u8]> = if is_base64 {
        STANDARD.decode(body).map_err(|_| whole("not base64"))?.into()
    } else {
        body.as_bytes().into()
    };
    if decoded.len() > MAX_BYTES {
        return Err(whole(TOO_LONG));
    }
    Ok(decoded)
}

fn text(bytes: &[u8]) -> Result<&str, FieldError> {
    std::str::from_utf8(bytes).map_err(|_| whole("not UTF-8 text"))
}

const TOO_LONG: &str = "longer than 8 KiB";

fn whole(detail: &'static str) -> FieldError {
    FieldError::new("body", detail)
}

/// JSON with every name kept, repeated ones too.
#[derive(Clone)]
enum Tree {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    fn repeats_a_name(&self) -> bool {
        match self {
            Self::Object(fields) => fields.iter().enumerate().any(|(place, (name, value))| {
                fields[..place].iter().any(|(earlier, _)| earlier == name) || value.repeats_a_name()
            }),
            Self::List(items) => items.iter().any(Self::repeats_a_name),
            Self::Null
            | Self::Bool(_)
            | Self::Unsigned(_)
            | Self::Signed(_)
            | Self::Float(_)
            | Self::Text(_) => false,
        }
    }

    /// Whether `message` quotes a name or a text of the tree. Short ones are in every sentence, and
    /// the names in `path` are in the answer in any case.
    fn is_quoted_by(&self, message: &str, path: &[String]) -> bool {
        let quoted = |text: &str| text.len() >= 4 && message.contains(text);
        match self {
            Self::Text(text) => quoted(text),
            Self::Unsigned(number) => quoted(&number.to_string()),
            Self::Signed(number) => quoted(&number.to_string()),
            Self::Float(number) => quoted(&number.to_string()),
            Self::List(items) => items.iter().any(|item| item.is_quoted_by(message, path)),
            Self::Object(fields) => fields.iter().any(|(name, value)| {
                (quoted(name) && !path.contains(name)) || value.is_quoted_by(message, path)
            }),
            Self::Null | Self::Bool(_) => false,
        }
    }

    fn unexpected(&self) -> Unexpected<'_> {
        match self {
            Self::Null => Unexpected::Unit,
            Self::Bool(value) => Unexpected::Bool(*value),
            Self::Unsigned(value) => Unexpected::Unsigned(*value),
            Self::Signed(value) => Unexpected::Signed(*value),
            Self::Float(value) => Unexpected::Float(*value),
            Self::Text(value) => Unexpected::Str(value),
            Self::List(_) => Unexpected::Seq,
            Self::Object(_) => Unexpected::Map,
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Unsigned(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Signed(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Tree, A::Error> {
        let mut object = Vec::new();
        while let Some(field) = fields.next_entry()? {
            object.push(field);
        }
        Ok(Tree::Object(object))
    }
}

impl IntoDeserializer<'_, Fault> for Tree {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Tree {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(value) => visitor.visit_bool(value),
            Self::Unsigned(value) => visitor.visit_u64(value),
            Self::Signed(value) => visitor.visit_i64(value),
            Self::Float(value) => visitor.visit_f64(value),
            Self::Text(value) => visitor.visit_string(value),
            Self::List(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter())),
            Self::Object(fields) => visitor.visit_map(MapDeserializer::new(fields.into_iter())),
        }
    }

    /// What is not given is left out: a null is a value, and none that a route takes.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    /// An object and nothing else: serde's own code would take a list of the fields' values too.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self {
            Self::Object(_) => self.deserialize_any(visitor),
            other => Err(serde::de::Error::invalid_type(other.unexpected(), &"an object")),
        }
    }

    /// The contract's enums are words.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self {
            Self::Text(value) => visitor.visit_enum(value.into_deserializer()),
            other => Err(serde::de::Error::invalid_type(other.unexpected(), &"a string")),
        }
    }

    /// The name of a variant: serde's own code would take its number too.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Self::Text(value) => visitor.visit_string(value),
            other => Err(serde::de::Error::invalid_type(other.unexpected(), &"a string")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map ignored_any
    }
}

/// What serde finds wrong, less the input.
#[derive(Debug)]
enum Fault {
    Expected(String),
    OneOf(&'static [&'static str]),
    Unknown(&'static [&'static str]),
    Missing(&'static str),
    Repeated(&'static str),
    Said(String),
}

impl Fault {
    fn into_field_error(self, path: &serde_path_to_error::Path, tree: &Tree) -> FieldError {
        let mut path: Vec<String> = path.iter().map(ToString::to_string).collect();
        let detail: Cow<'static, str> = match self {
            Self::Expected(what) => format!("expected {}", plain(&what)).into(),
            Self::OneOf(words) => format!("expected one of: {}", words.join(", ")).into(),
            Self::Unknown(fields) => {
                // The path may end in the unknown name, which is input.
                if path.last().is_some_and(|name| !fields.contains(&name.as_str())) {
                    path.pop();
                }
                match fields {
                    [] => "takes no fields: send {}".into(),
                    fields => format!("unknown field; it takes: {}", fields.join(", ")).into(),
                }
            }
            Self::Missing(field) => {
                path.push(field.to_owned());
                "missing".into()
            }
            Self::Repeated(field) => {
                path.push(field.to_owned());
                "repeated".into()
            }
            Self::Said(message) if tree.is_quoted_by(&message, &path) => "not acceptable".into(),
            Self::Said(message) => message.into(),
        };
        let field = if path.is_empty() { "body".to_owned() } else { path.join(".") };
        FieldError::new(field, detail)
    }
}

/// What a type expects, in a client's words. serde's may name our own types.
fn plain(expected: &str) -> &str {
    match expected {
        "a string" | "a boolean" | "an object" => expected,
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not negative",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a sequence" => "a list",
        "a map" => "an object",
        _ => "something else",
    }
}

impl serde::de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Said(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Expected(expected.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Expected(expected.to_string())
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::Expected(expected.to_string())
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::OneOf(expected)
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self::Unknown(expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::Repeated(field)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not what the route takes")
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use support_core::code::Code;
    use support_core::entitlement::Environment;
    use support_core::identity::{EmailAddress, Reason};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read is asked")]
    struct Body {
        code: Code,
        email: Option<EmailAddress>,
        environment: Option<Environment>,
        reason: Option<Reason>,
        limit: Option<u32>,
        flag: Option<bool>,
        inner: Option<Inner>,
        list: Option<Vec<u32>>,
        map: Option<BTreeMap<String, u32>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read is asked")]
    struct Inner {
        word: String,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Empty {}

    #[derive(Debug, Deserialize)]
    #[serde(tag = "to", rename_all = "lowercase", deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read is asked")]
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
        assert_eq!(body.email.unwrap().as_str(), "a@b.c");
        assert!(read::<Empty>(Some("{}"), false).is_ok());
    }

    #[test] // P24
    fn a_hostile_body_is_refused_with_its_field() {
        let long = format!(r#"{{"code": "012345", "reason": "{}"}}"#, "x".repeat(501));
        let deep = format!(r#"{{"code": {}1{}}}"#, "[".repeat(4000), "]".repeat(4000));
        let deep_objects = format!("{}1{}", r#"{"inner":"#.repeat(500), "}".repeat(500));
        let not_json = "not JSON, or nested too deeply, or more than one JSON value";
        let fields = "unknown field; it takes: code, email, environment, reason, limit, flag, inner, list, map";
        let cases = [
            ("", "body", "missing: this route takes a JSON object"),
            (" \n ", "body", "missing: this route takes a JSON object"),
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
            (
                r#"{"code": "012345", "email": "a@b.c\r\nBcc: x@y.z"}"#,
                "email",
                "not an email address",
            ),
            (
                r#"{"code": "012345", "environment": "WEB"}"#,
                "environment",
                "expected one of: store, web, app, rcm",
            ),
            (
                r#"{"code": "012345", "environment": {"web": null}}"#,
                "environment",
                "expected a string",
            ),
            (
                r#"{"code": "012345", "limit": null}"#,
                "limit",
                "expected a whole number, not negative",
            ),
            (
                r#"{"code": "012345", "limit": -1}"#,
                "limit",
                "expected a whole number, not negative",
            ),
            (
                r#"{"code": "012345", "limit": 1.5}"#,
                "limit",
                "expected a whole number, not negative",
            ),
            (
                r#"{"code": "012345", "limit": 4294967296}"#,
                "limit",
                "expected a whole number, not negative",
            ),
            (
                r#"{"code": "012345", "limit": "5"}"#,
                "limit",
                "expected a whole number, not negative",
            ),
            (r#"{"code": "012345", "flag": 1}"#, "flag", "expected a boolean"),
            (r#"{"code": "012345", "inner": ["x"]}"#, "inner", "expected an object"),
            (r#"{"code": "012345", "inner": {}}"#, "inner.word", "missing"),
            (r#"{"code": "012345", "inner": {"word": 1}}"#, "inner.word", "expected a string"),
            (
                r#"{"code": "012345", "inner": {"word": "a", "word": "b"}}"#,
                "inner.word",
                "repeated",
            ),
            (
                r#"{"code": "012345", "inner": {"word": "a", "x": 1}}"#,
                "inner",
                "unknown field; it takes: word",
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
            ("body".into(), "takes no fields: send {}".into())
        );
        assert_eq!(read::<Body>(None, false).unwrap_err().field, "body");
    }

    #[test] // P24
    fn a_body_that_says_which_it_is_is_as_strict() {
        assert!(read::<Tagged>(Some(r#"{"to": "agent"}"#), false).is_ok());
        assert!(read::<Tagged>(Some(r#"{"ecosystem": "e", "to": "customer"}"#), false).is_ok());
        for (body, field, detail) in [
            ("{}", "to", "missing"),
            (r#"{"to": 1}"#, "to", "expected a string"),
            (r#"{"to": "all"}"#, "to", "expected one of: agent, customer"),
            (r#"{"to": "agent", "to": "customer"}"#, "to", "repeated"),
            (r#"{"to": "customer"}"#, "ecosystem", "missing"),
            (r#"{"to": "agent", "ecosystem": "e"}"#, "body", "takes no fields: send {}"),
            (r#"["customer", "e"]"#, "body", "expected an object"),
        ] {
            assert_eq!(error::<Tagged>(body), (field.into(), detail.into()), "{body}");
        }
    }

    #[test] // P24
    fn nothing_is_read_that_is_longer_than_8_kib() {
        let body = r#"{"code": "012345"}"#;
        let padded = |length: usize| body.to_owned() + &" ".repeat(length - body.len());
        for is_base64 in [false, true] {
            let send = |text: String| if is_base64 { STANDARD.encode(text) } else { text };
            assert!(read::<Body>(Some(&send(padded(MAX_BYTES))), is_base64).is_ok());
            for length in [MAX_BYTES + 1, MAX_BYTES + 2, MAX_BYTES + 3, 6_000_000] {
                let error = read::<Body>(Some(&send(padded(length))), is_base64).unwrap_err();
                assert_eq!(error, whole(TOO_LONG), "{length}");
            }
        }
    }

    #[test] // P24
    fn bytes_that_are_no_text_are_refused() {
        for (bytes, detail) in [
            (&b"{\"code\": \"\xff\"}"[..], "not UTF-8 text"),
            (&b"{\"code\": \"\xed\xa0\x80\"}"[..], "not UTF-8 text"),
            (&b"\xfe\xff\0{"[..], "not UTF-8 text"),
            (&b"\0"[..], "not JSON, or nested too deeply, or more than one JSON value"),
            (&b""[..], "missing: this route takes a JSON object"),
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
    fn no_error_names_a_type_of_ours() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only whether it can be read is asked")]
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
        #[expect(dead_code, reason = "only whether it can be read is asked")]
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
    fn a_form_s_field_is_read_from_base64_too() {
        let field = |body, is_base64| form_field(Some(body), is_base64, "token");
        assert_eq!(field("token=a%2Eb+c&token_type_hint=x", false).unwrap(), "a.b c");
        assert_eq!(field("dG9rZW49YS5i", true).unwrap(), "a.b");
        assert_eq!(field("", false).unwrap_err(), FieldError::missing("token"));
        assert_eq!(field("Token=a", false).unwrap_err(), FieldError::missing("token"));
        assert!(field("token=a&token=b", false).is_err());
        assert!(field("token=a", true).is_err());
        assert!(field(&"a".repeat(MAX_BYTES + 1), false).is_err());
    }
}
