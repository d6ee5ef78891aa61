//! `huifang questionnaires check`: the questionnaires of a folder, checked by the rules that the program
//! brings or by those of another folder, without a database.

use crate::environment::{note, now, say};
use anyhow::{Context as _, Result, bail};
use app::questionnaires::check::{Place, check};
use app::questionnaires::needs::Needs;
use app::questionnaires::{Script, Scripts, read_text};
use clap::Subcommand;
use rules::RuleBook;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Debug, Subcommand)]
pub(crate) enum QuestionnairesCommand {
    /// Check the questionnaires of a folder by the rules of today
    Check {
        /// Folder of questionnaires
        dir: PathBuf,
        /// Folder of packs (default: those that the program brings)
        #[arg(long, value_name = "DIR")]
        rules: Option<PathBuf>,
    },
}

pub(super) fn run(command: QuestionnairesCommand) -> Result<ExitCode> {
    match command {
        QuestionnairesCommand::Check { dir, rules } => check_folder(&dir, rules.as_deref()),
    }
}

fn needs(folder: Option<&Path>) -> Result<Needs> {
    let (schema, sources) = match folder {
        Some(folder) => app::rules::packs_in(folder)?,
        None => (app::rules::shipped_schema()?, app::rules::shipped_packs()),
    };
    let calendar = app::rules::shipped_calendar()?;
    let book = RuleBook::load(Arc::new(schema), Arc::new(calendar), &sources);
    let Ok(book) = book else {
        bail!("the rule packs do not load; `huifang rules check` says why");
    };
    Ok(Needs::of(&book, domain::time::date_in_china(now())))
}

fn check_folder(dir: &Path, rules: Option<&Path>) -> Result<ExitCode> {
    let needs = needs(rules)?;
    let mut scripts: Vec<(String, Script)> = Vec::new();
    let mut failures = 0;
    let entries = std::fs::read_dir(dir).with_context(|| dir.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_none_or(|e| e != "toml") {
            continue;
        }
        let name = path.display().to_string();
        let text = std::fs::read_to_string(&path).with_context(|| name.clone())?;
        match read_text(&text) {
            Ok(script) => scripts.push((name, script)),
            Err(why) => {
                note(format!("{name}: {why}"));
                failures += 1;
            }
        }
    }
    if scripts.is_empty() && failures == 0 {
        bail!("{}: no questionnaires (*.toml) here", dir.display());
    }
    scripts.sort_by(|a, b| a.0.cmp(&b.0));
    let all = Scripts::of(scripts.iter().map(|(_, s)| s.clone()).collect());
    for (name, script) in &scripts {
        for finding in check(script, &needs, &all) {
            let place = match &finding.place {
                Place::Head => "head".to_owned(),
                Place::Block(code) => format!("part {code}"),
                Place::Item(code) => format!("item {code}"),
            };
            let kind = if finding.code.is_error() {
                failures += 1;
                "error"
            } else {
                "advice"
            };
            note(format!(
                "{name}: {place}: {kind}: {} {}",
                finding.code, finding.detail
            ));
        }
        let (items, hash) = (script.items.len(), &script.hash[..12]);
        say(format!(
            "{} v{} {items} items {hash}",
            script.code, script.version
        ));
    }
    if failures > 0 {
        note(format!("{failures} findings"));
        return Ok(ExitCode::FAILURE);
    }
    say(format!("{} questionnaires: all fit", scripts.len()));
    Ok(ExitCode::SUCCESS)
}
