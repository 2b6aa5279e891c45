//! Neighbours for tests: they keep the rules of their contracts, may be deaf, and remember what they were asked.

use super::*;

/// An allotment of the fake stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Apart {
    pub sku: SkuId,
    pub qty: i64,
    /// Units that paid orders took.
    pub taken: i64,
    /// With how many sold it ended.
    pub ended: Option<i64>,
}

/// Stock, with the rules of the contract.
#[derive(Default)]
pub struct Stock {
    pub levels: Mutex<HashMap<SkuId, i64>>,
    pub apart: Mutex<BTreeMap<AllotmentId, Apart>>,
    /// Does not answer, and has done nothing.
    pub deaf: AtomicBool,
    /// Does what it is asked, but the answer is lost.
    pub mute: AtomicBool,
    /// Allotments that were asked for, repeats included.
    pub asked: Mutex<u32>,
}

impl Stock {
    pub fn put(&self, sku: SkuId, n: i64) {
        self.levels.lock().unwrap().insert(sku, n);
    }

    pub fn available(&self, sku: SkuId) -> i64 {
        self.levels.lock().unwrap().get(&sku).copied().unwrap_or(0)
    }

    pub fn apart(&self, id: AllotmentId) -> Option<Apart> {
        self.apart.lock().unwrap().get(&id).copied()
    }

    /// A paid order takes its units.
    pub fn take(&self, id: AllotmentId, qty: i64) {
        let mut apart = self.apart.lock().unwrap();
        let a = apart.get_mut(&id).unwrap();
        assert!(a.taken + qty <= a.ended.unwrap_or(a.qty), "more was taken than lay apart: {a:?}");
        a.taken += qty;
    }

    /// Units in all: on the shelf, apart, and sold out of allotments.
    pub fn total(&self) -> i64 {
        let apart: i64 = self.apart.lock().unwrap().values().map(|a| a.ended.unwrap_or(a.qty)).sum();
        apart + self.levels.lock().unwrap().values().sum::<i64>()
    }

    fn answer<T>(&self, value: T) -> Result<T> {
        if self.mute.load(SeqCst) { Err(UNAVAILABLE.into()) } else { Ok(value) }
    }
}

#[async_trait]
impl Inventory for Stock {
    async fn allot(&self, _: &Ctx, wish: Allot) -> Result<Allotted> {
        if self.deaf.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        *self.asked.lock().unwrap() += 1;
        let (mut apart, mut levels) = (self.apart.lock().unwrap(), self.levels.lock().unwrap());
        if let Some(a) = apart.get(&wish.id) {
            let same = a.ended.is_none() && a.sku == wish.sku && a.qty == i64::from(wish.qty);
            return if same { self.answer(Allotted {}) } else { Err(CONFLICT.into()) };
        }
        let level = levels.entry(wish.sku).or_default();
        if *level < i64::from(wish.qty) {
            return Err(OUT_OF_STOCK.with(serde_json::json!({ "sku_id": wish.sku, "available": *level })));
        }
        *level -= i64::from(wish.qty);
        apart.insert(wish.id, Apart { sku: wish.sku, qty: wish.qty.into(), taken: 0, ended: None });
        self.answer(Allotted {})
    }

    async fn end_allotment(&self, _: &Ctx, wish: EndAllotment) -> Result<AllotmentEnded> {
        if self.deaf.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        let (mut apart, mut levels) = (self.apart.lock().unwrap(), self.levels.lock().unwrap());
        let sold = i64::from(wish.sold);
        // Of one that was never made, a mark refuses it should it come late.
        let mark = Apart { sku: SkuId(0), qty: 0, taken: 0, ended: None };
        let a = if sold == 0 { apart.entry(wish.id).or_insert(mark) } else { apart.get_mut(&wish.id).ok_or(CONFLICT)? };
        let returned = u32::try_from(a.qty - sold).unwrap_or(0);
        if let Some(ended) = a.ended {
            return if ended == sold { self.answer(AllotmentEnded { returned }) } else { Err(CONFLICT.into()) };
        }
        if sold > a.qty || a.taken > sold {
            return Err(CONFLICT.into());
        }
        a.ended = Some(sold);
        *levels.entry(a.sku).or_default() += a.qty - sold;
        self.answer(AllotmentEnded { returned })
    }

    async fn hold(&self, _: &Ctx, _: inventory::Hold) -> Result<inventory::Held> {
        Err(NOT_FOUND.into())
    }

    async fn release(&self, _: &Ctx, _: inventory::Release) -> Result<inventory::Released> {
        Err(NOT_FOUND.into())
    }

    async fn commit(&self, _: &Ctx, _: inventory::Commit) -> Result<inventory::Committed> {
        Err(NOT_FOUND.into())
    }

    async fn levels(&self, _: &Ctx, wish: inventory::LevelsOf) -> Result<Vec<inventory::Level>> {
        let level =
            |sku: &SkuId| inventory::Level { sku: *sku, available: self.available(*sku), locked: 0, sold: 0, allotted: 0 };
        Ok(wish.skus.iter().map(level).collect())
    }

    async fn count(&self, _: &Ctx, _: inventory::Count) -> Result<Vec<inventory::Level>> {
        Err(NOT_FOUND.into())
    }
}

/// A catalogue, a price rule (freight 10.00, free from 88.00 on), and people. The captcha `right` passes, for one thing.
#[derive(Default)]
pub struct Shop {
    pub skus: Mutex<Vec<Sku>>,
    /// Text messages, each once.
    pub texts: Mutex<BTreeMap<String, TextShopper>>,
    /// What each captcha was passed for.
    pub captchas: Mutex<HashMap<String, String>>,
    /// People do not answer.
    pub deaf: AtomicBool,
}

impl Shop {
    pub fn sell(&self, sku: SkuId, price_fen: i64) {
        self.skus.lock().unwrap().push(Sku {
            sku,
            spu: SpuId(sku.0 / 10),
            version: 3,
            code: format!("SP-{sku}"),
            title: format!("棉麻衬衫 {sku}"),
            specs: vec![Spec { name: "颜色".into(), value: "雾蓝".into() }],
            picture: Some(format!("p/{sku}.jpg")),
            list_price_fen: Fen(price_fen + 1000),
            price_fen: Fen(price_fen),
            unit: "件".into(),
            category: CategoryId(7),
            brand: None,
            listed: true,
        });
    }

    pub fn unlist(&self, sku: SkuId) {
        self.skus.lock().unwrap().iter_mut().filter(|s| s.sku == sku).for_each(|s| s.listed = false);
    }
}

#[async_trait]
impl Product for Shop {
    async fn skus(&self, _: &Ctx, wish: SkusOf) -> Result<Vec<Sku>> {
        let skus = self.skus.lock().unwrap();
        Ok(wish.skus.iter().filter_map(|id| skus.iter().find(|s| s.sku == *id)).cloned().collect())
    }

    async fn documents(&self, _: &Ctx, wish: DocumentsOf) -> Result<Vec<Document>> {
        let DocumentsOf::Spus(spus) = wish else { return Ok(vec![]) };
        let document = |spu: SpuId| Document {
            spu,
            version: 3,
            listed: true,
            title: format!("棉麻衬衫 {spu}"),
            subtitle: format!("透气亲肤 {spu}"),
            categories: vec![],
            brand: None,
            picture: None,
            price_fen: Fen(0),
            list_price_fen: Fen(0),
            in_stock: true,
            listed_at: Time(0),
            sales: 0,
            attributes: vec![],
            flags: vec![],
        };
        Ok(spus.into_iter().map(document).collect())
    }

    async fn selection(&self, _: &Ctx, _: product::SelectionOf) -> Result<Vec<product::CartPick>> {
        Ok(vec![])
    }

    async fn import_reviews(&self, _: &Ctx, _: product::ImportReviews) -> Result<product::ReviewsImported> {
        Err(NOT_FOUND.into())
    }

    async fn import(&self, _: &Ctx, _: product::Line) -> Result<product::Imported> {
        Err(NOT_FOUND.into())
    }

    async fn home(&self, _: &Ctx, _: product::HomeOf) -> Result<product::HomeText> {
        Err(NOT_FOUND.into())
    }
}

#[async_trait]
impl Promotion for Shop {
    async fn quote(&self, _: &Ctx, wish: QuoteRequest) -> Result<Quote> {
        let line = |l: &promotion::QuoteLine| {
            let amount_fen = l.unit_price_fen.times(l.qty).ok_or(AMOUNT_OVERFLOW)?;
            let (sku, qty, unit_price_fen, discount_fen) = (l.sku, l.qty, l.unit_price_fen, Fen::ZERO);
            Ok(QuotedLine { sku, qty, unit_price_fen, amount_fen, shares: vec![], discount_fen, payable_fen: amount_fen })
        };
        let lines: Vec<QuotedLine> = wish.lines.iter().map(line).collect::<Result<_>>()?;
        let goods = Fen::sum(lines.iter().map(|l| l.amount_fen)).ok_or(AMOUNT_OVERFLOW)?;
        let freight = if goods.0 >= 8800 { 0 } else { 1000 };
        Ok(Quote {
            lines,
            rules: vec![],
            goods_fen: goods,
            discount_fen: Fen::ZERO,
            freight_fen: Fen(1000),
            freight_discount_fen: Fen(1000 - freight),
            payable_fen: Fen(goods.0 + freight),
        })
    }
}

#[async_trait]
impl User for Shop {
    async fn text(&self, _: &Ctx, wish: TextShopper) -> Result<user::Texted> {
        if self.deaf.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        self.texts.lock().unwrap().entry(wish.id.clone()).or_insert(wish);
        Ok(user::Texted {})
    }

    async fn pass_captcha(&self, _: &Ctx, wish: user::PassCaptcha) -> Result<user::CaptchaPassed> {
        let mut passed = self.captchas.lock().unwrap();
        let first = passed.entry(wish.id.clone()).or_insert_with(|| wish.for_id.clone()) == &wish.for_id;
        if first && wish.answer == "right" { Ok(user::CaptchaPassed {}) } else { Err(CAPTCHA_WRONG.into()) }
    }

    async fn add_operator(&self, _: &Ctx, _: user::AddOperator) -> Result<user::OperatorAdded> {
        Err(NOT_FOUND.into())
    }

    async fn shown_as(&self, _: &Ctx, _: user::ShownAs) -> Result<user::Shown> {
        Err(NOT_FOUND.into())
    }

    async fn who(&self, _: &Ctx, _: user::Who) -> Result<user::Identity> {
        Err(NOT_FOUND.into())
    }

    /// Everybody lives at the address that has their number.
    async fn address(&self, _: &Ctx, wish: AddressOf) -> Result<Address> {
        if wish.address.0 != wish.user.0 {
            return Err(NOT_FOUND.into());
        }
        Ok(Address {
            name: "张小伟".into(),
            phone: "13812345678".into(),
            province: "浙江省".into(),
            city: "杭州市".into(),
            district: "西湖区".into(),
            detail: "文三路478号华星时代广场".into(),
        })
    }
}

/// Orders: places each win once and keeps the outcome.
#[derive(Default)]
pub struct Orders {
    pub placed: Mutex<BTreeMap<OrderId, (Win, WonOutcome)>>,
    /// Shoppers whose wins are refused, and why.
    pub refuses: Mutex<HashMap<UserId, &'static str>>,
    /// Does not answer, and has done nothing.
    pub deaf: AtomicBool,
    /// Places, but the answer is lost.
    pub mute: AtomicBool,
    /// Calls.
    pub calls: Mutex<u32>,
}

#[async_trait]
impl Order for Orders {
    async fn place_won(&self, _: &Ctx, wish: PlaceWon) -> Result<Vec<WonPlaced>> {
        if self.deaf.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        *self.calls.lock().unwrap() += 1;
        assert!(wish.wins.len() <= order::MOST_WINS);
        let (mut placed, refuses) = (self.placed.lock().unwrap(), self.refuses.lock().unwrap());
        let mut outcomes = Vec::new();
        for win in wish.wins {
            let refused = refuses.get(&win.user).map(|why| WonOutcome::Refused((*why).into()));
            let (order, outcome) = (win.order, refused.unwrap_or(WonOutcome::Placed));
            let (first, outcome) = placed.entry(order).or_insert_with(|| (win.clone(), outcome));
            if *first != win {
                return Err(CONFLICT.into());
            }
            outcomes.push(WonPlaced { order, outcome: outcome.clone() });
        }
        if self.mute.load(SeqCst) { Err(UNAVAILABLE.into()) } else { Ok(outcomes) }
    }
}
