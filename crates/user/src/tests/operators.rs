use contract::fault::{ACCOUNT_DISABLED, CREDENTIALS_WRONG, LOGIN_LOCKED};
use kit::fault::INVALID;

use super::*;
use crate::operator;

const DESK: &str = "203.0.113.50";
const SECRET: &str = "operators own secret";

async fn login(w: &World, ip: &str, password: &str) -> Result<String> {
    operator::login(&w.user, &from(ip), "Boss", password).await.map(|opened| opened.token)
}

#[tokio::test]
async fn an_operator_is_seeded_once_and_signs_in() {
    let w = world().await;
    let id = w.user.seed_operator("boss", SECRET, &["order.read"]).await.unwrap();
    assert_eq!(w.user.seed_operator("Boss", "another", &["order.read", "user.disable"]).await.unwrap(), id);
    assert!(w.user.seed_operator("boss", SECRET, &["order.eat"]).await.unwrap_err().is(INVALID));
    let opened = operator::login(&w.user, &from(DESK), "boss", SECRET).await.unwrap();
    assert_eq!(opened.operator.permissions, ["order.read", "user.disable"]);
    assert_eq!(opened.expires_at, w.clock.now() + Duration::from_secs(8 * 3600));
    let Caller::Operator { operator, permissions } = w.who(&opened.token).await.unwrap().caller else {
        panic!("not an operator")
    };
    assert_eq!((operator, permissions.len()), (id.0, 2));
    operator::logout(&w.user, id, Some(&opened.token)).await.unwrap();
    assert!(w.who(&opened.token).await.is_err());
}

#[tokio::test]
async fn a_session_ends_after_a_rest_and_after_eight_hours() {
    let w = world().await;
    w.user.seed_operator("boss", SECRET, &[]).await.unwrap();
    let token = login(&w, DESK, SECRET).await.unwrap();
    w.pass(15 * 60 - 1);
    w.who(&token).await.unwrap();
    w.pass(15 * 60);
    assert!(w.who(&token).await.is_err(), "rested for 15 minutes");
    let token = login(&w, DESK, SECRET).await.unwrap();
    for _ in 0..47 {
        w.pass(600);
        w.who(&token).await.unwrap();
    }
    w.pass(600);
    assert!(w.who(&token).await.is_err(), "eight hours");
}

#[tokio::test]
async fn operators_are_locked_like_shoppers() {
    let w = world().await;
    w.user.seed_operator("boss", SECRET, &[]).await.unwrap();
    login(&w, DESK, SECRET).await.unwrap();
    for _ in 0..5 {
        assert!(login(&w, "198.51.100.7", "guess").await.unwrap_err().is(CREDENTIALS_WRONG));
    }
    assert!(login(&w, "198.51.100.7", SECRET).await.unwrap_err().is(LOGIN_LOCKED));
    for i in 0..15 {
        assert!(login(&w, &format!("198.51.101.{i}"), "guess").await.unwrap_err().is(CREDENTIALS_WRONG));
    }
    assert!(login(&w, "198.51.102.1", SECRET).await.unwrap_err().is(LOGIN_LOCKED));
    login(&w, DESK, SECRET).await.unwrap();
    assert!(operator::login(&w.user, &from(DESK), "nobody", SECRET).await.err().unwrap().is(CREDENTIALS_WRONG));
}

#[tokio::test]
async fn a_disabled_operator_is_out() {
    let w = world().await;
    let id = w.user.seed_operator("boss", SECRET, &[]).await.unwrap();
    let token = login(&w, DESK, SECRET).await.unwrap();
    w.db.run("update operator set disabled = 1 where id = ?", kit::values![id]).await.unwrap();
    assert!(w.who(&token).await.is_err());
    assert!(login(&w, DESK, SECRET).await.unwrap_err().is(ACCOUNT_DISABLED));
}
