//! A session: its tokens under one ciphertext, whose key is wrapped under each handoff's secret.
//! Someone with the table and every key of the server still cannot read the tokens.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rand::CryptoRng;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use serde::{Deserialize, Serialize};

use crate::entitlement::{Environment, Visibility};
use crate::identity::{LinkToken, VerificationId};
use crate::secret::{Digest, HashKey, Purpose, Secret};
use crate::time::Timestamp;

/// What Cognito minted.
#[derive(Debug)]
pub struct Tokens {
    pub access: Secret,
    pub id: Secret,
}

/// A session as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// The access token's `exp`. Nothing extends it.
    pub expires_at: Timestamp,
    pub started_at: Timestamp,
    pub visibility: Visibility,
    /// Keyed hashes of both tokens, for introspection.
    pub access: Digest,
    pub id: Digest,
    sealed: Sealed,
    pub handoffs: Vec<Handoff>,
}

/// One use of a session in one environment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Handoff {
    pub environment: Environment,
    pub landing: String,
    secret: Digest,
    key: Sealed,
    pub redeemed_at: Option<Timestamp>,
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
    /// Seals `tokens` and makes one handoff for each of `environments`, with where it lands.
    pub fn seal(
        verification: &VerificationId,
        tokens: &Tokens,
        environments: &[(Environment, &str)],
        (started_at, expires_at): (Timestamp, Timestamp),
        visibility: Visibility,
        key: &HashKey,
        rng: &mut impl CryptoRng,
    ) -> (Self, Vec<IssuedHandoff>) {
        let mut data_key = [0; 32];
        rng.fill_bytes(&mut data_key);
        let text = TokenText {
            access: tokens.access.expose().to_owned(),
            id: tokens.id.expose().to_owned(),
        };
        let text = serde_json::to_vec(&text).unwrap_or_default();
        let sealed = Sealed::seal(&data_key, verification.as_str(), text, rng);
        let mut handoffs = Vec::new();
        let mut issued = Vec::new();
        for &(environment, landing) in environments {
            let secret = Secret::generate(rng);
            let wrapping = wrapping_key(&secret, verification, environment);
            handoffs.push(Handoff {
                environment,
                landing: landing.to_owned(),
                secret: key.digest(
                    Purpose::Handoff,
                    &[verification.as_str(), environment.as_str()],
                    secret.expose(),
                ),
                key: Sealed::seal(&wrapping, environment.as_str(), data_key.to_vec(), rng),
                redeemed_at: None,
            });
            let token = LinkToken { verification: verification.clone(), secret };
            let secret = token.to_secret();
            issued.push(IssuedHandoff { environment, landing: landing.to_owned(), secret });
        }
        let digest = |token: &Secret| token_digest(key, token.expose());
        let session = Self {
            expires_at,
            started_at,
            visibility,
            access: digest(&tokens.access),
            id: digest(&tokens.id),
            sealed,
            handoffs,
        };
        (session, issued)
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
                && handoff.redeemed_at.is_none()
                && key.matches(&handoff.secret, Purpose::Handoff, &context, secret.expose())
        })
    }

    /// Opens the tokens with a handoff's secret. `None` if it is not that secret.
    pub fn open(
        &self,
        verification: &VerificationId,
        environment: Environment,
        secret: &Secret,
    ) -> Option<Tokens> {
        let handoff = self.handoffs.iter().find(|h| h.environment == environment)?;
        let wrapping = wrapping_key(secret, verification, environment);
        let data_key = handoff.key.open(&wrapping, environment.as_str())?;
        let text = self.sealed.open(&data_key.try_into().ok()?, verification.as_str())?;
        let text: TokenText = serde_json::from_slice(&text).ok()?;
        Some(Tokens { access: text.access.into(), id: text.id.into() })
    }

    /// Whether `token` is one of this session's two.
    pub fn is_token(&self, token: &str, key: &HashKey) -> bool {
        let matches = |digest| key.matches(digest, Purpose::SessionToken, &[], token);
        matches(&self.access) | matches(&self.id)
    }

    pub fn environments(&self) -> Vec<Environment> {
        self.handoffs.iter().map(|handoff| handoff.environment).collect()
    }
}

fn token_digest(key: &HashKey, token: &str) -> Digest {
    key.digest(Purpose::SessionToken, &[], token)
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

/// AES-256-GCM, nonce first, base64. Every key seals once, so a random nonce is ample.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Sealed(String);

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
        Self(STANDARD_NO_PAD.encode([&nonce[..], &text].concat()))
    }

    fn open(&self, key: &[u8; 32], bound_to: &str) -> Option<Vec<u8>> {
        let mut bytes = STANDARD_NO_PAD.decode(&self.0).ok()?;
        let nonce: [u8; NONCE_LEN] = bytes.get(..NONCE_LEN)?.try_into().ok()?;
        let mut text = bytes.split_off(NONCE_LEN);
        let aad = Aad::from(bound_to.as_bytes());
        let text =
            gcm(key).open_in_place(Nonce::assume_unique_for_key(nonce), aad, &mut text).ok()?;
        Some(text.to_vec())
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(…)")
    }
}

fn gcm(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("the key has 32 bytes"))
}
