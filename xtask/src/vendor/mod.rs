//! Fetches the front-end assets and the typeface of letters once, through npm, into the folders of
//! [`packages::FOLDERS`].
//!
//! The files are committed: nothing is fetched when the product is built or runs. `npm` and `tar` are
//! needed only here; which registry answers is npm's own affair.

mod clean;
pub(crate) mod manifest;
pub(crate) mod packages;
pub(crate) mod sprite;

use crate::sha256;
use manifest::Asset;
use packages::{FOLDERS, PACKAGES, Package};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The names of the icons that pages use, one a line.
pub(crate) const ICON_NAMES: &str = "crates/web/assets/icons.txt";

/// A file to write, and what the manifest says of it.
struct Vendored {
    folder: &'static str,
    asset: Asset,
    bytes: Vec<u8>,
}

/// Fetches every package, then replaces the committed assets.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let icons = read(&root.join(ICON_NAMES))?;
    let scratch = Scratch::new()?;
    let mut files = Vec::new();
    for (number, package) in PACKAGES.iter().enumerate() {
        let target = scratch.folder.join(number.to_string());
        let folder = fetch(package, &target)?;
        files.extend(take(package, &folder, &icons)?);
        crate::complain(&format!("{} {}\n", package.name, package.version));
    }
    files.sort_by(|a, b| a.asset.file.cmp(&b.asset.file));
    for folder in FOLDERS {
        let files: Vec<&Vendored> = files.iter().filter(|f| f.folder == folder).collect();
        write(&root.join(folder), &files)?;
    }
    Ok(())
}

/// A temporary folder that is removed when the work is over.
struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    fn new() -> Result<Self, String> {
        let name = format!("huifang-vendor-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).map_err(|error| explain(&folder, &error))?;
        Ok(Self { folder })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays behind in the system's temporary folder does no harm.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Downloads and unpacks a package; returns the folder of its files.
fn fetch(package: &Package, target: &Path) -> Result<PathBuf, String> {
    fs::create_dir_all(target).map_err(|error| explain(target, &error))?;
    let specifier = format!("{}@{}", package.name, package.version);
    let mut npm = Command::new("npm");
    npm.args(["pack", &specifier, "--ignore-scripts", "--loglevel=error"]);
    npm.arg("--pack-destination").arg(target);
    start(&mut npm)?;
    let entries = fs::read_dir(target).map_err(|error| explain(target, &error))?;
    let archive = entries
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .ok_or_else(|| format!("npm left no archive of {specifier}"))?;
    start(
        Command::new("tar")
            .arg("-xzf")
            .arg(archive)
            .arg("-C")
            .arg(target),
    )?;
    Ok(target.join("package"))
}

fn start(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("{program} does not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{program} failed: {complaint}"))
}

/// Takes what we need out of an unpacked package.
fn take(package: &Package, folder: &Path, icons: &str) -> Result<Vec<Vendored>, String> {
    let mut files = Vec::new();
    let mut add = |file: &str, bytes: Vec<u8>| {
        files.push(Vendored {
            folder: package.folder,
            asset: Asset {
                package: package.name.to_owned(),
                version: package.version.to_owned(),
                licence: package.licence.to_owned(),
                file: file.to_owned(),
                sha256: sha256::hex(&bytes),
            },
            bytes,
        });
    };
    for (from, to) in package.files {
        let from = folder.join(from);
        if to.ends_with(".ttf") {
            add(to, fs::read(&from).map_err(|error| explain(&from, &error))?);
        } else {
            add(to, clean::clean(to, &read(&from)?)?.into_bytes());
        }
    }
    for (text, to) in package.written {
        add(to, text.as_bytes().to_vec());
    }
    if let Some((outlines, to)) = package.icons {
        let icon = |name: &str| read(&folder.join(outlines).join(format!("{name}.svg")));
        let sprite = sprite::sprite(sprite::names(icons), icon)?;
        add(to, sprite.into_bytes());
    }
    Ok(files)
}

/// Replaces the folder's contents.
fn write(folder: &Path, files: &[&Vendored]) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| explain(folder, &error))?;
    }
    for file in files {
        let path = folder.join(&file.asset.file);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| explain(parent, &error))?;
        fs::write(&path, &file.bytes).map_err(|error| explain(&path, &error))?;
    }
    let path = folder.join(manifest::NAME);
    let text = manifest::write(files.iter().map(|file| &file.asset));
    fs::write(&path, text).map_err(|error| explain(&path, &error))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| explain(path, &error))
}

fn explain(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
