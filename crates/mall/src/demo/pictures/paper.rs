//! Stationery and books.

use super::palette::{Rgb, WHITE};
use super::sketch::{Look, Sketch};

const PAGE: Rgb = Rgb(250, 244, 230);
const GOLD: Rgb = Rgb(210, 174, 108);

/// A notebook with a band and a pen.
pub fn notebook(s: &mut Sketch, k: Look) {
    s.path("M-196,-560 L236,-540 L236,6 L-180,0 Z", PAGE.dark(26));
    s.rect([-184, -556, 410, 556], 18, PAGE);
    s.row(4, (5, 0), |s| {
        s.crease("M208,-540 L208,-16", 2, 14);
    });
    let d = "M-200,-570 L180,-570 Q204,-570 204,-546 L204,-24 Q204,0 180,0 L-200,0 Z";
    let cover = s.face(k.main);
    s.path(d, cover);
    s.path("M-200,-570 L-140,-570 L-140,0 L-200,0 Q-220,0 -220,-24 L-220,-546 Q-220,-570 -200,-570 Z", k.main.dark(18));
    s.within(d, |s| match k.variant {
        0 => {
            s.oval([40, -330, 84, 84], k.second)
                .path("M-140,-200 C-60,-280 40,-180 210,-260 L210,10 L-140,10 Z", k.main.light(22))
                .path("M-140,-110 C-40,-180 80,-80 210,-150 L210,10 L-140,10 Z", k.second.dark(8));
        }
        1 => {
            let paper = s.fall(PAGE);
            s.rect([-60, -440, 200, 120], 10, paper).line("M-20,-396 L100,-396 M4,-364 L76,-364", 6, k.main.dark(10));
        }
        _ => {
            s.line("M-80,-500 h220 v430 h-220 Z", 4, GOLD).oval([30, -300, 40, 40], GOLD).oval([30, -300, 32, 32], k.main);
        }
    });
    let band = s.round(k.second.dark(20));
    s.rect([146, -570, 22, 570], 0, band);
    s.shine("M-120,-550 L0,-550 L-90,-20 L-130,-20 Z", 13);
}

/// Two pens, one with its cap beside.
pub fn pen(s: &mut Sketch, k: Look) {
    for (place, c, cap) in [("translate(-120,-14) rotate(-12)", k.second, true), ("translate(90,0) rotate(14)", k.main, false)] {
        s.open(place);
        let (body, gold) = (s.round(c), s.metal(GOLD));
        if cap {
            s.rect([-34, -600, 68, 300], 26, &body).rect([-32, -300, 64, 290], 24, &body);
        } else {
            let steel = s.metal(GOLD.light(26));
            s.path("M-34,-600 Q-34,-620 0,-620 Q34,-620 34,-600 L34,-200 L-34,-200 Z", &body);
            s.path("M-30,-200 L30,-200 L24,-110 L-24,-110 Z", Rgb(60, 56, 60))
                .path("M-26,-112 L26,-112 C30,-70 10,-30 0,0 C-10,-30 -30,-70 -26,-112 Z", steel);
            s.line("M0,-70 L0,-10", 3, Rgb(70, 62, 60)).oval([0, -76, 6, 6], Rgb(70, 62, 60));
        }
        s.rect([-37, -310, 74, 22], 4, &gold).rect([22, -570, 16, 190], 8, gold);
        s.shine("M-22,-580 L-8,-580 L-8,-220 L-22,-220 Z", 46);
        s.close();
    }
}

/// A book, standing, with two more beneath.
pub fn book(s: &mut Sketch, k: Look) {
    for (y, c, x) in [(0, k.second, -300), (-70, k.main.light(30), -270)] {
        let f = s.fall(c);
        s.rect([x, y - 70, 560, 70], 12, f);
        s.rect([x + 20, y - 58, 540, 46], 4, PAGE);
        s.crease(&format!("M{},{} h520 M{},{} h520 M{},{} h520", x + 34, y - 46, x + 34, y - 34, x + 34, y - 24), 2, 14);
    }
    s.open("translate(6,-140)");
    s.path("M-150,-440 L-110,-462 L196,-462 L196,-20 L160,0 L-150,0 Z", PAGE.dark(12));
    let cover = s.face(k.main);
    let d = "M-170,-446 L150,-446 Q166,-446 166,-430 L166,-14 Q166,0 150,0 L-170,0 Z";
    s.path(d, cover);
    s.within(d, |s| match k.variant {
        0 => {
            s.oval([30, -280, 92, 92], Rgb(250, 208, 130))
                .path("M-180,-180 L-60,-300 L30,-200 L100,-270 L190,-160 L190,10 L-180,10 Z", k.second.dark(10))
                .path("M-180,-80 C-60,-150 60,-40 190,-110 L190,10 L-180,10 Z", k.second.light(26));
        }
        1 => {
            for (x, y, r) in [(-60, -140, 70), (70, -220, 84), (20, -90, 50)] {
                s.oval([x, y, r, r], k.second.light(20)).oval([x, y, r * 2 / 3, r * 2 / 3], k.main.light(36));
            }
        }
        _ => {
            s.line("M0,-60 C-10,-160 20,-220 0,-300", 8, PAGE);
            for (x, y, turn) in [(0, -130, -50), (4, -170, 50), (8, -220, -50), (4, -256, 50), (0, -300, 0)] {
                s.open(&format!("translate({x},{y}) rotate({turn})"))
                    .path("M0,0 C-30,-30 -24,-70 0,-90 C24,-70 30,-30 0,0 Z", PAGE)
                    .close();
            }
        }
    });
    s.line("M-90,-400 L120,-400", 14, WHITE.mix(k.main, 12)).line("M-50,-366 L80,-366", 6, WHITE.mix(k.main, 20));
    s.path("M-170,-446 L-128,-446 L-128,0 L-170,0 Q-186,0 -186,-16 L-186,-430 Q-186,-446 -170,-446 Z", k.main.dark(22));
    s.glint("M-122,-440 L-122,-8", 4, 30);
    s.close();
}

/// A pencil case, zipped.
pub fn pencil_case(s: &mut Sketch, k: Look) {
    for (x, turn, c) in [(-120, -14, Rgb(240, 190, 96)), (-30, 4, k.second), (70, 16, Rgb(124, 176, 160))] {
        s.open(&format!("translate({x},-180) rotate({turn})"));
        let wood = s.round(c);
        s.rect([-18, -290, 36, 290], 4, wood)
            .path("M-18,-290 L18,-290 L0,-350 Z", Rgb(240, 214, 172))
            .path("M-6,-330 L6,-330 L0,-350 Z", Rgb(66, 60, 62))
            .close();
    }
    let d = "M-300,-250 Q0,-270 300,-250 Q330,-246 330,-210 L330,-40 Q330,0 290,0 L-290,0 Q-330,0 -330,-40 L-330,-210 Q-330,-246 -300,-250 Z";
    let f = s.fall(k.main);
    s.path(d, f);
    s.within(d, |s| {
        if k.variant == 0 {
            s.rect([-340, -110, 680, 120], 0, k.second);
        }
    });
    s.line("M-290,-216 L290,-216", 20, k.main.dark(26));
    s.dashes("M-284,-216 L284,-216", 9, (5, 13), GOLD);
    let pull = s.metal(GOLD);
    s.rect([190, -226, 60, 24], 8, &pull).rect([206, -206, 24, 70], 12, pull);
    let patch = s.fall(PAGE);
    s.rect([-240, -150, 130, 84], 12, patch).line("M-216,-116 L-134,-116 M-216,-94 L-166,-94", 6, k.main.dark(12));
    s.shine("M-300,-190 L-60,-190 L-100,-168 L-310,-164 Z", 30);
}
