//! The archive that a person gets: a JSON file and a workbook.

use super::content::{Table, moment};
use crate::{Error, Result};
use domain::time::Instant;
use rust_xlsxwriter::{Format, Workbook};
use std::io::{Cursor, Write as _};
use store::retention::DataRequestRow;
use zip::write::SimpleFileOptions;

/// Width of a column, in characters.
const COLUMN_WIDTH: f64 = 22.0;

fn broken(error: &dyn std::fmt::Display) -> Error {
    Error::Fault(format!("copy: {error}"))
}

/// The tables of a request, twice: for programs and for people.
pub(super) fn archive(row: &DataRequestRow, now: Instant, tables: &[Table]) -> Result<Vec<u8>> {
    let mut json = serde_json::Map::new();
    json.insert("request".into(), row.number.clone().into());
    json.insert("made_at".into(), moment(now).into());
    for table in tables {
        let rows = table.rows.iter().map(|cells| {
            let pairs = table.columns.iter().zip(cells);
            let object: serde_json::Map<_, _> = pairs
                .map(|(column, cell)| ((*column).to_owned(), cell.clone().into()))
                .collect();
            serde_json::Value::Object(object)
        });
        json.insert(table.name.into(), rows.collect());
    }
    let json = serde_json::to_vec_pretty(&json).map_err(|e| broken(&e))?;
    let sheet = workbook(tables)?;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    for (name, bytes) in [("data.json", json), ("data.xlsx", sheet)] {
        zip.start_file(name, options).map_err(|e| broken(&e))?;
        zip.write_all(&bytes).map_err(|e| broken(&e))?;
    }
    Ok(zip.finish().map_err(|e| broken(&e))?.into_inner())
}

fn workbook(tables: &[Table]) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    for table in tables {
        let sheet = book.add_worksheet();
        sheet.set_name(table.name).map_err(|e| broken(&e))?;
        for (at, column) in (0_u16..).zip(table.columns) {
            sheet
                .set_column_width(at, COLUMN_WIDTH)
                .map_err(|e| broken(&e))?;
            sheet
                .write_string_with_format(0, at, *column, &bold)
                .map_err(|e| broken(&e))?;
        }
        for (line, cells) in (1_u32..).zip(&table.rows) {
            for (at, cell) in (0_u16..).zip(cells) {
                sheet.write_string(line, at, cell).map_err(|e| broken(&e))?;
            }
        }
    }
    book.save_to_buffer().map_err(|e| broken(&e))
}
