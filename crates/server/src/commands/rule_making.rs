//! `huifang rules diff`, `keygen`, `sign` and `load`: comparing packs with a database, and packs that
//! travel signed.

use super::shell;
use crate::cli::TextFormat;
use crate::environment::{ids, note, now, say};
use crate::progress;
use anyhow::{Context as _, Result, bail};
use app::App;
use app::rules::diff::{Diff, Line, diff_folder};
use app::rules::package::{key_pair, load_package, sign};
use chrono::NaiveDate;
use clap::Subcommand;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Lines that people read on a terminal; JSON has them all.
const LINES_SHOWN: usize = 200;

#[derive(Debug, Subcommand)]
pub(crate) enum RuleMaking {
    /// Show which open obligations would appear, vanish or move with the packs of a folder
    Diff {
        /// Folder of packs
        dir: PathBuf,
        /// Nothing after this day is looked at (default: today)
        #[arg(long, value_name = "DATE")]
        as_of: Option<NaiveDate>,
        /// Output format
        #[arg(long, value_enum, default_value = "text")]
        format: TextFormat,
    },
    /// Make a pair of keys to sign packages with; prints the public one
    Keygen {
        /// File of the private key; it must not exist
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Pack the packs of a folder into a signed file
    Sign {
        /// Folder of packs
        dir: PathBuf,
        /// File of the private key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// File to write
        #[arg(long, value_name = "PACKAGE")]
        out: PathBuf,
    },
    /// Check a signed file and put its packs down as drafts, to be reviewed and approved
    Load {
        /// The signed file
        package: PathBuf,
    },
}

impl RuleMaking {
    /// Whether it reads or writes a database.
    pub(super) fn needs_database(&self) -> bool {
        matches!(self, Self::Diff { .. } | Self::Load { .. })
    }
}

/// Runs what needs a database.
pub(super) async fn run(app: &App, command: RuleMaking) -> Result<ExitCode> {
    match command {
        RuleMaking::Diff { dir, as_of, format } => diff(app, &dir, as_of, format).await,
        RuleMaking::Load { package } => load(app, &package).await,
        alone => run_alone(alone),
    }
}

/// Runs what needs none.
pub(super) fn run_alone(command: RuleMaking) -> Result<ExitCode> {
    match command {
        RuleMaking::Keygen { out } => keygen(&out),
        RuleMaking::Sign { dir, key, out } => {
            let (_, sources) = app::rules::packs_in(&dir)?;
            let secret =
                std::fs::read_to_string(&key).with_context(|| key.display().to_string())?;
            std::fs::write(&out, sign(&sources, &secret)?)
                .with_context(|| out.display().to_string())?;
            say(format!("{}: {} packs", out.display(), sources.len()));
            Ok(ExitCode::SUCCESS)
        }
        RuleMaking::Diff { .. } | RuleMaking::Load { .. } => bail!("a database is needed"),
    }
}

fn keygen(out: &Path) -> Result<ExitCode> {
    let mut secret = [0; 32];
    ids().entropy().fill(&mut secret);
    let (private, public) = key_pair(&secret);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(out)
        .with_context(|| out.display().to_string())?;
    std::io::Write::write_all(&mut file, format!("{private}\n").as_bytes())?;
    note(format!(
        "{} holds the private key: keep it offline. Servers that take its packages have in huifang.toml:",
        out.display()
    ));
    say(format!("rules_trusted_keys = [\"{public}\"]"));
    Ok(ExitCode::SUCCESS)
}

async fn load(app: &App, package: &Path) -> Result<ExitCode> {
    let text = std::fs::read_to_string(package).with_context(|| package.display().to_string())?;
    match load_package(app, &shell(), now(), &text).await {
        Ok(ids) if ids.is_empty() => say("nothing new: the database has every pack of it"),
        Ok(ids) => say(format!("{} drafts wait for review at /rules", ids.len())),
        Err(app::Error::Refused(refusal)) => bail!("{}", explain(&refusal)),
        Err(other) => return Err(other.into()),
    }
    Ok(ExitCode::SUCCESS)
}

fn explain(refusal: &app::Refusal) -> String {
    let what = &refusal.detail;
    match refusal.code {
        "package-signer" => format!(
            "the package is signed with {what}, which is not among rules_trusted_keys in huifang.toml"
        ),
        "package-signature" => {
            format!("the signature does not fit ({what}): the package was altered")
        }
        "package-altered" => format!("{what} is missing, added or altered"),
        "package-unreadable" => format!("not a package of rules: {what}"),
        "package-unsound" => format!("a pack does not load or fails a test: {what}"),
        _ => refusal.to_string(),
    }
}

async fn diff(
    app: &App,
    dir: &Path,
    as_of: Option<NaiveDate>,
    format: TextFormat,
) -> Result<ExitCode> {
    let packs = app::rules::packs_in(dir)?;
    let bar = progress::counter("diff");
    let made = diff_folder(app, &shell(), now(), packs, as_of, &|n| bar.set_position(n)).await;
    bar.finish_and_clear();
    let diff = made?;
    match format {
        TextFormat::Json => say(serde_json::to_string(&diff)?),
        TextFormat::Text => print(&diff),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(diff: &Diff) {
    let [appears, vanishes, moves] = diff.totals();
    say(format!("triggers {} to {}", diff.since, diff.as_of));
    say(format!(
        "would appear {appears}, vanish {vanishes}, move {moves}"
    ));
    for c in &diff.counts {
        say(format!(
            "  {:<9} {:<8} +{} -{} ~{}",
            c.programme, c.org_code, c.appears, c.vanishes, c.moves
        ));
    }
    for line in diff.lines.iter().take(LINES_SHOWN) {
        say(describe(line));
    }
    if diff.lines.len() > LINES_SHOWN {
        say(format!(
            "… {} more; --format json has them",
            diff.lines.len() - LINES_SHOWN
        ));
    }
}

fn describe(line: &Line) -> String {
    let due = |dates: &Option<[Option<NaiveDate>; 3]>| {
        let due = dates.and_then(|d| d[1]);
        due.map_or_else(|| "-".to_owned(), |d| d.to_string())
    };
    format!(
        "{:<8} {} {} {} due {} -> {} {} {}",
        line.kind.as_str(),
        line.number.as_deref().unwrap_or("(new)"),
        line.programme,
        line.policy_no.as_deref().unwrap_or("-"),
        due(&line.before),
        due(&line.after),
        line.reason.as_deref().unwrap_or(""),
        line.cite,
    )
}
