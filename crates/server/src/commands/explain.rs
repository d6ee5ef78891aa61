//! `huifang explain`.

use super::shell;
use crate::cli::{ExplainArgs, TextFormat};
use crate::environment::{note, say};
use anyhow::Result;
use app::App;
use app::obligations::{Explanation, explain};
use rules::Language;
use std::process::ExitCode;

pub(super) async fn run(app: &App, args: ExplainArgs) -> Result<ExitCode> {
    let explanation = explain(app, &shell(), crate::environment::now(), &args.number).await?;
    let language = if args.lang == "en" {
        Language::En
    } else {
        Language::Zh
    };
    match args.format {
        TextFormat::Text => print_text(&explanation, language),
        TextFormat::Json => say(json(&explanation).to_string()),
    }
    Ok(ExitCode::SUCCESS)
}

fn print_text(explanation: &Explanation, language: Language) {
    let o = &explanation.obligation;
    let policy = o.policy_no.as_deref().unwrap_or("-");
    say(format!(
        "{} {} {} {policy} {}",
        o.number,
        o.programme,
        explanation.trace.title.get(language),
        o.status
    ));
    say(rules::eval::explain::explain(&explanation.trace, language).trim_end());
    if explanation.rules_changed {
        note("decided with packs or a calendar that have changed since");
    }
}

fn json(explanation: &Explanation) -> serde_json::Value {
    let o = &explanation.obligation;
    serde_json::json!({
        "number": o.number, "programme": o.programme, "status": o.status, "policy_no": o.policy_no,
        "customer_no": o.customer_no, "rules_changed": explanation.rules_changed, "trace": explanation.trace,
    })
}
