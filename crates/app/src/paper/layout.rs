//! Lays a document out on pages.

use super::document::{Align, Block, Document, Style};
use super::pen::{Ink, Pen};
use super::typeface::Glyphs;
use super::wrap::wrap;
use super::{MM, codes, table};

/// Height of a line in sizes of its text.
pub(super) const LINE: f32 = 1.5;
/// How far the baseline lies below the top of a line, in sizes.
pub(super) const BASE: f32 = 1.12;
/// Width of a module of a bar code: 0.33 mm, the usual least.
const MODULE: f32 = 0.33 * MM;
/// Height of a bar code.
const BAR: f32 = 11.0 * MM;
/// Side of a QR code.
const SQUARE: f32 = 22.0 * MM;
/// Text of headers and footers.
const EDGE: Ink = Ink {
    size: 8.0,
    bold: false,
    grey: 0.35,
};

/// A document on its way to pages.
pub(super) struct Layout<'d, 'g, 't> {
    document: &'d Document,
    pub(super) glyphs: &'g mut Glyphs<'t>,
    pages: Vec<Pen>,
    /// How far down the page is taken.
    pub(super) y: f32,
}

/// The pages of a document.
pub(super) fn lay_out(document: &Document, glyphs: &mut Glyphs<'_>) -> Vec<Pen> {
    let mut layout = Layout {
        document,
        glyphs,
        pages: Vec::new(),
        y: 0.0,
    };
    layout.new_page();
    for block in &document.blocks {
        layout.block(block);
    }
    layout.edges();
    layout.pages
}

impl Layout<'_, '_, '_> {
    /// Left edge of what is printed.
    pub(super) fn left(&self) -> f32 {
        self.document.margin
    }

    /// Width of what is printed.
    pub(super) fn width(&self) -> f32 {
        self.document.size.width - 2.0 * self.document.margin
    }

    /// What is left of the page.
    pub(super) fn free(&self) -> f32 {
        self.document.size.height - self.document.margin - self.y
    }

    /// What an empty page has room for.
    pub(super) fn room(&self) -> f32 {
        self.document.size.height - 2.0 * self.document.margin
    }

    pub(super) fn new_page(&mut self) {
        let mut pen = Pen::new(self.document.size.height);
        if !self.document.watermark.is_empty() {
            pen.watermark(
                self.glyphs,
                self.document.size.width,
                &self.document.watermark,
            );
        }
        self.pages.push(pen);
        self.y = self.document.margin;
    }

    /// A new page unless so much is left.
    pub(super) fn need(&mut self, height: f32) {
        if self.free() < height && self.y > self.document.margin {
            self.new_page();
        }
    }

    /// Lines of a text within a width.
    pub(super) fn lines(&mut self, text: &str, size: f32, width: f32) -> Vec<String> {
        wrap(text, width, |c| self.glyphs.draw(c).width * size / 1000.0)
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Text(text, style) => self.text(text, *style),
            Block::Table(rows) => table::draw(self, rows),
            Block::Sign(labels) => self.sign(labels),
            Block::Tear(words) => self.tear(words),
            Block::Codes { bar, square } => self.codes(bar, square),
            Block::Space(height) => self.y += height,
            Block::NewPage => self.new_page(),
        }
    }

    fn text(&mut self, text: &str, style: Style) {
        let indented = if style.indent {
            // Two wide spaces, as Chinese paragraphs begin.
            text.split('\n')
                .map(|p| format!("\u{3000}\u{3000}{p}"))
                .collect::<Vec<_>>()
                .join("\n")
        } else {
            text.to_owned()
        };
        let width = self.width();
        for line in self.lines(&indented, style.size, width) {
            self.need(style.size * LINE);
            self.line(&line, style);
        }
        self.y += style.after;
    }

    fn line(&mut self, line: &str, style: Style) {
        let ink = Ink {
            size: style.size,
            bold: style.bold,
            grey: style.grey,
        };
        let place = (self.left(), self.y + style.size * BASE, self.width());
        self.aligned(place, line, style.align, ink);
        self.y += style.size * LINE;
    }

    /// Draws a line of text on the current page.
    pub(super) fn aligned(&mut self, place: (f32, f32, f32), text: &str, align: Align, ink: Ink) {
        if let Some(pen) = self.pages.last_mut() {
            pen.aligned(self.glyphs, place, text, align, ink);
        }
    }

    /// The current page, for what is no text.
    pub(super) fn page(&mut self) -> Option<&mut Pen> {
        self.pages.last_mut()
    }

    fn sign(&mut self, labels: &[String]) {
        const SIZE: f32 = 10.5;
        const HEIGHT: f32 = 30.0;
        const GAP: f32 = 12.0;
        self.need(HEIGHT + 8.0);
        let count = u16::try_from(labels.len()).unwrap_or(1).max(1);
        let share = self.width() / f32::from(count);
        let mut x = self.left();
        let base = self.y + HEIGHT - 4.0;
        for label in labels {
            let label = format!("{label}：");
            let ink = Ink {
                size: SIZE,
                bold: false,
                grey: 0.0,
            };
            self.aligned((x, base, share), &label, Align::Left, ink);
            let from = x + self.glyphs.width(&label, SIZE) + 2.0;
            let to = (x + share - GAP).max(from);
            if let Some(pen) = self.page() {
                pen.line((from, base + 2.5), (to, base + 2.5), false);
            }
            x += share;
        }
        self.y += HEIGHT + 8.0;
    }

    fn tear(&mut self, words: &str) {
        const SIZE: f32 = 8.5;
        self.need(26.0);
        let middle = self.y + 13.0;
        let page = self.document.size.width;
        let half = self.glyphs.width(words, SIZE) / 2.0 + 6.0;
        let gap = if words.is_empty() { 0.0 } else { half };
        if let Some(pen) = self.page() {
            pen.line((0.0, middle), (page / 2.0 - gap, middle), true);
            pen.line((page / 2.0 + gap, middle), (page, middle), true);
        }
        let ink = Ink {
            size: SIZE,
            bold: false,
            grey: 0.2,
        };
        self.aligned((0.0, middle + SIZE * 0.36, page), words, Align::Centre, ink);
        self.y += 26.0;
    }

    fn codes(&mut self, bar: &str, square: &str) {
        let squares = codes::squares_of(square).filter(|_| !square.is_empty());
        let height = if squares.is_some() {
            SQUARE
        } else {
            BAR + 14.0
        };
        self.need(height + 4.0);
        let (left, top) = (self.left(), self.y);
        if !bar.is_empty() {
            let (bars, _) = codes::bars_of(bar);
            let drawn = bars.into_iter().map(|(at, wide)| {
                let x = left + f32::from(at) * MODULE;
                (x, top, f32::from(wide) * MODULE, BAR)
            });
            if let Some(pen) = self.pages.last_mut() {
                pen.fill(drawn);
            }
            let ink = Ink {
                size: 9.0,
                bold: false,
                grey: 0.0,
            };
            self.aligned(
                (left, top + BAR + 10.0, self.width()),
                bar,
                Align::Left,
                ink,
            );
        }
        if let Some((dark, width)) = squares {
            let right = left + self.width();
            self.squares(&dark, width, (right - SQUARE, top));
        }
        self.y += height + 4.0;
    }

    fn squares(&mut self, dark: &[bool], width: usize, (x, y): (f32, f32)) {
        let count = u16::try_from(width).unwrap_or(1).max(1);
        let side = SQUARE / f32::from(count);
        let squares = dark.iter().enumerate().filter(|(_, dark)| **dark);
        let squares = squares.map(|(at, _)| {
            let across = u16::try_from(at % width.max(1)).unwrap_or_default();
            let down = u16::try_from(at / width.max(1)).unwrap_or_default();
            (
                x + f32::from(across) * side,
                y + f32::from(down) * side,
                side,
                side,
            )
        });
        if let Some(pen) = self.pages.last_mut() {
            pen.fill(squares);
        }
    }

    /// Headers and footers, when the number of pages is known.
    fn edges(&mut self) {
        let (document, count) = (self.document, self.pages.len());
        let (left, width) = (self.left(), self.width());
        let top = document.margin / 2.0 + EDGE.size * 0.4;
        let foot = document.size.height - document.margin / 2.0 + EDGE.size * 0.4;
        for (number, pen) in self.pages.iter_mut().enumerate() {
            let page = document.footer.1.replace("{pages}", &count.to_string());
            let page = page.replace("{page}", &(number + 1).to_string());
            for (y, text, align) in [
                (top, &document.header.0, Align::Left),
                (top, &document.header.1, Align::Right),
                (foot, &document.footer.0, Align::Left),
                (foot, &page, Align::Right),
            ] {
                pen.aligned(self.glyphs, (left, y, width), text, align, EDGE);
            }
        }
    }
}
