//! The process dies right after each of its commits, one after the other, and comes up again.

use contract::fault::ALREADY_PAID;
use contract::payment::PaymentState;
use kit::Result;

use super::house::{House, ORDER, PRICE};

impl House {
    /// Pays twice, hears of it and gives a part back, as far as it gets.
    async fn whole_story(&self) -> Result<()> {
        for request in ["first", "second"] {
            let attempt = match self.pay(request).await {
                Ok(started) => started.attempt,
                // It had got further before the crash.
                Err(e) if e.is(ALREADY_PAID) => continue,
                Err(e) => return Err(e),
            };
            if request == "second" {
                for number in self.attempts() {
                    if let Some(notice) = self.vendor.pay(number) {
                        self.hear(&notice).await?;
                    }
                }
            }
            assert_ne!(attempt.0, 0);
        }
        self.refund(1, 205).await?;
        while self.relay.step().await? > 0 {}
        self.crash.check()
    }

    fn attempts(&self) -> Vec<contract::AttemptId> {
        self.vendor.trades.lock().unwrap().keys().copied().collect()
    }
}

#[tokio::test]
async fn a_crash_after_any_commit_heals() {
    let mut whole = false;
    for commits in 1..60 {
        let house = House::new().await;
        house.crash.arm(commits);
        whole = house.whole_story().await.is_ok();
        let house = house.reborn().await;
        house.audit().await;
        // The clients ask again, the timers go on; the channel's notifications may never come again.
        house.whole_story().await.unwrap_or_else(|e| panic!("after {commits} commits: {e}"));
        house.pass(200).await;
        house.audit_at_rest().await;
        let status = house.status(false).await;
        assert_eq!((status.state, status.kept_fen), (PaymentState::PartRefunded, left_after(205)), "after {commits} commits");
        assert_eq!(house.told("payment.succeeded"), 1, "order {ORDER} after {commits} commits");
        assert_eq!(house.told("payment.refund_succeeded"), 1, "after {commits} commits");
        let twice = house.count("select count(*) from attempt where state = 'paid'").await - 1;
        assert_eq!(i64::try_from(house.told("payment.surplus_refunded")).unwrap(), twice, "after {commits} commits");
        if whole {
            break;
        }
    }
    assert!(whole, "the story never came to its end");
}

fn left_after(fen: i64) -> contract::Fen {
    contract::Fen(PRICE.0 - fen)
}
