//! A request's body: strict JSON, and errors that say what was expected and never what was sent,
//! which may be a code, a token or an address.
//!
//! `serde_json` alone accepts an array for a struct and the last of two equal names, and its messages
//! quote the input. So the text becomes a [`Tree`] that keeps every name, and the type is read from
//! that tree with an error type of our own, [`Fault`](fault::Fault), which drops the input that
//! serde offers.

mod fault;
mod tree;

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;

use crate::problem::FieldError;
use tree::Tree;

/// The longest JSON body that is read, in bytes.
pub(crate) const MAX_BYTES: usize = 8 * 1024;

/// The longest form that is read, in bytes. It brings a token, which has the customer's groups in it: that
/// of a customer in 60 groups takes 12 KB.
pub(crate) const MAX_FORM_BYTES: usize = 32 * 1024;

/// Reads a `T` from a body as API Gateway passes it.
///
/// The messages of `T`'s own parsers are passed on; a message that quotes the body is replaced.
///
/// # Errors
/// The first field that is not as `T` expects it, or `body` for the whole.
pub(crate) fn read<T: DeserializeOwned>(
    body: Option<&str>,
    is_base64: bool,
) -> Result<T, FieldError> {
    let decoded = decode(body, is_base64, MAX_BYTES)?;
    let text = text(&decoded)?;
    if text.trim().is_empty() {
        return Err(whole("missing: send a JSON object"));
    }
    // serde_json stops at 128 levels by itself.
    let tree: Tree = serde_json::from_str(text)
        .map_err(|_| whole("not JSON, or nested too deeply, or more than one JSON value"))?;
    let Tree::Object(_) = tree else {
        return Err(whole("expected an object"));
    };
    let value = serde_path_to_error::deserialize(tree.clone()).map_err(|error| {
        let path = error.path().clone();
        error.into_inner().into_field_error(&path, |message, path| tree.is_quoted_by(message, path))
    })?;
    // A struct refuses a repeated field; a map does not.
    if tree.repeats_a_name() {
        return Err(whole("a field is repeated"));
    }
    Ok(value)
}

/// Reads one field of a form (`application/x-www-form-urlencoded`). Other fields are ignored, as
/// OAuth requires (RFC 6749, section 3.2).
///
/// # Errors
/// The body is not a form, or the field is missing or repeated.
pub(crate) fn form_field(
    body: Option<&str>,
    is_base64: bool,
    name: &'static str,
) -> Result<String, FieldError> {
    let decoded = decode(body, is_base64, MAX_FORM_BYTES)?;
    let text = text(&decoded)?;
    let mut values = form_urlencoded::parse(text.as_bytes()).filter(|(field, _)| field == name);
    let (_, value) = values.next().ok_or_else(|| FieldError::missing(name))?;
    match values.next() {
        None => Ok(value.into_owned()),
        Some(_) => Err(FieldError::new(name, "repeated")),
    }
}

fn decode(body: Option<&str>, is_base64: bool, max: usize) -> Result<Cow<'_, [u8]>, FieldError> {
    let body = body.unwrap_or_default();
    // In base64 four characters stand for three bytes, with up to two of padding.
    let longest = if is_base64 { max.div_ceil(3) * 4 } else { max };
    if body.len() > longest {
        return Err(too_long(max));
    }
    let decoded: Cow<'_, [u8]> = if is_base64 {
        STANDARD.decode(body).map_err(|_| whole("not base64"))?.into()
    } else {
        body.as_bytes().into()
    };
    if decoded.len() > max {
        return Err(too_long(max));
    }
    Ok(decoded)
}

fn text(bytes: &[u8]) -> Result<&str, FieldError> {
    std::str::from_utf8(bytes).map_err(|_| whole("not UTF-8 text"))
}

fn too_long(max: usize) -> FieldError {
    FieldError::new("body", format!("longer than {} KiB", max / 1024))
}

fn whole(detail: &'static str) -> FieldError {
    FieldError::new("body", detail)
}

#[cfg(test)]
mod tests;
