//! Machines for the home and things that go with a telephone.

use super::palette::{Rgb, WHITE};
use super::sketch::{Look, Sketch};

const STEEL: Rgb = Rgb(188, 194, 200);
const BLACK: Rgb = Rgb(52, 52, 58);

/// A telephone in its case, from the back.
pub fn phone_case(s: &mut Sketch, k: Look) {
    let edge = s.round(k.main.dark(20));
    s.rect([-150, -604, 320, 604], 60, edge);
    let back = s.face(k.main);
    let d = "M-102,-604 L110,-604 Q162,-604 162,-552 L162,-52 Q162,0 110,0 L-110,0 Q-162,0 -162,-52 L-162,-552 Q-162,-604 -110,-604 Z";
    s.path(d, back);
    s.within(d, |s| match k.variant {
        0 => {
            s.path("M-170,-200 C-80,-290 40,-130 170,-230 L170,10 L-170,10 Z", k.second);
            s.path("M-170,-110 C-60,-190 40,-60 170,-130 L170,10 L-170,10 Z", k.second.light(34));
        }
        1 => {
            s.line("M0,-300 m-96,0 a96,96 0 1 0 192,0 a96,96 0 1 0 -192,0 M0,-186 L0,-110", 12, k.main.light(52));
        }
        _ => {
            for (x, y, r) in [(-90, -250, 44), (70, -300, 34), (20, -140, 60), (-100, -80, 34), (110, -110, 28)] {
                for (dx, dy) in [(0, -1), (1, 0), (0, 1), (-1, 0)] {
                    s.oval([x + dx * r / 2, y + dy * r / 2, r / 2, r / 2], k.second.light(30));
                }
                s.oval([x, y, r / 4, r / 4], Rgb(248, 206, 110));
            }
        }
    });
    let bump = s.face(k.main.dark(14));
    s.rect([-138, -580, 190, 190], 54, bump);
    for (x, y) in [(-88, -530), (2, -530), (-88, -440)] {
        let (lens, eye) = (s.ball(BLACK), s.ball(Rgb(70, 84, 120)));
        s.oval([x, y, 38, 38], STEEL).oval([x, y, 33, 33], lens).oval([x, y, 15, 15], eye).oval([x - 8, y - 8, 5, 5], WHITE);
    }
    s.oval([4, -442, 16, 16], Rgb(252, 244, 214));
    s.shine("M-150,-360 L-60,-360 L-140,-20 Q-156,-30 -156,-60 L-156,-350 Z", 16);
    s.glint("M-156,-540 L-156,-60", 5, 40);
}

/// A coiled cable with two plugs.
pub fn cable(s: &mut Sketch, k: Look) {
    for (ry, dy) in [(150, 0), (132, -26), (116, -50)] {
        s.tube(&format!("M-200,{0} a200,{ry} 0 1 0 400,0 a200,{ry} 0 1 0 -400,0", -190 + dy), 22, k.main);
    }
    s.tube("M-180,-240 C-240,-330 -220,-420 -150,-470", 22, k.main).tube("M180,-240 C250,-340 220,-400 160,-440", 22, k.main);
    for (t, usb) in [("translate(-150,-470) rotate(34)", false), ("translate(160,-440) rotate(-30)", true)] {
        s.open(t);
        let (boot, head) = (s.round(k.main.dark(12)), s.round(k.main.light(14)));
        let metal = s.metal(STEEL);
        s.rect([-14, -40, 28, 60], 8, boot).rect([-30, -120, 60, 96], 16, head);
        if usb {
            s.rect([-28, -184, 56, 66], 4, metal).rect([-14, -166, 10, 14], 1, BLACK).rect([6, -166, 10, 14], 1, BLACK);
        } else {
            s.rect([-22, -170, 44, 52], 18, metal).rect([-12, -166, 24, 8], 4, BLACK);
        }
        s.close();
    }
    let tie = s.round(k.second.dark(10));
    s.rect([-26, -110, 52, 110], 12, tie);
}

/// A power bank or a charger: a small rounded block with sockets.
pub fn power(s: &mut Sketch, k: Look) {
    let (side, front) = (s.round(k.main.dark(22)), s.face(k.main));
    s.rect([-170, -540, 380, 540], 54, side).rect([-210, -540, 370, 540], 54, front);
    let (port, steel) = (s.fall(BLACK), s.metal(STEEL));
    s.rect([-120, -500, 76, 30], 15, &port).rect([4, -504, 84, 38], 5, steel).rect([14, -496, 64, 22], 3, port);
    if k.variant == 0 {
        s.rect([-90, -330, 130, 70], 18, BLACK);
        s.line(
            "M-62,-310 L-62,-280 M-46,-310 L-46,-280 M-24,-310 L-4,-310 L-4,-296 L-24,-296 L-24,-280 L-4,-280",
            6,
            Rgb(150, 230, 210),
        );
    } else {
        for (i, x) in [-70, -40, -10, 20].into_iter().enumerate() {
            s.oval([x, -300, 9, 9], if i < 3 { Rgb(140, 220, 190) } else { k.main.dark(16) });
        }
        s.line("M-30,-230 m-80,0 a80,80 0 1 0 160,0 a80,80 0 1 0 -160,0", 6, k.main.light(40));
    }
    s.path("M-20,-190 L-60,-116 L-30,-116 L-44,-54 L10,-138 L-22,-138 L0,-190 Z", k.second.light(20));
    s.shine("M-186,-480 Q-180,-516 -140,-520 L-160,-30 Q-186,-40 -190,-70 Z", 34);
}

/// Ear buds in an open case.
pub fn earphones(s: &mut Sketch, k: Look) {
    let (lid, inside) = (s.ball(k.main), s.fall(k.main.dark(28)));
    s.path("M-210,-260 C-216,-470 -130,-540 0,-540 C130,-540 216,-470 210,-260 Z", lid);
    s.path("M-186,-262 C-186,-420 -120,-496 0,-496 C120,-496 186,-420 186,-262 Z", inside);
    for flip in ["scale(1,1)", "scale(-1,1)"] {
        s.open(flip);
        let (bud, tip) = (s.ball(k.main.light(16)), s.ball(k.second.dark(10)));
        s.path("M-120,-250 L-120,-340 C-140,-430 -40,-440 -36,-370 C-34,-330 -80,-320 -84,-300 L-84,-250 Z", bud);
        s.oval([-44, -372, 22, 28], tip).oval([-104, -388, 10, 14], k.main.light(60));
        s.close();
    }
    let body = s.round(k.main);
    s.path("M-214,-270 Q0,-236 214,-270 L214,-120 C214,-30 150,0 80,0 L-80,0 C-150,0 -214,-30 -214,-120 Z", body);
    s.crease("M-214,-268 Q0,-234 214,-268", 5, 26);
    s.oval([0, -150, 10, 10], Rgb(140, 226, 180));
    s.rect([-40, -290, 80, 20], 10, k.main.dark(18));
    s.shine("M-184,-240 Q-160,-234 -140,-232 C-140,-120 -130,-50 -96,-16 C-150,-24 -184,-70 -184,-130 Z", 40);
    s.shine("M-180,-330 C-170,-440 -110,-500 -40,-516 C-100,-490 -150,-430 -164,-300 Z", 46);
}

/// Over-ear headphones.
pub fn headset(s: &mut Sketch, k: Look) {
    s.tube("M-220,-230 C-230,-660 230,-660 220,-230", 46, k.main);
    s.line("M-150,-486 C-80,-560 80,-560 150,-486", 30, k.second.dark(8));
    s.glint("M-150,-496 C-90,-556 10,-564 60,-552", 5, 40);
    let steel = s.metal(STEEL);
    s.rect([-236, -330, 30, 120], 10, &steel).rect([206, -330, 30, 120], 10, steel);
    for flip in ["scale(1,1)", "scale(-1,1)"] {
        s.open(flip);
        let (pad, cup) = (s.round(k.second.dark(12)), s.round(k.main));
        s.rect([-214, -260, 86, 250], 43, pad);
        s.path("M-190,-270 C-300,-270 -318,-190 -318,-135 C-318,-70 -300,0 -190,0 Z", cup);
        s.oval([-262, -136, 30, 78], k.main.light(14));
        s.close();
    }
    s.shine("M-290,-170 C-286,-220 -260,-250 -220,-256 C-250,-220 -262,-180 -262,-130 C-280,-130 -292,-140 -290,-170 Z", 34);
}

/// A compact keyboard seen from above at a slant.
pub fn keyboard(s: &mut Sketch, k: Look) {
    let (edge, top) = (s.fall(k.main.dark(28)), s.fall(k.main.dark(8)));
    s.path("M-330,-290 L330,-290 L392,-40 Q396,0 356,0 L-356,0 Q-396,0 -392,-40 Z", edge);
    s.path(
        "M-330,-300 Q-326,-316 -306,-316 L306,-316 Q326,-316 330,-300 L390,-50 Q394,-22 364,-22 L-364,-22 Q-394,-22 -390,-50 Z",
        top,
    );
    for row in 0..5 {
        let (y, left, count) = (-296 + row * 54, -304 - row * 12, 12);
        let step = (-left * 2) / count;
        for col in 0..count {
            let wide = (row == 4 && (3..8).contains(&col)) as i32;
            if wide == 1 && col > 3 {
                continue;
            }
            let c = match (row, col) {
                (0, 0) => k.second,
                (4, 3) => k.second.light(20),
                (2, 11) => k.second,
                _ if k.main.is_light() => WHITE.dark(2),
                _ => k.main.light(14),
            };
            let (x, w) = (left + col * step, if wide == 1 { step * 5 } else { step });
            s.rect([x, y + 6, w - 6, 46], 10, c.dark(24)).rect([x + 3, y, w - 12, 42], 9, c);
            s.glint(&format!("M{},{} L{},{}", x + 10, y + 5, x + w - 18, y + 5), 3, 40);
        }
    }
}

/// A desk fan.
pub fn fan(s: &mut Sketch, k: Look) {
    let (foot, stem) = (s.round(k.main), s.round(k.main.light(10)));
    s.path("M-150,-24 C-150,-60 -60,-66 0,-66 C60,-66 150,-60 150,-24 Q150,0 120,0 L-120,0 Q-150,0 -150,-24 Z", foot);
    s.path("M-24,-200 L24,-200 L34,-56 L-34,-56 Z", stem);
    let (ring, back) = (s.blend([0, 0, 100, 100], &[(0, k.main.light(30)), (100, k.main.dark(18))]), s.fall(k.main.light(60)));
    s.oval([0, -390, 236, 236], ring).oval([0, -390, 212, 212], back);
    for turn in [0, 72, 144, 216, 288] {
        s.open(&format!("translate(0,-390) rotate({turn})"));
        let blade = s.face(k.second.light(16));
        s.path("M0,0 C-90,-50 -120,-150 -60,-196 C0,-210 60,-150 36,-60 Z", blade);
        s.close();
    }
    for turn in (0..180).step_by(15) {
        s.open(&format!("translate(0,-390) rotate({turn})")).line("M0,-216 L0,216", 3, k.main.dark(14)).close();
    }
    s.line("M-130,-390 a130,130 0 1 0 260,0 a130,130 0 1 0 -260,0", 3, k.main.dark(14));
    let hub = s.ball(k.main.light(10));
    s.oval([0, -390, 52, 52], hub);
    s.glint("M-190,-490 C-160,-550 -90,-596 -20,-606", 8, 60);
    for x in [-36, 0, 36] {
        s.oval([x, -32, 9, 6], if x == 0 { k.second.dark(20) } else { k.main.dark(20) });
    }
}

/// An electric kettle with a gooseneck or a short beak.
pub fn kettle(s: &mut Sketch, k: Look) {
    let base = s.round(BLACK);
    s.rect([-190, -30, 380, 30], 14, base);
    let (spout, body) = (s.round(k.main), s.round(k.main));
    if k.variant == 0 {
        s.tube("M-130,-110 C-270,-110 -210,-330 -300,-400", 30, k.main);
    } else {
        s.path("M-110,-380 L-230,-420 Q-240,-400 -226,-384 L-150,-270 Z", spout);
    }
    s.tube("M130,-410 C300,-440 300,-150 160,-120", 34, if k.variant == 1 { Rgb(190, 142, 98) } else { BLACK });
    s.path("M-120,-420 L120,-420 C140,-300 176,-180 180,-60 Q182,-30 150,-30 L-150,-30 Q-182,-30 -180,-60 C-176,-180 -140,-300 -120,-420 Z", body);
    let (lid, knob) = (s.fall(k.main.light(10)), s.ball(if k.variant == 1 { Rgb(190, 142, 98) } else { BLACK }));
    s.path("M-124,-416 C-110,-476 110,-476 124,-416 Z", lid);
    s.oval([0, -476, 30, 22], knob);
    s.crease("M-124,-416 L124,-416", 5, 24);
    s.shine("M-92,-396 L-56,-396 C-70,-280 -92,-170 -96,-44 L-140,-44 C-140,-170 -110,-280 -92,-396 Z", 36);
    s.oval([0, -12, 8, 6], Rgb(120, 210, 250));
}

/// A rice cooker.
pub fn rice_cooker(s: &mut Sketch, k: Look) {
    s.tube("M-210,-350 C-190,-540 190,-540 210,-350", 20, k.main.dark(18));
    let (body, lid) = (s.round(k.main), s.fall(k.main.light(14)));
    s.path(
        "M-270,-300 L270,-300 C284,-180 270,-60 230,-20 Q214,0 180,0 L-180,0 Q-214,0 -230,-20 C-270,-60 -284,-180 -270,-300 Z",
        body,
    );
    s.path("M-272,-296 C-270,-420 -130,-456 0,-456 C130,-456 270,-420 272,-296 Q0,-256 -272,-296 Z", lid);
    let steel = s.metal(STEEL);
    s.path("M-272,-306 Q0,-266 272,-306 L272,-286 Q0,-246 -272,-286 Z", steel);
    let (panel, vent) = (s.fall(BLACK), s.fall(k.main.dark(30)));
    s.rect([-116, -210, 232, 140], 32, panel).oval([40, -410, 44, 12], vent);
    s.line("M-60,-176 L-60,-148 M-40,-176 L-20,-176 L-20,-162 L-40,-162 L-40,-148 L-20,-148", 7, Rgb(160, 226, 240));
    for x in [-70, -24, 24, 70] {
        s.oval([x, -104, 10, 10], if x == 24 { Rgb(250, 176, 96) } else { Rgb(120, 120, 126) });
    }
    s.shine("M-236,-276 Q-210,-268 -186,-266 C-190,-160 -180,-80 -150,-20 C-220,-40 -244,-160 -236,-276 Z", 32);
    s.shine("M-220,-330 C-200,-400 -110,-432 -30,-440 C-110,-410 -160,-370 -180,-310 Z", 46);
}
