//! Texts: a draft is written, put before a second person, and used from the moment on that this person
//! agrees. What was used is never changed; a change is a new version.

use super::shipped::ALWAYS;
use crate::approvals::{self, Asked};
use crate::{App, Error, FieldProblem, Refusal, Result, listing};
use domain::access::{Actor, ApprovalState, ApprovalStep, Permission};
use domain::ids::TemplateId;
use domain::messaging::{
    Length, MessageChannel, MessagePurpose, TemplateError, TemplateState, length, sms_text,
    template_fits, template_values,
};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use store::messaging::{self as rows, NewTemplate, TemplateRow};
use store::{AuditEntry, UnitOfWork};
use uuid::Uuid;

/// Longest code.
const CODE_MAX: usize = 40;
/// Longest name, in characters.
const LABEL_MAX: usize = 60;

/// A version that somebody is asked to approve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateProposal {
    /// The version.
    pub template: Uuid,
    /// Code, channel and version, to show.
    pub name: String,
    /// What stands there now.
    pub before: Option<String>,
    /// What is to stand there.
    pub after: String,
}

/// A text as a form has it.
#[derive(Clone, Debug, Default)]
pub struct TemplateForm {
    /// Code over versions and channels.
    pub code: String,
    /// Code of the channel.
    pub channel: String,
    /// Code of the purpose; that of the version before it, when there is one.
    pub purpose: String,
    /// What it is called.
    pub label: String,
    /// Subject of an e-mail.
    pub title: String,
    /// The text.
    pub body: String,
}

/// A version of a text as it is shown.
#[derive(Clone, Debug)]
pub struct TemplateView {
    /// The version.
    pub row: TemplateRow,
    /// The version that is used.
    pub is_in_use: bool,
    /// How long a text message is, with the names of values as they stand.
    pub length: Option<Length>,
    /// Values that may stand in it.
    pub known: Vec<String>,
}

fn view(app: &App, row: TemplateRow, all: &[TemplateRow]) -> TemplateView {
    let same = all.iter().filter(|t| {
        (&t.code, t.channel, t.state) == (&row.code, row.channel, TemplateState::Approved)
    });
    let newest = same.max_by_key(|t| t.version).map(|t| t.id);
    let text = sms_text(app.outlets().company(), &row.body);
    let known = row.places.iter().map(String::as_str).chain(ALWAYS);
    TemplateView {
        is_in_use: newest == Some(row.id),
        length: (row.channel == MessageChannel::Sms).then(|| length(&text)),
        known: known.map(str::to_owned).collect(),
        row,
    }
}

/// Texts: of each code and channel the version in use and what is newer.
///
/// # Errors
/// When the actor may not see messages.
pub async fn list_templates(app: &App, actor: &Actor) -> Result<Vec<TemplateView>> {
    actor.demand(Permission::MessagesRead)?;
    let all = rows::list_templates(app.store(), None).await?;
    let shown = all.iter().map(|row| view(app, row.clone(), &all));
    Ok(shown
        .filter(|v| {
            v.is_in_use
                || matches!(
                    v.row.state,
                    TemplateState::Draft | TemplateState::Proposed | TemplateState::Refused
                )
        })
        .collect())
}

/// A version with all versions of its code and channel.
///
/// # Errors
/// When the actor may not see messages; [`Error::NotFound`].
pub async fn template_page(
    app: &App,
    actor: &Actor,
    id: TemplateId,
) -> Result<(TemplateView, Vec<TemplateView>)> {
    actor.demand(Permission::MessagesRead)?;
    let row = rows::find_template(app.store(), id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let all = rows::list_templates(app.store(), Some(&row.code)).await?;
    let versions = all.iter().filter(|t| t.channel == row.channel);
    let versions = versions.map(|t| view(app, t.clone(), &all)).collect();
    Ok((view(app, row, &all), versions))
}

/// Begins a draft: a new version of a text, or a text of a new code.
///
/// # Errors
/// All problems of the form at once.
pub async fn draft_template(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &TemplateForm,
) -> Result<TemplateId> {
    actor.demand(Permission::TemplatesEdit)?;
    let code = form.code.trim();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if code.is_empty() || code.len() > CODE_MAX || !code.chars().all(plain) {
        return Err(Error::invalid("code", "template-code"));
    }
    let channel = listing::code("channel", &form.channel, MessageChannel::parse)?;
    let channel = channel.ok_or_else(|| Error::invalid("channel", "missing"))?;
    let known = rows::list_templates(app.store(), Some(code)).await?;
    let like = known.iter().find(|t| t.channel == channel);
    let purpose = match like.or(known.first()) {
        Some(before) => before.purpose,
        None => listing::code("purpose", &form.purpose, MessagePurpose::parse)?
            .ok_or_else(|| Error::invalid("purpose", "missing"))?,
    };
    // A text that the program fills has the values that the program gives; one of a new code those that
    // its writer names.
    let places = match like.or(known.first()) {
        Some(before) => before.places.clone(),
        None => template_values(listing::some(&form.title).as_deref(), &form.body)
            .map_err(|e| Error::Invalid(vec![problem(&e)]))?
            .into_iter()
            .filter(|name| !ALWAYS.contains(&name.as_str()))
            .collect(),
    };
    let words = check(form, channel, purpose, &places)?;
    let work = app.store().begin(now).await?;
    let new = NewTemplate {
        code,
        channel,
        version: rows::next_version(&work, code, channel).await?,
        purpose,
        label: words.label,
        title: words.title,
        body: words.body,
        places: &places,
        state: TemplateState::Draft,
        created_by: &actor.name,
    };
    let id = rows::insert_template(&work, &new).await?;
    let detail =
        serde_json::json!({ "code": code, "channel": channel.as_str(), "version": new.version });
    let entry = AuditEntry::new(actor, "template.drafted", "template", id.0).detail(detail);
    work.commit(entry).await?;
    Ok(id)
}

struct Words<'f> {
    label: &'f str,
    title: Option<&'f str>,
    body: &'f str,
}

fn check<'f>(
    form: &'f TemplateForm,
    channel: MessageChannel,
    purpose: MessagePurpose,
    places: &[String],
) -> Result<Words<'f>> {
    let mut problems = Vec::new();
    let words = Words {
        label: form.label.trim(),
        title: Some(form.title.trim()).filter(|t| !t.is_empty()),
        body: form.body.trim(),
    };
    match words.label.chars().count() {
        0 => problems.push(FieldProblem::new("label", "missing")),
        n if n > LABEL_MAX => problems.push(FieldProblem::new("label", "too-long")),
        _ => {}
    }
    let known: Vec<_> = places.iter().map(String::as_str).chain(ALWAYS).collect();
    if let Err(error) = template_fits(channel, purpose, words.title, words.body, &known) {
        problems.push(problem(&error));
    }
    if problems.is_empty() {
        Ok(words)
    } else {
        Err(Error::Invalid(problems))
    }
}

fn problem(error: &TemplateError) -> FieldProblem {
    let (field, code) = match error {
        TemplateError::Empty => ("body", "missing"),
        TemplateError::TooLong => ("body", "too-long"),
        TemplateError::Place(_) | TemplateError::Missing(_) => ("body", "template-place"),
        TemplateError::Unknown(_) => ("body", "template-value"),
        TemplateError::Title => ("title", "template-title"),
        TemplateError::Signature => ("body", "template-signature"),
        TemplateError::NoRefusal => ("body", "template-refusal"),
    };
    FieldProblem::new(field, code)
}

async fn draft(app: &App, actor: &Actor, id: TemplateId) -> Result<TemplateRow> {
    actor.demand(Permission::TemplatesEdit)?;
    let row = rows::find_template(app.store(), id).await?;
    let row = row.ok_or(Error::NotFound)?;
    if row.state == TemplateState::Draft {
        Ok(row)
    } else {
        Err(Refusal::new("template-state").into())
    }
}

/// Changes the words of a draft.
///
/// # Errors
/// All problems of the form at once; [`Error::Refused`] with `template-state` when it is no draft.
pub async fn change_draft(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: TemplateId,
    form: &TemplateForm,
) -> Result<()> {
    let row = draft(app, actor, id).await?;
    let words = check(form, row.channel, row.purpose, &row.places)?;
    let work = app.store().begin(now).await?;
    rows::update_draft(&work, id, words.label, words.title, words.body).await?;
    let entry = AuditEntry::new(actor, "template.changed", "template", id.0);
    Ok(work.commit(entry).await?)
}

/// Throws a draft away.
///
/// # Errors
/// [`Error::Refused`] with `template-state` when it is no draft.
pub async fn discard_template(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: TemplateId,
) -> Result<()> {
    draft(app, actor, id).await?;
    move_on(
        app,
        actor,
        now,
        id,
        (TemplateState::Draft, "template.discarded"),
    )
    .await
}

/// Takes the version in use out of use; the one before it does not come back.
///
/// # Errors
/// [`Error::Refused`] with `template-state` when it is not approved.
pub async fn retire_template(app: &App, actor: &Actor, now: Instant, id: TemplateId) -> Result<()> {
    actor.demand(Permission::TemplatesApprove)?;
    let row = rows::find_template(app.store(), id).await?;
    let row = row.ok_or(Error::NotFound)?;
    if row.state != TemplateState::Approved {
        return Err(Refusal::new("template-state").into());
    }
    let work = app.store().begin(now).await?;
    rows::retire_versions(&work, &row.code, row.channel, row.version).await?;
    let entry = AuditEntry::new(actor, "template.retired", "template", id.0);
    Ok(work.commit(entry).await?)
}

async fn move_on(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: TemplateId,
    (from, action): (TemplateState, &'static str),
) -> Result<()> {
    let work = app.store().begin(now).await?;
    rows::set_template_state(&work, id, from, TemplateState::Retired, None, None).await?;
    Ok(work
        .commit(AuditEntry::new(actor, action, "template", id.0))
        .await?)
}

/// Puts a draft before those who may approve it.
///
/// # Errors
/// Without a reason; [`Error::Refused`] with `template-state` when it is no draft, or was put forward
/// and may still be decided.
pub async fn propose_template(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: TemplateId,
    reason: &str,
) -> Result<Uuid> {
    actor.demand(Permission::TemplatesEdit)?;
    let reason = approvals::reason(reason)?;
    let row = rows::find_template(app.store(), id).await?;
    let row = row.ok_or(Error::NotFound)?;
    if !matches!(row.state, TemplateState::Draft | TemplateState::Proposed) {
        return Err(Refusal::new("template-state").into());
    }
    if let Some(approval) = row
        .approval
        .filter(|_| row.state == TemplateState::Proposed)
    {
        let asked = store::access::find_approval(app.store(), approval).await?;
        let waits =
            |a: store::access::ApprovalRow| a.state.at(a.expires_at, now) == ApprovalState::Pending;
        if asked.is_some_and(waits) {
            return Err(Refusal::new("template-state").into());
        }
    }
    let used = rows::find_template_in_use(app.store(), &row.code, row.channel).await?;
    let name = format!("{} · {} · v{}", row.label, row.channel, row.version);
    let proposal = TemplateProposal {
        template: id.0,
        name: name.clone(),
        before: used.map(|t| words_of(&t)),
        after: words_of(&row),
    };
    let work = app.store().begin(now).await?;
    let asked = Asked::Template(proposal);
    let (approval, entry) = approvals::ask(&work, actor, &asked, &name, reason).await?;
    let (from, to) = (row.state, TemplateState::Proposed);
    rows::set_template_state(&work, id, from, to, Some(approval), None).await?;
    work.commit(entry).await?;
    Ok(approval)
}

fn words_of(row: &TemplateRow) -> String {
    match &row.title {
        Some(title) => format!("{title}\n{}", row.body),
        None => row.body.clone(),
    }
}

/// What a second person agreed to is used from now on.
pub(crate) async fn put_in_use(
    work: &UnitOfWork,
    actor: &Actor,
    proposal: &TemplateProposal,
) -> Result<AuditEntry> {
    let id = TemplateId(proposal.template);
    let row = rows::find_template(work, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    if words_of(&row) != proposal.after {
        return Err(Error::Conflict);
    }
    let (from, to) = (TemplateState::Proposed, TemplateState::Approved);
    rows::set_template_state(work, id, from, to, None, Some(&actor.name)).await?;
    let detail = serde_json::json!({
        "code": row.code, "channel": row.channel.as_str(), "version": row.version,
    });
    Ok(AuditEntry::new(actor, "template.approved", "template", id.0).detail(detail))
}

/// What was refused stays so; what was taken back is a draft again.
pub(crate) async fn put_back(
    work: &UnitOfWork,
    proposal: &TemplateProposal,
    step: ApprovalStep,
) -> Result<()> {
    let to = match step {
        ApprovalStep::Refuse => TemplateState::Refused,
        ApprovalStep::Withdraw | ApprovalStep::Approve => TemplateState::Draft,
    };
    let id = TemplateId(proposal.template);
    let from = TemplateState::Proposed;
    Ok(rows::set_template_state(work, id, from, to, None, None).await?)
}
