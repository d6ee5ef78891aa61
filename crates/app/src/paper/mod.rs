//! Forms and letters on paper: PDF files in Chinese, with tables, boxes to tick, lines to sign, bar
//! codes.
//!
//! A [`Document`] says what stands on a form; a [`Bundle`] lays out one or many of them and writes one
//! file with one typeface, of which only the characters used are kept. The same documents give the same
//! bytes: dates are parameters.
//!
//! ```ignore
//! let mut form = Document::new("客户回访记录表");
//! form.heading("客户回访记录表");
//! form.table(Table::new(&[1.0, 3.0]).row(["客户姓名", name]).row(["摘要", summary]));
//! form.sign(&["客户签名", "日期"]);
//! let mut bundle = Bundle::new(app.typeface());
//! bundle.add(&form);
//! let pdf = bundle.finish(&Meta { title: "…", author: "…", created: now })?;
//! ```
//!
//! In any text, `☐` is an empty box and `☑` a ticked one. A character that the typeface lacks is drawn
//! as a crossed box, and [`Bundle::missing`] names it.

mod bundle;
mod codes;
mod document;
mod layout;
mod pen;
mod table;
mod typeface;
mod wrap;

pub use bundle::{Bundle, Meta};
pub use codes::{bars_of, squares_of};
pub use document::{Align, Block, Cell, Document, PageSize, Row, Style, Table};
pub use typeface::{Typeface, TypefaceError};

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// The typeface cannot be cut down to the characters used.
    #[error("the typeface: {0}")]
    Typeface(String),
    /// Packing a page failed.
    #[error("packing a page: {0}")]
    Packing(#[from] std::io::Error),
}

impl From<PaperError> for crate::Error {
    fn from(error: PaperError) -> Self {
        Self::Fault(error.to_string())
    }
}

#[cfg(test)]
mod tests;
