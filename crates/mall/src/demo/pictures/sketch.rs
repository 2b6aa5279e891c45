//! A drawing in progress: shapes are appended, light is always from the upper left, and what comes out is SVG text. Knows
//! nothing of products; the shapes are in the modules beside it.

use super::palette::{INK, Rgb};
use std::fmt::{Display, Write};

/// What a shape is painted with: the product's colours and which of its patterns.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The colour that the SKU names.
    pub main: Rgb,
    /// A quiet companion of it.
    pub second: Rgb,
    /// Which pattern or trim, 0 to 2.
    pub variant: u8,
}

/// SVG in the making. Coordinates are whole units: an object stands on y = 0 around x = 0 and is about 600 units high.
#[derive(Debug, Default)]
pub struct Sketch {
    defs: String,
    body: String,
    next: u32,
}

impl Sketch {
    /// The finished drawing, `width` × `height` units.
    #[must_use]
    pub fn finish(self, width: u32, height: u32) -> String {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"><defs>{}</defs>{}</svg>"#,
            self.defs, self.body
        )
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.body.write_fmt(text);
    }

    /// A gradient along (x1,y1)-(x2,y2), percent of the shape's box; stops are (percent, colour). Gives the fill's name.
    pub fn blend(&mut self, line: [i32; 4], stops: &[(u32, Rgb)]) -> String {
        self.next += 1;
        let id = self.next;
        let [a, b, c, d] = line;
        let _ = write!(self.defs, r#"<linearGradient id="g{id}" x1="{a}%" y1="{b}%" x2="{c}%" y2="{d}%">"#);
        for (at, colour) in stops {
            let _ = write!(self.defs, r#"<stop offset="{at}%" stop-color="{colour}"/>"#);
        }
        self.defs.push_str("</linearGradient>");
        format!("url(#g{id})")
    }

    /// A round fading spot of `colour`, `percent` opaque in the middle, nothing at the rim.
    pub fn spot(&mut self, colour: Rgb, percent: u32) -> String {
        self.next += 1;
        let id = self.next;
        let half = percent * 45 / 100;
        let _ = write!(
            self.defs,
            r#"<radialGradient id="g{id}"><stop offset="0%" stop-color="{colour}" stop-opacity="{percent}%"/><stop offset="45%" stop-color="{colour}" stop-opacity="{half}%"/><stop offset="100%" stop-color="{colour}" stop-opacity="0"/></radialGradient>"#
        );
        format!("url(#g{id})")
    }

    /// The paint of something turned on a lathe: lit on the left, dark on the right, with a little light come back at the edge.
    pub fn round(&mut self, c: Rgb) -> String {
        let stops = [(0, c.dark(10)), (24, c.light(38)), (52, c), (90, c.dark(30)), (100, c.dark(20))];
        self.blend([0, 0, 100, 0], &stops)
    }

    /// Polished metal: sharper bands than `round`.
    pub fn metal(&mut self, c: Rgb) -> String {
        let stops = [
            (0, c.dark(28)),
            (14, c.light(30)),
            (26, c.light(75)),
            (42, c),
            (70, c.dark(34)),
            (88, c.light(18)),
            (100, c.dark(22)),
        ];
        self.blend([0, 0, 100, 0], &stops)
    }

    /// A flat or softly folded face lit from the upper left.
    pub fn face(&mut self, c: Rgb) -> String {
        self.blend([0, 0, 90, 100], &[(0, c.light(26)), (45, c), (100, c.dark(20))])
    }

    /// Light above, dark below.
    pub fn fall(&mut self, c: Rgb) -> String {
        self.blend([30, 0, 60, 100], &[(0, c.light(30)), (60, c), (100, c.dark(16))])
    }

    /// The inside of a hollow thing: dark above left, lighter below right.
    pub fn hollow(&mut self, c: Rgb) -> String {
        self.blend([0, 0, 100, 60], &[(0, c.dark(42)), (100, c.light(6))])
    }

    /// A ball lit from the upper left.
    pub fn ball(&mut self, c: Rgb) -> String {
        self.next += 1;
        let id = self.next;
        let (hi, lo, rim) = (c.light(48), c.dark(22), c.dark(34));
        let _ = write!(
            self.defs,
            r#"<radialGradient id="g{id}" cx="36%" cy="30%" r="74%"><stop offset="0%" stop-color="{hi}"/><stop offset="42%" stop-color="{c}"/><stop offset="84%" stop-color="{lo}"/><stop offset="100%" stop-color="{rim}"/></radialGradient>"#
        );
        format!("url(#g{id})")
    }

    /// A filled path.
    pub fn path(&mut self, d: &str, fill: impl Display) -> &mut Self {
        self.put(format_args!(r#"<path d="{d}" fill="{fill}"/>"#));
        self
    }

    /// A filled rectangle with corners of radius `r`.
    pub fn rect(&mut self, [x, y, w, h]: [i32; 4], r: i32, fill: impl Display) -> &mut Self {
        self.put(format_args!(r#"<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" fill="{fill}"/>"#));
        self
    }

    /// A filled ellipse: centre and two radii.
    pub fn oval(&mut self, [x, y, rx, ry]: [i32; 4], fill: impl Display) -> &mut Self {
        self.put(format_args!(r#"<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="{fill}"/>"#));
        self
    }

    /// A line with round ends.
    pub fn line(&mut self, d: &str, width: u32, colour: impl Display) -> &mut Self {
        self.put(format_args!(
            r#"<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"/>"#
        ));
        self
    }

    /// A dashed line: stitches, cords, rows of holes.
    pub fn dashes(&mut self, d: &str, width: u32, (dash, gap): (u32, u32), colour: impl Display) -> &mut Self {
        self.put(format_args!(
            r#"<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dash} {gap}" stroke-linecap="round"/>"#
        ));
        self
    }

    /// A tube: a thick line with a lit side and a dark side. `thick` in units.
    pub fn tube(&mut self, d: &str, thick: u32, c: Rgb) -> &mut Self {
        self.line(d, thick, c.dark(26));
        self.open("translate(-2,-2)");
        self.line(d, thick * 72 / 100, c);
        self.close();
        self.open("translate(-5,-5)");
        self.line(d, thick * 22 / 100, c.light(45));
        self.close()
    }

    /// White light laid over, `percent` opaque.
    pub fn shine(&mut self, d: &str, percent: u32) -> &mut Self {
        self.put(format_args!(r##"<path d="{d}" fill="#fff" fill-opacity="{percent}%"/>"##));
        self
    }

    /// Shade laid over, `percent` opaque.
    pub fn shade(&mut self, d: &str, percent: u32) -> &mut Self {
        self.put(format_args!(r#"<path d="{d}" fill="{INK}" fill-opacity="{percent}%"/>"#));
        self
    }

    /// A thin line of light.
    pub fn glint(&mut self, d: &str, width: u32, percent: u32) -> &mut Self {
        self.put(format_args!(
            r##"<path d="{d}" fill="none" stroke="#fff" stroke-opacity="{percent}%" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"/>"##
        ));
        self
    }

    /// A thin line of shade: a seam, a fold.
    pub fn crease(&mut self, d: &str, width: u32, percent: u32) -> &mut Self {
        self.put(format_args!(
            r#"<path d="{d}" fill="none" stroke="{INK}" stroke-opacity="{percent}%" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"/>"#
        ));
        self
    }

    /// The soft shadow that a flat shape throws on what it lies on: strokes of growing width, far cheaper than a blur.
    pub fn cast(&mut self, d: &str) -> &mut Self {
        self.open("translate(12,20)");
        self.shade(d, 9);
        for (width, percent) in [(52, 3), (32, 4), (14, 4)] {
            self.crease(d, width, percent);
        }
        self.close()
    }

    /// Draws only inside the outline `d`.
    pub fn within(&mut self, d: &str, draw: impl FnOnce(&mut Self)) -> &mut Self {
        self.next += 1;
        let id = self.next;
        let _ = write!(self.defs, r#"<clipPath id="k{id}"><path d="{d}"/></clipPath>"#);
        self.put(format_args!(r#"<g clip-path="url(#k{id})">"#));
        draw(self);
        self.close()
    }

    /// Opens a group with an SVG transform; `close` ends it.
    pub fn open(&mut self, transform: &str) -> &mut Self {
        self.put(format_args!(r#"<g transform="{transform}">"#));
        self
    }

    /// Ends the group opened last.
    pub fn close(&mut self) -> &mut Self {
        self.body.push_str("</g>");
        self
    }

    /// Repeats a drawing moved by (dx, dy) `times` times, the first one unmoved.
    pub fn row(&mut self, times: i32, (dx, dy): (i32, i32), draw: impl Fn(&mut Self)) -> &mut Self {
        for i in 0..times {
            self.open(&format!("translate({},{})", dx * i, dy * i));
            draw(self);
            self.close();
        }
        self
    }
}
