//! Tins, bags, boxes and bottles of food and drink.

use super::palette::{Rgb, WHITE};
use super::sketch::{Look, Sketch};

const PAPER: Rgb = Rgb(250, 244, 230);
const GOLD: Rgb = Rgb(214, 178, 112);

/// A label without letters: a frame, a round mark and two lines.
fn label(s: &mut Sketch, [x, y, w, h]: [i32; 4], c: Rgb) {
    let paper = s.fall(PAPER);
    s.rect([x, y, w, h], 10, paper);
    s.line(&format!("M{},{} h{} v{} h-{} Z", x + 12, y + 12, w - 24, h - 24, w - 24), 3, c.light(30));
    let mid = x + w / 2;
    s.oval([mid, y + h * 2 / 5, w / 7, w / 7], c);
    s.line(&format!("M{},{} L{},{}", mid - w / 4, y + h * 7 / 10, mid + w / 4, y + h * 7 / 10), 7, c);
    s.line(&format!("M{},{} L{},{}", mid - w / 7, y + h * 41 / 50, mid + w / 7, y + h * 41 / 50), 4, c.light(20));
}

/// A tea tin with a few leaves before it.
pub fn tea_tin(s: &mut Sketch, k: Look) {
    let (body, lid) = (s.round(k.main), s.round(k.main.dark(14)));
    s.path("M-150,-440 L150,-440 L150,-20 Q0,16 -150,-20 Z", body);
    let gold = s.metal(GOLD);
    s.path("M-158,-540 L158,-540 L158,-430 Q0,-396 -158,-430 Z", lid);
    s.path("M-158,-446 L158,-446 L158,-430 Q0,-396 -158,-430 Z", gold);
    let top = s.fall(k.main.light(30));
    s.oval([0, -540, 158, 30], top);
    label(s, [-84, -350, 168, 250], k.main.dark(10));
    s.shine("M-126,-400 L-96,-396 L-96,0 Q-116,-4 -126,-10 Z", 34);
    for (x, turn) in [(-230, 20), (200, -24), (250, 40)] {
        s.open(&format!("translate({x},-6) rotate({turn})"));
        let leaf = s.face(Rgb(104, 132, 84));
        s.path("M-60,0 C-40,-34 30,-40 62,-8 C30,14 -40,22 -60,0 Z", leaf);
        s.crease("M-56,0 Q0,-16 58,-8", 3, 24).close();
    }
}

/// A stand-up bag of snacks or coffee.
pub fn snack_bag(s: &mut Sketch, k: Look) {
    let d = "M-190,-560 L190,-560 C182,-480 206,-380 214,-200 C220,-100 210,-30 196,-6 Q0,22 -196,-6 C-210,-30 -220,-100 -214,-200 C-206,-380 -182,-480 -190,-560 Z";
    let f = s.round(k.main);
    s.path(d, f);
    s.within(d, |s| {
        let lower = s.round(k.second);
        if k.variant == 0 {
            s.path("M-240,-170 C-100,-240 80,-110 240,-190 L240,30 L-240,30 Z", lower);
        }
        s.rect([-220, -570, 440, 60], 0, k.main.dark(14));
        s.row(27, (15, 0), |s| {
            s.glint("M-196,-558 L-196,-516", 3, 26);
        });
    });
    label(s, [-110, -430, 220, 210], k.main.dark(12));
    let nut = s.ball(Rgb(196, 140, 84));
    for (x, y, turn) in [(-90, -110, 20), (10, -86, -30), (100, -116, 10), (-30, -146, 60)] {
        s.open(&format!("translate({x},{y}) rotate({turn})"))
            .oval([0, 0, 44, 30], &nut)
            .crease("M-34,0 Q0,-14 36,2", 3, 26)
            .close();
    }
    s.shine("M-160,-500 L-124,-500 C-130,-360 -164,-240 -160,-20 L-186,-30 C-200,-200 -166,-360 -160,-500 Z", 34);
    s.shade("M150,-500 C176,-340 190,-200 176,-10 L200,-20 C216,-120 206,-360 176,-500 Z", 14);
}

/// A gift box with a ribbon: biscuits and cakes.
pub fn cake_box(s: &mut Sketch, k: Look) {
    let (front, lid) = (s.face(k.main), s.fall(k.main.light(12)));
    s.rect([-260, -330, 520, 330], 14, front);
    s.path("M-280,-400 L280,-400 Q292,-400 292,-388 L288,-310 L-288,-310 L-292,-388 Q-292,-400 -280,-400 Z", lid);
    let top = s.blend([0, 0, 100, 0], &[(0, k.main.light(46)), (100, k.main.light(16))]);
    s.path("M-280,-400 L-220,-450 L220,-450 L280,-400 Z", top);
    let ribbon = s.round(k.second.light(10));
    s.rect([-32, -400, 64, 400], 0, &ribbon).path("M-32,-400 L-26,-450 L26,-450 L32,-400 Z", &ribbon);
    s.path(
        "M0,-440 C-90,-560 -190,-500 -150,-446 C-120,-410 -40,-420 0,-440 C40,-420 120,-410 150,-446 C190,-500 90,-560 0,-440 Z",
        ribbon,
    );
    let knot = s.ball(k.second);
    s.oval([0, -444, 34, 26], knot);
    s.crease("M-288,-308 L288,-308", 6, 22);
    for (x, y) in [(-210, -40), (-130, -30), (170, -34)] {
        let (cookie, chip) = (s.ball(Rgb(222, 172, 108)), Rgb(110, 70, 48));
        s.oval([x, y + 4, 66, 40], Rgb(170, 118, 70)).oval([x, y - 4, 66, 40], cookie);
        s.oval([x - 20, y - 14, 8, 6], chip).oval([x + 18, y - 4, 9, 6], chip).oval([x - 6, y + 12, 8, 6], chip);
    }
    s.shine("M-250,-296 L-200,-296 L-220,-20 L-250,-16 Z", 24);
}

/// A crate of fruit.
pub fn fruit_box(s: &mut Sketch, k: Look) {
    let skin = match k.variant {
        0 => Rgb(240, 146, 56),
        1 => Rgb(206, 60, 58),
        _ => Rgb(242, 196, 84),
    };
    for (x, y, r) in [(-110, -360, 88), (70, -380, 92), (-210, -280, 86), (-30, -300, 92), (160, -290, 90), (230, -240, 70)] {
        let f = s.ball(skin);
        s.oval([x, y, r, r * 23 / 24], f);
        s.oval([x - r / 3, y - r / 2, r / 5, r / 8], skin.light(70));
        s.line(&format!("M{},{} q4,-22 16,-32", x + 8, y - r + 12), 8, Rgb(104, 84, 52));
        let leaf = s.face(Rgb(116, 160, 84));
        s.path(&format!("M{},{} c20,-44 64,-40 76,-26 c-14,30 -50,40 -76,26 Z", x + 14, y - r + 4), leaf);
    }
    let wood = Rgb(214, 172, 122);
    let post = s.face(wood.dark(20));
    for y in [-240, -160, -80] {
        let plank = s.fall(wood);
        s.rect([-310, y, 620, 72], 10, plank);
        s.crease(&format!("M-290,{} C-100,{} 100,{} 290,{}", y + 30, y + 22, y + 46, y + 34), 4, 14);
    }
    s.rect([-310, -246, 46, 246], 8, &post).rect([264, -246, 46, 246], 8, post);
    label(s, [-84, -216, 168, 170], k.main);
}

/// A jar of honey with a dipper.
pub fn honey_jar(s: &mut Sketch, k: Look) {
    let honey = s.blend(
        [0, 0, 100, 0],
        &[(0, Rgb(214, 136, 38)), (24, Rgb(255, 214, 110)), (55, Rgb(244, 172, 56)), (100, Rgb(186, 108, 30))],
    );
    s.path("M-150,-400 L150,-400 C196,-380 200,-340 200,-300 L200,-60 Q200,0 140,0 L-140,0 Q-200,0 -200,-60 L-200,-300 C-200,-340 -196,-380 -150,-400 Z", honey);
    s.oval([0, -396, 150, 22], Rgb(255, 224, 140));
    let (lid, cloth) = (s.round(k.main), s.fall(k.main.light(18)));
    s.rect([-162, -490, 324, 96], 20, lid);
    s.path("M-170,-494 Q0,-540 170,-494 Q0,-460 -170,-494 Z", cloth);
    s.row(16, (20, 0), |s| {
        s.crease("M-150,-470 L-150,-410", 4, 14);
    });
    label(s, [-104, -310, 208, 220], Rgb(190, 120, 40));
    s.shine("M-168,-330 C-166,-360 -150,-370 -136,-376 L-136,-16 Q-168,-20 -168,-60 Z", 44);
    s.tube("M330,-420 L250,-130", 20, Rgb(196, 148, 98));
    for (i, w) in [(0, 40), (1, 52), (2, 56), (3, 48), (4, 34)] {
        let wood = s.round(Rgb(206, 158, 106));
        s.open("translate(238,-140) rotate(15)").rect([-w, i * 26, w * 2, 20], 10, wood).close();
    }
}

/// A bottle of wine with a glass.
pub fn wine(s: &mut Sketch, k: Look) {
    let (glass, foil) = (s.round(k.main.dark(52)), s.round(k.main));
    s.path("M-116,-640 L-44,-640 L-44,-470 C-40,-420 10,-400 10,-340 L10,-30 Q10,0 -20,0 L-140,0 Q-170,0 -170,-30 L-170,-340 C-170,-400 -120,-420 -116,-470 Z", glass);
    s.rect([-122, -646, 84, 130], 12, foil);
    label(s, [-160, -290, 160, 200], k.main.dark(10));
    s.shine("M-144,-340 C-142,-376 -110,-400 -104,-440 L-92,-440 C-100,-390 -126,-370 -128,-330 L-128,-300 L-144,-300 Z M-144,-80 L-128,-80 L-128,-16 L-144,-20 Z", 44);
    s.open("translate(180,0)");
    let bowl = s.blend([0, 0, 100, 0], &[(0, Rgb(214, 222, 226)), (30, WHITE), (100, Rgb(196, 206, 212))]);
    let juice = s.round(if k.variant == 1 { Rgb(236, 206, 130) } else { Rgb(128, 32, 54) });
    s.oval([0, -10, 90, 14], Rgb(206, 214, 220)).rect([-7, -190, 14, 180], 5, Rgb(214, 222, 226));
    s.path("M-96,-400 L96,-400 C126,-260 70,-180 0,-180 C-70,-180 -126,-260 -96,-400 Z", bowl);
    s.path("M-104,-310 L104,-310 C106,-230 60,-188 0,-188 C-60,-188 -106,-230 -104,-310 Z", juice);
    s.oval([0, -310, 104, 16], Rgb(170, 70, 86))
        .shine("M-82,-380 L-62,-380 C-84,-290 -60,-230 -40,-208 C-90,-230 -100,-300 -82,-380 Z", 50);
    s.close();
}

/// A small sack of grain, its neck tied.
pub fn grain_sack(s: &mut Sketch, k: Look) {
    let d = "M-110,-470 C-40,-440 40,-440 110,-470 C230,-400 260,-120 220,-20 Q206,4 160,4 L-160,4 Q-206,4 -220,-20 C-260,-120 -230,-400 -110,-470 Z";
    let f = s.ball(Rgb(226, 206, 168));
    s.path(d, f);
    s.within(d, |s| {
        s.row(16, (0, 30), |s| {
            s.crease("M-260,-460 L260,-460", 2, 9);
        });
        s.row(18, (30, 0), |s| {
            s.crease("M-260,-480 L-260,10", 2, 9);
        });
    });
    let frill = s.fall(Rgb(232, 214, 180));
    s.path("M-150,-580 C-90,-540 -60,-600 0,-566 C60,-600 90,-540 150,-580 C140,-530 120,-490 104,-470 C40,-440 -40,-440 -104,-470 C-120,-490 -140,-530 -150,-580 Z", frill);
    s.tube("M-108,-470 C-40,-440 40,-440 108,-470", 22, k.main);
    label(s, [-110, -360, 220, 240], k.main);
    let grain = s.ball(Rgb(252, 246, 228));
    for (x, y) in [(-280, -6), (-250, -16), (240, -8), (272, -4), (256, -22), (-230, -2), (300, -10)] {
        s.oval([x, y, 18, 8], &grain);
    }
}
