//! From a file that somebody sent to pictures of ours: known by its first bytes, measured before it is read, turned as its camera
//! says, written anew in each width. What else stood in the file (where it was taken, by which camera) is not in ours. Pure.

use std::io::Cursor;

use image::imageops::{self, FilterType};
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage};
use jpeg_encoder::{ColorType, Encoder};
use kit::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::policy::refused;

/// Widths that pictures are kept in, pixels; a narrower one is not made wider.
pub(crate) const WIDTHS: [u16; 4] = [200, 400, 800, 1200];
/// Longest side, pixels: what a JPEG can hold, with room to turn.
const SIDE: u32 = 16_384;
const QUALITY: u8 = 85;
/// Bytes of a pixel as it is read, at most; deeper ones must have fewer of them.
const PIXEL_BYTES: u64 = 4;

/// A kind of picture that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) enum PictureType {
    #[serde(rename = "image/jpeg")]
    Jpeg,
    #[serde(rename = "image/png")]
    Png,
    #[serde(rename = "image/webp")]
    Webp,
}

impl PictureType {
    const ALL: [Self; 3] = [Self::Jpeg, Self::Png, Self::Webp];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether a file begins as this kind does.
    pub(crate) fn begins(self, file: &[u8]) -> bool {
        match self {
            Self::Jpeg => file.starts_with(&[0xff, 0xd8, 0xff]),
            Self::Png => file.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Webp => file.starts_with(b"RIFF") && file.get(8..12) == Some(b"WEBP"),
        }
    }

    const fn format(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Png => ImageFormat::Png,
            Self::Webp => ImageFormat::WebP,
        }
    }
}

/// The file as JPEGs, one of each width; `upload_refused` when it is no picture of its kind, or holds too many pixels.
pub(crate) fn renew(file: &[u8], kind: PictureType, max_pixels: u64) -> Result<Vec<(u16, Vec<u8>)>> {
    if !kind.begins(file) {
        return Err(refused(format!("does not begin as {} does", kind.name())));
    }
    let mut picture = on_white(read(file, kind, max_pixels)?);
    let mut renewed: Vec<(u16, Vec<u8>)> = Vec::with_capacity(WIDTHS.len());
    // The widest first: each smaller one is made from the one before.
    for width in WIDTHS.into_iter().rev() {
        match renewed.last() {
            Some((_, same)) if picture.width() < u32::from(width) => renewed.push((width, same.clone())),
            _ => {
                picture = narrowed(picture, width);
                renewed.push((width, jpeg(&picture)?));
            }
        }
    }
    Ok(renewed)
}

fn read(file: &[u8], kind: PictureType, max_pixels: u64) -> Result<DynamicImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(max_pixels.saturating_mul(PIXEL_BYTES).saturating_mul(2));
    let mut reader = ImageReader::with_format(Cursor::new(file), kind.format());
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > max_pixels || decoder.total_bytes() > max_pixels.saturating_mul(PIXEL_BYTES) {
        return Err(refused(format!("{width} × {height} pixels")));
    }
    // A file whose notes do not read is still a picture; it is shown as it lies.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// What is seen through becomes white, as the shop's pages are.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let seen = picture.into_rgba8();
    let mut solid = RgbImage::new(seen.width(), seen.height());
    for (to, from) in solid.pixels_mut().zip(seen.pixels()) {
        let [r, g, b, a] = from.0.map(u32::from);
        to.0 = [r, g, b].map(|c| u8::try_from((c * a + 255 * (255 - a) + 127) / 255).unwrap_or(u8::MAX));
    }
    solid
}

/// At most so wide, in the same shape.
fn narrowed(picture: RgbImage, width: u16) -> RgbImage {
    let (from, width) = (picture.width(), u32::from(width));
    if from <= width {
        return picture;
    }
    let height = u64::from(picture.height()) * u64::from(width) / u64::from(from.max(1));
    imageops::resize(&picture, width, u32::try_from(height).unwrap_or(SIDE).max(1), FilterType::Triangle)
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>> {
    let side = |pixels: u32| u16::try_from(pixels).map_err(Error::internal);
    let (width, height) = (side(picture.width())?, side(picture.height())?);
    let mut out = Vec::with_capacity(picture.as_raw().len() / 16);
    Encoder::new(&mut out, QUALITY).encode(picture.as_raw(), width, height, ColorType::Rgb).map_err(Error::internal)?;
    Ok(out)
}
