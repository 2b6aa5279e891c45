//! Reviews, the rights to write them, and each product's counters.

use contract::{OrderId, ReviewId, SkuId, SpuId, UserId};
use kit::http::Cursor;
use kit::sea_orm::{self, FromQueryResult, Value};
use kit::{Db, Result, Time, Tx, values};

/// The right to review an item, and the review once it is written.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Review {
    pub id: ReviewId,
    pub imported: i32,
    /// None when it is imported.
    pub order_id: Option<OrderId>,
    pub sku_id: SkuId,
    pub spu_id: SpuId,
    pub user_id: UserId,
    pub title: String,
    /// JSON list of name and value.
    pub specs: String,
    pub picture: Option<String>,
    pub received_ms: Time,
    pub state: String,
    pub score: i32,
    pub words: String,
    /// JSON list of keys.
    pub pictures: String,
    pub anonymous: i32,
    pub automatic: i32,
    /// Masked.
    pub author: String,
    pub avatar: Option<String>,
    /// 0 until it is written.
    pub created_ms: Time,
    pub with_pictures: i32,
    pub with_follow_up: i32,
    pub follow_up: String,
    /// JSON list of keys.
    pub follow_up_pictures: String,
    pub follow_up_ms: Time,
    pub reply: String,
    /// 0 without one.
    pub reply_ms: Time,
    pub hidden_reason: String,
}

const COLUMNS: &str = "id, imported, order_id, sku_id, spu_id, user_id, title, specs, picture, received_ms, state, score, words, \
                       pictures, anonymous, automatic, author, avatar, created_ms, with_pictures, with_follow_up, follow_up, \
                       follow_up_pictures, follow_up_ms, reply, reply_ms, hidden_reason";

/// Notes an order's news before anything else, so that they come one after the other; gives whether its money went back.
pub async fn open_order(tx: &Tx, order: OrderId, refunded: bool) -> Result<bool> {
    let new = "insert into review_order (order_id, refunded) values (?, ?)";
    if tx.insert_new(new, values![order, i32::from(refunded)]).await? {
        return Ok(refunded);
    }
    let again = "update review_order set refunded = case when ? = 1 then 1 else refunded end where order_id = ?";
    tx.run(again, values![i32::from(refunded), order]).await?;
    let sql = "select cast(refunded as signed) from review_order where order_id = ?";
    Ok(tx.number(sql, values![order]).await? == Some(1))
}

/// What a right says of its item.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Item {
    pub sku_id: SkuId,
    pub spu_id: SpuId,
    pub title: String,
    pub specs: String,
    pub picture: Option<String>,
}

/// A variant as it is shown now.
pub async fn item(tx: &Tx, sku: SkuId) -> Result<Option<Item>> {
    let sql = "select k.id as sku_id, k.spu as spu_id, p.title, k.specs, coalesce(k.picture, p.picture) as picture
               from sku k join spu p on p.id = k.spu where k.id = ?";
    tx.one(sql, values![sku]).await
}

/// A new row that holds nothing yet but the item.
const NEW: &str = "insert into review (id, source_id, imported, order_id, sku_id, spu_id, user_id, title, specs, picture, \
                   received_ms, state, score, grade, words, pictures, anonymous, automatic, author, avatar, created_ms, \
                   with_pictures, with_follow_up, follow_up, follow_up_pictures, follow_up_ms, reply, reply_ms, reply_by, \
                   hidden_reason, hidden_by) \
                   values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '', '[]', 0, 0, '', null, 0, 0, 0, '', '[]', 0, '', 0, 0, '', 0)";

/// A new right; false when the item has one.
pub async fn insert_right(tx: &Tx, order: OrderId, user: UserId, item: &Item, state: &str) -> Result<bool> {
    let id: ReviewId = tx.id();
    let none: Option<i64> = None;
    let (specs, picture) = (item.specs.as_str(), item.picture.as_deref());
    let row = values![id, none, 0, order, item.sku_id, item.spu_id, user, item.title.as_str(), specs, picture, tx.now(), state];
    tx.insert_new(NEW, row).await
}

/// A new row for a review from elsewhere; none when its number is here already.
pub async fn insert_imported(tx: &Tx, source: i64, item: &Item, at: Time) -> Result<Option<ReviewId>> {
    let id: ReviewId = tx.id();
    let none: Option<i64> = None;
    let (specs, picture) = (item.specs.as_str(), item.picture.as_deref());
    let row = values![id, source, 1, none, item.sku_id, item.spu_id, 0_i64, item.title.as_str(), specs, picture, at, "open"];
    Ok(tx.insert_new(NEW, row).await?.then_some(id))
}

/// Closes what is still open of an order.
pub async fn close_order(tx: &Tx, order: OrderId) -> Result<()> {
    let sql = "update review set state = 'closed' where order_id = ? and state = 'open'";
    tx.run(sql, values![order]).await.map(|_| ())
}

/// A shopper's own item, whatever has become of it.
pub async fn own_item(db: &Db, user: UserId, order: OrderId, sku: SkuId) -> Result<Option<Review>> {
    let sql = format!("select {COLUMNS} from review where order_id = ? and sku_id = ? and user_id = ?");
    db.fresh(&sql, values![order, sku, user]).await
}

/// What may still be reviewed of an order.
pub async fn open_of(db: &Db, order: OrderId) -> Result<Vec<Review>> {
    let sql = format!("select {COLUMNS} from review where order_id = ? and state = 'open' order by id limit 200");
    super::fresh_all(db, &sql, values![order]).await
}

/// A shopper's own written review.
pub async fn own(db: &Db, user: UserId, id: ReviewId) -> Result<Option<Review>> {
    let sql = format!("select {COLUMNS} from review where id = ? and user_id = ? and created_ms > 0");
    db.fresh(&sql, values![id, user]).await
}

pub async fn by_id(tx: &Tx, id: ReviewId) -> Result<Option<Review>> {
    tx.one(&format!("select {COLUMNS} from review where id = ?"), values![id]).await
}

/// What is written into an open row.
#[derive(Clone, Debug)]
pub struct Written<'a> {
    pub score: i32,
    pub grade: &'static str,
    pub words: &'a str,
    pub pictures: &'a [String],
    pub anonymous: bool,
    pub automatic: bool,
    pub author: &'a str,
    pub avatar: Option<&'a str>,
    pub at: Time,
}

/// Writes a review into an open row; false when it is not open (any more).
pub async fn write(tx: &Tx, id: ReviewId, review: &Written<'_>) -> Result<bool> {
    let sql = "update review set state = 'shown', score = ?, grade = ?, words = ?, pictures = ?, anonymous = ?, automatic = ?, \
               author = ?, avatar = ?, created_ms = ?, with_pictures = ? where id = ? and state = 'open'";
    let row = values![
        review.score,
        review.grade,
        review.words,
        serde_json::to_string(review.pictures)?,
        i32::from(review.anonymous),
        i32::from(review.automatic),
        review.author,
        review.avatar,
        review.at,
        i32::from(!review.pictures.is_empty()),
        id
    ];
    Ok(tx.run(sql, row).await? == 1)
}

/// Adds the one follow-up to a shown review that was written after `since`; false when there is one, or it may not be.
pub async fn follow_up(tx: &Tx, id: ReviewId, words: &str, pictures: &[String], at: Time, since: Time) -> Result<bool> {
    let sql = "update review set follow_up = ?, follow_up_pictures = ?, follow_up_ms = ?, with_follow_up = 1 \
               where id = ? and state = 'shown' and with_follow_up = 0 and created_ms > ?";
    Ok(tx.run(sql, values![words, serde_json::to_string(pictures)?, at, id, since]).await? == 1)
}

/// Notes that there are pictures now; false when there were some.
pub async fn has_pictures(tx: &Tx, id: ReviewId) -> Result<bool> {
    Ok(tx.run("update review set with_pictures = 1 where id = ? and with_pictures = 0", values![id]).await? == 1)
}

/// From one state to the other; false when it was not there.
pub async fn turn(tx: &Tx, id: ReviewId, from: &str, to: &str, reason: &str, operator: i64) -> Result<bool> {
    let sql = "update review set state = ?, hidden_reason = ?, hidden_by = ? where id = ? and state = ?";
    Ok(tx.run(sql, values![to, reason, operator, id, from]).await? == 1)
}

/// The shop's answer, in place of the one before; false when there is no such review.
pub async fn reply(tx: &Tx, id: ReviewId, words: &str, at: Time, operator: i64) -> Result<bool> {
    let sql = "update review set reply = ?, reply_ms = ?, reply_by = ? where id = ? and created_ms > 0";
    Ok(tx.run(sql, values![words, at, operator, id]).await? == 1)
}

/// Which reviews a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listed<'a> {
    pub spu: Option<SpuId>,
    pub state: Option<&'a str>,
    pub grade: Option<&'a str>,
    pub with_pictures: bool,
    pub with_follow_up: bool,
}

/// Written reviews, latest first, below a cursor.
pub async fn page(db: &Db, listed: Listed<'_>, below: Option<Cursor>, rows: usize) -> Result<Vec<Review>> {
    let mut sql = format!("select {COLUMNS} from review where created_ms > 0");
    let mut values: Vec<Value> = Vec::new();
    if let Some(spu) = listed.spu {
        sql.push_str(" and spu_id = ?");
        values.push(spu.into());
    }
    for (column, value) in [("state", listed.state), ("grade", listed.grade)] {
        if let Some(value) = value {
            sql.push_str(&format!(" and {column} = ?"));
            values.push(value.into());
        }
    }
    for (column, wanted) in [("with_pictures", listed.with_pictures), ("with_follow_up", listed.with_follow_up)] {
        if wanted {
            sql.push_str(&format!(" and {column} = 1"));
        }
    }
    below_created(&mut sql, &mut values, below, rows);
    db.all(&sql, values).await
}

/// A shopper's own reviews, latest first, below a cursor.
pub async fn own_page(db: &Db, user: UserId, below: Option<Cursor>, rows: usize) -> Result<Vec<Review>> {
    let mut sql = format!("select {COLUMNS} from review where user_id = ? and created_ms > 0");
    let mut values = values![user];
    below_created(&mut sql, &mut values, below, rows);
    super::fresh_all(db, &sql, values).await
}

fn below_created(sql: &mut String, values: &mut Vec<Value>, below: Option<Cursor>, rows: usize) {
    if let Some(below) = below {
        sql.push_str(" and (created_ms < ? or (created_ms = ? and id < ?))");
        values.extend(values![below.at, below.at, below.id]);
    }
    sql.push_str(" order by created_ms desc, id desc limit ?");
    values.push((rows as i64).into());
}

/// What a shopper may review, the latest received first, below a cursor; of one order, or all.
pub async fn open_page(db: &Db, user: UserId, order: Option<OrderId>, below: Option<Cursor>, rows: usize) -> Result<Vec<Review>> {
    let mut sql = format!("select {COLUMNS} from review where user_id = ? and state = 'open'");
    let mut values = values![user];
    if let Some(order) = order {
        sql.push_str(" and order_id = ?");
        values.push(order.into());
    }
    if let Some(below) = below {
        sql.push_str(" and (received_ms < ? or (received_ms = ? and id < ?))");
        values.extend(values![below.at, below.at, below.id]);
    }
    sql.push_str(" order by received_ms desc, id desc limit ?");
    values.push((rows as i64).into());
    super::fresh_all(db, &sql, values).await
}

/// How many items a shopper may review.
pub async fn open_count(db: &Db, user: UserId) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let sql = "select count(*) as n from review where user_id = ? and state = 'open'";
    let row: Option<Count> = db.fresh(sql, values![user]).await?;
    Ok(row.map_or(0, |r| r.n))
}

/// A product's counters: what is shown, by score, with pictures, with a follow-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Tally {
    pub score_1: i64,
    pub score_2: i64,
    pub score_3: i64,
    pub score_4: i64,
    pub score_5: i64,
    pub with_pictures: i64,
    pub with_follow_up: i64,
}

impl Tally {
    /// What one review counts.
    pub fn of(review: &Review) -> Tally {
        let at = |score: i32| i64::from(review.score == score);
        Tally {
            score_1: at(1),
            score_2: at(2),
            score_3: at(3),
            score_4: at(4),
            score_5: at(5),
            with_pictures: review.with_pictures.into(),
            with_follow_up: review.with_follow_up.into(),
        }
    }
}

/// Adds to a product's counters, or takes away (`times` is 1 or −1).
pub async fn count(tx: &Tx, spu: SpuId, tally: Tally, times: i64) -> Result<()> {
    let sql = "update review_summary set score_1 = score_1 + ?, score_2 = score_2 + ?, score_3 = score_3 + ?, \
               score_4 = score_4 + ?, score_5 = score_5 + ?, with_pictures = with_pictures + ?, \
               with_follow_up = with_follow_up + ? where spu_id = ?";
    let Tally { score_1, score_2, score_3, score_4, score_5, with_pictures, with_follow_up } = tally;
    let parts = [score_1, score_2, score_3, score_4, score_5, with_pictures, with_follow_up];
    let mut row: Vec<Value> = parts.iter().map(|n| (n * times).into()).collect();
    row.push(spu.into());
    if tx.run(sql, row.clone()).await? == 0 {
        let new = "insert into review_summary (spu_id, score_1, score_2, score_3, score_4, score_5, with_pictures, \
                   with_follow_up) values (?, 0, 0, 0, 0, 0, 0, 0)";
        // Whoever lost that insert waits here for the winner.
        tx.insert_new(new, values![spu]).await?;
        tx.run(sql, row).await?;
    }
    Ok(())
}

/// A product's counters.
pub async fn tally(db: &Db, spu: SpuId) -> Result<Tally> {
    let sql = "select score_1, score_2, score_3, score_4, score_5, with_pictures, with_follow_up from review_summary \
               where spu_id = ?";
    Ok(db.fresh(sql, values![spu]).await?.unwrap_or_default())
}

/// The product that was imported under this number.
pub async fn spu_of_source(tx: &Tx, source: i64) -> Result<Option<Item>> {
    let sql = "select cast(0 as signed) as sku_id, id as spu_id, title, '[]' as specs, picture from spu where source_id = ?";
    tx.one(sql, values![source]).await
}
