//! Texts that the program brings. A new database takes them as approved; a company changes them by
//! versions of its own, and no later program changes them back.

use crate::{Error, Result};
use domain::access::Actor;
use domain::messaging::{MessageChannel, MessagePurpose, TemplateState, template_fits};
use domain::time::Instant;
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use store::messaging::{self as rows, NewTemplate};
use store::{Audit, AuditEntry, Store};

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../messages");

/// Values that every text may use.
pub(super) const ALWAYS: [&str; 2] = ["salutation", "company"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    template: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    code: String,
    channel: String,
    purpose: String,
    label: String,
    title: Option<String>,
    body: String,
    places: Vec<String>,
}

fn texts() -> Result<Vec<Text>> {
    let mut texts = Vec::new();
    for file in SHIPPED.files() {
        let name = file.path().display();
        let body = file.contents_utf8().unwrap_or_default();
        let read: File = toml::from_str(body).map_err(|e| Error::Fault(format!("{name}: {e}")))?;
        texts.extend(read.template);
    }
    Ok(texts)
}

/// Adds shipped texts that the store lacks.
pub(crate) async fn install(store: &Store, now: Instant) -> Result<()> {
    let known = rows::list_templates(store, None).await?;
    let mut missing = Vec::new();
    for text in texts()? {
        let broken = |e: String| Error::Fault(format!("messages: {}: {e}", text.code));
        let channel = MessageChannel::parse(&text.channel).map_err(|e| broken(e.to_string()))?;
        let purpose = MessagePurpose::parse(&text.purpose).map_err(|e| broken(e.to_string()))?;
        let places = text.places.iter().map(String::as_str);
        let places: Vec<_> = places.chain(ALWAYS).collect();
        template_fits(channel, purpose, text.title.as_deref(), &text.body, &places)
            .map_err(|e| broken(e.to_string()))?;
        let is_known = known
            .iter()
            .any(|k| k.code == text.code && k.channel == channel);
        if !is_known {
            missing.push((channel, purpose, text));
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let system = Actor::system();
    let work = store.begin(now).await?;
    let mut entries = Vec::with_capacity(missing.len());
    for (channel, purpose, text) in &missing {
        let new = NewTemplate {
            code: &text.code,
            channel: *channel,
            version: 1,
            purpose: *purpose,
            label: &text.label,
            title: text.title.as_deref(),
            body: text.body.trim(),
            places: &text.places,
            state: TemplateState::Approved,
            created_by: &system.name,
        };
        let id = rows::insert_template(&work, &new).await?;
        let detail = serde_json::json!({ "code": text.code, "channel": text.channel });
        let entry = AuditEntry::new(&system, "template.shipped", "template", id.0);
        entries.push(entry.detail(detail));
    }
    let first = entries.remove(0);
    Ok(work.commit(Audit::with(first, entries)).await?)
}
