//! `huifang import`.

use super::shell;
use crate::cli::ImportArgs;
use crate::environment::{note, now, say};
use crate::progress;
use anyhow::{Context as _, Result, bail};
use app::App;
use app::imports::{ImportReport, ImportRequest, Mapping, import_file};
use domain::imports::ImportKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Endings in the order of preference when a folder holds several files of a kind.
const ENDINGS: [&str; 4] = ["csv", "ndjson", "jsonl", "xlsx"];

pub(super) async fn run(app: &App, args: ImportArgs) -> Result<ExitCode> {
    let mapping = match &args.map {
        Some(path) => {
            // A file of the company's own goes before a map of ours that has the same name.
            let shipped = path.to_str().filter(|_| !path.exists());
            match shipped.and_then(Mapping::shipped) {
                Some(text) => Mapping::parse(text)?,
                None => {
                    let names = || {
                        format!(
                            "{}; shipped: {}",
                            path.display(),
                            Mapping::shipped_names().join(", ")
                        )
                    };
                    Mapping::parse(&std::fs::read_to_string(path).with_context(names)?)?
                }
            }
        }
        None => Mapping::default(),
    };
    if args.kind != "all" {
        let Ok(kind) = ImportKind::parse(&args.kind) else {
            note(format!(
                "unknown kind {:?}: orgs, agents, customers, contacts, policies, events or all",
                args.kind
            ));
            return Ok(ExitCode::from(2));
        };
        one(app, &args, kind, &args.file, args.errors.clone(), &mapping).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let files = files_in(&args.file)?;
    for (kind, path) in files {
        let errors = args.errors.as_ref().map(|e| numbered(e, kind));
        one(app, &args, kind, &path, errors, &mapping).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The files of a folder, in the order in which they depend on each other.
fn files_in(folder: &Path) -> Result<Vec<(ImportKind, PathBuf)>> {
    let mut files = Vec::new();
    for kind in ImportKind::ALL {
        let found = ENDINGS
            .iter()
            .map(|e| folder.join(format!("{kind}.{e}")))
            .find(|p| p.is_file());
        files.extend(found.map(|path| (*kind, path)));
    }
    if files.is_empty() {
        bail!(
            "{}: no orgs, agents, customers, contacts, policies or events file here",
            folder.display()
        );
    }
    Ok(files)
}

/// `errors.csv` becomes `errors.customers.csv`: each kind of file has columns of its own.
fn numbered(path: &Path, kind: ImportKind) -> PathBuf {
    let stem = path
        .file_stem()
        .map_or_else(|| "errors".into(), |s| s.to_string_lossy().into_owned());
    path.with_file_name(format!("{stem}.{kind}.csv"))
}

async fn one(
    app: &App,
    args: &ImportArgs,
    kind: ImportKind,
    path: &Path,
    errors_file: Option<PathBuf>,
    mapping: &Mapping,
) -> Result<()> {
    let size = std::fs::metadata(path)
        .with_context(|| path.display().to_string())?
        .len();
    let bar = progress::bytes(size, kind.as_str());
    let request = ImportRequest {
        kind,
        path: path.to_owned(),
        shown_name: path
            .file_name()
            .map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
        mapping: mapping.clone(),
        dry_run: args.dry_run,
        errors_file: errors_file.clone(),
    };
    let report = import_file(app, &shell(), &now, request, &|p| {
        bar.set_position(p.bytes_done);
        bar.set_message(format!("{} rows", p.tally.read));
    })
    .await;
    bar.finish_and_clear();
    print(&report?, args.dry_run, errors_file.as_deref());
    Ok(())
}

fn print(report: &ImportReport, dry_run: bool, errors_file: Option<&Path>) {
    let t = report.tally;
    let suffix = if dry_run {
        " (dry run, nothing kept)"
    } else {
        ""
    };
    say(format!(
        "{}: read {}, created {}, updated {}, unchanged {}, rejected {}{suffix}",
        report.kind, t.read, t.created, t.updated, t.unchanged, t.rejected
    ));
    if !report.unknown_columns.is_empty() {
        note(format!(
            "{}: ignored columns: {}",
            report.kind,
            report.unknown_columns.join(", ")
        ));
    }
    if t.rejected == 0 {
        return;
    }
    match errors_file {
        Some(path) => note(format!(
            "{}: rejected rows are in {}",
            report.kind,
            path.display()
        )),
        None => {
            for r in &report.rejections {
                note(format!(
                    "{}:{}: {} {:?}: {}",
                    report.kind, r.line, r.column, r.value_masked, r.detail
                ));
            }
            note("use --errors FILE for all of them");
        }
    }
}
