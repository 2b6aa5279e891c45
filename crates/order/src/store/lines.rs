//! Lines of orders: what was bought, as it was sold.

use contract::order::SoldLine;
use contract::product::Spec;
use contract::promotion::Share;
use contract::{Fen, OrderId, OrderLineId, SkuId, SpuId};
use kit::db::{Tx, marks};
use kit::sea_orm::{self, FromQueryResult};
use kit::{Error, Result, values};

use super::Rows;
use crate::view::OrderedLine;

/// A line, as stored.
#[derive(Clone, Debug, FromQueryResult)]
pub struct LineRow {
    /// Its id.
    pub id: OrderLineId,
    /// Of which order.
    pub order_id: OrderId,
    /// The variant.
    pub sku_id: SkuId,
    /// The product.
    pub spu_id: SpuId,
    /// Version of the product.
    pub spu_version: i64,
    /// Code on the label.
    pub code: String,
    /// Title.
    pub title: String,
    /// What tells it from its siblings, JSON.
    pub specs: String,
    /// Picture.
    pub picture: Option<String>,
    /// Unit.
    pub unit: String,
    /// 划线价.
    pub list_price_fen: Fen,
    /// Price of one before promotions.
    pub unit_price_fen: Fen,
    /// How many.
    pub qty: i32,
    /// Unit price times quantity.
    pub amount_fen: Fen,
    /// Sum of the shares.
    pub discount_fen: Fen,
    /// What the line cost.
    pub payable_fen: Fen,
    /// Shares of each discount, JSON.
    pub shares: String,
}

const LINE: &str = "id, order_id, sku_id, spu_id, spu_version, code, title, specs, picture, unit, list_price_fen, unit_price_fen,
    qty, amount_fen, discount_fen, payable_fen, shares";

impl LineRow {
    /// As shown.
    pub fn shown(self) -> Result<OrderedLine> {
        let specs: Vec<Spec> = serde_json::from_str(&self.specs)?;
        let shares: Vec<Share> = serde_json::from_str(&self.shares)?;
        Ok(OrderedLine {
            id: self.id,
            sku_id: self.sku_id,
            spu_id: self.spu_id,
            code: self.code,
            title: self.title,
            specs,
            picture: self.picture,
            unit: self.unit,
            list_price_fen: self.list_price_fen,
            unit_price_fen: self.unit_price_fen,
            qty: u32::try_from(self.qty).map_err(Error::internal)?,
            amount_fen: self.amount_fen,
            discount_fen: self.discount_fen,
            payable_fen: self.payable_fen,
            shares,
        })
    }
}

/// Records lines, each with its number within its order, in one statement.
pub async fn insert_lines(tx: &Tx, lines: &[(i32, &LineRow)]) -> Result<()> {
    let rows = vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"; lines.len()].join(", ");
    let sql = format!("insert into order_line ({LINE}, line_no) values {rows}");
    let values = lines.iter().flat_map(|(line_no, line)| {
        values![
            line.id,
            line.order_id,
            line.sku_id,
            line.spu_id,
            line.spu_version,
            line.code.as_str(),
            line.title.as_str(),
            line.specs.as_str(),
            line.picture.clone(),
            line.unit.as_str(),
            line.list_price_fen,
            line.unit_price_fen,
            line.qty,
            line.amount_fen,
            line.discount_fen,
            line.payable_fen,
            line.shares.as_str(),
            *line_no,
        ]
    });
    tx.run(&sql, values.collect()).await.map(|_| ())
}

/// Lines of an order, in their order.
pub async fn lines(from: &impl Rows, order: OrderId) -> Result<Vec<LineRow>> {
    let sql = format!("select {LINE} from order_line where order_id = ? order by line_no limit 200");
    from.rows(&sql, values![order]).await
}

/// The first `n` lines of each of these orders.
pub async fn first_lines(from: &impl Rows, orders: &[OrderId], n: i32) -> Result<Vec<LineRow>> {
    if orders.is_empty() {
        return Ok(vec![]);
    }
    let sql = format!(
        "select {LINE} from order_line where order_id in ({}) and line_no < ? order by order_id, line_no limit 1000",
        marks(orders.len())
    );
    let values = orders.iter().map(|id| (*id).into()).chain([n.into()]).collect();
    from.rows(&sql, values).await
}

/// How many lines and pieces an order has.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Totals {
    /// Which order.
    pub order_id: OrderId,
    /// Lines.
    pub line_count: i64,
    /// Pieces.
    pub qty: i64,
}

/// How many lines and pieces these orders have.
pub async fn totals(from: &impl Rows, orders: &[OrderId]) -> Result<Vec<Totals>> {
    if orders.is_empty() {
        return Ok(vec![]);
    }
    // A sum is a decimal on MySQL.
    let sql = format!(
        "select order_id, count(*) as line_count, cast(sum(qty) as signed) as qty from order_line where order_id in ({})
         group by order_id",
        marks(orders.len())
    );
    from.rows(&sql, orders.iter().map(|id| (*id).into()).collect()).await
}

#[derive(FromQueryResult)]
struct SoldRow {
    spu_id: SpuId,
    sku_id: SkuId,
    qty: i32,
}

/// Lines of an order as news tell them.
pub async fn sold_lines(from: &impl Rows, order: OrderId) -> Result<Vec<SoldLine>> {
    let sql = "select spu_id, sku_id, qty from order_line where order_id = ? order by line_no limit 200";
    let rows: Vec<SoldRow> = from.rows(sql, values![order]).await?;
    let line =
        |row: SoldRow| Ok(SoldLine { spu: row.spu_id, sku: row.sku_id, qty: u32::try_from(row.qty).map_err(Error::internal)? });
    rows.into_iter().map(line).collect()
}
