//! Which user names, passwords and nicknames are taken, and what an address on the network counts as. Pure.

use std::net::{IpAddr, Ipv6Addr};

use contract::fault::PASSWORD_WEAK;
use kit::{Error, Result, fault::INVALID};

/// The passwords that people choose most, in lower case: refused whole, also with digits or marks behind them.
const WORST: &[&str] = &[
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "password1",
    "iloveyou",
    "qwertyui",
    "qwertyuiop",
    "qwerty123",
    "asdfghjk",
    "asdfghjkl",
    "zxcvbnm,",
    "1qaz2wsx",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "q1w2e3r4",
    "qazwsxedc",
    "abcd1234",
    "abc12345",
    "a1234567",
    "a12345678",
    "a123456789",
    "aa123456",
    "qq123456",
    "wang1234",
    "woaini520",
    "woaini1314",
    "5201314",
    "52013145",
    "147258369",
    "123qwe123",
    "123123123",
    "12341234",
    "1234qwer",
    "qwer1234",
    "asdf1234",
    "zxcv1234",
    "zaq12wsx",
    "admin123",
    "admin888",
    "administrator",
    "letmein1",
    "welcome1",
    "football",
    "baseball",
    "sunshine",
    "princess",
    "starwars",
    "superman",
    "dragon123",
    "monkey123",
    "trustno1",
    "whatever",
    "computer",
    "internet",
    "michelle",
    "jennifer",
    "changeme",
    "default1",
    "shangpin",
    "shangpin123",
    "taobao123",
    "iloveyou1",
    "11223344",
    "112233445566",
    "88888888",
    "66668888",
    "31415926",
    "147852369",
];

/// Names that would pass for the house, folded by [`fold`]; the Chinese ones are refused anywhere in a name.
const RESERVED: &[&str] = &[
    "admin",
    "administrator",
    "root",
    "system",
    "sysadmin",
    "superuser",
    "support",
    "service",
    "customerservice",
    "official",
    "operator",
    "security",
    "moderator",
    "shangpin",
    "shangpinmall",
    "mall",
    "help",
    "helpdesk",
    "kefu",
    "guanfang",
    "staff",
    "null",
    "undefined",
    "anonymous",
    "guest",
    "webmaster",
    "postmaster",
    "api",
    "me",
];
const RESERVED_CHINESE: &[&str] = &["客服", "官方", "管理员", "系统", "尚品", "商城", "平台", "运营", "匿名"];

const USERNAME_MIN: usize = 2;
const USERNAME_MAX: usize = 20;
/// Characters of a password.
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=128;

/// A user name as it is stored: 2 to 20 letters (a–z), digits, `_`, `-` or Chinese characters, not digits alone (those are
/// phones), nothing that looks like the house. Everything else (other scripts that look like Latin, full-width forms,
/// zero-width and control characters) is not in the list and therefore refused.
pub fn username(text: &str) -> Result<String> {
    let refused = |code, message| Err(INVALID.at("/username", code, message));
    let name = text.to_ascii_lowercase();
    let chars = name.chars().count();
    if !(USERNAME_MIN..=USERNAME_MAX).contains(&chars) {
        return refused("length", "2 to 20 characters");
    }
    let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '\u{4e00}'..='\u{9fff}');
    if !name.chars().all(known) {
        return refused("characters", "letters, digits, _, - and Chinese characters only");
    }
    if !name.chars().any(char::is_alphabetic) {
        return refused("characters", "at least one letter or Chinese character");
    }
    if RESERVED.iter().any(|word| fold(word) == fold(&name)) || RESERVED_CHINESE.iter().any(|word| name.contains(word)) {
        return refused("reserved", "this name is kept for the house");
    }
    Ok(name)
}

/// Brings look-alikes together: `adm1n`, `a_d_m_i_n` and `admin` are one.
fn fold(name: &str) -> String {
    let twin = |c| match c {
        '0' => 'o',
        '1' | 'l' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        c => c,
    };
    name.chars().filter(|c| !matches!(c, '_' | '-')).map(twin).collect()
}

/// Whether a new password will do: 8 to 128 characters, none of the worst, not made of one short piece again and again or of
/// a run, and without the phone or the user name inside. `at` is the pointer of the field.
pub fn new_password(password: &str, phone: Option<&str>, username: Option<&str>, at: &str) -> Result<()> {
    let weak = |code, message| Err::<(), Error>(PASSWORD_WEAK.at(at, code, message));
    if !PASSWORD_CHARS.contains(&password.chars().count()) {
        return Err(INVALID.at(at, "length", "8 to 128 characters"));
    }
    let lower = password.to_lowercase();
    let stem = lower.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    if WORST.iter().any(|worst| *worst == lower || *worst == stem) {
        return weak("common", "one of the most common passwords");
    }
    if is_repeated(&lower) || is_run(&lower) {
        return weak("pattern", "a short piece repeated, or a run of neighbours");
    }
    let inside =
        |word: Option<&str>, least: usize| word.is_some_and(|w| w.chars().count() >= least && lower.contains(&w.to_lowercase()));
    if inside(phone, 1) || inside(username, 3) {
        return weak("personal", "contains the phone or the user name");
    }
    Ok(())
}

/// `abababab`: one piece of at most four characters fills the text.
fn is_repeated(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=4).any(|n| chars.iter().zip(chars.iter().skip(n)).all(|(a, b)| a == b))
}

/// `12345678`, `hgfedcba`: each character is the neighbour of the one before, always in one direction (9 before 0 too).
fn is_run(text: &str) -> bool {
    let follows = |a: char, b: char| u32::from(a) + 1 == u32::from(b) || (a == '9' && b == '0');
    let pairs = || text.chars().zip(text.chars().skip(1));
    pairs().all(|(a, b)| follows(a, b)) || pairs().all(|(a, b)| follows(b, a))
}

/// A nickname as others read it: 1 to 20 characters on one line, and nothing invisible, no phone inside, not the house's.
pub fn nickname(text: &str) -> Result<String> {
    let name = text.trim();
    let refused = |code, message| Err(INVALID.at("/nickname", code, message));
    if !(1..=20).contains(&name.chars().count()) {
        return refused("length", "1 to 20 characters");
    }
    if name.chars().any(is_unseen) {
        return refused("characters", "no control or invisible characters");
    }
    if longest_digits(name) >= 11 {
        return refused("personal", "a nickname is seen by others; leave your phone out");
    }
    if ["客服", "官方", "管理员"].iter().any(|word| name.contains(word)) {
        return refused("reserved", "this name is kept for the house");
    }
    Ok(name.to_owned())
}

/// Characters that are not seen, or that turn the text around them.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}')
}

fn longest_digits(text: &str) -> usize {
    text.split(|c: char| !c.is_numeric()).map(|run| run.chars().count()).max().unwrap_or(0)
}

/// For garde: a line that people read, without anything unseen.
pub fn shown_line(text: &str, _: &()) -> garde::Result {
    if text.chars().any(is_unseen) { Err(garde::Error::new("no control or invisible characters")) } else { Ok(()) }
}

/// For garde: the same for a text that may be absent.
pub fn shown_line_or_none(text: &Option<String>, context: &()) -> garde::Result {
    text.as_deref().map_or(Ok(()), |text| shown_line(text, context))
}

/// For garde: the key of an uploaded picture, which is no address of another place.
pub fn picture_key(text: &Option<String>, _: &()) -> garde::Result {
    let known = |c: char| c.is_ascii_alphanumeric() || c == '/';
    match text.as_deref() {
        Some(key) if !key.starts_with("u/") || !key.chars().all(known) => Err(garde::Error::new("not the key of an upload")),
        _ => Ok(()),
    }
}

/// For garde: an ISO date between 1900 and now-ish, of a day that exists.
pub fn birthday(text: &Option<String>, _: &()) -> garde::Result {
    match text.as_deref() {
        Some(date) if !is_date(date) => Err(garde::Error::new("a date like 1990-02-28")),
        _ => Ok(()),
    }
}

/// A date is one that the calendar gives back as it was written.
fn is_date(text: &str) -> bool {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
    shape
        && text >= "1900-01-01"
        && kit::Time::parse(&format!("{text}T00:00:00Z")).is_some_and(|t| t.to_string().starts_with(text))
}

/// What an address on the network counts as: itself, or the 64-bit network of an IPv6 address, which one client owns whole.
pub fn network(ip: &str) -> String {
    match ip.parse::<IpAddr>() {
        Ok(IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX)).to_string(),
        },
        _ => ip.to_owned(),
    }
}

/// An address on the network as its owner's list of devices shows it: `203.0.*.*`, `2001:db8:*`.
pub fn masked_ip(ip: &str) -> String {
    match ip.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => {
            let [a, b, ..] = v4.octets();
            format!("{a}.{b}.*.*")
        }
        Ok(IpAddr::V6(v6)) => {
            let [a, b, ..] = v6.segments();
            format!("{a:x}:{b:x}:*")
        }
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_would_pass_for_another_are_refused() {
        for bad in [
            "a",
            "abcdefghijklmnopqrstu",
            "аdmin",
            "wаng",
            "wang\u{200b}",
            "wa\tng",
            "ｗａｎｇ",
            "admin",
            "Adm1n",
            "a-d_m-i-n",
            "r00t",
            "尚品客服",
            "客服01",
            "官方旗舰",
            "13812345678",
            "1234",
            "王 小二",
            "wang😀",
            "__",
            "0fficial",
            "",
            "me",
        ] {
            assert!(username(bad).is_err(), "{bad}");
        }
        assert_eq!(username("Wang_Er").unwrap(), "wang_er");
        assert_eq!(username("王小二").unwrap(), "王小二");
    }

    #[test]
    fn passwords_that_are_guessed_first_are_refused() {
        for bad in [
            "password",
            "Password123!",
            "12345678",
            "87654321",
            "1234567890",
            "aaaaaaaa",
            "abababab",
            "12341234",
            "abcdefgh",
            "QWERTYUIOP",
            "woaini1314",
            "x13812345678",
            "wang_er-2026",
        ] {
            let refused = new_password(bad, Some("13812345678"), Some("wang_er"), "/password").unwrap_err();
            assert!(refused.is(PASSWORD_WEAK), "{bad}");
        }
        assert!(new_password("1234567", None, None, "/password").unwrap_err().is(INVALID));
        assert!(new_password(&"长".repeat(129), None, None, "/password").unwrap_err().is(INVALID));
        new_password("correct horse battery", Some("13812345678"), Some("wang_er"), "/password").unwrap();
        new_password(&"长城内外惟馀莽莽".repeat(16), None, None, "/password").unwrap();
    }

    #[test]
    fn nicknames_dates_and_networks() {
        for bad in ["", " ", "a\u{202e}b", "我13812345678", "我１３８１２３４５６７８", "官方客服", &"长".repeat(21)]
        {
            assert!(nickname(bad).is_err(), "{bad}");
        }
        assert_eq!(nickname(" 小王 😀 ").unwrap(), "小王 😀");
        assert!(
            is_date("2000-02-29")
                && !is_date("2001-02-29")
                && !is_date("1899-12-31")
                && !is_date("2000-2-29")
                && !is_date("2000-13-01")
        );
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::9"));
        assert_ne!(network("2001:db8:1:2::9"), network("2001:db8:1:3::9"));
        assert_eq!(network("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(masked_ip("203.0.113.9"), "203.0.*.*");
        assert_eq!(masked_ip("2001:db8::1"), "2001:db8:*");
        assert_eq!(masked_ip("nonsense"), "");
    }

    proptest! {
        #[test]
        fn rules_never_panic_and_a_name_that_passes_passes_again(text in "\\PC{0,30}") {
            let _ = (nickname(&text), new_password(&text, None, None, "/p"), network(&text), masked_ip(&text));
            if let Ok(name) = username(&text) {
                prop_assert_eq!(username(&name).unwrap(), name);
            }
        }
    }
}
