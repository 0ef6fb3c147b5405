//! The store in memory. It keeps to the same conformance suite as DynamoDB.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use support_core::entitlement::Environment;
use support_core::identity::VerificationId;
use support_core::limits::{LockoutQuota, Quota, QuotaUse};
use support_core::mint::{MintTicket, MintTicketId};
use support_core::ports::{
    Change, Counted, Due, DueItems, DuePage, DuePlace, JointQuotas, Listed, MintTickets, Page,
    Position, Quotas, Saved, Scope, SealedPairs, Spent, SupportGrants, TicketChange,
    VerificationIndex, Verifications, Window,
};
use support_core::refusal::Failure;
use support_core::session::{SealedChange, SealedTokens};
use support_core::support_grant::{GrantKey, SupportGrant};
use support_core::time::Timestamp;
use support_core::verification::Verification;

#[derive(Default)]
pub struct Memory(Mutex<Tables>);

#[derive(Default)]
struct Tables {
    verifications: HashMap<VerificationId, Verification>,
    quotas: HashMap<String, u32>,
    lockout_quotas: HashMap<String, (u32, Timestamp)>,
    tickets: HashMap<MintTicketId, MintTicket>,
    sealed: HashMap<(VerificationId, Environment), SealedTokens>,
    support_grants: HashMap<GrantKey, SupportGrant>,
    /// When these were due, and to when that is postponed.
    postponed: HashMap<String, (Timestamp, Timestamp)>,
}

impl Memory {
    /// How many mint tickets and how many sealed pairs of tokens it holds.
    pub fn secrets(&self) -> (usize, usize) {
        let tables = self.tables();
        (tables.tickets.len(), tables.sealed.len())
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn has_room(&self, quota_use: &QuotaUse) -> bool {
        self.quotas.get(&quota_use.quota.key).is_none_or(|n| *n < quota_use.quota.limit)
    }

    fn take(&mut self, quota_use: &QuotaUse) {
        *self.quotas.entry(quota_use.quota.key.clone()).or_default() += quota_use.amount;
    }

    /// Takes all of them, or says which has nothing left.
    fn quota_use(&mut self, quota_uses: &[QuotaUse]) -> Option<Saved> {
        if let Some(quota_use) = quota_uses.iter().find(|quota_use| !self.has_room(quota_use)) {
            return Some(Saved::OverQuota(quota_use.quota.clone()));
        }
        for quota_use in quota_uses {
            self.take(quota_use);
        }
        None
    }

    fn follows(&self, next: &SupportGrant) -> bool {
        self.support_grants.get(&next.key).map_or(0, |grant| grant.version) + 1 == next.version
    }
}

impl Verifications for Memory {
    async fn load(&self, id: &VerificationId) -> Result<Option<Verification>, Failure> {
        Ok(self.tables().verifications.get(id).cloned())
    }

    async fn save(&self, change: &Change) -> Result<Saved, Failure> {
        let mut tables = self.tables();
        let stored = tables.verifications.get(&change.next.id).map_or(0, |v| v.version);
        if stored + 1 != change.next.version
            || change.support_grant.as_ref().is_some_and(|next| !tables.follows(next))
        {
            return Ok(Saved::LostRace);
        }
        if let Some(over) = tables.quota_use(&change.quota_uses) {
            return Ok(over);
        }
        if let Some(next) = &change.support_grant {
            tables.support_grants.insert(next.key.clone(), next.clone());
        }
        match &change.tickets {
            TicketChange::None => {}
            TicketChange::Put(tickets) => {
                let tickets = tickets.iter().map(|ticket| (ticket.id.clone(), ticket.clone()));
                tables.tickets.extend(tickets);
            }
            TicketChange::Delete(ids) => tables.tickets.retain(|id, _| !ids.contains(id)),
        }
        let id = &change.next.id;
        match &change.next.sealed {
            SealedChange::None => {}
            SealedChange::Put(pairs) => {
                let pairs = pairs.iter().map(|pair| ((id.clone(), pair.environment), pair.clone()));
                tables.sealed.extend(pairs);
            }
            SealedChange::Delete(environments) => {
                for environment in environments {
                    tables.sealed.remove(&(id.clone(), *environment));
                }
            }
        }
        // As it will be loaded: the sealed tokens are no part of it.
        let stored = Verification { sealed: SealedChange::None, ..change.next.clone() };
        tables.verifications.insert(id.clone(), stored);
        Ok(Saved::Done)
    }
}

impl SealedPairs for Memory {
    async fn load_sealed(
        &self,
        verification: &VerificationId,
        environment: Environment,
    ) -> Result<Option<SealedTokens>, Failure> {
        Ok(self.tables().sealed.get(&(verification.clone(), environment)).cloned())
    }
}

impl VerificationIndex for Memory {
    async fn page(
        &self,
        scope: &Scope,
        window: &Window,
        before: Option<&Position>,
        limit: usize,
    ) -> Result<Page, Failure> {
        let tables = self.tables();
        let mut all: Vec<_> = tables
            .verifications
            .values()
            .filter(|v| match scope {
                Scope::Everyone => true,
                Scope::Agent(id) => v.agent.id == *id,
                Scope::Customer(email) => v.customer.email == *email,
                Scope::Ticket(ticket) => {
                    v.ticket.as_ref().is_some_and(|own| own.found_by() == ticket.found_by())
                }
            })
            .filter(|v| window.holds(v.created_at))
            .filter(|v| before.is_none_or(|b| (v.created_at, &v.id) < (b.created_at, &b.id)))
            .cloned()
            .collect();
        all.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
        let ended = all.len() <= limit;
        all.truncate(limit);
        let listed = |v: Verification| Listed {
            place: Position { created_at: v.created_at, id: v.id.clone() },
            verification: Some(v),
        };
        Ok(Page { items: all.into_iter().map(listed).collect(), ended })
    }
}

impl SupportGrants for Memory {
    async fn load_grant(&self, key: &GrantKey) -> Result<Option<SupportGrant>, Failure> {
        Ok(self.tables().support_grants.get(key).cloned())
    }

    async fn save_grant(
        &self,
        next: &SupportGrant,
        quota_uses: &[QuotaUse],
    ) -> Result<Saved, Failure> {
        let mut tables = self.tables();
        if !tables.follows(next) {
            return Ok(Saved::LostRace);
        }
        if let Some(over) = tables.quota_use(quota_uses) {
            return Ok(over);
        }
        tables.support_grants.insert(next.key.clone(), next.clone());
        Ok(Saved::Done)
    }
}

impl Tables {
    /// Everything that is due at any time, with its key and when it is due, postponed or not.
    fn due(&self) -> impl Iterator<Item = (Timestamp, &str, DueItem<'_>)> {
        let verifications = self.verifications.values();
        let verifications = verifications
            .filter_map(|v| Some((v.due_at()?, v.id.as_str(), DueItem::Verification(&v.id))));
        let grants = self.support_grants.values();
        let grants = grants
            .filter_map(|g| Some((g.due_at()?, g.key.as_str(), DueItem::SupportGrant(&g.key))));
        verifications.chain(grants).map(|(due_at, key, item)| match self.postponed.get(key) {
            Some((listed_at, until)) if *listed_at == due_at => (*until, key, item),
            Some(_) | None => (due_at, key, item),
        })
    }
}

#[derive(Clone, Copy)]
enum DueItem<'a> {
    Verification(&'a VerificationId),
    SupportGrant(&'a GrantKey),
}

impl From<DueItem<'_>> for Due {
    fn from(item: DueItem<'_>) -> Self {
        match item {
            DueItem::Verification(id) => Self::Verification(id.clone()),
            DueItem::SupportGrant(key) => Self::SupportGrant(key.clone()),
        }
    }
}

/// One part.
impl DueItems for Memory {
    fn parts(&self) -> usize {
        1
    }

    async fn due(
        &self,
        _: usize,
        now: Timestamp,
        after: Option<&DuePlace>,
        limit: usize,
    ) -> Result<DuePage, Failure> {
        let tables = self.tables();
        let after = after.map(|place| (place.due_at, place.key.as_str()));
        let follows = |at, key| after.is_none_or(|after| (at, key) > after);
        let due = tables.due().filter(|(at, key, _)| at.is_over(now) && follows(*at, *key));
        let mut due: Vec<_> = due.collect();
        due.sort_unstable_by_key(|(at, key, _)| (*at, *key));
        let more = due.len() > limit;
        due.truncate(limit);
        let last = due.last().filter(|_| more);
        let next = last.map(|(due_at, key, _)| DuePlace { due_at: *due_at, key: (*key).into() });
        Ok(DuePage { items: due.iter().map(|(at, _, item)| (*at, (*item).into())).collect(), next })
    }

    async fn postpone(
        &self,
        item: &Due,
        listed_at: Timestamp,
        until: Timestamp,
    ) -> Result<(), Failure> {
        let key = match item {
            Due::Verification(id) => id.as_str(),
            Due::SupportGrant(key) => key.as_str(),
        };
        let mut tables = self.tables();
        if tables.due().any(|(at, found, _)| (at, found) == (listed_at, key)) {
            let (due_at, _) = *tables.postponed.get(key).unwrap_or(&(listed_at, until));
            tables.postponed.insert(key.to_owned(), (due_at, until));
        }
        Ok(())
    }
}

impl Quotas for Memory {
    async fn spend(&self, quota_use: &QuotaUse) -> Result<Saved, Failure> {
        let mut tables = self.tables();
        if !tables.has_room(quota_use) {
            return Ok(Saved::OverQuota(quota_use.quota.clone()));
        }
        tables.take(quota_use);
        Ok(Saved::Done)
    }

    async fn count(&self, lockout: &LockoutQuota, now: Timestamp) -> Result<Counted, Failure> {
        let mut tables = self.tables();
        let (n, ends_at) = tables.lockout_quotas.entry(lockout.key.clone()).or_insert((0, now));
        if ends_at.is_over(now) {
            *n = 0;
        }
        if *n >= lockout.limit {
            return Ok(Counted::Over { until: *ends_at });
        }
        (*n, *ends_at) = (*n + 1, now.plus(lockout.seconds));
        Ok(Counted::Nth(*n))
    }

    async fn give_back(&self, lockout: &LockoutQuota) -> Result<(), Failure> {
        if let Some((n, _)) = self.tables().lockout_quotas.get_mut(&lockout.key) {
            *n = n.saturating_sub(1);
        }
        Ok(())
    }
}

impl JointQuotas for Memory {
    async fn spend_together(
        &self,
        quotas: &[Quota],
        cool_down: &LockoutQuota,
        now: Timestamp,
    ) -> Result<Spent, Failure> {
        let mut tables = self.tables();
        if let Some((n, until)) = tables.lockout_quotas.get(&cool_down.key)
            && *n >= 1
            && !until.is_over(now)
        {
            return Ok(Spent::Over { until: *until });
        }
        let quota_uses: Vec<_> = quotas.iter().map(|quota| quota.clone().spend()).collect();
        if let Some(Saved::OverQuota(quota)) = tables.quota_use(&quota_uses) {
            return Ok(Spent::Over { until: quota.ends_at });
        }
        let until = now.plus(cool_down.seconds);
        tables.lockout_quotas.insert(cool_down.key.clone(), (1, until));
        Ok(Spent::Done)
    }
}

impl MintTickets for Memory {
    async fn load(&self, id: &MintTicketId) -> Result<Option<MintTicket>, Failure> {
        Ok(self.tables().tickets.get(id).cloned())
    }

    async fn mark(&self, id: &MintTicketId) -> Result<bool, Failure> {
        let mut tables = self.tables();
        let ticket = tables.tickets.get_mut(id);
        Ok(ticket.map(|ticket| ticket.answered = true).is_some())
    }
}
