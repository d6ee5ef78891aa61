//! Draws on one page. Positions are counted from the top left corner, in points.

use super::document::Align;
use super::typeface::Glyphs;
use pdf_writer::types::TextRenderingMode;
use pdf_writer::{Content, Name, Str};

/// The name of the typeface on every page.
pub(super) const FONT: Name<'static> = Name(b"F1");
/// Strokes around bold letters, in shares of the size.
const BOLD: f32 = 0.032;

/// A page being drawn.
pub(super) struct Pen {
    pub(super) content: Content,
    height: f32,
}

/// How a line of text looks.
#[derive(Clone, Copy)]
pub(super) struct Ink {
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) grey: f32,
}

impl Pen {
    pub(super) fn new(height: f32) -> Self {
        Self {
            content: Content::new(),
            height,
        }
    }

    /// A line of text whose baseline lies at `y`.
    pub(super) fn text(&mut self, glyphs: &mut Glyphs<'_>, x: f32, y: f32, text: &str, ink: Ink) {
        if text.is_empty() {
            return;
        }
        let mut codes = Vec::with_capacity(text.len());
        let mut ticks = Vec::new();
        let mut at = x;
        for letter in text.chars() {
            let drawn = glyphs.draw(letter);
            if letter == '☑' {
                // The tick stands in the middle of its box.
                let free = drawn.width - glyphs.draw('✓').width;
                ticks.push(at + free / 2.0 * ink.size / 1000.0);
            }
            at += drawn.width * ink.size / 1000.0;
            codes.extend(drawn.code.to_be_bytes());
        }
        self.show(x, y, &codes, ink);
        for tick in ticks {
            let code = glyphs.draw('✓').code.to_be_bytes();
            self.show(tick, y, &code, ink);
        }
    }

    fn show(&mut self, x: f32, y: f32, codes: &[u8], ink: Ink) {
        let y = self.height - y;
        let content = &mut self.content;
        content.set_fill_gray(ink.grey);
        content.begin_text();
        content.set_font(FONT, ink.size);
        if ink.bold {
            content.set_stroke_gray(ink.grey);
            content.set_line_width(ink.size * BOLD);
            content.set_text_rendering_mode(TextRenderingMode::FillStroke);
        }
        content.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, y]);
        content.show(Str(codes));
        if ink.bold {
            content.set_text_rendering_mode(TextRenderingMode::Fill);
        }
        content.end_text();
    }

    /// A line of text within a width.
    pub(super) fn aligned(
        &mut self,
        glyphs: &mut Glyphs<'_>,
        (x, y, width): (f32, f32, f32),
        text: &str,
        align: Align,
        ink: Ink,
    ) {
        let free = width - glyphs.width(text, ink.size);
        let shift = match align {
            Align::Left => 0.0,
            Align::Centre => free / 2.0,
            Align::Right => free,
        };
        self.text(glyphs, x + shift.max(0.0), y, text, ink);
    }

    /// Pale words from corner to corner.
    pub(super) fn watermark(&mut self, glyphs: &mut Glyphs<'_>, width: f32, text: &str) {
        const SIZE: f32 = 44.0;
        let mut codes = Vec::new();
        for letter in text.chars() {
            codes.extend(glyphs.draw(letter).code.to_be_bytes());
        }
        let long = glyphs.width(text, SIZE).max(1.0);
        let diagonal = width.hypot(self.height);
        let size = SIZE.min(SIZE * diagonal * 0.8 / long);
        let (sine, cosine) = (self.height / diagonal, width / diagonal);
        let half = long * size / SIZE / 2.0;
        let x = width / 2.0 - half * cosine;
        let y = self.height / 2.0 - half * sine;
        let content = &mut self.content;
        content.set_fill_gray(0.88);
        content.begin_text();
        content.set_font(FONT, size);
        content.set_text_matrix([cosine, sine, -sine, cosine, x, y]);
        content.show(Str(&codes));
        content.end_text();
    }

    /// A thin line; dashed when it is torn along.
    pub(super) fn line(&mut self, from: (f32, f32), to: (f32, f32), dashed: bool) {
        let height = self.height;
        let content = &mut self.content;
        content.save_state();
        content.set_stroke_gray(0.0);
        content.set_line_width(0.5);
        if dashed {
            content.set_dash_pattern([4.0, 3.0], 0.0);
        }
        content.move_to(from.0, height - from.1);
        content.line_to(to.0, height - to.1);
        content.stroke();
        content.restore_state();
    }

    /// The frame of a cell, shaded or not.
    pub(super) fn cell(&mut self, x: f32, y: f32, width: f32, height: f32, shaded: bool) {
        let bottom = self.height - y - height;
        let content = &mut self.content;
        content.set_stroke_gray(0.35);
        content.set_line_width(0.5);
        content.rect(x, bottom, width, height);
        if shaded {
            content.set_fill_gray(0.94);
            content.fill_nonzero_and_stroke();
        } else {
            content.stroke();
        }
    }

    /// Black rectangles: bars and squares of codes.
    pub(super) fn fill(&mut self, rectangles: impl Iterator<Item = (f32, f32, f32, f32)>) {
        self.content.set_fill_gray(0.0);
        for (x, y, width, height) in rectangles {
            self.content
                .rect(x, self.height - y - height, width, height);
        }
        self.content.fill_nonzero();
    }
}
