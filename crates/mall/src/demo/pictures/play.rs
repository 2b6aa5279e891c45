//! Things for small children, for sport and for the camp.

use super::palette::{Rgb, WHITE};
use super::sketch::{Look, Sketch};

/// A baby's bottle.
pub fn baby_bottle(s: &mut Sketch, k: Look) {
    let teat = s.round(Rgb(244, 222, 190));
    s.path("M-60,-480 C-60,-530 -30,-540 -26,-580 C-24,-616 24,-616 26,-580 C30,-540 60,-530 60,-480 Z", teat);
    let (ring, glass) = (
        s.round(k.main),
        s.blend([0, 0, 100, 0], &[(0, Rgb(214, 226, 232)), (22, WHITE), (60, Rgb(238, 244, 246)), (100, Rgb(196, 212, 220))]),
    );
    s.path("M-100,-430 L100,-430 C160,-400 140,-330 128,-280 C118,-220 150,-160 150,-60 Q150,0 100,0 L-100,0 Q-150,0 -150,-60 C-150,-160 -118,-220 -128,-280 C-140,-330 -160,-400 -100,-430 Z", glass);
    let milk = s.round(Rgb(252, 244, 228));
    s.path("M-124,-250 L124,-250 C120,-200 138,-150 138,-60 Q138,-12 96,-12 L-96,-12 Q-138,-12 -138,-60 C-138,-150 -120,-200 -124,-250 Z", milk);
    s.rect([-118, -490, 236, 72], 22, ring);
    s.row(5, (0, 42), |s| {
        s.line("M60,-216 L104,-216", 6, k.main.dark(10));
    });
    let bear = k.second;
    s.oval([-52, -130, 15, 15], bear)
        .oval([-8, -130, 15, 15], bear)
        .oval([-30, -104, 36, 32], bear)
        .oval([-42, -108, 4, 4], bear.dark(60))
        .oval([-18, -108, 4, 4], bear.dark(60))
        .oval([-30, -96, 12, 8], WHITE);
    s.shine("M-122,-380 C-116,-400 -100,-408 -86,-410 C-110,-340 -92,-260 -110,-180 L-116,-20 L-134,-40 C-136,-160 -104,-220 -114,-290 Z", 50);
}

/// Building blocks of wood in a little tower.
pub fn blocks(s: &mut Sketch, k: Look) {
    let cube = |s: &mut Sketch, x: i32, y: i32, c: Rgb| {
        let (front, top) = (s.face(c), c.light(40));
        s.path(&format!("M{x},{} l40,-36 h150 l-40,36 Z", y - 150), top)
            .path(&format!("M{},{} l40,-36 v150 l-40,36 Z", x + 150, y - 150), c.dark(20));
        s.rect([x, y - 150, 150, 150], 10, front);
        s.shine(&format!("M{},{} h120 l-20,14 h-86 v90 l-14,16 Z", x + 14, y - 136), 26);
    };
    cube(s, -290, 0, k.main);
    cube(s, 110, 0, Rgb(240, 190, 96));
    cube(s, -90, 0, k.second);
    cube(s, -190, -150, Rgb(226, 120, 96));
    cube(s, 20, -150, Rgb(124, 176, 196));
    let (roof, ball) = (s.face(k.main.dark(10)), s.ball(Rgb(240, 190, 96)));
    s.path("M-210,-300 L-100,-430 L20,-300 Z", roof).path("M-100,-430 L-62,-458 L56,-332 L20,-300 Z", k.main.dark(30));
    s.oval([112, -352, 62, 62], ball);
    s.oval([-15, -76, 40, 40], k.second.light(50));
    s.path("M-215,-110 l18,38 l42,4 l-32,28 l10,42 l-38,-22 l-38,22 l10,-42 l-32,-28 l42,-4 Z", k.main.light(56));
}

/// A plush bear sitting.
pub fn bear(s: &mut Sketch, k: Look) {
    let fur = if k.main.is_light() { k.main.dark(8) } else { k.main };
    let pale = fur.light(52);
    for x in [-130, 130] {
        let (ear, inner) = (s.ball(fur), pale);
        s.oval([x, -540, 66, 66], ear).oval([x, -534, 36, 36], inner);
    }
    let (body, tummy) = (s.ball(fur), s.ball(pale));
    s.oval([0, -170, 190, 176], body).oval([0, -150, 118, 120], tummy);
    for (x, turn) in [(-186, 26), (186, -26)] {
        let arm = s.ball(fur.dark(4));
        s.open(&format!("translate({x},-230) rotate({turn})")).oval([0, 20, 58, 108], arm).close();
    }
    for x in [-140, 140] {
        let (foot, pad) = (s.ball(fur), s.ball(pale));
        s.oval([x, -72, 92, 78], foot).oval([x, -62, 52, 46], pad);
    }
    let (head, snout, nose) = (s.ball(fur), s.ball(pale), s.ball(Rgb(74, 56, 52)));
    s.oval([0, -430, 190, 164], head).oval([0, -384, 86, 66], snout).oval([0, -414, 28, 20], nose);
    s.line("M0,-394 L0,-376 M-26,-366 Q-12,-352 0,-374 Q12,-352 26,-366", 6, Rgb(92, 70, 64));
    for x in [-76, 76] {
        let eye = s.ball(Rgb(58, 44, 44));
        s.oval([x, -450, 17, 19], eye).oval([x - 5, -457, 6, 6], WHITE);
        s.oval([x * 3 / 2, -396, 28, 18], Rgb(240, 170, 160).mix(fur, 40));
    }
    let bow = s.fall(k.second.dark(8));
    s.path(
        "M0,-290 C-50,-340 -110,-330 -104,-286 C-106,-250 -50,-250 0,-284 C50,-250 106,-250 104,-286 C110,-330 50,-340 0,-290 Z",
        bow,
    );
    let knot = s.ball(k.second.dark(14));
    s.oval([0, -288, 24, 22], knot);
}

/// A romper for a baby.
pub fn romper(s: &mut Sketch, k: Look) {
    let d = "M-90,-520 C-50,-470 50,-470 90,-520 C150,-506 190,-490 216,-460 L290,-330 Q296,-316 282,-308 L216,-270 L180,-330 C180,-240 176,-180 196,-110 L130,-60 C100,-100 70,-40 60,0 Q0,14 -60,0 C-70,-40 -100,-100 -130,-60 L-196,-110 C-176,-180 -180,-240 -180,-330 L-216,-270 L-282,-308 Q-296,-316 -290,-330 L-216,-460 C-190,-490 -150,-506 -90,-520 Z";
    s.cast(d);
    let f = s.face(k.main);
    s.path(d, f);
    s.within(d, |s| {
        for i in 0..26 {
            let (x, y) = (-270 + (i * 113) % 540, -500 + (i * 67) % 480);
            s.oval([x, y, 12, 12], k.second).oval([x + 16, y + 10, 6, 6], k.second.light(40));
        }
        s.shine("M-150,-520 C-110,-400 -130,-200 -160,-60 L-110,-60 C-70,-200 -60,-400 -90,-520 Z", 9);
    });
    s.line("M-90,-520 C-64,-460 64,-460 90,-520", 16, k.second);
    s.line("M-132,-60 C-100,-100 -70,-40 -60,0 M132,-60 C100,-100 70,-40 60,0", 12, k.second);
    for x in [-30, 0, 30] {
        s.oval([x, -14, 9, 9], WHITE);
    }
    let patch = s.fall(WHITE.mix(k.second, 12));
    s.oval([0, -310, 74, 66], patch).oval([-46, -360, 22, 22], WHITE).oval([46, -360, 22, 22], WHITE);
    s.oval([-24, -322, 7, 8], k.second.dark(60))
        .oval([24, -322, 7, 8], k.second.dark(60))
        .oval([0, -300, 14, 10], k.second.dark(40));
}

/// A basketball or a football.
pub fn ball(s: &mut Sketch, k: Look) {
    let round = "M-270,-270 a270,270 0 1 0 540,0 a270,270 0 1 0 -540,0 Z";
    if k.variant == 0 {
        let f = s.ball(Rgb(226, 124, 66));
        s.path(round, f);
        s.within(round, |s| {
            s.line("M-280,-310 C-120,-240 120,-240 280,-310 M-30,-550 C40,-360 40,-180 -30,10 M-230,-480 C-90,-390 -80,-140 -220,-50 M220,-490 C100,-390 100,-150 230,-60", 11, Rgb(70, 48, 42));
        });
    } else {
        let (f, patch) = (s.ball(Rgb(250, 250, 248)), if k.variant == 1 { Rgb(56, 58, 66) } else { k.main });
        s.path(round, f);
        s.within(round, |s| {
            for d in ["M0,-370 L96,-300 L60,-188 L-60,-188 L-96,-300 Z", "M-280,-390 L-200,-420 L-176,-330 L-240,-270 L-290,-290 Z", "M280,-390 L200,-420 L176,-330 L240,-270 L290,-290 Z", "M-70,-560 L70,-560 L60,-490 L0,-460 L-60,-490 Z", "M-170,-110 L-120,-80 L-130,10 L-220,10 L-240,-80 Z", "M170,-110 L120,-80 L130,10 L220,10 L240,-80 Z"] {
                s.path(d, patch);
            }
            s.line("M0,-460 L0,-370 M96,-300 L176,-330 M-96,-300 L-176,-330 M60,-188 L120,-80 M-60,-188 L-120,-80 M-60,-490 L-200,-420 M60,-490 L200,-420 M-240,-270 L-170,-110 M240,-270 L170,-110", 7, patch);
            s.shade("M270,-420 C250,-150 60,-20 -180,-30 L0,20 L280,20 Z", 14);
        });
    }
    s.shine("M-190,-390 C-150,-470 -80,-510 0,-516 C-70,-480 -130,-430 -160,-340 C-180,-350 -196,-370 -190,-390 Z", 36);
}

/// A yoga mat, half rolled.
pub fn yoga_mat(s: &mut Sketch, k: Look) {
    let (flat, edge) = (s.face(k.main), k.main.dark(30));
    s.path("M-330,-10 L-210,-240 L250,-240 L300,-10 Z", edge);
    s.path("M-330,-24 L-210,-250 L250,-250 L300,-24 Z", flat);
    s.glint("M-270,-46 L-170,-232 M230,-232 L268,-46", 5, 40);
    s.oval([10, -130, 90, 36], k.main.light(20)).oval([10, -130, 66, 25], k.main);
    let roll = s.blend([0, 0, 0, 100], &[(0, k.main.light(40)), (40, k.main), (100, k.main.dark(34))]);
    s.rect([-250, -400, 520, 180], 90, roll);
    let end = s.ball(k.main.dark(8));
    s.oval([256, -310, 56, 90], end);
    s.line("M256,-310 c-10,-20 18,-34 24,-4 c2,40 -46,44 -48,2 c0,-50 66,-66 70,2 c0,66 -70,78 -84,26", 7, k.main.dark(40));
    for x in [-150, 90] {
        let strap = s.blend([0, 0, 0, 100], &[(0, k.second.light(30)), (50, k.second), (100, k.second.dark(36))]);
        s.rect([x, -402, 44, 184], 10, strap);
    }
    s.glint("M-210,-376 L200,-376", 9, 34);
}

/// A tent with its door open.
pub fn tent(s: &mut Sketch, k: Look) {
    let (left, right, dark) = (s.face(k.main), s.fall(k.main.dark(14)), s.fall(Rgb(74, 66, 60)));
    s.line("M-340,-10 L-390,0 M340,-10 L390,0", 6, Rgb(150, 130, 104));
    s.path("M0,-520 C-70,-330 -200,-130 -350,0 L350,0 C200,-130 70,-330 0,-520 Z", left);
    s.path("M0,-520 C70,-330 200,-130 350,0 L130,0 C100,-170 50,-340 0,-520 Z", right);
    s.path("M0,-400 C-30,-260 -70,-120 -120,0 L120,0 C70,-120 30,-260 0,-400 Z", dark);
    let glow = s.spot(Rgb(255, 214, 130), 80);
    s.oval([0, -70, 110, 110], glow);
    let flap = s.face(k.second);
    s.path("M0,-410 C-40,-280 -110,-130 -190,0 L-120,0 C-96,-120 -40,-260 0,-410 Z", &flap)
        .path("M0,-410 C40,-280 110,-130 190,0 L120,0 C96,-120 40,-260 0,-410 Z", flap);
    s.crease("M0,-520 C-30,-440 -40,-420 -60,-380 M-200,-130 L-160,-120", 4, 16);
    s.tube("M0,-520 L-30,-570", 12, Rgb(186, 150, 104)).tube("M0,-520 L30,-570", 12, Rgb(186, 150, 104));
    s.shine("M-20,-440 C-90,-280 -190,-130 -290,-20 L-230,-20 C-150,-140 -70,-290 -20,-440 Z", 22);
    for (i, x) in [-250, -190, 200, 260].into_iter().enumerate() {
        let bulb = s.ball(if i % 2 == 0 { Rgb(255, 210, 110) } else { Rgb(250, 170, 130) });
        s.oval([x, -30 - (x / 30) * (x / 30), 12, 14], bulb);
    }
}

/// A pair of dumbbells.
pub fn dumbbell(s: &mut Sketch, k: Look) {
    for (move_by, c) in [("translate(40,-150) scale(0.92)", k.second), ("translate(-20,0)", k.main)] {
        s.open(move_by);
        let bar = s.blend([0, 0, 0, 100], &[(0, Rgb(150, 154, 160)), (30, Rgb(236, 238, 240)), (100, Rgb(120, 124, 130))]);
        s.rect([-130, -150, 260, 50], 16, bar);
        s.row(9, (20, 0), |s| {
            s.crease("M-80,-144 L-80,-106", 4, 18);
        });
        for x in [-270, 110] {
            let lump = s.blend([0, 0, 20, 100], &[(0, c.light(46)), (36, c), (100, c.dark(40))]);
            s.path(&format!("M{},-250 h104 l28,40 v170 l-28,40 h-104 l-28,-40 v-170 Z", x + 28), lump);
            s.crease(&format!("M{x},-210 h160 M{x},-40 h160"), 4, 18);
            s.glint(&format!("M{},-238 h92", x + 34), 7, 46);
            s.oval([x + 80, -125, 34, 34], c.dark(16)).oval([x + 80, -125, 20, 20], c.light(24));
        }
        s.close();
    }
}
