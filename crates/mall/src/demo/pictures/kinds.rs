//! The table of everything that can be drawn: its name in a key, which aisle tints its backdrop, which colours it comes in,
//! whether it stands or lies flat. Knows no product.

use super::palette::{Family, Rgb};
use super::sketch::{Look, Sketch};
use super::{bags, care, food, kitchen, machine, paper, play, room, wear};

/// The ten aisles of the store, in the order of the catalogue's top categories. The aisle tints the backdrop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aisle {
    /// 居家生活
    Home,
    /// 厨房餐具
    Kitchen,
    /// 服饰
    Clothes,
    /// 鞋包配饰
    Bags,
    /// 美妆个护
    Beauty,
    /// 数码家电
    Digital,
    /// 食品茶饮
    Food,
    /// 母婴玩具
    Baby,
    /// 运动户外
    Sport,
    /// 文具图书
    Paper,
}

impl Aisle {
    /// The tint of the backdrop.
    #[must_use]
    pub fn tint(self) -> Rgb {
        match self {
            Self::Home => Rgb(222, 204, 184),
            Self::Kitchen => Rgb(200, 210, 196),
            Self::Clothes => Rgb(226, 214, 206),
            Self::Bags => Rgb(214, 202, 190),
            Self::Beauty => Rgb(240, 206, 204),
            Self::Digital => Rgb(196, 208, 222),
            Self::Food => Rgb(240, 218, 178),
            Self::Baby => Rgb(204, 224, 228),
            Self::Sport => Rgb(196, 218, 206),
            Self::Paper => Rgb(214, 208, 226),
        }
    }
}

/// One drawable shape.
pub struct Kind {
    /// Its name in a key.
    pub name: &'static str,
    /// Whose backdrop it stands before.
    pub aisle: Aisle,
    /// The colours it comes in.
    pub family: Family,
    /// Half the width of its shadow on the ground, or nothing for what lies or hangs flat.
    pub half: Option<i32>,
    /// Its size in the main picture, percent.
    pub size: i32,
    /// Draws it.
    pub draw: fn(&mut Sketch, Look),
}

const fn stands(name: &'static str, aisle: Aisle, family: Family, half: i32, size: i32, draw: fn(&mut Sketch, Look)) -> Kind {
    Kind { name, aisle, family, half: Some(half), size, draw }
}

const fn lies(name: &'static str, aisle: Aisle, family: Family, size: i32, draw: fn(&mut Sketch, Look)) -> Kind {
    Kind { name, aisle, family, half: None, size, draw }
}

/// All of them.
pub static KINDS: [Kind; 71] = [
    stands("bedding", Aisle::Home, Family::Home, 390, 106, room::bedding),
    stands("quilt", Aisle::Home, Family::Home, 320, 110, room::quilt),
    stands("pillow", Aisle::Home, Family::Home, 290, 110, room::pillow),
    stands("blanket", Aisle::Home, Family::Home, 230, 115, room::blanket),
    stands("towel", Aisle::Home, Family::Home, 290, 112, room::towel),
    stands("lamp", Aisle::Home, Family::Home, 150, 108, room::lamp),
    stands("chair", Aisle::Home, Family::Home, 270, 106, room::chair),
    stands("vase", Aisle::Home, Family::Home, 140, 108, room::vase),
    stands("candle", Aisle::Home, Family::Home, 175, 110, room::candle),
    stands("storage", Aisle::Home, Family::Home, 310, 110, room::storage),
    stands("mug", Aisle::Kitchen, Family::Home, 190, 112, kitchen::mug),
    stands("teapot", Aisle::Kitchen, Family::Home, 230, 112, kitchen::teapot),
    stands("pan", Aisle::Kitchen, Family::Metal, 240, 108, kitchen::pan),
    stands("pot", Aisle::Kitchen, Family::Metal, 250, 112, kitchen::pot),
    stands("knives", Aisle::Kitchen, Family::Metal, 220, 108, kitchen::knives),
    stands("board", Aisle::Kitchen, Family::Metal, 210, 104, kitchen::board),
    stands("bowl", Aisle::Kitchen, Family::Home, 330, 108, kitchen::bowl),
    stands("thermos", Aisle::Kitchen, Family::Home, 115, 108, kitchen::thermos),
    stands("glasses", Aisle::Kitchen, Family::Home, 270, 108, kitchen::glasses),
    lies("tshirt", Aisle::Clothes, Family::Wear, 115, wear::tshirt),
    lies("shirt", Aisle::Clothes, Family::Wear, 112, wear::shirt),
    lies("dress", Aisle::Clothes, Family::Wear, 112, wear::dress),
    lies("coat", Aisle::Clothes, Family::Wear, 112, wear::coat),
    lies("sweater", Aisle::Clothes, Family::Wear, 115, wear::sweater),
    lies("trousers", Aisle::Clothes, Family::Wear, 112, wear::trousers),
    lies("socks", Aisle::Clothes, Family::Wear, 115, wear::socks),
    stands("cap", Aisle::Bags, Family::Wear, 300, 112, wear::cap),
    lies("scarf", Aisle::Bags, Family::Wear, 108, wear::scarf),
    stands("sneaker", Aisle::Bags, Family::Wear, 350, 108, bags::sneaker),
    stands("boot", Aisle::Bags, Family::Leather, 250, 110, bags::boot),
    stands("handbag", Aisle::Bags, Family::Leather, 300, 108, bags::handbag),
    stands("backpack", Aisle::Bags, Family::Wear, 230, 104, bags::backpack),
    stands("suitcase", Aisle::Bags, Family::Machine, 220, 100, bags::suitcase),
    lies("watch", Aisle::Bags, Family::Leather, 105, bags::watch),
    stands("sunglasses", Aisle::Bags, Family::Leather, 310, 105, bags::sunglasses),
    stands("lipstick", Aisle::Beauty, Family::Lips, 200, 108, care::lipstick),
    stands("compact", Aisle::Beauty, Family::Lips, 330, 106, care::compact),
    stands("cream", Aisle::Beauty, Family::Care, 230, 112, care::cream),
    stands("serum", Aisle::Beauty, Family::Care, 165, 108, care::serum),
    stands("shampoo", Aisle::Beauty, Family::Care, 180, 108, care::shampoo),
    stands("perfume", Aisle::Beauty, Family::Care, 190, 110, care::perfume),
    stands("tube", Aisle::Beauty, Family::Care, 110, 108, care::tube),
    stands("toothbrush", Aisle::Beauty, Family::Machine, 135, 104, care::toothbrush),
    lies("phone-case", Aisle::Digital, Family::Machine, 110, machine::phone_case),
    stands("cable", Aisle::Digital, Family::Machine, 210, 108, machine::cable),
    stands("power", Aisle::Digital, Family::Machine, 200, 106, machine::power),
    stands("earphones", Aisle::Digital, Family::Machine, 200, 110, machine::earphones),
    stands("headset", Aisle::Digital, Family::Machine, 290, 106, machine::headset),
    stands("keyboard", Aisle::Digital, Family::Machine, 390, 106, machine::keyboard),
    stands("fan", Aisle::Digital, Family::Machine, 160, 106, machine::fan),
    stands("kettle", Aisle::Digital, Family::Machine, 195, 108, machine::kettle),
    stands("rice-cooker", Aisle::Digital, Family::Machine, 250, 110, machine::rice_cooker),
    stands("tea-tin", Aisle::Food, Family::Food, 200, 108, food::tea_tin),
    stands("snack-bag", Aisle::Food, Family::Food, 210, 108, food::snack_bag),
    stands("cake-box", Aisle::Food, Family::Food, 290, 110, food::cake_box),
    stands("fruit-box", Aisle::Food, Family::Food, 320, 104, food::fruit_box),
    stands("honey-jar", Aisle::Food, Family::Food, 210, 110, food::honey_jar),
    stands("wine", Aisle::Food, Family::Food, 230, 100, food::wine),
    stands("grain-sack", Aisle::Food, Family::Food, 240, 108, food::grain_sack),
    stands("baby-bottle", Aisle::Baby, Family::Child, 150, 108, play::baby_bottle),
    stands("blocks", Aisle::Baby, Family::Child, 300, 108, play::blocks),
    stands("bear", Aisle::Baby, Family::Child, 240, 104, play::bear),
    lies("romper", Aisle::Baby, Family::Child, 115, play::romper),
    stands("ball", Aisle::Sport, Family::Sport, 200, 104, play::ball),
    stands("yoga-mat", Aisle::Sport, Family::Sport, 320, 110, play::yoga_mat),
    stands("tent", Aisle::Sport, Family::Sport, 370, 106, play::tent),
    stands("dumbbell", Aisle::Sport, Family::Sport, 270, 110, play::dumbbell),
    lies("notebook", Aisle::Paper, Family::Home, 108, paper::notebook),
    stands("pen", Aisle::Paper, Family::Leather, 190, 104, paper::pen),
    stands("book", Aisle::Paper, Family::Home, 290, 108, paper::book),
    stands("pencil-case", Aisle::Paper, Family::Child, 330, 108, paper::pencil_case),
];

/// The shape called `name`.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// Every shape's name.
pub fn names() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|kind| kind.name)
}
