//! How Chinese words sound, for finding them by Latin letters: `手机壳` is `shoujike` and `sjk`.
//! Must never touch the index; it turns words into keys.

use pinyin::ToPinyin;

use super::words::{Words, is_han};

/// Sound of a word: whole, and the first letters. None if a character has no known sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// `shoujike`.
    pub whole: String,
    /// `sjk`.
    pub initials: String,
}

/// The sound of a word; letters and digits stand for themselves.
pub fn sound(word: &str) -> Option<Sound> {
    let mut sound = Sound { whole: String::new(), initials: String::new() };
    for c in word.chars() {
        if is_han(c) {
            let syllable = c.to_pinyin()?.plain();
            for letter in syllable.chars() {
                // Keyboards have no ü: people type lv for 绿.
                sound.whole.push(if letter == 'ü' { 'v' } else { letter });
            }
            sound.initials.extend(syllable.chars().next());
        } else if c.is_alphanumeric() {
            sound.whole.push(c);
            sound.initials.push(c);
        }
    }
    (!sound.whole.is_empty()).then_some(sound)
}

/// All keys by which a text is found by sound: each word, and up to three neighbouring words together.
pub fn keys(words: &Words, text: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut add = |word: &str| {
        if word.chars().any(is_han)
            && let Some(sound) = sound(word)
        {
            if word.chars().nth(1).is_some() {
                keys.push(sound.initials);
            }
            keys.push(sound.whole);
        }
    };
    words.for_index(text).iter().for_each(|word| add(word));
    for stretch in words.stretches(text) {
        for together in [2, 3] {
            stretch.windows(together).for_each(|neighbours| add(&neighbours.concat()));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}
