//! The three credentials of a support grant, as they are generated, shown, stored and entered.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::grant_terms::SupportGrantId;
use crate::secret::{Digest, HashKey, Purpose, Secret};

/// Letters and digits that are not mistaken for one another when they are read out: no `i`, `l`, `o`,
/// `0` and `1`.
const ALPHABET: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// Returns `length` characters of the [`ALPHABET`], one for each byte and all equally likely: bytes
/// beyond the last whole multiple of its length are skipped.
fn encode(bytes: impl Iterator<Item = u8>, length: usize) -> String {
    let usable = bytes.filter(|byte| usize::from(*byte) < 256 / ALPHABET.len() * ALPHABET.len());
    usable
        .map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]))
        .take(length)
        .collect()
}

fn random_text(rng: &mut impl CryptoRng, length: usize) -> String {
    let bytes = std::iter::repeat_with(|| {
        let mut byte = [0];
        rng.fill_bytes(&mut byte);
        byte[0]
    });
    encode(bytes, length)
}

/// Returns the text in groups of four, as it is shown and read out.
fn grouped(text: &str) -> String {
    let groups: Vec<_> = text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    groups.join("-")
}

/// The key of a customer's grants in the table, with which each of their user names begins. It looks
/// random: only the hash key tells whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GrantKey(String);

impl GrantKey {
    /// 59 bits: among a million customers two share a key with a chance of one in a million.
    const LENGTH: usize = 12;

    /// Returns the key of this customer's grants.
    pub fn of(user_id: &str, key: &HashKey) -> Self {
        Self::derived(key, "customer", user_id)
    }

    /// Returns where grants of this customer stand that were made under the other hash key, while the key
    /// is being replaced.
    pub fn of_other_key(user_id: &str, key: &HashKey) -> Option<Self> {
        key.other_pseudonym(Purpose::SupportGrant, &["customer"], user_id).map(Self::encoded)
    }

    /// Returns `None` for anything that [`Self::of`] could not have returned.
    pub fn parse(text: &str) -> Option<Self> {
        let ok = text.len() == Self::LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte));
        ok.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn derived(key: &HashKey, of: &str, text: &str) -> Self {
        Self::encoded(key.pseudonym(Purpose::SupportGrant, &[of], text))
    }

    fn encoded(hash: String) -> Self {
        let bytes = URL_SAFE_NO_PAD.decode(hash).unwrap_or_default();
        Self(encode(bytes.into_iter(), Self::LENGTH))
    }
}

/// The credentials, for the one response that shows them.
pub struct Credentials {
    user_name: String,
    password: Secret,
    security_code: Code,
}

/// The length of the random end of a user name (20 bits), and of a password (99 bits).
const NAME_END: usize = 4;
const PASSWORD: usize = 20;

impl Credentials {
    pub(super) fn generate(grant: &GrantKey, rng: &mut impl CryptoRng) -> Self {
        Self {
            user_name: format!("{}{}", grant.as_str(), random_text(rng, NAME_END)),
            password: Secret::from(random_text(rng, PASSWORD)),
            security_code: Code::generate(rng),
        }
    }

    /// Returns the user name as it is shown: `abcd-efgh-jkmn-pqrs`.
    pub fn user_name(&self) -> String {
        grouped(&self.user_name)
    }

    /// Returns the password as it is shown: `abcd-efgh-jkmn-pqrs-tuvw`.
    pub fn password(&self) -> Secret {
        Secret::from(grouped(self.password.expose()))
    }

    pub fn security_code(&self) -> &Code {
        &self.security_code
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// One of the credentials as an agent typed it: 1 to 64 characters. Spaces, hyphens and capitals make
/// no difference. It does not print.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct TypedCredential(Secret);

impl TypedCredential {
    pub const MAX_CHARS: usize = 64;
}

impl TryFrom<String> for TypedCredential {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if !(1..=Self::MAX_CHARS).contains(&text.chars().count()) {
            return Err("1 to 64 characters");
        }
        let dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}');
        let kept = text.chars().filter(|c| !c.is_whitespace() && !dash(*c));
        Ok(Self(Secret::from(kept.map(|c| c.to_ascii_lowercase()).collect::<String>())))
    }
}

/// The three credentials as an agent enters them.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnteredCredentials {
    user_name: TypedCredential,
    password: TypedCredential,
    security_code: Code,
}

impl EnteredCredentials {
    pub(super) fn user_name(&self) -> &str {
        self.user_name.0.expose()
    }

    /// Returns whether these are the credentials of the grant `id`, whose credentials have this
    /// digest.
    pub(super) fn matches(&self, id: &str, digest: &Digest, key: &HashKey) -> bool {
        let context = [id, self.user_name(), self.security_code.expose()];
        key.matches(digest, Purpose::SupportGrant, &context, self.password.0.expose())
    }

    /// Returns the key of the grant with this user name. A text that cannot be a user name has a key,
    /// too, under which nothing is stored, so that looking for it costs the same.
    pub fn grant_key(&self, key: &HashKey) -> GrantKey {
        let name = self.user_name();
        let whole = name.len() == GrantKey::LENGTH + NAME_END && name.is_ascii();
        let known = if whole { GrantKey::parse(&name[..GrantKey::LENGTH]) } else { None };
        known.unwrap_or_else(|| GrantKey::derived(key, "typed", name))
    }
}

/// Returns the digest under which the credentials of the grant `id` are stored.
pub(super) fn digest_of(id: &SupportGrantId, credentials: &Credentials, key: &HashKey) -> Digest {
    let context = [id.as_str(), &credentials.user_name, credentials.security_code.expose()];
    key.digest(Purpose::SupportGrant, &context, credentials.password.expose())
}
