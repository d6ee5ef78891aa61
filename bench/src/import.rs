//! `huifang import` against the same rows through `rusqlite` alone.

use crate::report::{Target, figure, median};
use crate::{Options, Result, database, floor, portfolio, steps};

/// Measures customers, policies and events of a generated portfolio.
pub(crate) fn measure(options: &Options) -> Result<()> {
    let folder = options.dir.join(format!("portfolio-{}", options.rows));
    portfolio::generated(&folder, options.rows)?;
    let (base, work) = (
        options.dir.join("import-base.db"),
        options.dir.join("import.db"),
    );
    let fresh = options.dir.join("import-floor.db");
    database::remove(&base);
    for kind in ["orgs", "agents"] {
        steps::import(kind, &folder, &base)?;
    }
    let kinds = [
        ("customers", Target::AtMost(4.0)),
        ("policies", Target::AtMost(3.0)),
        ("events", Target::None),
    ];
    println!("\nimport of a portfolio of {} customers", options.rows);
    println!("| figure | measured | target | |\n|---|---|---|---|");
    for (kind, target) in kinds {
        let marks = floor::marks(&base)?;
        let (mut walls, mut cpus, mut rates, mut peaks) = (vec![], vec![], vec![], vec![]);
        for turn in 1..=options.repeat {
            database::copy(&base, &work)?;
            let ours = steps::import(kind, &folder, &work)?;
            let theirs = steps::floor(&work, &marks, &fresh)?;
            eprintln!("{kind} {turn}: {ours:?}\n  floor: {theirs:?}");
            walls.push(ours.spent.wall / theirs.spent.wall);
            cpus.push(ours.spent.cpu / theirs.spent.cpu);
            rates.push(ours.count("read") as f64 / ours.spent.wall);
            peaks.push(ours.peak_kib as f64 / 1024.0);
        }
        figure(
            &format!("{kind}: time / rusqlite"),
            median(walls),
            "×",
            target,
        );
        figure(
            &format!("{kind}: processor time / rusqlite"),
            median(cpus),
            "×",
            Target::None,
        );
        figure(
            &format!("{kind}: rows a second"),
            median(rates),
            "",
            Target::None,
        );
        figure(
            &format!("{kind}: peak memory"),
            median(peaks),
            " MiB",
            Target::None,
        );
        database::copy(&work, &base)?;
        if kind == "customers" {
            steps::import("contacts", &folder, &base)?;
        }
    }
    for path in [&base, &work, &fresh] {
        database::remove(path);
    }
    Ok(std::fs::remove_dir_all(folder)?)
}
