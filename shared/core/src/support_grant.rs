//! A customer's own offer of access: credentials that he is shown once and gives to whom he likes
//! (vtenext's "Request Remote Support", seed 004). For the first agent who redeems them they start
//! verifications in which he has consented beforehand.
//!
//! A customer has one grant at a time, so its key is made of him; the user name carries that key,
//! and nothing else is needed to find the grant from either side.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::directory::{Customer, CustomerStatus, Locale, SignIn, SignInStatus};
use crate::email::{Email, GrantCreated, GrantEnded, GrantUsed};
use crate::entitlement::{Environment, RcmForMembers, environments};
use crate::identity::{Agent, EmailAddress, VerificationId};
use crate::limits::{HOUR, Limits, LockoutQuota, Quota};
use crate::mint::Visibility;
use crate::notice::{GRACE, Notice};
use crate::refusal::{NotAllowed, Refusal};
use crate::secret::{Digest, HashKey, Purpose, Secret};
use crate::step_detail::Facts;
use crate::time::Timestamp;
use crate::verification::{Status, Verification};

/// The numbers of support grants that an operator may set. Every field is a template parameter.
#[derive(Clone, Debug)]
pub struct GrantLimits {
    /// The shortest and the longest grant, in minutes.
    pub min_minutes: u32,
    pub max_minutes: u32,
    /// Credentials that a customer makes or replaces in an hour.
    pub per_customer: u32,
    /// Wrong credentials for a user name, over all agents, after which it is locked.
    pub wrong_entries: u32,
    /// How long it is locked, and how long wrong ones are remembered, in seconds.
    pub lock_seconds: u32,
}

impl Default for GrantLimits {
    fn default() -> Self {
        Self {
            min_minutes: 15,
            max_minutes: 48 * 60,
            per_customer: 10,
            wrong_entries: 5,
            lock_seconds: 900,
        }
    }
}

impl GrantLimits {
    /// Making and replacing credentials: each sends an email.
    pub fn makings(&self, user_id: &str, now: Timestamp) -> Quota {
        Quota::new("grants", &[user_id], HOUR, self.per_customer, now)
    }

    /// The credentials entered for a user name, by whomever, whether or not it exists. A customer's
    /// new user name is free of what was entered for the one before.
    pub fn entries(&self, entered: &Entered, key: &HashKey) -> LockoutQuota {
        let name = entered.user_name.0.expose();
        let subject = key.pseudonym(Purpose::SupportGrant, &["entries"], name);
        LockoutQuota {
            key: format!("grant-entries#{subject}"),
            limit: self.wrong_entries,
            seconds: self.lock_seconds,
        }
    }
}

/// A grant's id: 128 random bits, base64url (22 characters). Not a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SupportGrantId(String);

impl SupportGrantId {
    fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl std::fmt::Display for SupportGrantId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Letters and digits that nobody takes for one another when he reads them out: no `i`, `l`, `o`,
/// `0` and `1`.
const ALPHABET: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// One character of the [`ALPHABET`] for each byte, all equally likely: bytes beyond the last
/// whole multiple of its length give none.
fn spell(bytes: impl Iterator<Item = u8>, length: usize) -> String {
    let usable = bytes.filter(|byte| usize::from(*byte) < 256 / ALPHABET.len() * ALPHABET.len());
    usable
        .map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]))
        .take(length)
        .collect()
}

fn random(rng: &mut impl CryptoRng, length: usize) -> String {
    let bytes = std::iter::repeat_with(|| {
        let mut byte = [0];
        rng.fill_bytes(&mut byte);
        byte[0]
    });
    spell(bytes, length)
}

/// In groups of four, as it is shown and read out.
fn grouped(text: &str) -> String {
    let groups: Vec<_> = text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    groups.join("-")
}

/// Which customer's grant, as the table's key has it and every user name of his begins. It looks
/// random: without the hash key nobody tells whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GrantKey(String);

impl GrantKey {
    /// 59 bits: among a million customers two share a key with a chance of one in a million.
    const LENGTH: usize = 12;

    /// The key of this customer's grants.
    pub fn of(user_id: &str, key: &HashKey) -> Self {
        Self::derived(key, "customer", user_id)
    }

    /// `None` for anything that [`Self::of`] could not have made.
    pub fn parse(text: &str) -> Option<Self> {
        let ok = text.len() == Self::LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte));
        ok.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn derived(key: &HashKey, of: &str, text: &str) -> Self {
        let hash = key.pseudonym(Purpose::SupportGrant, &[of], text);
        let bytes = URL_SAFE_NO_PAD.decode(hash).unwrap_or_default();
        Self(spell(bytes.into_iter(), Self::LENGTH))
    }
}

/// The credentials, for the one answer that shows them.
pub struct Credentials {
    user_name: String,
    password: Secret,
    security_code: Code,
}

/// How long the random end of a user name is, and a password: 20 bits, and 99.
const NAME_END: usize = 4;
const PASSWORD: usize = 20;

impl Credentials {
    fn generate(grant: &GrantKey, rng: &mut impl CryptoRng) -> Self {
        Self {
            user_name: format!("{}{}", grant.as_str(), random(rng, NAME_END)),
            password: Secret::from(random(rng, PASSWORD)),
            security_code: Code::generate(rng),
        }
    }

    /// `abcd-efgh-jkmn-pqrs`.
    pub fn user_name(&self) -> String {
        grouped(&self.user_name)
    }

    /// `abcd-efgh-jkmn-pqrs-tuvw`.
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

/// One of the credentials as it was typed: 1 to 64 characters, of which spaces, hyphens and
/// capitals make no difference. It does not print.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Typed(Secret);

impl Typed {
    pub const MAX_CHARS: usize = 64;
}

impl TryFrom<String> for Typed {
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
pub struct Entered {
    user_name: Typed,
    password: Typed,
    security_code: Code,
}

impl Entered {
    /// Where the grant with this user name would be. What cannot be a user name has a place, too,
    /// where nothing is, so that looking for it costs the same.
    pub fn grant_key(&self, key: &HashKey) -> GrantKey {
        let name = self.user_name.0.expose();
        let whole = name.len() == GrantKey::LENGTH + NAME_END && name.is_ascii();
        let known = if whole { GrantKey::parse(&name[..GrantKey::LENGTH]) } else { None };
        known.unwrap_or_else(|| GrantKey::derived(key, "typed", name))
    }
}

/// What somebody offers.
#[derive(Clone, Debug)]
pub struct Offer<'a> {
    /// Himself, as the directory has him.
    pub customer: &'a Customer,
    pub sign_in_status: SignInStatus,
    pub ecosystem: &'a str,
    pub visibility: Visibility,
    /// Within the [`GrantLimits`].
    pub minutes: u32,
}

/// Whom the grant is of, as the directory had him when he made it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grantor {
    pub user_id: String,
    pub email: EmailAddress,
    pub name: String,
    pub locale: Locale,
}

/// What a verification under a grant knows of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantTerms {
    pub id: SupportGrantId,
    pub ecosystem: String,
    pub ecosystem_name: String,
    /// The environments that the customer was told of.
    pub environments: Vec<Environment>,
    pub visibility: Visibility,
    pub expires_at: Timestamp,
}

/// See the [module](self).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SupportGrant {
    pub key: GrantKey,
    pub terms: GrantTerms,
    pub customer: Grantor,
    pub created_at: Timestamp,
    /// One keyed hash of all three, bound to the grant's id: no part of them can be tried alone.
    credentials: Digest,
    /// For whom they serve, once somebody has redeemed them.
    pub redeemed_by: Option<Agent>,
    /// The last verification under it, which may be closed.
    pub verification: Option<VerificationId>,
    pub ended: Option<Ended>,
    /// What the customer is still to be told, if anything.
    pub notice: Option<Notice<GrantNoticeKind>>,
    /// Counts the writes, over all grants of the customer.
    pub version: u32,
}

/// How and when a grant ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub how: GrantEnding,
    pub at: Timestamp,
}

/// How a grant ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantEnding {
    /// The customer revoked it, and any session under it.
    Revoked,
    /// It reached its deadline.
    Expired,
}

/// What a [`Notice`] of a grant tells. That it is used, its verification tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantNoticeKind {
    Created,
    Renewed,
    Ended,
}

/// An ecosystem that somebody may offer, and what a session would open there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub environments: Vec<Environment>,
}

/// Where somebody may offer access: his ecosystems in which anything may be opened.
///
/// # Errors
/// Suspended, or unable to sign in.
pub fn may_offer(
    customer: &Customer,
    sign_in_status: SignInStatus,
    rcm_for_members: RcmForMembers,
) -> Result<Vec<Place<'_>>, NotAllowed> {
    if customer.status != CustomerStatus::Active {
        return Err(NotAllowed::Suspended);
    }
    if sign_in_status.sign_in != SignIn::Confirmed {
        return Err(NotAllowed::CannotSignIn);
    }
    let all = customer.ecosystems.iter().map(|ecosystem| Place {
        id: &ecosystem.id,
        name: &ecosystem.name,
        environments: environments(ecosystem, rcm_for_members),
    });
    Ok(all.filter(|place| !place.environments.is_empty()).collect())
}

impl SupportGrant {
    /// A new grant of `customer`, in the place of the one `before`, with its credentials.
    ///
    /// # Errors
    /// The one before is live. The customer is suspended or could not sign in; the ecosystem is not
    /// his, or nothing may be opened there.
    pub fn create(
        before: Option<&Self>,
        offer: &Offer<'_>,
        rcm_for_members: RcmForMembers,
        key: &HashKey,
        rng: &mut impl CryptoRng,
        now: Timestamp,
    ) -> Result<(Self, Credentials), Refusal> {
        if let Some(live) = before.filter(|grant| grant.is_live(now)) {
            return Err(Refusal::GrantExists { expires_at: live.terms.expires_at });
        }
        let customer = offer.customer;
        let Place { name, environments, id: _ } =
            may_offer(customer, offer.sign_in_status, rcm_for_members)
                .map_err(Refusal::NotAllowed)?
                .into_iter()
                .find(|place| place.id == offer.ecosystem)
                .ok_or(Refusal::EnvironmentRefused)?;
        let terms = GrantTerms {
            id: SupportGrantId::generate(rng),
            ecosystem_name: name.to_owned(),
            ecosystem: offer.ecosystem.to_owned(),
            environments,
            visibility: offer.visibility,
            expires_at: now.plus(offer.minutes.saturating_mul(60)),
        };
        let place = GrantKey::of(&customer.user_id, key);
        let credentials = Credentials::generate(&place, rng);
        let grant = Self {
            credentials: hashed(&terms.id, &credentials, key),
            key: place,
            terms,
            customer: Grantor {
                user_id: customer.user_id.clone(),
                email: customer.email.clone(),
                name: customer.name.clone(),
                locale: customer.locale,
            },
            created_at: now,
            redeemed_by: None,
            verification: None,
            ended: None,
            notice: Some(Notice::owed(GrantNoticeKind::Created, now.plus(GRACE))),
            version: before.map_or(1, |grant| grant.version.saturating_add(1)),
        };
        Ok((grant, credentials))
    }

    /// This grant, if it is this customer's and live.
    ///
    /// # Errors
    /// [`Refusal::NoGrant`].
    pub fn live_of(self, user_id: &str, now: Timestamp) -> Result<Self, Refusal> {
        if self.customer.user_id == user_id && self.is_live(now) {
            Ok(self)
        } else {
            Err(Refusal::NoGrant)
        }
    }

    /// Whether its credentials may still open anything.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended.is_none() && !self.terms.expires_at.is_over(now)
    }

    /// The live grant that is `stored` where the user name leads, if `entered` are its credentials
    /// and they serve for `agent`. Where nothing is, it takes the same time.
    ///
    /// # Errors
    /// One answer, whatever is wrong.
    pub fn judge(
        stored: Option<Self>,
        entered: &Entered,
        agent: &Agent,
        key: &HashKey,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let nowhere = key.digest(Purpose::SupportGrant, &["nowhere"], "");
        let (id, digest) = match &stored {
            Some(grant) => (grant.terms.id.0.as_str(), &grant.credentials),
            None => ("nowhere", &nowhere),
        };
        let context = [id, entered.user_name.0.expose(), entered.security_code.expose()];
        let right =
            key.matches(digest, Purpose::SupportGrant, &context, entered.password.0.expose());
        let serves =
            |by: &Option<Agent>| by.as_ref().is_none_or(|redeemer| redeemer.id == agent.id);
        stored
            .filter(|grant| right && grant.is_live(now) && serves(&grant.redeemed_by))
            .ok_or(Refusal::GrantRefused)
    }

    /// `agent`, whose credentials were [judged](Self::judge) right, starts a verification of
    /// `customer`, as the directory has him now. `last` is the last verification under this
    /// grant, as it is now.
    ///
    /// # Errors
    /// The last one is not closed; the grant ends before there could be a session; the customer is
    /// gone; nobody supports himself.
    pub fn redeem(
        self,
        last: Option<&Verification>,
        id: VerificationId,
        agent: Agent,
        customer: Option<Customer>,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<(Self, Verification), Refusal> {
        if let Some(open) = last.filter(|last| last.expires_at().is_some()) {
            return Err(open.wrong_step());
        }
        if now.plus(limits.session_seconds) > self.terms.expires_at {
            return Err(Refusal::GrantEndsTooSoon);
        }
        let customer = customer
            .filter(|customer| customer.user_id == self.customer.user_id)
            .ok_or(Refusal::GrantRefused)?;
        let terms = self.terms.clone();
        let verification =
            Verification::start_under(terms, id.clone(), agent.clone(), customer, limits, now)?;
        let next = Self { redeemed_by: Some(agent), verification: Some(id), ..self };
        Ok((next.written(), verification))
    }

    /// New credentials, for whoever redeems them first. The old ones are dead, and with them the
    /// verification under them, unless it is in session.
    pub fn regenerate(
        self,
        last: Option<Verification>,
        key: &HashKey,
        rng: &mut impl CryptoRng,
        now: Timestamp,
    ) -> (Self, Credentials, Option<Verification>) {
        let credentials = Credentials::generate(&self.key, rng);
        let closed = last
            .filter(|last| last.status() != Status::InSession)
            .and_then(|last| last.lose_grant(Facts::CredentialsReplaced, now));
        let next = Self {
            credentials: hashed(&self.terms.id, &credentials, key),
            redeemed_by: None,
            notice: Some(Notice::owed(GrantNoticeKind::Renewed, now.plus(GRACE))),
            ..self
        };
        (next.written(), credentials, closed)
    }

    /// The customer takes it back: credentials, verification and session end now.
    pub fn revoke(
        self,
        last: Option<Verification>,
        now: Timestamp,
    ) -> (Self, Option<Verification>) {
        let closed = last.and_then(|last| last.lose_grant(Facts::GrantRevoked, now));
        (self.end(GrantEnding::Revoked, now, now), closed)
    }

    /// The grant as the clock leaves it: ended, if its time is over.
    pub fn end_if_over(self, now: Timestamp) -> Option<Self> {
        let over = self.ended.is_none() && self.terms.expires_at.is_over(now);
        let at = self.terms.expires_at;
        over.then(|| self.end(GrantEnding::Expired, at, now))
    }

    fn end(self, how: GrantEnding, at: Timestamp, now: Timestamp) -> Self {
        let notice = Some(Notice::owed(GrantNoticeKind::Ended, now));
        Self { ended: Some(Ended { how, at }), notice, ..self }.written()
    }

    fn written(mut self) -> Self {
        self.version = self.version.saturating_add(1);
        self
    }

    // --- the customer is told ---

    /// When this grant next needs to be looked at without anybody calling: at its end, or when the
    /// customer is to be told something. `None` when all is done.
    pub fn due_at(&self) -> Option<Timestamp> {
        let end = self.ended.is_none().then_some(self.terms.expires_at);
        end.into_iter().chain(self.notice.map(|notice| notice.due_at)).min()
    }

    /// Takes the notice that is due, and puts off the next try. What is over and not ended yet has
    /// none: its news is that it is over.
    pub fn try_notice(mut self, now: Timestamp) -> Option<(Self, GrantNoticeKind)> {
        if self.ended.is_none() && self.terms.expires_at.is_over(now) {
            return None;
        }
        let notice = self.notice?.try_at(now)?;
        self.notice = Some(notice);
        Some((self.written(), notice.about))
    }

    /// The email went out. `None` if that is not what the customer is owed any more.
    pub fn told(mut self, about: GrantNoticeKind) -> Option<Self> {
        self.notice.take_if(|notice| notice.about == about)?;
        Some(self.written())
    }

    /// The email that is owed; `page_url` is where the customer revokes a grant.
    pub fn email(
        &self,
        about: GrantNoticeKind,
        session_minutes: u32,
        page_url: &str,
    ) -> Option<Email> {
        let (customer_name, locale) = (&self.customer.name, self.customer.locale);
        match (about, self.ended) {
            (GrantNoticeKind::Created | GrantNoticeKind::Renewed, None) => Some(
                GrantCreated {
                    customer_name,
                    ecosystem_name: &self.terms.ecosystem_name,
                    environments: &self.terms.environments,
                    visibility: self.terms.visibility,
                    session_minutes,
                    until: self.terms.expires_at,
                    renewed: about == GrantNoticeKind::Renewed,
                    page_url,
                }
                .render(locale),
            ),
            (GrantNoticeKind::Ended, Some(Ended { how, at })) => Some(
                GrantEnded {
                    customer_name,
                    ecosystem_name: &self.terms.ecosystem_name,
                    ending: how,
                    at,
                }
                .render(locale),
            ),
            (GrantNoticeKind::Created | GrantNoticeKind::Renewed, Some(_))
            | (GrantNoticeKind::Ended, None) => None,
        }
    }
}

/// The email that tells of the grant under which `verification` was started; `None` if there is none.
pub fn use_email(
    verification: &Verification,
    session_minutes: u32,
    page_url: &str,
) -> Option<Email> {
    let terms = verification.support_grant.as_ref()?;
    let email = GrantUsed {
        customer_name: &verification.customer.name,
        agent_name: &verification.agent.name,
        ecosystem_name: &terms.ecosystem_name,
        visibility: terms.visibility,
        session_minutes,
        at: verification.created_at,
        until: terms.expires_at,
        page_url,
    };
    Some(email.render(verification.customer.locale))
}

fn hashed(id: &SupportGrantId, credentials: &Credentials, key: &HashKey) -> Digest {
    let context = [id.0.as_str(), &credentials.user_name, credentials.security_code.expose()];
    key.digest(Purpose::SupportGrant, &context, credentials.password.expose())
}
