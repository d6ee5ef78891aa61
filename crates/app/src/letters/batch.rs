//! Printing thousands of letters: made in portions, each its own transaction, then printed in parts of
//! some hundred, so that memory is bounded and a job that was interrupted goes on where it was.

use super::print::Printer;
use super::templates::in_effect;
use super::write::{Order, issue, place_of};
use crate::callbacks::record;
use crate::jobs;
use crate::paper::{Bundle, Meta};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::customers::Reveal;
use domain::ids::LetterId;
use domain::letters::LetterKind;
use domain::time::{self, Instant};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use store::letters::{self as rows, Candidates};
use store::{Audit, AuditEntry, Turn};
use uuid::Uuid;
use zip::write::SimpleFileOptions;

/// Letters made in one transaction: other writers wait no longer than for these.
const PORTION: i64 = 100;
/// Letters in one file: what a printer and a reader handle well.
const PART: i64 = 500;

/// Which policies get letters, as a form sends it.
#[derive(Clone, Debug, Default)]
pub struct BatchForm {
    /// Code of the programme.
    pub programme: String,
    /// Issued from this day.
    pub from: String,
    /// Issued until this day.
    pub to: String,
    /// Code of the unit; everything in sight when empty.
    pub org: String,
}

/// Which policies get letters, as a job keeps it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LetterBatch {
    programme: String,
    from: Option<chrono::NaiveDate>,
    to: Option<chrono::NaiveDate>,
    org_path: Option<String>,
}

/// Queues a batch; gives the job.
///
/// # Errors
/// When the actor may not, or a field is wrong.
pub async fn start_batch(app: &App, actor: &Actor, now: Instant, form: &BatchForm) -> Result<Uuid> {
    let scope = actor.scope(Permission::LettersHandle)?;
    if app.rules().discharge(&form.programme).is_err() {
        return Err(Error::invalid("programme", "unknown-code"));
    }
    let mut batch = LetterBatch {
        programme: form.programme.clone(),
        from: crate::listing::date("from", &form.from)?,
        to: crate::listing::date("to", &form.to)?,
        org_path: None,
    };
    if batch.from.zip(batch.to).is_some_and(|(from, to)| to < from) {
        return Err(Error::invalid("to", "before-from"));
    }
    if !form.org.is_empty() {
        let org = store::orgs::find_org_by_code(app.store(), &form.org).await?;
        let org = org.filter(|o| scope.covers(&o.path));
        let org = org.ok_or_else(|| Error::invalid("org", "unknown-org"))?;
        batch.org_path = Some(org.path.as_str().to_owned());
    }
    jobs::start(app, actor, now, &jobs::Task::PrintLetters(batch)).await
}

/// Makes what is missing, then prints everything of the batch into a file: a PDF, or an archive of
/// several. Gives how many letters there are and the ending of the file.
///
/// # Errors
/// When the actor may not, nothing is found, or the disk is full.
pub(crate) async fn print_batch(
    app: &App,
    actor: &Actor,
    clock: jobs::Clock<'_>,
    (id, batch): (Uuid, &LetterBatch),
    path: &Path,
    tell: &(dyn Fn(u64, Option<u64>) + Sync),
) -> Result<(u64, &'static str)> {
    make(app, actor, clock, (id, batch), tell).await?;
    let scope = actor.scope(Permission::LettersHandle)?;
    let total = rows::count_batch(app.store(), &scope, id).await?;
    let count = u64::try_from(total).unwrap_or(0);
    if count == 0 {
        return Err(Refusal::new("letters-none").into());
    }
    let trace = note_printing(app, actor, clock(), id, count).await?;
    let printer = Printer::new(app, Reveal::traced(trace)).await?;
    let disk = |e: std::io::Error| Error::Unavailable(format!("temporary file: {e}"));
    let mut file = File::create(path).map_err(disk)?;
    if total <= PART {
        let (bytes, _) = part(app, actor, clock(), id, None, &printer).await?;
        file.write_all(&bytes).map_err(disk)?;
        tell(count, Some(count));
        return Ok((count, "pdf"));
    }
    let mut archive = zip::ZipWriter::new(file);
    // Pages are packed already.
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let (mut after, mut done, mut number) = (None, 0, 1);
    while done < total {
        let (bytes, last) = part(app, actor, clock(), id, after, &printer).await?;
        let Some((last, size)) = last else { break };
        let name = format!("letters-{number:03}.pdf");
        archive
            .start_file(name, stored)
            .map_err(|e| Error::Unavailable(e.to_string()))?;
        archive.write_all(&bytes).map_err(disk)?;
        (after, done, number) = (Some(last), done + size, number + 1);
        tell(u64::try_from(done).unwrap_or(0), Some(count));
    }
    archive
        .finish()
        .map_err(|e| Error::Unavailable(e.to_string()))?;
    Ok((count, "zip"))
}

/// Makes letters for policies that have none, portion by portion.
async fn make(
    app: &App,
    actor: &Actor,
    clock: jobs::Clock<'_>,
    (id, batch): (Uuid, &LetterBatch),
    tell: &(dyn Fn(u64, Option<u64>) + Sync),
) -> Result<()> {
    let scope = actor.scope(Permission::LettersHandle)?;
    let wanted = Candidates {
        programme: batch.programme.clone(),
        issued_from: batch.from,
        issued_to: batch.to,
        org_path: batch.org_path.clone(),
    };
    let mut made = 0;
    let mut after = None;
    loop {
        let now = clock();
        let work = app.store().begin(now).await?;
        work.take_turn(Turn::Letters).await?;
        let found = rows::list_candidates(&work, &scope, &wanted, after, PORTION).await?;
        let Some(last) = found.last().copied() else {
            return Ok(work.roll_back().await?);
        };
        let place = place_of(&work, actor).await?;
        let today = time::date_in_china(now);
        let template = in_effect(&work, LetterKind::Combined, today).await?;
        let order = Order {
            kind: LetterKind::Combined,
            batch: Some(id),
            template: template.id,
            place: &place,
        };
        let mut audit = Vec::new();
        for callback in &found {
            let record = record(&work, &scope, *callback).await?;
            let (_, entry) = issue(app, &work, actor, &record, &order).await?;
            audit.push(entry);
        }
        made += u64::try_from(audit.len()).unwrap_or(0);
        let first = audit.remove(0);
        work.commit(Audit::with(first, audit)).await?;
        after = Some(last);
        tell(made, None);
    }
}

/// One file of at most [`PART`] letters: its bytes, the last letter and how many.
async fn part(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    after: Option<LetterId>,
    printer: &Printer<'_>,
) -> Result<(Vec<u8>, Option<(LetterId, i64)>)> {
    let scope = actor.scope(Permission::LettersHandle)?;
    let letters = rows::list_batch(app.store(), &scope, id, after, PART).await?;
    let mut bundle = Bundle::new(app.typeface());
    for letter in &letters {
        bundle.add(&printer.document(letter).await?)?;
    }
    let missing: String = bundle.missing().iter().collect();
    if !missing.is_empty() {
        tracing::warn!(
            count = missing.chars().count(),
            "the typeface lacks characters of names"
        );
    }
    let size = i64::try_from(letters.len()).unwrap_or(i64::MAX);
    let company = app.letterhead().company.as_str();
    let meta = Meta {
        title: "客户回访函暨保险单签收回执",
        author: company,
        created: now,
    };
    Ok((bundle.finish(&meta)?, letters.last().map(|l| (l.id, size))))
}

async fn note_printing(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    count: u64,
) -> Result<Uuid> {
    let work = app.store().begin(now).await?;
    let trace = work.next_id();
    let detail = serde_json::json!({ "letters": count, "trace": trace });
    let entry = AuditEntry::new(actor, "letters.printed", "job", id);
    work.commit(entry.detail(detail)).await?;
    Ok(trace)
}
