//! Running the program on a throw-away database.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use testkit::TestDatabase;

/// The master key that every run of a test shares.
const MASTER_KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// The program, about to run on a database in a folder of its own.
pub(crate) fn huifang(database: &TestDatabase, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_huifang"));
    command
        .args(arguments)
        .current_dir(folder)
        .env("HUIFANG_DATABASE_URL", database.url_text())
        .env("HUIFANG_MASTER_KEY", MASTER_KEY)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs the program to its end; it must succeed.
pub(crate) fn run(database: &TestDatabase, folder: &Path, arguments: &[&str]) -> String {
    let output: Output = huifang(database, folder, arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let noted = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}{noted}");
    said
}
