//! The claims of a JSON Web Token (RFC 7519).
//!
//! Nothing here checks a signature: the caller that reads claims says why it believes them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;

/// Why a text has no such claims. It names no value: a token is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAToken {
    /// There is no second part.
    NoPayload,
    /// The payload is not base64url without padding.
    NotBase64Url,
    /// The payload is not JSON, or a claim is missing or has another type.
    Claims,
}

/// Reads the claims of `token` as a `T`.
///
/// # Errors
/// [`NotAToken`] unless the second part of `token` decodes to a `T`.
pub fn claims<T: DeserializeOwned>(token: &str) -> Result<T, NotAToken> {
    let payload = token.split('.').nth(1).ok_or(NotAToken::NoPayload)?;
    let json = URL_SAFE_NO_PAD.decode(payload).map_err(|_| NotAToken::NotBase64Url)?;
    serde_json::from_slice(&json).map_err(|_| NotAToken::Claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn the_payload_is_read_and_nothing_else() {
        assert_eq!(claims::<Value>("!.eyJhIjoxfQ.!").unwrap(), json!({"a": 1}));
        assert_eq!(claims::<Value>("!.eyJhIjoxfQ").unwrap(), json!({"a": 1}));
    }

    #[test]
    fn text_that_is_not_a_token_is_refused() {
        let cases = [
            ("", NotAToken::NoPayload),
            ("eyJhIjoxfQ", NotAToken::NoPayload),
            ("a.!.c", NotAToken::NotBase64Url),
            ("a.eyJhIjoxfQ==.c", NotAToken::NotBase64Url),
            ("a..c", NotAToken::Claims),
            ("a.bm90IGpzb24.c", NotAToken::Claims),
        ];
        for (text, why) in cases {
            assert_eq!(claims::<Value>(text), Err(why), "{text:?}");
        }
    }
}
