//! Cuts text into words: Chinese by dictionary, Latin letters and digits by kind of character.
//! Must never know what a product is; it sees text only.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use jieba_rs::Jieba;

/// Longest Latin word that is kept, in characters; the rest of it is cut off.
const LONGEST_WORD: usize = 48;
/// Longest name that may become a dictionary word, in characters.
const LONGEST_NAME: usize = 12;

/// A part of a text that is of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Chinese characters.
    Han(&'a str),
    /// Letters of another script, lower case.
    Letters(&'a str),
    /// A number, perhaps with a decimal point.
    Digits(&'a str),
}

/// The dictionary. It takes a tenth of a second and some 33 MiB to load, so one is shared by all
/// and is loaded when first needed, or ahead of that by [`Words::warm`].
#[derive(Default)]
pub struct Words {
    dictionary: OnceLock<RwLock<Jieba>>,
}

impl Words {
    /// A dictionary that is not loaded yet.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Starts loading the dictionary in a thread of its own; whoever needs it earlier waits for that one load.
    pub fn warm(self: &Arc<Self>) {
        let words = Arc::clone(self);
        std::thread::spawn(move || {
            words.dictionary();
        });
    }

    fn dictionary(&self) -> &RwLock<Jieba> {
        self.dictionary.get_or_init(|| RwLock::new(Jieba::new()))
    }

    /// Teaches the dictionary names (of brands, of categories). Names that are known, single characters and
    /// names of several scripts are passed over: those are cut at the change of script anyway.
    pub fn add<'a>(&self, names: impl IntoIterator<Item = &'a str>) {
        let mut new = Vec::new();
        {
            let known = self.dictionary().read().unwrap_or_else(PoisonError::into_inner);
            for name in names {
                let folded = fold(name);
                for piece in pieces(&folded) {
                    if let Piece::Han(word) = piece
                        && (2..=LONGEST_NAME).contains(&word.chars().count())
                        && !known.has_word(word)
                    {
                        new.push(word.to_owned());
                    }
                }
            }
        }
        if new.is_empty() {
            return;
        }
        let mut dictionary = self.dictionary().write().unwrap_or_else(PoisonError::into_inner);
        for word in new {
            dictionary.add_word(&word, None, None);
        }
    }

    /// Words of a text that is to be found: long words come with the shorter words inside them.
    pub fn for_index(&self, text: &str) -> Vec<String> {
        self.cut(text, |jieba, run| jieba.cut_for_search(run, true).into_iter().map(|token| token.word.to_owned()).collect())
    }

    /// Words of a text that somebody looks for: each character in one word only.
    pub fn for_query(&self, text: &str) -> Vec<String> {
        self.cut(text, |jieba, run| jieba.cut(run, true).into_iter().map(|token| token.word.to_owned()).collect())
    }

    /// As [`Words::for_query`], but the words of each unbroken stretch of Chinese stay together.
    pub fn stretches(&self, text: &str) -> Vec<Vec<String>> {
        let folded = fold(text);
        let jieba = self.dictionary().read().unwrap_or_else(PoisonError::into_inner);
        pieces(&folded)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Han(run) => Some(jieba.cut(run, true).into_iter().map(|token| token.word.to_owned()).collect()),
                Piece::Letters(word) => Some(vec![shortened(word)]),
                Piece::Digits(_) => None,
            })
            .collect()
    }

    fn cut(&self, text: &str, han: impl Fn(&Jieba, &str) -> Vec<String>) -> Vec<String> {
        let folded = fold(text);
        let jieba = self.dictionary().read().unwrap_or_else(PoisonError::into_inner);
        let mut words = Vec::new();
        for piece in pieces(&folded) {
            match piece {
                Piece::Han(run) => words.extend(han(&jieba, run)),
                Piece::Letters(word) | Piece::Digits(word) => words.push(shortened(word)),
            }
        }
        words
    }
}

fn shortened(word: &str) -> String {
    word.chars().take(LONGEST_WORD).collect()
}

/// One way of writing for all: half width, lower case, no invisible marks, control characters as blanks.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}' => {}
            '\u{ff01}'..='\u{ff5e}' => {
                let narrow = char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c);
                folded.extend(narrow.to_lowercase());
            }
            _ if c.is_control() || c.is_whitespace() => folded.push(' '),
            _ => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

/// Whether the character is Chinese.
pub const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '〇')
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Han,
    Letter,
    Digit,
    Other,
}

fn kind(c: char) -> Kind {
    if is_han(c) {
        Kind::Han
    } else if c.is_ascii_digit() {
        Kind::Digit
    } else if c.is_alphanumeric() {
        Kind::Letter
    } else {
        Kind::Other
    }
}

/// Cuts folded text where the kind of character changes: `iphone16手机壳` is `iphone`, `16`, `手机壳`.
pub fn pieces(folded: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut before = Kind::Other;
    let mut rest = folded.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let next_is_digit = rest.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        let now = if c == '.' && before == Kind::Digit && next_is_digit { Kind::Digit } else { kind(c) };
        if now != before {
            push(&mut found, before, &folded[start..at]);
            start = at;
            before = now;
        }
    }
    push(&mut found, before, &folded[start..]);
    found
}

fn push<'a>(found: &mut Vec<Piece<'a>>, kind: Kind, text: &'a str) {
    match kind {
        Kind::Han => found.push(Piece::Han(text)),
        Kind::Letter => found.push(Piece::Letters(text)),
        Kind::Digit => found.push(Piece::Digits(text)),
        Kind::Other => {}
    }
}

/// Single characters and neighbouring pairs of all Chinese in the text: the net that catches what the dictionary cut otherwise.
pub fn grams(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut found = Vec::new();
    for piece in pieces(&folded) {
        if let Piece::Han(run) = piece {
            let characters: Vec<char> = run.chars().collect();
            found.extend(characters.iter().map(char::to_string));
            found.extend(characters.windows(2).map(|pair| pair.iter().collect()));
        }
    }
    found
}
