//! From SVG text to JPEG bytes, in memory, with no fonts and no files.
#![allow(clippy::float_arithmetic, reason = "the rasterizer scales by a float; nothing here is counted or kept")]

use super::scene::Scene;
use jpeg_encoder::{ColorType, Encoder};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// The widths in pixels that pictures are served in.
pub const WIDTHS: [u16; 6] = [200, 400, 750, 800, 1125, 1200];
const QUALITY: u8 = 85;

/// The picture as JPEG, `width_px` wide and as high as its shape asks, or nothing for an unknown key or a width that is not in
/// [`WIDTHS`].
#[must_use]
pub fn render_jpeg(key: &str, width_px: u16) -> Option<Vec<u8>> {
    if !WIDTHS.contains(&width_px) {
        return None;
    }
    let pixels = rasterize(&super::scene(key)?, u32::from(width_px))?;
    let (width, height) = (u16::try_from(pixels.width()).ok()?, u16::try_from(pixels.height()).ok()?);
    let mut jpeg = Vec::with_capacity(usize::from(width) * usize::from(height) / 8);
    Encoder::new(&mut jpeg, QUALITY).encode(pixels.data(), width, height, ColorType::Rgba).ok()?;
    Some(jpeg)
}

fn rasterize(scene: &Scene, width: u32) -> Option<Pixmap> {
    let tree = Tree::from_str(&scene.svg, &Options::default()).ok()?;
    let height = width * scene.height / scene.width;
    let mut pixels = Pixmap::new(width, height)?;
    pixels.fill(Color::WHITE);
    let scale = f32::from(u16::try_from(width).ok()?) / f32::from(u16::try_from(scene.width).ok()?);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    Some(pixels)
}
