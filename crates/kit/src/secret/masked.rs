//! Personal data that shows only its mask: in `{}`, `{:?}` and JSON. Who needs the whole says `reveal()`, which is
//! easy to search for. Refusals say what is wrong with an input and never repeat it.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

const NAME_CHARS: usize = 40;
const ADDRESS_CHARS: usize = 200;
/// Surnames of two characters, the first of which is mostly no surname by itself.
const DOUBLE_SURNAMES: &[&str] = &[
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "长孙", "宇文", "端木",
    "南宫", "独孤", "轩辕", "百里", "呼延", "闻人", "澹台", "公冶", "宗政", "濮阳", "淳于", "单于", "太叔", "申屠", "仲孙",
    "钟离", "鲜于", "闾丘", "司空", "赫连", "拓跋", "西门", "东郭", "第五", "歐陽", "司馬", "諸葛", "長孫", "夏侯",
];

/// A refused text: what it should have been. Does not hold the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadText(&'static str);

impl fmt::Display for BadText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for BadText {}

/// A mobile number of mainland China, eleven digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// A person's name, 1 to 40 characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

/// Street, house and door, 1 to 200 characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct StreetAddress(String);

impl Phone {
    /// Reads a number as people write it: with +86 or 0086, spaces, dashes, full-width digits.
    pub fn parse(text: &str) -> Result<Self, BadText> {
        let plain: String = text.chars().map(narrow).filter(|c| !c.is_whitespace() && !is_dash(*c)).collect();
        let digits = plain.strip_prefix("+86").or_else(|| plain.strip_prefix("0086")).unwrap_or(&plain);
        let mobile = digits.len() == 11
            && digits.bytes().all(|b| b.is_ascii_digit())
            && matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..]);
        if mobile { Ok(Phone(digits.to_owned())) } else { Err(BadText("not a mobile number of mainland China")) }
    }

    fn mask(&self) -> String {
        let (head, tail) = (self.0.get(..3).unwrap_or_default(), self.0.get(7..).unwrap_or_default());
        format!("{head}****{tail}")
    }
}

impl PersonName {
    /// Reads a name: 1 to 40 characters, no control characters; spaces around it are dropped.
    pub fn parse(text: &str) -> Result<Self, BadText> {
        line(text, NAME_CHARS).map(PersonName).ok_or(BadText("not a name of 1 to 40 characters"))
    }

    fn mask(&self) -> String {
        let name = &self.0;
        if name.is_ascii() {
            return format!("{}***", name.get(..1).filter(|_| name.len() > 1).unwrap_or_default());
        }
        let chars = name.chars().count();
        let double = chars > 2 && DOUBLE_SURNAMES.iter().any(|surname| name.starts_with(surname));
        // A name of one character would be shown whole.
        let kept = if double { 2 } else { usize::from(chars > 1) };
        name.chars().take(kept).chain(std::iter::repeat_n('*', chars - kept)).collect()
    }
}

impl StreetAddress {
    /// Reads an address: 1 to 200 characters, no control characters; spaces around it are dropped.
    pub fn parse(text: &str) -> Result<Self, BadText> {
        line(text, ADDRESS_CHARS).map(StreetAddress).ok_or(BadText("not an address of 1 to 200 characters"))
    }

    /// The first six characters, at most a third of all, and nothing from the first number on: numbers of
    /// houses, doors and telephones are what tells people apart.
    fn mask(&self) -> String {
        let kept = (self.0.chars().count() / 3).min(6);
        let mut shown: String = self.0.chars().take(kept).take_while(|c| !c.is_numeric()).collect();
        shown.push_str("***");
        shown
    }
}

/// Full-width forms (`１`, `＋`) to their ASCII twins.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}')
}

fn line(text: &str, max_chars: usize) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= max_chars && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

/// Reads a text without letting serde's own messages quote it, as they do with a value of the wrong type.
struct Quiet(&'static str);

macro_rules! refuse {
    ($($visit:ident: $type:ty),*) => {$(
        fn $visit<E: de::Error>(self, _: $type) -> Result<String, E> {
            Err(E::custom(self.0))
        }
    )*};
}

impl Visitor<'_> for Quiet {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    refuse!(visit_bool: bool, visit_i64: i64, visit_i128: i128, visit_u64: u64, visit_u128: u128, visit_f64: f64, visit_bytes: &[u8]);
}

macro_rules! masked_text {
    ($name:ident, $description:literal) => {
        impl $name {
            /// The whole text. Every place that says this is a place where personal data may leave.
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.mask())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.mask())
            }
        }

        impl std::str::FromStr for $name {
            type Err = BadText;

            fn from_str(text: &str) -> Result<Self, BadText> {
                Self::parse(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.mask())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                // Not `deserialize_str`: a format that meets a number there quotes it before it asks us.
                let text = d.deserialize_any(Quiet(concat!(stringify!($name), " must be text")))?;
                Self::parse(&text).map_err(de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                use utoipa::openapi::schema::{ObjectBuilder, Type};
                ObjectBuilder::new().schema_type(Type::String).description(Some($description)).into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

masked_text!(Phone, "Mobile number of mainland China; answers show 138****5678");
masked_text!(PersonName, "A person's name, 1 to 40 characters; answers show 张*");
masked_text!(StreetAddress, "Street and house, 1 to 200 characters; answers show its beginning");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for text in [
            "13812345678",
            "+8613812345678",
            "+86 138-1234-5678",
            "0086 138 1234 5678",
            "１３８１２３４５６７８",
            "＋８６　138－1234－5678",
        ] {
            assert_eq!(Phone::parse(text).map(|p| p.reveal().to_owned()), Ok("13812345678".to_owned()), "{text}");
        }
        for text in ["", "1381234567", "138123456789", "12812345678", "+113812345678", "1381234567x", "+86+8613812345678"] {
            assert!(Phone::parse(text).is_err(), "{text}");
        }
        let phone = Phone::parse("13812345678").unwrap();
        assert_eq!(format!("{phone} {phone:?}"), "138****5678 138****5678");
        assert_eq!(serde_json::to_string(&phone).unwrap(), "\"138****5678\"");
    }

    #[test]
    fn names_keep_their_surname() {
        for (name, mask) in [
            ("张伟", "张*"),
            ("张小伟", "张**"),
            ("欧阳娜娜", "欧阳**"),
            ("诸葛亮", "诸葛*"),
            ("欧阳", "欧*"),
            ("张", "*"),
            ("John Smith", "J***"),
            ("X", "***"),
            (" 阿依·买买提 ", "阿*****"),
        ] {
            assert_eq!(PersonName::parse(name).unwrap().to_string(), mask);
        }
        for bad in ["", "  ", "a\nb", &"名".repeat(41)] {
            assert!(PersonName::parse(bad).is_err());
        }
    }

    #[test]
    fn addresses_keep_a_little() {
        for (address, mask) in [
            ("北京市朝阳区建国路八十八号院六单元某室", "北京市朝阳区***"),
            ("文三路478号华星时代广场", "文三路***"),
            ("某街一号", "某***"),
            ("村", "***"),
            ("88 Road Street Avenue", "***"),
        ] {
            assert_eq!(StreetAddress::parse(address).unwrap().to_string(), mask);
        }
        assert!(StreetAddress::parse(&"路".repeat(201)).is_err());
    }

    #[test]
    fn a_wrong_type_is_not_quoted() {
        for json in ["13812345678", "-13812345678", "13812345.678", "{\"a\":13812345678}", "[13812345678]", "true", "null"] {
            let error = serde_json::from_str::<Phone>(json).unwrap_err().to_string();
            assert!(!error.contains("1381234"), "{error}");
            assert!(serde_json::from_str::<PersonName>(json).is_err());
        }
        assert_eq!(serde_json::from_str::<Phone>("\"+86 13812345678\"").unwrap().reveal(), "13812345678");
    }

    /// Everything that a masked value says by itself.
    fn shown<T: fmt::Display + fmt::Debug + Serialize>(value: &T) -> String {
        format!("{value} {value:?} {}", serde_json::to_string(value).unwrap())
    }

    /// Whether five digits in a row of `secret` stand in `shown`.
    fn leaks(secret: &str, shown: &str) -> bool {
        let digits: Vec<char> = secret.chars().map(narrow).filter(char::is_ascii_digit).collect();
        digits.windows(5).any(|five| shown.contains(&five.iter().collect::<String>()))
    }

    proptest! {
        #[test]
        fn a_mask_never_shows_five_digits_in_a_row(phone in "1[3-9][0-9]{9}", before in "[一-龥a-z]{0,5}", after in "\\PC{0,20}") {
            prop_assert!(!leaks(&phone, &shown(&Phone::parse(&phone).unwrap())));
            let text = format!("{before}{phone}{after}");
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert!(!leaks(&text, &shown(&name)));
            }
            prop_assert!(!leaks(&text, &shown(&StreetAddress::parse(&text).unwrap())));
        }

        #[test]
        fn a_mask_is_never_the_whole(text in "\\PC{1,60}") {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert!(name.reveal().chars().all(|c| c == '*') || name.to_string() != name.reveal());
            }
            if let Ok(address) = StreetAddress::parse(&text) {
                prop_assert!(address.reveal() == "***" || address.to_string() != address.reveal());
            }
        }

        #[test]
        fn a_refusal_never_repeats_its_input(text in "[0-9]{8,10}|[0-9]{12,30}|2[0-9]{10}|[a-z]{41,60}") {
            let refused = Phone::parse(&text).unwrap_err();
            let told = serde_json::from_str::<Phone>(&format!("\"{text}\"")).unwrap_err();
            let all = format!("{refused} {refused:?} {told} {told:?}");
            prop_assert!(!all.contains(&text));
            let number = serde_json::from_str::<Phone>(&text).unwrap_err();
            prop_assert!(!number.to_string().contains(&text));
        }
    }
}
