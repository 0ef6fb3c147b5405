//! A dependency that hangs must not hold up what can go on without it.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use support_core::refusal::Failure;

/// How many calls in a row must fail without an answer.
const TRIPS_AT: u32 = 8;

/// Leaves out calls to a dependency that no longer answers, all but one at a time: that one finds out when it
/// is back. A dependency that answers, be it a refusal, costs no time and is always called.
#[derive(Debug, Default)]
pub struct Breaker {
    unanswered: AtomicU32,
    probing: AtomicBool,
}

impl Breaker {
    /// Makes the call; `None` if it was left out.
    pub async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, Failure>>,
    ) -> Option<Result<T, Failure>> {
        let tripped = self.unanswered.load(Ordering::Relaxed) >= TRIPS_AT;
        if tripped && self.probing.swap(true, Ordering::Relaxed) {
            return None;
        }
        let outcome = call.await;
        if outcome.as_ref().is_err_and(|failure| failure.maybe_done) {
            self.unanswered.fetch_add(1, Ordering::Relaxed);
        } else {
            self.unanswered.store(0, Ordering::Relaxed);
        }
        if tripped {
            self.probing.store(false, Ordering::Relaxed);
        }
        Some(outcome)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    async fn answered(breaker: &Breaker) -> bool {
        breaker.call(ready(Ok(()))).await.is_some()
    }

    async fn unanswered(breaker: &Breaker) -> bool {
        breaker.call(ready(Err::<(), _>(Failure::unsure("ses", "timed out")))).await.is_some()
    }

    #[tokio::test] // P25
    async fn what_hangs_is_called_by_one_at_a_time_until_it_answers() {
        let breaker = Breaker::default();
        for _ in 0..TRIPS_AT {
            assert!(unanswered(&breaker).await);
        }
        {
            let mut probe = pin!(breaker.call(pending::<Result<(), _>>()));
            let waker = Waker::noop();
            assert!(matches!(probe.as_mut().poll(&mut Context::from_waker(waker)), Poll::Pending));
            assert!(!answered(&breaker).await, "another one is trying");
        }
        let breaker = Breaker::default();
        for _ in 0..3 * TRIPS_AT {
            assert!(unanswered(&breaker).await, "one after the other may always try");
        }
        assert!(answered(&breaker).await);
        let mut first = pin!(breaker.call(pending::<Result<(), _>>()));
        assert!(matches!(
            first.as_mut().poll(&mut Context::from_waker(Waker::noop())),
            Poll::Pending
        ));
        assert!(answered(&breaker).await, "it answers again, to as many as call");
    }

    #[tokio::test]
    async fn a_refusal_is_an_answer() {
        let breaker = Breaker::default();
        for _ in 0..TRIPS_AT {
            assert!(breaker.call(ready(Err::<(), _>(Failure::clean("ses", "no")))).await.is_some());
        }
        let mut first = pin!(breaker.call(pending::<Result<(), _>>()));
        assert!(matches!(
            first.as_mut().poll(&mut Context::from_waker(Waker::noop())),
            Poll::Pending
        ));
        assert!(answered(&breaker).await);
    }
}
