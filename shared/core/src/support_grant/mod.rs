//! A support grant: access that a customer offers beforehand (vtenext's "Request Remote Support", seed
//! 004). The customer is shown its credentials once and gives them to an agent. The first agent who
//! redeems them, and no other, can start verifications with them, which need no further consent.
//!
//! A customer has one grant at a time, so its key is derived from the customer's id. The user name
//! carries that key, so that both sides find the grant with nothing else.

mod credentials;
mod limits;
mod notices;
mod terms;

use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::directory::Customer;
use crate::entitlement::RcmForMembers;
use crate::identity::{Agent, VerificationId};
use crate::kept::Kept;
use crate::limits::Limits;
use crate::notice::{GRACE, Notice};
use crate::refusal::Refusal;
use crate::secret::{Digest, HashKey, Purpose};
use crate::status::Status;
use crate::step_detail::Facts;
use crate::time::Timestamp;
use crate::verification::Verification;

use self::credentials::digest_of;
pub use self::credentials::{Credentials, EnteredCredentials, GrantKey, TypedCredential};
pub use self::limits::GrantLimits;
pub use self::terms::{Ended, GrantNoticeKind, Grantor, Offer, Place, may_offer};
pub use crate::grant_terms::{GrantEnding, GrantTerms, SupportGrantId};

/// See the [module](self).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SupportGrant {
    pub key: GrantKey,
    pub terms: GrantTerms,
    pub customer: Grantor,
    pub created_at: Timestamp,
    /// One keyed hash of all three, bound to the grant's id: none of them can be guessed by itself.
    credentials: Digest,
    /// The only agent who can use them, once they were redeemed.
    pub redeemed_by: Option<Agent>,
    /// The last verification under it, which may be closed.
    pub verification: Option<VerificationId>,
    pub ended: Option<Ended>,
    /// The notice that the customer is still owed.
    pub notice: Option<Notice<GrantNoticeKind>>,
    /// Counts the writes, over all grants of the customer.
    pub version: u32,
    /// What another version wrote into the item.
    #[serde(skip)]
    pub kept: Kept,
}

impl SupportGrant {
    /// Returns a new grant of the customer, which replaces the one `before`, and its credentials.
    ///
    /// # Errors
    /// [`Refusal::GrantExists`] if the one before is live; [`Refusal::NotAllowed`] if the customer is
    /// suspended or could not sign in; [`Refusal::EnvironmentRefused`] if the ecosystem is not the
    /// customer's or nothing may be opened there.
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
            access: offer.access,
            expires_at: now.plus(offer.minutes.saturating_mul(60)),
        };
        let place = GrantKey::of(&customer.user_id, key);
        let credentials = Credentials::generate(&place, rng);
        let grant = Self {
            credentials: digest_of(&terms.id, &credentials, key),
            key: place,
            terms,
            customer: Grantor {
                user_id: customer.user_id.clone(),
                email: customer.email.clone(),
                name: customer.name.clone(),
                locale: customer.locale,
                time_zone: customer.time_zone.clone(),
            },
            created_at: now,
            redeemed_by: None,
            verification: None,
            ended: None,
            notice: Some(Notice::due(GrantNoticeKind::Created, now.plus(GRACE))),
            version: before.map_or(1, |grant| grant.version.saturating_add(1)),
            kept: Kept::default(),
        };
        Ok((grant, credentials))
    }

    /// Returns this grant if it is this customer's and live.
    ///
    /// # Errors
    /// [`Refusal::NoGrant`] otherwise.
    pub fn live_of(self, user_id: &str, now: Timestamp) -> Result<Self, Refusal> {
        if self.customer.user_id == user_id && self.is_live(now) {
            Ok(self)
        } else {
            Err(Refusal::NoGrant)
        }
    }

    /// Returns whether its credentials can still be redeemed.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended.is_none() && !self.terms.expires_at.is_over(now)
    }

    /// Returns the grant that is `stored` under the user name if it is live, `entered` are its
    /// credentials, and `agent` may use them. It takes the same time if nothing is stored.
    ///
    /// # Errors
    /// [`Refusal::GrantRefused`], whatever is wrong.
    pub fn judge(
        stored: Option<Self>,
        entered: &EnteredCredentials,
        agent: &Agent,
        key: &HashKey,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let nowhere = key.digest(Purpose::SupportGrant, &["nowhere"], "");
        let (id, digest) = match &stored {
            Some(grant) => (grant.terms.id.as_str(), &grant.credentials),
            None => ("nowhere", &nowhere),
        };
        let right = entered.matches(id, digest, key);
        let usable =
            |by: &Option<Agent>| by.as_ref().is_none_or(|redeemer| redeemer.id == agent.id);
        stored
            .filter(|grant| right && grant.is_live(now) && usable(&grant.redeemed_by))
            .ok_or(Refusal::GrantRefused)
    }

    /// Starts a verification by `agent`, who entered the [right](Self::judge) credentials. `customer` is
    /// the directory's record and `last` the last verification under this grant, both as they are now.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] if the last verification is not closed; [`Refusal::GrantEndsTooSoon`] if
    /// the grant ends before a session could; [`Refusal::GrantRefused`] if the customer is gone;
    /// [`NotAllowed::SelfSupport`](crate::refusal::NotAllowed) if the agent is the customer.
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
        let verification = Verification::start_with_grant(
            terms,
            id.clone(),
            agent.clone(),
            customer,
            limits,
            now,
        )?;
        let next = Self { redeemed_by: Some(agent), verification: Some(id), ..self };
        Ok((next.written(), verification))
    }

    /// Replaces the credentials: the first agent who redeems the new ones can use them. The old ones
    /// are dead, and the verification under them is closed unless it is in session.
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
            .and_then(|last| last.close_with_grant(Facts::CredentialsReplaced, now));
        let next = Self {
            credentials: digest_of(&self.terms.id, &credentials, key),
            redeemed_by: None,
            notice: Some(Notice::due(GrantNoticeKind::Renewed, now.plus(GRACE))),
            ..self
        };
        (next.written(), credentials, closed)
    }

    /// Revokes the grant: its credentials, its verification and its session end now.
    pub fn revoke(
        self,
        last: Option<Verification>,
        now: Timestamp,
    ) -> (Self, Option<Verification>) {
        let closed = last.and_then(|last| last.close_with_grant(Facts::GrantRevoked, now));
        (self.end(GrantEnding::Revoked, now, now), closed)
    }

    /// Ends the grant if its deadline has passed. Otherwise returns `None`.
    pub fn end_if_over(self, now: Timestamp) -> Option<Self> {
        let over = self.ended.is_none() && self.terms.expires_at.is_over(now);
        let at = self.terms.expires_at;
        over.then(|| self.end(GrantEnding::Expired, at, now))
    }

    fn end(self, how: GrantEnding, at: Timestamp, now: Timestamp) -> Self {
        let notice = Some(Notice::due(GrantNoticeKind::Ended, now));
        Self { ended: Some(Ended { how, at }), notice, ..self }.written()
    }

    fn written(mut self) -> Self {
        self.version = self.version.saturating_add(1);
        self
    }
}
