//! Subcommands: each parses, calls one use case, and prints.

mod calendar;
mod demo;
mod explain;
mod export;
mod generate;
mod import;
pub(crate) mod keys;
mod plan;
mod report;
mod rules;
mod serve;
mod user;

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::environment;
use anyhow::Result;
use app::{App, Passwords};
use domain::access::Actor;
use domain::time::Instant;
use std::process::ExitCode;
use store::{DatabaseUrl, Store};

/// Runs a command.
pub(crate) async fn run(cli: Cli) -> Result<ExitCode> {
    let config = Config::read(cli.config.as_deref())?;
    let opened = || open(&config, cli.database_url.as_deref());
    match cli.command {
        Command::Demo(args) => demo::run(&config, &args).await,
        Command::Serve(args) => {
            let app = opened().await?;
            let bind = args.bind.as_deref().or(config.bind.as_deref());
            serve::run(
                app,
                &config,
                bind.unwrap_or(serve::DEFAULT_BIND),
                Vec::new(),
            )
            .await
        }
        Command::Generate(args) => generate::run(&args),
        Command::Import(args) => import::run(&opened().await?, args).await,
        Command::Plan(args) => plan::run(&opened().await?, args).await,
        Command::Export(args) => export::run(&opened().await?, args).await,
        Command::Explain(args) => explain::run(&opened().await?, args).await,
        Command::Report(args) => match report::usage_error(&args) {
            Some(what) => {
                environment::note(what);
                Ok(ExitCode::from(2))
            }
            None => report::run(&opened().await?, args).await,
        },
        Command::Keys(command) => keys::run(&opened().await?, command).await,
        Command::User(command) => user::run(&opened().await?, command).await,
        Command::Rules(command) => rules::run(command),
        Command::Calendar(command) => calendar::run(command),
    }
}

/// Opens the database, migrating it, and starts the application on it.
async fn open(config: &Config, flag: Option<&str>) -> Result<App> {
    let url = config.database(flag)?;
    open_url(config, url).await
}

pub(crate) async fn open_url(config: &Config, url: DatabaseUrl) -> Result<App> {
    open_at(config, url, environment::now()).await
}

/// Opens a database at a moment; demonstrations begin in the past.
async fn open_at(config: &Config, url: DatabaseUrl, now: Instant) -> Result<App> {
    let ids = environment::ids();
    let key_ids = ids.clone();
    let (config, key_url) = (config.clone(), url.clone());
    let files = config.files(&url)?;
    let suite = config.suite()?;
    let key = move |has_keys| config.master_key(&key_url, has_keys, key_ids.entropy());
    let store = Store::open_with(url, true, suite, ids, now, &key).await?;
    // Should somebody exchange the master key, its file is read again.
    store.set_master_source(Box::new(move || key(true)));
    Ok(App::start(store, files, Passwords::strong(), now).await?)
}

/// The actor behind the command line: an administrator, named after the account that runs it.
pub(crate) fn shell() -> Actor {
    let account = std::env::var("SUDO_USER").or_else(|_| std::env::var("USER"));
    Actor::shell(account.map_or_else(|_| "shell".to_owned(), |name| format!("shell:{name}")))
}
