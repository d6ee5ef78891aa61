//! `huifang duplicates`.

use super::shell;
use crate::cli::{DuplicatesArgs, TextFormat};
use crate::environment::{now, say};
use crate::progress;
use anyhow::{Context as _, Result, bail};
use app::App;
use app::duplicates::{
    CompareReport, KnownPair, KnownPairs, Measured, MeasuredKind, ask_for_all, compare_due, measure,
};
use domain::duplicates::Grade;
use std::collections::BTreeMap;
use std::fmt::Write as _;
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

/// Two numbers a line; after them, where they are known, a kind and whether they are of `one` customer or `two`.
fn pairs_of(text: &str) -> Result<KnownPairs> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let mut cells = line.split(',').map(|cell| cell.trim().to_owned());
            let a = cells.next().unwrap_or_default();
            let b = cells.next().context("a line without a comma")?;
            let kind = cells.next().unwrap_or_default();
            let is_one = match cells.next().as_deref() {
                None | Some("" | "one") => true,
                Some("two") => false,
                Some(other) => bail!("{other}: neither one nor two"),
            };
            let pair = if a < b { (a, b) } else { (b, a) };
            Ok((pair, KnownPair { kind, is_one }))
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
            "  {:<9} and above: {:>6} pairs, {:>6} of {} found, {} known to be two, precision {:.4}, recall {:.4}",
            line.grade.as_str(),
            line.pairs,
            line.found,
            line.truth,
            line.two,
            line.precision(),
            line.recall()
        ));
    }
    for line in measured.map(kinds_of).unwrap_or_default() {
        say(line);
    }
}

/// Kind by kind, and the grades of difficulty that their names begin with: which share was found from each grade on.
fn kinds_of(measured: &Measured) -> Vec<String> {
    let named = measured.kinds.iter().filter(|k| !k.kind.is_empty());
    let mut lines = Vec::new();
    let mut sums: BTreeMap<&str, (u64, [u64; 3])> = BTreeMap::new();
    for kind in named {
        lines.push((kind.kind.clone(), kind.truth, kind.found));
        if let Some((group, _)) = kind.kind.split_once('/') {
            let sum = sums.entry(group).or_default();
            sum.0 += kind.truth;
            for (sum, found) in sum.1.iter_mut().zip(kind.found) {
                *sum += found;
            }
        }
    }
    let sums = sums
        .into_iter()
        .map(|(group, (n, found))| (format!("{group}/*"), n, found));
    lines.extend(sums);
    let written = lines.into_iter().map(|(kind, truth, found)| {
        let mut line = format!("  {kind:<34} {truth:>6} pairs");
        for (grade, found) in Grade::ALL.iter().zip(found) {
            let share = found as f64 / truth.max(1) as f64;
            let _ = write!(line, "  {} {share:.4}", grade.as_str());
        }
        line
    });
    written.collect()
}

fn json(report: &CompareReport, took: f64, measured: Option<&Measured>) -> serde_json::Value {
    let lines = measured.map(|m| {
        let line = |l: &app::duplicates::MeasuredLine| {
            serde_json::json!({
                "from": l.grade.as_str(), "pairs": l.pairs, "found": l.found, "two": l.two, "truth": l.truth,
                "precision": l.precision(), "recall": l.recall(),
            })
        };
        m.lines.iter().map(line).collect::<Vec<_>>()
    });
    let kinds = measured.map(|m| {
        let kind = |k: &MeasuredKind| {
            serde_json::json!({
                "kind": k.kind, "customers": if k.is_one { "one" } else { "two" }, "pairs": k.truth,
                "certain": k.found[0], "likely": k.found[1], "possible": k.found[2],
            })
        };
        m.kinds.iter().map(kind).collect::<Vec<_>>()
    });
    serde_json::json!({
        "customers": report.customers, "compared": report.compared, "found": report.found,
        "removed": report.removed, "oversized": report.oversized, "seconds": took, "measured": lines,
        "kinds": kinds,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_two_customers_a_kind_and_whether_they_are_one() {
        let known = pairs_of("B, A\n\nC,D,easy/typo\nE,F,two/twins,two\n").unwrap();
        let of = |a: &str, b: &str| &known[&(a.to_owned(), b.to_owned())];
        assert_eq!(
            (of("A", "B").kind.as_str(), of("A", "B").is_one),
            ("", true)
        );
        assert_eq!(
            (of("C", "D").kind.as_str(), of("C", "D").is_one),
            ("easy/typo", true)
        );
        assert_eq!(
            (of("E", "F").kind.as_str(), of("E", "F").is_one),
            ("two/twins", false)
        );
        assert!(pairs_of("A").is_err() && pairs_of("A,B,kind,three").is_err());
    }
}
