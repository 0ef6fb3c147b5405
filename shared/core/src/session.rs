//! A session: one pair of tokens for each environment, each pair sealed under the secret of its
//! handoff. Someone with the table and every key of the server still cannot read the tokens.
//!
//! The sealed pairs are no part of the verification. Each is an item of its own, which dies when its
//! handoff is redeemed, and when the verification is closed.

use std::fmt;

use rand::CryptoRng;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::entitlement::{Environment, Visibility};
use crate::identity::{LinkToken, VerificationId};
use crate::secret::{Digest, HashKey, PairDigest, Purpose, Secret};
use crate::time::Timestamp;

/// What Cognito minted for one environment.
#[derive(Debug)]
pub struct Tokens {
    pub access: Secret,
    pub id: Secret,
}

/// The tokens of one environment, and where in it the session begins.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    pub environment: Environment,
    pub landing: &'a str,
    pub tokens: &'a Tokens,
}

/// A session as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// The first `exp` of its access tokens. Nothing extends it.
    pub expires_at: Timestamp,
    pub started_at: Timestamp,
    /// Left out where everything is shown.
    #[serde(default, skip_serializing_if = "Visibility::is_whole")]
    pub visibility: Visibility,
    pub handoffs: Vec<Handoff>,
}

/// One use of a session in one environment. What is stored of it is kept small: there are four.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Handoff {
    pub environment: Environment,
    /// `None` once it was redeemed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<Digest>,
    /// Of both tokens, for introspection. `None` in a session of the first release, whose one pair of
    /// tokens opened every environment. Such a handoff is not redeemed any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tokens: Option<PairDigest>,
    /// When it was redeemed, in a session of the first release. Later ones have that in the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) redeemed_at: Option<Timestamp>,
}

/// The tokens of one environment, sealed, as they are stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SealedTokens {
    pub verification: VerificationId,
    pub environment: Environment,
    /// The session's deadline.
    pub expires_at: Timestamp,
    sealed: Sealed,
}

/// A session that is about to start, with its sealed tokens.
#[derive(Clone, Debug)]
pub struct SealedSession {
    pub session: Session,
    pub tokens: Vec<SealedTokens>,
}

/// What the write of a verification does to its sealed tokens.
#[derive(Clone, Debug, Default)]
pub enum SealedChange {
    #[default]
    None,
    Put(Vec<SealedTokens>),
    Delete(Vec<Environment>),
}

/// A handoff as it is given out, once.
#[derive(Debug)]
pub struct IssuedHandoff {
    pub environment: Environment,
    pub landing: String,
    pub secret: Secret,
}

impl IssuedHandoff {
    /// The link that opens the environment whose address is `base`: as secret as the handoff.
    pub fn url(&self, base: &str) -> String {
        format!("{base}#handoff={}", self.secret.expose())
    }
}

#[derive(Serialize, Deserialize)]
struct TokenText {
    access: String,
    id: String,
}

impl Session {
    /// Seals the tokens of each environment under a handoff of its own.
    pub fn seal(
        verification: &VerificationId,
        openings: &[Opening<'_>],
        (started_at, expires_at): (Timestamp, Timestamp),
        visibility: Visibility,
        key: &HashKey,
        rng: &mut impl CryptoRng,
    ) -> (SealedSession, Vec<IssuedHandoff>) {
        let mut handoffs = Vec::new();
        let mut sealed = Vec::new();
        let mut issued = Vec::new();
        for &Opening { environment, landing, tokens } in openings {
            let secret = Secret::generate(rng);
            handoffs.push(Handoff {
                environment,
                secret: Some(key.digest(
                    Purpose::Handoff,
                    &[verification.as_str(), environment.as_str()],
                    secret.expose(),
                )),
                tokens: Some(PairDigest::of(
                    key,
                    Purpose::SessionToken,
                    [tokens.access.expose(), tokens.id.expose()],
                )),
                redeemed_at: None,
            });
            sealed.push(SealedTokens::seal(
                verification,
                environment,
                expires_at,
                tokens,
                &secret,
                rng,
            ));
            let token = LinkToken { verification: verification.clone(), secret };
            let secret = token.to_secret();
            issued.push(IssuedHandoff { environment, landing: landing.to_owned(), secret });
        }
        let session = Self { expires_at, started_at, visibility, handoffs };
        (SealedSession { session, tokens: sealed }, issued)
    }

    /// The unused handoff that `secret` opens in `environment`, by its place.
    pub fn find_handoff(
        &self,
        verification: &VerificationId,
        environment: Environment,
        secret: &Secret,
        key: &HashKey,
    ) -> Option<usize> {
        let context = [verification.as_str(), environment.as_str()];
        self.handoffs.iter().position(|handoff| {
            handoff.environment == environment
                && !handoff.is_redeemed()
                && handoff.tokens.is_some()
                && handoff.secret.as_ref().is_some_and(|digest| {
                    key.matches(digest, Purpose::Handoff, &context, secret.expose())
                })
        })
    }

    /// Returns the handoff that `token` is one of the two tokens of.
    pub fn handoff_of(&self, token: &str, key: &HashKey) -> Option<&Handoff> {
        self.handoffs.iter().find(|handoff| handoff.is_token(token, key))
    }

    pub fn environments(&self) -> Vec<Environment> {
        self.handoffs.iter().map(|handoff| handoff.environment).collect()
    }

    /// Returns the environments whose sealed tokens are still stored.
    pub(crate) fn sealed(&self) -> Vec<Environment> {
        let sealed = |h: &&Handoff| !h.is_redeemed() && h.tokens.is_some();
        self.handoffs.iter().filter(sealed).map(|handoff| handoff.environment).collect()
    }
}

impl Handoff {
    /// Marks it as redeemed: its secret has no use any more.
    pub(crate) fn redeem(&mut self) {
        self.secret = None;
    }

    pub const fn is_redeemed(&self) -> bool {
        self.secret.is_none() || self.redeemed_at.is_some()
    }

    fn is_token(&self, token: &str, key: &HashKey) -> bool {
        self.tokens.as_ref().is_some_and(|pair| pair.has(key, Purpose::SessionToken, token))
    }
}

impl SealedTokens {
    fn seal(
        verification: &VerificationId,
        environment: Environment,
        expires_at: Timestamp,
        tokens: &Tokens,
        secret: &Secret,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let text = TokenText {
            access: tokens.access.expose().to_owned(),
            id: tokens.id.expose().to_owned(),
        };
        let text = serde_json::to_vec(&text).unwrap_or_default();
        let wrapping = wrapping_key(secret, verification, environment);
        let sealed = Sealed::seal(&wrapping, environment.as_str(), text, rng);
        Self { verification: verification.clone(), environment, expires_at, sealed }
    }

    /// Opens the tokens with their handoff's secret. `None` if it is not that secret.
    pub fn open(&self, secret: &Secret) -> Option<Tokens> {
        let wrapping = wrapping_key(secret, &self.verification, self.environment);
        let text = self.sealed.open(&wrapping, self.environment.as_str())?;
        let text: TokenText = serde_json::from_slice(&text).ok()?;
        Some(Tokens { access: text.access.into(), id: text.id.into() })
    }
}

/// HKDF-SHA-256 (RFC 5869) over the handoff's secret, bound to session and environment.
fn wrapping_key(
    secret: &Secret,
    verification: &VerificationId,
    environment: Environment,
) -> [u8; 32] {
    let mut key = [0; 32];
    let info = [b"handoff ", environment.as_str().as_bytes()];
    Salt::new(HKDF_SHA256, verification.as_str().as_bytes())
        .extract(secret.expose().as_bytes())
        .expand(&info, HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut key))
        .expect("32 bytes are within HKDF-SHA-256's limit");
    key
}

/// AES-256-GCM, nonce first. Every key seals once, so a random nonce is ample. Stored as bytes: a write is
/// paid for by the kilobyte.
#[derive(Clone)]
struct Sealed(Vec<u8>);

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = Sealed;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Sealed, E> {
                Ok(Sealed(bytes.to_vec()))
            }

            fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Sealed, E> {
                Ok(Sealed(bytes))
            }
        }

        deserializer.deserialize_byte_buf(Bytes)
    }
}

impl Sealed {
    fn seal(key: &[u8; 32], bound_to: &str, mut text: Vec<u8>, rng: &mut impl CryptoRng) -> Self {
        let mut nonce = [0; NONCE_LEN];
        rng.fill_bytes(&mut nonce);
        gcm(key)
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(bound_to.as_bytes()),
                &mut text,
            )
            .expect("the text is far below AES-GCM's limit of 64 GiB");
        Self([&nonce[..], &text].concat())
    }

    fn open(&self, key: &[u8; 32], bound_to: &str) -> Option<Vec<u8>> {
        let (nonce, text) = self.0.split_at_checked(NONCE_LEN)?;
        let (nonce, mut text) = (nonce.try_into().ok()?, text.to_vec());
        let aad = Aad::from(bound_to.as_bytes());
        let text =
            gcm(key).open_in_place(Nonce::assume_unique_for_key(nonce), aad, &mut text).ok()?;
        Some(text.to_vec())
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

fn gcm(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("the key has 32 bytes"))
}
