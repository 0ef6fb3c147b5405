//! Support grants and mint tickets.

use support_core::mint::MintTicketId;
use support_core::ports::{Saved, SupportGrants};
use support_core::support_grant::{GrantKey, SupportGrant};
use support_core::time::Timestamp;
use support_dynamodb::DynamoVerifications;
use support_testing::samples::{NOON, agent, entered, granted, key, rng};

use crate::{Sample, holding};

async fn load(store: &DynamoVerifications, sample: &Sample) -> SupportGrant {
    let key = GrantKey::parse(sample.id()).unwrap();
    let loaded = store.load_grant(&key).await.unwrap_or_else(|e| panic!("{}: {e:?}", sample.name));
    loaded.expect("it is there")
}

/// What follows from `grant` without anyone else: its news is told, it is renewed, its time ends.
fn next(grant: SupportGrant, now: Timestamp) -> Option<SupportGrant> {
    if let Some(notice) = grant.notice {
        return grant.notice_sent(notice.kind);
    }
    if grant.is_live(NOON) && grant.redeemed_by.is_some() {
        return Some(grant.regenerate(None, &key(), &mut rng(7), now).0);
    }
    let end = grant.terms.expires_at;
    grant.end_if_over(end)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_support_grant_loads_and_moves_on_to_its_end() {
    let samples = Sample::all("S#");
    let (aws, client) = holding(&samples).await;
    let store = DynamoVerifications::new(aws.config(), "support", 400);
    let mut live = 0;
    for sample in &samples {
        let name = &sample.name;
        let loaded = load(&store, sample).await;
        assert_eq!(GrantKey::of(&loaded.customer.user_id, &key()), loaded.key, "{name}");
        let mut grant = loaded.clone();
        while let Some(next) = next(grant.clone(), NOON.plus(60)) {
            assert_eq!(store.save_grant(&next, &[]).await, Ok(Saved::Done), "{name}");
            grant = load(&store, sample).await;
            assert_eq!(grant.terms, loaded.terms, "{name}");
        }
        assert!(grant.ended.is_some() && grant.due_at().is_none(), "{name}");
        if loaded.ended.is_some() {
            continue;
        }
        live += 1;
        sample.put(&client).await;
        let (revoked, _) = loaded.revoke(None, NOON.plus(60));
        assert_eq!(store.save_grant(&revoked, &[]).await, Ok(Saved::Done), "{name}");
        assert!(!load(&store, sample).await.is_live(NOON.plus(60)), "{name}");
    }
    assert!(live >= 3, "offered, redeemed, renewed");
}

/// What a customer wrote down under the release before still opens, and only that.
#[tokio::test(flavor = "multi_thread")]
async fn credentials_of_a_released_support_grant_serve_on() {
    let samples = Sample::all("S#");
    let (aws, _) = holding(&samples).await;
    let store = DynamoVerifications::new(aws.config(), "support", 400);
    for (name, serves) in
        [("elena", true), ("fabio", true), ("gloria", false), ("hugo", false), ("ines", false)]
    {
        let (grant, credentials) = granted(name, None);
        let loaded = store.load_grant(&grant.key).await.unwrap().expect("it is there");
        let entered = entered(
            &credentials.user_name(),
            credentials.password().expose(),
            credentials.security_code().expose(),
        );
        assert_eq!(entered.grant_key(&key()), loaded.key);
        let judge = |who| {
            let stored = Some(loaded.clone());
            SupportGrant::judge(stored, &entered, &agent(who), &key(), NOON.plus(60)).is_ok()
        };
        assert_eq!(judge("ana"), serves, "{name}");
        assert_eq!(judge("ben"), serves && loaded.redeemed_by.is_none(), "{name}");
    }
}

/// A ticket of 0.1.0 was for tokens that open every environment. It lives for seconds, and no sign-in finds
/// it any more.
#[test]
fn a_released_mint_ticket_opens_no_sign_in() {
    let of_the_first = |sample: &&Sample| sample.name.contains("/0.1.0/");
    for sample in Sample::all("G#").iter().filter(of_the_first) {
        assert_eq!(MintTicketId::parse(sample.id()), None, "{}", sample.name);
    }
}
