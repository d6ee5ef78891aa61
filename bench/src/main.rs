//! Figures of Huifang, each as a ratio against something well known in the same run.
//!
//! `huifang-bench rules|plan|import|letters|classify|search|all [--rows N] [--repeat N] [--dir FOLDER] [--database URL]`. What is timed runs in
//! a process of its own (`huifang-bench step …`), so that peak memory is that of the step alone.

mod classify;
mod database;
mod floor;
mod import;
mod letters;
mod machine;
mod plan;
mod portfolio;
mod report;
mod rules;
mod search;
mod steps;
#[cfg(feature = "zen")]
mod zen;

use std::path::PathBuf;
use std::process::ExitCode;

/// What measurements return.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Size and place of a measurement.
#[derive(Clone, Debug)]
struct Options {
    /// Cases, events, or customers.
    rows: u64,
    /// How often each pair is measured; the median counts.
    repeat: usize,
    /// Where files and databases go.
    dir: PathBuf,
    /// An empty database on a server, for measurements that can use one.
    database: Option<String>,
}

const USAGE: &str = "huifang-bench rules|plan|import|letters|classify|search|all [--rows 100000] [--repeat 3] [--dir FOLDER] [--database URL]";

fn options(arguments: &[String]) -> Result<Options> {
    let mut options = Options {
        rows: 100_000,
        repeat: 3,
        dir: std::env::temp_dir().join("huifang-bench"),
        database: None,
    };
    for pair in arguments.chunks(2) {
        let [name, value] = pair else {
            return Err(USAGE.into());
        };
        match name.as_str() {
            "--rows" => options.rows = value.replace('_', "").parse()?,
            "--repeat" => options.repeat = value.parse::<usize>()?.max(1),
            "--dir" => options.dir = PathBuf::from(value),
            "--database" => options.database = Some(value.clone()),
            _ => return Err(USAGE.into()),
        }
    }
    std::fs::create_dir_all(&options.dir)?;
    Ok(options)
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((what, rest)) = arguments.split_first() else {
        return Err(USAGE.into());
    };
    if what == "step" {
        return steps::run(rest);
    }
    let options = options(rest)?;
    println!("{}", machine::description());
    match what.as_str() {
        "rules" => rules::measure(&options),
        "plan" => plan::measure(&options),
        "import" => import::measure(&options),
        "letters" => letters::measure(&options),
        "classify" => classify::measure(&options),
        "search" => search::measure(&options),
        "all" => {
            rules::measure(&options)?;
            import::measure(&options)?;
            plan::measure(&options)
        }
        _ => Err(USAGE.into()),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("huifang-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
