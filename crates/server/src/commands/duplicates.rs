//! `huifang duplicates`.

use super::shell;
use crate::cli::{DuplicatesArgs, TextFormat};
use crate::environment::{now, say};
use crate::progress;
use anyhow::{Context as _, Result};
use app::App;
use app::duplicates::{CompareReport, Measured, ask_for_all, compare_due, measure};
use domain::duplicates::Grade;
use std::collections::BTreeSet;
use std::process::ExitCode;

pub(super) async fn run(app: &App, args: DuplicatesArgs) -> Result<ExitCode> {
    if args.all {
        ask_for_all(app, &shell(), now()).await?;
    }
    let truth = match &args.truth {
        Some(file) => {
            let text = std::fs::read_to_string(file);
            Some(pairs_of(
                &text.with_context(|| file.display().to_string())?,
            )?)
        }
        None => None,
    };
    let bar = progress::counter("duplicates");
    let begun = now();
    let report = compare_due(app, now(), args.limit.unwrap_or(u64::MAX), &|r| {
        bar.set_position(r.customers);
        bar.set_message(format!("{} pairs compared", r.compared));
    })
    .await;
    bar.finish_and_clear();
    let (report, took) = (report?, (now() - begun).as_seconds_f64());
    let measured = match &truth {
        Some(truth) => Some(measure(app, &shell(), truth).await?),
        None => None,
    };
    match args.format {
        TextFormat::Text => print_text(&report, took, measured.as_ref()),
        TextFormat::Json => say(json(&report, took, measured.as_ref()).to_string()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Two numbers a line.
fn pairs_of(text: &str) -> Result<BTreeSet<(String, String)>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let (a, b) = line.split_once(',').context("a line without a comma")?;
            let (a, b) = (a.trim().to_owned(), b.trim().to_owned());
            Ok(if a < b { (a, b) } else { (b, a) })
        })
        .collect()
}

fn print_text(report: &CompareReport, took: f64, measured: Option<&Measured>) {
    say(format!(
        "looked at {} customers, compared {} pairs in {took:.1} s",
        report.customers, report.compared
    ));
    let of = |grade: Grade| report[grade];
    say(format!(
        "new or changed: {} certain, {} likely, {} possible; {} none any more; {} keys too large",
        of(Grade::Certain),
        of(Grade::Likely),
        of(Grade::Possible),
        report.removed,
        report.oversized
    ));
    for line in measured.map(|m| m.lines.as_slice()).unwrap_or_default() {
        say(format!(
            "  {:<9} and above: {:>6} pairs, {:>6} of {} found, precision {:.4}, recall {:.4}",
            line.grade.as_str(),
            line.pairs,
            line.found,
            line.truth,
            line.precision(),
            line.recall()
        ));
    }
}

fn json(report: &CompareReport, took: f64, measured: Option<&Measured>) -> serde_json::Value {
    let lines = measured.map(|m| {
        let line = |l: &app::duplicates::MeasuredLine| {
            serde_json::json!({
                "from": l.grade.as_str(), "pairs": l.pairs, "found": l.found, "truth": l.truth,
                "precision": l.precision(), "recall": l.recall(),
            })
        };
        m.lines.iter().map(line).collect::<Vec<_>>()
    });
    serde_json::json!({
        "customers": report.customers, "compared": report.compared, "found": report.found,
        "removed": report.removed, "oversized": report.oversized, "seconds": took, "measured": lines,
    })
}
