use contract::UserId;
use contract::fault::{
    CODE_WRONG, CREDENTIALS_WRONG, PASSWORD_WEAK, PHONE_TAKEN, REAUTH_REQUIRED, UPLOAD_UNKNOWN, USERNAME_TAKEN,
};
use contract::thirdparty::UploadPurpose;
use contract::user::{Shown, ShownAs};
use kit::fault::{INVALID, NOT_FOUND};

use super::*;
use crate::credentials::{self, Owner};
use crate::profile::{self, Gender, ProfileChange};
use crate::register::{self, Register};

const HOME: &str = "203.0.113.1";

fn form(to: &str, code: &str, username: Option<&str>) -> Register {
    Register {
        phone: phone(to),
        code: code.into(),
        username: username.map(Into::into),
        password: PASSWORD.into(),
        nickname: None,
        device: device("device-1"),
    }
}

#[tokio::test]
async fn who_registers_is_signed_in_and_told_of() {
    let w = world().await;
    let code = w.code(WANG, Purpose::Register).await;
    let (pair, account) = register::register(&w.user, &from(HOME), form(WANG, &code, Some("XiaoWang"))).await.unwrap();
    w.who(&pair.access_token).await.unwrap();
    assert_eq!(account.username.as_deref(), Some("xiaowang"));
    assert!(account.nickname.starts_with("用户") && !account.nickname.contains("8000"));
    assert_eq!(w.count("select count(*) from outbox where topic = 'user.registered'").await, 1);
    w.login("device-1").await;
    let again = register::register(&w.user, &from(HOME), form(WANG, &code, None)).await.unwrap_err();
    assert!(again.is(CODE_WRONG));
    let code = w.code(WANG, Purpose::Register).await;
    assert!(register::register(&w.user, &from(HOME), form(WANG, &code, None)).await.unwrap_err().is(PHONE_TAKEN));
    let code = w.code("13900139000", Purpose::Register).await;
    let taken = register::register(&w.user, &from(HOME), form("13900139000", &code, Some("xiaoWANG"))).await.unwrap_err();
    assert!(taken.is(USERNAME_TAKEN));
}

#[tokio::test]
async fn bad_input_uses_no_code_up() {
    let w = world().await;
    let code = w.code(WANG, Purpose::Register).await;
    let weak = Register { password: "12345678".into(), ..form(WANG, &code, None) };
    assert!(register::register(&w.user, &from(HOME), weak).await.unwrap_err().is(PASSWORD_WEAK));
    assert!(register::register(&w.user, &from(HOME), form(WANG, &code, Some("admin"))).await.unwrap_err().is(INVALID));
    register::register(&w.user, &from(HOME), form(WANG, &code, None)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_registrations_of_one_phone_or_one_name_make_one_account() {
    let w = world().await;
    let one_phone = at_once(50, |i| {
        let user = w.user.clone();
        async move { register::create(&user, &phone(WANG), Some(&format!("name{i}x")), None, None).await }
    })
    .await;
    assert_eq!(one_phone.iter().filter(|made| made.is_ok()).count(), 1);
    assert!(one_phone.iter().filter_map(|made| made.as_ref().err()).all(|e| e.is(PHONE_TAKEN)));
    let one_name = at_once(50, |i| {
        let user = w.user.clone();
        async move { register::create(&user, &phone(&format!("139001390{i:02}")), Some("xiaowang"), None, None).await }
    })
    .await;
    assert_eq!(one_name.iter().filter(|made| made.is_ok()).count(), 1);
    assert!(one_name.iter().filter_map(|made| made.as_ref().err()).all(|e| e.is(USERNAME_TAKEN)));
    assert_eq!(w.count("select count(*) from account").await, 2);
    assert_eq!(w.count("select count(*) from outbox where topic = 'user.registered'").await, 2);
}

#[tokio::test]
async fn a_code_signs_an_unknown_phone_up_and_a_name_and_password_come_later() {
    let w = world().await;
    let login_by_code = async || {
        let code = w.code(WANG, Purpose::Login).await;
        login::login(&w.user, &from(HOME), Proof::Code { phone: phone(WANG), code }, &device("device-1")).await.unwrap()
    };
    let (_, first) = login_by_code().await;
    let (pair, second) = login_by_code().await;
    assert_eq!(first.id, second.id);
    let owner = Owner { id: UserId(first.id), session: w.session_id(&pair).await };
    assert!(w.login_at(HOME, WANG, PASSWORD, &device("device-1")).await.unwrap_err().is(CREDENTIALS_WRONG));
    let no_old = credentials::set_password(&w.user, &from(HOME), owner, Some(""), None, PASSWORD).await.unwrap_err();
    assert!(no_old.is(INVALID));
    let code = w.code(WANG, Purpose::Reset).await;
    credentials::set_password(&w.user, &from(HOME), owner, None, Some(&code), PASSWORD).await.unwrap();
    let name = |name: &str| ProfileChange { username: Some(name.into()), ..ProfileChange::default() };
    let shown = profile::change(&w.user, &from(HOME), owner.id, name("XiaoWang")).await.unwrap();
    assert!(shown.has_password && shown.username.as_deref() == Some("xiaowang"));
    assert!(profile::change(&w.user, &from(HOME), owner.id, name("another")).await.unwrap_err().is(INVALID), "chosen once");
    w.login("device-1").await;
    let other = w.user.seed_shopper("13900139000", "xiaoli", PASSWORD, "小李").await.unwrap();
    assert_ne!(other, owner.id);
}

#[tokio::test]
async fn a_new_password_needs_proof_and_ends_the_other_sessions() {
    let w = world().await;
    let wang = w.wang().await;
    let (one, two) = (w.login("device-1").await, w.login("device-2").await);
    w.who(&two.access_token).await.unwrap();
    let owner = Owner { id: wang, session: w.session_id(&one).await };
    let set = async |old, code, new| credentials::set_password(&w.user, &from(HOME), owner, old, code, new).await;
    let new = "battery staple horse";
    assert!(set(None, None, new).await.unwrap_err().is(REAUTH_REQUIRED));
    assert!(set(Some("guess"), None, new).await.unwrap_err().is(INVALID));
    assert!(set(None, Some("000000"), new).await.unwrap_err().is(CODE_WRONG));
    assert!(set(Some(PASSWORD), None, "password1").await.unwrap_err().is(PASSWORD_WEAK));
    assert!(set(Some(PASSWORD), None, "my 13800138000!").await.unwrap_err().is(PASSWORD_WEAK));
    set(Some(PASSWORD), None, new).await.unwrap();
    w.who(&one.access_token).await.unwrap();
    assert!(w.who(&two.access_token).await.is_err());
    assert!(w.login_at(HOME, WANG, PASSWORD, &device("device-3")).await.unwrap_err().is(CREDENTIALS_WRONG));
    w.login_at(HOME, WANG, new, &device("device-3")).await.unwrap();
}

#[tokio::test]
async fn an_old_password_cannot_be_guessed_with_a_stolen_session() {
    let w = world().await;
    let wang = w.wang().await;
    let pair = w.login("device-1").await;
    let owner = Owner { id: wang, session: w.session_id(&pair).await };
    for _ in 0..5 {
        let wrong = credentials::set_password(&w.user, &from(HOME), owner, Some("guess"), None, "battery staple horse").await;
        assert!(wrong.unwrap_err().is(INVALID));
    }
    let locked = credentials::set_password(&w.user, &from(HOME), owner, Some(PASSWORD), None, "battery staple horse").await;
    assert!(locked.unwrap_err().is(contract::fault::LOGIN_LOCKED));
}

#[tokio::test]
async fn a_new_phone_needs_both_a_code_to_it_and_proof() {
    let w = world().await;
    let wang = w.wang().await;
    w.user.seed_shopper("13700137000", "xiaoli", PASSWORD, "小李").await.unwrap();
    let (one, two) = (w.login("device-1").await, w.login("device-2").await);
    let owner = Owner { id: wang, session: w.session_id(&one).await };
    let new = "13900139000";
    let code = w.code(new, Purpose::ChangePhone).await;
    let set = async |to: &str, code: &str, password: Option<&str>, old_code: Option<&str>| {
        credentials::set_phone(&w.user, &from(HOME), owner, (&phone(to), code), password, old_code).await
    };
    assert!(set(new, &code, None, None).await.unwrap_err().is(REAUTH_REQUIRED));
    assert!(set(new, &code, Some("guess"), None).await.unwrap_err().is(INVALID));
    assert!(set(new, "x", Some(PASSWORD), None).await.unwrap_err().is(CODE_WRONG));
    set(new, &code, Some(PASSWORD), None).await.unwrap();
    assert_eq!(profile::show(&w.user, wang).await.unwrap().phone.reveal(), new);
    w.who(&one.access_token).await.unwrap();
    assert!(w.who(&two.access_token).await.is_err());
    assert!(w.login_at(HOME, WANG, PASSWORD, &device("device-3")).await.is_err());
    w.login_at(HOME, new, PASSWORD, &device("device-3")).await.unwrap();

    let (to_new, to_old) = (w.code("13700137000", Purpose::ChangePhone).await, w.code(new, Purpose::ChangePhone).await);
    assert!(set("13700137000", &to_new, None, Some(&to_old)).await.unwrap_err().is(PHONE_TAKEN));
    let (to_new, to_old) = (w.code(WANG, Purpose::ChangePhone).await, w.code(new, Purpose::ChangePhone).await);
    set(WANG, &to_new, None, Some(&to_old)).await.unwrap();
}

#[tokio::test]
async fn a_profile_changes_field_by_field() {
    let w = world().await;
    let wang = w.wang().await;
    let gender = ProfileChange { gender: Some(Gender::Male), birthday: Some("1990-02-28".into()), ..ProfileChange::default() };
    profile::change(&w.user, &from(HOME), wang, gender).await.unwrap();
    let nickname = ProfileChange { nickname: Some("老王".into()), ..ProfileChange::default() };
    let shown = profile::change(&w.user, &from(HOME), wang, nickname).await.unwrap();
    assert_eq!((shown.nickname.as_str(), shown.gender, shown.birthday.as_deref()), ("老王", Gender::Male, Some("1990-02-28")));
    assert!(serde_json::to_string(&shown).unwrap().contains("\"138****8000\""));
    let others = w.user.shown_as(&Ctx::house(), ShownAs { user: wang }).await.unwrap();
    assert_eq!(others, Shown { nickname: "老王".into(), avatar: None });
    assert!(w.user.shown_as(&Ctx::house(), ShownAs { user: contract::UserId(1) }).await.unwrap_err().is(NOT_FOUND));
}

#[tokio::test]
async fn an_avatar_is_a_picture_that_its_owner_uploaded() {
    let w = world().await;
    let wang = w.wang().await;
    let to = |key: &str| ProfileChange { avatar: Some(key.into()), ..ProfileChange::default() };
    let refused = profile::change(&w.user, &from(HOME), wang, to("u/avatar/1")).await.unwrap_err();
    assert!(refused.is(UPLOAD_UNKNOWN));
    assert_eq!(profile::show(&w.user, wang).await.unwrap().avatar, None);
    w.sender.uploads.lock().unwrap().push("u/avatar/1".into());
    for _ in 0..2 {
        let shown = profile::change(&w.user, &from(HOME), wang, to("u/avatar/1")).await.unwrap();
        assert_eq!(shown.avatar.as_deref(), Some("u/avatar/1"));
    }
    let others = w.user.shown_as(&Ctx::house(), ShownAs { user: wang }).await.unwrap();
    assert_eq!(others.avatar.as_deref(), Some("u/avatar/1"));
    let kept = w.sender.kept.lock().unwrap();
    assert!(kept.iter().all(|k| (k.user, k.purpose, k.for_id.as_str()) == (wang, UploadPurpose::Avatar, &*wang.to_string())));
}

#[tokio::test]
async fn seeds_may_be_sown_again() {
    let w = world().await;
    assert_eq!(w.wang().await, w.wang().await);
    assert_eq!(w.count("select count(*) from account").await, 1);
}
