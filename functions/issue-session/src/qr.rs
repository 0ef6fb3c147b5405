//! The App's handoff as a QR code: an SVG for the agent's console, a PNG for an email, where no
//! program shows SVG.

use png::{BitDepth, ColorType, Encoder};
use qrcode::render::svg;
use qrcode::types::QrError;
use qrcode::{Color, EcLevel, QrCode};
use support_core::refusal::Failure;

fn code(text: &str) -> Result<QrCode, QrError> {
    QrCode::with_error_correction_level(text, EcLevel::M)
}

/// `text` as an SVG of at least 256 pixels a side, with the quiet zone that scanners need, dark on
/// light whatever page it stands on.
pub fn svg(text: &str) -> String {
    // Only a text of more than 2,331 bytes does not fit; a handoff's address is far shorter.
    let Ok(code) = code(text) else {
        return String::new();
    };
    code.render::<svg::Color<'_>>()
        .min_dimensions(256, 256)
        .quiet_zone(true)
        .dark_color(svg::Color("#000000"))
        .light_color(svg::Color("#ffffff"))
        .build()
}

/// A PNG, black on white.
pub struct Png {
    pub content: Vec<u8>,
    /// How wide and high it is to be shown, in CSS pixels: half of what it has, so that it is sharp
    /// on a screen of twice the density, too.
    pub side: u32,
}

/// Modules that a scanner needs free on each side (ISO/IEC 18004).
const QUIET: usize = 4;
/// CSS pixels to a module.
const MODULE: u32 = 4;

/// `text` as a PNG.
///
/// # Errors
/// A text that is too long for a QR code.
pub fn png(text: &str) -> Result<Png, Failure> {
    let not_drawn = |_| Failure::clean("qr", "does not fit");
    let code = code(text).map_err(not_drawn)?;
    let (width, colors) = (code.width(), code.to_colors());
    // Eight pixels to a module, and eight of a row to a byte: a byte is a module.
    let blank = vec![0xff; width + 2 * QUIET];
    let mut rows = vec![blank.clone(); QUIET * 8];
    for modules in colors.chunks(width) {
        let mut row = blank.clone();
        for (byte, color) in row[QUIET..].iter_mut().zip(modules) {
            *byte = if *color == Color::Dark { 0x00 } else { 0xff };
        }
        rows.extend(std::iter::repeat_n(row, 8));
    }
    rows.extend(std::iter::repeat_n(blank, QUIET * 8));
    let modules = u32::try_from(width + 2 * QUIET).unwrap_or_default();
    let mut content = Vec::new();
    let mut encoder = Encoder::new(&mut content, modules * 8, modules * 8);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    let written =
        encoder.write_header().and_then(|mut image| image.write_image_data(&rows.concat()));
    written.map_err(|_| Failure::clean("qr", "not written"))?;
    Ok(Png { content, side: modules * MODULE })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_png_shows_the_modules_of_the_code_with_a_quiet_zone() {
        let text = format!("https://app.example.com/support#handoff={}", "x".repeat(66));
        let Png { content, side } = png(&text).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&content)).read_info().unwrap();
        let mut rows = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rows).unwrap();
        let modules = u32::try_from(rows.len()).unwrap() / info.height;
        assert_eq!((info.width, info.height), (modules * 8, modules * 8));
        assert_eq!(side, modules * 4);
        let modules = usize::try_from(modules).unwrap();
        let code = code(&text).unwrap();
        assert_eq!(modules, code.width() + 8);
        for (y, row) in rows.chunks(modules).enumerate() {
            for (x, byte) in row.iter().enumerate() {
                let at = |place: usize| place.checked_sub(4).filter(|place| *place < code.width());
                let dark = match (at(x), at(y / 8)) {
                    (Some(x), Some(y)) => code[(x, y)] == Color::Dark,
                    (None, _) | (_, None) => false,
                };
                assert_eq!(*byte, if dark { 0x00 } else { 0xff }, "{x}, {y}");
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_not_drawn() {
        assert!(png(&"x".repeat(2332)).is_err());
        assert_eq!(svg(&"x".repeat(2332)), "");
    }
}
