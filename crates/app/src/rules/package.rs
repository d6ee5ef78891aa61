//! Packs that travel: a file that holds packs, a manifest with their hashes, and a signature over the
//! manifest (Ed25519, RFC 8032). Whoever loads it knows from whom it is and that nothing was altered;
//! what it holds still has to be reviewed and approved here.

use super::check_text;
use super::drafts::{NewDraft, create_draft};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::rules::Origin;
use domain::time::Instant;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use rules::Source;
use rules::pack::text_hash;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What the file says it is.
const FORMAT: &str = "huifang-rules/1";
/// Largest package, in bytes.
pub const PACKAGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What is signed: every file by its name and SHA-256.
#[derive(Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: String,
    files: BTreeMap<String, String>,
}

#[derive(Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Package {
    /// The manifest as the text that was signed.
    manifest: String,
    /// Public key of the signer, hexadecimal.
    key: String,
    /// Signature, hexadecimal.
    signature: String,
    /// Texts by file name.
    files: BTreeMap<String, String>,
}

fn refused(code: &'static str, detail: impl Into<String>) -> Error {
    Refusal::with(code, detail).into()
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    hex::decode(text.trim()).ok()?.try_into().ok()
}

/// Reads a private key: 64 hexadecimal digits.
fn signing_key(text: &str) -> Result<SigningKey> {
    let secret = bytes::<32>(text).ok_or_else(|| refused("package-key", "32 bytes as hex"))?;
    Ok(SigningKey::from_bytes(&secret))
}

/// A new pair of keys from 32 unpredictable bytes: the private one, and the public one for
/// `rules_trusted_keys`, both hexadecimal.
pub fn key_pair(entropy: &[u8; 32]) -> (String, String) {
    let key = SigningKey::from_bytes(entropy);
    let public = hex::encode(key.verifying_key().as_bytes());
    (hex::encode(key.to_bytes()), public)
}

/// Packs texts into a signed file.
///
/// # Errors
/// [`Error::Refused`] when the key cannot be read.
pub fn sign(sources: &[Source], key: &str) -> Result<String> {
    let key = signing_key(key)?;
    let fault = |e: serde_json::Error| Error::Fault(e.to_string());
    let files = sources.iter().map(|s| (s.name.clone(), text_hash(&s.text)));
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        files: files.collect(),
    };
    let manifest = serde_json::to_string(&manifest).map_err(fault)?;
    let package = Package {
        signature: hex::encode(key.sign(manifest.as_bytes()).to_bytes()),
        key: hex::encode(key.verifying_key().as_bytes()),
        files: sources
            .iter()
            .map(|s| (s.name.clone(), s.text.clone()))
            .collect(),
        manifest,
    };
    serde_json::to_string_pretty(&package).map_err(fault)
}

/// Opens a signed file and gives its texts.
///
/// # Errors
/// [`Error::Refused`]: it is no package or not signed, its signer is not trusted, its signature does
/// not fit, or a file is missing, added or altered.
pub fn open(text: &str, trusted: &[String]) -> Result<Vec<Source>> {
    if text.len() > PACKAGE_BYTES_MAX {
        return Err(refused("package-unreadable", "too large"));
    }
    let package: Package =
        serde_json::from_str(text).map_err(|e| refused("package-unreadable", e.to_string()))?;
    let is_trusted = |k: &&String| k.trim().eq_ignore_ascii_case(package.key.trim());
    if !trusted.iter().any(|k| is_trusted(&k)) {
        return Err(refused("package-signer", package.key));
    }
    let bad = |what: &str| refused("package-signature", what);
    let key = bytes::<32>(&package.key).ok_or_else(|| bad("key"))?;
    let key = VerifyingKey::from_bytes(&key).map_err(|_| bad("key"))?;
    let signature = bytes::<64>(&package.signature).ok_or_else(|| bad("signature"))?;
    let signature = Signature::from_bytes(&signature);
    key.verify_strict(package.manifest.as_bytes(), &signature)
        .map_err(|_| bad("signature"))?;
    let manifest: Manifest = serde_json::from_str(&package.manifest)
        .map_err(|e| refused("package-unreadable", e.to_string()))?;
    if manifest.format != FORMAT {
        return Err(refused("package-unreadable", manifest.format));
    }
    let names = manifest.files.keys().chain(package.files.keys());
    for name in names {
        let said = manifest.files.get(name);
        let is = package.files.get(name).map(|t| text_hash(t));
        if said != is.as_ref() {
            return Err(refused("package-altered", name.as_str()));
        }
    }
    let sources = package.files.into_iter();
    Ok(sources.map(|(name, text)| Source { name, text }).collect())
}

/// Whether a file that was sent is meant to be a package rather than a pack.
pub fn is_package(text: &str) -> bool {
    text.trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('{')
}

/// Opens a signed file and puts down as drafts what the database does not have, when all of it loads
/// and passes its tests.
///
/// # Errors
/// Like [`open`], with the signers that the configuration trusts; and when a pack does not load, fails a test, or takes a version that exists.
pub async fn load_package(app: &App, actor: &Actor, now: Instant, text: &str) -> Result<Vec<Uuid>> {
    actor.demand(Permission::RulesDraft)?;
    app.refresh_rules(now).await?;
    let rules = app.rules();
    let mut wanted = Vec::new();
    for source in open(text, app.trusted_keys())? {
        let hash = text_hash(&source.text);
        if rules.versions().any(|v| v.pack.hash == hash) {
            continue;
        }
        let checked = check_text(&rules, &source.name, &source.text).await?;
        if !checked.is_sound() {
            let finding = checked.findings.first().map(ToString::to_string);
            let failing = || {
                let mut tests = checked.tests.iter();
                let test = tests.find(|t| !t.failures.is_empty());
                test.map(|t| format!("{} {}: {}", t.programme, t.name, t.failures.join("; ")))
            };
            let what = finding.or_else(failing).unwrap_or_default();
            return Err(refused(
                "package-unsound",
                format!("{}: {what}", source.name),
            ));
        }
        wanted.push(source.text);
    }
    let mut ids = Vec::with_capacity(wanted.len());
    for body in wanted {
        let new = NewDraft {
            body,
            origin: Origin::Package,
            evaluation: None,
        };
        ids.push(create_draft(app, actor, now, new).await?);
    }
    Ok(ids)
}
