//! Printing: one letter, or a template as it will look.

use super::apply::items_of;
use super::list::find_letter;
use super::paper::{Addressee, Content, compose};
use super::templates::{TemplateWords, words_of};
use super::write::reply_by;
use crate::paper::{Bundle, Document, Meta};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::customers::Reveal;
use domain::letters::LetterKind;
use domain::questionnaires::ItemKind;
use domain::time::{self, Instant};
use std::collections::HashMap;
use store::AuditEntry;
use store::letters::{self as rows, LetterRow};
use uuid::Uuid;

/// A letter as a file.
#[derive(Debug)]
pub struct PrintedLetter {
    /// Name of the file.
    pub name: String,
    /// PDF.
    pub bytes: Vec<u8>,
    /// Characters that the typeface lacks.
    pub missing: String,
}

/// Prints a letter in sight. That it was printed is recorded: it shows a person's data in full.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn print_letter(
    app: &App,
    actor: &Actor,
    now: Instant,
    key: &str,
) -> Result<PrintedLetter> {
    let scope = actor.scope(Permission::LettersHandle)?;
    let letter = find_letter(app, actor, key).await?;
    if !scope.covers(&letter.org_path) {
        return Err(Error::NotFound);
    }
    let work = app.store().begin(now).await?;
    let trace = work.next_id();
    let detail = serde_json::json!({ "number": letter.number, "trace": trace });
    let entry = AuditEntry::new(actor, "letter.printed", "letter", letter.id.0);
    work.commit(entry.customer(letter.customer_id.0).detail(detail))
        .await?;
    let printer = Printer::new(app, Reveal::traced(trace)).await?;
    let document = printer.document(&letter).await?;
    finish(app, now, &letter.number, &document)
}

fn finish(app: &App, now: Instant, name: &str, document: &Document) -> Result<PrintedLetter> {
    let mut bundle = Bundle::new(app.typeface());
    bundle.add(document)?;
    let missing = bundle.missing().iter().collect();
    let company = app.letterhead().company.as_str();
    let meta = Meta {
        title: &document.title,
        author: company,
        created: now,
    };
    Ok(PrintedLetter {
        name: format!("{name}.pdf"),
        bytes: bundle.finish(&meta)?,
        missing,
    })
}

/// Composes letters; templates are read once.
pub(super) struct Printer<'a> {
    app: &'a App,
    reveal: Reveal,
    whole: Scope,
    templates: HashMap<Uuid, TemplateWords>,
}

impl<'a> Printer<'a> {
    pub(super) async fn new(app: &'a App, reveal: Reveal) -> Result<Self> {
        let mut templates = HashMap::new();
        for row in rows::list_templates(app.store()).await? {
            templates.insert(row.id, words_of(&row)?);
        }
        let whole = Actor::system().scope(Permission::CustomersRead)?;
        Ok(Self {
            app,
            reveal,
            whole,
            templates,
        })
    }

    pub(super) async fn document(&self, letter: &LetterRow) -> Result<Document> {
        let (app, db) = (self.app, self.app.store());
        let customer = store::customers::find_customer(db, &self.whole, letter.customer_id).await?;
        let customer = customer.ok_or(Error::NotFound)?;
        let (policy, account) = match letter.policy_id {
            Some(id) => (
                store::policies::find_policy(db, &self.whole, id).await?,
                rows::find_account(db, &self.whole, id).await?,
            ),
            None => (None, None),
        };
        let words = self
            .templates
            .get(&letter.template_id)
            .ok_or(Error::NotFound)?;
        Ok(compose(&Content {
            kind: letter.kind,
            number: &letter.number,
            words,
            items: &items_of(app, letter),
            to: &Addressee::of(&customer, self.reveal),
            policy: policy.as_ref(),
            account: account.as_ref(),
            issued_on: letter.issued_on,
            reply_by: letter.due_on.or_else(|| reply_by(app, letter.issued_on)),
            org_name: &letter.org_name,
            letterhead: app.letterhead(),
            watermark: "",
        }))
    }
}

/// A version of a template as it will look, with an invented customer and the questions of a
/// questionnaire.
///
/// # Errors
/// When the actor may not, or there is no such version.
pub async fn preview(app: &App, actor: &Actor, now: Instant, id: Uuid) -> Result<PrintedLetter> {
    actor.demand(Permission::LettersRead)?;
    let row = rows::find_template(app.store(), id)
        .await?
        .ok_or(Error::NotFound)?;
    let words = words_of(&row)?;
    let today = time::date_in_china(now);
    let code = match row.kind {
        LetterKind::Combined => "nb-t10",
        LetterKind::Fallback => "nb-cq",
    };
    let scripts = app.scripts();
    let script = scripts.in_effect(code, today);
    let asked = |kind| {
        matches!(
            kind,
            ItemKind::Inform | ItemKind::Confirm | ItemKind::Verify
        )
    };
    let items: Vec<_> = script
        .into_iter()
        .flat_map(|s| s.items.iter().map(|i| i.item.clone()))
        .filter(|i| asked(i.kind))
        .collect();
    let to = Addressee {
        name: "张三".into(),
        salutation: "张先生".into(),
        ..Addressee::default()
    };
    let document = compose(&Content {
        kind: row.kind,
        number: "LT-0000-0000000",
        words: &words,
        items: &items,
        to: &to,
        policy: None,
        account: None,
        issued_on: today,
        reply_by: reply_by(app, today),
        org_name: "某某分公司",
        letterhead: app.letterhead(),
        watermark: "样张",
    });
    finish(
        app,
        now,
        &format!("{}-v{}", row.kind.as_str(), row.version),
        &document,
    )
}
