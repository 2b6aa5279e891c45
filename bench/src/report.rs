//! The figures as a table for people.

use serde::Serialize;

use crate::load::Figures;

/// One scene on one kind of store: the mall beside the floor.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Stores.
    pub stores: &'static str,
    /// Scene.
    pub scene: &'static str,
    /// Bytes of an answer.
    pub bytes: usize,
    /// The mall.
    pub mall: Figures,
    /// The floor.
    pub floor: Figures,
    /// Requests a second of the mall by those of the floor.
    pub ratio: f64,
}

/// Prints the table.
pub fn print(rows: &[Row]) {
    let mut text = format!(
        "{:9} {:18} {:>7} {:>10} {:>9} {:>9} {:>9} {:>10} {:>9} {:>7} {:>8}\n",
        "stores", "scene", "bytes", "req/s", "p50 ms", "p99 ms", "cpu µs", "floor/s", "floor µs", "ratio", "refused"
    );
    for row in rows {
        let m = &row.mall;
        text += &format!(
            "{:9} {:18} {:>7} {:>10.0} {:>9.2} {:>9.2} {:>9.0} {:>10.0} {:>9.0} {:>7.3} {:>8}\n",
            row.stores,
            row.scene,
            row.bytes,
            m.per_second,
            m.p50_ms,
            m.p99_ms,
            m.cpu_us,
            row.floor.per_second,
            row.floor.cpu_us,
            row.ratio,
            m.refused
        );
    }
    let _ = std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes());
}
