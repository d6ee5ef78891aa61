//! `huifang rules check` and `huifang rules test`.

use crate::cli::RulesCommand;
use crate::environment::{note, now, say};
use anyhow::Result;
use rules::{RuleBook, Source};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

pub(super) fn run(command: RulesCommand) -> Result<ExitCode> {
    match command {
        RulesCommand::Check { dir } => check(&dir),
        RulesCommand::Test { dir } => test(&dir),
        RulesCommand::Making(command) => super::rule_making::run_alone(command),
    }
}

/// Packs fitted together, or why they do not fit.
type Loaded = std::result::Result<RuleBook, Vec<rules::Finding>>;

fn load(dir: &Path) -> Result<(Loaded, Vec<Source>)> {
    let (schema, sources) = app::rules::packs_in(dir)?;
    let calendar = app::rules::shipped_calendar()?;
    Ok((
        RuleBook::load(Arc::new(schema), Arc::new(calendar), &sources),
        sources,
    ))
}

fn refuse(findings: &[rules::Finding]) -> ExitCode {
    for finding in findings {
        note(finding.to_string());
    }
    note(format!("{} findings", findings.len()));
    ExitCode::FAILURE
}

fn check(dir: &Path) -> Result<ExitCode> {
    let (loaded, _) = load(dir)?;
    let book = match loaded {
        Ok(book) => book,
        Err(findings) => return Ok(refuse(&findings)),
    };
    let today = domain::time::date_in_china(now());
    if let Err(findings) = app::rules::discharges(&book, today) {
        return Ok(refuse(&findings));
    }
    for pack in book.packs() {
        say(format!(
            "{} v{} {} {}",
            pack.id,
            pack.version,
            pack.status.as_str(),
            &pack.hash[..12]
        ));
    }
    let tests = book.run_tests().results.len();
    say(format!(
        "{} packs, {} programmes, {} parameters, {tests} tests: all fit",
        book.packs().len(),
        book.programmes().len(),
        book.parameters().len()
    ));
    Ok(ExitCode::SUCCESS)
}

fn test(dir: &Path) -> Result<ExitCode> {
    let (loaded, _) = load(dir)?;
    let book = match loaded {
        Ok(book) => book,
        Err(findings) => return Ok(refuse(&findings)),
    };
    let report = book.run_tests();
    for result in &report.results {
        let mark = if result.failures.is_empty() {
            "ok"
        } else {
            "FAILED"
        };
        say(format!("{mark:<6} {} {}", result.programme, result.name));
    }
    say(format!("{} tests", report.results.len()));
    Ok(if report.is_passed() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
