//! A customer's own offer of access: credentials that he is shown once and gives to whom he likes
//! (vtenext's "Request Remote Support", seed 004). For the first agent who redeems them they start
//! verifications in which he has consented beforehand.
//!
//! A customer has one grant at a time, so its key is made of him; the user name carries that key,
//! and nothing else is needed to find the grant from either side.

mod credentials;
mod limits;
mod notices;
mod terms;

use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::directory::{Customer, Reader};
use crate::email::{Email, GrantCreated, GrantEnded, GrantUsed};
use crate::entitlement::RcmForMembers;
use crate::identity::{Agent, VerificationId};
use crate::limits::Limits;
use crate::notice::{GRACE, Notice};
use crate::refusal::Refusal;
use crate::secret::{Digest, HashKey, Purpose};
use crate::status::Status;
use crate::step_detail::Facts;
use crate::time::Timestamp;
use crate::time_zone::TimeZone;
use crate::verification::Verification;

use self::credentials::hashed;
pub use self::credentials::{Credentials, Entered, GrantKey, Typed};
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
                time_zone: customer.time_zone.clone(),
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
            Some(grant) => (grant.terms.id.as_str(), &grant.credentials),
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

    /// The email that is owed; `page_url` is where the customer revokes a grant.
    pub fn email(
        &self,
        about: GrantNoticeKind,
        session_minutes: u32,
        page_url: &str,
        time_zone: &TimeZone,
    ) -> Option<Email> {
        let Grantor { name: customer_name, locale, time_zone: own, .. } = &self.customer;
        let reader = &Reader::new(*locale, own.as_ref(), time_zone);
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
                .render(reader),
            ),
            (GrantNoticeKind::Ended, Some(Ended { how, at })) => Some(
                GrantEnded {
                    customer_name,
                    ecosystem_name: &self.terms.ecosystem_name,
                    ending: how,
                    at,
                }
                .render(reader),
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
    time_zone: &TimeZone,
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
    Some(email.render(&verification.customer.reader(time_zone)))
}
