//! `huifang user`.

use super::shell;
use crate::cli::{NewUserArgs, UserCommand};
use crate::environment::{note, now, say};
use anyhow::{Context as _, Result, bail};
use app::access::{
    UserForm, create_user, disable_user, find_user, list_users, new_password, reset_password,
    reset_second_factor, root_org,
};
use app::{App, Error};
use std::io::{BufRead as _, IsTerminal as _};
use std::process::ExitCode;

pub(super) async fn run(app: &App, command: UserCommand) -> Result<ExitCode> {
    match command {
        UserCommand::Add(args) => add(app, args).await,
        UserCommand::Disable { username } => switch(app, &username, false).await,
        UserCommand::Enable { username } => switch(app, &username, true).await,
        UserCommand::ResetPassword {
            username,
            password_stdin,
        } => {
            let (password, is_new) = password(app, password_stdin)?;
            let done = reset_password(app, &shell(), now(), &username, &password).await;
            done.map_err(|e| named(e, &username))?;
            announce(&username, &password, is_new);
            Ok(ExitCode::SUCCESS)
        }
        UserCommand::ResetSecondFactor { username } => {
            let actor = shell();
            let user = find_user(app, &actor, &username).await;
            let user = user.map_err(|e| named(e, &username))?;
            let done = reset_second_factor(app, &actor, now(), user.id).await;
            done.map_err(|e| named(e, &username))?;
            say(format!("{username}: second factor removed"));
            Ok(ExitCode::SUCCESS)
        }
        UserCommand::List => {
            for user in list_users(app, &shell()).await? {
                let roles: Vec<_> = user.roles.iter().map(|r| r.as_str()).collect();
                let state = if user.active { "active" } else { "disabled" };
                let (name, org) = (&user.username, &user.org_code);
                say(format!("{name}\t{org}\t{state}\t{}", roles.join(" ")));
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn add(app: &App, args: NewUserArgs) -> Result<ExitCode> {
    let org_code = match args.org {
        Some(code) => code,
        None => root_org(app, &shell(), now()).await?.code,
    };
    let (password, is_new) = password(app, args.password_stdin)?;
    let form = UserForm {
        display_name: args.name.unwrap_or_else(|| args.username.clone()),
        username: args.username.clone(),
        password: password.clone(),
        org_code,
        roles: args.roles,
        languages: args.languages,
        agent_code: args.agent.unwrap_or_default(),
    };
    let added = create_user(app, &shell(), now(), &form).await;
    added.map_err(|e| named(e, &args.username))?;
    announce(&args.username, &password, is_new);
    Ok(ExitCode::SUCCESS)
}

async fn switch(app: &App, username: &str, active: bool) -> Result<ExitCode> {
    let actor = shell();
    let user = find_user(app, &actor, username).await;
    let user = user.map_err(|e| named(e, username))?;
    disable_user(app, &actor, now(), user.id, active).await?;
    let what = if active { "enabled" } else { "disabled" };
    say(format!("{username}: {what}"));
    Ok(ExitCode::SUCCESS)
}

/// The password from standard input, or a new one.
fn password(app: &App, from_stdin: bool) -> Result<(String, bool)> {
    if !from_stdin {
        return Ok((new_password(app), true));
    }
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        note("password (it is shown while you type):");
    }
    let mut line = String::new();
    stdin
        .lock()
        .read_line(&mut line)
        .context("standard input")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("--password-stdin: nothing came in");
    }
    Ok((password.to_owned(), false))
}

fn announce(username: &str, password: &str, is_new: bool) {
    if is_new {
        say(format!("{username}: password {password}"));
        note("It is shown this once.");
    } else {
        say(format!("{username}: password set"));
    }
}

/// Says which field cannot be taken, and what it is about.
fn named(error: Error, username: &str) -> anyhow::Error {
    match error {
        Error::Invalid(problems) => {
            let problems: Vec<_> = problems
                .iter()
                .map(|p| format!("{}: {}", p.field, advice(&p.code)))
                .collect();
            anyhow::anyhow!("{username}: {}", problems.join("; "))
        }
        Error::NotFound => anyhow::anyhow!("{username}: there is no such user"),
        other => anyhow::Error::new(other).context(username.to_owned()),
    }
}

/// What to do about a password that is not accepted; other codes speak for themselves.
fn advice(code: &str) -> &str {
    match code {
        "password-short" => "too short; security.password_length_min says how long it must be",
        "password-weak" => "too easy to guess; make it longer or use a few unrelated words",
        "password-name" => "holds the name, the user name or the company; choose another",
        "password-mobile" => "holds a mobile number; choose another",
        "password-used" => "was used lately; choose another",
        other => other,
    }
}
