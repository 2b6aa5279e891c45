use contract::fault::{CODE_WRONG, SMS_DAY_LIMIT, SMS_NOT_SENT, SMS_TOO_SOON};
use kit::fault::TOO_MANY;
use std::sync::atomic::Ordering::SeqCst;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_sends_at_once_one_goes() {
    let w = world().await;
    let all = at_once(50, |_| {
        let user = w.user.clone();
        async move { send_code::send(&user, &from("203.0.113.1"), &phone(WANG), Purpose::Login, None).await }
    })
    .await;
    assert_eq!(all.iter().filter(|sent| sent.is_ok()).count(), 1);
    assert!(all.iter().filter_map(|sent| sent.as_ref().err()).all(|e| e.is(SMS_TOO_SOON) && e.retry_after() == Some(60)));
    assert_eq!(w.sender.sent.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn one_a_minute_and_ten_a_day_for_a_phone_however_it_is_written() {
    let w = world().await;
    let now = w.clock.now();
    let sent = w.send(WANG, Purpose::Login).await.unwrap();
    assert_eq!(sent, CodeSent { expires_at: now + Duration::from_secs(300), resend_after_s: 60 });
    w.pass(59);
    for written in ["+86 138-0013-8000", "0086 13800138000", "１３８００１３８０００"] {
        assert!(w.send(written, Purpose::Reset).await.unwrap_err().is(SMS_TOO_SOON), "another purpose is no way around");
    }
    for _ in 1..10 {
        w.pass(60);
        w.send(WANG, Purpose::Login).await.unwrap();
    }
    w.pass(60);
    let refused = w.send(WANG, Purpose::Login).await.unwrap_err();
    assert!(refused.is(SMS_DAY_LIMIT));
    w.pass(u64::from(refused.retry_after().unwrap()) - 1);
    assert!(w.send(WANG, Purpose::Login).await.unwrap_err().is(SMS_DAY_LIMIT), "until midnight");
    w.pass(1);
    w.send(WANG, Purpose::Login).await.unwrap();
    assert_eq!(w.sender.sent.lock().unwrap().len(), 11);
}

#[tokio::test]
async fn one_network_cannot_write_to_many_phones() {
    let w = world().await;
    for i in 0..20 {
        w.send(&format!("138001380{i:02}"), Purpose::Register).await.unwrap();
    }
    assert!(w.send("13900139000", Purpose::Register).await.unwrap_err().is(TOO_MANY));
    send_code::send(&w.user, &from("203.0.113.2"), &phone("13900139000"), Purpose::Register, None).await.unwrap();
    w.pass(3600);
    w.send("13700137000", Purpose::Register).await.unwrap();
}

#[tokio::test]
async fn a_send_that_fails_frees_the_minute() {
    let w = world().await;
    w.sender.broken.store(true, SeqCst);
    assert!(w.send(WANG, Purpose::Login).await.unwrap_err().is(SMS_NOT_SENT));
    w.sender.broken.store(false, SeqCst);
    w.send(WANG, Purpose::Login).await.unwrap();
    let ids: Vec<String> = w.sender.sent.lock().unwrap().iter().map(|sms| sms.id.clone()).collect();
    assert!(ids.len() == 1 && ids[0].starts_with("user.code."), "{ids:?}");
}

#[tokio::test]
async fn the_days_budget_ends_a_flood() {
    let w = world_with(|s| s.sms.per_day = 2).await;
    for to in ["13800138001", "13800138002"] {
        w.send(to, Purpose::Login).await.unwrap();
    }
    assert!(w.send("13800138003", Purpose::Login).await.unwrap_err().is(SMS_NOT_SENT));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_used_fifty_times_at_once_works_once() {
    let w = world_with(|s| s.sms.tries = 1000).await;
    let code = w.code(WANG, Purpose::Login).await;
    let all = at_once(50, |_| {
        let (user, code) = (w.user.clone(), code.clone());
        async move { send_code::consume(&user, &user.phone_index(&phone(WANG)), Purpose::Login, &code).await }
    })
    .await;
    assert_eq!(all.iter().filter(|used| used.is_ok()).count(), 1);
    assert!(all.iter().filter_map(|used| used.as_ref().err()).all(|e| e.is(CODE_WRONG)));
}

#[tokio::test]
async fn a_code_is_for_one_phone_one_purpose_five_minutes_and_five_tries() {
    let w = world().await;
    let index = |to: &str| w.user.phone_index(&phone(to));
    let use_it = async |to: &str, purpose, code: &str| send_code::consume(&w.user, &index(to), purpose, code).await;
    let code = w.code(WANG, Purpose::Register).await;
    assert!(use_it(WANG, Purpose::Reset, &code).await.unwrap_err().is(CODE_WRONG));
    assert!(use_it("13900139000", Purpose::Register, &code).await.unwrap_err().is(CODE_WRONG));
    w.pass(299);
    use_it(WANG, Purpose::Register, &code).await.unwrap();
    assert!(use_it(WANG, Purpose::Register, &code).await.unwrap_err().is(CODE_WRONG), "used once");

    let code = w.code(WANG, Purpose::Register).await;
    w.pass(300);
    assert!(use_it(WANG, Purpose::Register, &code).await.unwrap_err().is(CODE_WRONG), "too late");

    let code = w.code(WANG, Purpose::Register).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert!(use_it(WANG, Purpose::Register, wrong).await.unwrap_err().is(CODE_WRONG));
    }
    assert!(use_it(WANG, Purpose::Register, &code).await.unwrap_err().is(CODE_WRONG), "burnt by five tries");

    let code = w.code(WANG, Purpose::Register).await;
    for _ in 0..4 {
        assert!(use_it(WANG, Purpose::Register, "x").await.is_err());
    }
    use_it(WANG, Purpose::Register, &code).await.unwrap();
}

#[tokio::test]
async fn what_has_ended_is_swept() {
    let w = world().await;
    w.wang().await;
    w.login("device-1").await;
    w.code(WANG, Purpose::Login).await;
    let rows = "select (select count(*) from sms_code) + (select count(*) from sms_gate) + (select count(*) from tally) + (select count(*) from session)";
    let before = w.count(rows).await;
    assert!(before >= 5);
    crate::store::tally::sweep(&w.db, w.clock.now(), Time(0)).await.unwrap();
    assert_eq!(w.count(rows).await, before, "nothing that still counts is gone");
    w.pass(15 * 24 * 3600);
    crate::store::tally::sweep(&w.db, w.clock.now(), Time(0)).await.unwrap();
    assert_eq!(w.count(rows).await, 0);
}
