//! The front of the demo store: the tree that shoppers see, its seasons, and the home page. Invented, and the same on every
//! run but for the years of the seasons. Knows names of categories and pictures; must never know how they are kept.

use kit::Time;
use product::{Banner, Composition, Front, FrontFlag, Season, Section, SectionKind, Shortcut, Target};

use super::{catalogue, pictures};

/// A name, a picture, and the back categories that it shows, each as a path.
type Leaf = (&'static str, &'static str, &'static [&'static str]);

/// A root of the tree: name, picture, when it moves up, what stands below it.
struct Root {
    name: &'static str,
    picture: &'static str,
    flag: FrontFlag,
    rises: Rises,
    leaves: &'static [Leaf],
}

/// When a root moves to the head of the tree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rises {
    Never,
    /// June to August.
    InSummer,
    /// November to January.
    InWinter,
}

const fn root(name: &'static str, picture: &'static str, leaves: &'static [Leaf]) -> Root {
    Root { name, picture, flag: FrontFlag::None, rises: Rises::Never, leaves }
}

/// The tree. Each name stands in it once.
const ROOTS: &[Root] = &[
    Root {
        name: "新品",
        picture: "cream",
        flag: FrontFlag::New,
        rises: Rises::Never,
        leaves: &[
            ("居家新品", "lamp", &["居家生活", "厨房餐具"]),
            ("穿搭新品", "dress", &["服饰", "鞋包配饰"]),
            ("美妆新品", "lipstick", &["美妆个护"]),
            ("数码新品", "headset", &["数码家电"]),
            ("美味新品", "cake-box", &["食品茶饮"]),
            ("亲子新品", "bear", &["母婴玩具", "文具图书/图书/童书绘本"]),
        ],
    },
    Root {
        name: "冬日暖意",
        picture: "quilt",
        flag: FrontFlag::None,
        rises: Rises::InWinter,
        leaves: &[
            ("暖被毛毯", "blanket", &["居家生活/床品家纺/被子", "居家生活/床品家纺/毛毯"]),
            ("毛衣大衣", "sweater", &["服饰/女装/女士针织衫", "服饰/男装/外套大衣"]),
            ("围巾帽子", "scarf", &["鞋包配饰/配饰/围巾", "鞋包配饰/配饰/帽子"]),
            ("暖足短靴", "boot", &["鞋包配饰/鞋靴/短靴", "服饰/内衣袜品/袜子"]),
            ("润手面霜", "tube", &["美妆个护/身体护理/护手霜", "美妆个护/面部护肤/面霜"]),
            ("热饮暖杯", "thermos", &["厨房餐具/餐具水具/保温杯", "数码家电/生活电器/电热水壶", "食品茶饮/茶叶冲饮"]),
        ],
    },
    Root {
        name: "清凉一夏",
        picture: "fan",
        flag: FrontFlag::None,
        rises: Rises::InSummer,
        leaves: &[
            ("凉风来了", "fan", &["数码家电/生活电器/风扇"]),
            ("轻薄夏装", "tshirt", &["服饰/男装/男士T恤", "服饰/女装/连衣裙"]),
            ("遮阳出门", "sunglasses", &["鞋包配饰/配饰/太阳镜", "鞋包配饰/配饰/帽子"]),
            ("冰饮玻璃", "glasses", &["厨房餐具/餐具水具/玻璃水具"]),
            ("时令鲜果", "fruit-box", &["食品茶饮/粮油生鲜/水果"]),
            ("露营星空", "tent", &["运动户外/露营"]),
        ],
    },
    root(
        "送礼",
        "tea-tin",
        &[
            ("品茗雅礼", "tea-tin", &["食品茶饮/茶叶冲饮/茶叶", "厨房餐具/餐具水具/茶壶茶具"]),
            ("微醺好酒", "wine", &["食品茶饮/酒水", "厨房餐具/餐具水具/玻璃水具"]),
            ("香氛礼物", "perfume", &["居家生活/家居装饰/香薰", "美妆个护/彩妆香氛/香水"]),
            ("送给她", "handbag", &["鞋包配饰/箱包/手提包", "美妆个护/彩妆香氛/口红", "居家生活/家居装饰/花瓶"]),
            ("送给他", "watch", &["鞋包配饰/配饰/手表", "数码家电/影音电脑/头戴耳机", "文具图书/文具/钢笔签字笔"]),
            ("送给孩子", "blocks", &["母婴玩具/玩具", "文具图书/图书/童书绘本"]),
            ("糕点蜜意", "cake-box", &["食品茶饮/休闲零食/饼干糕点", "食品茶饮/粮油生鲜/蜂蜜"]),
        ],
    ),
    root(
        "宿舍好物",
        "storage",
        &[
            ("床上三件事", "pillow", &["居家生活/床品家纺/枕头", "居家生活/床品家纺/毛毯", "居家生活/床品家纺/四件套"]),
            ("桌面学习", "lamp", &["居家生活/家具灯饰/台灯", "文具图书/文具", "数码家电/影音电脑/键盘"]),
            ("收纳整理", "storage", &["居家生活/清洁收纳/收纳箱"]),
            ("充电续航", "power", &["数码家电/手机配件/移动电源", "数码家电/手机配件/数据线"]),
            ("洗漱小物", "towel", &["居家生活/清洁收纳/毛巾浴巾", "美妆个护/身体护理/电动牙刷", "美妆个护/身体护理/洗发沐浴"]),
            ("深夜零食", "snack-bag", &["食品茶饮/休闲零食", "食品茶饮/茶叶冲饮/咖啡"]),
        ],
    ),
    root(
        "居家",
        "bedding",
        &[
            ("好眠床品", "bedding", &["居家生活/床品家纺"]),
            ("灯与家具", "chair", &["居家生活/家具灯饰"]),
            ("花与香", "vase", &["居家生活/家居装饰"]),
            ("整洁有序", "storage", &["居家生活/清洁收纳"]),
        ],
    ),
    root(
        "餐厨",
        "pot",
        &[
            ("好锅好灶", "pan", &["厨房餐具/锅具"]),
            ("刀与砧板", "knives", &["厨房餐具/刀剪砧板"]),
            ("一桌好碗", "bowl", &["厨房餐具/餐具水具/碗碟"]),
            ("杯壶茶具", "mug", &["厨房餐具/餐具水具/马克杯", "厨房餐具/餐具水具/保温杯", "厨房餐具/餐具水具/茶壶茶具"]),
            ("厨房电器", "rice-cooker", &["数码家电/生活电器/电饭煲", "数码家电/生活电器/电热水壶"]),
        ],
    ),
    root(
        "穿搭",
        "shirt",
        &[
            ("她的衣橱", "dress", &["服饰/女装"]),
            ("他的衣橱", "coat", &["服饰/男装"]),
            ("贴身舒适", "socks", &["服饰/内衣袜品"]),
            ("走路带风", "sneaker", &["鞋包配饰/鞋靴"]),
            ("包与旅行", "suitcase", &["鞋包配饰/箱包"]),
            ("点睛配饰", "sunglasses", &["鞋包配饰/配饰"]),
        ],
    ),
    root(
        "美妆",
        "lipstick",
        &[
            ("面部护肤", "serum", &["美妆个护/面部护肤"]),
            ("彩妆香氛", "compact", &["美妆个护/彩妆香氛"]),
            ("身体护理", "shampoo", &["美妆个护/身体护理"]),
        ],
    ),
    root(
        "数码",
        "earphones",
        &[
            ("手机配件", "phone-case", &["数码家电/手机配件"]),
            ("影音键鼠", "headset", &["数码家电/影音电脑"]),
            ("生活电器", "kettle", &["数码家电/生活电器"]),
        ],
    ),
    root(
        "美食",
        "honey-jar",
        &[
            ("茶与咖啡", "tea-tin", &["食品茶饮/茶叶冲饮"]),
            ("零食铺", "snack-bag", &["食品茶饮/休闲零食"]),
            ("米粮生鲜", "grain-sack", &["食品茶饮/粮油生鲜"]),
            ("葡萄美酒", "wine", &["食品茶饮/酒水"]),
        ],
    ),
    root(
        "亲子",
        "bear",
        &[
            ("喂养穿衣", "baby-bottle", &["母婴玩具/喂养出行"]),
            ("积木玩偶", "blocks", &["母婴玩具/玩具"]),
            ("绘本时光", "book", &["文具图书/图书/童书绘本"]),
        ],
    ),
    root(
        "运动",
        "ball",
        &[
            ("居家健身", "yoga-mat", &["运动户外/健身"]),
            ("球场挥汗", "ball", &["运动户外/球类"]),
            ("露营徒步", "tent", &["运动户外/露营", "鞋包配饰/箱包/双肩包"]),
        ],
    ),
    root(
        "文房",
        "notebook",
        &[("写写画画", "pen", &["文具图书/文具"]), ("好书共读", "book", &["文具图书/图书/文学小说", "文具图书/图书/生活美食"])],
    ),
];

/// Banners: title, and the front category that each leads to.
const BANNERS: [(&str, &str); 3] =
    [("把日子过成喜欢的样子 · 居家焕新季", "居家"), ("声色随行 · 数码好物上新", "数码"), ("应季鲜味 · 一口尝到好时节", "美食")];

/// Shortcuts: the front category, under its own name or a shorter one, and a picture.
const SHORTCUTS: [(&str, &str, &str); 10] = [
    ("新品首发", "新品", "cream"),
    ("送礼", "送礼", "tea-tin"),
    ("宿舍好物", "宿舍好物", "storage"),
    ("冬日暖意", "冬日暖意", "blanket"),
    ("居家", "居家", "bedding"),
    ("餐厨", "餐厨", "pot"),
    ("穿搭", "穿搭", "dress"),
    ("美妆", "美妆", "lipstick"),
    ("数码", "数码", "headset"),
    ("美食", "美食", "fruit-box"),
];

/// Words in titles of 秋冬好眠, in the order of its products; two more than are shown, for those off the shelf.
const SLEEP: [&str; 12] = [
    "白鹅绒冬被",
    "长绒棉贡缎四件套",
    "慢回弹记忆棉护颈枕",
    "羊毛混纺格纹披毯",
    "大豆蜡香薰蜡烛",
    "轻奢天丝四件套",
    "羊毛子母被",
    "决明子助眠枕",
    "加厚珊瑚绒毛毯",
    "蘑菇床头灯",
    "酒店羽丝绒枕",
    "法兰绒午睡毯",
];

/// The place of a root in its season: before all others.
const RISEN: i32 = 5;
/// Years whose seasons are known, from last year on.
const YEARS: i64 = 6;

/// The front of the store, with seasons around this moment.
#[must_use]
pub fn composition(now: Time) -> Composition {
    Composition {
        pictures: back_pictures(),
        fronts: ROOTS.iter().map(|r| front(r, now)).collect(),
        banners: (1..).zip(BANNERS).filter_map(|(n, (title, to))| banner(n, title, to)).collect(),
        shortcuts: SHORTCUTS.into_iter().filter_map(|(name, to, kind)| shortcut(name, to, kind)).collect(),
        sections: sections(),
    }
}

fn banner(nth: u32, title: &str, to: &str) -> Option<Banner> {
    Some(Banner { picture: pictures::banner(nth)?, title: title.into(), target: Target::Front(to.into()) })
}

fn shortcut(name: &str, to: &str, kind: &str) -> Option<Shortcut> {
    Some(Shortcut { name: name.into(), picture: pictures::category(kind)?, target: Target::Front(to.into()) })
}

fn front(root: &Root, now: Time) -> Front {
    let path = |path: &&str| path.split('/').map(str::to_owned).collect();
    let leaf = |(name, kind, categories): &Leaf| Front {
        name: (*name).into(),
        picture: pictures::category(kind),
        flag: root.flag,
        categories: categories.iter().map(path).collect(),
        seasons: Vec::new(),
        children: Vec::new(),
    };
    Front {
        name: root.name.into(),
        picture: pictures::category(root.picture),
        flag: root.flag,
        categories: Vec::new(),
        seasons: seasons(root.rises, now),
        children: root.leaves.iter().map(leaf).collect(),
    }
}

fn seasons(rises: Rises, now: Time) -> Vec<Season> {
    let this_year: i64 = now.shanghai().get(..4).and_then(|year| year.parse().ok()).unwrap_or(2026);
    let midnight = |year: i64, month: u8| Time::parse(&format!("{year}-{month:02}-01T00:00:00+08:00"));
    let season = |year: i64| {
        let (from, until) = match rises {
            Rises::Never => return None,
            Rises::InSummer => (midnight(year, 6)?, midnight(year, 9)?),
            Rises::InWinter => (midnight(year, 11)?, midnight(year + 1, 2)?),
        };
        Some(Season { from, until, position: RISEN })
    };
    (this_year - 1..this_year - 1 + YEARS).filter_map(season).collect()
}

/// Pictures of back categories: of the first goods that stand in them.
fn back_pictures() -> Vec<(Vec<String>, String)> {
    let mut found: Vec<(Vec<String>, String)> = Vec::new();
    for line in catalogue::lines() {
        let kind = line.pictures.first().and_then(|key| key.split('/').nth(1)).and_then(pictures::category);
        let Some(picture) = kind else { continue };
        for end in 1..=line.category.len() {
            let Some(path) = line.category.get(..end) else { continue };
            if !found.iter().any(|(known, _)| known == path) {
                found.push((path.to_vec(), picture.clone()));
            }
        }
    }
    found
}

fn sections() -> Vec<Section> {
    let section = |kind, title: &str, subtitle: &str, to: Option<&str>, limit| Section {
        kind,
        title: title.into(),
        subtitle: subtitle.into(),
        target: to.map(|to| Target::Path(to.into())),
        limit,
        sources: Vec::new(),
    };
    let lines = catalogue::lines();
    let number = |words: &&str| lines.iter().find(|line| line.title.contains(*words)).map(|line| line.source_id);
    let sleep = Section {
        target: Some(Target::Front("好眠床品".into())),
        sources: SLEEP.iter().filter_map(number).collect(),
        ..section(SectionKind::Picks, "秋冬好眠", "一床暖意，一夜安稳", None, 10)
    };
    let newest = Section {
        target: Some(Target::Front("新品".into())),
        ..section(SectionKind::New, "新品首发", "刚刚上架，先看为快", None, 10)
    };
    vec![
        newest,
        section(SectionKind::Hot, "人气热卖", "大家都在买", Some("/list?sort=sales"), 10),
        section(SectionKind::Brand, "品牌精选", "有名有姓的好东西", None, 8),
        sleep,
        section(SectionKind::Recommended, "为你推荐", "慢慢逛，总有一样喜欢", None, 10),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const NOVEMBER: Time = Time(1_795_312_800_000);

    fn names(fronts: &[Front]) -> Vec<&str> {
        fronts.iter().flat_map(|f| std::iter::once(f.name.as_str()).chain(names(&f.children))).collect()
    }

    fn all(fronts: &[Front]) -> Vec<&Front> {
        fronts.iter().flat_map(|f| std::iter::once(f).chain(all(&f.children))).collect()
    }

    #[test]
    fn what_it_names_exists() {
        let plan = composition(NOVEMBER);
        let known: BTreeSet<Vec<String>> =
            catalogue::lines().iter().flat_map(|l| (1..=3).map(|end| l.category[..end].to_vec())).collect();
        for front in all(&plan.fronts) {
            assert!(front.picture.is_some(), "{}", front.name);
            for path in &front.categories {
                assert!(known.contains(path), "{}: {path:?}", front.name);
            }
        }
        let tree = names(&plan.fronts);
        assert_eq!(tree.iter().collect::<BTreeSet<_>>().len(), tree.len(), "a name stands there twice");
        let banners = plan.banners.iter().map(|b| &b.target);
        let shortcuts = plan.shortcuts.iter().map(|s| &s.target);
        for target in banners.chain(shortcuts).chain(plan.sections.iter().filter_map(|s| s.target.as_ref())) {
            if let Target::Front(name) = target {
                assert!(tree.contains(&name.as_str()), "{name}");
            }
        }
        assert_eq!((plan.banners.len(), plan.shortcuts.len()), (3, 10));
        assert_eq!(plan.sections.iter().map(|s| s.sources.len()).max(), Some(SLEEP.len()), "a product has another title");
        assert_eq!(plan.pictures.len(), known.len());
    }

    #[test]
    fn every_leaf_of_the_back_tree_is_shown_somewhere() {
        let plan = composition(NOVEMBER);
        let everyday = plan.fronts.iter().filter(|f| f.flag == FrontFlag::None).cloned().collect::<Vec<_>>();
        let shown: Vec<&Vec<String>> = all(&everyday).into_iter().flat_map(|f| &f.categories).collect();
        for line in catalogue::lines() {
            assert!(shown.iter().any(|path| line.category.starts_with(path)), "{:?}", line.category);
        }
    }

    #[test]
    fn winter_and_summer_rise_in_their_time() {
        for (at, risen) in [
            ("2026-12-31T12:00:00+08:00", Some("冬日暖意")),
            ("2027-07-01T00:00:00+08:00", Some("清凉一夏")),
            ("2027-04-01T00:00:00+08:00", None),
        ] {
            let at = Time::parse(at).unwrap();
            let plan = composition(at);
            let now: Vec<&str> =
                plan.fronts.iter().filter(|f| f.seasons.iter().any(|s| s.contains(at))).map(|f| f.name.as_str()).collect();
            assert_eq!(now, risen.into_iter().collect::<Vec<_>>());
        }
    }
}
