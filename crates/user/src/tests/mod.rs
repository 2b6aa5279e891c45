//! The service on a database of its own, with a clock that is moved by hand and a sender of text messages that remembers.

mod accounts;
mod addresses;
mod captchas;
mod codes;
mod http;
mod locking;
mod operators;
mod secrets;
mod sessions;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contract::thirdparty::{
    CreateTrade, KeepUploads, ListChannels, Notice, OpenChannels, RawNotice, RefundOf, RefundState, RefundTrade, SendSms,
    SmsSent, SmsTemplate, Thirdparty, TradeCreated, TradeOf, TradeState, UploadsKept,
};
use contract::user::{Identity, User as _, Who};
use kit::cache::Cache;
use kit::db::{CrashSwitch, DbUrl};
use kit::secret::{Keys, Phone};
use kit::{Caller, Clock, Core, Ctx, Db, Error, Ids, Result, Time};

use crate::login::{self, Proof};
use crate::send_code::{self, CodeSent, Purpose};
use crate::session::Device;
use crate::store::account::Account;
use crate::tokens::TokenPair;
use crate::{Captcha, MIGRATIONS, Password, Settings, User};

pub(crate) const WANG: &str = "13800138000";
pub(crate) const PASSWORD: &str = "correct horse battery";

#[derive(Default)]
pub(crate) struct Sender {
    pub(crate) sent: Mutex<Vec<SendSms>>,
    pub(crate) broken: AtomicBool,
    /// Keys that were uploaded.
    pub(crate) uploads: Mutex<Vec<String>>,
    pub(crate) kept: Mutex<Vec<KeepUploads>>,
}

fn never<T>() -> Result<T> {
    Err(Error::internal("accounts do not ask for this"))
}

#[async_trait::async_trait]
impl Thirdparty for Sender {
    async fn send_sms(&self, _: &Ctx, request: SendSms) -> Result<SmsSent> {
        if self.broken.load(SeqCst) {
            return Err(kit::fault::UNAVAILABLE.into());
        }
        self.sent.lock().unwrap().push(request);
        Ok(SmsSent {})
    }
    async fn channels(&self, _: &Ctx, _: ListChannels) -> Result<OpenChannels> {
        never()
    }
    async fn create_trade(&self, _: &Ctx, _: CreateTrade) -> Result<TradeCreated> {
        never()
    }
    async fn query_trade(&self, _: &Ctx, _: TradeOf) -> Result<TradeState> {
        never()
    }
    async fn close_trade(&self, _: &Ctx, _: TradeOf) -> Result<TradeState> {
        never()
    }
    async fn refund_trade(&self, _: &Ctx, _: RefundTrade) -> Result<RefundState> {
        never()
    }
    async fn query_refund(&self, _: &Ctx, _: RefundOf) -> Result<RefundState> {
        never()
    }
    async fn read_notice(&self, _: &Ctx, _: RawNotice) -> Result<Notice> {
        never()
    }
    async fn keep_uploads(&self, _: &Ctx, request: KeepUploads) -> Result<UploadsKept> {
        let there = self.uploads.lock().unwrap();
        if !request.keys.iter().all(|key| there.contains(key)) {
            return Err(contract::fault::UPLOAD_UNKNOWN.into());
        }
        self.kept.lock().unwrap().push(request);
        Ok(UploadsKept {})
    }
}

pub(crate) struct World {
    pub(crate) user: Arc<User>,
    pub(crate) clock: Clock,
    pub(crate) db: Db,
    pub(crate) sender: Arc<Sender>,
    folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) async fn world() -> World {
    world_with(|_| {}).await
}

/// 2026-11-22 12:00 in Shanghai: twelve hours until midnight.
pub(crate) async fn world_with(change: impl FnOnce(&mut Settings)) -> World {
    let clock = Clock::manual(Time::parse("2026-11-22T04:00:00Z").unwrap());
    let ids = Ids::new(clock.clone(), 1);
    let folder = std::env::temp_dir().join(format!("user-{}-{}", std::process::id(), kit::random::token()));
    let at = DbUrl::File { path: folder.join("user.db"), durable: false };
    let db = Db::open("user", &at, clock.clone(), ids.clone(), CrashSwitch::default()).await.unwrap();
    db.migrate(MIGRATIONS).await.unwrap();
    let core = Core {
        clock: clock.clone(),
        ids,
        keys: Keys::random().unwrap(),
        cache: Cache::memory_on(clock.clone()),
        crash: CrashSwitch::default(),
    };
    let password = Password { memory_kib: 8, passes: 1, at_once: 4, queue: 1000 };
    // Captchas have tests of their own.
    let captcha = Captcha { sms_free_per_ip_hour: 1000, after_failures: 1000, ..Captcha::default() };
    let mut settings = Settings { password, captcha, ..Settings::default() };
    change(&mut settings);
    let sender = Arc::new(Sender::default());
    let user = User::new(&core, db.clone(), settings, sender.clone());
    World { user, clock, db, sender, folder }
}

pub(crate) fn from(ip: &str) -> Ctx {
    Ctx { ip: ip.into(), ..Ctx::new(Caller::Nobody) }
}

pub(crate) fn phone(text: &str) -> Phone {
    Phone::parse(text).unwrap()
}

pub(crate) fn device(id: &str) -> Device {
    Device { id: Some(id.into()), name: format!("phone {id}") }
}

impl World {
    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.pass(Duration::from_secs(seconds));
    }

    pub(crate) async fn send(&self, to: &str, purpose: Purpose) -> Result<CodeSent> {
        send_code::send(&self.user, &from("203.0.113.1"), &phone(to), purpose, None).await
    }

    /// The last code that went to a phone.
    pub(crate) fn last_code(&self, to: &str) -> String {
        let sent = self.sender.sent.lock().unwrap();
        let SmsTemplate::Code { code, .. } = &sent.iter().rfind(|sms| sms.phone == to).unwrap().template else {
            panic!("the last message is no code")
        };
        code.clone()
    }

    /// A code that has just gone to a phone, a minute after any other.
    pub(crate) async fn code(&self, to: &str, purpose: Purpose) -> String {
        self.pass(60);
        self.send(to, purpose).await.unwrap();
        self.last_code(to)
    }

    /// 小王, who has a password.
    pub(crate) async fn wang(&self) -> contract::UserId {
        self.user.seed_shopper(WANG, "xiaowang", PASSWORD, "小王").await.unwrap()
    }

    pub(crate) async fn login_at(&self, ip: &str, account: &str, password: &str, on: &Device) -> Result<(TokenPair, Account)> {
        let proof = Proof::Password { account: account.into(), password: password.into(), captcha: None };
        login::login(&self.user, &from(ip), proof, on).await
    }

    pub(crate) async fn login(&self, on: &str) -> TokenPair {
        self.login_at("203.0.113.1", "xiaowang", PASSWORD, &device(on)).await.unwrap().0
    }

    pub(crate) async fn who(&self, token: &str) -> Result<Identity> {
        self.user.who(&Ctx::house(), Who { token: token.into() }).await
    }

    pub(crate) async fn session_id(&self, pair: &TokenPair) -> i64 {
        match self.who(&pair.access_token).await.unwrap().caller {
            Caller::Shopper { session, .. } => session,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.db.number(sql, vec![]).await.unwrap().unwrap()
    }
}

/// `n` runs of the same thing, all at once.
pub(crate) async fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    n: usize,
    run: impl Fn(usize) -> F,
) -> Vec<T> {
    let tasks: Vec<_> = (0..n).map(|i| tokio::spawn(run(i))).collect();
    futures::future::join_all(tasks).await.into_iter().map(|done| done.unwrap()).collect()
}

#[test]
fn what_is_heard_is_what_is_listed() {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        assert_eq!(crate::subscriptions(&world().await.user).topics(), crate::HEARS);
    });
}
