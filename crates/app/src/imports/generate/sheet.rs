//! A CSV file that is written cell by cell, with the columns that the import reads.

use super::GenerateError;
use chrono::NaiveDate;
use domain::money::Money;
use std::fmt::{Display, Write as _};
use std::fs::File;
use std::path::Path;

/// A file under way. The first failure is kept and told at the end of the row.
pub(super) struct Sheet {
    writer: csv::Writer<File>,
    scratch: String,
    width: usize,
    cells: usize,
    failure: Option<csv::Error>,
    /// Rows written, without the heading.
    pub rows: u64,
}

/// Bytes that are gathered before they are written.
const BUFFER_BYTES: usize = 256 * 1024;

impl Sheet {
    /// Creates a file with its heading.
    pub(super) fn create(
        folder: &Path,
        name: &str,
        columns: &[&str],
    ) -> Result<Self, GenerateError> {
        let mut writer = csv::WriterBuilder::new()
            .buffer_capacity(BUFFER_BYTES)
            .from_path(folder.join(format!("{name}.csv")))?;
        writer.write_record(columns)?;
        Ok(Self {
            writer,
            scratch: String::new(),
            width: columns.len(),
            cells: 0,
            failure: None,
            rows: 0,
        })
    }

    fn write(&mut self, cell: &str) {
        self.cells += 1;
        if let Err(error) = self.writer.write_field(cell) {
            self.failure.get_or_insert(error);
        }
    }

    /// A cell of text.
    pub(super) fn text(&mut self, cell: &str) -> &mut Self {
        self.write(cell);
        self
    }

    /// A cell of anything that can be shown.
    pub(super) fn shown(&mut self, cell: impl Display) -> &mut Self {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        // Writing to a string cannot fail.
        let _ = write!(scratch, "{cell}");
        self.write(&scratch);
        self.scratch = scratch;
        self
    }

    /// A cell that may be unknown.
    pub(super) fn maybe(&mut self, cell: Option<impl Display>) -> &mut Self {
        match cell {
            Some(cell) => self.shown(cell),
            None => self.text(""),
        }
    }

    /// A date that may be unknown.
    pub(super) fn date(&mut self, date: Option<NaiveDate>) -> &mut Self {
        self.maybe(date)
    }

    /// An amount in fen, written in yuan.
    pub(super) fn money(&mut self, fen: Option<i64>) -> &mut Self {
        self.maybe(fen.map(Money))
    }

    /// Cells that are unknown.
    pub(super) fn blank(&mut self, cells: usize) -> &mut Self {
        for _ in 0..cells {
            self.write("");
        }
        self
    }

    /// Ends the row.
    pub(super) fn end(&mut self) -> Result<(), GenerateError> {
        debug_assert_eq!(self.cells, self.width, "cells of a row");
        self.cells = 0;
        self.rows += 1;
        if let Some(error) = self.failure.take() {
            return Err(error.into());
        }
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }

    /// Writes what is left; gives the number of rows.
    pub(super) fn finish(mut self) -> Result<u64, GenerateError> {
        self.writer.flush()?;
        Ok(self.rows)
    }
}
