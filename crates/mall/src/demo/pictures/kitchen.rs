//! Shapes for the kitchen and the table. Each draws one object standing on y = 0 around x = 0; none knows where it will stand.

use super::palette::{Rgb, WHITE};
use super::sketch::{Look, Sketch};

const STEEL: Rgb = Rgb(186, 192, 198);
const WOOD: Rgb = Rgb(198, 150, 104);

/// A mug with a handle; banded, dipped or plain.
pub fn mug(s: &mut Sketch, k: Look) {
    let body =
        "M-190,-400 L190,-400 C190,-250 186,-110 172,-44 Q160,0 110,0 L-110,0 Q-160,0 -172,-44 C-186,-110 -190,-250 -190,-400 Z";
    s.tube("M172,-316 C290,-350 318,-250 292,-190 C270,-136 214,-106 166,-104", 44, k.main.dark(6));
    let clay = s.round(k.main);
    s.path(body, clay);
    let trim = s.round(k.second);
    s.within(body, |s| match k.variant {
        0 => {
            s.path("M-200,-130 C-120,-170 -40,-100 40,-136 S160,-150 200,-128 L200,10 L-200,10 Z", trim);
        }
        1 => {
            s.rect([-200, -290, 400, 26], 0, &trim).rect([-200, -244, 400, 10], 0, trim);
        }
        _ => {
            s.row(5, (76, 0), |s| {
                s.oval([-152, -210, 16, 16], k.second).oval([-114, -150, 16, 16], k.second);
            });
        }
    });
    s.shine(
        "M-150,-370 Q-120,-374 -108,-370 C-112,-230 -104,-120 -92,-50 Q-118,-40 -128,-60 C-146,-140 -152,-250 -150,-370 Z",
        30,
    );
    let (lip, inside) = (s.round(k.main.light(20)), s.hollow(k.main.light(18)));
    s.oval([0, -400, 190, 46], lip).oval([0, -398, 172, 37], inside);
    let drink = s.face(Rgb(122, 76, 48));
    s.within("M-172,-398 a172,37 0 1 0 344,0 a172,37 0 1 0 -344,0 Z", |s| {
        s.oval([0, -372, 158, 34], drink);
    });
    s.glint("M-176,-410 C-140,-436 -60,-444 20,-443", 5, 70);
}

/// A round teapot with a lid and a bamboo handle.
pub fn teapot(s: &mut Sketch, k: Look) {
    s.tube("M-150,-300 C-190,-560 190,-560 150,-300", 26, WOOD);
    let spout = s.round(k.main);
    s.path("M150,-120 C230,-130 236,-260 300,-318 Q330,-330 336,-306 C310,-240 300,-80 160,-50 Z", spout);
    let body = s.ball(k.main);
    let shape = "M-90,-330 C-230,-310 -260,-190 -240,-120 C-222,-50 -160,0 -90,0 L90,0 C160,0 222,-50 240,-120 C260,-190 230,-310 90,-330 Z";
    s.path(shape, body);
    let band = s.round(k.second);
    s.within(shape, |s| {
        if k.variant == 0 {
            s.path("M-260,-70 Q0,-20 260,-70 L260,10 L-260,10 Z", band);
        } else if k.variant == 1 {
            s.line("M-80,-60 C-60,-150 -20,-190 50,-220", 8, k.second);
            for leaf in [
                "M-52,-130 q-50,-8 -62,-46 q50,0 62,46",
                "M-24,-166 q8,-48 50,-56 q0,44 -50,56",
                "M10,-196 q-34,-20 -26,-58 q38,14 26,58",
                "M50,-220 q14,-40 54,-36 q-10,36 -54,36",
            ] {
                s.path(leaf, k.second);
            }
        }
    });
    let lid = s.round(k.main.light(6));
    s.path("M-112,-322 C-100,-376 100,-376 112,-322 Q0,-296 -112,-322 Z", lid);
    let knob = s.ball(WOOD);
    s.oval([0, -384, 30, 28], knob);
    s.crease("M-112,-320 Q0,-294 112,-320", 5, 26);
    s.shine("M-190,-230 C-176,-290 -130,-308 -96,-312 C-130,-280 -160,-220 -160,-150 C-186,-160 -198,-200 -190,-230 Z", 38);
}

/// A frying pan seen a little from above.
pub fn pan(s: &mut Sketch, k: Look) {
    let grip = s.fall(if k.variant == 0 { WOOD } else { Rgb(70, 64, 62) });
    s.path("M190,-196 L420,-330 Q452,-346 466,-322 Q476,-300 452,-284 L222,-150 Z", grip);
    s.glint("M240,-204 L436,-318", 6, 45);
    s.oval([452, -314, 8, 6], Rgb(60, 52, 48));
    let side = s.round(k.main);
    s.path("M-300,-170 C-296,-70 -230,0 -140,0 L90,0 C180,0 246,-70 250,-170 Z", side);
    let rim = s.metal(STEEL);
    let inside = s.blend([10, 0, 80, 100], &[(0, Rgb(52, 50, 52)), (55, Rgb(84, 82, 84)), (100, Rgb(118, 114, 114))]);
    s.oval([-25, -172, 277, 92], rim).oval([-25, -170, 264, 84], inside);
    let base = s.face(Rgb(88, 86, 88));
    s.oval([-25, -150, 206, 56], base);
    s.glint("M-190,-176 C-150,-204 -60,-212 20,-206", 6, 32);
    if k.variant == 1 {
        let white = s.ball(Rgb(250, 246, 238));
        s.path("M-110,-160 C-120,-196 -30,-204 20,-190 C80,-184 96,-146 40,-132 C-10,-116 -100,-124 -110,-160 Z", white);
        let yolk = s.ball(Rgb(248, 184, 60));
        s.oval([-24, -162, 38, 22], yolk);
    }
    s.shine("M-262,-130 C-246,-70 -210,-36 -170,-22 C-200,-60 -216,-100 -222,-140 Z", 32);
}

/// A stock pot with two ears and a lid.
pub fn pot(s: &mut Sketch, k: Look) {
    let ear = k.main.dark(10);
    s.tube("M-228,-210 C-310,-226 -310,-140 -228,-156", 28, ear).tube("M228,-210 C310,-226 310,-140 228,-156", 28, ear);
    let body = s.round(k.main);
    s.path("M-236,-262 L236,-262 L228,-60 Q222,0 160,0 L-160,0 Q-222,0 -228,-60 Z", body);
    s.shine("M-196,-250 L-150,-250 C-150,-150 -146,-70 -130,-14 Q-176,-16 -184,-60 Z", 28);
    let rim = s.metal(STEEL);
    s.rect([-246, -282, 492, 26], 13, rim);
    let lid = s.fall(k.main.light(6));
    s.path("M-236,-284 C-210,-372 -90,-392 0,-392 C90,-392 210,-372 236,-284 Z", lid);
    s.shine("M-196,-300 C-170,-352 -90,-374 -40,-376 C-90,-360 -130,-334 -150,-300 Z", 36);
    let knob = s.metal(if k.variant == 0 { Rgb(214, 176, 110) } else { STEEL });
    s.rect([-16, -416, 32, 30], 6, &knob).rect([-46, -440, 92, 34], 17, knob);
}

/// Kitchen knives in a wooden block.
pub fn knives(s: &mut Sketch, k: Look) {
    for (x, top, wide) in [(-150, -470, 56), (-66, -520, 52), (14, -480, 46), (88, -440, 42)] {
        let grip = s.round(k.main);
        s.rect([x, top, wide, 240], 20, grip);
        let steel = s.metal(STEEL);
        s.rect([x + 4, top + 190, wide - 8, 60], 2, steel);
        s.oval([x + wide / 2, top + 50, 6, 6], STEEL.light(20)).oval([x + wide / 2, top + 130, 6, 6], STEEL.light(20));
    }
    let block = s.face(WOOD);
    s.path(
        "M-190,-290 Q-190,-310 -168,-310 L150,-310 Q172,-310 176,-290 L206,-24 Q208,0 184,0 L-196,0 Q-220,0 -218,-24 Z",
        block,
    );
    let top = s.blend([0, 0, 100, 0], &[(0, WOOD.light(36)), (100, WOOD.light(8))]);
    s.path("M-190,-296 L-172,-316 L154,-316 L176,-294 Z", top);
    for grain in [
        "M-170,-250 C-60,-270 60,-230 172,-252",
        "M-182,-180 C-60,-160 40,-200 184,-176",
        "M-196,-96 C-80,-116 60,-76 194,-100",
        "M-200,-40 C-60,-56 90,-26 200,-44",
    ] {
        s.crease(grain, 4, 12);
    }
    s.shine("M-178,-290 L-130,-290 L-146,-16 L-200,-16 Z", 18);
}

/// A cutting board leaning, with a knife before it.
pub fn board(s: &mut Sketch, k: Look) {
    let wood = if k.variant == 0 { WOOD } else { WOOD.dark(16) };
    let (edge, face) = (s.face(wood.dark(24)), s.face(wood));
    let d = "M-210,-560 Q-210,-590 -180,-590 L160,-590 Q190,-590 190,-560 L190,-30 Q190,0 160,0 L-180,0 Q-210,0 -210,-30 Z";
    s.open("translate(14,0)").path(d, edge).close().path(d, face);
    s.within(d, |s| {
        for x in [-170, -104, -20, 40, 116] {
            s.crease(&format!("M{x},-600 C{},-400 {},-200 {x},10", x + 26, x - 24), 5, 10);
        }
    });
    let hole = s.hollow(wood.dark(30));
    s.rect([-70, -556, 120, 34], 17, hole);
    let steel = s.blend([0, 0, 100, 100], &[(0, STEEL.light(50)), (50, STEEL), (100, STEEL.light(30))]);
    s.path("M40,-40 L40,-380 Q120,-330 126,-210 L126,-40 Z", steel);
    s.glint("M50,-350 L50,-60", 6, 80);
    let grip = s.round(k.main);
    s.rect([48, -60, 66, 190], 26, grip);
    s.oval([81, 0, 7, 7], STEEL).oval([81, 70, 7, 7], STEEL);
}

/// A stack of bowls on a plate.
pub fn bowl(s: &mut Sketch, k: Look) {
    let plate = s.fall(k.second.light(30));
    s.oval([0, -22, 330, 46], k.second.dark(18)).oval([0, -34, 330, 46], plate).oval([0, -30, 230, 26], k.second.light(10));
    for (dy, c) in [(0, k.main), (-96, k.second.light(12)), (-192, k.main.light(6))] {
        s.open(&format!("translate(0,{dy})"));
        let side = s.round(c);
        s.path("M-250,-210 C-240,-110 -170,-50 -90,-44 L90,-44 C170,-50 240,-110 250,-210 Z", side);
        s.shine("M-214,-170 C-200,-110 -160,-72 -120,-60 C-150,-96 -164,-130 -170,-176 Z", 34);
        s.close();
    }
    let (lip, inside) = (s.round(k.main.light(30)), s.hollow(k.main.light(16)));
    s.oval([0, -402, 250, 56], lip).oval([0, -398, 232, 46], inside);
    if k.variant != 2 {
        let rice = s.ball(Rgb(252, 248, 240));
        s.path("M-210,-398 C-170,-500 170,-500 210,-398 C150,-356 -150,-356 -210,-398 Z", rice);
        s.dashes(
            "M-120,-430 C-60,-470 80,-468 130,-424 M-150,-398 C-60,-420 70,-420 150,-396 M-80,-378 C-20,-388 60,-388 100,-376",
            8,
            (6, 26),
            Rgb(226, 218, 204),
        );
    }
    s.glint("M-236,-414 C-190,-440 -90,-454 0,-456", 5, 60);
}

/// A vacuum flask.
pub fn thermos(s: &mut Sketch, k: Look) {
    let body = s.round(k.main);
    s.path("M-104,-430 C-104,-452 -90,-462 -70,-470 L70,-470 C90,-462 104,-452 104,-430 L104,-30 Q104,0 74,0 L-74,0 Q-104,0 -104,-30 Z", body);
    let steel = s.metal(STEEL);
    s.rect([-82, -496, 164, 30], 6, steel);
    let cap = s.round(if k.variant == 0 { k.second } else { k.main.dark(16) });
    s.path("M-88,-492 L-88,-570 Q-88,-596 -60,-596 L60,-596 Q88,-596 88,-570 L88,-492 Z", cap);
    if k.variant == 1 {
        s.tube("M-60,-590 C-70,-670 70,-670 60,-590", 18, k.second);
    }
    s.shine("M-78,-430 Q-60,-446 -46,-440 L-46,-30 Q-66,-20 -74,-36 Z", 34);
    let band = s.round(k.second);
    s.rect([-104, -40, 208, 40], 18, band);
    s.oval([0, -250, 26, 26], k.main.light(50)).oval([0, -250, 17, 17], k.main);
    s.crease("M-104,-42 L104,-42", 3, 20);
}

/// A clear glass jug and two tumblers: glassware.
pub fn glasses(s: &mut Sketch, k: Look) {
    let glass = s.blend(
        [0, 0, 100, 0],
        &[(0, Rgb(206, 222, 226)), (18, WHITE), (50, Rgb(226, 236, 238)), (88, Rgb(178, 200, 206)), (100, Rgb(214, 228, 232))],
    );
    let drink =
        s.blend([0, 0, 100, 0], &[(0, k.main.dark(6)), (26, k.main.light(50)), (60, k.main.light(16)), (100, k.main.dark(14))]);
    s.tube("M70,-470 C210,-480 210,-200 92,-180", 26, Rgb(206, 222, 226));
    s.path("M-150,-540 L90,-540 C80,-460 110,-300 110,-60 Q110,0 50,0 L-130,0 Q-190,0 -190,-60 C-190,-300 -150,-440 -170,-530 Q-168,-548 -150,-540 Z", glass);
    s.path("M-176,-330 L100,-330 C106,-250 104,-130 96,-60 Q92,-18 46,-18 L-126,-18 Q-172,-18 -176,-60 Z", &drink);
    s.oval([-38, -330, 138, 22], k.main.light(50));
    s.shine("M-140,-500 L-110,-500 C-120,-340 -130,-200 -126,-50 L-160,-60 C-160,-230 -140,-360 -140,-500 Z", 55);
    s.open("translate(200,30)");
    let glass =
        s.blend([0, 0, 100, 0], &[(0, Rgb(214, 228, 232)), (20, WHITE), (60, Rgb(228, 238, 240)), (100, Rgb(180, 202, 208))]);
    s.path("M-100,-250 L100,-250 L84,-24 Q80,0 58,0 L-58,0 Q-80,0 -84,-24 Z", glass);
    s.path("M-92,-160 L92,-160 L82,-34 Q78,-16 56,-16 L-56,-16 Q-78,-16 -82,-34 Z", drink);
    s.oval([0, -160, 92, 16], k.main.light(52)).oval([0, -250, 100, 18], Rgb(236, 243, 244));
    s.shine("M-74,-226 L-50,-226 L-48,-30 L-64,-34 Z", 60);
    s.close();
}
