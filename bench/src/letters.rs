//! Thousands of letters: made, printed and put into a file by the job that the page starts.

use crate::database::AS_OF;
use crate::report::{Target, figure};
use crate::{Options, Result, database, portfolio, steps};
use std::path::PathBuf;

/// From when on triggers count; all policies of the portfolio are later.
const SINCE: &str = "2026-10-01";
/// Seconds after which people should see that something has happened.
const NEWS: f64 = 10.0;

/// Measures one batch of as many letters as rows are asked for, on the database of the options: an embedded
/// one, or an empty one on a server.
pub(crate) fn measure(options: &Options) -> Result<()> {
    let folder = options.dir.join(format!("letters-{}", options.rows));
    portfolio::of_letters(&folder, options.rows)?;
    let embedded = options.dir.join("letters.db");
    let place = match &options.database {
        Some(url) => PathBuf::from(url),
        None => {
            database::remove(&embedded);
            embedded.clone()
        }
    };
    for kind in ["orgs", "agents", "customers", "policies"] {
        steps::import(kind, &folder, &place)?;
    }
    let files = folder.join("files");
    std::fs::create_dir_all(&files)?;
    let path = steps::text(&place);
    steps::call(&["plan", &path, SINCE, AS_OF])?;
    let said = steps::call(&["letters", &path, &steps::text(&files)])?;
    eprintln!("letters: {said:?}");
    let letters = said.count("letters");
    if letters != options.rows {
        return Err(format!("{letters} letters instead of {}", options.rows).into());
    }
    let again = steps::call(&["letters", &path, &steps::text(&files)])?;
    if again.count("letters") != 0 {
        return Err("the second batch made letters again".into());
    }
    let engine = options.database.as_ref().map_or("SQLite", |_| "PostgreSQL");
    println!("\n{letters} letters on {engine}");
    println!("| figure | measured | target | |\n|---|---|---|---|");
    let wall = said.spent.wall;
    let number = |name: &str| said.counts[name].as_f64().unwrap_or(f64::NAN);
    let rows = [
        ("letters: time", wall, " s", Target::None),
        (
            "letters: processor time",
            said.spent.cpu,
            " s",
            Target::None,
        ),
        ("letters: a second", letters as f64 / wall, "", Target::None),
        (
            "letters: peak memory",
            said.peak_kib as f64 / 1024.0,
            " MiB",
            Target::AtMost(512.0),
        ),
        ("letters: file", number("file_mib"), " MiB", Target::None),
        (
            "letters: times that progress was seen",
            number("news"),
            "",
            Target::None,
        ),
        (
            "letters: longest time without news",
            number("silence"),
            " s",
            Target::AtMost(NEWS),
        ),
    ];
    for (name, value, unit, target) in rows {
        figure(name, value, unit, target);
    }
    database::remove(&embedded);
    Ok(std::fs::remove_dir_all(folder)?)
}
