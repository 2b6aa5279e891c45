//! Neighbours of the gate, with the rules of the contract.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use async_trait::async_trait;
use contract::fault::{CAPTCHA_WRONG, CONFLICT, INVALID, NOT_FOUND, UNAVAILABLE};
use contract::order::{self, PlaceWon, Win, WonOutcome, WonPlaced};
use contract::product::{self, Sku};
use contract::promotion::{self, Quote, QuoteRequest, QuotedLine, Scene};
use contract::user::{self, Address, AddressOf, CaptchaPassed, PassCaptcha};
use contract::{CategoryId, Fen, OrderId, SkuId, SpuId, UserId, inventory};
use kit::{Ctx, Result};

/// Orders, with the rules of the contract.
#[derive(Default)]
pub struct Orders {
    pub kept: Mutex<BTreeMap<OrderId, (Win, WonOutcome)>>,
    /// Does not answer, and has done nothing.
    pub deaf: AtomicBool,
    /// Places, but the answer is lost.
    pub mute: AtomicBool,
    /// Whose addresses are gone.
    pub homeless: Mutex<HashSet<UserId>>,
    /// Whose wins no call may bring.
    pub poison: Mutex<HashSet<UserId>>,
    pub calls: AtomicUsize,
}

impl Orders {
    pub fn placed(&self) -> Vec<Win> {
        let kept = self.kept.lock().unwrap();
        kept.values().filter(|(_, outcome)| *outcome == WonOutcome::Placed).map(|(win, _)| win.clone()).collect()
    }
}

#[async_trait]
impl order::Order for Orders {
    async fn place_won(&self, _: &Ctx, wish: PlaceWon) -> Result<Vec<WonPlaced>> {
        self.calls.fetch_add(1, SeqCst);
        assert!(wish.wins.len() <= order::MOST_WINS);
        if self.deaf.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        let poison = self.poison.lock().unwrap();
        if wish.wins.iter().any(|win| poison.contains(&win.user)) {
            return Err(INVALID.into());
        }
        let mut kept = self.kept.lock().unwrap();
        let mut told = Vec::new();
        for win in wish.wins {
            let outcome = match kept.get(&win.order) {
                Some((before, _)) if *before != win => return Err(CONFLICT.into()),
                Some((_, outcome)) => outcome.clone(),
                None if self.homeless.lock().unwrap().contains(&win.user) => WonOutcome::Refused("not_found".into()),
                None => WonOutcome::Placed,
            };
            told.push(WonPlaced { order: win.order, outcome: outcome.clone() });
            kept.insert(win.order, (win, outcome));
        }
        if self.mute.load(SeqCst) { Err(UNAVAILABLE.into()) } else { Ok(told) }
    }
}

/// People: everybody has the address with his own number, and captchas are answered with `right`.
#[derive(Default)]
pub struct People {
    pub captchas: Mutex<HashMap<String, String>>,
}

#[async_trait]
impl user::User for People {
    async fn who(&self, _: &Ctx, _: user::Who) -> Result<user::Identity> {
        Err(NOT_FOUND.into())
    }

    async fn address(&self, _: &Ctx, of: AddressOf) -> Result<Address> {
        if of.address.0 != of.user.0 {
            return Err(NOT_FOUND.into());
        }
        let text = |t: &str| t.to_owned();
        let (province, city, district) = (text("浙江"), text("杭州"), text("西湖"));
        Ok(Address { name: text("王"), phone: text("13800138000"), province, city, district, detail: text("文一路 1 号") })
    }

    async fn text(&self, _: &Ctx, _: user::TextShopper) -> Result<user::Texted> {
        Ok(user::Texted {})
    }

    async fn shown_as(&self, _: &Ctx, _: user::ShownAs) -> Result<user::Shown> {
        Err(NOT_FOUND.into())
    }

    async fn add_operator(&self, _: &Ctx, _: user::AddOperator) -> Result<user::OperatorAdded> {
        Err(NOT_FOUND.into())
    }

    async fn pass_captcha(&self, _: &Ctx, wish: PassCaptcha) -> Result<CaptchaPassed> {
        assert!((1..=64).contains(&wish.for_id.len()));
        if wish.answer != "right" {
            return Err(CAPTCHA_WRONG.into());
        }
        let mut captchas = self.captchas.lock().unwrap();
        let used_for = captchas.entry(wish.id).or_insert_with(|| wish.for_id.clone());
        if *used_for == wish.for_id { Ok(CaptchaPassed {}) } else { Err(CAPTCHA_WRONG.into()) }
    }
}

/// The shop: one product, on the shelf unless told otherwise.
#[derive(Default)]
pub struct Shop {
    pub off_shelf: AtomicBool,
}

#[async_trait]
impl product::Product for Shop {
    async fn skus(&self, _: &Ctx, of: product::SkusOf) -> Result<Vec<Sku>> {
        let listed = !self.off_shelf.load(SeqCst);
        let sku = |sku: SkuId| Sku {
            sku,
            spu: SpuId(5),
            version: 1,
            code: "C".into(),
            title: "杯子".into(),
            specs: vec![],
            picture: None,
            list_price_fen: Fen(6900),
            price_fen: Fen(4900),
            unit: "只".into(),
            category: CategoryId(3),
            brand: None,
            listed,
        };
        Ok(of.skus.into_iter().map(sku).collect())
    }

    async fn selection(&self, _: &Ctx, _: product::SelectionOf) -> Result<Vec<product::CartPick>> {
        Err(NOT_FOUND.into())
    }

    async fn documents(&self, _: &Ctx, _: product::DocumentsOf) -> Result<Vec<product::Document>> {
        Err(NOT_FOUND.into())
    }

    async fn import(&self, _: &Ctx, _: product::Line) -> Result<product::Imported> {
        Err(NOT_FOUND.into())
    }

    async fn home(&self, _: &Ctx, _: product::HomeOf) -> Result<product::HomeText> {
        Err(NOT_FOUND.into())
    }

    async fn import_reviews(&self, _: &Ctx, _: product::ImportReviews) -> Result<product::ReviewsImported> {
        Err(NOT_FOUND.into())
    }
}

#[async_trait]
impl promotion::Promotion for Shop {
    async fn quote(&self, _: &Ctx, wish: QuoteRequest) -> Result<Quote> {
        assert_eq!((wish.scene, wish.province.as_deref()), (Scene::Seckill, Some("浙江")));
        let line = &wish.lines[0];
        let amount = line.unit_price_fen.times(line.qty).unwrap();
        let quoted = QuotedLine {
            sku: line.sku,
            qty: line.qty,
            unit_price_fen: line.unit_price_fen,
            amount_fen: amount,
            shares: vec![],
            discount_fen: Fen::ZERO,
            payable_fen: amount,
        };
        let (goods_fen, discount_fen, payable_fen) = (amount, Fen::ZERO, Fen(amount.0 + 1000));
        let freight_discount_fen = Fen::ZERO;
        Ok(Quote {
            lines: vec![quoted],
            rules: vec![],
            goods_fen,
            discount_fen,
            freight_fen: Fen(1000),
            freight_discount_fen,
            payable_fen,
        })
    }
}

/// Nobody calls it here.
pub struct Stock;

#[async_trait]
impl inventory::Inventory for Stock {
    async fn hold(&self, _: &Ctx, _: inventory::Hold) -> Result<inventory::Held> {
        Err(NOT_FOUND.into())
    }
    async fn release(&self, _: &Ctx, _: inventory::Release) -> Result<inventory::Released> {
        Err(NOT_FOUND.into())
    }
    async fn commit(&self, _: &Ctx, _: inventory::Commit) -> Result<inventory::Committed> {
        Err(NOT_FOUND.into())
    }
    async fn levels(&self, _: &Ctx, _: inventory::LevelsOf) -> Result<Vec<inventory::Level>> {
        Err(NOT_FOUND.into())
    }
    async fn count(&self, _: &Ctx, _: inventory::Count) -> Result<Vec<inventory::Level>> {
        Err(NOT_FOUND.into())
    }
    async fn allot(&self, _: &Ctx, _: inventory::Allot) -> Result<inventory::Allotted> {
        Err(NOT_FOUND.into())
    }
    async fn end_allotment(&self, _: &Ctx, _: inventory::EndAllotment) -> Result<inventory::AllotmentEnded> {
        Err(NOT_FOUND.into())
    }
}
