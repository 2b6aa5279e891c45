//! The demo store's pictures: every product, banner and category picture is drawn by this code, as SVG and as JPEG, on demand. The same
//! key gives the same bytes. Knows nothing of the catalogue, of files or of the network; the catalogue names keys and this draws them.
//!
//! Keys: `p/{kind}/{number}/{view}` for a product, where view is `0` main, `1` another colour, `2` close-up, `3` a pair, `4` flat-lay,
//! `c0`–`c4` the main picture in the product's n-th colour, `d0`–`d2` the long pictures; `b/1`–`b/3` for a banner; `c/{kind}` for
//! the icon of a category.

mod bags;
mod banner;
mod care;
mod food;
pub mod kinds;
mod kitchen;
mod machine;
pub mod palette;
mod paper;
mod play;
mod render;
mod room;
mod scene;
mod sketch;
#[cfg(test)]
mod tests;
mod wear;

pub use render::{WIDTHS, render_jpeg};
use scene::{Scene, Subject};

/// The scene that a key names.
fn scene(key: &str) -> Option<Scene> {
    let mut parts = key.split('/');
    let found = match (parts.next()?, parts.next()?) {
        ("b", nth) => banner::banner(digits(nth)?)?,
        ("c", name) => Subject::new(kinds::kind(name)?, 7).icon(),
        ("p", name) => {
            let subject = Subject::new(kinds::kind(name)?, digits(parts.next()?)?);
            view(&subject, parts.next()?)?
        }
        _ => return None,
    };
    parts.next().is_none().then_some(found)
}

fn view(subject: &Subject, name: &str) -> Option<Scene> {
    Some(match name {
        "0" => subject.main(0),
        "1" => subject.main(1),
        "2" => subject.close_up(),
        "3" => subject.pair(),
        "4" => subject.flat_lay(),
        "c0" => subject.main(0),
        "c1" => subject.main(1),
        "c2" => subject.main(2),
        "c3" => subject.main(3),
        "c4" => subject.main(4),
        "d0" => subject.detail(0),
        "d1" => subject.detail(1),
        "d2" => subject.detail(2),
        _ => return None,
    })
}

/// A number written the one way: digits only, no leading zero, so that one picture has one key.
fn digits(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// The picture as SVG text, or nothing for a key that names none.
#[must_use]
pub fn svg(key: &str) -> Option<String> {
    scene(key).map(|scene| scene.svg)
}

/// The key of banner `nth` (1 to 3) of the home page, 1125 × 480.
#[must_use]
pub fn banner(nth: u32) -> Option<String> {
    (1..=3).contains(&nth).then(|| format!("b/{nth}"))
}

/// The key of the icon for goods of `kind`.
#[must_use]
pub fn category(kind: &str) -> Option<String> {
    kinds::kind(kind).map(|kind| format!("c/{}", kind.name))
}

/// The key of one view of product `number`.
#[must_use]
pub fn product(kind: &str, number: u32, view: &str) -> String {
    format!("p/{kind}/{number}/{view}")
}
