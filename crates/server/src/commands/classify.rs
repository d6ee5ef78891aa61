//! `huifang classify`.

use super::shell;
use crate::cli::{ClassifyArgs, TextFormat};
use crate::environment::{now, say};
use crate::progress;
use anyhow::Result;
use app::App;
use app::segments::{ClassifyRequest, classify};
use std::process::ExitCode;

pub(super) async fn run(app: &App, args: ClassifyArgs) -> Result<ExitCode> {
    let request = ClassifyRequest {
        as_of: args.as_of,
        all: args.all,
    };
    let bar = progress::counter("classify");
    let report = classify(app, &shell(), now(), request, &|done| {
        bar.set_position(done);
    })
    .await;
    bar.finish_and_clear();
    let report = report?;
    match args.format {
        TextFormat::Text => say(format!(
            "looked at {}, scored anew {}, classes changed {}, overrides ended {}",
            report.customers, report.scored, report.changed, report.overrides_ended
        )),
        TextFormat::Json => say(serde_json::json!({
            "customers": report.customers, "scored": report.scored, "changed": report.changed,
            "overrides_ended": report.overrides_ended,
        })
        .to_string()),
    }
    Ok(ExitCode::SUCCESS)
}
