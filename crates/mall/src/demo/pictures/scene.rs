//! Puts shapes before a backdrop: the studio of the main picture, the table top of the flat-lay, the long detail pictures. Light comes
//! from the upper left in all of them. Knows kinds and numbers, never titles or prices.

use super::kinds::Kind;
use super::palette::{INK, Rgb, Tone, WHITE, colours, stir};
use super::sketch::{Look, Sketch};

/// A finished picture as SVG text and its size in units.
pub struct Scene {
    /// The text.
    pub svg: String,
    /// Width in units.
    pub width: u32,
    /// Height in units.
    pub height: u32,
}

/// Product `number` of one kind: what its pictures have in common.
pub struct Subject {
    kind: &'static Kind,
    tones: Vec<&'static Tone>,
    hash: u64,
}

fn at(x: i32, y: i32, percent: i32, turn: i32) -> String {
    format!("translate({x},{y}) scale({percent}e-2) rotate({turn} 0 -300)")
}

impl Subject {
    /// The product with this number.
    #[must_use]
    pub fn new(kind: &'static Kind, number: u32) -> Self {
        Self { kind, tones: colours(kind.family, number), hash: stir(u64::from(number) ^ 0x5eed) }
    }

    fn look(&self, nth: usize) -> Look {
        let main = self.tones.get(nth % self.tones.len().max(1)).map_or(WHITE, |tone| tone.rgb);
        let other = self.tones.get((nth + 2) % self.tones.len().max(1)).map_or(INK, |tone| tone.rgb);
        Look { main, second: other.mix(main, 25), variant: u8::try_from(self.hash % 3).unwrap_or(0) }
    }

    /// The object in its `nth` colour, its foot at (x, y).
    fn put(&self, s: &mut Sketch, nth: usize, [x, y, percent, turn]: [i32; 4]) {
        if let Some(half) = self.kind.half
            && turn == 0
        {
            ground(s, x, y, half * percent / 100);
        }
        s.open(&at(x, y, percent, turn));
        (self.kind.draw)(s, self.look(nth));
        s.close();
    }

    fn backdrop(&self, s: &mut Sketch, nth: usize, floor: i32) {
        let tint = self.kind.aisle.tint().mix(self.look(nth).main.light(30), 22);
        studio(s, tint, floor, (1000, 1000));
    }

    /// One object in its studio, in its `nth` colour.
    #[must_use]
    pub fn main(&self, nth: usize) -> Scene {
        let mut s = Sketch::default();
        self.studio_shot(&mut s, nth);
        square(s)
    }

    fn studio_shot(&self, s: &mut Sketch, nth: usize) {
        let Some(half) = self.kind.half else {
            self.backdrop(s, nth, 1_000);
            if (self.hash / 3).is_multiple_of(2) {
                panel(s, self.kind.aisle.tint());
            }
            self.put(s, nth, [500, 500 + 300 * self.kind.size / 100, self.kind.size, 0]);
            return;
        };
        self.backdrop(s, nth, 690);
        let tint = self.kind.aisle.tint();
        let mut foot = 830;
        match self.hash / 3 % 4 {
            0 => {
                arch(s, tint);
                podium(s, 500, 850, (half * self.kind.size / 100 + 70).min(460), tint);
                foot = 800;
            }
            1 => {
                arch(s, tint);
            }
            2 => {
                leaves(s, tint);
                slab(s, 500, 838, (half * self.kind.size / 100 + 80).min(470));
                foot = 812;
            }
            _ => {
                podium(s, 500, 850, (half * self.kind.size / 100 + 60).min(460), self.look(nth).second.light(46));
                foot = 800;
            }
        }
        self.put(s, nth, [500, foot, self.kind.size, 0]);
    }

    /// The studio picture seen from near.
    #[must_use]
    pub fn close_up(&self) -> Scene {
        let mut s = Sketch::default();
        s.open("translate(500,520) scale(1.5) translate(-480,-570)");
        self.studio_shot(&mut s, 0);
        s.close();
        square(s)
    }

    /// Two of them in two colours.
    #[must_use]
    pub fn pair(&self) -> Scene {
        let mut s = Sketch::default();
        let size = self.kind.size;
        if self.kind.half.is_some() {
            self.backdrop(&mut s, 1, 640);
            self.put(&mut s, 1, [330, 720, size * 62 / 100, 0]);
            self.put(&mut s, 0, [630, 850, size * 76 / 100, 0]);
        } else {
            self.backdrop(&mut s, 1, 1_000);
            self.put(&mut s, 1, [340, 640, size * 70 / 100, -8]);
            self.put(&mut s, 0, [650, 780, size * 78 / 100, 7]);
        }
        square(s)
    }

    /// Lying on a table with a cloth and a twig.
    #[must_use]
    pub fn flat_lay(&self) -> Scene {
        let mut s = Sketch::default();
        let tint = self.kind.aisle.tint();
        let top = s.blend([0, 0, 100, 100], &[(0, tint.light(66)), (60, tint.light(40)), (100, tint.light(18))]);
        s.rect([0, 0, 1000, 1000], 0, top);
        s.open("rotate(-8 500 500)");
        let d = "M150,130 L870,130 L870,880 L150,880 Z";
        let cloth = s.blend([0, 0, 100, 100], &[(0, tint.light(30)), (100, tint.light(4))]);
        s.cast(d).path(d, cloth);
        s.dashes("M172,152 L848,152 L848,858 L172,858 Z", 4, (14, 12), tint.light(70));
        s.row(11, (66, 0), |s| {
            s.glint("M182,140 L182,870", 2, 14);
        });
        s.close();
        sprig(&mut s, "translate(130,900) rotate(-38) scale(1.1)", Rgb(134, 156, 118));
        sprig(&mut s, "translate(890,120) rotate(142) scale(0.8)", Rgb(150, 168, 130));
        if let Some(half) = self.kind.half {
            let dark = s.spot(INK, 26);
            let reach = (half + 90).max(250);
            s.oval([536, 590, reach, 280], dark);
        }
        self.put(&mut s, 0, [500, 500 + 270 * self.kind.size / 115, self.kind.size * 88 / 100, -9]);
        square(s)
    }

    /// One of the three long pictures, 750 × 900.
    #[must_use]
    pub fn detail(&self, nth: u32) -> Scene {
        let mut s = Sketch::default();
        let tint = self.kind.aisle.tint();
        studio(&mut s, tint, 760, (750, 900));
        let size = self.kind.size;
        // Where an object's foot stands so that its middle is at `middle`.
        let foot = |middle: i32, percent: i32| {
            if self.kind.half.is_some() { middle + 230 * percent / 100 } else { middle + 300 * percent / 100 }
        };
        match nth {
            0 => {
                s.open("translate(60,0)");
                self.put(&mut s, 0, [360, foot(620, size * 3 / 2), size * 3 / 2, 0]);
                s.close();
            }
            1 => {
                self.put(&mut s, 0, [375, foot(420, size * 74 / 100), size * 74 / 100, 0]);
                for (i, (x, dx)) in [(135, 0), (375, 110), (615, -110)].into_iter().enumerate() {
                    let d = format!("M{},770 a100,100 0 1 0 200,0 a100,100 0 1 0 -200,0 Z", x - 100);
                    s.cast(&d).path(&d, tint.light(64));
                    let y = 770 + 300 + i32::try_from(i).unwrap_or(0) * 130;
                    s.within(&d, |s| self.put(s, 0, [x + dx, y, size * 108 / 100, 1]));
                    s.line(&d, 8, WHITE);
                }
            }
            _ => {
                for (i, (x, y)) in [(200, 400), (550, 400), (200, 740), (550, 740)].into_iter().enumerate() {
                    let d = format!(
                        "M{},{} h290 q20,0 20,20 v280 q0,20 -20,20 h-290 q-20,0 -20,-20 v-280 q0,-20 20,-20 Z",
                        x - 145,
                        y - 160
                    );
                    let paper = s.blend(
                        [0, 0, 100, 100],
                        &[(0, self.look(i % 3).main.light(76)), (100, self.look(i % 3).main.light(50).mix(tint, 30))],
                    );
                    s.path(&d, paper);
                    self.put(&mut s, i % 3, [x, foot(y, size * 42 / 100), size * 42 / 100, 0]);
                }
            }
        }
        band(&mut s, tint, nth);
        Scene { svg: s.finish(750, 900), width: 750, height: 900 }
    }

    /// A small object on a tinted round square, 400 × 400.
    #[must_use]
    pub fn icon(&self) -> Scene {
        let mut s = Sketch::default();
        let tint = self.kind.aisle.tint();
        let fill = s.blend([0, 0, 100, 100], &[(0, tint.light(62)), (100, tint.light(12))]);
        s.rect([0, 0, 400, 400], 0, WHITE).rect([12, 12, 376, 376], 96, fill);
        let percent = self.kind.size * 45 / 100;
        let y = if self.kind.half.is_some() { 310 } else { 200 + 300 * percent / 100 };
        self.put(&mut s, 0, [200, y, percent, 0]);
        Scene { svg: s.finish(400, 400), width: 400, height: 400 }
    }
}

fn square(s: Sketch) -> Scene {
    Scene { svg: s.finish(1000, 1000), width: 1000, height: 1000 }
}

/// A wall and a floor that run into each other, and the lamp's pool of light.
pub(super) fn studio(s: &mut Sketch, tint: Rgb, floor: i32, (width, height): (i32, i32)) {
    let wall = s.blend([0, 0, 60, 100], &[(0, tint.light(64)), (60, tint.light(34)), (100, tint.light(20))]);
    s.rect([0, 0, width, height], 0, wall);
    if floor < height {
        let ground = s.blend([0, 0, 0, 100], &[(0, tint.light(24)), (16, tint.light(46)), (100, tint.light(64))]);
        s.rect([0, floor, width, height - floor], 0, ground);
    }
    let lamp = s.spot(WHITE, 62);
    s.oval([width * 3 / 10, height / 4, width * 6 / 10, height * 6 / 10], lamp);
    let corner = s.spot(tint.dark(30), 26);
    s.oval([width, height, width * 6 / 10, height / 2], corner);
}

fn ground(s: &mut Sketch, x: i32, y: i32, half: i32) {
    let (far, near) = (s.spot(INK, 34), s.spot(INK, 58));
    s.oval([x + half / 3, y + 6, half * 3 / 2, 46], far).oval([x + half / 12, y, half * 23 / 20, 20], near);
}

fn arch(s: &mut Sketch, tint: Rgb) {
    let fill = s.blend([0, 0, 100, 100], &[(0, tint.light(16)), (100, tint.light(44))]);
    s.path("M180,690 L180,420 C180,220 330,100 500,100 C670,100 820,220 820,420 L820,690 Z", fill);
    s.glint("M820,690 L820,420 C820,220 670,100 500,100", 5, 40);
}

fn panel(s: &mut Sketch, tint: Rgb) {
    let fill = s.blend([0, 0, 100, 100], &[(0, tint.light(52)), (100, tint.light(22))]);
    s.oval([500, 500, 430, 430], fill);
}

fn podium(s: &mut Sketch, x: i32, y: i32, half: i32, tint: Rgb) {
    ground(s, x, y + 70, half * 21 / 20);
    let (side, top) = (s.round(tint.light(16)), s.blend([0, 0, 100, 100], &[(0, tint.light(72)), (100, tint.light(34))]));
    let (left, right, rise) = (x - half, x + half, half / 8 + 14);
    let d = format!("M{left},{0} L{left},{1} A{half},{rise} 0 0 0 {right},{1} L{right},{0} Z", y - 50, y + 24);
    s.path(&d, side).oval([x, y - 50, half, rise], top);
}

fn slab(s: &mut Sketch, x: i32, y: i32, half: i32) {
    let wood = Rgb(206, 164, 118);
    ground(s, x, y + 40, half * 21 / 20);
    let rise = half / 8 + 12;
    let (side, top) = (s.round(wood.dark(12)), s.face(wood.light(22)));
    s.oval([x, y, half, rise], side).oval([x, y - 22, half, rise], top);
    s.open(&format!("translate({x},{}) scale(1,{rise}e-2)", y - 22));
    for r in [82, 60, 36] {
        let r = half * r / 100;
        s.crease(&format!("M-{r},0 a{r},{} 0 1 0 {},0 a{r},{} 0 1 0 -{},0", r * 100 / half, r * 2, r * 100 / half, r * 2), 4, 7);
    }
    s.close();
}

fn leaves(s: &mut Sketch, tint: Rgb) {
    sprig(s, "translate(870,700) rotate(-20) scale(2.1)", tint.dark(6));
    sprig(s, "translate(960,700) rotate(8) scale(1.7)", tint.dark(3));
}

/// A twig with pairs of leaves, growing up from (0, 0).
fn sprig(s: &mut Sketch, place: &str, green: Rgb) {
    s.open(place);
    s.line("M0,0 C10,-80 -6,-160 6,-250", 5, green.dark(20));
    for (i, y) in [-40, -90, -140, -190].into_iter().enumerate() {
        let leaf = s.face(if i % 2 == 0 { green } else { green.light(16) });
        s.path(&format!("M2,{y} C30,{} 76,{} 84,{} C60,{} 20,{} 2,{y} Z", y - 46, y - 50, y - 34, y + 6, y + 10), &leaf);
        s.path(&format!("M2,{y} C-26,{} -70,{} -80,{} C-56,{} -20,{} 2,{y} Z", y - 50, y - 56, y - 44, y, y + 8), leaf);
    }
    let leaf = s.face(green);
    s.path("M6,-240 C-22,-270 -18,-320 8,-344 C34,-320 36,-270 6,-240 Z", leaf);
    s.close();
}

/// The band where a title would stand. No text: fonts may be missing where this is drawn.
fn band(s: &mut Sketch, tint: Rgb, nth: u32) {
    let fill = s.blend([0, 0, 100, 0], &[(0, tint.dark(34)), (100, tint.dark(14))]);
    s.rect([0, 0, 750, 132], 0, fill);
    s.glint("M60,66 L300,66 M450,66 L690,66", 3, 70);
    for i in 0..3 {
        s.oval([335 + i * 40, 66, 10, 10], if u32::try_from(i).is_ok_and(|i| i == nth) { WHITE } else { tint });
    }
}
