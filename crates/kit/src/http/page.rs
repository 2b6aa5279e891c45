//! Lists by cursor: `{items, next}`. A cursor is opaque to the client and holds the sort key of the last item.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::fault::{Error, INVALID};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page from `limit + 1` rows: the row too many only tells that there is a next page.
    pub fn from_rows(mut rows: Vec<T>, limit: usize, cursor_of: impl Fn(&T) -> Cursor) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(|row| cursor_of(row).encode()) } else { None };
        Page { items: rows, next }
    }

    /// The same page with its items changed.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}

/// Where a page starts and how long it is.
#[derive(Clone, Debug, Default, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// `next` of the page before.
    #[garde(length(max = 200))]
    #[param(max_length = 200)]
    pub cursor: Option<String>,
    /// Items a page, 1–100; 20 when absent.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
}

impl PageParams {
    /// Items a page.
    pub fn limit(&self) -> usize {
        usize::from(self.limit.unwrap_or(20).clamp(1, 100))
    }

    /// The cursor, if any; `invalid` when it is not one of ours.
    pub fn cursor(&self) -> Result<Option<Cursor>, Error> {
        self.cursor.as_deref().map(Cursor::decode).transpose()
    }
}

/// Sort key of the last item seen: a number and an id that breaks ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The sort value.
    pub at: i64,
    /// The item's id.
    pub id: i64,
}

impl Cursor {
    /// As opaque text.
    pub fn encode(self) -> String {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.at.to_be_bytes());
        bytes[8..].copy_from_slice(&self.id.to_be_bytes());
        BASE64.encode(bytes)
    }

    /// From opaque text.
    pub fn decode(text: &str) -> Result<Self, Error> {
        let refused = || INVALID.at("cursor", "cursor", "not a cursor of this list");
        let bytes: [u8; 16] = BASE64.decode(text).ok().and_then(|b| b.try_into().ok()).ok_or_else(refused)?;
        let number = |part: &[u8]| part.iter().fold(0i64, |n, b| (n << 8) | i64::from(*b));
        Ok(Cursor { at: number(&bytes[..8]), id: number(&bytes[8..]) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_cursor_reads_back(at: i64, id: i64) {
            let cursor = Cursor { at, id };
            proptest::prop_assert_eq!(Cursor::decode(&cursor.encode()).unwrap(), cursor);
        }

        #[test]
        fn other_text_is_refused_not_crashed(text in ".{0,60}") {
            let _ = Cursor::decode(&text);
        }
    }
}
