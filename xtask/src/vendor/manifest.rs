//! `manifest.toml`: which vendored file comes from where, under which licence, with which digest.

use crate::toml;
use std::collections::BTreeMap;

/// Name of the manifest in the folder of assets.
pub(crate) const NAME: &str = "manifest.toml";

/// A vendored file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asset {
    /// Package that it comes from.
    pub(crate) package: String,
    /// The package's version.
    pub(crate) version: String,
    /// SPDX identifier of the package's licence.
    pub(crate) licence: String,
    /// Path below the folder of assets.
    pub(crate) file: String,
    /// Digest of the file as committed.
    pub(crate) sha256: String,
}

/// The text of a manifest.
pub(super) fn write<'a>(assets: impl Iterator<Item = &'a Asset>) -> String {
    let mut text = "# Written by `cargo xtask vendor`.\n".to_owned();
    for asset in assets {
        text += "\n[[asset]]\n";
        for (key, value) in [
            ("package", &asset.package),
            ("version", &asset.version),
            ("licence", &asset.licence),
            ("file", &asset.file),
            ("sha256", &asset.sha256),
        ] {
            text += &format!("{key} = \"{value}\"\n");
        }
    }
    text
}

/// The assets of a manifest with the line that each begins on; what is missing is empty.
pub(crate) fn read(text: &str) -> Vec<(usize, Asset)> {
    let mut tables: BTreeMap<usize, (usize, BTreeMap<&str, &str>)> = BTreeMap::new();
    for entry in toml::entries(text) {
        let table = tables.entry(entry.table_number);
        let (_, keys) = table.or_insert_with(|| (entry.line, BTreeMap::new()));
        keys.insert(entry.key, entry.text());
    }
    let assets = tables.into_values().map(|(line, keys)| {
        let value = |key: &str| keys.get(key).copied().unwrap_or_default().to_owned();
        let asset = Asset {
            package: value("package"),
            version: value("version"),
            licence: value("licence"),
            file: value("file"),
            sha256: value("sha256"),
        };
        (line, asset)
    });
    assets.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let asset = |file: &str| Asset {
            package: "@a/b".to_owned(),
            version: "1.2.3".to_owned(),
            licence: "MIT".to_owned(),
            file: file.to_owned(),
            sha256: "00ff".to_owned(),
        };
        let text = write([asset("a.css"), asset("licences/a.txt")].iter());
        assert_eq!(
            read(&text),
            [(4, asset("a.css")), (11, asset("licences/a.txt"))]
        );
    }
}
