//! Subcommands: each parses, calls one use case, and prints.

pub(crate) mod audit;
mod backup;
mod calendar;
mod classify;
mod demo;
mod doctor;
mod duplicates;
mod examine;
mod explain;
mod export;
mod generate;
mod import;
pub(crate) mod keys;
mod plan;
pub(crate) mod questionnaires;
mod report;
mod restore;
pub(crate) mod retention;
pub(crate) mod rule_making;
mod rules;
mod serve;
mod user;

pub(crate) use backup::BackupArgs;
pub(crate) use doctor::DoctorArgs;
pub(crate) use restore::RestoreArgs;

use crate::cli::{Cli, Command, RulesCommand};
use crate::config::Config;
use crate::{environment, heads};
use anyhow::Result;
use app::messaging::Outlets;
use app::{App, Passwords};
use domain::access::Actor;
use domain::time::Instant;
use std::process::ExitCode;
use store::{DatabaseUrl, Store};

/// Runs a command.
pub(crate) async fn run(cli: Cli) -> Result<ExitCode> {
    if let Command::Doctor(args) = cli.command {
        let (file, url) = (cli.config.as_deref(), cli.database_url.as_deref());
        return Ok(doctor::run(file, url, args).await);
    }
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
        Command::Import(_)
        | Command::Plan(_)
        | Command::Classify(_)
        | Command::Duplicates(_)
        | Command::Examine => {
            let app = opened().await?;
            let done = look_after(&app, cli.command).await;
            heads::seal_and_hand_out(&app, &config).await;
            done
        }
        Command::Export(args) => export::run(&opened().await?, args).await,
        Command::Explain(args) => explain::run(&opened().await?, args).await,
        Command::Report(args) => match report::usage_error(&args) {
            Some(what) => {
                environment::note(what);
                Ok(ExitCode::from(2))
            }
            None => report::run(&opened().await?, args).await,
        },
        Command::Audit(command) => audit::run(&opened().await?, &config, command).await,
        Command::Backup(args) => backup::run(&config, cli.database_url.as_deref(), args).await,
        Command::Restore(args) => restore::run(&config, cli.database_url.as_deref(), args).await,
        // Answered above, because it must also speak when the configuration cannot be read.
        Command::Doctor(_) => Ok(ExitCode::SUCCESS),
        Command::Keys(command) => keys::run(&opened().await?, command).await,
        Command::Retention(command) => retention::run(&opened().await?, command).await,
        Command::User(command) => user::run(&opened().await?, command).await,
        Command::Rules(RulesCommand::Making(command)) => {
            if command.needs_database() {
                rule_making::run(&opened().await?, command).await
            } else {
                rule_making::run_alone(command)
            }
        }
        Command::Rules(command) => rules::run(command),
        Command::Questionnaires(command) => questionnaires::run(command),
        Command::Calendar(command) => calendar::run(command),
    }
}

/// Takes in what is new, or works out what follows from it.
async fn look_after(app: &App, command: Command) -> Result<ExitCode> {
    match command {
        Command::Import(args) => import::run(app, args).await,
        Command::Plan(args) => plan::run(app, args).await,
        Command::Classify(args) => classify::run(app, args).await,
        Command::Duplicates(args) => duplicates::run(app, args).await,
        Command::Examine => examine::run(app).await,
        _ => Ok(ExitCode::SUCCESS),
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
    let policy = config.security.policy(config.company.as_deref())?;
    let (config, key_url) = (config.clone(), url.clone());
    let files = config.files(&url)?;
    let plan = config.backup_plan()?;
    let surroundings = config.surroundings(&url);
    let typeface = config.typeface()?;
    let letterhead = config.letterhead();
    let trusted_keys = config.rules_trusted_keys.clone();
    let company = config.company_name().to_owned();
    let suite = config.suite()?;
    let key = move |has_keys| config.master_key(&key_url, has_keys, key_ids.entropy());
    let store = Store::open_with(url, true, suite, ids, now, &key).await?;
    // Should somebody exchange the master key, its file is read again.
    store.set_master_source(Box::new(move || key(true)));
    let app = App::start(store, files, Passwords::strong(), now).await?;
    let app = app.with_policy(policy).with_backups(plan);
    let app = app.with_trusted_keys(trusted_keys);
    let app = app
        .with_surroundings(surroundings)
        .with_letterhead(letterhead);
    // Only a server sends; others write into the outbox.
    let app = app.with_outlets(Outlets::of(&company));
    Ok(match typeface {
        Some(typeface) => app.with_typeface(typeface),
        None => app,
    })
}

/// The actor behind the command line: an administrator, named after the account that runs it.
pub(crate) fn shell() -> Actor {
    let account = std::env::var("SUDO_USER").or_else(|_| std::env::var("USER"));
    Actor::shell(account.map_or_else(|_| "shell".to_owned(), |name| format!("shell:{name}")))
}
