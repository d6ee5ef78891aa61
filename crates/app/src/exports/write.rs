//! Writing rows as CSV, NDJSON or an Excel workbook.

use super::mark::Mark;
use super::table::{Cell, ExportFormat};
use crate::{Error, Refusal, Result};
use domain::time;
use rust_xlsxwriter::{DocProperties, Format, Workbook, XlsxError};
use std::io::Write;

/// Rows of a sheet below its heading: what Excel can hold.
pub(super) const SHEET_ROWS_MAX: u32 = 1_048_575;
/// Characters of a cell: what Excel can hold.
const SHEET_CELL_MAX: usize = 32_767;
/// Width of a column of a sheet, in characters.
const COLUMN_WIDTH: f64 = 18.0;

/// Takes the rows of a table.
pub(super) trait RowWriter: Send {
    /// Writes a row.
    fn row(&mut self, cells: &[Cell]) -> Result<()>;

    /// Writes what is left, once so many rows are written.
    fn finish(&mut self, rows: u64) -> Result<()>;
}

/// Opens a table in a sink and writes its heading.
pub(super) fn open<'s>(
    format: ExportFormat,
    sink: &'s mut (dyn Write + Send),
    columns: &'static [&'static str],
    mark: &Mark,
) -> Result<Box<dyn RowWriter + 's>> {
    Ok(match format {
        ExportFormat::Csv => {
            let mut writer = csv::Writer::from_writer(sink);
            writer.write_record(columns).map_err(|e| unwritable(&e))?;
            Box::new(Csv(writer))
        }
        ExportFormat::Ndjson => Box::new(Ndjson { sink, columns }),
        ExportFormat::Xlsx => Box::new(Sheet::open(sink, columns, mark)?),
    })
}

fn unwritable(error: &dyn std::fmt::Display) -> Error {
    Refusal::with("file-unwritable", error.to_string()).into()
}

struct Csv<'s>(csv::Writer<&'s mut (dyn Write + Send)>);

impl RowWriter for Csv<'_> {
    fn row(&mut self, cells: &[Cell]) -> Result<()> {
        let record = cells.iter().map(Cell::text);
        self.0.write_record(record).map_err(|e| unwritable(&e))
    }

    fn finish(&mut self, _: u64) -> Result<()> {
        self.0.flush().map_err(|e| unwritable(&e))
    }
}

struct Ndjson<'s> {
    sink: &'s mut (dyn Write + Send),
    columns: &'static [&'static str],
}

impl RowWriter for Ndjson<'_> {
    /// Every row has every column, so that each line can be read alone. Amounts are text, because
    /// numbers in JSON lose cents.
    fn row(&mut self, cells: &[Cell]) -> Result<()> {
        let object: serde_json::Map<_, _> = self
            .columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| {
                let value = match cell {
                    Cell::Empty => serde_json::Value::Null,
                    Cell::Int(number) => (*number).into(),
                    Cell::Bool(value) => (*value).into(),
                    other => other.text().into(),
                };
                ((*column).to_owned(), value)
            })
            .collect();
        let mut line =
            serde_json::to_vec(&object).map_err(|e| Error::Fault(format!("export: {e}")))?;
        line.push(b'\n');
        self.sink.write_all(&line).map_err(|e| unwritable(&e))
    }

    fn finish(&mut self, _: u64) -> Result<()> {
        self.sink.flush().map_err(|e| unwritable(&e))
    }
}

/// A workbook; its rows wait in a temporary file, not in memory.
struct Sheet<'s> {
    sink: &'s mut (dyn Write + Send),
    book: Workbook,
    next: u32,
    date: Format,
    moment: Format,
    money: Format,
    mark: Mark,
}

impl<'s> Sheet<'s> {
    fn open(
        sink: &'s mut (dyn Write + Send),
        columns: &'static [&'static str],
        mark: &Mark,
    ) -> Result<Self> {
        let mut book = Workbook::new();
        let properties = DocProperties::new()
            .set_author(&mark.by)
            .set_subject(&mark.code)
            .set_comment(mark.line());
        book.set_properties(&properties);
        let heading = Format::new().set_bold();
        let sheet = book
            .add_worksheet_with_constant_memory()
            .map_err(|e| broken(&e))?;
        let (header, footer) = mark.of_pages();
        sheet.set_header(header);
        sheet.set_footer(footer);
        sheet.set_freeze_panes(1, 0).map_err(|e| broken(&e))?;
        for (at, column) in (0..).zip(columns) {
            sheet
                .set_column_width(at, COLUMN_WIDTH)
                .map_err(|e| broken(&e))?;
            sheet
                .write_string_with_format(0, at, *column, &heading)
                .map_err(|e| broken(&e))?;
        }
        Ok(Self {
            sink,
            book,
            next: 1,
            date: Format::new().set_num_format("yyyy-mm-dd"),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            money: Format::new().set_num_format("0.00"),
            mark: mark.clone(),
        })
    }

    /// The mark on a sheet of its own, the last one: the table stays the first, so that it can be
    /// imported again.
    fn write_mark(&mut self, rows: u64) -> std::result::Result<(), XlsxError> {
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name("mark")?;
        let count = rows.to_string();
        let lines = [
            ("导出编号 mark", self.mark.code.as_str()),
            ("导出人 by", &self.mark.by),
            ("导出时间 at", &self.mark.at),
            ("用途 purpose", &self.mark.purpose),
            ("行数 rows", &count),
        ];
        sheet.set_column_width(0, COLUMN_WIDTH)?;
        for (row, (name, value)) in (0..).zip(lines) {
            sheet.write_string(row, 0, name)?;
            sheet.write_string(row, 1, value)?;
        }
        Ok(())
    }
}

fn broken(error: &XlsxError) -> Error {
    Error::Fault(format!("workbook: {error}"))
}

impl RowWriter for Sheet<'_> {
    fn row(&mut self, cells: &[Cell]) -> Result<()> {
        if self.next > SHEET_ROWS_MAX {
            let max = SHEET_ROWS_MAX.to_string();
            return Err(Refusal::with("export-too-many-rows", max).into());
        }
        let row = self.next;
        self.next += 1;
        let sheet = self.book.worksheet_from_index(0).map_err(|e| broken(&e))?;
        for (at, cell) in (0..).zip(cells) {
            write_cell(
                sheet,
                row,
                at,
                cell,
                [&self.date, &self.moment, &self.money],
            )
            .map_err(|e| broken(&e))?;
        }
        Ok(())
    }

    fn finish(&mut self, rows: u64) -> Result<()> {
        self.write_mark(rows).map_err(|e| broken(&e))?;
        self.book
            .save_to_writer(&mut *self.sink)
            .map_err(|e| unwritable(&e))
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sheets hold every number as a float; amounts stay far below 2^53"
)]
fn write_cell(
    sheet: &mut rust_xlsxwriter::Worksheet,
    row: u32,
    at: u16,
    cell: &Cell,
    [date, moment, money]: [&Format; 3],
) -> std::result::Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => {
            let text: String = text.chars().take(SHEET_CELL_MAX).collect();
            sheet.write_string(row, at, text)?
        }
        Cell::Int(number) => sheet.write_number(row, at, *number as f64)?,
        Cell::Bool(value) => sheet.write_boolean(row, at, *value)?,
        Cell::Date(day) => sheet.write_with_format(row, at, day, date)?,
        Cell::Instant(instant) => {
            let local = instant.with_timezone(&time::china()).naive_local();
            sheet.write_with_format(row, at, &local, moment)?
        }
        Cell::Money(fen) => sheet.write_number_with_format(row, at, *fen as f64 / 100.0, money)?,
    };
    Ok(())
}
