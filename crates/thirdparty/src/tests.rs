//! The vendors as the mall sees them, on a file of their own, with a hand-made way out.

use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use contract::fault::{BAD_SIGNATURE, CONFLICT, INVALID, ORDER_STATE, TIMEOUT, UNAVAILABLE};
use contract::payment::Channel;
use contract::thirdparty::{
    CreateTrade, Notice, RawNotice, RefundOf, RefundState, RefundTrade, SendSms, SmsTemplate, Thirdparty as _, TradeOf,
    TradeState,
};
use contract::{AttemptId, Fen, RefundId};
use kit::cache::Cache;
use kit::db::{Bus, CrashSwitch, DbUrl, Relay, Stop};
use kit::secret::Keys;
use kit::{Clock, Core, Ctx, Db, Ids, Result, Time};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{HEARS, MIGRATIONS, Outlet, Settings, Thirdparty, routes, subscriptions};

const START: Time = Time(1_800_000_000_000);
const TRADE: AttemptId = AttemptId(1001);

/// A folder that goes with the test.
pub(crate) struct Folder(pub(crate) std::path::PathBuf);

impl Folder {
    fn new() -> Self {
        Folder(std::env::temp_dir().join(format!("thirdparty-{}-{}", std::process::id(), kit::random::token())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Keeps what was posted, and answers from a list; `success` when the list is over.
#[derive(Default)]
pub(crate) struct Letterbox {
    posted: Mutex<Vec<RawNotice>>,
    answers: Mutex<Vec<Result<(u16, String)>>>,
}

#[async_trait]
impl Outlet for Letterbox {
    async fn post(&self, _: &str, headers: &[(String, String)], body: &str) -> Result<(u16, String)> {
        let raw = RawNotice { channel: Channel::Demo, headers: headers.to_vec(), body: body.to_owned() };
        self.posted.lock().unwrap().push(raw);
        let mut answers = self.answers.lock().unwrap();
        if answers.is_empty() { Ok((200, "success".into())) } else { answers.remove(0) }
    }
}

pub(crate) struct House {
    pub(crate) folder: Folder,
    pub(crate) clock: Clock,
    pub(crate) db: Db,
    relay: Relay,
    letterbox: Arc<Letterbox>,
    pub(crate) it: Arc<Thirdparty>,
    ctx: Ctx,
}

impl House {
    async fn new() -> Self {
        Self::with(Settings { mailbox_page: true, cashier: true, ..Settings::default() }).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let folder = Folder::new();
        let clock = Clock::manual(START);
        let ids = Ids::new(clock.clone(), 1);
        let url = DbUrl::File { path: folder.0.join("thirdparty.db"), durable: false };
        let db = Db::open("thirdparty", &url, clock.clone(), ids.clone(), CrashSwitch::default()).await.unwrap();
        db.migrate(MIGRATIONS).await.unwrap();
        let (keys, cache) = (Keys::random().unwrap(), Cache::memory_on(clock.clone()));
        let core = Core { clock: clock.clone(), ids, keys, cache, crash: CrashSwitch::default() };
        let letterbox = Arc::<Letterbox>::default();
        let it = Thirdparty::new(&core, db.clone(), settings, letterbox.clone(), &folder.0.join("uploads"));
        let stop: Arc<dyn Stop> = Arc::new(subscriptions(&it));
        let mut bus = Bus::default();
        bus.connect(HEARS.iter().copied(), &stop);
        let relay = Relay::new(db.clone(), Arc::new(bus));
        House { folder, clock, db, relay, letterbox, it, ctx: Ctx::house() }
    }

    fn trade(&self, number: AttemptId) -> CreateTrade {
        CreateTrade {
            channel: Channel::Demo,
            out_trade_no: number,
            amount_fen: Fen(1205),
            subject: "尚品商城订单 <b>".into(),
            expires: START + Duration::from_secs(1800),
            return_url: String::new(),
        }
    }

    async fn create(&self, number: AttemptId) -> String {
        let created = self.it.create_trade(&self.ctx, self.trade(number)).await.unwrap();
        created.pay_url.strip_prefix("/cashier/").unwrap().to_owned()
    }

    async fn query(&self, number: AttemptId) -> TradeState {
        self.it.query_trade(&self.ctx, TradeOf { channel: Channel::Demo, out_trade_no: number }).await.unwrap()
    }

    async fn close(&self, number: AttemptId) -> TradeState {
        self.it.close_trade(&self.ctx, TradeOf { channel: Channel::Demo, out_trade_no: number }).await.unwrap()
    }

    async fn read(&self, raw: &RawNotice) -> Result<Notice> {
        self.it.read_notice(&self.ctx, raw.clone()).await
    }

    fn posted(&self) -> Vec<RawNotice> {
        self.letterbox.posted.lock().unwrap().clone()
    }

    /// Lets seconds pass and delivers what is due.
    async fn pass(&self, seconds: u64) {
        self.clock.pass(Duration::from_secs(seconds));
        while self.relay.step().await.unwrap() > 0 {}
    }

    /// A paid trade's notification, as it came out.
    async fn notice(&self) -> RawNotice {
        let token = self.create(TRADE).await;
        self.it.cashier.pay(&token).await.unwrap();
        self.pass(0).await;
        self.posted().pop().unwrap()
    }

    fn refund(&self, number: i64, fen: i64) -> RefundTrade {
        RefundTrade {
            channel: Channel::Demo,
            out_trade_no: TRADE,
            out_refund_no: RefundId(number),
            amount_fen: Fen(fen),
            reason: "退款".into(),
        }
    }

    /// The pages on a socket of their own; gives head and body of one answer.
    async fn http(&self, method: &str, path: &str, headers: &str) -> (String, String) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router: axum::Router = routes(&self.it).into();
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
        let request =
            format!("{method} {path} HTTP/1.1\r\nhost: mall.test\r\nconnection: close\r\ncontent-length: 0\r\n{headers}\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        server.abort();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }
}

#[tokio::test]
async fn it_hears_what_it_says_it_hears() {
    assert_eq!(subscriptions(&House::new().await.it).topics(), HEARS);
}

#[tokio::test]
async fn a_message_is_sent_once_and_sealed() {
    let house = House::new().await;
    let sms = |id: &str, code: &str| SendSms {
        id: id.into(),
        phone: "13800005678".into(),
        template: SmsTemplate::Code { code: code.into(), minutes: 5 },
    };
    for code in ["123456", "999999"] {
        house.it.send_sms(&house.ctx, sms("a", code)).await.unwrap();
    }
    house.it.send_sms(&house.ctx, sms("b", "654321")).await.unwrap();
    let items = house.it.mailbox().await.unwrap().items;
    let codes: Vec<_> = items.iter().map(|item| (item.to.as_str(), item.code.as_deref().unwrap())).collect();
    assert_eq!(codes, [("13800005678", "654321"), ("13800005678", "123456")]);
    let rows = crate::store::mail::newest(&house.db, 10).await.unwrap();
    assert!(rows.iter().all(|row| !row.sealed.contains("13800005678")));
    let bad = SendSms { phone: "1380000567a".into(), ..sms("c", "1") };
    assert!(house.it.send_sms(&house.ctx, bad).await.unwrap_err().is(INVALID));
    house.it.forget_mail(START + Duration::from_secs(24 * 3600 + 1)).await.unwrap();
    assert!(house.it.mailbox().await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_trade_is_opened_once_under_its_number() {
    let house = House::new().await;
    let numbers: Vec<_> = futures::future::join_all((0..20).map(|_| house.create(TRADE))).await;
    assert!(numbers.iter().all(|token| *token == numbers[0] && token.len() == 43), "{numbers:?}");
    let dearer = CreateTrade { amount_fen: Fen(1206), ..house.trade(TRADE) };
    assert!(house.it.create_trade(&house.ctx, dearer).await.unwrap_err().is(CONFLICT));
    for url in ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "javascript:alert(1)"] {
        let away = CreateTrade { return_url: url.into(), ..house.trade(AttemptId(7)) };
        assert!(house.it.create_trade(&house.ctx, away).await.unwrap_err().is(INVALID), "{url}");
    }
    assert_eq!(house.query(TRADE).await, TradeState::Open);
    assert_eq!(house.query(AttemptId(7)).await, TradeState::Absent);
}

#[tokio::test]
async fn a_creation_that_times_out_has_succeeded_and_may_be_repeated() {
    let house = House::new().await;
    house.it.faults().creates_time_out.store(1, SeqCst);
    assert!(house.it.create_trade(&house.ctx, house.trade(TRADE)).await.unwrap_err().is(TIMEOUT));
    assert_eq!(house.query(TRADE).await, TradeState::Open);
    house.create(TRADE).await;
    house.it.faults().silent.store(true, SeqCst);
    assert!(house.it.create_trade(&house.ctx, house.trade(TRADE)).await.unwrap_err().is(UNAVAILABLE));
}

#[tokio::test]
async fn a_payment_is_told_until_the_mall_says_success() {
    let house = House::new().await;
    *house.letterbox.answers.lock().unwrap() =
        vec![Err(TIMEOUT.into()), Ok((500, "success".into())), Ok((200, "fail".into())), Ok((302, String::new()))];
    let token = house.create(TRADE).await;
    let (once, twice) = tokio::join!(house.it.cashier.pay(&token), house.it.cashier.pay(&token));
    assert_eq!(once.unwrap().channel_trade_no, twice.unwrap().channel_trade_no);
    let mut times = Vec::new();
    for second in 0..700 {
        let before = house.posted().len();
        house.pass(u64::from(second > 0)).await;
        times.extend((before..house.posted().len()).map(|_| second));
    }
    assert_eq!(times, [0, 5, 20, 80, 680], "at once, and after 5 s, 15 s, 1 m, 10 m; no more after success");
    let posted = house.posted();
    let ids: Vec<_> =
        posted.iter().map(|raw| serde_json::from_str::<serde_json::Value>(&raw.body).unwrap()["notice_id"].clone()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_ne!(posted[0].headers, posted[1].headers, "each delivery is signed anew");
    let TradeState::Paid { channel_trade_no, amount_fen, paid_at } = house.query(TRADE).await else { panic!("not paid") };
    let notice = house.read(&posted[4]).await.unwrap();
    assert_eq!((notice.channel_trade_no, notice.amount_fen, notice.paid_at), (channel_trade_no, amount_fen, paid_at));
    assert_eq!((notice.out_trade_no, notice.currency.as_str(), amount_fen), (TRADE, "CNY", Fen(1205)));
}

#[tokio::test]
async fn only_a_whole_fresh_genuine_notice_is_read() {
    let house = House::new().await;
    let good = house.notice().await;
    house.read(&good).await.unwrap();
    let refused = async |what: &str, change: &dyn Fn(&mut RawNotice)| {
        let mut raw = good.clone();
        change(&mut raw);
        assert!(house.read(&raw).await.unwrap_err().is(BAD_SIGNATURE), "{what}");
    };
    for at in 0..4 {
        refused("a header is absent", &|raw| drop(raw.headers.remove(at))).await;
        refused("a header is empty", &|raw| raw.headers[at].1.clear()).await;
        refused("a header is doubled", &|raw| raw.headers.push(raw.headers[at].clone())).await;
        refused("a header is changed", &|raw| raw.headers[at].1.insert(0, '1')).await;
    }
    refused("unsigned", &|raw| raw.headers.clear()).await;
    refused("one fen more", &|raw| raw.body = raw.body.replace("1205", "1206")).await;
    refused("a space more", &|raw| raw.body.push(' ')).await;
    refused("no body", &|raw| raw.body.clear()).await;
    house.clock.pass(Duration::from_secs(300));
    house.read(&good).await.unwrap();
    house.clock.pass(Duration::from_secs(1));
    refused("genuine but old", &|_| {}).await;
}

#[tokio::test]
async fn a_signed_body_must_have_every_field_and_our_merchant() {
    let house = House::new().await;
    let body: serde_json::Value = serde_json::from_str(&house.notice().await.body).unwrap();
    let sign = |body: &serde_json::Value| {
        let (timestamp, nonce, body) = ((house.clock.now().0 / 1000).to_string(), "n", body.to_string());
        let signature = house.it.cashier.sign_for_test(&timestamp, nonce, &body);
        let headers = [
            ("x-demo-timestamp", timestamp),
            ("x-demo-nonce", nonce.into()),
            ("x-demo-signature", signature.0),
            ("x-demo-key-id", signature.1),
        ];
        RawNotice { channel: Channel::Demo, headers: headers.map(|(n, v)| (n.to_owned(), v)).to_vec(), body }
    };
    house.read(&sign(&body)).await.unwrap();
    for field in body.as_object().unwrap().keys() {
        let mut without = body.clone();
        without.as_object_mut().unwrap().remove(field);
        assert!(house.read(&sign(&without)).await.unwrap_err().is(BAD_SIGNATURE), "{field}");
    }
    for (field, value) in [
        ("merchant_id", "X"),
        ("event", "TRADE_CLOSED"),
        ("currency", "rmb"),
        ("currency", ""),
        ("notice_id", ""),
        ("amount_fen", "1205"),
    ] {
        let mut other = body.clone();
        other[field] = value.into();
        assert!(house.read(&sign(&other)).await.unwrap_err().is(BAD_SIGNATURE), "{field}");
    }
}

#[tokio::test]
async fn the_cashier_misbehaves_on_request() {
    let told = async |turn: &dyn Fn(&crate::CashierFaults)| {
        let house = House::new().await;
        turn(house.it.faults());
        let token = house.create(TRADE).await;
        house.it.cashier.pay(&token).await.unwrap();
        house.pass(0).await;
        let posted = house.posted();
        let read = match posted.first() {
            Some(raw) => Some(house.read(raw).await.map(|notice| (notice.amount_fen, notice.currency))),
            None => None,
        };
        (posted.len(), read)
    };
    assert_eq!(told(&|f| f.drop_notices.store(true, SeqCst)).await.0, 0);
    assert_eq!(told(&|f| f.delay_ms.store(1, SeqCst)).await.0, 0);
    assert_eq!(told(&|f| f.copies.store(3, SeqCst)).await.0, 3);
    assert!(told(&|f| f.forge_signature.store(true, SeqCst)).await.1.unwrap().unwrap_err().is(BAD_SIGNATURE));
    assert!(told(&|f| f.other_merchant.store(true, SeqCst)).await.1.unwrap().unwrap_err().is(BAD_SIGNATURE));
    assert_eq!(told(&|f| f.amount_off_fen.store(-1, SeqCst)).await.1.unwrap().unwrap(), (Fen(1204), "CNY".into()));
    assert_eq!(told(&|f| f.other_currency.store(true, SeqCst)).await.1.unwrap().unwrap(), (Fen(1205), "JPY".into()));
}

#[tokio::test]
async fn closed_and_expired_trades_take_no_money_and_paid_ones_do_not_close() {
    let house = House::new().await;
    let token = house.create(TRADE).await;
    assert_eq!(house.close(TRADE).await, TradeState::Closed);
    assert!(house.it.cashier.pay(&token).await.unwrap_err().is(ORDER_STATE));
    for n in 0..20 {
        let number = AttemptId(2000 + n);
        let token = house.create(number).await;
        let (paid, closed) = tokio::join!(house.it.cashier.pay(&token), house.close(number));
        assert_eq!(paid.is_ok(), matches!(closed, TradeState::Paid { .. }), "{closed:?}");
        assert_eq!(house.close(number).await, closed);
    }
    let late = house.create(AttemptId(3000)).await;
    house.clock.pass(Duration::from_secs(1800));
    assert!(house.it.cashier.pay(&late).await.unwrap_err().is(ORDER_STATE));
}

#[tokio::test]
async fn refunds_never_exceed_the_trade() {
    let house = House::new().await;
    house.notice().await;
    let all = (0..20).map(|n| house.it.refund_trade(&house.ctx, house.refund(n, 300)));
    let states: Vec<_> = futures::future::join_all(all).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(states.iter().filter(|state| **state == RefundState::Done).count(), 4);
    let done = i64::try_from(states.iter().position(|state| *state == RefundState::Done).unwrap()).unwrap();
    assert_eq!(house.it.refund_trade(&house.ctx, house.refund(done, 300)).await.unwrap(), RefundState::Done);
    assert!(house.it.refund_trade(&house.ctx, house.refund(done, 1)).await.unwrap_err().is(CONFLICT));
    assert_eq!(house.it.refund_trade(&house.ctx, house.refund(50, 6)).await.unwrap(), RefundState::Refused);
    let query = async |n| {
        house.it.query_refund(&house.ctx, RefundOf { channel: Channel::Demo, out_refund_no: RefundId(n) }).await.unwrap()
    };
    house.it.faults().refunds_pend.store(true, SeqCst);
    house.it.faults().refunds_time_out.store(1, SeqCst);
    assert!(house.it.refund_trade(&house.ctx, house.refund(51, 5)).await.unwrap_err().is(TIMEOUT));
    assert_eq!(query(51).await, RefundState::Pending);
    house.it.faults().refunds_pend.store(false, SeqCst);
    assert_eq!((query(51).await, query(99).await), (RefundState::Done, RefundState::Absent));
}

#[tokio::test]
async fn the_page_pays_for_its_own_visitors_only() {
    let house = House::new().await;
    let token = house.create(TRADE).await;
    let (head, page) = house.http("GET", &format!("/cashier/{token}"), "").await;
    assert!(head.contains("200 OK") && head.contains("script-src 'self'") && head.contains("no-store"), "{head}");
    assert!(
        page.contains("<small>¥</small>12<small>.05</small>") && page.contains("&lt;b&gt;") && !page.contains(&TRADE.to_string())
    );
    let pay = format!("/cashier/{token}/pay");
    for foreign in [
        "origin: https://evil.example\r\n",
        "origin: null\r\n",
        "sec-fetch-site: cross-site\r\n",
        "sec-fetch-site: same-site\r\n",
    ] {
        assert!(house.http("POST", &pay, foreign).await.0.contains("403"), "{foreign}");
    }
    let (head, _) = house.http("POST", &format!("/cashier/{token}/decline"), "origin: http://mall.test\r\n").await;
    assert!(head.contains("303") && head.contains("declined=true"), "{head}");
    assert_eq!(house.query(TRADE).await, TradeState::Open);
    assert!(house.http("POST", &format!("/cashier/{TRADE}/pay"), "").await.0.contains("404"), "the number is no key");
    let (_, mailbox) = house.http("GET", "/dev/mailbox", "").await;
    assert!(mailbox.contains(&format!("/cashier/{token}")));
    let (head, body) = house.http("POST", &pay, "accept: application/json\r\n").await;
    assert!(head.contains("200 OK") && body.contains("{\"state\":\"paid\"}"), "{head} {body}");
    let (_, page) = house.http("GET", &format!("/cashier/{token}"), "").await;
    assert!(page.contains("已支付，可返回商城"));
    for asset in ["cashier/assets/page.css", "cashier/assets/cashier.js", "dev/mailbox.js", "dev/mailbox.json"] {
        assert!(house.http("GET", &format!("/{asset}"), "").await.0.contains("200 OK"), "{asset}");
    }
}

#[tokio::test]
async fn payers_go_back_to_the_mall() {
    let house = House::new().await;
    let trade = CreateTrade { return_url: "/pay/result?order=5".into(), ..house.trade(TRADE) };
    let path = house.it.create_trade(&house.ctx, trade).await.unwrap().pay_url;
    let (_, left) = house.http("GET", &format!("{path}?left=true"), "").await;
    assert!(left.contains("继续支付") && left.contains("href=\"/pay/result?order=5\""), "{left}");
    let (head, _) = house.http("POST", &format!("{path}/pay"), "sec-fetch-site: same-origin\r\n").await;
    assert!(head.contains("303") && head.contains("location: /pay/result?order=5"), "{head}");
}

#[tokio::test]
async fn nothing_is_shown_outside_the_demo() {
    let house = House::with(Settings { cashier: false, ..Settings::default() }).await;
    for path in ["/dev/mailbox", "/dev/mailbox.json", "/dev/mailbox.js", "/cashier/x"] {
        assert!(house.http("GET", path, "").await.0.contains("404"), "{path}");
    }
    let refused = house.it.create_trade(&house.ctx, house.trade(TRADE)).await.unwrap_err();
    assert!(refused.is(contract::fault::CHANNEL_UNKNOWN));
}
