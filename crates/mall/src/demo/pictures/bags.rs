//! Shoes, bags and what is worn beside clothes.

use super::palette::{Rgb, WHITE};
use super::sketch::{Look, Sketch};

const GOLD: Rgb = Rgb(214, 178, 112);
const SOLE: Rgb = Rgb(246, 242, 234);

/// A sneaker from the side.
pub fn sneaker(s: &mut Sketch, k: Look) {
    let upper = "M-330,-70 C-330,-110 -270,-126 -210,-146 C-140,-172 -90,-230 -40,-290 C-10,-320 40,-300 70,-276 C120,-250 190,-270 230,-300 C262,-316 296,-296 306,-256 L322,-70 Z";
    let f = s.fall(k.main);
    s.path(upper, f);
    s.within(upper, |s| {
        let (toe, heel) = (s.fall(k.main.light(28)), s.fall(k.second));
        s.path("M-340,-60 C-330,-120 -280,-140 -216,-150 C-170,-130 -160,-90 -164,-56 Z", toe);
        s.path("M226,-320 L330,-320 L340,-50 L240,-50 C270,-140 256,-230 226,-320 Z", heel);
        if k.variant == 0 {
            s.line("M10,-66 C40,-150 110,-190 220,-206", 26, k.second);
        } else if k.variant == 1 {
            s.line("M40,-60 L96,-210 M96,-60 L152,-220", 22, k.second);
        } else {
            s.path("M-20,-80 C60,-70 160,-120 250,-200 C200,-90 100,-50 0,-56 Z", k.second);
        }
    });
    let tongue = s.fall(k.second.light(20));
    s.path("M-50,-300 C-40,-356 40,-366 70,-330 C90,-300 60,-280 40,-292 Z", tongue);
    for (x, y) in [(-160, -172), (-122, -202), (-88, -238), (-56, -272)] {
        s.line(&format!("M{x},{y} l70,26"), 13, SOLE).oval([x + 70, y + 26, 7, 7], k.main.dark(36));
    }
    let (sole, tread) = (s.fall(SOLE), k.second.dark(10));
    s.path("M-344,-76 C-250,-66 200,-66 330,-80 Q348,-60 338,-20 Q332,-4 310,-2 L-300,-2 Q-356,-10 -344,-76 Z", sole);
    s.path("M-346,-22 C-200,-12 200,-12 338,-24 Q334,-2 310,0 L-300,0 Q-340,-4 -346,-22 Z", tread);
    s.crease("M-340,-52 C-200,-40 200,-40 334,-54", 4, 16);
    s.shine("M-210,-136 C-150,-160 -100,-210 -60,-256 L-40,-240 C-90,-180 -130,-140 -190,-116 Z", 22);
}

/// An ankle boot.
pub fn boot(s: &mut Sketch, k: Look) {
    let d =
        "M-50,-500 L170,-500 C176,-380 196,-250 190,-70 L-290,-70 C-310,-150 -220,-180 -150,-204 C-60,-236 -40,-330 -50,-500 Z";
    let f = s.fall(k.main);
    s.path(d, f);
    s.within(d, |s| {
        s.shade("M110,-520 L240,-520 L240,-40 L120,-40 C160,-180 130,-340 110,-520 Z", 14);
        s.shine("M-30,-480 L4,-480 C8,-340 -10,-230 -90,-190 C-160,-160 -230,-150 -260,-110 L-276,-120 C-240,-176 -160,-180 -110,-210 C-30,-260 -30,-360 -30,-480 Z", 24);
    });
    let rim = s.round(k.main.dark(14));
    s.rect([-58, -520, 236, 40], 18, rim);
    if k.variant == 0 {
        for i in 0..5 {
            let (x, y) = (-36 - i * 14, -420 + i * 46);
            s.line(&format!("M{x},{y} l74,14 M{},{} l-70,36", x + 72, y + 10), 8, k.second.light(30)).oval([x, y, 7, 7], GOLD);
        }
    } else {
        let elastic = s.round(k.main.dark(34));
        s.path("M40,-480 L120,-480 C124,-400 126,-330 110,-270 L60,-270 C40,-330 38,-400 40,-480 Z", elastic);
    }
    s.crease("M-150,-204 C-90,-160 60,-170 190,-190 M-270,-100 C-200,-150 -150,-140 -130,-74", 5, 24);
    let sole = s.fall(k.main.dark(60));
    s.path("M-304,-74 L196,-74 L200,-10 Q200,0 188,0 L90,0 L84,-36 C-40,-34 -160,-24 -290,-24 Q-314,-40 -304,-74 Z", sole);
    s.glint("M-298,-66 L190,-66", 4, 26);
}

/// A structured handbag.
pub fn handbag(s: &mut Sketch, k: Look) {
    s.tube("M-130,-330 C-130,-600 130,-600 130,-330", 24, k.main.dark(10));
    let shape = "M-230,-350 L230,-350 Q256,-350 262,-322 L296,-36 Q298,0 262,0 L-262,0 Q-298,0 -296,-36 L-262,-322 Q-256,-350 -230,-350 Z";
    let body = s.face(k.main);
    s.path(shape, body);
    s.shade("M200,-350 L230,-350 Q256,-350 262,-322 L296,-36 Q298,0 262,0 L230,0 Z", 12);
    let flap = s.fall(k.main.light(8));
    match k.variant {
        0 => {
            s.path("M-252,-352 L252,-352 C262,-250 190,-150 0,-150 C-190,-150 -262,-250 -252,-352 Z", flap);
            s.dashes("M-234,-336 C-240,-246 -176,-168 0,-168 C176,-168 240,-246 234,-336", 4, (12, 9), k.main.dark(24));
        }
        1 => {
            s.path("M-254,-352 L254,-352 L262,-210 L-262,-210 Z", flap);
            s.dashes("M-250,-226 L250,-226", 4, (12, 9), k.main.dark(24));
        }
        _ => {
            s.within(shape, |s| {
                s.row(7, (90, 0), |s| {
                    s.crease("M-330,0 L-200,-340 M-330,-340 L-200,0", 5, 14);
                });
            });
        }
    }
    let clasp = s.metal(GOLD);
    s.rect([-34, -206, 68, 58], 14, &clasp);
    let dot = s.ball(GOLD.dark(20));
    s.oval([0, -177, 10, 10], dot);
    for x in [-130, 130] {
        s.oval([x, -328, 22, 22], &clasp).oval([x, -328, 10, 10], k.main.dark(20));
    }
    s.shine("M-226,-330 L-100,-336 C-150,-280 -200,-200 -220,-40 L-270,-40 Z", 18);
}

/// A backpack.
pub fn backpack(s: &mut Sketch, k: Look) {
    s.tube("M-60,-560 C-60,-640 60,-640 60,-560", 20, k.main.dark(24));
    s.tube("M-200,-420 C-290,-330 -290,-130 -210,-60", 30, k.main.dark(20)).tube(
        "M200,-420 C290,-330 290,-130 210,-60",
        30,
        k.main.dark(24),
    );
    let body = s.round(k.main);
    s.path(
        "M-210,-380 C-210,-530 -120,-590 0,-590 C120,-590 210,-530 210,-380 L222,-50 Q224,0 176,0 L-176,0 Q-224,0 -222,-50 Z",
        body,
    );
    s.line("M-176,-330 C-176,-470 -110,-536 0,-536 C110,-536 176,-470 176,-330", 9, k.main.dark(30));
    let (flap, pocket) = (s.fall(k.second), s.face(k.main.light(6)));
    s.path(
        "M-166,-250 Q-166,-270 -146,-270 L146,-270 Q166,-270 166,-250 L176,-40 Q176,-16 150,-16 L-150,-16 Q-176,-16 -176,-40 Z",
        pocket,
    );
    if k.variant == 0 {
        s.path("M-170,-272 L170,-272 L172,-170 Q0,-130 -172,-170 Z", flap);
    } else {
        s.line("M-150,-216 L150,-216", 9, k.main.dark(34)).rect([120, -222, 14, 46], 6, GOLD);
        s.rect([-50, -440, 100, 60], 12, flap);
    }
    let strap = s.round(Rgb(166, 116, 76));
    for x in [-106, 78] {
        s.rect([x, -250, 28, 150], 8, &strap).rect([x - 6, -160, 40, 28], 6, GOLD);
    }
    s.shine("M-176,-400 C-170,-500 -110,-550 -50,-566 C-110,-510 -140,-430 -140,-330 L-176,-320 Z", 26);
}

/// A wheeled suitcase.
pub fn suitcase(s: &mut Sketch, k: Look) {
    let steel = s.metal(Rgb(178, 182, 188));
    s.rect([-86, -640, 14, 170], 4, &steel).rect([72, -640, 14, 170], 4, &steel);
    s.rect([-100, -654, 200, 34], 17, Rgb(70, 70, 76));
    for x in [-150, 110] {
        s.rect([x, -40, 40, 40], 16, Rgb(60, 60, 66)).oval([x + 20, -18, 12, 12], Rgb(120, 120, 126));
    }
    let shell = s.round(k.main);
    s.rect([-210, -520, 420, 496], 56, shell);
    let rib = k.main.dark(12);
    for x in [-150, -90, -30, 30, 90, 150] {
        s.line(&format!("M{x},-476 L{x},-70"), 10, rib);
        s.glint(&format!("M{},-476 L{},-70", x - 9, x - 9), 5, 26);
    }
    if k.variant != 1 {
        let band = s.round(k.second);
        s.rect([-210, -300, 420, 40], 0, band);
    }
    for (x, y) in [(-210, -520), (130, -520), (-210, -104), (130, -104)] {
        let corner = s.face(k.second.dark(12));
        s.rect([x, y, 80, 80], 40, corner);
    }
    let plate = s.metal(GOLD);
    s.rect([-40, -420, 80, 40], 10, plate);
    s.shine("M-176,-490 Q-160,-506 -120,-504 L-136,-60 Q-170,-50 -176,-80 Z", 26);
}

/// A wristwatch upright.
pub fn watch(s: &mut Sketch, k: Look) {
    let strap = s.round(k.main);
    s.path("M-84,-420 L84,-420 L66,-610 Q62,-630 44,-630 L-44,-630 Q-62,-630 -66,-610 Z", &strap);
    s.path("M-84,-190 L84,-190 L66,10 Q62,30 44,30 L-44,30 Q-62,30 -66,10 Z", strap);
    s.dashes("M-62,-440 L-50,-606 M62,-440 L50,-606 M-62,-180 L-50,6 M62,-180 L50,6", 4, (10, 9), k.main.light(34));
    for y in [-30, -70, -110] {
        s.oval([0, y, 9, 6], k.main.dark(40));
    }
    let metal = if k.variant == 1 { GOLD } else { Rgb(190, 194, 200) };
    let (ring, rim) =
        (s.metal(metal), s.blend([0, 0, 100, 100], &[(0, metal.light(60)), (50, metal.dark(18)), (100, metal.light(30))]));
    s.rect([166, -330, 34, 46], 10, &ring);
    s.oval([0, -306, 178, 178], ring).oval([0, -306, 160, 160], rim);
    let dial = s.ball(if k.variant == 2 { k.main.dark(30) } else { Rgb(250, 248, 242) });
    let hand = if k.variant == 2 { WHITE } else { Rgb(52, 50, 56) };
    s.oval([0, -306, 144, 144], dial);
    for d in ["M0,-432 L0,-410", "M0,-202 L0,-180", "M-126,-306 L-104,-306", "M126,-306 L104,-306"] {
        s.line(d, 10, metal.dark(20));
    }
    s.dashes("M0,-430 A124,124 0 1 1 -1,-430", 5, (3, 62), metal.dark(28));
    s.line("M0,-306 L-54,-352", 11, hand).line("M0,-306 L66,-376", 7, hand).line("M-14,-290 L40,-240", 3, Rgb(206, 92, 72));
    s.oval([0, -306, 11, 11], metal);
    s.shine("M-120,-370 A140,140 0 0 1 20,-444 L-60,-190 A140,140 0 0 1 -120,-370 Z", 20);
}

/// Sunglasses lying open.
pub fn sunglasses(s: &mut Sketch, k: Look) {
    s.line("M-310,-190 C-350,-300 -300,-360 -200,-360", 16, k.main.dark(20)).line(
        "M310,-190 C350,-300 300,-360 200,-360",
        16,
        k.main.dark(26),
    );
    for side in ["scale(1,1)", "scale(-1,1)"] {
        s.open(side);
        let frame = if k.variant == 1 {
            "M-316,-230 C-300,-256 -90,-256 -60,-226 C-40,-100 -90,0 -190,0 C-290,0 -330,-120 -316,-230 Z"
        } else {
            "M-190,-250 a126,126 0 1 0 1,0 Z"
        };
        let lens = s.blend([0, 0, 60, 100], &[(0, k.main.dark(66)), (60, k.second.dark(36)), (100, k.second.light(10))]);
        s.path(frame, lens);
        s.line(frame, 22, k.main);
        s.close();
    }
    s.line("M-70,-170 C-40,-200 40,-200 70,-170", 18, k.main);
    s.shine("M-270,-170 L-200,-220 L-170,-220 L-280,-120 Z M-260,-80 L-130,-200 L-116,-186 L-246,-62 Z", 30);
    s.shine("M120,-170 L180,-220 L210,-220 L108,-130 Z", 30);
    s.glint("M-310,-170 C-300,-226 -240,-252 -190,-252", 5, 50);
}
