//! One visit: what was asked, agreed, said and signed; and its form, with the guide beside it.

use super::form::{FormContent, missing, read_form};
use super::sign::is_as_signed;
use super::{VisitForm, form};
use crate::{App, Error, Result};
use bytes::Bytes;
use domain::access::{Actor, Permission};
use domain::customers::CustomerKind;
use domain::obligations::Respondent;
use domain::questionnaires::Words;
use domain::time::{self, Instant};
use domain::visits::{RecordFormat, VisitPurpose};
use store::customers::ContactRow;
use store::recordings::RecordingRow;
use store::tickets::{self, TicketRow, TicketSource};
use store::visits::{self as rows, VisitEntryRow, VisitRow};
use store::{AuditEntry, Reads};

/// The script that prepares visits where no other is meant.
const GUIDE: &str = "ov-visit";
/// Where scripts name the customer.
const HOLDER: &str = "{holder}";

/// A question or matter that the visitor should not forget (QST-13).
#[derive(Clone, Debug)]
pub struct GuideItem {
    /// Heading.
    pub title: Words,
    /// What to ask.
    pub ask: Words,
}

/// A visit with everything that belongs to it; names and numbers masked.
#[derive(Clone, Debug)]
pub struct VisitPage {
    /// The visit.
    pub visit: VisitRow,
    /// Its form.
    pub form: FormContent,
    /// Contact persons of the customer.
    pub contacts: Vec<ContactRow>,
    /// What to ask.
    pub guide: Vec<GuideItem>,
    /// The file of the signature.
    pub signature: Option<RecordingRow>,
    /// The signed form is as it was signed.
    pub is_as_signed: bool,
    /// History.
    pub entries: Vec<VisitEntryRow>,
    /// Tickets that it raised.
    pub tickets: Vec<TicketRow>,
    /// Columns that are still to be filled before the respondent can sign.
    pub missing: Vec<&'static str>,
}

/// The form of a visit, in the clear for those who may see it so.
#[derive(Clone, Debug)]
pub struct FormPage {
    /// The visit.
    pub visit: VisitRow,
    /// Its form.
    pub form: FormContent,
    /// Whether names and numbers are in the clear.
    pub is_clear: bool,
    /// Questions whose answers the form takes.
    pub questions: Vec<String>,
    /// Who may answer.
    pub respondents: Vec<Respondent>,
    /// What to ask.
    pub guide: Vec<GuideItem>,
    /// Contact persons of the customer, masked.
    pub contacts: Vec<ContactRow>,
    /// The signature as a drawing, or nothing when it is on paper or not there.
    pub signature: Option<RecordingRow>,
    /// Columns that are still to be filled before the respondent can sign.
    pub missing: Vec<&'static str>,
}

/// A visit in sight. That someone looked is recorded.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn visit_page(app: &App, actor: &Actor, now: Instant, key: &str) -> Result<VisitPage> {
    let visit = super::find_visit(app, actor, key).await?;
    let scope = actor.scope(Permission::VisitsRead)?;
    let db = app.store();
    let of = (visit.id.0, Some(visit.customer_id.0));
    crate::audit::seen(app, actor, now, ("visit.viewed", "visit"), of).await?;
    let content = FormContent::read(visit.form.as_deref())?;
    let signature = signature(db, &visit).await?;
    let sha256 = signature.as_ref().and_then(|s| s.sha256.as_deref());
    Ok(VisitPage {
        is_as_signed: is_as_signed(&visit, sha256),
        contacts: store::customers::list_contacts(db, &scope, visit.customer_id).await?,
        guide: guide(app, now, &visit),
        entries: rows::list_visit_entries(db, &scope, visit.id).await?,
        tickets: tickets::list_tickets_raised(db, &scope, TicketSource::Visit(visit.id)).await?,
        missing: open_columns(app, db, actor, &visit, &content).await?,
        form: content.masked(),
        signature,
        visit,
    })
}

/// The form of a visit in sight: in the clear for who makes the visit, and for whoever may unmask
/// personal data, which is recorded each time; masked for everybody else.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn form_page(app: &App, actor: &Actor, now: Instant, key: &str) -> Result<FormPage> {
    let visit = super::find_visit(app, actor, key).await?;
    let scope = actor.scope(Permission::VisitsRead)?;
    let db = app.store();
    let own = actor.user().is_some() && actor.user() == visit.visitor_id;
    let is_clear = own || actor.may(Permission::PersonalDataReveal);
    let action = if is_clear {
        "visit.form_opened"
    } else {
        "visit.viewed"
    };
    let work = app.store().begin(now).await?;
    let entry = AuditEntry::new(actor, action, "visit", visit.id.0);
    work.commit(entry.customer(visit.customer_id.0)).await?;
    let content = FormContent::read(visit.form.as_deref())?;
    let missing = open_columns(app, db, actor, &visit, &content).await?;
    let customer = store::customers::find_customer(db, &scope, visit.customer_id).await?;
    let kind = customer.map_or(CustomerKind::Individual, |c| c.kind);
    Ok(FormPage {
        questions: questions_of(app, db, &visit).await?,
        respondents: respondents_for(kind),
        guide: guide(app, now, &visit),
        contacts: store::customers::list_contacts(db, &scope, visit.customer_id).await?,
        signature: signature(db, &visit).await?,
        form: if is_clear { content } else { content.masked() },
        is_clear,
        missing,
        visit,
    })
}

async fn signature(db: &impl Reads, visit: &VisitRow) -> Result<Option<RecordingRow>> {
    let Some(id) = visit.signature else {
        return Ok(None);
    };
    // Whoever sees the visit sees that it was signed.
    let whole = Actor::system().scope(Permission::RecordingsListen)?;
    Ok(store::recordings::find_recording(db, &whole, id).await?)
}

/// The file of a signature, after its hash was checked; that someone looked is recorded.
///
/// # Errors
/// When the actor may not, there is none, or it was altered.
pub async fn open_signature(
    app: &App,
    actor: &Actor,
    now: Instant,
    key: &str,
) -> Result<(RecordingRow, Bytes)> {
    let visit = super::find_visit(app, actor, key).await?;
    let row = signature(app.store(), &visit).await?;
    let row = row.ok_or(Error::NotFound)?;
    let bytes = crate::recordings::verified(app, &row).await?;
    let of = (row.id.0, Some(visit.customer_id.0));
    crate::audit::seen(app, actor, now, ("visit.signature_viewed", "recording"), of).await?;
    Ok((row, bytes))
}

/// Who may answer: of an organisation those whom the rules name (VIS-03), of a person the person.
pub fn respondents_for(kind: CustomerKind) -> Vec<Respondent> {
    match kind {
        CustomerKind::Group => vec![
            Respondent::InsuranceContact,
            Respondent::ActualController,
            Respondent::LegalRepresentative,
        ],
        CustomerKind::Individual => vec![
            Respondent::Policyholder,
            Respondent::Insured,
            Respondent::Beneficiary,
        ],
    }
}

/// The questions whose answers a form takes: those of the formatted questionnaire.
pub(super) async fn questions_of(
    app: &App,
    db: &impl Reads,
    visit: &VisitRow,
) -> Result<Vec<String>> {
    match visit.questionnaire {
        Some(id) => {
            // Whoever sees the visit sees the questionnaire, of whatever unit it is.
            let whole = Actor::system().scope(Permission::VisitsRead)?;
            let found = rows::find_formatted(db, &whole, id).await?;
            let found = found.ok_or(Error::NotFound)?;
            let questions = found.list_questions().into_iter().map(str::to_owned);
            Ok(questions.collect())
        }
        None => Ok(own_items(app, visit)),
    }
}

/// Items of annex 1 that are answered one by one: risk control, protection, claims, needs (QST-06).
fn own_items(app: &App, visit: &VisitRow) -> Vec<String> {
    if visit.purpose.is_confirmation() {
        return Vec::new();
    }
    let scripts = app.scripts();
    let on = time::date_in_china(visit.requested_at);
    let script = scripts.in_effect(GUIDE, on);
    let items = script.into_iter().flat_map(|s| s.items.iter().skip(1));
    items.map(|i| i.item.title.zh.clone()).collect()
}

/// What to ask: the items of the callback's script for confirmations, those of visits otherwise.
fn guide(app: &App, now: Instant, visit: &VisitRow) -> Vec<GuideItem> {
    if visit.format == RecordFormat::Formatted || visit.purpose == VisitPurpose::Clarification {
        return Vec::new();
    }
    let scripts = app.scripts();
    let Some(script) = scripts.in_effect(GUIDE, time::date_in_china(now)) else {
        return Vec::new();
    };
    let items = script.items.iter().map(|i| GuideItem {
        title: i.item.title.clone(),
        ask: named(&i.item.ask, &visit.customer_name),
    });
    items.collect()
}

/// The words of a script with the name of the customer in its place.
fn named(words: &Words, customer: &str) -> Words {
    Words {
        zh: words.zh.replace(HOLDER, customer),
        en: words.en.replace(HOLDER, customer),
    }
}

/// Columns of a kept form that are still to be filled.
async fn open_columns(
    app: &App,
    db: &impl Reads,
    actor: &Actor,
    visit: &VisitRow,
    content: &FormContent,
) -> Result<Vec<&'static str>> {
    let scope = actor.scope(Permission::VisitsRead)?;
    let customer = store::customers::find_customer(db, &scope, visit.customer_id).await?;
    let kind = customer.map_or(CustomerKind::Individual, |c| c.kind);
    let respondents = respondents_for(kind);
    let questions = questions_of(app, db, visit).await?;
    let asked = form::Asked {
        format: visit.format,
        respondents: &respondents,
        questions: &questions,
        is_group: kind == CustomerKind::Group,
    };
    let Ok(read) = read_form(&written(visit, content), &asked) else {
        return Ok(vec!["visited_at"]);
    };
    Ok(missing(&read, &asked))
}

/// A kept form as it would be sent again.
fn written(visit: &VisitRow, c: &FormContent) -> VisitForm {
    VisitForm {
        visited_at: visit
            .visited_at
            .map(|at| at.to_rfc3339())
            .unwrap_or_default(),
        respondent: visit.respondent.map_or("", Respondent::as_str).to_owned(),
        respondent_name: c.respondent_name.clone(),
        position: c.position.clone(),
        phone: c.phone.clone(),
        place: c.place.clone(),
        summary: c.summary.clone(),
        feedback: c.feedback.clone(),
        follow_up: c.follow_up.clone(),
        remarks: c.remarks.clone(),
        affirmed: match visit.affirmed {
            Some(true) => "yes".to_owned(),
            Some(false) => "no".to_owned(),
            None => String::new(),
        },
        problem: visit.problem.map_or("", |p| p.as_str()).to_owned(),
        answers: c.answers.iter().map(|a| a.answer.clone()).collect(),
        ..VisitForm::default()
    }
}
