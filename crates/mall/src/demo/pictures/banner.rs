//! The three pictures at the head of the home page, and nothing else: room for words on the left, things on the right.

use super::kinds::kind;
use super::palette::{INK, Rgb, named};
use super::scene::{Scene, studio};
use super::sketch::{Look, Sketch};

/// One object of a banner: kind, main colour, second colour, pattern, x, y of its foot, percent.
type Piece = (&'static str, &'static str, &'static str, u8, i32, i32, i32);

const HOME: [Piece; 6] = [
    ("vase", "奶白", "雾蓝", 2, 520, 372, 56),
    ("lamp", "雾蓝", "奶白", 1, 970, 372, 56),
    ("chair", "墨绿", "燕麦", 1, 800, 400, 62),
    ("bowl", "雾蓝", "奶白", 1, 640, 424, 30),
    ("teapot", "陶土橘", "奶白", 0, 560, 440, 28),
    ("towel", "樱粉", "燕麦", 0, 1000, 436, 26),
];
const DIGITAL: [Piece; 6] = [
    ("headset", "暖白", "樱粉", 0, 800, 384, 60),
    ("fan", "薄荷绿", "暖白", 0, 975, 384, 50),
    ("power", "雾蓝", "鹅黄", 0, 560, 384, 38),
    ("phone-case", "香芋紫", "樱粉", 0, 660, 420, 40),
    ("earphones", "暖白", "炭黑", 0, 930, 440, 26),
    ("keyboard", "樱粉", "雾蓝", 0, 770, 446, 30),
];
const TASTE: [Piece; 6] = [
    ("wine", "酒红", "燕麦", 0, 930, 384, 54),
    ("snack-bag", "陶土橘", "鹅黄", 0, 700, 384, 48),
    ("tea-tin", "墨绿", "焦糖", 0, 550, 400, 46),
    ("fruit-box", "墨绿", "焦糖", 0, 850, 430, 38),
    ("honey-jar", "焦糖", "奶白", 0, 660, 444, 30),
    ("cake-box", "湖蓝", "奶白", 0, 1020, 444, 26),
];

/// Banner 1, 2 or 3, 1125 × 480.
#[must_use]
pub fn banner(nth: u32) -> Option<Scene> {
    let (tint, pieces) = match nth {
        1 => (Rgb(222, 204, 184), &HOME),
        2 => (Rgb(196, 206, 226), &DIGITAL),
        3 => (Rgb(238, 212, 168), &TASTE),
        _ => return None,
    };
    let mut s = Sketch::default();
    studio(&mut s, tint, 330, (1125, 480));
    let disc = s.blend([0, 0, 100, 100], &[(0, tint.light(56)), (100, tint.light(6))]);
    s.oval([790, 200, 250, 250], &disc);
    let ground = s.blend([0, 0, 0, 100], &[(0, tint.light(20)), (20, tint.light(40)), (100, tint.light(60))]);
    s.rect([0, 330, 1125, 150], 0, ground);
    s.oval([60, 60, 130, 130], &disc).oval([330, 470, 70, 70], disc);
    for (name, main, second, variant, x, y, percent) in *pieces {
        let (kind, main, second) = (kind(name)?, named(main)?.rgb, named(second)?.rgb);
        let half = kind.half.unwrap_or(160) * percent / 100;
        let (far, near) = (s.spot(INK, 34), s.spot(INK, 56));
        s.oval([x + half / 3, y + 3, half * 3 / 2, 20], far).oval([x + half / 12, y, half * 23 / 20, 9], near);
        s.open(&format!("translate({x},{y}) scale({percent}e-2)"));
        (kind.draw)(&mut s, Look { main, second, variant });
        s.close();
    }
    Some(Scene { svg: s.finish(1125, 480), width: 1125, height: 480 })
}
