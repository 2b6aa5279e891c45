//! Favourites and footprints: two tables of the same columns, and one row for each shopper who has any.

use contract::{Fen, SpuId, UserId};
use kit::http::Cursor;
use kit::sea_orm::{self, FromQueryResult};
use kit::{Db, Result, Time, Tx, values};

/// Which of the two tables.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Favourite,
    Footprint,
}

impl Kind {
    const fn table(self) -> &'static str {
        match self {
            Kind::Favourite => "favourite",
            Kind::Footprint => "footprint",
        }
    }
}

/// A kept product, with what the product says of itself now.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Row {
    pub spu_id: SpuId,
    pub price_then_fen: Fen,
    pub at_ms: Time,
    pub title: String,
    pub picture: Option<String>,
    pub price_fen: Fen,
    pub list_price_fen: Fen,
    pub state: String,
}

/// First statement of every change: what a shopper keeps changes one after the other.
pub async fn open(tx: &Tx, user: UserId) -> Result<()> {
    let now = tx.now();
    let hold = "update keeper set changed_ms = ? where user_id = ?";
    if tx.run(hold, values![now, user]).await? == 0 {
        tx.insert_new("insert into keeper (user_id, favourites, changed_ms) values (?, 0, ?)", values![user, now]).await?;
        // Whoever lost that insert waits here for the winner.
        tx.run(hold, values![now, user]).await?;
    }
    Ok(())
}

/// Lowest price of a product, if it is on the shelf.
pub async fn price_on_shelf(tx: &Tx, spu: SpuId) -> Result<Option<Fen>> {
    Ok(tx.number("select price_fen from spu where id = ? and state = 'listed'", values![spu]).await?.map(Fen))
}

pub async fn is_there(tx: &Tx, kind: Kind, user: UserId, spu: SpuId) -> Result<bool> {
    let sql = format!("select 1 from {} where user_id = ? and spu_id = ?", kind.table());
    Ok(tx.number(&sql, values![user, spu]).await?.is_some())
}

/// Whether a shopper keeps a product as a favourite.
pub async fn is_favourite(db: &Db, user: UserId, spu: SpuId) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Found {
        n: i64,
    }
    let sql = "select count(*) as n from favourite where user_id = ? and spu_id = ?";
    Ok(db.fresh::<Found>(sql, values![user, spu]).await?.is_some_and(|found| found.n > 0))
}

/// Takes a place among the favourites, if one is free.
pub async fn take_place(tx: &Tx, user: UserId, places: u32) -> Result<bool> {
    let sql = "update keeper set favourites = favourites + 1 where user_id = ? and favourites < ?";
    Ok(tx.run(sql, values![user, i64::from(places)]).await? == 1)
}

pub async fn free_place(tx: &Tx, user: UserId) -> Result<()> {
    tx.run("update keeper set favourites = favourites - 1 where user_id = ?", values![user]).await.map(|_| ())
}

pub async fn insert(tx: &Tx, kind: Kind, user: UserId, spu: SpuId, price: Fen) -> Result<()> {
    let sql = format!("insert into {} (user_id, spu_id, price_fen, at_ms) values (?, ?, ?, ?)", kind.table());
    tx.run(&sql, values![user, spu, price, tx.now()]).await.map(|_| ())
}

/// Price and time of now; false when it is not there.
pub async fn renew(tx: &Tx, kind: Kind, user: UserId, spu: SpuId, price: Fen) -> Result<bool> {
    let sql = format!("update {} set price_fen = ?, at_ms = ? where user_id = ? and spu_id = ?", kind.table());
    Ok(tx.run(&sql, values![price, tx.now(), user, spu]).await? == 1)
}

/// Deletes all but the latest.
pub async fn prune(tx: &Tx, kind: Kind, user: UserId, kept: u32) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Last {
        at_ms: Time,
        spu_id: SpuId,
    }
    let table = kind.table();
    let sql = format!("select at_ms, spu_id from {table} where user_id = ? order by at_ms desc, spu_id desc limit 1 offset ?");
    let Some(last) = tx.one::<Last>(&sql, values![user, i64::from(kept)]).await? else { return Ok(()) };
    let sql = format!("delete from {table} where user_id = ? and (at_ms < ? or (at_ms = ? and spu_id <= ?))");
    tx.run(&sql, values![user, last.at_ms, last.at_ms, last.spu_id]).await.map(|_| ())
}

/// Deletes one; false when it is not there.
pub async fn delete(tx: &Tx, kind: Kind, user: UserId, spu: SpuId) -> Result<bool> {
    let sql = format!("delete from {} where user_id = ? and spu_id = ?", kind.table());
    Ok(tx.run(&sql, values![user, spu]).await? == 1)
}

pub async fn delete_all(tx: &Tx, kind: Kind, user: UserId) -> Result<()> {
    tx.run(&format!("delete from {} where user_id = ?", kind.table()), values![user]).await.map(|_| ())
}

/// A shopper's rows, latest first, below a cursor.
pub async fn page(db: &Db, kind: Kind, user: UserId, below: Option<Cursor>, rows: usize) -> Result<Vec<Row>> {
    let below = below.unwrap_or(Cursor { at: i64::MAX, id: i64::MAX });
    let sql = format!(
        "select k.spu_id, k.price_fen as price_then_fen, k.at_ms, p.title, p.picture, p.price_fen, p.list_price_fen, p.state \
         from {} k join spu p on p.id = k.spu_id where k.user_id = ? and (k.at_ms < ? or (k.at_ms = ? and k.spu_id < ?)) \
         order by k.at_ms desc, k.spu_id desc limit ?",
        kind.table()
    );
    super::fresh_all(db, &sql, values![user, below.at, below.at, below.id, rows as i64]).await
}
