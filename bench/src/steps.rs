//! Single steps, each in a process of its own.
//!
//! `step import KIND FILE DATABASE`, `step plan DATABASE SINCE AS_OF`,
//! `step open DATABASE`, `step classify DATABASE all|waiting`, `step letters DATABASE FILES`, `step floor DATABASE MARKS FRESH`; each prints one line of JSON.

use crate::database;
use crate::floor::{self, Marks};
use crate::machine::{self, Spent, Stopwatch};
use crate::{Result, USAGE};
use app::imports::{ImportRequest, Mapping, import_file};
use app::jobs::{find_job, run_due};
use app::letters::{BatchForm, start_batch};
use app::obligations::{PlanRequest, plan};
use app::segments::{ClassifyRequest, classify};
use domain::access::Actor;
use domain::imports::ImportKind;
use object_store::local::LocalFileSystem;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a step says of itself.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// The time of the step.
    pub spent: Spent,
    /// Its peak memory in KiB.
    pub peak_kib: u64,
    /// What it counted.
    pub counts: Value,
}

impl Said {
    /// A count by name.
    pub(crate) fn count(&self, name: &str) -> u64 {
        self.counts[name].as_u64().unwrap_or(0)
    }
}

/// Runs a step in a process of its own.
pub(crate) fn call(arguments: &[&str]) -> Result<Said> {
    let output = Command::new(std::env::current_exe()?)
        .arg("step")
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("step {arguments:?} failed").into());
    }
    let said: Value = serde_json::from_slice(&output.stdout)?;
    let number = |name: &str| said[name].as_f64().unwrap_or(f64::NAN);
    Ok(Said {
        spent: Spent {
            wall: number("wall"),
            cpu: number("cpu"),
        },
        peak_kib: said["peak_kib"].as_u64().unwrap_or(0),
        counts: said["counts"].clone(),
    })
}

/// Imports a file of a kind into a database.
pub(crate) fn import(kind: &str, folder: &Path, database: &Path) -> Result<Said> {
    let file = folder.join(format!("{kind}.csv"));
    call(&["import", kind, &text(&file), &text(database)])
}

/// Inserts what a database has beyond the marks.
pub(crate) fn floor(database: &Path, marks: &Marks, fresh: &Path) -> Result<Said> {
    let marks = serde_json::to_string(marks)?;
    call(&["floor", &text(database), &marks, &text(fresh)])
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The other side: runs a step and says what it did.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let (spent, counts) = match arguments[..] {
        ["import", kind, file, database] => {
            runtime.block_on(run_import(kind, Path::new(file), Path::new(database)))?
        }
        ["plan", database, since, as_of] => {
            runtime.block_on(run_plan(Path::new(database), since, as_of))?
        }
        ["open", database] => {
            runtime.block_on(async { database::close(database::open(Path::new(database)).await?).await })?;
            (Stopwatch::process().spent(), json!({}))
        }
        ["classify", database, whom] => {
            runtime.block_on(run_classify(Path::new(database), whom == "all"))?
        }
        ["letters", database, files] => {
            runtime.block_on(run_letters(Path::new(database), Path::new(files)))?
        }
        ["floor", database, marks, fresh] => {
            let marks: Marks = serde_json::from_str(marks)?;
            let floor = floor::run(Path::new(database), &marks, Path::new(fresh))?;
            (floor.spent, json!(floor.rows))
        }
        _ => return Err(USAGE.into()),
    };
    let said = json!({
        "wall": spent.wall, "cpu": spent.cpu, "peak_kib": machine::peak_kib(), "counts": counts,
    });
    println!("{said}");
    Ok(())
}

async fn run_import(kind: &str, file: &Path, database: &Path) -> Result<(Spent, Value)> {
    let app = database::open(database).await?;
    let request = ImportRequest {
        kind: ImportKind::parse(kind)?,
        path: file.to_owned(),
        shown_name: format!("{kind}.csv"),
        mapping: Mapping::default(),
        dry_run: false,
        errors_file: None,
    };
    let actor = Actor::shell("bench");
    let watch = Stopwatch::process();
    let now = database::now()?;
    let report = import_file(&app, &actor, &move || now, request, &|_| {}).await?;
    let spent = watch.spent();
    database::close(app).await?;
    let t = report.tally;
    if t.rejected > 0 {
        let first = report.rejections.first();
        return Err(format!("{} rows rejected, the first: {first:?}", t.rejected).into());
    }
    Ok((spent, json!({ "read": t.read, "created": t.created })))
}

async fn run_classify(database: &Path, all: bool) -> Result<(Spent, Value)> {
    let app = database::open(database).await?;
    let request = ClassifyRequest { as_of: None, all };
    let actor = Actor::shell("bench");
    let watch = Stopwatch::process();
    let report = classify(&app, &actor, database::now()?, request, &|_| {}).await?;
    let spent = watch.spent();
    database::close(app).await?;
    let counts = json!({
        "customers": report.customers, "scored": report.scored, "changed": report.changed,
    });
    Ok((spent, counts))
}

async fn run_plan(database: &Path, since: &str, as_of: &str) -> Result<(Spent, Value)> {
    let app = database::open(database).await?;
    let request = PlanRequest {
        since: Some(since.parse()?),
        as_of: Some(as_of.parse()?),
        dry_run: false,
    };
    let actor = Actor::shell("bench");
    let watch = Stopwatch::process();
    let report = plan(&app, &actor, database::now()?, request, &|_| {}).await?;
    let spent = watch.spent();
    database::close(app).await?;
    let s = report.sums;
    let counts = json!({
        "looked_at": s.looked_at, "created": s.created, "excluded": s.excluded,
    });
    Ok((spent, counts))
}

/// How often somebody who waits looks at the page of the job.
const LOOKS: Duration = Duration::from_millis(500);

async fn run_letters(database: &Path, place: &Path) -> Result<(Spent, Value)> {
    let files = Arc::new(LocalFileSystem::new_with_prefix(place)?);
    let app = database::open_with(database, files).await?;
    let actor = Actor::shell("bench");
    let form = BatchForm {
        programme: "NB-T10".into(),
        ..BatchForm::default()
    };
    let (begun, start) = (Instant::now(), database::now()?);
    let clock = move || start + chrono::Duration::from_std(begun.elapsed()).unwrap_or_default();
    let job = start_batch(&app, &actor, clock(), &form).await?;
    let watch = Stopwatch::process();
    let server = app.clone();
    let mut working = tokio::spawn(async move { run_due(&server, &clock).await });
    let (mut last, mut heard, mut news, mut silence) = (0, Instant::now(), 0, 0.0_f64);
    loop {
        let ended = tokio::time::timeout(LOOKS, &mut working).await;
        let seen = find_job(&app, &actor, job).await?.job;
        if seen.done != last {
            news += 1;
            (last, heard) = (seen.done, Instant::now());
        }
        silence = silence.max(heard.elapsed().as_secs_f64());
        if let Ok(ended) = ended {
            ended??;
            break;
        }
    }
    let spent = watch.spent();
    let seen = find_job(&app, &actor, job).await?.job;
    let result: Value = serde_json::from_str(seen.result.as_deref().unwrap_or("null"))?;
    eprintln!("job: {:?} {:?} {result}", seen.state, seen.error);
    database::close(app).await?;
    let mib = size(place)? as f64 / 1024.0 / 1024.0;
    let counts = json!({
        "letters": result["rows"].as_u64().unwrap_or(0), "file_mib": mib, "news": news, "silence": silence,
    });
    Ok((spent, counts))
}

/// Bytes of all files in a folder and the folders in it.
fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        bytes += match entry.file_type()?.is_dir() {
            true => size(&entry.path())?,
            false => entry.metadata()?.len(),
        };
    }
    Ok(bytes)
}
