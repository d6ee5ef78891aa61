//! Bar codes (Code 128) and QR codes as plain modules.

use code128::Code128;
use qrcode::{Color, EcLevel, QrCode};

/// The bars of a Code 128: offset and width of each in modules, and the width of all of it. Letters,
/// digits and signs of ASCII only.
pub fn bars_of(text: &str) -> (Vec<(u16, u16)>, u16) {
    let code = Code128::encode(text.as_bytes());
    let mut bars = Vec::new();
    let mut at = 0;
    for bar in code.bars() {
        bars.push((at, u16::from(bar.width)));
        at += u16::from(bar.width) + u16::from(bar.space);
    }
    // The space after the last bar belongs to the quiet zone.
    let end = bars.last().map_or(0, |(start, width)| start + width);
    (bars, end)
}

/// The dark squares of a QR code, row by row, and how many a row has; nothing when the text is too long.
pub fn squares_of(text: &str) -> Option<(Vec<bool>, usize)> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let dark = code.to_colors().into_iter().map(|c| c == Color::Dark);
    Some((dark.collect(), width))
}
