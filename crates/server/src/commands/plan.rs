//! `huifang plan`.

use super::shell;
use crate::cli::{PlanArgs, TextFormat};
use crate::environment::{now, say};
use crate::progress;
use anyhow::Result;
use app::App;
use app::obligations::{PlanReport, PlanRequest, plan};
use std::process::ExitCode;

pub(super) async fn run(app: &App, args: PlanArgs) -> Result<ExitCode> {
    let request = PlanRequest {
        since: args.since,
        as_of: args.as_of,
        dry_run: args.dry_run,
    };
    let bar = progress::counter("plan");
    let report = plan(app, &shell(), now(), request, &|p| {
        bar.set_position(p.looked_at);
        bar.set_message(format!("{} obligations", p.created));
    })
    .await;
    bar.finish_and_clear();
    match args.format {
        TextFormat::Text => print_text(&report?, args.dry_run),
        TextFormat::Json => say(json(&report?).to_string()),
    }
    Ok(ExitCode::SUCCESS)
}

fn print_text(report: &PlanReport, dry_run: bool) {
    let s = report.sums;
    let suffix = if dry_run {
        " (dry run, nothing kept)"
    } else {
        ""
    };
    say(format!(
        "triggers {} to {}{suffix}",
        report.since, report.as_of
    ));
    say(format!(
        "looked at {}, candidates {}, excluded {}, created {}, redated {}, cancelled {}",
        s.looked_at, s.candidates, s.excluded, s.created, s.redated, s.cancelled
    ));
    for (programme, reason, count) in &report.counts {
        let what = if reason.is_empty() {
            "obligations"
        } else {
            reason
        };
        say(format!("  {programme:<9} {count:>9}  {what}"));
    }
}

fn json(report: &PlanReport) -> serde_json::Value {
    let s = report.sums;
    let counts: Vec<_> = report
        .counts
        .iter()
        .map(|(programme, reason, count)| {
            let reason = Some(reason).filter(|r| !r.is_empty());
            serde_json::json!({ "programme": programme, "excluded_because": reason, "count": count })
        })
        .collect();
    serde_json::json!({
        "run": report.run, "since": report.since, "as_of": report.as_of, "looked_at": s.looked_at,
        "candidates": s.candidates, "excluded": s.excluded, "created": s.created, "redated": s.redated,
        "cancelled": s.cancelled, "counts": counts,
    })
}
