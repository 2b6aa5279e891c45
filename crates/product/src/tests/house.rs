//! A product service on a database of its own, with neighbours that are plain maps.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use contract::inventory::{Commit, Committed, Count, Held, Hold, Inventory, Level, LevelsOf, Release, Released};
use contract::product::{Product as _, Sku, SkusOf, Spec};
use contract::promotion::{Promotion, Quote, QuoteRequest, QuotedLine};
use contract::thirdparty::{
    CreateTrade, KeepUploads, ListChannels, Notice, OpenChannels, RawNotice, RefundOf, RefundState, RefundTrade, SendSms,
    SmsSent, Thirdparty, TradeCreated, TradeOf, TradeState, UploadPurpose, UploadsKept,
};
use contract::user::{
    AddOperator, Address, AddressOf, CaptchaPassed, Identity, OperatorAdded, PassCaptcha, Shown, ShownAs, User, Who,
};
use contract::{CategoryId, Fen, SkuId, SpuId, UserId, fault};
use kit::db::{CrashSwitch, DbUrl};
use kit::{Clock, Core, Ctx, Db, Ids, Result, Time};

use crate::category::NewCategory;
use crate::content::{Content, Variant};
use crate::{Around, MIGRATIONS, NAME, Product, Settings};

/// Stock as a map; counts once per id.
#[derive(Default)]
pub struct Stock {
    pub levels: Mutex<HashMap<SkuId, i64>>,
    pub counted: Mutex<HashSet<String>>,
    pub down: AtomicBool,
}

impl Stock {
    pub fn set(&self, sku: SkuId, available: i64) {
        self.levels.lock().unwrap().insert(sku, available);
    }

    pub fn of(&self, sku: SkuId) -> i64 {
        self.levels.lock().unwrap().get(&sku).copied().unwrap_or(0)
    }
}

#[async_trait]
impl Inventory for Stock {
    async fn allot(&self, _: &Ctx, _: contract::inventory::Allot) -> Result<contract::inventory::Allotted> {
        Err(kit::fault::NOT_FOUND.into())
    }

    async fn end_allotment(&self, _: &Ctx, _: contract::inventory::EndAllotment) -> Result<contract::inventory::AllotmentEnded> {
        Err(kit::fault::NOT_FOUND.into())
    }

    async fn hold(&self, _: &Ctx, _: Hold) -> Result<Held> {
        Ok(Held {})
    }

    async fn release(&self, _: &Ctx, _: Release) -> Result<Released> {
        Ok(Released {})
    }

    async fn commit(&self, _: &Ctx, _: Commit) -> Result<Committed> {
        Ok(Committed {})
    }

    async fn levels(&self, _: &Ctx, asked: LevelsOf) -> Result<Vec<Level>> {
        if self.down.load(SeqCst) {
            return Err(fault::UNAVAILABLE.into());
        }
        Ok(asked.skus.iter().map(|sku| Level { sku: *sku, available: self.of(*sku), locked: 0, sold: 0, allotted: 0 }).collect())
    }

    async fn count(&self, _: &Ctx, count: Count) -> Result<Vec<Level>> {
        if self.down.load(SeqCst) {
            return Err(fault::UNAVAILABLE.into());
        }
        let news = self.counted.lock().unwrap().insert(count.id);
        for line in count.lines.iter().filter(|_| news) {
            self.set(line.sku, line.available.into());
        }
        Ok(count
            .lines
            .iter()
            .map(|line| Level { sku: line.sku, available: self.of(line.sku), locked: 0, sold: 0, allotted: 0 })
            .collect())
    }
}

/// Prices without promotions.
pub struct Plain;

#[async_trait]
impl Promotion for Plain {
    async fn quote(&self, _: &Ctx, asked: QuoteRequest) -> Result<Quote> {
        let line = |l: &contract::promotion::QuoteLine| {
            let amount_fen = l.unit_price_fen.times(l.qty).unwrap();
            let (sku, qty, unit_price_fen) = (l.sku, l.qty, l.unit_price_fen);
            let (shares, discount_fen) = (Vec::new(), Fen(0));
            QuotedLine { sku, qty, unit_price_fen, amount_fen, shares, discount_fen, payable_fen: amount_fen }
        };
        let lines: Vec<QuotedLine> = asked.lines.iter().map(line).collect();
        let goods_fen = Fen::sum(lines.iter().map(|l| l.amount_fen)).unwrap();
        let (discount_fen, freight_fen, freight_discount_fen) = (Fen(0), Fen(0), Fen(0));
        Ok(Quote { lines, rules: Vec::new(), goods_fen, discount_fen, freight_fen, freight_discount_fen, payable_fen: goods_fen })
    }
}

/// When the house opens.
pub const NOW: Time = Time(1_795_341_630_000);

/// Everybody is called 小王 with their number, and every upload whose key names its owner is theirs.
pub struct People;

fn never<T>() -> Result<T> {
    Err(kit::Error::internal("the catalogue does not ask for this"))
}

#[async_trait]
impl User for People {
    async fn text(&self, _: &Ctx, _: contract::user::TextShopper) -> Result<contract::user::Texted> {
        Ok(contract::user::Texted {})
    }

    async fn shown_as(&self, _: &Ctx, asked: ShownAs) -> Result<Shown> {
        Ok(Shown { nickname: format!("小王{}", asked.user), avatar: None })
    }

    async fn who(&self, _: &Ctx, _: Who) -> Result<Identity> {
        never()
    }

    async fn address(&self, _: &Ctx, _: AddressOf) -> Result<Address> {
        never()
    }

    async fn add_operator(&self, _: &Ctx, _: AddOperator) -> Result<OperatorAdded> {
        never()
    }

    async fn pass_captcha(&self, _: &Ctx, _: PassCaptcha) -> Result<CaptchaPassed> {
        never()
    }
}

#[async_trait]
impl Thirdparty for People {
    async fn send_sms(&self, _: &Ctx, _: SendSms) -> Result<SmsSent> {
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

    async fn keep_uploads(&self, _: &Ctx, asked: KeepUploads) -> Result<UploadsKept> {
        let theirs = format!("u/review/{}-", asked.user);
        let known = asked.purpose == UploadPurpose::Review && asked.keys.iter().all(|key| key.starts_with(&theirs));
        if known { Ok(UploadsKept {}) } else { Err(fault::UPLOAD_UNKNOWN.into()) }
    }

    async fn channels(&self, _: &Ctx, _: ListChannels) -> Result<OpenChannels> {
        never()
    }

    async fn read_notice(&self, _: &Ctx, _: RawNotice) -> Result<Notice> {
        never()
    }
}

pub struct House {
    pub product: Arc<Product>,
    pub stock: Arc<Stock>,
    pub clock: Clock,
    pub ctx: Ctx,
    folder: PathBuf,
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub fn spec(name: &str, value: &str) -> Spec {
    Spec { name: name.into(), value: value.into() }
}

impl House {
    pub async fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("product-{}-{}", std::process::id(), kit::random::token()));
        let clock = Clock::manual(NOW);
        let ids = Ids::new(clock.clone(), 1);
        let url = DbUrl::File { path: folder.join("product.db"), durable: false };
        let crash = CrashSwitch::default();
        let db = Db::open(NAME, &url, clock.clone(), ids.clone(), crash.clone()).await.unwrap();
        db.migrate(MIGRATIONS).await.unwrap();
        let keys = kit::secret::Keys::random().unwrap();
        let cache = kit::cache::Cache::memory_on(clock.clone());
        let core = Core { clock: clock.clone(), ids, keys, cache, crash };
        let stock = Arc::new(Stock::default());
        let people = Arc::new(People);
        let around = Around { inventory: stock.clone(), promotion: Arc::new(Plain), user: people.clone(), thirdparty: people };
        let product = Product::new(&core, db, Settings::default(), around);
        House { product, stock, clock, ctx: Ctx::house(), folder }
    }

    /// The clock moves on.
    pub fn pass_ms(&self, ms: u64) {
        self.product.db.clock().pass(std::time::Duration::from_millis(ms));
    }

    pub async fn category(&self, parent: Option<CategoryId>, name: &str) -> CategoryId {
        let new = NewCategory { parent, name: name.into(), picture: None, position: 0 };
        self.product.create_category(new).await.unwrap().id
    }

    /// Content with two colours.
    pub fn cup(category: CategoryId) -> Content {
        let variant = |colour: &str, price: i64| Variant {
            id: None,
            code: None,
            specs: vec![spec("颜色", colour)],
            price_fen: Fen(price),
            list_price_fen: None,
            picture: None,
        };
        Content {
            title: "杯子".into(),
            subtitle: String::new(),
            category,
            brand: None,
            unit: "个".into(),
            gallery: vec!["p/cup/1/0".into()],
            details: Vec::new(),
            attributes: vec![spec("材质", "陶瓷")],
            flags: Vec::new(),
            skus: vec![variant("蓝", 2000), variant("红", 1900)],
        }
    }

    /// A cup on the shelf, ten pieces of each colour: its number and its variants.
    pub async fn cup_on_shelf(&self) -> (SpuId, Vec<SkuId>) {
        let name = format!("杯具{}", self.product.db.ids().next());
        let leaf = self.category(None, &name).await;
        let spu = self.product.publish(Self::cup(leaf), 1).await.unwrap();
        self.product.list(spu).await.unwrap();
        let skus = self.sku_ids(spu).await;
        skus.iter().for_each(|sku| self.stock.set(*sku, 10));
        (spu, skus)
    }

    pub async fn sku_ids(&self, spu: SpuId) -> Vec<SkuId> {
        let view = self.product.admin_spu(spu).await.unwrap();
        view.content.skus.into_iter().map(|s| s.id.unwrap()).collect()
    }

    pub async fn sold(&self, skus: &[SkuId]) -> Vec<Sku> {
        self.product.skus(&self.ctx, SkusOf { skus: skus.to_vec() }).await.unwrap()
    }

    pub async fn events(&self, topic: &str) -> i64 {
        let sql = "select count(*) from outbox where topic = ?";
        self.product.db.number(sql, kit::values![topic]).await.unwrap().unwrap()
    }
}

pub const WANG: UserId = UserId(7);
