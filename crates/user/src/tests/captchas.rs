//! Captchas. What is drawn cannot be read from the drawing, so the tests keep captchas of their own.

use contract::fault::{CAPTCHA_REQUIRED, CAPTCHA_WRONG, CREDENTIALS_WRONG, LOGIN_LOCKED, SMS_TOO_SOON};
use contract::user::PassCaptcha;
use kit::fault::{INVALID, TOO_MANY};

use super::*;
use crate::captcha::{self, Answer};

const HOME: &str = "203.0.113.1";
const RIGHT: &str = "AC34";

/// A captcha that was just drawn; gives its id and what it shows.
pub(crate) async fn drawn(w: &World) -> (String, String) {
    let (id, expires) = (kit::random::token(), w.clock.now() + Duration::from_secs(300));
    let mac = w.user.keys.sign("user.captcha", format!("{id}:{RIGHT}").as_bytes());
    kit::tx!(w.db, |tx| crate::store::captcha::insert(&tx, &id, &mac, expires).await).unwrap();
    (id, RIGHT.to_owned())
}

/// The shipped numbers.
async fn strict() -> World {
    world_with(|s| s.captcha = Captcha::default()).await
}

impl World {
    async fn typed(&self, text: &str) -> Option<Answer> {
        Some(Answer { id: drawn(self).await.0, text: text.into() })
    }

    async fn pass_it(&self, id: &str, answer: &str, for_id: &str) -> Result<()> {
        let request = PassCaptcha { id: id.into(), answer: answer.into(), for_id: for_id.into() };
        contract::user::User::pass_captcha(self.user.as_ref(), &Ctx::house(), request).await.map(|_| ())
    }

    async fn send_typed(&self, to: &str, answer: Option<&Answer>) -> Result<CodeSent> {
        send_code::send(&self.user, &from(HOME), &phone(to), Purpose::Login, answer).await
    }

    async fn try_password(&self, account: &str, password: &str, captcha: Option<Answer>, on: &Device) -> Result<()> {
        let proof = Proof::Password { account: account.into(), password: password.into(), captcha };
        login::login(&self.user, &from(HOME), proof, on).await.map(|_| ())
    }

    /// All counters but those of captchas themselves.
    async fn tallies(&self) -> i64 {
        self.count("select coalesce(sum(n), 0) from tally where scope <> 'captcha_ip'").await
    }
}

#[tokio::test]
async fn a_captcha_is_drawn_and_bounded_by_network_and_hour() {
    let w = world_with(|s| s.captcha.per_ip_hour = 3).await;
    for _ in 0..3 {
        let made = captcha::create(&w.user, &from(HOME)).await.unwrap();
        assert!(made.svg.starts_with("<svg ") && made.id.len() == 43);
        assert_eq!(made.expires_at, w.clock.now() + Duration::from_secs(300));
    }
    let refused = captcha::create(&w.user, &from(HOME)).await.unwrap_err();
    assert!(refused.is(TOO_MANY) && refused.retry_after() == Some(3600));
    captcha::create(&w.user, &from("203.0.113.2")).await.unwrap();
    assert_eq!(w.count("select count(*) from captcha").await, 4, "a refused one leaves nothing");
    w.pass(3600);
    captcha::create(&w.user, &from(HOME)).await.unwrap();
    crate::store::tally::sweep(&w.db, w.clock.now(), Time(0)).await.unwrap();
    assert_eq!(w.count("select count(*) from captcha").await, 1, "what has ended is swept");
}

#[tokio::test]
async fn a_captcha_works_once_in_time_however_it_is_typed() {
    let w = world().await;
    for typed in ["AC34", "ac34", " a C 3 4 "] {
        let (id, _) = drawn(&w).await;
        w.pass_it(&id, typed, "one").await.unwrap();
        w.pass_it(&id, typed, "one").await.unwrap();
        assert!(w.pass_it(&id, typed, "two").await.unwrap_err().is(CAPTCHA_WRONG), "for one thing only");
    }
    let (id, right) = drawn(&w).await;
    for _ in 0..2 {
        assert!(w.pass_it(&id, "AC33", "one").await.unwrap_err().is(CAPTCHA_WRONG));
    }
    assert!(w.pass_it(&id, &right, "one").await.unwrap_err().is(CAPTCHA_WRONG), "one try");
    let (id, right) = drawn(&w).await;
    w.pass(300);
    assert!(w.pass_it(&id, &right, "one").await.unwrap_err().is(CAPTCHA_WRONG), "too late");
    let (one, two) = (drawn(&w).await.0, drawn(&w).await.0);
    for (id, answer) in [("", ""), ("nobody's", RIGHT), (one.as_str(), ""), (&two, &"A".repeat(1000)), (&"x".repeat(1000), RIGHT)]
    {
        assert!(w.pass_it(id, answer, "one").await.unwrap_err().is(CAPTCHA_WRONG));
    }
    assert!(w.pass_it(&drawn(&w).await.0, RIGHT, "").await.unwrap_err().is(INVALID));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_with_one_captcha_one_passes() {
    let w = Arc::new(strict().await);
    for n in 0..5 {
        w.send_typed(&format!("1380013800{n}"), None).await.unwrap();
    }
    let (id, text) = drawn(&w).await;
    let all = at_once(50, |n| {
        let (w, answer) = (w.clone(), Answer { id: id.clone(), text: text.clone() });
        async move { w.send_typed(&format!("139001390{n:02}"), Some(&answer)).await }
    })
    .await;
    assert_eq!(all.iter().filter(|sent| sent.is_ok()).count(), 1);
    assert!(all.iter().filter_map(|sent| sent.as_ref().err()).all(|e| e.is(CAPTCHA_WRONG)));
}

#[tokio::test]
async fn codes_need_a_captcha_once_a_network_has_had_five() {
    let w = strict().await;
    for n in 0..5 {
        w.send_typed(&format!("1380013800{n}"), None).await.unwrap();
    }
    let before = w.tallies().await;
    for _ in 0..3 {
        assert!(w.send_typed("13900139000", None).await.unwrap_err().is(CAPTCHA_REQUIRED));
        let wrong = w.typed("XXXX").await;
        assert!(w.send_typed("13900139000", wrong.as_ref()).await.unwrap_err().is(CAPTCHA_WRONG));
    }
    assert_eq!(w.tallies().await, before, "a refusal leaves no trace");
    assert_eq!(w.count("select count(*) from sms_gate").await, 5);
    let right = w.typed(RIGHT).await;
    w.send_typed("13900139000", right.as_ref()).await.unwrap();
    w.pass(60);
    assert!(w.send_typed("13900139000", right.as_ref()).await.unwrap_err().is(CAPTCHA_WRONG), "each works once");
    let again = w.typed(RIGHT).await;
    w.send_typed("13900139000", again.as_ref()).await.unwrap();
    let soon = w.typed(RIGHT).await;
    assert!(w.send_typed("13900139000", soon.as_ref()).await.unwrap_err().is(SMS_TOO_SOON), "the other limits stay");
    send_code::send(&w.user, &from("203.0.113.2"), &phone("13700137000"), Purpose::Login, None).await.unwrap();
    w.pass(3600);
    w.send_typed("13600136000", None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_codes_at_once_five_go_without_a_captcha() {
    let w = Arc::new(strict().await);
    let all = at_once(50, |n| {
        let w = w.clone();
        async move { w.send_typed(&format!("139001390{n:02}"), None).await }
    })
    .await;
    assert_eq!(all.iter().filter(|sent| sent.is_ok()).count(), 5);
    assert!(all.iter().filter_map(|sent| sent.as_ref().err()).all(|e| e.is(CAPTCHA_REQUIRED)));
}

#[tokio::test]
async fn a_network_that_gets_no_more_codes_is_not_asked_to_type() {
    let w = world_with(|s| (s.captcha, s.sms.per_ip_hour) = (Captcha::default(), 5)).await;
    for n in 0..5 {
        w.send_typed(&format!("1380013800{n}"), None).await.unwrap();
    }
    assert!(w.send_typed("13900139000", None).await.unwrap_err().is(TOO_MANY));
}

#[tokio::test]
async fn a_password_needs_a_captcha_after_two_wrong_ones() {
    let w = strict().await;
    w.wang().await;
    // The same for an account that is there and one that is not, in the same words.
    for (account, phone_of_it) in [("xiaowang", WANG), ("nobody", "nobody")] {
        let on = device(&format!("thiefs-{account}"));
        for _ in 0..2 {
            assert!(w.try_password(account, "guess", None, &on).await.unwrap_err().is(CREDENTIALS_WRONG));
        }
        let before = w.tallies().await;
        let asked = w.try_password(phone_of_it, PASSWORD, None, &on).await.unwrap_err();
        assert_eq!(serde_json::to_string(&asked).unwrap(), serde_json::to_string(&Error::from(CAPTCHA_REQUIRED)).unwrap());
        let elsewhere = w.try_password(account, PASSWORD, None, &device("another-one")).await.unwrap_err();
        assert!(elsewhere.is(CAPTCHA_REQUIRED), "of the account, whatever the source");
        for _ in 0..5 {
            let wrong = w.typed("XXXX").await;
            assert!(w.try_password(account, "guess", wrong, &on).await.unwrap_err().is(CAPTCHA_WRONG));
        }
        assert_eq!(w.tallies().await, before, "neither costs a try");
        for _ in 2..5 {
            let right = w.typed(RIGHT).await;
            assert!(w.try_password(account, "guess", right, &on).await.unwrap_err().is(CREDENTIALS_WRONG));
        }
        let right = w.typed(RIGHT).await;
        assert!(w.try_password(account, PASSWORD, right, &on).await.unwrap_err().is(LOGIN_LOCKED));
        assert!(w.try_password(account, PASSWORD, None, &on).await.unwrap_err().is(LOGIN_LOCKED), "nothing to type for");
    }
    w.pass(12 * 3600);
    w.try_password("xiaowang", PASSWORD, None, &device("thiefs-xiaowang")).await.unwrap();
}

#[tokio::test]
async fn the_owner_on_a_known_device_types_for_own_failures_only() {
    let w = strict().await;
    w.wang().await;
    let own = device("victims-own");
    w.try_password(WANG, PASSWORD, None, &own).await.unwrap();
    for n in 0..2 {
        w.try_password(WANG, "guess", None, &device(&format!("thiefs-{n}"))).await.unwrap_err();
    }
    w.try_password(WANG, PASSWORD, None, &own).await.unwrap();
    assert!(w.try_password(WANG, PASSWORD, None, &device("thiefs-3")).await.unwrap_err().is(CAPTCHA_REQUIRED));
    for _ in 0..2 {
        assert!(w.try_password(WANG, "oops", None, &own).await.unwrap_err().is(CREDENTIALS_WRONG));
    }
    assert!(w.try_password(WANG, PASSWORD, None, &own).await.unwrap_err().is(CAPTCHA_REQUIRED));
    let right = w.typed(RIGHT).await;
    w.try_password(WANG, PASSWORD, right, &own).await.unwrap();
    w.try_password(WANG, PASSWORD, None, &own).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_guesses_at_once_two_go_without_a_captcha() {
    let w = Arc::new(strict().await);
    w.wang().await;
    let all = at_once(50, |n| {
        let w = w.clone();
        async move { w.try_password(WANG, "guess", None, &device(&format!("thiefs-{n}"))).await.unwrap_err() }
    })
    .await;
    assert_eq!(all.iter().filter(|e| e.is(CREDENTIALS_WRONG)).count(), 2);
    assert_eq!(all.iter().filter(|e| e.is(CAPTCHA_REQUIRED)).count(), 48);
}
