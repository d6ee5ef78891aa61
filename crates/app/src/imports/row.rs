//! Reading the cells of one row, with every error on its column.

use super::mapping::Mapping;
use super::reason::Reason;
use super::source::{RawRow, SourceError};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use domain::money::Money;
use domain::time;
use std::collections::HashMap;
use store::dialect::bulk::Cell;
use store::imports::{Field, Rejection};

/// Columns whose values are personal and never written to an error list.
const PERSONAL: [&str; 9] = [
    "name",
    "id_no",
    "mobile",
    "phone",
    "email",
    "address",
    "mailing_address",
    "needs",
    "special_needs",
];
/// Longest text of an ordinary column, in characters.
const TEXT_MAX: usize = 400;

/// Where our columns stand in the file.
#[derive(Clone, Debug)]
pub(super) struct Heading {
    at: HashMap<String, usize>,
    theirs: Vec<String>,
    mapping: Mapping,
    /// Columns of the file that we do not know.
    pub unknown: Vec<String>,
}

impl Heading {
    pub(super) fn new(
        columns: &[String],
        known: &[&str],
        required: &[&str],
        mapping: &Mapping,
    ) -> Result<Self, SourceError> {
        let mut at = HashMap::new();
        let mut unknown = Vec::new();
        let columns = mapping.completed(columns);
        for (index, theirs) in columns.iter().enumerate() {
            let ours = mapping.column(theirs);
            if known.contains(&ours) {
                at.insert(ours.to_owned(), index);
            } else if !theirs.is_empty() {
                unknown.push(theirs.clone());
            }
        }
        let missing: Vec<_> = required
            .iter()
            .filter(|r| !at.contains_key(**r))
            .copied()
            .collect();
        if !missing.is_empty() {
            return Err(SourceError::MissingColumns(missing.join(", ")));
        }
        Ok(Self {
            at,
            theirs: columns,
            mapping: mapping.clone(),
            unknown,
        })
    }
}

impl Heading {
    /// A row with our codes, and with the cells that the map composes.
    pub(super) fn completed(&self, mut row: RawRow) -> RawRow {
        if let Ok(cells) = &mut row.cells {
            self.mapping.complete(&self.theirs, cells);
        }
        row
    }
}

/// One row under a heading; collects what is wrong with it.
pub(super) struct RowReader<'r> {
    heading: &'r Heading,
    line: u64,
    cells: &'r [String],
    rejections: Vec<Rejection>,
}

impl<'r> RowReader<'r> {
    /// A reader of a row, or the rejection of a row that cannot be read at all.
    pub(super) fn new(heading: &'r Heading, row: &'r RawRow) -> Result<Self, Rejection> {
        match &row.cells {
            Ok(cells) => Ok(Self {
                heading,
                line: row.line,
                cells,
                rejections: Vec::new(),
            }),
            Err(reason) => Err(rejection(row.line, "", "", *reason, "")),
        }
    }

    /// The errors; a row with any is not taken.
    pub(super) fn finish(self) -> Vec<Rejection> {
        self.rejections
    }

    /// Notes what is wrong with a column.
    pub(super) fn reject(&mut self, column: &str, reason: Reason) {
        self.reject_because(column, reason, "");
    }

    /// Notes what is wrong with a column, with a remark.
    pub(super) fn reject_because(&mut self, column: &str, reason: Reason, remark: &str) {
        let value = self.value(column).unwrap_or("");
        let theirs = self
            .heading
            .at
            .get(column)
            .map_or(column, |at| &self.heading.theirs[*at]);
        let masked = if PERSONAL.contains(&column) {
            mask(value)
        } else {
            shorten(value)
        };
        self.rejections
            .push(rejection(self.line, theirs, &masked, reason, remark));
    }

    /// Whether the file has the column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.heading.at.contains_key(column)
    }

    /// The value of a column; nothing when it is absent or empty.
    pub(super) fn value(&self, column: &str) -> Option<&'r str> {
        let cell = self.cells.get(*self.heading.at.get(column)?)?;
        Some(cell.trim()).filter(|c| !c.is_empty())
    }

    /// A value as a field: absent, empty or `Value`.
    pub(super) fn field(&self, column: &str, value: Option<Cell>) -> Field {
        match value {
            Some(cell) => Field::Value(cell),
            None if self.has(column) => Field::Empty,
            None => Field::Absent,
        }
    }

    /// A secret as a field.
    pub(super) fn secret(&self, column: &str, value: Option<String>) -> Field {
        match value {
            Some(text) => Field::Secret(text),
            None if self.has(column) => Field::Empty,
            None => Field::Absent,
        }
    }

    /// A column that must have a value.
    pub(super) fn required(&mut self, column: &str) -> Option<&'r str> {
        let value = self.value(column);
        if value.is_none() {
            self.reject(column, Reason::Missing);
        }
        value.filter(|v| self.fits(column, v))
    }

    fn fits(&mut self, column: &str, value: &str) -> bool {
        let fits = value.chars().count() <= TEXT_MAX;
        if !fits {
            self.reject(column, Reason::TooLong);
        }
        fits
    }

    /// Text.
    pub(super) fn text(&mut self, column: &str) -> Field {
        let value = self.value(column).filter(|v| self.fits(column, v));
        self.field(column, value.map(|v| Cell::Text(v.to_owned())))
    }

    /// One of a list of codes.
    pub(super) fn code<T>(
        &mut self,
        column: &str,
        parse: impl Fn(&str) -> Result<T, domain::UnknownCode>,
    ) -> Option<T> {
        let value = self.value(column)?;
        match parse(self.heading.mapping.code(column, value)) {
            Ok(code) => Some(code),
            Err(error) => {
                self.reject_because(column, Reason::UnknownCode, &error.known);
                None
            }
        }
    }

    /// One of a list of codes, which must be there.
    pub(super) fn required_code<T>(
        &mut self,
        column: &str,
        parse: impl Fn(&str) -> Result<T, domain::UnknownCode>,
    ) -> Option<T> {
        self.required(column)?;
        self.code(column, parse)
    }

    /// A civil date.
    pub(super) fn date(&mut self, column: &str) -> Option<NaiveDate> {
        let value = self.value(column)?;
        let date = parse_date(value);
        if date.is_none() {
            self.reject(column, Reason::Date);
        }
        date
    }

    /// A moment: RFC 3339, or a date and time in China.
    pub(super) fn instant(&mut self, column: &str) -> Option<time::Instant> {
        let value = self.value(column)?;
        let at = parse_instant(value);
        if at.is_none() {
            self.reject(column, Reason::Instant);
        }
        at
    }

    /// True or false.
    pub(super) fn bool(&mut self, column: &str) -> Option<bool> {
        match self.heading.mapping.code(column, self.value(column)?) {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                self.reject(column, Reason::Bool);
                None
            }
        }
    }

    /// A whole number within bounds. `12.0` is read as 12.
    pub(super) fn number(
        &mut self,
        column: &str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        let value = self.value(column)?;
        let whole = match value.split_once('.') {
            Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
            _ => value,
        };
        let number = whole.parse::<i64>().ok().filter(|n| range.contains(n));
        if number.is_none() {
            self.reject(column, Reason::Number);
        }
        number
    }

    /// An amount in yuan.
    pub(super) fn money(&mut self, column: &str) -> Option<i64> {
        let value = self.value(column)?;
        match Money::parse(value) {
            Ok(money) => Some(money.0),
            Err(_) => {
                self.reject(column, Reason::Money);
                None
            }
        }
    }

    /// A region code of six digits.
    pub(super) fn region(&mut self, column: &str) -> Option<&'r str> {
        let value = self.value(column)?;
        let valid = value.len() == 6
            && value.bytes().all(|b| b.is_ascii_digit())
            && !value.starts_with('0');
        if !valid {
            self.reject(column, Reason::Region);
        }
        valid.then_some(value)
    }
}

fn rejection(line: u64, column: &str, masked: &str, reason: Reason, remark: &str) -> Rejection {
    let detail = if remark.is_empty() {
        reason.to_string()
    } else {
        format!("{reason} ({remark})")
    };
    Rejection {
        line,
        column: column.to_owned(),
        value_masked: masked.to_owned(),
        reason_code: reason.code().to_owned(),
        detail,
    }
}

/// `YYYY-MM-DD` and nothing else.
pub(super) fn parse_date(text: &str) -> Option<NaiveDate> {
    (text.len() == 10)
        .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .flatten()
}

fn parse_instant(text: &str) -> Option<time::Instant> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let local = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| parse_date(text).map(|d| d.and_time(chrono::NaiveTime::MIN)))?;
    Some(time::at_in_china(local.date(), local.time()))
}

/// First and last character; enough to find the row again, too little to know the value.
fn mask(value: &str) -> String {
    let mut chars = value.chars();
    match (chars.next(), chars.next_back()) {
        (Some(first), Some(last)) => format!("{first}***{last}"),
        (Some(_), None) => "*".into(),
        _ => String::new(),
    }
}

fn shorten(value: &str) -> String {
    value.chars().take(60).collect()
}
