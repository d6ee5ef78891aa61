//! `huifang examine`.

use crate::environment::{now, say};
use crate::progress;
use anyhow::Result;
use app::App;
use std::process::ExitCode;

pub(super) async fn run(app: &App) -> Result<ExitCode> {
    let bar = progress::counter("examine");
    let done = app::data_quality::examine_due(app, now(), &|e| {
        bar.set_position(e.customers);
        bar.set_message(format!("{} findings", e.found));
    })
    .await;
    bar.finish_and_clear();
    let done = done?;
    say(format!(
        "customers examined {}, findings {}, put right {}",
        done.customers, done.found, done.ended
    ));
    Ok(ExitCode::SUCCESS)
}
