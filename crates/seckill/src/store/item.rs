//! Variants in sessions as rows. A variant in a session, its pool and its allotment have one number.

use contract::product::Spec;
use contract::{ActivityId, AllotmentId, Fen, SkuId, SpuId};
use kit::db::{Tx, marks};
use kit::sea_orm::{self, FromQueryResult};
use kit::{Error, Result, Time, values};

use super::Rows;
use crate::state::{ItemState, MOST_ITEMS, Word as _};

/// A variant in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRow {
    /// Its number; of its pool and its allotment too.
    pub id: AllotmentId,
    /// The session.
    pub activity: ActivityId,
    /// The variant.
    pub sku: SkuId,
    /// The product.
    pub spu: SpuId,
    /// Title of the product when it was attached.
    pub title: String,
    /// Its subtitle.
    pub subtitle: String,
    /// What tells the variant from its siblings.
    pub specs: Vec<Spec>,
    /// Picture, as a path below the media root.
    pub picture: Option<String>,
    /// Price outside of the session.
    pub usual_price_fen: Fen,
    /// Price in the session.
    pub price_fen: Fen,
    /// Units.
    pub quota: u32,
    /// Units that one shopper may have.
    pub buy_limit: u32,
    /// Parts of its pool; 1 when it is whole.
    pub parts: u16,
    /// Epoch of its pool; 0 when it was never opened.
    pub epoch: u64,
    /// Where it stands.
    pub state: ItemState,
    /// Units of tickets that stand: to be ordered, unpaid, paid.
    pub sold: u32,
    /// Units of those that are paid.
    pub paid: u32,
    /// Who attached it.
    pub operator: i64,
    /// Idempotency key of the request that attached it.
    pub idem_key: String,
    /// With how many sold units its allotment is ended, once that is decided.
    pub ended_sold: Option<u32>,
    /// When it was attached.
    pub created: Time,
    /// When its state changed last.
    pub changed: Time,
}

#[derive(FromQueryResult)]
struct Raw {
    id: AllotmentId,
    activity_id: ActivityId,
    sku_id: SkuId,
    spu_id: SpuId,
    title: String,
    subtitle: String,
    specs: String,
    picture: Option<String>,
    usual_price_fen: Fen,
    price_fen: Fen,
    quota: i32,
    buy_limit: i32,
    parts: i32,
    epoch: i64,
    state: String,
    sold: i32,
    paid: i32,
    operator_id: i64,
    idem_key: String,
    ended_sold: i32,
    created_ms: Time,
    changed_ms: Time,
}

const ITEM: &str = "id, activity_id, sku_id, spu_id, title, subtitle, specs, picture, usual_price_fen, price_fen, quota,
    buy_limit, parts, epoch, state, sold, paid, operator_id, idem_key, ended_sold, created_ms, changed_ms";

impl TryFrom<Raw> for ItemRow {
    type Error = Error;

    fn try_from(raw: Raw) -> Result<Self> {
        let count = |n: i32| u32::try_from(n).map_err(Error::internal);
        Ok(ItemRow {
            id: raw.id,
            activity: raw.activity_id,
            sku: raw.sku_id,
            spu: raw.spu_id,
            title: raw.title,
            subtitle: raw.subtitle,
            specs: serde_json::from_str(&raw.specs)?,
            picture: raw.picture,
            usual_price_fen: raw.usual_price_fen,
            price_fen: raw.price_fen,
            quota: count(raw.quota)?,
            buy_limit: count(raw.buy_limit)?,
            parts: u16::try_from(raw.parts).map_err(Error::internal)?,
            epoch: u64::try_from(raw.epoch).map_err(Error::internal)?,
            state: ItemState::read(&raw.state)?,
            sold: count(raw.sold)?,
            paid: count(raw.paid)?,
            operator: raw.operator_id,
            idem_key: raw.idem_key,
            ended_sold: u32::try_from(raw.ended_sold).ok(),
            created: raw.created_ms,
            changed: raw.changed_ms,
        })
    }
}

fn read(rows: Vec<Raw>) -> Result<Vec<ItemRow>> {
    rows.into_iter().map(ItemRow::try_from).collect()
}

/// One of them.
pub async fn item(from: &impl Rows, id: AllotmentId) -> Result<Option<ItemRow>> {
    let sql = format!("select {ITEM} from item where id = ?");
    Ok(read(from.rows(&sql, values![id]).await?)?.pop())
}

/// What is in a session, in the order of attaching; without what was detached.
pub async fn items_of(from: &impl Rows, activity: ActivityId) -> Result<Vec<ItemRow>> {
    of_activities(from, &[activity]).await
}

/// What is in these sessions, in the order of attaching; without what was detached.
pub async fn of_activities(from: &impl Rows, activities: &[ActivityId]) -> Result<Vec<ItemRow>> {
    if activities.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select {ITEM} from item where activity_id in ({}) and state <> ? order by activity_id, id",
        marks(activities.len())
    );
    let mut values: Vec<sea_orm::Value> = activities.iter().map(|id| (*id).into()).collect();
    values.push(ItemState::Detached.name().into());
    read(from.rows(&sql, values).await?)
}

/// What may be bought now or soon: all that is attached to a session that is online.
pub async fn online_items(from: &impl Rows) -> Result<Vec<ItemRow>> {
    let sql = format!(
        "select {ITEM} from item where activity_id in (select id from activity where state = 'online') and state = ?
         order by activity_id, id"
    );
    read(from.rows(&sql, values![ItemState::Attached.name()]).await?)
}

/// Up to 200 that have been in a state since before a moment.
pub async fn stuck(from: &impl Rows, state: ItemState, before: Time) -> Result<Vec<ItemRow>> {
    let sql = format!("select {ITEM} from item where state = ? and changed_ms <= ? order by changed_ms limit 200");
    read(from.rows(&sql, values![state.name(), before]).await?)
}

/// Adds one to a session.
pub async fn insert(tx: &Tx, row: &ItemRow) -> Result<()> {
    let sql = format!("insert into item ({ITEM}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    let count = |n: u32| i32::try_from(n).map_err(Error::internal);
    let values = values![
        row.id,
        row.activity,
        row.sku,
        row.spu,
        row.title.as_str(),
        row.subtitle.as_str(),
        serde_json::to_string(&row.specs)?,
        row.picture.clone(),
        row.usual_price_fen,
        row.price_fen,
        count(row.quota)?,
        count(row.buy_limit)?,
        i32::from(row.parts),
        i64::try_from(row.epoch).map_err(Error::internal)?,
        row.state.name(),
        count(row.sold)?,
        count(row.paid)?,
        row.operator,
        row.idem_key.as_str(),
        row.ended_sold.map_or(Ok(-1), count)?,
        row.created,
        row.changed,
    ];
    tx.run(&sql, values).await.map(|_| ())
}

/// Moves one from a state to another; false when it was not there.
pub async fn move_on(tx: &Tx, id: AllotmentId, from: ItemState, to: ItemState) -> Result<bool> {
    let sql = "update item set state = ?, changed_ms = ? where id = ? and state = ?";
    Ok(tx.run(sql, values![to.name(), tx.now(), id, from.name()]).await? == 1)
}

/// All that is attached to a session leaves, with what is paid as sold; says how many do.
pub async fn leave_all(tx: &Tx, activity: ActivityId) -> Result<u64> {
    let sql = "update item set state = ?, ended_sold = paid, changed_ms = ? where activity_id = ? and state = ?";
    tx.run(sql, values![ItemState::Leaving.name(), tx.now(), activity, ItemState::Attached.name()]).await
}

/// One leaves, with what is paid as sold; false when it is not attached.
pub async fn leave(tx: &Tx, id: AllotmentId) -> Result<bool> {
    let sql = "update item set state = ?, ended_sold = paid, changed_ms = ? where id = ? and state = ?";
    Ok(tx.run(sql, values![ItemState::Leaving.name(), tx.now(), id, ItemState::Attached.name()]).await? == 1)
}

/// Counts what is paid anew for one that leaves.
pub async fn count_paid_again(tx: &Tx, id: AllotmentId) -> Result<()> {
    let sql = "update item set ended_sold = paid, changed_ms = ? where id = ? and state = ?";
    tx.run(sql, values![tx.now(), id, ItemState::Leaving.name()]).await.map(|_| ())
}

/// Notes that the pool of one stands under its first epoch.
pub async fn opened_first(tx: &Tx, id: AllotmentId) -> Result<()> {
    tx.run("update item set epoch = 1 where id = ? and epoch = 0", values![id]).await.map(|_| ())
}

/// One that could not be attached was never there.
pub async fn delete(tx: &Tx, id: AllotmentId) -> Result<()> {
    tx.run("delete from item where id = ?", values![id]).await.map(|_| ())
}

/// Makes a variant busy with an item; false when it is in another session.
pub async fn take_sku(tx: &Tx, sku: SkuId, id: AllotmentId) -> Result<bool> {
    tx.insert_new("insert into busy_sku (sku_id, item_id) values (?, ?)", values![sku, id]).await
}

/// The variant of an item may be in another session.
pub async fn free_sku(tx: &Tx, id: AllotmentId, sku: SkuId) -> Result<()> {
    tx.run("delete from busy_sku where sku_id = ? and item_id = ?", values![sku, id]).await.map(|_| ())
}

/// Whether a session may take one more.
pub async fn has_room(tx: &Tx, activity: ActivityId) -> Result<bool> {
    let sql = "select count(*) from item where activity_id = ? and state <> ?";
    let n = tx.number(sql, values![activity, ItemState::Detached.name()]).await?;
    Ok(n.unwrap_or(0) < MOST_ITEMS)
}

/// How many of a session are in a state.
pub async fn count_in(tx: &Tx, activity: ActivityId, state: ItemState) -> Result<i64> {
    let sql = "select count(*) from item where activity_id = ? and state = ?";
    Ok(tx.number(sql, values![activity, state.name()]).await?.unwrap_or(0))
}

/// Tickets of a session whose orders may still be paid or cancelled.
pub async fn open_tickets(tx: &Tx, activity: ActivityId) -> Result<i64> {
    let sql = "select count(*) from ticket where item_id in (select id from item where activity_id = ?)
               and state in ('ordering', 'won')";
    Ok(tx.number(sql, values![activity]).await?.unwrap_or(0))
}
