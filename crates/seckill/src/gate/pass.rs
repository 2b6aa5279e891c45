//! A pass: everything slow about a claim (a captcha, an address, a price), done before the rush and sealed, so that the claim itself
//! asks nobody. It names one wish: who claims with it again hears the same.

use std::fmt;

use contract::fault::{NOT_FOUND, OFF_SHELF, PASS_EXPIRED, SECKILL_BARRED, SECKILL_LIMITED, SECKILL_NOT_OPEN};
use contract::product::SkusOf;
use contract::promotion::{Quote, QuoteLine, QuoteRequest, Scene};
use contract::user::{AddressOf, PassCaptcha};
use contract::{AddressId, AllotmentId, UserId};
use kit::secret::{Keys, sha256_hex};
use kit::{Ctx, Error, Result, Time};
use rush::Token;

use crate::Seckill;
use crate::show::online::Session;
use crate::store::item::ItemRow;
use crate::store::ticket;

/// What the seal is for.
const PURPOSE: &str = "seckill.pass";
/// What the number of a wish is made with.
const WISH: &str = "seckill.wish";

/// The right to claim, while it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pass {
    pub(crate) item: AllotmentId,
    pub(crate) user: UserId,
    pub(crate) qty: u32,
    pub(crate) address: AddressId,
    pub(crate) nonce: u64,
    pub(crate) expires: Time,
}

impl fmt::Display for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Pass { item, user, qty, address, nonce, expires } = self;
        write!(f, "{item} {user} {qty} {address} {nonce} {}", expires.ms())
    }
}

impl Pass {
    fn read(text: &str) -> Option<Pass> {
        let mut words = text.split(' ');
        let mut number = || words.next()?.parse::<i64>().ok();
        let (item, user) = (AllotmentId(number()?), UserId(number()?));
        let (qty, address) = (u32::try_from(number()?).ok()?, AddressId(number()?));
        let nonce = words.next()?.parse().ok()?;
        let expires = Time(words.next()?.parse().ok()?);
        Some(Pass { item, user, qty, address, nonce, expires })
    }

    /// As text that only this house can have written.
    pub(crate) fn seal(&self, keys: &Keys) -> String {
        keys.seal(PURPOSE, &self.to_string())
    }

    /// A pass of this shopper that is good at `now`; `pass_expired` for everything else: whoever has none gets a new one.
    pub(crate) fn open(keys: &Keys, text: &str, user: UserId, now: Time) -> Result<Pass> {
        let pass = keys.open(PURPOSE, text).ok().as_deref().and_then(Pass::read);
        pass.filter(|pass| pass.user == user && now < pass.expires).ok_or_else(|| PASS_EXPIRED.into())
    }

    /// What the engine knows the wish by: the address, which is the shopper's alone, and a number that a captcha was passed for.
    pub(crate) fn token(&self) -> Token {
        let mut token = [0; 16];
        token[..8].copy_from_slice(&self.address.0.to_be_bytes());
        token[8..].copy_from_slice(&self.nonce.to_be_bytes());
        Token(token)
    }
}

/// The address in a token.
pub(crate) fn address_of(token: Token) -> AddressId {
    let mut address = [0; 8];
    address.copy_from_slice(&token.0[..8]);
    AddressId(i64::from_be_bytes(address))
}

/// What a shopper wishes to claim.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) item: AllotmentId,
    pub(crate) qty: u32,
    pub(crate) address: AddressId,
    pub(crate) captcha: String,
    pub(crate) answer: String,
}

/// A pass with its price.
#[derive(Clone, Debug)]
pub(crate) struct Issued {
    pub(crate) pass: Pass,
    pub(crate) quote: Quote,
}

impl Seckill {
    /// A pass for a wish. The same wish with the same captcha is the same claim, however often it is asked for. Faults:
    /// `too_many_requests`, `seckill_not_open` (too early: `opens_at`), `seckill_barred`, `seckill_limited`, `not_found` (at
    /// `/address_id`), `off_shelf`, `captcha_wrong`.
    pub(crate) async fn issue_pass(&self, ctx: &Ctx, user: UserId, wish: &Wish) -> Result<Issued> {
        self.gate.passes.check(&user).map_err(Error::from)?;
        let online = self.online_now().await?;
        let (session, item) = online.find(wish.item).ok_or(SECKILL_NOT_OPEN)?;
        self.may_ask(session, item, user, wish.qty).await?;
        let quote = self.quote(ctx, item, user, wish).await?;
        let passed_for = format!("seckill {} {user} {} {}", wish.item, wish.qty, wish.address);
        // Last, so that the one try of a captcha is not spent on a wrong address.
        let captcha =
            PassCaptcha { id: wish.captcha.clone(), answer: wish.answer.clone(), for_id: sha256_hex(passed_for.as_bytes()) };
        self.around.user.pass_captcha(ctx, captcha).await?;
        let signed = self.core.keys.sign(WISH, format!("{passed_for} {}", wish.captcha).as_bytes());
        let digest = sha256_hex(signed.as_bytes());
        let nonce = u64::from_str_radix(digest.get(..16).unwrap_or_default(), 16).map_err(Error::internal)?;
        let expires = self.core.clock.now() + self.settings.gate.pass_valid;
        let pass = Pass { item: wish.item, user, qty: wish.qty, address: wish.address, nonce, expires };
        metrics::counter!("seckill_passes_total").increment(1);
        Ok(Issued { pass, quote })
    }

    /// Whether a shopper may have a pass now. The engine and the books ask again.
    async fn may_ask(&self, session: &Session, item: &ItemRow, user: UserId, qty: u32) -> Result<()> {
        let now = self.core.clock.now();
        let opens = session.starts - self.settings.gate.pass_before;
        if now < opens {
            return Err(SECKILL_NOT_OPEN.with(serde_json::json!({ "opens_at": opens })));
        }
        if now >= session.ends || session.paused {
            return Err(SECKILL_NOT_OPEN.into());
        }
        let (held, cancels) = ticket::standing(&self.db, item.activity, item.id, user).await?;
        if cancels >= i64::from(self.settings.cancels) {
            return Err(SECKILL_BARRED.into());
        }
        let limit = i64::from(item.buy_limit);
        if held + i64::from(qty) > limit {
            return Err(SECKILL_LIMITED.with(serde_json::json!({ "limit": limit })));
        }
        Ok(())
    }

    /// What the wish would cost at the shopper's address.
    async fn quote(&self, ctx: &Ctx, item: &ItemRow, user: UserId, wish: &Wish) -> Result<Quote> {
        let around = &self.around;
        let address = async {
            let found = around.user.address(ctx, AddressOf { user, address: wish.address }).await;
            found.map_err(|e| if e.is(NOT_FOUND) { e.at("/address_id", "not_found", "no such address") } else { e })
        };
        let skus = around.product.skus(ctx, SkusOf { skus: vec![item.sku] });
        let (address, skus) = futures::try_join!(address, skus)?;
        let sku = skus.into_iter().find(|sku| sku.listed).ok_or(OFF_SHELF)?;
        let line = QuoteLine {
            sku: sku.sku,
            spu: sku.spu,
            category: sku.category,
            brand: sku.brand,
            qty: wish.qty,
            unit_price_fen: item.price_fen,
        };
        let request = QuoteRequest { user, scene: Scene::Seckill, lines: vec![line], province: Some(address.province) };
        around.promotion.quote(ctx, request).await
    }
}
