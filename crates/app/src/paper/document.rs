//! What stands on a form, from top to bottom.

use super::MM;

/// The size of a page, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageSize {
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

impl PageSize {
    /// ISO 216 A4, upright.
    pub const A4: Self = Self {
        width: 210.0 * MM,
        height: 297.0 * MM,
    };
    /// ISO 216 A5, upright.
    pub const A5: Self = Self {
        width: 148.0 * MM,
        height: 210.0 * MM,
    };
}

/// Where a text stands in its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// At the left.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right.
    Right,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// Size in points.
    pub size: f32,
    /// Bold.
    pub bold: bool,
    /// Where it stands.
    pub align: Align,
    /// Whether the first line begins two characters in.
    pub indent: bool,
    /// Space below, in points.
    pub after: f32,
    /// 0 black, 1 white.
    pub grey: f32,
}

impl Style {
    /// Running text, 五号.
    pub const BODY: Self = Self {
        size: 10.5,
        bold: false,
        align: Align::Left,
        indent: false,
        after: 4.0,
        grey: 0.0,
    };
    /// Notes, 小五.
    pub const SMALL: Self = Self {
        size: 9.0,
        after: 3.0,
        grey: 0.25,
        ..Self::BODY
    };
    /// The title of a form.
    pub const TITLE: Self = Self {
        size: 16.0,
        bold: true,
        align: Align::Centre,
        after: 8.0,
        ..Self::BODY
    };
    /// The title of a part.
    pub const PART: Self = Self {
        size: 11.5,
        bold: true,
        after: 4.0,
        ..Self::BODY
    };
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// Its text.
    pub text: String,
    /// Bold.
    pub bold: bool,
    /// Where the text stands.
    pub align: Align,
    /// Columns that it takes; 0 counts as 1.
    pub span: usize,
    /// Shaded, as heads and labels are.
    pub shaded: bool,
}

impl Cell {
    /// A label: bold on a shade.
    pub fn label(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            bold: true,
            shaded: true,
            ..Self::default()
        }
    }

    /// The same cell over several columns.
    #[must_use]
    pub fn over(mut self, columns: usize) -> Self {
        self.span = columns;
        self
    }

    /// The same cell with its text in the middle.
    #[must_use]
    pub fn centred(mut self) -> Self {
        self.align = Align::Centre;
        self
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::default()
        }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }
}

/// The cells of a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// From left to right.
    pub cells: Vec<Cell>,
    /// The least height in points, for places that are filled in by hand.
    pub at_least: f32,
}

/// A table with lines around its cells. The head comes again on every page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Shares of the width.
    pub columns: Vec<f32>,
    /// The head; empty without.
    pub head: Vec<Cell>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Size of its text in points; 0 is 9.5.
    pub size: f32,
}

impl Table {
    /// A table whose columns share the width like these numbers.
    pub fn new(columns: &[f32]) -> Self {
        Self {
            columns: columns.to_vec(),
            ..Self::default()
        }
    }

    /// With a head.
    #[must_use]
    pub fn head<C: Into<String>>(mut self, cells: impl IntoIterator<Item = C>) -> Self {
        self.head = cells
            .into_iter()
            .map(|c| Cell::label(c).centred())
            .collect();
        self
    }

    /// With one more row.
    #[must_use]
    pub fn row<C: Into<Cell>>(self, cells: impl IntoIterator<Item = C>) -> Self {
        self.tall_row(0.0, cells)
    }

    /// With one more row of a least height in points.
    #[must_use]
    pub fn tall_row<C: Into<Cell>>(
        mut self,
        at_least: f32,
        cells: impl IntoIterator<Item = C>,
    ) -> Self {
        let cells = cells.into_iter().map(Into::into).collect();
        self.rows.push(Row { cells, at_least });
        self
    }

    /// The size of its text.
    pub(super) fn text_size(&self) -> f32 {
        if self.size > 0.0 { self.size } else { 9.5 }
    }
}

/// A piece of a form.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph; `\n` begins a new line.
    Text(String, Style),
    /// A table.
    Table(Table),
    /// Labels with lines behind them to write on, side by side.
    Sign(Vec<String>),
    /// A dashed line across the page along which a copy is torn off, with words in the middle.
    Tear(String),
    /// A bar code with its text below at the left, a QR code at the right; either may be empty.
    Codes {
        /// For scanners at desks: ASCII.
        bar: String,
        /// For phones: an address.
        square: String,
    },
    /// Empty space, in points.
    Space(f32),
    /// What follows begins on a new page.
    NewPage,
}

/// A form or letter.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its title among the bookmarks of a file with many.
    pub title: String,
    /// The page.
    pub size: PageSize,
    /// Margin on all sides, in points.
    pub margin: f32,
    /// At the head of each page: left and right.
    pub header: (String, String),
    /// At the foot of each page: left, and right with `{page}` and `{pages}`.
    pub footer: (String, String),
    /// Pale words across each page; empty without.
    pub watermark: String,
    /// What stands on it.
    pub blocks: Vec<Block>,
}

impl Document {
    /// An empty A4 form.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            size: PageSize::A4,
            margin: 18.0 * MM,
            header: (String::new(), String::new()),
            footer: (String::new(), "{page} / {pages}".into()),
            watermark: String::new(),
            blocks: Vec::new(),
        }
    }

    /// Adds the title of the form.
    pub fn heading(&mut self, text: impl Into<String>) -> &mut Self {
        self.styled(text, Style::TITLE)
    }

    /// Adds the title of a part.
    pub fn part(&mut self, text: impl Into<String>) -> &mut Self {
        self.styled(text, Style::PART)
    }

    /// Adds a paragraph.
    pub fn text(&mut self, text: impl Into<String>) -> &mut Self {
        self.styled(text, Style::BODY)
    }

    /// Adds a note.
    pub fn small(&mut self, text: impl Into<String>) -> &mut Self {
        self.styled(text, Style::SMALL)
    }

    /// Adds a paragraph that looks as said.
    pub fn styled(&mut self, text: impl Into<String>, style: Style) -> &mut Self {
        self.push(Block::Text(text.into(), style))
    }

    /// Adds a table.
    pub fn table(&mut self, table: Table) -> &mut Self {
        self.push(Block::Table(table))
    }

    /// Adds lines to sign.
    pub fn sign(&mut self, labels: &[&str]) -> &mut Self {
        self.push(Block::Sign(
            labels.iter().map(|l| (*l).to_owned()).collect(),
        ))
    }

    /// Adds anything.
    pub fn push(&mut self, block: Block) -> &mut Self {
        self.blocks.push(block);
        self
    }
}
