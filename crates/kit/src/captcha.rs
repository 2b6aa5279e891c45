//! 图形验证码: a few characters that people read and programs have to work for, as SVG. Glyphs are strokes of our own, each drawn a
//! little differently every time: turned, shifted, stretched and shaken in whole numbers, so that no two letters have a path in common.
//! Pure but for the dice. Must never know what it protects, nor keep the answer.

use std::fmt::Write as _;

use crate::random;

/// Characters of a captcha.
pub const LENGTH: usize = 4;

/// What is drawn: capital letters and digits that are not taken for one another.
pub const ALPHABET: &str = "ACDEFHJKMNPRTVXY234679";

/// Size of the drawing, in tenths of a pixel.
const WIDTH: i64 = 1600;
const HEIGHT: i64 = 560;
/// Middle of the first character, and from each to the next.
const FIRST: i64 = 250;
const STEP: i64 = 366;

/// Ink, all of the mall's palette and dark enough on its paper.
const INKS: [&str; 5] = ["#b3382c", "#33363b", "#7a4a2b", "#2f6b5a", "#8a3b62"];
const PAPER: &str = "#faf6f1";

/// Sines and cosines of 0°, 4°, … 24°, in thousandths.
const TURNS: [(i64, i64); 7] = [(0, 1000), (70, 998), (139, 990), (208, 978), (276, 961), (342, 940), (407, 914)];

/// A stroke through points of a box 60 wide and 100 high.
type Stroke = &'static [(i64, i64)];

/// Gives a number below its argument.
type Dice<'a> = &'a mut dyn FnMut(u64) -> u64;

const BOWL: Stroke = &[(4, 2), (36, 2), (54, 12), (56, 34), (40, 52), (4, 52)];

fn glyph(letter: char) -> &'static [Stroke] {
    match letter {
        'A' => &[&[(0, 100), (30, 0), (60, 100)], &[(12, 64), (48, 64)]],
        'C' => &[&[(58, 18), (42, 2), (16, 4), (3, 30), (3, 70), (16, 96), (42, 98), (58, 82)]],
        'D' => &[&[(4, 0), (4, 100)], &[(4, 0), (36, 4), (56, 26), (58, 50), (56, 74), (36, 96), (4, 100)]],
        'E' => &[&[(56, 0), (4, 0), (4, 100), (56, 100)], &[(4, 48), (46, 48)]],
        'F' => &[&[(56, 0), (4, 0), (4, 100)], &[(4, 48), (46, 48)]],
        'H' => &[&[(4, 0), (4, 100)], &[(56, 0), (56, 100)], &[(4, 50), (56, 50)]],
        'J' => &[&[(24, 0), (58, 0)], &[(46, 0), (46, 74), (38, 96), (18, 98), (4, 80)]],
        'K' => &[&[(4, 0), (4, 100)], &[(54, 0), (6, 56)], &[(20, 42), (58, 100)]],
        'M' => &[&[(2, 100), (6, 0), (30, 60), (54, 0), (58, 100)]],
        'N' => &[&[(4, 100), (4, 0), (56, 100), (56, 0)]],
        'P' => &[&[(4, 100), (4, 0)], BOWL],
        'R' => &[&[(4, 100), (4, 0)], BOWL, &[(28, 52), (58, 100)]],
        'T' => &[&[(2, 0), (58, 0)], &[(30, 0), (30, 100)]],
        'V' => &[&[(2, 0), (30, 100), (58, 0)]],
        'X' => &[&[(4, 0), (56, 100)], &[(56, 0), (4, 100)]],
        'Y' => &[&[(2, 0), (30, 48), (58, 0)], &[(30, 48), (30, 100)]],
        '2' => &[&[(4, 22), (14, 4), (40, 2), (54, 18), (50, 42), (4, 100), (58, 100)]],
        '3' => &[&[(6, 8), (28, 0), (50, 12), (50, 34), (26, 46), (52, 60), (56, 82), (36, 100), (4, 92)]],
        '4' => &[&[(44, 100), (44, 0), (2, 66), (60, 66)]],
        '6' => &[&[(50, 4), (24, 20), (6, 52), (8, 84), (30, 100), (52, 88), (52, 64), (32, 52), (8, 64)]],
        '7' => &[&[(2, 0), (58, 0), (20, 100)]],
        '9' => &[&[(54, 30), (40, 48), (14, 46), (4, 26), (14, 4), (40, 0), (54, 18), (54, 40), (44, 78), (20, 100)]],
        _ => &[],
    }
}

/// New characters.
pub fn text() -> String {
    let letters = ALPHABET.as_bytes();
    let letter = || usize::try_from(random::below(letters.len() as u64)).ok().and_then(|at| letters.get(at)).copied();
    (0..LENGTH).filter_map(|_| letter()).map(char::from).collect()
}

/// An answer as it is compared: capitals, without the spaces that people type.
pub fn normal(answer: &str) -> String {
    answer.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
}

/// The characters as SVG, with dice from the system.
pub fn draw(text: &str) -> String {
    draw_with(text, &mut random::below)
}

/// The characters as SVG: `dice(n)` gives a number below `n`.
pub fn draw_with(text: &str, dice: Dice<'_>) -> String {
    let mut paths = Vec::new();
    for (at, letter) in (0_i64..).zip(text.chars()) {
        let middle = (FIRST + STEP * at + around(dice, 40), HEIGHT / 2 + around(dice, 24));
        let place = Place::cast(middle, dice);
        // One ink for a character: people see by it what belongs together.
        let ink = ink(dice);
        paths.extend(glyph(letter).iter().map(|stroke| line(&points(stroke, &place, dice), ink, dice)));
    }
    for _ in 0..2 {
        paths.push(curve(dice));
    }
    for _ in 0..5 {
        paths.push(scratch(dice));
    }
    // In any order: what is noise does not lie above or below what is not.
    for last in (1..paths.len()).rev() {
        let other = usize::try_from(dice(last as u64 + 1)).unwrap_or(last);
        paths.swap(last, other);
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{}\" height=\"{}\">\
         <path fill=\"{PAPER}\" d=\"M0 0H{WIDTH}V{HEIGHT}H0Z\"/>{}</svg>",
        WIDTH / 10,
        HEIGHT / 10,
        paths.concat()
    )
}

/// A whole number between `-most` and `most`.
fn around(dice: Dice<'_>, most: i64) -> i64 {
    i64::try_from(dice(most.unsigned_abs() * 2 + 1)).unwrap_or(0) - most
}

/// Where a character stands, how it is stretched and turned.
struct Place {
    middle: (i64, i64),
    stretch: (i64, i64),
    turn: (i64, i64),
}

impl Place {
    fn cast(middle: (i64, i64), dice: Dice<'_>) -> Self {
        let stretch = (4300 + around(dice, 400), 3500 + around(dice, 250));
        let (sine, cosine) = usize::try_from(dice(7)).ok().and_then(|at| TURNS.get(at)).copied().unwrap_or(TURNS[0]);
        let turn = (if dice(2) == 0 { sine } else { -sine }, cosine);
        Place { middle, stretch, turn }
    }

    fn put(&self, (x, y): (i64, i64)) -> (i64, i64) {
        let (x, y) = ((x - 30) * self.stretch.0 / 1000, (y - 50) * self.stretch.1 / 1000);
        let (sine, cosine) = self.turn;
        (self.middle.0 + (x * cosine - y * sine) / 1000, self.middle.1 + (x * sine + y * cosine) / 1000)
    }
}

/// A stroke's points in their place, with shaken ones between them: how many there are says nothing either.
fn points(stroke: Stroke, place: &Place, dice: Dice<'_>) -> Vec<(i64, i64)> {
    let mut out = Vec::new();
    for pair in stroke.windows(2) {
        let [from, to] = [pair.first(), pair.last()].map(|p| place.put(p.copied().unwrap_or_default()));
        let pieces = 1 + i64::try_from(dice(3)).unwrap_or(0);
        for piece in 0..pieces {
            let between = |a: i64, b: i64| a + (b - a) * piece / pieces;
            out.push((between(from.0, to.0) + around(dice, 9), between(from.1, to.1) + around(dice, 9)));
        }
    }
    if let Some(last) = stroke.last() {
        let (x, y) = place.put(*last);
        out.push((x + around(dice, 9), y + around(dice, 9)));
    }
    if dice(2) == 0 {
        out.reverse();
    }
    out
}

fn line(points: &[(i64, i64)], ink: &str, dice: Dice<'_>) -> String {
    let mut d = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        // Writing to a text cannot fail.
        let _ = write!(d, "{}{x} {y}", if at == 0 { "M" } else { "L" });
    }
    stroke(&d, ink, 36 + dice(14))
}

/// A curve from one side to the other.
fn curve(dice: Dice<'_>) -> String {
    let mut height = || 60 + i64::try_from(dice(440)).unwrap_or(0);
    let d = format!("M0 {}C{} {} {} {} {WIDTH} {}", height(), WIDTH / 3, height(), WIDTH * 2 / 3, height(), height());
    stroke(&d, ink(dice), 14 + dice(12))
}

/// A short line that belongs to no character.
fn scratch(dice: Dice<'_>) -> String {
    let mut below = |n: u64| i64::try_from(dice(n)).unwrap_or(0);
    let (x, y) = (80 + below(1400), 80 + below(400));
    let to = (x + below(120) - 60, y + below(120) - 60);
    stroke(&format!("M{x} {y}L{} {}", to.0, to.1), ink(dice), 18 + dice(26))
}

fn ink(dice: Dice<'_>) -> &'static str {
    usize::try_from(dice(INKS.len() as u64)).ok().and_then(|at| INKS.get(at)).copied().unwrap_or(INKS[0])
}

fn stroke(d: &str, ink: &str, width: u64) -> String {
    format!(
        "<path fill=\"none\" stroke=\"{ink}\" stroke-width=\"{width}\" stroke-linecap=\"round\" stroke-linejoin=\"round\" d=\"{d}\"/>"
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The same numbers every time.
    fn dice(seed: u64) -> impl FnMut(u64) -> u64 {
        let mut state = seed;
        move |n| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n.max(1)
        }
    }

    fn paths(svg: &str) -> BTreeSet<String> {
        svg.split(" d=\"").skip(2).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_letter_is_drawn_and_none_looks_like_another() {
        let letters: BTreeSet<char> = ALPHABET.chars().collect();
        assert_eq!(letters.len(), ALPHABET.len());
        assert!(letters.iter().all(|letter| !glyph(*letter).is_empty()));
        assert!("01OQILSZ58BGUW".chars().all(|twin| !letters.contains(&twin) && glyph(twin).is_empty()));
    }

    #[test]
    fn a_text_has_four_letters_and_is_another_each_time() {
        let texts: BTreeSet<String> = (0..200).map(|_| text()).collect();
        assert!(texts.len() > 190);
        assert!(texts.iter().all(|t| t.chars().count() == LENGTH && t.chars().all(|c| ALPHABET.contains(c))));
        let seen: BTreeSet<char> = texts.iter().flat_map(|t| t.chars()).collect();
        assert_eq!(seen.len(), ALPHABET.len());
    }

    #[test]
    fn the_drawing_says_nothing_but_paths() {
        let svg = draw("A4KY");
        let tags: BTreeSet<&str> = svg.split('<').skip(1).map(|t| t.split([' ', '>', '/']).next().unwrap()).collect();
        assert_eq!(tags, BTreeSet::from(["", "path", "svg"]), "opening tags, and a closing one");
        assert!(svg.is_ascii() && svg.len() < 8000 && !svg.contains("A4KY"), "{}", svg.len());
    }

    #[test]
    fn no_two_drawings_share_a_path() {
        let (one, two, three) =
            (draw_with("AAAA", &mut dice(1)), draw_with("AAAA", &mut dice(2)), draw_with("AAAA", &mut dice(1)));
        assert_eq!(one, three, "the dice are all the chance there is");
        assert_eq!(paths(&one).intersection(&paths(&two)).count(), 0);
        assert_eq!(paths(&one).len(), 4 * 2 + 2 + 5, "four letters of two strokes that all differ, and the noise");
    }

    #[test]
    fn everything_stays_on_the_paper() {
        for seed in 0..500 {
            let text: String = ALPHABET.chars().cycle().skip(usize::try_from(seed).unwrap()).take(LENGTH).collect();
            for path in paths(&draw_with(&text, &mut dice(seed))) {
                let numbers: Vec<i64> = path.split(['M', 'L', 'C', ' ']).filter_map(|n| n.parse().ok()).collect();
                for pair in numbers.chunks(2) {
                    assert!((0..=WIDTH).contains(&pair[0]) && (0..=HEIGHT).contains(&pair[1]), "{text}: {pair:?}");
                }
            }
        }
    }

    #[test]
    fn answers_are_compared_as_people_type_them() {
        assert_eq!(normal(" a4 kY\u{3000}"), "A4KY");
        assert_eq!(normal(""), "");
    }
}
