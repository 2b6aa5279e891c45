//! What shoppers see, and what they are told of.

use contract::fault::{ACTIVITY_STATE, NOT_FOUND};
use contract::thirdparty::SmsTemplate;
use rush::{Answer, Ask, PoolId, Rush as _, Token};

use super::*;
use crate::show::view::{SeckillLiveState, SeckillSessions, SeckillState};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

impl House {
    async fn sessions(&self) -> SeckillSessions {
        serde_json::from_slice(&self.seckill.sessions().await.unwrap()).unwrap()
    }

    async fn claim_one(&self, item: AllotmentId, user: i64) -> rush::Claim {
        let ask = Ask {
            pool: PoolId::from(item.0),
            epoch: self.item(item).await.epoch,
            user: rush::UserId(user),
            qty: 1,
            token: Token::of(&format!("{user}")),
        };
        let Answer::Taken(claim) = self.engine.claim(ask).await.unwrap() else { panic!("nothing left") };
        claim
    }

    fn texts(&self) -> Vec<(UserId, SmsTemplate)> {
        self.shop.texts.lock().unwrap().values().map(|t| (t.user, t.template.clone())).collect()
    }
}

#[tokio::test]
async fn a_session_is_shown_while_it_is_online() {
    let w = House::new().await;
    assert_eq!(w.sessions().await.items, []);
    let draft = w.draft(60).await;
    let hidden = w.attach(draft, COAT, 5, 1).await;
    let (id, item) = w.online(SHIRT, 10, 2).await;
    let shown = w.sessions().await;
    assert_eq!((shown.now, shown.items.len(), shown.items[0].id), (w.now(), 1, id));
    assert_eq!(shown.items[0].state, SeckillState::Upcoming);
    let card = &shown.items[0].items[0];
    assert_eq!((card.id, card.price_fen, card.list_price_fen, card.left, card.limit), (item, Fen(1990), Fen(3900), 10, 2));
    assert!(w.seckill.item(hidden).await.unwrap_err().is(NOT_FOUND));
    assert!(w.seckill.live(hidden).await.unwrap_err().is(NOT_FOUND));

    w.pass(5 * MINUTE);
    assert_eq!(w.sessions().await.items[0].state, SeckillState::Running, "at its start, not a second later");
    let whole = w.seckill.item(item).await.unwrap();
    assert_eq!((whole.subtitle.as_str(), whole.session.state, whole.left), ("透气亲肤 11", SeckillState::Running, 10));
    assert_eq!(w.seckill.of_spu(SpuId(11)).await.unwrap().items.len(), 1);
    assert_eq!(w.seckill.of_spu(SpuId(12)).await.unwrap().items, []);

    let claim = w.claim_one(item, 1).await;
    assert_eq!(w.seckill.live(item).await.unwrap().left, 10, "as of a second ago");
    w.pass(SECOND);
    let live = w.seckill.live(item).await.unwrap();
    assert_eq!((live.state, live.left, live.in_line), (SeckillLiveState::Running, 9, 1));
    w.engine.acknowledge(&claim).await.unwrap();
    w.pass(SECOND);
    assert_eq!(w.seckill.live(item).await.unwrap().in_line, 0);
    w.seckill.pause(PLANNER, id, true).await.unwrap();
    assert_eq!(w.sessions().await.items[0].state, SeckillState::Paused);
    assert_eq!(w.seckill.live(item).await.unwrap().state, SeckillLiveState::Paused);
    w.seckill.pause(PLANNER, id, false).await.unwrap();

    w.pass(60 * MINUTE);
    assert_eq!(w.sessions().await.items, [], "over, whether a timer has noticed or not");
    assert_eq!(w.seckill.live(item).await.unwrap().state, SeckillLiveState::Ended);
    assert!(w.seckill.item(item).await.unwrap_err().is(NOT_FOUND));
    w.jobs().await;
    assert_eq!(w.seckill.live(item).await.unwrap().state, SeckillLiveState::Ended);
    w.pass(10 * MINUTE);
    assert!(w.seckill.live(item).await.unwrap_err().is(NOT_FOUND), "nobody waits for it any more");
}

#[tokio::test]
async fn a_crowd_that_looks_reads_the_database_once_a_second() {
    let w = House::new().await;
    let (_, item) = w.running(SHIRT, 10, 2).await;
    let before = w.seckill.renewals();
    for round in 0..3 {
        futures::future::join_all((0..500).map(|_| w.seckill.live(item))).await;
        futures::future::join_all((0..500).map(|_| w.seckill.sessions())).await;
        assert_eq!(w.seckill.renewals(), before + round, "the first round is fresh");
        w.pass(SECOND);
    }
    w.pass(60 * SECOND);
    let all = futures::future::join_all((0..500).map(|_| w.seckill.live(item))).await;
    assert_eq!(w.seckill.renewals(), before + 3, "also when it is too old for anybody");
    assert!(all.iter().all(|live| live.is_ok()));
}

#[tokio::test]
async fn the_gate_knows_what_is_online_without_a_database() {
    let w = House::new().await;
    let (id, item) = w.running(SHIRT, 10, 2).await;
    let online = w.seckill.online();
    let (session, row) = online.find(item).unwrap();
    assert_eq!((session.id, row.epoch, row.price_fen, session.paused), (id, 1, Fen(1990), false));
    assert!(online.find(AllotmentId(1)).is_none());
    // Another process pauses it: this one hears nothing, and finds out a second later.
    w.db.run("update activity set paused = 1", vec![]).await.unwrap();
    w.pass(SECOND);
    assert!(w.seckill.online_now().await.unwrap().sessions[0].paused);
    w.crash.arm(0);
    let _ = w.db.run("update activity set paused = 0", vec![]).await;
    w.crash.arm(1);
    let _ = w.db.run("update activity set paused = 0", vec![]).await;
    assert!(w.crash.is_down());
    w.pass(MINUTE);
    assert!(w.seckill.online_now().await.unwrap().find(item).is_some(), "the database is away; the sale goes on");
}

#[tokio::test]
async fn who_asked_for_it_is_told_once_three_minutes_before() {
    let w = House::new().await;
    let id = w.draft(30).await;
    let (shirt, coat) = (w.attach(id, SHIRT, 10, 1).await, w.attach(id, COAT, 5, 1).await);
    assert!(w.seckill.add_reminder(WANG, shirt).await.unwrap_err().is(NOT_FOUND), "nobody sees it yet");
    w.approve(id).await;
    for item in [shirt, coat, shirt] {
        w.seckill.add_reminder(WANG, item).await.unwrap();
    }
    w.seckill.add_reminder(LI, shirt).await.unwrap();
    w.seckill.delete_reminder(LI, shirt).await.unwrap();
    w.seckill.delete_reminder(LI, shirt).await.unwrap();
    assert_eq!(w.seckill.reminders(WANG).await.unwrap(), [shirt, coat]);
    assert_eq!(w.seckill.reminders(LI).await.unwrap(), []);
    w.pass(27 * MINUTE - SECOND);
    w.run().await;
    assert_eq!(w.texts(), [], "too early");
    w.shop.deaf.store(true, SeqCst);
    w.pass(SECOND);
    w.run().await;
    w.shop.deaf.store(false, SeqCst);
    w.pass(MINUTE);
    w.run().await;
    let told = w.texts();
    assert_eq!(told.len(), 1, "and not those who changed their minds");
    let expected = SmsTemplate::SeckillReminder { title: "早场".into(), time: "10:30".into(), items: 2 };
    assert_eq!(told[0], (WANG, expected));
    // Once more, in the last minutes: the message has gone already.
    w.seckill.delete_reminder(WANG, shirt).await.unwrap();
    w.seckill.delete_reminder(WANG, coat).await.unwrap();
    w.seckill.add_reminder(WANG, shirt).await.unwrap();
    w.run().await;
    assert_eq!(w.texts(), told);
    w.pass(2 * MINUTE);
    assert!(w.seckill.add_reminder(LI, shirt).await.unwrap_err().is(ACTIVITY_STATE), "it has begun");
    w.pass(60 * MINUTE);
    w.settle().await;
    assert_eq!((w.seckill.reminders(WANG).await.unwrap(), w.count("select count(*) from reminder").await), (vec![], 0));
}

#[tokio::test]
async fn nobody_is_told_of_a_session_that_was_stopped_or_has_begun() {
    let w = House::new().await;
    let (id, item) = w.online(SHIRT, 10, 2).await;
    w.seckill.add_reminder(WANG, item).await.unwrap();
    w.seckill.stop(PLANNER, id, "错价").await.unwrap();
    let later = w.draft(30).await;
    let coat = w.attach(later, COAT, 5, 1).await;
    w.approve(later).await;
    w.seckill.add_reminder(LI, coat).await.unwrap();
    // Nobody was up for half an hour.
    w.pass(30 * MINUTE);
    w.settle().await;
    assert_eq!(w.texts(), []);
}
