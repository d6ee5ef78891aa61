//! Workbooks that would swell: a file of a few kilobytes can unpack to gigabytes.
//!
//! What a heading says of sizes may be a lie, so the parts are unpacked once and counted, into nothing,
//! before anything is kept of them.

use std::fs::File;
use std::io::{BufReader, Read};
use zip::ZipArchive;

/// A part may unpack to this many times its size; tables of real customers reach about 30.
const SWELLS_MAX: u64 = 150;
/// Below this many bytes a part is harmless however it swells.
const HARMLESS: u64 = 16 * 1024 * 1024;
/// Parts that are held in memory as a whole, such as the texts that cells share, end here.
const HELD_MAX: u64 = 512 * 1024 * 1024;
/// More parts than any workbook has.
const PARTS_MAX: usize = 10_000;

/// Looks whether a workbook can be opened without harm.
pub(super) fn check(file: File) -> Result<(), String> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|e| e.to_string())?;
    if archive.len() > PARTS_MAX {
        return Err(format!("the workbook has more than {PARTS_MAX} parts"));
    }
    let mut buffer = vec![0; 64 * 1024];
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).map_err(|e| e.to_string())?;
        let name = part.name().map_err(|e| e.to_string())?.into_owned();
        let swells_to = (part.compressed_size().saturating_mul(SWELLS_MAX)).max(HARMLESS);
        let is_sheet = name.starts_with("xl/worksheets/");
        let most = if is_sheet {
            swells_to
        } else {
            swells_to.min(HELD_MAX)
        };
        let mut unpacked = 0;
        loop {
            let read = part.read(&mut buffer).map_err(|e| format!("{name}: {e}"))?;
            if read == 0 {
                break;
            }
            unpacked += read as u64;
            if unpacked > most {
                return Err(format!(
                    "{name} unpacks to more than {} MiB: save the table as CSV instead",
                    most / (1024 * 1024)
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek as _, Write as _};
    use zip::write::SimpleFileOptions;

    fn workbook(parts: &[(&str, usize)]) -> File {
        let mut writer = zip::ZipWriter::new(tempfile::tempfile().unwrap());
        for (name, size) in parts {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            for _ in 0..size / 1024 {
                writer.write_all(&[b' '; 1024]).unwrap();
            }
        }
        let mut file = writer.finish().unwrap();
        file.rewind().unwrap();
        file
    }

    #[test]
    fn a_bomb_is_named() {
        let harmless = 8 * 1024 * 1024;
        check(workbook(&[("xl/worksheets/sheet1.xml", harmless)])).unwrap();
        let bomb = check(workbook(&[
            ("xl/worksheets/sheet1.xml", harmless),
            ("xl/sharedStrings.xml", 64 * 1024 * 1024),
        ]));
        assert!(
            bomb.unwrap_err()
                .starts_with("xl/sharedStrings.xml unpacks to more than 16 MiB")
        );
    }

    #[test]
    fn what_is_no_archive_is_an_error() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"not a workbook").unwrap();
        file.rewind().unwrap();
        assert!(check(file).is_err());
    }
}
