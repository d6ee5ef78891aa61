//! Files of reports: CSV, XLSX and JSON.

use super::query::ReportQuery;
use super::run::{Report, ReportRow, detail, run_report_with};
use crate::exports::harmless;
use crate::exports::{self, Mark};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::reports::{Metric, Text};
use domain::time::{self, Instant};
use rules::Language;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, Worksheet, XlsxError,
};
use serde_json::{Value, json};
use store::AuditEntry;

/// Form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// Comma-separated values with column codes, for programs.
    Csv,
    /// A workbook with titles, for people.
    Xlsx,
    /// Everything, for programs.
    Json,
}

impl ReportFormat {
    /// Reads a code: `csv`, `xlsx` or `json`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// Ending of the file.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
        }
    }

    /// Media type of the file.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
        }
    }
}

/// A file.
#[derive(Clone, Debug)]
pub struct ReportFile {
    /// Its name, such as `K-04_2024-01-01_2024-12-31.xlsx`.
    pub name: String,
    /// Its media type.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Runs a report and takes it out of the system. The file carries a mark under which the log keeps who
/// took it and when; figures of many people need no purpose, and their rows count like those of any
/// other export.
///
/// # Errors
/// When the actor may not take data out, or the query cannot be taken.
pub async fn export_report(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ReportQuery,
    (format, language): (ReportFormat, Language),
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<ReportFile> {
    actor.demand(Permission::DataExport)?;
    let report = run_report_with(app, actor, now, query, progress).await?;
    let work = app.store().begin(now).await?;
    let rows = i64::try_from(report.rows.len() + 1).unwrap_or(i64::MAX);
    let kind = ("report", format.extension());
    let (id, mark) = exports::keep_marked(&work, actor, now, kind, rows).await?;
    let bytes = write_report(&report, &mark, format, language)?;
    let mut what = detail(query);
    what["format"] = format.extension().into();
    what["mark"] = mark.code.as_str().into();
    let entry = AuditEntry::new(actor, "report.exported", "export", id);
    work.commit(entry.detail(what)).await?;
    let (code, from, to) = (report.metric.code, report.from, report.to);
    Ok(ReportFile {
        name: format!("{code}_{from}_{to}-{}.{}", mark.code, format.extension()),
        content_type: format.content_type(),
        bytes,
    })
}

/// The bytes of a report. A ratio without a denominator is `n/a` (in JSON `null`).
fn write_report(
    report: &Report,
    mark: &Mark,
    format: ReportFormat,
    language: Language,
) -> Result<Vec<u8>> {
    let fault = |e: &dyn std::fmt::Display| Error::Fault(format!("report file: {e}"));
    match format {
        ReportFormat::Csv => csv(report, language).map_err(|e| fault(&e)),
        ReportFormat::Xlsx => xlsx(report, mark, language).map_err(|e| fault(&e)),
        ReportFormat::Json => {
            let mut bytes =
                serde_json::to_vec_pretty(&json_of(report, mark)).map_err(|e| fault(&e))?;
            bytes.push(b'\n');
            Ok(bytes)
        }
    }
}

fn csv(report: &Report, language: Language) -> std::result::Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(report.codes())?;
    for (row, is_total) in report.all_rows() {
        let key = if is_total { "total" } else { &row.key };
        let mut cells = vec![harmless(key), harmless(row.name.get(language))];
        cells.extend(row.counts.iter().map(i64::to_string));
        cells.push(row.ratio.numerator.to_string());
        cells.push(row.ratio.denominator.to_string());
        cells.push(
            row.ratio
                .value()
                .map_or_else(|| "n/a".to_owned(), |v| format!("{v:.6}")),
        );
        writer.write_record(cells)?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

fn json_of(report: &Report, mark: &Mark) -> Value {
    let row = |row: &ReportRow| {
        let figures: serde_json::Map<_, _> = report
            .columns
            .iter()
            .zip(&row.counts)
            .map(|(column, count)| (column.figure.as_str().to_owned(), json!(count)))
            .collect();
        json!({
            "key": row.key, "name": { "zh": row.name.zh, "en": row.name.en }, "figures": figures,
            "numerator": row.ratio.numerator, "denominator": row.ratio.denominator,
            "ratio": row.ratio.value(),
        })
    };
    let columns: Vec<_> = report
        .columns
        .iter()
        .map(|c| json!({ "figure": c.figure.as_str(), "title": both(c.figure.title()) }))
        .collect();
    json!({
        "mark": mark.code, "metric": metric_json(report.metric), "from": report.from, "to": report.to, "made_at": report.made_at,
        "org": report.org.as_ref().map(|(code, name)| json!({ "org_code": code, "name": name })),
        "programme": report.programme, "by": report.by.map(domain::reports::Dimension::as_str), "columns": columns,
        "rows": report.rows.iter().map(row).collect::<Vec<_>>(), "total": row(&report.total),
    })
}

fn both(text: Text) -> Value {
    json!({ "zh": text.zh, "en": text.en })
}

fn metric_json(metric: &Metric) -> Value {
    json!({
        "code": metric.code, "name": metric.name, "title": both(metric.title),
        "numerator": both(metric.numerator), "denominator": both(metric.denominator),
        "source": metric.source, "counted": metric.counted.as_str(), "basis": metric.basis.as_str(),
        "programmes": metric.programmes, "target_percent": metric.target_percent,
        "unavailable": metric.unavailable.map(both),
    })
}

/// The registry as JSON, one object a metric.
pub fn registry_json(metrics: &[&Metric]) -> Value {
    metrics.iter().map(|m| metric_json(m)).collect()
}

/// Rows above the table: title, period and unit, definition.
const HEAD_ROWS: u32 = 5;

/// The sheet of a report: who took it and when stands on every page and in the properties of the file.
fn marked_sheet<'b>(
    book: &'b mut Workbook,
    report: &Report,
    mark: &Mark,
) -> std::result::Result<&'b mut Worksheet, XlsxError> {
    let made_on = time::date_in_china(report.made_at);
    let created = ExcelDateTime::parse_from_str(&format!("{made_on}T00:00:00"))?;
    let properties = DocProperties::new()
        .set_author(&mark.by)
        .set_subject(&mark.code)
        .set_comment(mark.line())
        .set_creation_datetime(&created);
    book.set_properties(&properties);
    let sheet = book.add_worksheet();
    let (header, footer) = mark.of_pages();
    sheet.set_header(header);
    sheet.set_footer(footer);
    Ok(sheet)
}

fn xlsx(
    report: &Report,
    mark: &Mark,
    language: Language,
) -> std::result::Result<Vec<u8>, XlsxError> {
    let zh = language == Language::Zh;
    let pick = |text: Text| if zh { text.zh } else { text.en };
    let bold = Format::new().set_bold();
    let head = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_border_bottom(FormatBorder::Thin);
    let sum = Format::new().set_bold().set_border_top(FormatBorder::Thin);
    let mut book = Workbook::new();
    let sheet = marked_sheet(&mut book, report, mark)?;
    sheet.set_name(report.metric.code)?;
    let title = format!("{} {}", report.metric.code, pick(report.metric.title));
    sheet.write_with_format(0, 0, title, &bold)?;
    let unit = report
        .org
        .as_ref()
        .map_or_else(String::new, |(code, name)| format!(" · {code} {name}"));
    let basis = pick(report.metric.basis.title());
    sheet.write(
        1,
        0,
        format!("{} – {} · {basis}{unit}", report.from, report.to),
    )?;
    let (above, below) = if zh {
        ("分子：", "分母：")
    } else {
        ("Numerator: ", "Denominator: ")
    };
    let source = if zh { "依据：" } else { "Source: " };
    sheet.write(2, 0, format!("{above}{}", pick(report.metric.numerator)))?;
    sheet.write(
        3,
        0,
        format!(
            "{below}{}　{source}{}",
            pick(report.metric.denominator),
            report.metric.source
        ),
    )?;
    for (column, title) in (0_u16..).zip(report.titles(language)) {
        sheet.write_with_format(HEAD_ROWS, column, title, &head)?;
        sheet.set_column_width(column, if column == 1 { 28 } else { 14 })?;
    }
    for (line, (row, is_total)) in (HEAD_ROWS + 1..).zip(report.all_rows()) {
        let plain = if is_total { sum.clone() } else { Format::new() };
        sheet.write_with_format(line, 0, row.key.as_str(), &plain)?;
        sheet.write_with_format(line, 1, row.name.get(language), &plain)?;
        let mut column = 2;
        for count in &row.counts {
            sheet.write_with_format(
                line,
                column,
                *count,
                &plain.clone().set_num_format("#,##0"),
            )?;
            column += 1;
        }
        match row.ratio.value() {
            Some(v) => sheet.write_with_format(line, column, v, &plain.set_num_format("0.00%"))?,
            None => sheet.write_with_format(line, column, "n/a", &plain)?,
        };
    }
    sheet.set_freeze_panes(HEAD_ROWS + 1, 2)?;
    book.save_to_buffer()
}
