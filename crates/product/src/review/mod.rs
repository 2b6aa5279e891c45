//! Reviews: only the buyer of a received item, once; one follow-up; operators hide, show and reply.
//!
//! The right to review and the review are one row, which goes `open → shown ⇄ hidden` or `open → closed`; each move is one
//! conditional write. A product's counters change in the same transaction, after the row: nobody waits in a circle.

mod automatic;
mod follow_up;
mod import;
mod list;
mod moderate;
mod open;
mod summary;
mod view;
mod write;

pub use follow_up::FollowUpReview;
pub use list::{AdminReviewParams, PendingParams, ReviewParams};
pub use moderate::{HideReview, ReplyReview};
pub use summary::ReviewSummary;
pub use view::{AdminReview, OwnReview, PendingReview, ReviewCounts, ReviewView};
pub use write::WriteReview;

use contract::{ReviewId, fault};

use crate::content::is_picture;

/// Longest text of a review, a follow-up, a reply, characters.
const TEXT: usize = 500;
/// Pictures of a review, and again of its follow-up.
const PICTURES: usize = 9;
/// The score that an item gets which nobody has reviewed.
const SILENT: i32 = 5;

/// Where a row stands.
mod state {
    /// The item may be reviewed.
    pub const OPEN: &str = "open";
    /// It never was reviewed and may not be.
    pub const CLOSED: &str = "closed";
    /// Everybody sees the review.
    pub const SHOWN: &str = "shown";
    /// Only its author and operators see it.
    pub const HIDDEN: &str = "hidden";
}

/// A score as people sort them: 好评, 中评, 差评.
const fn grade(score: i32) -> &'static str {
    match score {
        4.. => "good",
        3 => "middle",
        _ => "bad",
    }
}

/// Text that people will read: lines are welcome, other control characters are not.
fn readable(text: &str, (): &()) -> garde::Result {
    let plain = text.split('\n').all(crate::content::is_plain);
    if plain { Ok(()) } else { Err(garde::Error::new("has control characters")) }
}

/// The same, and not only white space.
fn said(text: &str, context: &()) -> garde::Result {
    if text.trim().is_empty() { Err(garde::Error::new("is empty")) } else { readable(text, context) }
}

/// Keys of uploads, each once.
fn keys(keys: &[String], (): &()) -> garde::Result {
    let again = keys.iter().enumerate().any(|(n, key)| keys.iter().take(n).any(|before| before == key));
    if again || !keys.iter().all(|key| is_picture(key)) {
        return Err(garde::Error::new("not keys of uploads, each once"));
    }
    Ok(())
}

/// What an upload of a review is kept for: the same for each try to write it.
fn upload_of(review: ReviewId) -> String {
    format!("review:{review}")
}

/// The same of its follow-up.
fn upload_of_follow_up(review: ReviewId) -> String {
    format!("review:{review}:follow-up")
}

/// A name as strangers may read it: `小王` is 小*王.
fn masked(name: &str) -> String {
    let mut chars = name.trim().chars();
    match (chars.next(), chars.next_back()) {
        (Some(first), Some(last)) => format!("{first}*{last}"),
        (Some(only), None) => format!("{only}*"),
        _ => NAMELESS.to_owned(),
    }
}

/// Who wants to be nobody.
const NAMELESS: &str = "匿名用户";

/// Why an item may not be reviewed (again), by where its row stands.
fn refusal(row: &crate::store::review::Review) -> kit::Error {
    let written = matches!(row.state.as_str(), state::SHOWN | state::HIDDEN) && row.automatic == 0;
    if written { fault::REVIEW_EXISTS.into() } else { fault::REVIEW_CLOSED.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_masked_but_for_their_ends() {
        for (name, shown) in [("小王", "小*王"), ("王", "王*"), ("爱喝茶的猫", "爱*猫"), ("  a b ", "a*b"), ("", NAMELESS)]
        {
            assert_eq!(masked(name), shown);
        }
    }

    #[test]
    fn scores_have_grades() {
        assert_eq!([1, 2, 3, 4, 5].map(grade), ["bad", "bad", "middle", "good", "good"]);
    }

    #[test]
    fn texts_and_keys_are_looked_at() {
        assert!(readable("第一行\n第二行", &()).is_ok());
        assert!(readable("零宽\u{200b}", &()).is_err() && readable("\u{7}", &()).is_err());
        assert!(said(" \n", &()).is_err());
        let list = |keys: &[&str]| keys.iter().map(|k| (*k).to_owned()).collect::<Vec<_>>();
        assert!(keys(&list(&["u/review/a", "u/review/b"]), &()).is_ok());
        assert!(keys(&list(&["u/review/a", "u/review/a"]), &()).is_err());
        assert!(keys(&list(&["../etc"]), &()).is_err());
    }
}
