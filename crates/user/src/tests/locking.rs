use contract::fault::{CODE_WRONG, CREDENTIALS_WRONG, LOGIN_LOCKED};

use super::*;

const HOME: &str = "203.0.113.1";

async fn by_code(w: &World, ip: &str, code: &str, on: &Device) -> Result<(TokenPair, Account)> {
    let proof = Proof::Code { phone: phone(WANG), code: code.into() };
    login::login(&w.user, &from(ip), proof, on).await
}

#[tokio::test]
async fn five_failures_lock_the_source_until_midnight_and_nobody_else() {
    let w = world().await;
    w.wang().await;
    w.login("victims-own").await;
    let thief = device("thiefs-own");
    for i in 0..5 {
        // By either name it is one account.
        let name = if i % 2 == 0 { "XiaoWang" } else { WANG };
        assert!(w.login_at("198.51.100.7", name, "guess", &thief).await.unwrap_err().is(CREDENTIALS_WRONG));
    }
    let locked = w.login_at("198.51.100.8", "xiaowang", PASSWORD, &thief).await.unwrap_err();
    assert!(locked.is(LOGIN_LOCKED), "also with the right password, also from another network");
    w.login("victims-own").await;
    w.login("victims-new-one").await;
    w.pass(u64::from(locked.retry_after().unwrap()) - 1);
    assert!(w.login_at(HOME, WANG, PASSWORD, &thief).await.unwrap_err().is(LOGIN_LOCKED));
    w.pass(1);
    w.login_at(HOME, WANG, PASSWORD, &thief).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_guesses_at_once_are_still_five() {
    let w = Arc::new(world().await);
    w.wang().await;
    let all = at_once(50, |_| {
        let w = w.clone();
        async move { w.login_at(HOME, "xiaowang", "guess", &device("thiefs-own")).await.unwrap_err() }
    })
    .await;
    assert_eq!(all.iter().filter(|e| e.is(CREDENTIALS_WRONG)).count(), 5);
    assert_eq!(all.iter().filter(|e| e.is(LOGIN_LOCKED)).count(), 45);
}

#[tokio::test]
async fn wrong_codes_count_like_wrong_passwords() {
    let w = world().await;
    w.wang().await;
    let on = device("device-1");
    for _ in 0..3 {
        assert!(w.login_at(HOME, WANG, "guess", &on).await.unwrap_err().is(CREDENTIALS_WRONG));
    }
    let code = w.code(WANG, Purpose::Login).await;
    for _ in 0..2 {
        assert!(by_code(&w, HOME, "x", &on).await.unwrap_err().is(CODE_WRONG));
    }
    assert!(by_code(&w, HOME, &code, &on).await.unwrap_err().is(LOGIN_LOCKED));
    by_code(&w, HOME, &code, &device("device-2")).await.unwrap();
}

#[tokio::test]
async fn after_twenty_failures_only_known_devices_and_codes_sign_in() {
    let w = world().await;
    w.wang().await;
    w.login("victims-own").await;
    for i in 0..20 {
        let refused =
            w.login_at(&format!("198.51.100.{i}"), "xiaowang", "guess", &device(&format!("thiefs-{i}"))).await.unwrap_err();
        assert!(refused.is(CREDENTIALS_WRONG), "{i}");
    }
    assert!(w.login_at(HOME, "xiaowang", PASSWORD, &device("stranger")).await.unwrap_err().is(LOGIN_LOCKED));
    w.login("victims-own").await;
    let code = w.code(WANG, Purpose::Login).await;
    by_code(&w, HOME, &code, &device("stranger")).await.unwrap();
    w.login("stranger").await;
}

#[tokio::test]
async fn the_right_password_takes_the_failures_of_its_source_back() {
    let w = world().await;
    w.wang().await;
    for _ in 0..6 {
        for _ in 0..4 {
            assert!(w.login_at(HOME, WANG, "guess", &device("device-1")).await.unwrap_err().is(CREDENTIALS_WRONG));
        }
        w.login("device-1").await;
    }
}

#[tokio::test]
async fn an_unknown_account_is_refused_in_the_same_words() {
    let w = world().await;
    w.wang().await;
    for name in ["xiaowang", WANG, "nobody", "13900139000", "  ", "用户"] {
        let on = device(&format!("device-{name}"));
        let told = async || {
            let e = w.login_at(HOME, name, "guess", &on).await.unwrap_err();
            serde_json::to_string(&e).unwrap()
        };
        let wrong = told().await;
        assert_eq!(wrong, serde_json::to_string(&Error::from(CREDENTIALS_WRONG)).unwrap());
        if name == WANG {
            continue; // the same account as the first one, from another device
        }
        for _ in 1..5 {
            assert_eq!(told().await, wrong);
        }
        assert!(told().await.contains("login_locked"), "{name}");
    }
}

#[tokio::test]
async fn one_password_for_many_accounts_ends_too() {
    let w = world_with(|s| s.lockout.per_ip = 30).await;
    w.wang().await;
    for i in 0..30 {
        let refused = w.login_at("198.51.100.7", &format!("account{i}"), "guess", &device("thiefs-own")).await.unwrap_err();
        assert!(refused.is(CREDENTIALS_WRONG));
    }
    assert!(w.login_at("198.51.100.7", "account99", "guess", &device("thiefs-own")).await.unwrap_err().is(LOGIN_LOCKED));
    w.login("victims-own").await;
}

#[tokio::test]
async fn strict_locks_the_account_itself() {
    let w = world_with(|s| s.lockout.strict_day_lock = true).await;
    w.wang().await;
    w.login("victims-own").await;
    for i in 0..5 {
        assert!(w.login_at(HOME, WANG, "guess", &device(&format!("thiefs-{i}"))).await.unwrap_err().is(CREDENTIALS_WRONG));
    }
    assert!(w.login_at(HOME, WANG, PASSWORD, &device("victims-own")).await.unwrap_err().is(LOGIN_LOCKED));
    let code = w.code(WANG, Purpose::Login).await;
    assert!(by_code(&w, HOME, &code, &device("victims-own")).await.unwrap_err().is(LOGIN_LOCKED));
    w.pass(12 * 3600);
    w.login("victims-own").await;
}

#[tokio::test]
async fn a_restart_forgives_nothing() {
    let w = world().await;
    w.wang().await;
    for _ in 0..5 {
        w.login_at(HOME, WANG, "guess", &device("device-1")).await.unwrap_err();
    }
    let core = Core {
        clock: w.clock.clone(),
        ids: Ids::new(w.clock.clone(), 2),
        keys: w.user.keys.clone(),
        cache: Cache::memory(),
        crash: CrashSwitch::default(),
    };
    let again = User::new(&core, w.db.clone(), w.user.settings.clone(), w.sender.clone());
    let proof = Proof::Password { account: WANG.into(), password: PASSWORD.into(), captcha: None };
    let refused = login::login(&again, &from(HOME), proof, &device("device-1")).await.unwrap_err();
    assert!(refused.is(LOGIN_LOCKED));
}
