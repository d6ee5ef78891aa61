//! `huifang export`.

use super::shell;
use crate::cli::{ExportArgs, TableFormat};
use crate::environment::{note, now};
use crate::progress;
use anyhow::{Context as _, Result};
use app::App;
use app::exports::{ExportFormat, ExportKind, ExportQuery, export};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::process::ExitCode;

pub(super) async fn run(app: &App, args: ExportArgs) -> Result<ExitCode> {
    let kind = match ExportKind::parse(&args.kind) {
        Ok(kind) => kind,
        Err(error) => {
            note(format!("KIND: {error}"));
            return Ok(ExitCode::from(2));
        }
    };
    let format = match args.format {
        TableFormat::Csv => ExportFormat::Csv,
        TableFormat::Ndjson => ExportFormat::Ndjson,
        TableFormat::Xlsx => ExportFormat::Xlsx,
    };
    let query = ExportQuery {
        from: args.from,
        to: args.to,
        in_full: args.reveal.is_some(),
        purpose: args.reveal.unwrap_or_default(),
        note: args.note.unwrap_or_default(),
        ..ExportQuery::new(kind, format)
    };
    let mut sink: Box<dyn Write + Send> = match &args.out {
        Some(path) => {
            let file = File::create(path).with_context(|| path.display().to_string())?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(BufWriter::new(std::io::stdout())),
    };
    let bar = progress::counter(kind.as_str());
    let report = export(app, &shell(), now(), &query, sink.as_mut(), &|rows| {
        bar.set_position(rows);
    })
    .await;
    bar.finish_and_clear();
    let report = report?;
    sink.flush().context("writing")?;
    if let Some(path) = &args.out {
        note(format!(
            "{kind}: {} rows in {}, mark {}",
            report.rows,
            path.display(),
            report.mark
        ));
    }
    Ok(ExitCode::SUCCESS)
}
