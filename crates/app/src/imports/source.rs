//! Rows from CSV, XLSX and NDJSON, one at a time.

use super::ndjson;
use super::reason::Reason;
use calamine::{DataRef, Reader as _, Xlsx};
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender};

/// A row may not be longer than this; beyond it a quotation mark is missing, or it is no table.
pub(super) const ROW_BYTES_MAX: u64 = 1024 * 1024;
/// No import file has more columns.
pub(super) const COLUMNS_MAX: usize = 300;

/// Format of a file, by the end of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, UTF-8, with a heading.
    Csv,
    /// The first sheet of an Excel workbook, with a heading.
    Xlsx,
    /// One JSON object a line.
    Ndjson,
}

impl Format {
    /// The format of a file name.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            _ => None,
        }
    }
}

/// A file that cannot be read as a whole.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The end of the name tells no format.
    #[error("{0}: the name must end in .csv, .xlsx or .ndjson")]
    Format(String),
    /// The file cannot be opened or read.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The table itself is broken.
    #[error("line {line}: {what}")]
    Table {
        /// Line, from one.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// Columns that are needed are missing.
    #[error("these columns are missing: {0}")]
    MissingColumns(String),
}

/// A row as it stands in the file.
#[derive(Clone, Debug)]
pub(super) struct RawRow {
    /// Line, from one; the heading counts.
    pub line: u64,
    /// One cell a column of the heading; or why the row cannot be read.
    pub cells: Result<Vec<String>, Reason>,
}

/// An open file.
pub(super) struct Source {
    columns: Vec<String>,
    inner: Inner,
}

enum Inner {
    Csv(Box<csv::Reader<Metered<File>>>),
    Ndjson {
        reader: BufReader<File>,
        line: u64,
        bytes: u64,
        first: Option<Vec<u8>>,
    },
    /// Rows come from a thread of their own, because the sheet can only be walked while it is open.
    Xlsx {
        rows: Receiver<Result<SheetRow, SourceError>>,
    },
}

/// A row of a sheet: its line and its cells.
type SheetRow = (u64, Vec<String>);

/// Rows of a sheet that are read ahead.
const ROWS_AHEAD: usize = 1000;

/// Counts bytes, and stops when a single row swallows too many.
struct Metered<R> {
    inner: R,
    since_row: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.since_row += read as u64;
        if self.since_row > ROW_BYTES_MAX {
            let what = "a row is longer than 1 MiB: is a quotation mark missing?";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, what));
        }
        Ok(read)
    }
}

impl Source {
    /// Opens a file and reads its heading.
    pub(super) fn open(path: &Path) -> Result<Self, SourceError> {
        let format =
            Format::of(path).ok_or_else(|| SourceError::Format(path.display().to_string()))?;
        match format {
            Format::Csv => Self::open_csv(path),
            Format::Ndjson => Self::open_ndjson(path),
            Format::Xlsx => Self::open_xlsx(path),
        }
    }

    /// The columns as the file names them.
    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Bytes read so far.
    pub(super) fn bytes_done(&self) -> u64 {
        match &self.inner {
            Inner::Csv(reader) => reader.position().byte(),
            Inner::Ndjson { bytes, .. } => *bytes,
            Inner::Xlsx { .. } => 0,
        }
    }

    fn open_csv(path: &Path) -> Result<Self, SourceError> {
        let mut file = File::open(path)?;
        skip_byte_order_mark(&mut file)?;
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(Metered {
                inner: file,
                since_row: 0,
            });
        let heading = reader.byte_headers().map_err(|e| csv_error(&e))?;
        let columns = heading
            .iter()
            .map(|c| String::from_utf8(c.to_vec()).map(|c| c.trim().to_owned()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| SourceError::Table {
                line: 1,
                what: "the heading is not UTF-8".into(),
            })?;
        let source = Self {
            columns,
            inner: Inner::Csv(Box::new(reader)),
        };
        source.checked()
    }

    fn open_ndjson(path: &Path) -> Result<Self, SourceError> {
        let open = || -> Result<BufReader<File>, SourceError> {
            let mut file = File::open(path)?;
            skip_byte_order_mark(&mut file)?;
            Ok(BufReader::new(file))
        };
        // Objects may leave out what is unknown, so only all of them together name the columns.
        let columns = ndjson::columns(open()?)?;
        let mut reader = open()?;
        let first = ndjson::read_line(&mut reader)?;
        let inner = Inner::Ndjson {
            reader,
            line: 0,
            bytes: 0,
            first,
        };
        Self { columns, inner }.checked()
    }

    fn open_xlsx(path: &Path) -> Result<Self, SourceError> {
        let (sender, rows) = std::sync::mpsc::sync_channel(ROWS_AHEAD);
        let path = path.to_owned();
        std::thread::spawn(move || {
            if let Err(error) = read_sheet(&path, &sender) {
                // Nobody listens any more when the import was given up.
                let _ = sender.send(Err(error));
            }
        });
        let columns = match rows.recv() {
            Ok(heading) => heading?.1.iter().map(|c| c.trim().to_owned()).collect(),
            Err(_) => Vec::new(),
        };
        Self {
            columns,
            inner: Inner::Xlsx { rows },
        }
        .checked()
    }

    fn checked(self) -> Result<Self, SourceError> {
        if self.columns.len() > COLUMNS_MAX {
            return Err(SourceError::Table {
                line: 1,
                what: "too many columns".into(),
            });
        }
        Ok(self)
    }

    /// The next row, or nothing at the end.
    pub(super) fn next_row(&mut self) -> Result<Option<RawRow>, SourceError> {
        let mut row = self.read_row()?;
        // A NUL stands in no text of ours; databases disagree about it.
        if let Some(row) = &mut row
            && let Ok(cells) = &row.cells
            && cells.iter().any(|c| c.contains('\0'))
        {
            row.cells = Err(Reason::Encoding);
        }
        Ok(row)
    }

    fn read_row(&mut self) -> Result<Option<RawRow>, SourceError> {
        let columns = &self.columns;
        match &mut self.inner {
            Inner::Csv(reader) => next_csv(reader, columns.len()),
            Inner::Ndjson {
                reader,
                line,
                bytes,
                first,
            } => {
                let text = match first.take() {
                    Some(text) => Some(text),
                    None => ndjson::read_line(reader)?,
                };
                let Some(text) = text else { return Ok(None) };
                *line += 1;
                *bytes += text.len() as u64;
                Ok(Some(RawRow {
                    line: *line,
                    cells: ndjson::cells(&text, columns),
                }))
            }
            Inner::Xlsx { rows } => {
                let Ok(row) = rows.recv() else {
                    return Ok(None);
                };
                let (line, mut cells) = row?;
                let surplus = cells.iter().skip(columns.len()).any(|c| !c.is_empty());
                cells.resize(columns.len(), String::new());
                Ok(Some(RawRow {
                    line,
                    cells: if surplus {
                        Err(Reason::Cells)
                    } else {
                        Ok(cells)
                    },
                }))
            }
        }
    }
}

fn read_sheet(
    path: &Path,
    rows: &SyncSender<Result<SheetRow, SourceError>>,
) -> Result<(), SourceError> {
    let broken = |line: u64, what: String| SourceError::Table { line, what };
    super::workbook::check(File::open(path)?).map_err(|what| broken(1, what))?;
    let book: Result<Xlsx<BufReader<File>>, calamine::XlsxError> = calamine::open_workbook(path);
    let mut book = book.map_err(|e| broken(1, e.to_string()))?;
    let sheet = book.sheet_names().first().cloned();
    let sheet = sheet.ok_or_else(|| broken(1, "the workbook has no sheet".into()))?;
    let mut cells = book
        .worksheet_cells_reader(&sheet)
        .map_err(|e| broken(1, e.to_string()))?;
    let mut current: Option<SheetRow> = None;
    loop {
        let line = current.as_ref().map_or(1, |(line, _)| *line);
        let Some(cell) = cells.next_cell().map_err(|e| broken(line, e.to_string()))? else {
            break;
        };
        let (row, column) = cell.get_position();
        let (line, column) = (u64::from(row) + 1, column as usize);
        if column >= COLUMNS_MAX {
            return Err(broken(line, "too many columns".into()));
        }
        if current.as_ref().is_some_and(|(last, _)| *last != line)
            && let Some(full) = current.take()
            && rows.send(Ok(full)).is_err()
        {
            return Ok(());
        }
        let (_, texts) = current.get_or_insert_with(|| (line, Vec::new()));
        texts.resize(texts.len().max(column + 1), String::new());
        texts[column] = cell_text(cell.get_value());
    }
    if let Some(full) = current {
        let _ = rows.send(Ok(full));
    }
    Ok(())
}

fn next_csv(
    reader: &mut csv::Reader<Metered<File>>,
    width: usize,
) -> Result<Option<RawRow>, SourceError> {
    reader.get_mut().since_row = 0;
    let mut record = csv::ByteRecord::new();
    if !reader
        .read_byte_record(&mut record)
        .map_err(|e| csv_error(&e))?
    {
        return Ok(None);
    }
    let line = record.position().map_or(0, csv::Position::line);
    let cells = if record.len() == width {
        let texts = record
            .iter()
            .map(|c| std::str::from_utf8(c).map(str::to_owned));
        texts
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| Reason::Encoding)
    } else {
        Err(Reason::Cells)
    };
    Ok(Some(RawRow { line, cells }))
}

fn csv_error(error: &csv::Error) -> SourceError {
    let line = error.position().map_or(0, csv::Position::line);
    SourceError::Table {
        line,
        what: error.to_string(),
    }
}

fn skip_byte_order_mark(file: &mut File) -> std::io::Result<()> {
    let mut start = [0; 3];
    let mut read = 0;
    while read < 3 {
        match file.read(&mut start[read..])? {
            0 => break,
            n => read += n,
        }
    }
    if &start[..read] != b"\xef\xbb\xbf" {
        file.rewind()?;
    }
    Ok(())
}

fn cell_text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(b) => b.to_string(),
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(n) if n.fract() == 0.0 && n.abs() < 1e15 => format!("{n:.0}"),
        DataRef::Float(n) => n.to_string(),
        DataRef::DateTime(at) => excel_date(at),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
    }
}

fn excel_date(at: &calamine::ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+08:00")
    }
}
