//! Heads of the audit log in places outside the database: a file, and an address of another system.
//! Whoever keeps them can tell later that the database was put back to an earlier state.

use crate::config::Config;
use crate::environment;
use anyhow::{Context as _, Result, bail, ensure};
use app::App;
use app::audit::{
    HeadLine, HeadNote, HeadPlace, check_head, heads_after, note_heads, read_note, seal,
};
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Duration;

/// The end of the file in which its last line is looked for; a line is shorter.
const LAST_LINE_BYTES: u64 = 4 * 1024;
/// How long the other system may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Seals what is not sealed yet and hands out the heads that other places do not have yet. A place
/// that cannot be reached is noted, and tried again the next time.
pub(crate) async fn seal_and_hand_out(app: &App, config: &Config) {
    match seal(app, environment::now()).await {
        Ok(None) => {}
        Ok(Some(problem)) => tracing::error!(?problem, "the audit log was altered"),
        Err(error) => tracing::error!(%error, "the audit log cannot be sealed"),
    }
    if let Some(path) = &config.audit_heads_file {
        let done = to_file(app, path).await;
        note(app, HeadPlace::File, done).await;
    }
    if let Some(url) = &config.audit_heads_url {
        let done = to_url(app, url).await;
        note(app, HeadPlace::Url, done).await;
    }
}

/// Notes how far a place has come, or why it has not.
async fn note(app: &App, place: HeadPlace, done: Result<i64>) {
    let before = read_note(app, place).await.ok().flatten();
    let before = before.unwrap_or_default();
    let note = match done {
        Ok(0) if before.number == 0 => return,
        Ok(number) => HeadNote {
            number,
            error: None,
        },
        Err(error) => {
            let error = format!("{error:#}");
            tracing::error!(error, "heads of the audit log cannot be handed out");
            HeadNote {
                number: before.number,
                error: Some(error),
            }
        }
    };
    if let Err(error) = note_heads(app, environment::now(), place, &note).await {
        tracing::error!(%error, "how far heads have come cannot be noted");
    }
}

/// Appends the heads that a file does not have yet; the number of its last one.
async fn to_file(app: &App, path: &Path) -> Result<i64> {
    let shown = || path.display().to_string();
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .read(true)
        .open(path)
        .with_context(shown)?;
    let mut number = 0;
    if let Some(head) = last_head(&mut file).with_context(shown)? {
        // Writing on would hide that the database was put back.
        if let Some(flaw) = check_head(app, &head).await? {
            bail!(
                "{}: head {}: {}: run `huifang audit verify --heads`",
                shown(),
                head.number,
                flaw.as_str()
            );
        }
        number = head.number;
    }
    loop {
        let heads = heads_after(app, number).await?;
        let Some(last) = heads.last() else {
            return Ok(number);
        };
        number = last.number;
        let lines: String = heads.iter().map(|h| h.to_json() + "\n").collect();
        file.write_all(lines.as_bytes())
            .and_then(|()| file.sync_data())
            .with_context(shown)?;
    }
}

/// The last line of a file.
fn last_head(file: &mut File) -> Result<Option<HeadLine>> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(LAST_LINE_BYTES)))?;
    let mut end = String::new();
    file.read_to_string(&mut end)?;
    let Some(line) = end.lines().rfind(|l| !l.trim().is_empty()) else {
        return Ok(None);
    };
    serde_json::from_str(line)
        .map(Some)
        .context("the last line is no head")
}

/// Sends the heads that an address does not have yet; the number of the last one that it took.
async fn to_url(app: &App, url: &str) -> Result<i64> {
    let before = read_note(app, HeadPlace::Url).await?;
    let mut number = before.map_or(0, |n| n.number);
    let mut client = None;
    loop {
        let heads = heads_after(app, number).await?;
        let Some(last) = heads.last() else {
            return Ok(number);
        };
        let client = match &client {
            Some(client) => client,
            None => client.insert(new_client()?),
        };
        let answer = client.post(url).json(&heads).send().await;
        let status = answer.context("audit_heads_url")?.status();
        ensure!(status.is_success(), "audit_heads_url: answered {status}");
        number = last.number;
    }
}

fn new_client() -> Result<reqwest::Client> {
    // Another part of the program may have chosen it already; it is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder().timeout(ANSWER_WITHIN).build()?)
}

/// Reads a file of heads.
///
/// # Errors
/// When it cannot be read, or a line is no head.
pub(crate) fn read_heads(path: &Path) -> Result<Vec<HeadLine>> {
    let shown = path.display().to_string();
    let file = File::open(path).with_context(|| shown.clone())?;
    let mut heads = Vec::new();
    for (n, line) in (1..).zip(BufReader::new(file).lines()) {
        let line = line.with_context(|| shown.clone())?;
        if !line.trim().is_empty() {
            let head = serde_json::from_str(&line);
            heads.push(head.with_context(|| format!("{shown}:{n}: no head"))?);
        }
    }
    Ok(heads)
}
