//! What was altered, damaged or does not fit is refused; nothing is readable in the file.

use super::*;

#[tokio::test]
async fn every_byte_is_checked() {
    let t = TestApp::empty(Engine::Sqlite).await;
    t.app
        .files()
        .put(&Key::from("recordings/a.wav"), vec![7; 999].into())
        .await
        .unwrap();
    let (file, _) = take(&t, "all.huifang").await;
    let good = std::fs::read(&file).unwrap();
    let keys = t.app.store().keyring();
    let bad = t.path("bad.huifang");
    let step = good.len() / 60;
    let flips = (0..20)
        .chain((20..good.len() - 20).step_by(step))
        .chain(good.len() - 20..good.len());
    let flipped = flips.map(|at| {
        let mut bytes = good.clone();
        bytes[at] ^= 0xff;
        bytes
    });
    let cut = (0..good.len())
        .step_by(step * 4)
        .map(|at| good[..at].to_vec());
    let longer = std::iter::once([good.as_slice(), b"x"].concat());
    for (n, bytes) in flipped.chain(cut).chain(longer).enumerate() {
        std::fs::write(&bad, bytes).unwrap();
        let tried = try_out(&bad, Opening::Keys(&keys), &quiet()).await;
        assert_eq!(refused(tried), "backup-damaged", "variant {n}");
    }
    try_out(&file, Opening::Keys(&keys), &quiet())
        .await
        .unwrap();
}

/// Takes a backup apart, lets a change be made to its parts, and puts it together again with right
/// checksums of the compression, as somebody would who wants to hide the change.
fn altered(file: &Path, to: &Path, change: impl Fn(&str, &mut String)) {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(
        std::fs::File::open(file).unwrap(),
    ));
    let mut parts = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_string_lossy().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        change(&name, &mut text);
        parts.push((name, text));
    }
    let gzip = flate2::GzBuilder::new().operating_system(255).write(
        std::fs::File::create(to).unwrap(),
        flate2::Compression::new(4),
    );
    let mut tar = tar::Builder::new(gzip);
    for (name, text) in parts {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap().flush().unwrap();
}

#[rstest]
#[tokio::test]
async fn what_was_altered_or_does_not_fit_is_refused_and_leaves_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (file, _) = take(&t, "all.huifang").await;
    let files = Arc::new(InMemory::new());
    let new = TestDatabase::create(engine).await;
    // Another company's key.
    let other = || MasterKey::parse(&"ab".repeat(32));
    let tried = restore_to(&new, &file, &other, files.clone(), t.now).await;
    assert_eq!(refused(tried), "backup-key");
    assert!(is_empty(&new).await);
    // A row that was changed, with its hash in the table of contents made right.
    let bad = t.path("bad.huifang");
    let sha = |text: &str| {
        use sha2::Digest as _;
        hex::encode(sha2::Sha256::digest(text))
    };
    let hashes = std::cell::RefCell::new((String::new(), String::new()));
    altered(&file, &bad, |name, text| {
        if name.starts_with("tables/orgs/") {
            let before = sha(text);
            *text = text
                .replace("province", "Province")
                .replace("head_office", "city_office");
            *hashes.borrow_mut() = (before, sha(text));
        } else if name == "contents.json" {
            let (before, after) = &*hashes.borrow();
            assert!(text.contains(before.as_str()) && before != after);
            *text = text.replace(before, after);
        }
    });
    let tried = restore_to(&new, &bad, &right_key, files.clone(), t.now).await;
    assert_eq!(refused(tried), "backup-altered");
    assert!(is_empty(&new).await);
    // The same without the table of contents.
    altered(&file, &bad, |name, text| {
        if name.starts_with("tables/orgs/") {
            *text = text.replace("head_office", "city_office");
        }
    });
    let tried = restore_to(&new, &bad, &right_key, files.clone(), t.now).await;
    assert_eq!(refused(tried), "backup-damaged");
    // A later version of the program.
    altered(&file, &bad, |name, text| {
        if name == "head.json" {
            *text = text.replace(
                "\"m20261122_000001_organisation\"",
                "\"m20261122_000001_organisation\", \"m20991231_000001_later\"",
            );
        }
    });
    let tried = restore_to(&new, &bad, &right_key, files.clone(), t.now).await;
    assert_eq!(refused(tried), "backup-newer");
    assert!(is_empty(&new).await);
    // A recording that is there already, and is another one.
    let place = Key::from("recordings/a.wav");
    t.app.files().put(&place, "one".into()).await.unwrap();
    let (second, _) = take(&t, "second.huifang").await;
    files.put(&place, "two".into()).await.unwrap();
    let tried = restore_to(&new, &second, &right_key, files.clone(), t.now).await;
    assert_eq!(refused(tried), "restore-file-differs");
    assert!(is_empty(&new).await);
    restore_to(&new, &file, &right_key, files, t.now)
        .await
        .unwrap();
}

/// Sealed columns stay sealed: no number and no name of a customer can be read in the file.
#[rstest]
#[tokio::test]
async fn no_personal_data_is_readable_in_the_file(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (file, _) = take(&t, "all.huifang").await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let raw = std::fs::read(&file).unwrap();
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(raw.as_slice())
        .read_to_end(&mut plain)
        .unwrap();
    let revealed = exported(&t.app, t.now, ExportKind::Customers).await;
    let mut reader = csv::Reader::from_reader(revealed.as_slice());
    let heading = reader.headers().unwrap().clone();
    let mut searched = 0;
    for record in reader.records().map(Result::unwrap) {
        for (column, value) in heading.iter().zip(&record) {
            let is_personal = ["name", "mobile", "id_no", "email", "address"].contains(&column);
            if !is_personal || value.chars().count() < 3 {
                continue;
            }
            for needle in [value.to_owned(), hex::encode(value)] {
                let found = |hay: &[u8]| hay.windows(needle.len()).any(|w| w == needle.as_bytes());
                assert!(!found(&plain) && !found(&raw), "{column} {value}");
            }
            searched += 1;
        }
    }
    assert!(searched >= 5, "{searched}");
    assert!(!plain.windows(32).any(|w| w == &MASTER_KEY.as_bytes()[..32]));
}
