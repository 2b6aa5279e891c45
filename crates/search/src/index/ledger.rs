//! Which facts about each product are the newest, whatever the order in which they arrive.
//! Content, sales and stock each have a number of their own; the highest wins. Must never touch the index itself.

use std::collections::HashMap;
use std::sync::Arc;

use super::document::Document;

/// Whether a product can be found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Only sales or stock are known yet.
    #[default]
    Unknown,
    /// It can be found.
    Live,
    /// It was removed; kept so that a late older document does not bring it back.
    Gone,
}

impl Kind {
    /// As stored.
    pub const fn number(self) -> u64 {
        match self {
            Kind::Unknown => 0,
            Kind::Live => 1,
            Kind::Gone => 2,
        }
    }

    /// As read; anything odd is unknown.
    pub const fn of(number: u64) -> Self {
        match number {
            1 => Kind::Live,
            2 => Kind::Gone,
            _ => Kind::Unknown,
        }
    }
}

/// The newest facts about one product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Found, gone or unknown.
    pub kind: Kind,
    /// Version of the content or of the removal.
    pub version: i64,
    /// Units sold.
    pub sales: i64,
    /// Number of that fact; 0 if it came with the content.
    pub sales_seq: i64,
    /// Can be bought.
    pub in_stock: bool,
    /// Number of that fact; 0 if it came with the content.
    pub stock_seq: i64,
}

impl State {
    /// The state that a document alone would give.
    pub const fn of(document: &Document) -> Self {
        State {
            kind: Kind::Live,
            version: document.version,
            sales: document.sales,
            sales_seq: document.sales_seq,
            in_stock: document.in_stock,
            stock_seq: document.stock_seq,
        }
    }

    /// Whether the content of `other` is newer: a removal beats content of the same version.
    pub fn is_behind(&self, other: &State) -> bool {
        let place = |state: &State| match state.kind {
            Kind::Unknown => None,
            Kind::Live => Some((state.version, false)),
            Kind::Gone => Some((state.version, true)),
        };
        place(other) > place(self)
    }

    /// Both taken together, the newest of each part. The order of merging does not matter.
    #[must_use]
    pub fn merged(self, other: &State) -> State {
        let newer = self.is_behind(other);
        let mut merged = self;
        if newer {
            merged.kind = other.kind;
            merged.version = other.version;
        }
        // A removal knows nothing of sales and stock.
        let with_content = newer && other.kind == Kind::Live;
        if other.sales_seq > self.sales_seq || (with_content && self.sales_seq == 0) {
            (merged.sales, merged.sales_seq) = (other.sales, other.sales_seq);
        }
        if other.stock_seq > self.stock_seq || (with_content && self.stock_seq == 0) {
            (merged.in_stock, merged.stock_seq) = (other.in_stock, other.stock_seq);
        }
        merged
    }
}

/// A change that is not in the index yet: the new content, or none if only the state changed.
pub type Change = Option<Arc<Document>>;

/// All states, and what waits to be written.
#[derive(Default)]
pub struct Ledger {
    /// The newest state of every product ever seen.
    pub states: HashMap<i64, State>,
    /// What the next commit writes.
    pub pending: HashMap<i64, Change>,
    /// While a rebuild runs: everything changed since it began.
    pub since_rebuild: Option<HashMap<i64, Change>>,
}

impl Ledger {
    /// Takes news about a product. False if all of it is old.
    pub fn admit(&mut self, spu: i64, news: &State, document: Change) -> bool {
        let known = self.states.get(&spu).copied();
        let before = known.unwrap_or_default();
        let after = before.merged(news);
        if known.is_some() && after == before {
            return false;
        }
        let content = document.filter(|_| before.is_behind(news));
        if let Some(changed) = &mut self.since_rebuild {
            note(changed, spu, content.clone());
        }
        note(&mut self.pending, spu, content);
        self.states.insert(spu, after);
        true
    }

    /// Gives back changes that could not be written; what arrived meanwhile is newer.
    pub fn give_back(&mut self, changes: Vec<(i64, Change, State)>) {
        for (spu, change, _) in changes {
            let waiting = self.pending.entry(spu).or_default();
            if waiting.is_none() {
                *waiting = change;
            }
        }
    }

    /// Takes all that waits, each with its state.
    pub fn take_pending(&mut self) -> Vec<(i64, Change, State)> {
        let pending = std::mem::take(&mut self.pending);
        pending
            .into_iter()
            .map(|(spu, change)| {
                let state = self.states.get(&spu).copied().unwrap_or_default();
                (spu, change, state)
            })
            .collect()
    }
}

fn note(changes: &mut HashMap<i64, Change>, spu: i64, content: Change) {
    let waiting = changes.entry(spu).or_default();
    if content.is_some() {
        *waiting = content;
    }
}
