//! Pools in Redis, for a mall of many processes. All keys of a pool lie in one hash slot, and each verb is one script there: live? known?
//! limit? stock? take and record. What Redis lost it cannot know; so a pool is bound to the run of the server that it was opened on,
//! and on another one (restarted, or a replica in its place) it answers `closed` until its owner has counted and opened it under
//! the next epoch. How durable a claim is, the server's settings say (`appendonly yes`, `appendfsync always`). Must never know what is claimed.

mod packed;
mod server;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kit::fault::{INVALID, UNAVAILABLE};
use kit::{Clock, Error, Result, Time, random};
use redis::pipe;

use crate::figures::Tally;
use crate::words::spread;
use crate::{
    Answer, Ask, Back, Claim, Figures, Glance, Loan, LoanId, MAX_DELIVERED, MAX_QTY, Opened, Opening, Parts, PoolId, Rush,
    Standing, Terms, Units,
};
use packed::Fields;
use server::{Server, Verb};

/// Hash slots over which pools are spread. It must stay the same over versions: keys are named by it.
const SLOTS: u64 = 64;
/// Carried claims or amounts of one script call.
const CHUNK: usize = 1000;

/// Pools in Redis. Clones share the connection.
#[derive(Clone)]
pub struct Redis(Arc<Inner>);

struct Inner {
    server: Server,
    prefix: String,
    grace: Duration,
    tally: Tally,
    clock: Clock,
}

/// The names of a pool's keys, in the order that the scripts expect.
const KEYS: [&str; 7] = ["meta", "users", "tokens", "free", "line", "loans", "seen"];

impl Redis {
    /// Pools under keys that begin with `key_prefix`; they leave `grace` after their window. Fails with `unavailable` when the server
    /// does not answer now; later it reconnects by itself.
    pub async fn open(url: &str, key_prefix: &str, grace: Duration, clock: Clock) -> Result<Redis> {
        let server = Server::open(url).await?;
        Ok(Redis(Arc::new(Inner { server, prefix: key_prefix.to_owned(), grace, tally: Tally::default(), clock })))
    }

    /// The part of a key that decides its slot: the same for a pool and the set of those that wait beside it.
    fn tag(&self, slot: u64) -> String {
        format!("{{{}rush{slot}}}", self.0.prefix)
    }

    fn keys(&self, pool: PoolId) -> Vec<String> {
        let tag = self.tag(spread(pool) % SLOTS);
        KEYS.iter().map(|key| format!("{tag}:{pool}:{key}")).chain([format!("{tag}:waiting")]).collect()
    }

    async fn script<T: redis::FromRedisValue>(&self, verb: Verb, pool: PoolId, arguments: &[String]) -> Result<T> {
        self.0.server.script(verb, &self.keys(pool), arguments).await
    }

    /// Fields of `describe.lua`; empty when there is no such pool.
    async fn fields(&self, pool: PoolId, besides: &str) -> Result<Vec<String>> {
        self.script(Verb::Describe, pool, &[pool.to_string(), besides.to_owned()]).await
    }

    async fn standing(&self, pool: PoolId, besides: &str) -> Result<Option<Standing>> {
        let fields = self.fields(pool, besides).await?;
        if fields.is_empty() {
            return Ok(None);
        }
        let mut f = Fields::of(&fields);
        let epoch = f.next()?;
        let terms = Terms { limit: f.next()?, returns: f.next()?, opens: Time(f.next()?), closes: Time(f.next()?) };
        let (opened, left, taken, given_back) = (f.next()?, f.next()?, f.next()?, f.next()?);
        let (received, lent, claims, acknowledged) = (f.next()?, f.next()?, f.next()?, f.next()?);
        let (closed, sure) = (f.next::<u8>()? == 1, f.next::<u8>()? == 1);
        // Doubtful data takes nothing: for everybody it is closed.
        let shut = closed || !sure;
        Ok(Some(Standing { pool, epoch, terms, shut, opened, left, taken, given_back, received, lent, claims, acknowledged }))
    }

    /// Sends what a pool is opened with, piece by piece. The last piece makes it a pool.
    async fn build(&self, opening: &Opening, nonce: &str) -> Result<bool> {
        let image = opening.image()?;
        let free: Vec<String> = match &opening.left {
            Units::Alike(_) => Vec::new(),
            Units::Amounts(amounts) => amounts.iter().map(packed::amount).collect(),
        };
        let carried: Vec<String> = opening.carried.iter().map(packed::carried).collect();
        for (what, items) in [("free", free), ("claims", carried)] {
            for chunk in items.chunks(CHUNK) {
                let arguments: Vec<String> = [nonce, what].into_iter().map(str::to_owned).chain(chunk.iter().cloned()).collect();
                if self.script::<i64>(Verb::Carry, opening.pool, &arguments).await? == 0 {
                    return Ok(false);
                }
            }
        }
        let Terms { limit, returns, opens, closes } = opening.terms;
        let qty = |back: bool| -> u64 { opening.carried.iter().filter(|c| c.given_back == back).map(|c| u64::from(c.qty)).sum() };
        let lifetime = (closes + self.0.grace).since(self.0.clock.now()).max(Duration::from_secs(1)).as_millis();
        let mut arguments = vec![nonce.to_owned(), lifetime.to_string()];
        for (field, value) in [
            ("epoch", opening.epoch.to_string()),
            ("limit", limit.to_string()),
            ("returns", returns.to_string()),
            ("opens", opens.ms().to_string()),
            ("closes", closes.ms().to_string()),
            ("kind", packed::kind(&opening.left).to_owned()),
            ("left", opening.left.count().to_string()),
            ("opened", image.opened.to_string()),
            ("taken", qty(false).to_string()),
            ("given_back", qty(true).to_string()),
        ] {
            arguments.extend([field.to_owned(), value]);
        }
        Ok(self.script::<i64>(Verb::Ready, opening.pool, &arguments).await? == 1)
    }
}

fn unknown_word(word: &str) -> Error {
    Error::internal(format_args!("a script answered {word:?}"))
}

#[async_trait]
impl Rush for Redis {
    async fn open(&self, opening: Opening) -> Result<Opened> {
        opening.image()?;
        let nonce = random::token();
        let arguments = [opening.epoch.to_string(), nonce.clone(), opening.pool.to_string()];
        let word: String = self.script(Verb::Begin, opening.pool, &arguments).await?;
        match word.as_str() {
            "already" => Ok(Opened::Already),
            "doubtful" => Ok(Opened::Doubtful),
            "stale" => Ok(Opened::Stale),
            "still_open" => Ok(Opened::StillOpen),
            "build" if self.build(&opening, &nonce).await? => Ok(Opened::Now),
            "build" => Err(UNAVAILABLE.because("somebody else opens the same pool")),
            word => Err(unknown_word(word)),
        }
    }

    async fn close(&self, pool: PoolId) -> Result<Option<Standing>> {
        self.standing(pool, "close").await
    }

    async fn forget(&self, pool: PoolId) -> Result<Option<Standing>> {
        self.standing(pool, "forget").await
    }

    async fn describe(&self, pool: PoolId) -> Result<Option<Standing>> {
        self.standing(pool, "").await
    }

    async fn claim(&self, ask: Ask) -> Result<Answer> {
        let answer = Parts::ask(self, ask).await?;
        self.count(&answer);
        Ok(answer)
    }

    async fn give_back(&self, claim: &Claim) -> Result<Back> {
        let arguments = [claim.user.0.to_string(), claim.token.to_string()];
        let word: String = self.script(Verb::GiveBack, claim.pool, &arguments).await?;
        let back = match word.as_str() {
            "now" => Back::Now,
            "already" => Back::Already,
            "unknown" => Back::Unknown,
            word => return Err(unknown_word(word)),
        };
        self.0.tally.gave_back(back);
        Ok(back)
    }

    async fn waiting(&self, max: u32) -> Result<Vec<PoolId>> {
        let mut ask = pipe();
        for slot in 0..SLOTS {
            // Any of them: none is passed over for ever.
            ask.cmd("SRANDMEMBER").arg(format!("{}:waiting", self.tag(slot))).arg(max);
        }
        let found: Vec<Vec<String>> = self.0.server.pipeline(&ask).await?;
        found.iter().flatten().take(max as usize).map(|pool| packed::read_pool(pool)).collect()
    }

    async fn deliver(&self, pool: PoolId, max: u32) -> Result<Vec<Claim>> {
        if max == 0 {
            return Ok(Vec::new());
        }
        let arguments = [max.min(MAX_DELIVERED).to_string(), pool.to_string()];
        let found: Vec<String> = self.script(Verb::Deliver, pool, &arguments).await?;
        let Some((epoch, records)) = found.split_first() else { return Ok(Vec::new()) };
        let epoch = epoch.parse().map_err(|_| unknown_word(epoch))?;
        records.iter().map(|record| packed::read_claim(pool, epoch, record)).collect()
    }

    async fn acknowledge(&self, upto: &Claim) -> Result<()> {
        let arguments = [upto.epoch.to_string(), upto.seq.to_string(), upto.pool.to_string()];
        self.script::<i64>(Verb::Acknowledge, upto.pool, &arguments).await.map(|_| ())
    }

    fn figures(&self) -> Figures {
        self.0.tally.figures(self.0.clock.now())
    }
}

#[async_trait]
impl Parts for Redis {
    async fn ask(&self, ask: Ask) -> Result<Answer> {
        let Ask { pool, epoch, user, qty, token } = ask;
        if !(1..=MAX_QTY).contains(&qty) {
            return Err(INVALID.because("a claim of no units, or of too many"));
        }
        let now = self.0.clock.now().ms().to_string();
        let arguments = [epoch.to_string(), user.0.to_string(), token.to_string(), qty.to_string(), now, pool.to_string()];
        let words: Vec<String> = self.script(Verb::Claim, pool, &arguments).await?;
        let claim = || packed::read_claim(pool, epoch, words.get(1).map_or("", String::as_str));
        match words.first().map_or("", String::as_str) {
            "taken" => Ok(Answer::Taken(claim()?)),
            "duplicate" => Ok(Answer::Duplicate(claim()?)),
            "sold_out" => Ok(Answer::SoldOut),
            "limited" => Ok(Answer::Limited),
            "not_open" => Ok(Answer::NotOpen),
            "closed" => Ok(Answer::Closed),
            "invalid" => Err(INVALID.because("a claim of several amounts")),
            word => Err(unknown_word(word)),
        }
    }

    fn count(&self, answer: &Answer) {
        self.0.tally.answered(answer, self.0.clock.now());
    }

    async fn glance(&self, pool: PoolId) -> Result<Option<Glance>> {
        let fields = self.fields(pool, "").await?;
        let [epoch, .., sure, moving, revision] = &fields[..] else { return Ok(None) };
        if sure != "1" {
            return Ok(None);
        }
        let left: u32 = Fields::of(&fields[6..]).next()?;
        let rest = [epoch, moving, revision].map(String::clone);
        let mut f = Fields::of(&rest);
        let (epoch, moving, revision) = (f.next()?, f.next::<u32>()?, f.next::<u64>()?);
        let revision = u32::try_from(revision & u64::from(u32::MAX)).unwrap_or(0);
        Ok(Some(Glance { epoch, available: left.saturating_add(moving), revision }))
    }

    async fn lend(&self, pool: PoolId, to: u16, max: u32) -> Result<Option<Loan>> {
        if to == pool.part {
            return Ok(None);
        }
        let record: Option<String> = self.script(Verb::Lend, pool, &[to.to_string(), max.to_string()]).await?;
        record.map(|record| packed::read_loan(pool.part, &record)).transpose()
    }

    async fn receive(&self, pool: PoolId, loan: &Loan) -> Result<bool> {
        if loan.to != pool.part {
            return Ok(false);
        }
        let LoanId { from, epoch, number } = loan.id;
        let kind = packed::kind(&loan.units).to_owned();
        let mut arguments = vec![epoch.to_string(), format!("{from}.{epoch}.{number}"), kind, loan.units.count().to_string()];
        if let Units::Amounts(amounts) = &loan.units {
            arguments.extend(amounts.iter().map(packed::amount));
        }
        Ok(self.script::<i64>(Verb::Receive, pool, &arguments).await? == 1)
    }

    async fn settle(&self, pool: PoolId, loan: LoanId) -> Result<()> {
        self.script::<i64>(Verb::Settle, pool, &[loan.epoch.to_string(), loan.number.to_string()]).await.map(|_| ())
    }

    async fn loans(&self, pool: PoolId) -> Result<Vec<Loan>> {
        let keys = self.keys(pool);
        let mut ask = pipe();
        ask.cmd("HVALS").arg(&keys[5]);
        let (records,): (Vec<String>,) = self.0.server.pipeline(&ask).await?;
        records.iter().map(|record| packed::read_loan(pool.part, record)).collect()
    }
}
