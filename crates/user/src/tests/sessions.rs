use contract::UserId;
use contract::fault::ACCOUNT_DISABLED;
use kit::fault::{CONFLICT, NOT_FOUND, UNAUTHENTICATED};
use proptest::prelude::*;

use super::*;
use crate::refresh::refresh;
use crate::{moderate, session};

const HOME: &str = "203.0.113.1";

impl World {
    async fn refresh(&self, token: &str) -> Result<TokenPair> {
        refresh(&self.user, &from(HOME), token, None).await
    }

    async fn is_dead(&self, token: &str) -> bool {
        self.who(token).await.is_err_and(|e| e.is(UNAUTHENTICATED))
    }
}

#[tokio::test]
async fn tokens_live_as_long_as_promised() {
    let w = world().await;
    let wang = w.wang().await;
    let pair = w.login("device-1").await;
    let now = w.clock.now();
    assert_eq!(pair.access_expires_at, now + Duration::from_secs(30 * 60));
    assert_eq!(pair.refresh_expires_at, now + Duration::from_secs(14 * 24 * 3600));
    let identity = w.who(&pair.access_token).await.unwrap();
    assert!(matches!(identity.caller, Caller::Shopper { user, .. } if user == wang.0));
    assert_eq!(identity.expires, pair.access_expires_at);
    w.pass(30 * 60 - 1);
    w.who(&pair.access_token).await.unwrap();
    w.pass(1);
    assert!(w.is_dead(&pair.access_token).await);
    let next = w.refresh(&pair.refresh_token).await.unwrap();
    w.who(&next.access_token).await.unwrap();
    w.pass(14 * 24 * 3600);
    assert!(w.refresh(&next.refresh_token).await.unwrap_err().is(UNAUTHENTICATED));
}

#[tokio::test]
async fn a_session_does_not_live_for_ever() {
    let w = world().await;
    w.wang().await;
    let mut pair = w.login("device-1").await;
    let end = w.clock.now() + Duration::from_secs(60 * 24 * 3600);
    for _ in 0..5 {
        w.pass(10 * 24 * 3600);
        pair = w.refresh(&pair.refresh_token).await.unwrap();
    }
    assert_eq!(pair.refresh_expires_at, end);
    w.pass(10 * 24 * 3600);
    assert!(w.refresh(&pair.refresh_token).await.is_err());
}

#[tokio::test]
async fn only_an_access_token_is_one() {
    let w = world().await;
    w.wang().await;
    let pair = w.login("device-1").await;
    let cut = &pair.access_token[..pair.access_token.len() - 1];
    let long = format!("at_{}", "x".repeat(10_000));
    let other = pair.access_token.replace("at_", "ot_");
    for bad in [pair.refresh_token.as_str(), cut, "", "at_", "at_x", "nonsense", &long, &other] {
        assert!(w.is_dead(bad).await, "{bad}");
    }
    for bad in [pair.access_token.as_str(), "", "rt_", "rt_x.y"] {
        assert!(w.refresh(bad).await.unwrap_err().is(UNAUTHENTICATED));
    }
    w.who(&pair.access_token).await.unwrap();
}

#[tokio::test]
async fn a_refresh_kills_both_old_tokens_at_once() {
    let w = world().await;
    w.wang().await;
    let one = w.login("device-1").await;
    w.who(&one.access_token).await.unwrap();
    let two = w.refresh(&one.refresh_token).await.unwrap();
    assert!(w.is_dead(&one.access_token).await);
    w.who(&two.access_token).await.unwrap();
    w.pass(11);
    assert!(w.refresh(&one.refresh_token).await.unwrap_err().is(UNAUTHENTICATED), "the old one, too late");
    assert!(w.is_dead(&two.access_token).await, "and the family is gone");
    assert!(w.refresh(&two.refresh_token).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn refreshes_at_once_give_the_same_pair() {
    let w = Arc::new(world().await);
    w.wang().await;
    let pair = w.login("device-1").await;
    let all = at_once(50, |_| {
        let (w, token) = (w.clone(), pair.refresh_token.clone());
        async move { w.refresh(&token).await.unwrap() }
    })
    .await;
    assert!(all.iter().all(|next| *next == all[0] && *next != pair));
    w.who(&all[0].access_token).await.unwrap();
}

#[tokio::test]
async fn the_grace_is_for_the_same_device() {
    let w = world().await;
    w.wang().await;
    let one = w.login("device-1").await;
    let two = refresh(&w.user, &from(HOME), &one.refresh_token, Some("device-1")).await.unwrap();
    let again = refresh(&w.user, &from("198.51.100.7"), &one.refresh_token, Some("device-1")).await.unwrap();
    assert_eq!(again, two, "the device's own word counts over the network");
    assert!(refresh(&w.user, &from(HOME), &one.refresh_token, Some("thiefs-own")).await.is_err());
    assert!(w.is_dead(&two.access_token).await);

    let one = w.login("device-1").await;
    let two = w.refresh(&one.refresh_token).await.unwrap();
    assert!(refresh(&w.user, &from("198.51.100.7"), &one.refresh_token, None).await.is_err());
    assert!(w.is_dead(&two.access_token).await);
}

#[tokio::test]
async fn a_forged_token_ends_nobodys_session() {
    let w = world().await;
    w.wang().await;
    let pair = w.login("device-1").await;
    let (body, _) = pair.refresh_token.split_once('.').unwrap();
    let forged = format!("{body}.{}", kit::random::token());
    assert!(w.refresh(&forged).await.unwrap_err().is(UNAUTHENTICATED));
    w.who(&pair.access_token).await.unwrap();
}

#[tokio::test]
async fn five_devices_and_the_oldest_makes_room() {
    let w = world().await;
    let wang = w.wang().await;
    let mut pairs = Vec::new();
    for i in 0..6 {
        pairs.push(w.login(&format!("device-{i}")).await);
        w.who(&pairs[i].access_token).await.unwrap();
        w.pass(61);
    }
    assert!(w.is_dead(&pairs[0].access_token).await);
    assert!(w.refresh(&pairs[0].refresh_token).await.is_err());
    let current = w.session_id(&pairs[5]).await;
    let list = session::list(&w.user, wang, current).await.unwrap();
    let names: Vec<&str> = list.iter().map(|s| s.device_name.as_str()).collect();
    assert_eq!(names, ["phone device-5", "phone device-4", "phone device-3", "phone device-2", "phone device-1"]);
    assert!(list[0].current && !list[1].current);
    assert_eq!(list[0].ip, "203.0.*.*");
    assert_eq!(list[0].last_seen_at, w.clock.now(), "touched when it asked, a minute after its log-in");
    let again = w.login("device-3").await;
    assert!(w.is_dead(&pairs[3].access_token).await, "the same device replaces itself");
    for alive in [&pairs[1], &pairs[2], &pairs[4], &pairs[5], &again] {
        w.who(&alive.access_token).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_at_once_leave_five() {
    let w = Arc::new(world().await);
    w.wang().await;
    // Fewer than the attempts that a stranger has for an account: one counts from its beginning to its right end.
    at_once(15, |i| {
        let w = w.clone();
        async move { w.login(&format!("device-{i}")).await }
    })
    .await;
    assert_eq!(w.count("select count(*) from session").await, 5);
}

#[tokio::test]
async fn the_last_use_is_written_once_a_minute() {
    let w = world().await;
    let wang = w.wang().await;
    let pair = w.login("device-1").await;
    let login = w.clock.now();
    let id = w.session_id(&pair).await;
    let seen = async || session::list(&w.user, wang, id).await.unwrap()[0].last_seen_at;
    w.pass(59);
    w.who(&pair.access_token).await.unwrap();
    assert_eq!(seen().await, login);
    w.pass(1);
    w.who(&pair.access_token).await.unwrap();
    assert_eq!(seen().await, w.clock.now());
}

#[tokio::test]
async fn an_owner_ends_own_sessions_only() {
    let w = world().await;
    let wang = w.wang().await;
    let li = w.user.seed_shopper("13900139000", "xiaoli", PASSWORD, "小李").await.unwrap();
    let (one, two) = (w.login("device-1").await, w.login("device-2").await);
    let (id_one, id_two) = (w.session_id(&one).await, w.session_id(&two).await);
    assert!(session::end(&w.user, li, id_one).await.unwrap_err().is(NOT_FOUND));
    session::end(&w.user, wang, id_one).await.unwrap();
    assert!(w.is_dead(&one.access_token).await && w.refresh(&one.refresh_token).await.is_err());
    w.who(&two.access_token).await.unwrap();
    session::end(&w.user, wang, id_two).await.unwrap();
    assert!(session::end(&w.user, wang, id_two).await.unwrap_err().is(NOT_FOUND));
}

#[tokio::test]
async fn kicked_and_disabled_is_out_at_once() {
    let w = world().await;
    let wang = w.wang().await;
    let pair = w.login("device-1").await;
    w.who(&pair.access_token).await.unwrap();
    moderate::kick(&w.user, wang).await.unwrap();
    assert!(w.is_dead(&pair.access_token).await && w.refresh(&pair.refresh_token).await.is_err());
    let pair = w.login("device-1").await;
    w.who(&pair.access_token).await.unwrap();
    for _ in 0..2 {
        moderate::disable(&w.user, wang).await.unwrap();
    }
    assert_eq!(w.count("select count(*) from outbox where topic = 'user.disabled'").await, 1, "again does nothing");
    assert!(w.is_dead(&pair.access_token).await && w.refresh(&pair.refresh_token).await.is_err());
    assert!(w.login_at(HOME, WANG, PASSWORD, &device("device-1")).await.unwrap_err().is(ACCOUNT_DISABLED));
    let code = w.code(WANG, Purpose::Login).await;
    let proof = Proof::Code { phone: phone(WANG), code };
    assert!(login::login(&w.user, &from(HOME), proof, &device("device-1")).await.unwrap_err().is(ACCOUNT_DISABLED));
    moderate::enable(&w.user, wang).await.unwrap();
    w.login("device-1").await;
    for refused in [
        moderate::disable(&w.user, UserId(1)).await,
        moderate::enable(&w.user, UserId(1)).await,
        moderate::kick(&w.user, UserId(1)).await,
    ] {
        assert!(refused.unwrap_err().is(NOT_FOUND));
    }
}

#[tokio::test]
async fn what_was_proven_before_a_kick_opens_no_session_after_it() {
    let w = world().await;
    let wang = w.wang().await;
    let proven = w.user.account(wang).await.unwrap();
    moderate::kick(&w.user, wang).await.unwrap();
    let source = crate::lockout::Source::of(&w.user, &from(HOME), None);
    let refused = session::open(&w.user, &from(HOME), &proven, &device("device-1"), &source).await.unwrap_err();
    assert!(refused.is(CONFLICT));
    assert_eq!(w.count("select count(*) from session").await, 0);
}

/// One step of a client, an unlucky network, or a thief: time passes, then the token `back` places behind the newest comes.
fn steps() -> impl Strategy<Value = Vec<(u64, usize)>> {
    let pause = prop_oneof![Just(0), Just(5), Just(10), Just(11), 0_u64..40];
    let back = prop_oneof![6 => Just(0_usize), 4 => Just(1), 1 => 2_usize..5];
    proptest::collection::vec((pause, back), 1..14)
}

/// Replies may be lost: what a client holds is any token that was ever made. The model knows what must come of it.
#[test]
fn refresh_does_what_the_model_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let w = runtime.block_on(async {
        let w = world().await;
        w.wang().await;
        w
    });
    proptest!(ProptestConfig::with_cases(64), |(steps in steps())| {
        runtime.block_on(async {
            let mut chain = vec![w.login("device-1").await];
            let (mut alive, mut rotated) = (true, Time(0));
            for (pause, back) in steps {
                w.pass(pause);
                let Some(at) = chain.len().checked_sub(1 + back) else { continue };
                let newest = chain.len() - 1;
                let answer = w.refresh(&chain[at].refresh_token).await;
                let in_grace = back == 1 && w.clock.now().since(rotated) <= Duration::from_secs(10);
                match answer {
                    Ok(next) if alive && back == 0 => {
                        assert!(chain.iter().all(|old| old.refresh_token != next.refresh_token));
                        chain.push(next);
                        rotated = w.clock.now();
                    }
                    Ok(same) => assert!(alive && in_grace && same == chain[newest]),
                    Err(e) => {
                        assert!(e.is(UNAUTHENTICATED));
                        assert!(!alive || (back > 0 && !in_grace));
                        alive = false;
                    }
                }
                for (i, pair) in chain.iter().enumerate() {
                    let lives = w.who(&pair.access_token).await.is_ok();
                    assert_eq!(lives, alive && i == chain.len() - 1, "one live line at most");
                }
            }
        });
    });
}
