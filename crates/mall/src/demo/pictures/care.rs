//! Jars, tubes and bottles of care products and make-up.

use super::palette::{Rgb, WHITE};
use super::sketch::{Look, Sketch};

const GOLD: Rgb = Rgb(216, 182, 122);

/// A few lines that stand for print, without letters: fonts may be missing where this is drawn.
fn print(s: &mut Sketch, x: i32, y: i32, c: Rgb) {
    s.line(&format!("M{},{y} L{},{y}", x - 46, x + 46), 7, c);
    s.line(&format!("M{},{} L{},{}", x - 28, y + 26, x + 28, y + 26), 4, c).oval([x, y - 36, 13, 13], c);
}

/// A lipstick beside its cap.
pub fn lipstick(s: &mut Sketch, k: Look) {
    let (case, gold, stick) = (s.round(Rgb(58, 48, 54)), s.metal(GOLD), s.round(k.main));
    s.path("M-46,-380 L-46,-470 C-46,-530 20,-580 46,-590 L46,-380 Z", stick);
    s.path("M-46,-470 C-46,-530 20,-580 46,-590 C46,-540 10,-480 -46,-470 Z", k.main.light(30));
    s.rect([-58, -400, 116, 190], 8, gold);
    s.rect([-84, -230, 168, 230], 18, &case);
    s.shine("M-62,-214 L-42,-214 L-42,-16 L-62,-20 Z", 34);
    s.open("translate(190,0)");
    let cap = s.round(if k.variant == 0 { Rgb(58, 48, 54) } else { k.main.dark(20) });
    s.rect([-74, -340, 148, 340], 20, cap);
    let ring = s.metal(GOLD);
    s.rect([-74, -36, 148, 24], 0, ring);
    s.shine("M-54,-322 L-34,-322 L-34,-44 L-54,-44 Z", 32);
    s.close();
}

/// A jar of cream with its lid leaning.
pub fn cream(s: &mut Sketch, k: Look) {
    let (glass, band) = (s.round(k.main), s.round(WHITE));
    s.path("M-210,-230 L210,-230 Q232,-230 232,-200 L222,-50 Q218,0 168,0 L-168,0 Q-218,0 -222,-50 L-232,-200 Q-232,-230 -210,-230 Z", glass);
    s.rect([-196, -262, 392, 40], 12, band);
    print(s, 0, -120, if k.main.is_light() { k.main.dark(46) } else { k.main.light(80) });
    let (lid, top) = (s.metal(if k.variant == 1 { GOLD } else { k.main.light(40) }), s.fall(k.main.light(52)));
    s.path("M-224,-350 Q-224,-372 -200,-376 L200,-376 Q224,-372 224,-350 L224,-262 Q0,-236 -224,-262 Z", lid);
    s.oval([0, -374, 212, 26], top);
    s.shine("M-196,-214 L-150,-214 C-150,-120 -150,-60 -140,-14 Q-184,-16 -190,-54 Z", 34);
    s.glint("M-180,-380 C-100,-396 20,-398 90,-394", 5, 70);
}

/// A pump bottle with a towel's worth of foam inside.
pub fn shampoo(s: &mut Sketch, k: Look) {
    let (pump, body) = (s.round(WHITE.dark(4)), s.round(k.main));
    s.path("M-20,-560 L-20,-600 L-150,-590 Q-170,-586 -168,-564 L-164,-556 L-60,-560 Z", &pump);
    s.rect([-50, -606, 120, 44], 18, &pump).rect([-10, -570, 36, 90], 6, &pump).rect([-60, -496, 136, 60], 14, pump);
    s.path("M-120,-440 L136,-440 Q176,-436 178,-390 L186,-50 Q186,0 140,0 L-124,0 Q-170,0 -170,-50 L-162,-390 Q-160,-436 -120,-440 Z", body);
    let label = s.fall(if k.variant == 0 { WHITE } else { k.second.light(50) });
    s.rect([-104, -330, 220, 230], 16, label);
    print(s, 6, -240, k.main.dark(20));
    s.line("M-60,-160 L70,-160 M-60,-136 L30,-136", 4, k.main.light(10));
    s.shine("M-138,-410 L-112,-414 L-118,-16 Q-146,-20 -146,-54 Z", 44);
}

/// A perfume bottle of thick glass.
pub fn perfume(s: &mut Sketch, k: Look) {
    let glass = s.blend([0, 0, 100, 100], &[(0, k.main.light(72)), (50, k.main.light(40)), (100, k.main.light(12))]);
    let juice = s.blend([0, 0, 100, 100], &[(0, k.main.light(46)), (60, k.main), (100, k.main.dark(16))]);
    if k.variant == 0 {
        s.oval([0, -190, 206, 190], glass).path("M-156,-200 C-150,-20 150,-20 156,-200 Z", juice);
        s.rect([-100, -12, 200, 12], 6, k.main.light(30));
    } else {
        s.rect([-190, -370, 380, 370], 36, glass).rect([-148, -290, 296, 250], 20, juice);
    }
    let (neck, cap) = (s.metal(GOLD), s.round(if k.variant == 2 { Rgb(60, 52, 56) } else { GOLD.light(20) }));
    s.rect([-46, -420, 92, 56], 8, neck);
    s.rect([-70, -540, 140, 126], 26, cap);
    let label = s.fall(Rgb(255, 252, 246));
    s.rect([-74, -220, 148, 90], 6, label).line("M-40,-186 L40,-186", 6, GOLD.dark(30)).line(
        "M-22,-162 L22,-162",
        4,
        GOLD.dark(20),
    );
    s.shine("M-160,-250 C-150,-300 -130,-320 -110,-326 C-126,-240 -126,-130 -110,-60 C-150,-100 -166,-180 -160,-250 Z", 50);
    s.shine("M-50,-526 L-26,-526 L-26,-430 L-50,-430 Z", 50);
}

/// A dropper bottle of serum.
pub fn serum(s: &mut Sketch, k: Look) {
    let (bulb, ring, body) = (s.round(Rgb(64, 56, 58)), s.metal(GOLD), s.round(k.main));
    s.path("M-38,-500 L-38,-580 Q-38,-626 0,-626 Q38,-626 38,-580 L38,-500 Z", bulb);
    s.rect([-66, -510, 132, 74], 12, ring);
    s.path("M-56,-440 L56,-440 L56,-410 C150,-396 166,-350 166,-310 L166,-46 Q166,0 120,0 L-120,0 Q-166,0 -166,-46 L-166,-310 C-166,-350 -150,-396 -56,-410 Z", body);
    s.rect([-8, -440, 16, 300], 8, k.main.dark(26));
    let label = s.fall(WHITE);
    s.rect([-116, -270, 232, 200], 10, label);
    print(s, 0, -180, k.main.dark(24));
    s.shine("M-136,-310 C-136,-350 -110,-370 -84,-378 L-90,-20 Q-130,-16 -136,-50 Z", 40);
}

/// A tube of hand cream standing on its cap.
pub fn tube(s: &mut Sketch, k: Look) {
    let (body, cap) = (s.round(k.main), s.round(if k.variant == 0 { WHITE } else { GOLD }));
    s.path("M-150,-580 L150,-580 C146,-400 128,-240 104,-110 L-104,-110 C-128,-240 -146,-400 -150,-580 Z", body);
    s.rect([-156, -600, 312, 40], 6, k.main.light(22));
    s.row(15, (20, 0), |s| {
        s.crease("M-140,-594 L-140,-566", 4, 18);
    });
    s.path("M-104,-116 L104,-116 L96,-14 Q94,0 80,0 L-80,0 Q-94,0 -96,-14 Z", cap);
    let leaf = k.second.light(40);
    for d in [
        "M-10,-240 C-90,-260 -100,-340 -80,-390 C-20,-360 0,-310 -10,-240 Z",
        "M6,-240 C80,-256 96,-320 84,-370 C30,-350 0,-310 6,-240 Z",
        "M-2,-250 C-40,-330 -20,-410 4,-440 C34,-400 40,-320 -2,-250 Z",
    ] {
        s.path(d, leaf);
    }
    print(s, 0, -180, k.main.light(70));
    s.shine("M-118,-550 L-86,-550 C-86,-400 -80,-260 -68,-130 L-92,-130 C-108,-260 -118,-400 -118,-550 Z", 40);
}

/// An electric toothbrush on its dock.
pub fn toothbrush(s: &mut Sketch, k: Look) {
    let (dock, body, neck) = (s.round(WHITE.dark(5)), s.round(k.main), s.round(WHITE.dark(3)));
    s.path("M-130,-20 Q-130,-50 -90,-52 L90,-52 Q130,-50 130,-20 Q130,0 100,0 L-100,0 Q-130,0 -130,-20 Z", dock);
    s.path("M-24,-400 L-16,-540 L16,-540 L24,-400 Z", &neck);
    s.rect([-34, -640, 68, 110], 26, &neck);
    s.rect([-62, -630, 30, 88], 6, k.second.light(30));
    s.row(5, (0, 18), |s| {
        s.crease("M-60,-622 L-36,-622", 3, 18);
    });
    s.path("M-54,-400 Q-54,-420 -30,-420 L30,-420 Q54,-420 54,-400 L64,-70 Q64,-44 40,-44 L-40,-44 Q-64,-44 -64,-70 Z", body);
    let ring = s.metal(GOLD);
    s.rect([-56, -404, 112, 14], 4, ring);
    s.oval([0, -310, 22, 22], k.main.light(60)).oval([0, -310, 14, 14], k.main.light(20));
    for y in [-250, -222, -194] {
        s.oval([0, y, 6, 6], if y == -250 { Rgb(140, 214, 170) } else { k.main.light(50) });
    }
    s.shine("M-42,-380 L-24,-380 L-32,-66 L-48,-70 Z", 46);
}

/// A compact of eye shadow, open.
pub fn compact(s: &mut Sketch, k: Look) {
    let (back, mirror) = (
        s.fall(GOLD),
        s.blend(
            [0, 0, 100, 100],
            &[(0, Rgb(240, 246, 248)), (48, Rgb(206, 220, 226)), (52, Rgb(236, 242, 244)), (100, Rgb(190, 206, 214))],
        ),
    );
    s.rect([-260, -480, 520, 300], 34, back).rect([-236, -458, 472, 250], 22, mirror);
    let (base, edge) = (s.fall(k.main.dark(10)), s.fall(k.main.dark(40)));
    s.path("M-270,-190 L270,-190 L330,-40 Q336,0 300,0 L-300,0 Q-336,0 -330,-40 Z", edge);
    s.path("M-270,-196 L270,-196 L326,-50 Q330,-24 300,-24 L-300,-24 Q-330,-24 -326,-50 Z", base);
    for (i, c) in [k.main.light(50), k.second, k.main, k.second.dark(26)].into_iter().enumerate() {
        let x = [-228, -112, 4, 120].get(i).copied().unwrap_or(0);
        let pan = s.fall(c);
        s.path(&format!("M{x},-172 L{},-172 L{},-56 L{},-56 Z", x + 100, x + 106 + (x + 50) / 9, x - 6 + (x + 50) / 9), pan);
        s.glint(&format!("M{},-160 L{},-160", x + 10, x + 84), 4, 40);
    }
}
