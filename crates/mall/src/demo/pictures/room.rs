//! Shapes for the bedroom, the living room and the bath.

use super::palette::{Rgb, WHITE};
use super::sketch::{Look, Sketch};

const WOOD: Rgb = Rgb(196, 152, 108);
const BRASS: Rgb = Rgb(206, 172, 112);

/// A made bed: headboard, quilt, two pillows.
pub fn bedding(s: &mut Sketch, k: Look) {
    let wood = s.fall(WOOD);
    s.rect([-360, -470, 720, 440], 60, wood);
    s.rect([-336, -24, 40, 40], 8, WOOD.dark(30)).rect([296, -24, 40, 40], 8, WOOD.dark(30));
    for (x, c) in [(-290, k.second), (10, k.second)] {
        let p = s.ball(c.light(16));
        s.path(
            &format!(
                "M{},-250 C{},-300 {},-390 {},-384 Q{},-404 {},-384 C{},-390 {},-300 {},-250 Z",
                x + 6,
                x - 22,
                x,
                x + 34,
                x + 140,
                x + 246,
                x + 280,
                x + 302,
                x + 274
            ),
            p,
        );
        s.crease(&format!("M{},-360 Q{},-300 {},-262", x + 24, x + 50, x + 110), 5, 10);
    }
    let cloth = "M-372,-262 Q-380,-290 -340,-292 C-180,-306 180,-306 340,-292 Q380,-290 372,-262 L384,-40 Q386,0 350,0 C200,-14 -200,-14 -350,0 Q-386,0 -384,-40 Z";
    let fill = s.face(k.main);
    s.path(cloth, fill);
    s.within(cloth, |s| {
        if k.variant == 0 {
            s.row(9, (92, 0), |s| {
                s.line("M-380,-300 L-396,10", 12, k.main.light(34));
            });
        } else if k.variant == 1 {
            s.row(6, (130, 0), |s| {
                s.crease("M-420,10 L-240,-310 M-420,-310 L-240,10", 4, 12);
            });
        }
        let fold = s.fall(k.second.light(24));
        s.path("M-390,-310 L390,-310 L390,-214 C200,-232 -200,-232 -390,-214 Z", fold);
        s.crease("M-390,-212 C-200,-230 200,-230 390,-212", 6, 16);
        s.crease(
            "M-300,-180 C-280,-110 -310,-60 -290,-6 M180,-190 C210,-120 170,-70 196,-10 M-40,-196 C-60,-130 -20,-80 -40,-14",
            7,
            9,
        );
    });
    s.shine("M-350,-280 C-220,-292 -100,-296 0,-296 C-120,-270 -240,-250 -356,-240 Z", 30);
}

/// A folded quilt tied with a ribbon.
pub fn quilt(s: &mut Sketch, k: Look) {
    for (y, c) in [(0, k.main), (-118, k.main.light(10)), (-236, k.main.light(4))] {
        let f = s.fall(c);
        s.path(
            &format!(
                "M-290,{} C-340,{} -340,{} -290,{} C-100,{} 100,{} 280,{} C336,{} 336,{} 280,{} C100,{} -100,{} -290,{} Z",
                y,
                y - 10,
                y - 120,
                y - 132,
                y - 152,
                y - 152,
                y - 132,
                y - 120,
                y - 10,
                y,
                y + 6,
                y + 6,
                y
            ),
            f,
        );
        for x in [-190, -70, 50, 170] {
            s.crease(&format!("M{x},{} Q{},{} {x},{}", y - 130, x + 20, y - 66, y - 12), 5, 12);
        }
        s.shine(
            &format!(
                "M-280,{} C-120,{} 60,{} 200,{} C60,{} -140,{} -290,{} Z",
                y - 122,
                y - 142,
                y - 142,
                y - 128,
                y - 118,
                y - 112,
                y - 96
            ),
            34,
        );
    }
    let ribbon = s.round(k.second);
    s.path("M-36,-384 L36,-384 L36,8 L-36,8 Z", &ribbon);
    s.path(
        "M0,-392 C-60,-470 -150,-440 -120,-392 C-100,-366 -40,-376 0,-392 C40,-376 100,-366 120,-392 C150,-440 60,-470 0,-392 Z",
        ribbon,
    );
    let knot = s.ball(k.second.dark(8));
    s.oval([0, -394, 30, 24], knot);
}

/// A plump pillow standing on its edge.
pub fn pillow(s: &mut Sketch, k: Look) {
    let d = "M-280,-30 C-262,-120 -262,-300 -286,-400 C-292,-440 -250,-446 -220,-438 C-90,-410 90,-410 220,-438 C250,-446 292,-440 286,-400 C262,-300 262,-120 280,-30 C288,10 250,14 220,6 C90,-20 -90,-20 -220,6 C-250,14 -288,10 -280,-30 Z";
    let f = s.ball(k.main.light(8));
    s.path(d, f);
    s.within(d, |s| match k.variant {
        0 => {
            s.row(8, (84, 0), |s| {
                s.line("M-300,-460 C-280,-300 -280,-140 -300,20", 10, k.second.light(20));
            });
        }
        1 => {
            s.row(7, (104, 0), |s| {
                s.crease("M-420,20 L-200,-460 M-420,-460 L-200,20", 4, 11);
            });
        }
        _ => {}
    });
    s.dashes("M-240,-26 C-226,-130 -226,-290 -244,-396 M240,-26 C226,-130 226,-290 244,-396", 4, (12, 10), k.main.dark(22));
    s.crease(
        "M-270,-420 Q-200,-380 -170,-330 M270,-420 Q210,-380 186,-340 M-262,-12 Q-200,-60 -180,-100 M262,-12 Q204,-56 184,-96",
        7,
        12,
    );
    s.shine("M-226,-390 C-130,-370 20,-366 110,-380 C20,-330 -150,-300 -206,-220 C-214,-280 -216,-340 -226,-390 Z", 26);
}

/// Rolled and folded towels.
pub fn towel(s: &mut Sketch, k: Look) {
    for (y, c) in [(0, k.main), (-96, k.second), (-192, k.main.light(12))] {
        let f = s.fall(c);
        s.rect([-280, y - 100, 560, 104], 46, f);
        s.crease(&format!("M-270,{} C-100,{} 100,{} 272,{}", y - 48, y - 40, y - 40, y - 48), 6, 16);
        s.dashes(&format!("M190,{} L190,{} M214,{} L214,{}", y - 96, y - 4, y - 96, y - 4), 7, (8, 9), c.light(44));
        s.shine(&format!("M-250,{} Q-40,{} 180,{} Q-40,{} -262,{} Z", y - 90, y - 98, y - 90, y - 76, y - 66), 36);
    }
    for (x, c) in [(-136, k.second.light(10)), (96, k.main)] {
        let (side, end) = (s.ball(c), c.dark(16));
        s.oval([x, -370, 112, 78], side);
        s.line(
            &format!("M{},-370 c0,-30 46,-34 54,-4 c6,36 -60,50 -84,10 c-22,-60 70,-92 110,-34 c22,60 -50,98 -100,76", x - 20),
            6,
            end,
        );
    }
}

/// A desk lamp whose light is on.
pub fn lamp(s: &mut Sketch, k: Look) {
    let glow = s.spot(Rgb(255, 226, 150), 62);
    s.oval([0, -300, 400, 330], glow);
    let (foot, stem) = (s.round(k.main), s.metal(BRASS));
    s.path("M-140,-20 C-140,-50 -60,-60 0,-60 C60,-60 140,-50 140,-20 Q140,0 110,0 L-110,0 Q-140,0 -140,-20 Z", foot);
    s.rect([-12, -350, 24, 296], 8, stem);
    let shade =
        s.blend([0, 0, 100, 0], &[(0, k.main.light(8)), (26, k.main.light(55)), (60, k.main.light(16)), (100, k.main.dark(22))]);
    if k.variant == 0 {
        s.path("M-110,-590 Q0,-606 110,-590 L236,-330 Q0,-296 -236,-330 Z", shade);
    } else {
        s.path("M-236,-336 C-236,-500 -130,-600 0,-600 C130,-600 236,-500 236,-336 Q0,-300 -236,-336 Z", shade);
    }
    s.path("M-236,-332 Q0,-298 236,-332 Q0,-352 -236,-332 Z", Rgb(255, 240, 196));
    s.shine("M-96,-570 Q-70,-580 -50,-580 C-110,-500 -130,-420 -136,-330 L-186,-338 C-176,-420 -150,-510 -96,-570 Z", 26);
    let bead = s.ball(BRASS);
    s.line("M70,-322 L70,-236", 3, BRASS.dark(20)).oval([70, -226, 10, 12], bead);
}

/// A lounge chair on wooden legs.
pub fn chair(s: &mut Sketch, k: Look) {
    for d in ["M-190,-170 L-236,0", "M190,-170 L236,0", "M-110,-170 L-130,-26", "M110,-170 L130,-26"] {
        s.tube(d, 26, WOOD);
    }
    let back = s.ball(k.main);
    s.path("M-210,-230 C-260,-420 -210,-600 0,-600 C210,-600 260,-420 210,-230 Z", back);
    if k.variant == 0 {
        s.crease("M-120,-570 C-150,-460 -150,-350 -140,-250 M0,-596 L0,-250 M120,-570 C150,-460 150,-350 140,-250", 7, 14);
    } else {
        for (x, y) in [(-90, -460), (0, -480), (90, -460), (-50, -370), (50, -370)] {
            s.oval([x, y, 11, 9], k.main.dark(26));
        }
    }
    let arm = s.round(k.main);
    s.path("M-270,-330 Q-270,-376 -232,-376 Q-196,-376 -196,-330 L-190,-160 L-250,-160 Z", &arm)
        .path("M270,-330 Q270,-376 232,-376 Q196,-376 196,-330 L190,-160 L250,-160 Z", arm);
    let seat = s.fall(k.main.light(8));
    s.path("M-210,-270 Q0,-310 210,-270 Q236,-262 232,-220 L226,-166 Q222,-136 190,-136 L-190,-136 Q-222,-136 -226,-166 L-232,-220 Q-236,-262 -210,-270 Z", seat);
    s.crease("M-224,-200 Q0,-176 224,-200", 6, 16);
    s.shine("M-190,-258 Q-40,-286 110,-276 Q-60,-256 -204,-226 Z", 36);
}

/// A vase with branches.
pub fn vase(s: &mut Sketch, k: Look) {
    let twig = Rgb(122, 96, 74);
    s.line("M0,-330 C-20,-440 -70,-520 -130,-590 M0,-330 C10,-460 60,-540 110,-610 M-6,-380 C-60,-430 -120,-450 -180,-456 M8,-400 C60,-440 110,-450 170,-470", 6, twig);
    for (x, y, r) in [
        (-130, -590, 20),
        (-90, -530, 15),
        (110, -610, 20),
        (66, -540, 16),
        (-180, -456, 18),
        (-110, -446, 14),
        (170, -470, 19),
        (104, -446, 14),
        (-44, -480, 14),
        (34, -500, 13),
    ] {
        let c = if k.variant == 0 {
            Rgb(214, 106, 84)
        } else if k.variant == 1 {
            Rgb(250, 240, 226)
        } else {
            Rgb(136, 158, 110)
        };
        let b = s.ball(c);
        s.oval([x, y, r, r], b);
    }
    let d = "M-56,-350 C-50,-300 -176,-240 -176,-130 C-176,-50 -120,0 -70,0 L70,0 C120,0 176,-50 176,-130 C176,-240 50,-300 56,-350 Z";
    let f = s.round(k.main);
    s.path(d, f);
    s.within(d, |s| {
        let glaze = s.round(k.second);
        if k.variant == 2 {
            s.row(7, (0, 38), |s| {
                s.crease("M-190,-250 Q0,-214 190,-250", 5, 12);
            });
        } else {
            s.path("M-200,-100 C-120,-140 -40,-70 40,-104 S150,-116 200,-90 L200,10 L-200,10 Z", glaze);
        }
    });
    let hole = s.hollow(k.main);
    s.oval([0, -350, 56, 14], k.main.light(24)).oval([0, -349, 44, 9], hole);
    s.line("M0,-346 L-4,-380 M2,-346 L8,-396", 6, twig);
    s.shine("M-140,-170 C-130,-220 -90,-250 -70,-266 C-96,-220 -110,-160 -106,-90 C-130,-90 -146,-130 -140,-170 Z", 40);
}

/// A scented candle in a glass, lit.
pub fn candle(s: &mut Sketch, k: Look) {
    let glow = s.spot(Rgb(255, 214, 130), 60);
    s.oval([0, -420, 260, 240], glow);
    let glass = s.round(k.main);
    s.path("M-170,-340 L170,-340 L166,-40 Q164,0 124,0 L-124,0 Q-164,0 -166,-40 Z", glass);
    let wax = s.blend([0, 0, 100, 0], &[(0, Rgb(246, 232, 206)), (50, Rgb(255, 248, 232)), (100, Rgb(232, 214, 184))]);
    s.oval([0, -340, 170, 34], k.main.light(30)).oval([0, -334, 156, 27], wax);
    s.line("M0,-336 L0,-372", 6, Rgb(60, 50, 44));
    s.path("M0,-470 C40,-420 38,-366 0,-360 C-38,-366 -40,-420 0,-470 Z", Rgb(255, 178, 66))
        .path("M0,-430 C20,-402 18,-370 0,-364 C-18,-370 -20,-402 0,-430 Z", Rgb(255, 240, 190));
    let paper = s.fall(Rgb(252, 248, 240));
    s.rect([-92, -246, 184, 150], 10, paper);
    s.line("M-50,-196 L50,-196", 6, k.main.dark(20))
        .line("M-30,-168 L30,-168", 4, k.main.dark(6))
        .oval([0, -128, 12, 12], k.main);
    s.shine("M-144,-310 L-112,-310 L-112,-30 Q-140,-30 -142,-56 Z", 36);
    s.glint("M-160,-350 C-120,-370 -40,-374 20,-372", 4, 60);
}

/// A lidded storage box.
pub fn storage(s: &mut Sketch, k: Look) {
    let side = s.face(k.main.dark(12));
    let front = s.face(k.main);
    s.path("M220,-300 L310,-350 L310,-60 L220,0 Z", side);
    s.rect([-280, -300, 500, 300], 22, front);
    s.row(9, (52, 0), |s| {
        s.glint("M-238,-270 L-238,-30", 12, 15);
    });
    let (lid, top) = (s.face(k.second), s.blend([0, 0, 100, 100], &[(0, k.second.light(50)), (100, k.second.light(10))]));
    s.path("M-292,-352 L-200,-410 L330,-410 L236,-352 Z", top);
    s.path("M236,-352 L330,-410 L330,-352 L236,-292 Z", k.second.dark(18));
    s.rect([-294, -354, 532, 64], 14, lid);
    let (tab, label) = (s.metal(Rgb(210, 206, 198)), s.fall(WHITE));
    s.rect([-60, -312, 60, 52], 10, tab);
    if k.variant != 2 {
        s.rect([-130, -200, 200, 90], 10, label).line("M-96,-166 L36,-166 M-96,-140 L-10,-140", 6, k.main.dark(10));
    }
    s.shine("M-270,-340 L-100,-340 L-130,-300 L-280,-300 Z", 36);
}

/// A folded blanket with a fringe, over a basket.
pub fn blanket(s: &mut Sketch, k: Look) {
    let straw = Rgb(206, 172, 126);
    let basket = "M-250,-230 L250,-230 L216,-30 Q210,0 178,0 L-178,0 Q-210,0 -216,-30 Z";
    let f = s.round(straw);
    s.path(basket, f);
    s.within(basket, |s| {
        s.row(7, (0, 34), |s| {
            s.dashes("M-256,-216 L256,-216", 14, (26, 22), straw.dark(14));
        });
    });
    let throw = "M-236,-250 C-260,-420 -150,-470 -10,-450 C130,-476 260,-420 236,-250 C200,-226 120,-240 90,-230 L96,-40 L-130,-40 L-124,-232 C-170,-240 -210,-230 -236,-250 Z";
    s.dashes("M-124,-24 L92,-24", 34, (3, 14), k.main.light(16));
    let wool = s.face(k.main);
    s.path(throw, wool);
    s.within(throw, |s| {
        if k.variant == 0 {
            s.row(6, (92, 0), |s| {
                s.line("M-240,-480 L-240,0", 18, k.second);
            });
            s.row(6, (0, 80), |s| {
                s.line("M-260,-440 L260,-440", 10, k.second);
            });
        } else {
            s.row(9, (0, 50), |s| {
                s.crease(
                    "M-260,-450 q20,-22 40,0 t40,0 t40,0 t40,0 t40,0 t40,0 t40,0 t40,0 t40,0 t40,0 t40,0 t40,0 t40,0",
                    5,
                    12,
                );
            });
        }
        s.crease("M-124,-232 C-60,-250 40,-250 90,-230 M-200,-400 C-120,-360 100,-360 196,-404", 8, 18);
    });
    s.shine("M-200,-400 C-170,-446 -90,-450 -20,-440 C-90,-410 -170,-370 -214,-300 C-216,-340 -214,-370 -200,-400 Z", 26);
}
