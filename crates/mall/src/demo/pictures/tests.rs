use super::palette::{Family, TONES, colours};
use super::*;

/// Width and height out of the JPEG's own frame header.
fn size(jpeg: &[u8]) -> (u16, u16) {
    let mut at = 2;
    loop {
        let (mark, len) = (jpeg[at + 1], usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]])));
        if mark == 0xc0 || mark == 0xc2 {
            return (u16::from_be_bytes([jpeg[at + 7], jpeg[at + 8]]), u16::from_be_bytes([jpeg[at + 5], jpeg[at + 6]]));
        }
        at += 2 + len;
    }
}

#[test]
fn every_kind_has_every_view() {
    for name in kinds::names() {
        for view in ["0", "1", "2", "3", "4", "c4", "d0", "d1", "d2"] {
            let key = product(name, 1204, view);
            let jpeg = render_jpeg(&key, 200).unwrap_or_else(|| panic!("{key}"));
            let high = if view.starts_with('d') { 240 } else { 200 };
            assert_eq!(size(&jpeg), (200, high), "{key}");
        }
        assert_eq!(size(&render_jpeg(&category(name).unwrap(), 200).unwrap()), (200, 200));
    }
}

#[test]
fn sizes_are_those_asked_for() {
    for width in [200, 400, 800, 1200] {
        assert_eq!(size(&render_jpeg("p/mug/1204/0", width).unwrap()), (width, width));
    }
    assert_eq!(size(&render_jpeg("p/mug/1204/d0", 750).unwrap()), (750, 900));
    for nth in 1..=3 {
        assert_eq!(size(&render_jpeg(&banner(nth).unwrap(), 1125).unwrap()), (1125, 480));
    }
    for odd in [0, 1, 199, 801, u16::MAX] {
        assert_eq!(render_jpeg("p/mug/1204/0", odd), None);
    }
}

#[test]
fn a_key_always_gives_the_same_bytes_and_other_keys_others() {
    let first = render_jpeg("p/teapot/77/0", 400).unwrap();
    assert_eq!(first, render_jpeg("p/teapot/77/0", 400).unwrap());
    assert_eq!(svg("p/teapot/77/0"), svg("p/teapot/77/c0"));
    for other in ["p/teapot/78/0", "p/teapot/77/1", "p/teapot/77/4", "p/mug/77/0"] {
        assert_ne!(first, render_jpeg(other, 400).unwrap(), "{other}");
    }
}

#[test]
fn bad_keys_draw_nothing() {
    for bad in [
        "",
        "/",
        "p",
        "p/",
        "p/mug",
        "p/mug/",
        "p/mug/1",
        "p/mug/1/",
        "p/mug/1/5",
        "p/mug/1/0/",
        "p/mug/1/0/0",
        "p/mug/01/0",
        "p/mug/+1/0",
        "p/mug/-1/0",
        "p/mug/4294967296/0",
        "p/cup/1/0",
        "P/mug/1/0",
        "p/mug/1/d3",
        "p/mug/1/c5",
        "b/0",
        "b/4",
        "b/1/0",
        "c/",
        "c/none",
        "c/mug/1",
        "../../etc/passwd",
        "p/mug/1/0\0",
        "p/杯/1/0",
        " p/mug/1/0",
    ] {
        assert_eq!(svg(bad), None, "{bad:?}");
        assert_eq!(render_jpeg(bad, 200), None, "{bad:?}");
    }
}

#[test]
fn mangled_keys_never_panic() {
    let alphabet = ['p', 'b', 'c', '/', '0', '1', '9', 'd', 'm', 'u', 'g', '-', '\0', '杯', '.', '%'];
    for seed in 0..20_000_u64 {
        let mut key: Vec<char> = "p/mug/1204/0".chars().collect();
        for round in 0..=seed % 3 {
            let hash = palette::stir(seed * 3 + round);
            let place = usize::try_from(hash >> 8).unwrap_or(0) % key.len();
            let letter = alphabet[usize::try_from(hash % 16).unwrap()];
            if hash & 64 == 0 { key[place] = letter } else { key.insert(place, letter) }
        }
        let key: String = key.into_iter().collect();
        if let Some(text) = svg(&key) {
            assert!(text.ends_with("</svg>"), "{key:?}");
        }
    }
}

#[test]
fn colours_are_known_different_and_enough() {
    use Family::{Care, Child, Food, Home, Leather, Lips, Machine, Metal, Sport, Wear};
    for family in [Home, Wear, Leather, Machine, Metal, Lips, Care, Food, Child, Sport] {
        for number in 0..300 {
            let mut names: Vec<_> = colours(family, number).iter().map(|tone| tone.name).collect();
            assert_eq!(names.len(), 5, "{family:?} {number}");
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), 5, "{family:?} {number}");
        }
    }
    for tone in &TONES {
        assert_eq!(palette::named(tone.name), Some(tone));
    }
}
