//! Opens a pool anew from what the database knows: after its data was lost, or after a pause.

use contract::UserId;
use kit::sea_orm::{self, FromQueryResult};
use kit::{Error, Result, Time, values};
use rush::{Carried, Opening, Token, Units};

use crate::Seckill;
use crate::pools::pool_id;
use crate::store::Rows as _;
use crate::store::activity::activity;
use crate::store::item::ItemRow;

#[derive(FromQueryResult)]
struct Row {
    user_id: UserId,
    token: String,
    qty: i32,
    taken_ms: Time,
}

fn token(text: &str) -> Result<Token> {
    let mut token = [0; 16];
    for (n, byte) in token.iter_mut().enumerate() {
        let digits = text.get(2 * n..2 * n + 2).ok_or_else(|| Error::internal("a token is too short"))?;
        *byte = u8::from_str_radix(digits, 16).map_err(Error::internal)?;
    }
    Ok(Token(token))
}

impl Seckill {
    /// Closes a pool, counts what stands, and opens it under the next epoch.
    pub(crate) async fn recount(&self, item: &ItemRow) -> Result<()> {
        let Some(session) = activity(&self.db, item.activity).await? else { return Ok(()) };
        let pool = self.pool(item);
        pool.close(pool_id(item)).await?;
        let sql = "select user_id, token, qty, taken_ms from ticket where item_id = ? and state in ('ordering', 'won', 'paid')";
        let rows: Vec<Row> = self.db.rows(sql, values![item.id]).await?;
        let mut carried = Vec::with_capacity(rows.len());
        for row in &rows {
            let qty = u32::try_from(row.qty).map_err(Error::internal)?;
            let user = rush::UserId(row.user_id.0);
            carried.push(Carried { user, token: token(&row.token)?, qty, amount: None, at: row.taken_ms, given_back: false });
        }
        let taken: u32 = carried.iter().map(|c| c.qty).sum();
        let epoch = item.epoch + 1;
        let terms = self.terms(item, session.starts, session.ends);
        let left = Units::Alike(item.quota.saturating_sub(taken));
        pool.open(Opening { pool: pool_id(item), epoch, terms, left, carried }).await?;
        let epoch = i64::try_from(epoch).map_err(Error::internal)?;
        self.db.run("update item set epoch = ? where id = ? and epoch < ?", values![epoch, item.id, epoch]).await.map(|_| ())
    }
}
