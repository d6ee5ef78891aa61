//! The files of the repository, read once: those that git tracks and new ones that it does not ignore.

use super::rust::RustFile;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Paths are relative to the root of the repository, with forward slashes.
pub(crate) struct Tree {
    files: BTreeMap<String, Vec<u8>>,
    rust: Vec<RustFile>,
}

impl Tree {
    /// Reads the repository at a folder.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        for path in list(root)? {
            let on_disk = root.join(&path);
            if on_disk.is_file() {
                let bytes = std::fs::read(on_disk).map_err(|error| format!("{path}: {error}"))?;
                files.insert(path, bytes);
            }
        }
        Ok(Self::new(files))
    }

    /// A repository for a test.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter();
        Self::new(
            files
                .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
                .collect(),
        )
    }

    fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        let mut rust = Vec::new();
        for (path, bytes) in &files {
            if path.ends_with(".rs")
                && let Ok(text) = str::from_utf8(bytes)
            {
                rust.push(RustFile::parse(path, text));
            }
        }
        Self { files, rust }
    }

    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// Every path, in order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The bytes of a file.
    pub(crate) fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// The text of a file; nothing if it is not UTF-8.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.bytes(path)
            .and_then(|bytes| str::from_utf8(bytes).ok())
    }

    /// Every text file with its path.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.paths()
            .filter_map(|path| self.text(path).map(|text| (path, text)))
    }

    /// The text files below a folder (`"a/"`) with a suffix.
    pub(crate) fn below<'a>(
        &'a self,
        folder: &'a str,
        suffix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.texts()
            .filter(move |(path, _)| path.starts_with(folder) && path.ends_with(suffix))
    }

    /// Every Rust file.
    pub(crate) fn rust(&self) -> &[RustFile] {
        &self.rust
    }

    /// Whether a file or a folder with files exists.
    pub(crate) fn exists(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let folder = format!("{path}/");
        self.files.contains_key(path)
            || self
                .files
                .range(folder.clone()..)
                .next()
                .is_some_and(|(first, _)| first.starts_with(&folder))
    }
}

fn list(root: &Path) -> Result<Vec<String>, String> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .map_err(|error| format!("git, which lists the files, does not start: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let names = String::from_utf8(output.stdout).map_err(|_| "a file name is not UTF-8")?;
    let mut paths: Vec<String> = names.split_terminator('\0').map(str::to_owned).collect();
    paths.dedup();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn files_and_their_folders_exist() {
        let tree = Tree::of(&[("a/b/c.md", ""), ("a/b-d", "")]);
        for (path, exists) in [
            ("a/b/c.md", true),
            ("a/b", true),
            ("a/", true),
            ("a/b/c", false),
            ("d", false),
        ] {
            assert_eq!(tree.exists(path), exists, "{path}");
        }
    }
}
