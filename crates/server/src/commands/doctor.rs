//! `huifang doctor`.

use super::shell;
use crate::cli::TextFormat;
use crate::config::Config;
use crate::environment::{self, now, say};
use anyhow::Result;
use app::doctor::{Check, examine, examine_store, worst};
use app::{App, Passwords};
use domain::doctor::Verdict;
use std::path::Path;
use std::process::ExitCode;
use store::{DatabaseUrl, Store, StoreError};
use web::describe;

/// Arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct DoctorArgs {
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextFormat,
    /// Language of the text: zh or en (default: that of the shell)
    #[arg(long)]
    pub lang: Option<String>,
}

/// Looks at everything that can be reached; exit 1 when anything is bad.
pub(super) async fn run(file: Option<&Path>, flag: Option<&str>, args: DoctorArgs) -> ExitCode {
    let checks = match Config::read(file) {
        Ok(config) => with_config(config, flag).await,
        Err(error) => vec![bad(
            "configuration",
            "wrong",
            "error",
            &format!("{error:#}"),
        )],
    };
    let english = is_english(args.lang.as_deref());
    match args.format {
        TextFormat::Text => checks.iter().for_each(|check| print(check, english)),
        TextFormat::Json => say(json(&checks, english)),
    }
    match worst(&checks) {
        Verdict::Bad => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

fn bad(name: &'static str, found: &'static str, what: &'static str, value: &str) -> Check {
    Check::new(name, (Verdict::Bad, found)).with(what, &value)
}

async fn with_config(config: Config, flag: Option<&str>) -> Vec<Check> {
    let url = config
        .database(flag)
        .and_then(|url| config.backup_plan().map(|_| url))
        .and_then(|url| config.messaging.open(config.company_name()).map(|_| url));
    let url = match url {
        Ok(url) => url,
        Err(error) => {
            return vec![bad(
                "configuration",
                "wrong",
                "error",
                &format!("{error:#}"),
            )];
        }
    };
    if let DatabaseUrl::Sqlite(path) = &url
        && !path.exists()
    {
        let place = path.display().to_string();
        return vec![bad("database", "missing", "place", &place)];
    }
    let surroundings = config.surroundings(&url);
    match look(&config, &url).await {
        Ok(checks) => checks,
        Err(error) => {
            let text = format!("{error:#}");
            let first = match error.downcast_ref::<StoreError>() {
                Some(StoreError::Key(_)) => bad("keys", "wrong", "error", &text),
                _ => bad("database", "unreadable", "error", &text),
            };
            let mut checks = vec![first];
            checks.extend(surroundings.machine());
            checks
        }
    }
}

async fn look(config: &Config, url: &DatabaseUrl) -> Result<Vec<Check>> {
    let ids = environment::ids();
    let (key_config, key_url, key_ids) = (config.clone(), url.clone(), ids.clone());
    let store = Store::open_as_it_is(url.clone(), ids, now(), move |_| {
        key_config.master_key(&key_url, true, key_ids.entropy())
    })
    .await?;
    if !store.is_schema_current().await? {
        let mut checks = examine_store(&store, now()).await;
        checks.extend(config.surroundings(url).machine());
        return Ok(checks);
    }
    let app = App::start(store, config.files(url)?, Passwords::strong(), now()).await?;
    let app = app
        .with_backups(config.backup_plan()?)
        .with_surroundings(config.surroundings(url))
        .with_outlets(config.messaging.open(config.company_name())?);
    Ok(examine(&app, &shell(), now()).await?)
}

/// Chinese where the shell speaks it, or where it does not say.
fn is_english(lang: Option<&str>) -> bool {
    let shell = || {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    };
    let lang = lang.map(str::to_owned).or_else(shell);
    lang.is_some_and(|lang| !lang.to_ascii_lowercase().starts_with("zh"))
}

fn print(check: &Check, english: bool) {
    let found = describe(check, english);
    say(format!(
        "{:<5} {}: {}",
        check.verdict.as_str(),
        found.title,
        found.what
    ));
    if let Some(action) = found.action {
        say(format!("      → {action}"));
    }
}

fn json(checks: &[Check], english: bool) -> String {
    let check = |check: &Check| {
        let found = describe(check, english);
        let values: serde_json::Map<_, _> = check
            .values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
            .collect();
        serde_json::json!({
            "check": check.name, "state": check.verdict.as_str(), "found": check.found,
            "values": values, "what": found.what, "action": found.action,
        })
    };
    let all: Vec<_> = checks.iter().map(check).collect();
    let all = serde_json::json!({ "state": worst(checks).as_str(), "checks": all });
    serde_json::to_string_pretty(&all).unwrap_or_default()
}
