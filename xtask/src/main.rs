//! Chores of this repository: `cargo xtask tidy` tests it, `cargo xtask vendor` fetches the front-end assets.
//!
//! Standard library only, so that it builds in seconds and runs anywhere the repository does.

mod sha256;
mod tidy;
mod toml;
mod vendor;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  tidy             test the repository itself; exit 1 if anything is found
  tidy --tighten   the same, after lowering exceptions to what is still needed (it never adds one)
  vendor           fetch the pinned front-end assets through npm into crates/web/assets/vendor
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["tidy"] => root().and_then(|root| tidy::run(&root)),
        ["tidy", "--tighten"] => root()
            .and_then(|root| tidy::tighten(&root).map(|()| root))
            .and_then(|root| tidy::run(&root)),
        ["vendor"] => root().and_then(|root| vendor::run(&root).map(|()| ExitCode::SUCCESS)),
        ["help" | "--help" | "-h"] => {
            say(USAGE);
            Ok(ExitCode::SUCCESS)
        }
        _ => {
            complain(USAGE);
            Ok(ExitCode::from(2))
        }
    };
    result.unwrap_or_else(|reason| {
        complain(&format!("error: {reason}\n"));
        ExitCode::FAILURE
    })
}

/// The folder of the repository. Cargo names the package's folder when it runs the program.
fn root() -> Result<PathBuf, String> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .ok_or("start this with `cargo xtask`, so that it knows the repository's folder")?;
    let mut root = PathBuf::from(package);
    root.pop();
    Ok(root)
}

#[expect(clippy::print_stdout, reason = "results of a command-line program")]
fn say(text: &str) {
    print!("{text}");
}

#[expect(clippy::print_stderr, reason = "messages of a command-line program")]
fn complain(text: &str) {
    eprint!("{text}");
}
