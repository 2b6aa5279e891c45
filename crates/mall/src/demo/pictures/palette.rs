//! The named colours of the demo store: the catalogue names them on its SKUs and the pictures are painted in them, so both
//! must ask here. Knows nothing of shapes or of goods.

use std::fmt;

/// One colour, red, green and blue from 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// White.
pub const WHITE: Rgb = Rgb(255, 255, 255);
/// The dark that shadows are mixed from: warm, because pure black looks dirty on pastel.
pub const INK: Rgb = Rgb(46, 36, 40);

impl Rgb {
    /// This colour with `percent` of `other` stirred in.
    #[must_use]
    pub fn mix(self, other: Self, percent: u32) -> Self {
        let p = percent.min(100);
        let one = |a: u8, b: u8| u8::try_from((u32::from(a) * (100 - p) + u32::from(b) * p) / 100).unwrap_or(u8::MAX);
        Self(one(self.0, other.0), one(self.1, other.1), one(self.2, other.2))
    }

    /// Lighter by `percent`.
    #[must_use]
    pub fn light(self, percent: u32) -> Self {
        self.mix(WHITE, percent)
    }

    /// Darker by `percent`.
    #[must_use]
    pub fn dark(self, percent: u32) -> Self {
        self.mix(INK, percent)
    }

    /// Whether the eye reads this as a light colour.
    #[must_use]
    pub fn is_light(self) -> bool {
        u32::from(self.0) * 3 + u32::from(self.1) * 6 + u32::from(self.2) > 1_700
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// A colour that a customer can choose by name.
#[derive(Debug, PartialEq, Eq)]
pub struct Tone {
    /// The Chinese name, as it stands on a SKU.
    pub name: &'static str,
    /// The English name beside it.
    pub english: &'static str,
    /// What it looks like.
    pub rgb: Rgb,
}

const fn tone(name: &'static str, english: &'static str, r: u8, g: u8, b: u8) -> Tone {
    Tone { name, english, rgb: Rgb(r, g, b) }
}

/// All named colours.
pub static TONES: [Tone; 26] = [
    tone("雾蓝", "Mist Blue", 143, 170, 196),
    tone("奶白", "Milk White", 245, 239, 228),
    tone("墨绿", "Pine Green", 52, 88, 76),
    tone("樱粉", "Sakura Pink", 240, 188, 196),
    tone("燕麦", "Oat", 219, 203, 179),
    tone("炭黑", "Charcoal", 62, 62, 68),
    tone("浅灰", "Pale Grey", 201, 204, 207),
    tone("焦糖", "Caramel", 186, 124, 76),
    tone("藏青", "Navy", 49, 66, 104),
    tone("薄荷绿", "Mint", 168, 212, 190),
    tone("鹅黄", "Primrose", 245, 216, 128),
    tone("豆沙", "Bean Rose", 196, 122, 118),
    tone("香芋紫", "Taro Purple", 180, 164, 208),
    tone("陶土橘", "Terracotta", 212, 120, 84),
    tone("湖蓝", "Lake Blue", 84, 156, 184),
    tone("酒红", "Wine Red", 132, 44, 60),
    tone("卡其", "Khaki", 184, 162, 124),
    tone("银灰", "Silver", 196, 202, 208),
    tone("抹茶绿", "Matcha", 158, 180, 116),
    tone("杏色", "Apricot", 240, 208, 176),
    tone("咖啡", "Coffee", 108, 76, 60),
    tone("岩灰", "Slate", 116, 124, 134),
    tone("正红", "True Red", 196, 44, 52),
    tone("珊瑚橘", "Coral", 238, 124, 100),
    tone("玫瑰金", "Rose Gold", 224, 172, 156),
    tone("暖白", "Warm White", 250, 247, 240),
];

/// Which of the named colours a sort of goods comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Linen, ceramics and things for rooms.
    Home,
    /// Clothes.
    Wear,
    /// Leather goods.
    Leather,
    /// Machines and their accessories.
    Machine,
    /// Steel and cast iron.
    Metal,
    /// Lips and other make-up.
    Lips,
    /// Jars and bottles of care products.
    Care,
    /// Packs of food: the colour is the label's, never a choice.
    Food,
    /// Things for children.
    Child,
    /// Sport and camp.
    Sport,
}

impl Family {
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Home => &["雾蓝", "奶白", "燕麦", "墨绿", "樱粉", "浅灰", "陶土橘", "抹茶绿", "豆沙", "香芋紫"],
            Self::Wear => &["奶白", "藏青", "炭黑", "燕麦", "雾蓝", "墨绿", "豆沙", "卡其", "浅灰", "酒红", "杏色"],
            Self::Leather => &["焦糖", "炭黑", "咖啡", "奶白", "酒红", "墨绿", "卡其", "藏青", "杏色"],
            Self::Machine => &["暖白", "炭黑", "雾蓝", "薄荷绿", "樱粉", "银灰", "香芋紫", "岩灰"],
            Self::Metal => &["炭黑", "墨绿", "陶土橘", "奶白", "湖蓝", "酒红", "岩灰"],
            Self::Lips => &["正红", "豆沙", "珊瑚橘", "酒红", "樱粉", "陶土橘"],
            Self::Care => &["玫瑰金", "薄荷绿", "雾蓝", "暖白", "香芋紫", "墨绿", "杏色"],
            Self::Food => &["墨绿", "陶土橘", "湖蓝", "酒红", "鹅黄", "抹茶绿", "焦糖", "藏青"],
            Self::Child => &["鹅黄", "薄荷绿", "樱粉", "雾蓝", "奶白", "珊瑚橘", "香芋紫"],
            Self::Sport => &["湖蓝", "墨绿", "珊瑚橘", "炭黑", "香芋紫", "抹茶绿", "卡其", "鹅黄"],
        }
    }
}

/// The colour called `name`, if the store knows it.
#[must_use]
pub fn named(name: &str) -> Option<&'static Tone> {
    TONES.iter().find(|tone| tone.name == name)
}

/// The colours that product `number` of this family comes in, the one on its main picture first. Always at least four, all
/// different; the catalogue sells the first few of them.
#[must_use]
pub fn colours(family: Family, number: u32) -> Vec<&'static Tone> {
    let names = family.names();
    let hash = stir(u64::from(number));
    let start = usize::try_from(hash % 64).unwrap_or(0);
    // A stride with no common factor visits every colour once.
    let stride =
        [1, 3, 2, 4].into_iter().find(|s| !(hash / 64 + s).is_multiple_of(3) && coprime(*s, names.len() as u64)).unwrap_or(1);
    let stride = usize::try_from(stride).unwrap_or(1);
    (0..names.len().min(5)).filter_map(|i| named(names[(start + i * stride) % names.len()])).collect()
}

fn coprime(a: u64, b: u64) -> bool {
    if b == 0 { a == 1 } else { coprime(b, a % b) }
}

/// A small hash (splitmix64's last step): the only source of variety, so the same number always gives the same goods.
#[must_use]
pub fn stir(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
