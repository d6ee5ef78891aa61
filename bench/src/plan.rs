//! `huifang plan` against the same rows through `rusqlite` alone.

use crate::database::AS_OF;
use crate::report::{Target, figure, median};
use crate::{Options, Result, database, floor, portfolio, steps};

/// From when on triggers count; all events of the portfolio are later.
const SINCE: &str = "2026-01-01";

/// Measures the first and the second plan over as many events as rows are asked for.
pub(crate) fn measure(options: &Options) -> Result<()> {
    let folder = options.dir.join(format!("events-{}", options.rows));
    portfolio::of_events(&folder, options.rows)?;
    let (base, work) = (
        options.dir.join("plan-base.db"),
        options.dir.join("plan.db"),
    );
    let fresh = options.dir.join("plan-floor.db");
    database::remove(&base);
    for kind in ["orgs", "agents", "customers", "policies", "events"] {
        steps::import(kind, &folder, &base)?;
    }
    let marks = floor::marks(&base)?;
    let (mut walls, mut cpus, mut idles) = (vec![], vec![], vec![]);
    let (mut peaks, mut rates) = (vec![], vec![]);
    for turn in 1..=options.repeat {
        database::copy(&base, &work)?;
        let path = steps::text(&work);
        let first = steps::call(&["plan", &path, SINCE, AS_OF])?;
        // Before the second run, which adds a run of its own.
        let theirs = steps::floor(&work, &marks, &fresh)?;
        let second = steps::call(&["plan", &path, SINCE, AS_OF])?;
        eprintln!("plan {turn}: {first:?}\n  floor: {theirs:?}\n  second: {second:?}");
        if first.count("created") != options.rows || second.count("created") != 0 {
            return Err("not one obligation for each event".into());
        }
        walls.push(first.spent.wall / theirs.spent.wall);
        cpus.push(first.spent.cpu / theirs.spent.cpu);
        idles.push(100.0 * second.spent.wall / first.spent.wall);
        peaks.push(first.peak_kib.max(second.peak_kib) as f64 / 1024.0);
        rates.push(options.rows as f64 / first.spent.wall);
    }
    println!(
        "\nplan over {0} events that make {0} obligations",
        options.rows
    );
    println!("| figure | measured | target | |\n|---|---|---|---|");
    figure(
        "plan: time / rusqlite",
        median(walls),
        "×",
        Target::AtMost(2.0),
    );
    figure(
        "plan: processor time / rusqlite",
        median(cpus),
        "×",
        Target::None,
    );
    figure(
        "plan: peak memory",
        median(peaks),
        " MiB",
        Target::AtMost(512.0),
    );
    figure(
        "plan: second run / first",
        median(idles),
        " %",
        Target::AtMost(5.0),
    );
    figure(
        "plan: obligations a second",
        median(rates),
        "",
        Target::None,
    );
    for path in [&base, &work, &fresh] {
        database::remove(path);
    }
    Ok(std::fs::remove_dir_all(folder)?)
}
