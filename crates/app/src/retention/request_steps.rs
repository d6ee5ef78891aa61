//! The steps of a request: who asks, what is decided on which ground, what is done, what is answered.

use super::grounds::grounds;
use super::requests::{TEXT_MAX, find, keeping};
use crate::customers::{ContactForm, change_contact_from};
use crate::listing::some;
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::customers::Origin;
use domain::messaging::{ConsentSource, ConsentTopic};
use domain::retention::{
    IdentityMethod, Outcome, RequestError, RequestKind, RequestState, RequestStep, Requester, Way,
};
use domain::time::Instant;
use store::messaging::{NewConsent, insert_consent};
use store::retention::{self as rows, DataRequestRow, RequestChange};
use store::{AuditActor, AuditEntry, UnitOfWork};

/// What a form says; which fields count depends on the step.
#[derive(Clone, Debug, Default)]
pub struct RequestStepForm {
    /// Code of the step.
    pub step: String,
    /// Code of how the identity was verified.
    pub method: String,
    /// Code of what is decided.
    pub outcome: String,
    /// Code of the ground of a refusal.
    pub ground: String,
    /// New mobile number, of a correction.
    pub mobile: String,
    /// New mailing address, of a correction.
    pub mailing_address: String,
    /// Code of how the answer goes out.
    pub through: String,
    /// The answer, or a note.
    pub text: String,
}

struct Parsed {
    step: RequestStep,
    method: Option<IdentityMethod>,
    outcome: Option<Outcome>,
    ground: Option<String>,
    through: Option<Way>,
    text: Option<String>,
}

fn parse(app: &App, row: &DataRequestRow, form: &RequestStepForm) -> Result<Parsed> {
    let step =
        RequestStep::parse(&form.step).map_err(|_| Error::invalid("step", "unknown-code"))?;
    let text = some(&form.text);
    if text.as_ref().is_some_and(|t| t.chars().count() > TEXT_MAX) {
        return Err(Error::invalid("text", "too-long"));
    }
    let mut parsed = Parsed {
        step,
        method: None,
        outcome: None,
        ground: None,
        through: None,
        text,
    };
    match step {
        RequestStep::CheckIdentity => {
            let method = IdentityMethod::parse(&form.method)
                .map_err(|_| Error::invalid("method", "missing"))?;
            let own = row.requester == Requester::Own;
            if !own && method != IdentityMethod::WrittenAuthority {
                return Err(Error::invalid("method", "authority-needed"));
            }
            parsed.method = Some(method);
        }
        RequestStep::Decide => {
            let outcome =
                Outcome::parse(&form.outcome).map_err(|_| Error::invalid("outcome", "missing"))?;
            parsed.outcome = Some(outcome);
            parsed.ground = some(&form.ground).filter(|_| outcome != Outcome::Granted);
            let known = grounds(app, row.request.kind, row.received_on);
            if let Some(code) = &parsed.ground
                && !known.iter().any(|g| g.code == *code)
            {
                return Err(Error::invalid("ground", "unknown-code"));
            }
        }
        RequestStep::Answer => {
            let way =
                Way::parse(&form.through).map_err(|_| Error::invalid("through", "missing"))?;
            parsed.through = Some(way);
            demand_text(&parsed)?;
        }
        RequestStep::TakeBack => demand_text(&parsed)?,
        RequestStep::CarryOut => {
            let in_words = matches!(
                row.request.kind,
                RequestKind::Explain | RequestKind::RiskObjection
            );
            if in_words {
                demand_text(&parsed)?;
            }
        }
        RequestStep::Close => {}
    }
    Ok(parsed)
}

fn demand_text(parsed: &Parsed) -> Result<()> {
    match parsed.text {
        Some(_) => Ok(()),
        None => Err(Error::invalid("text", "missing")),
    }
}

/// Takes a step with a request in sight; the state after it.
///
/// # Errors
/// [`Error::NotFound`] when it is not in sight; [`Error::Invalid`] for fields; [`Error::Refused`] when
/// the step does not fit, its ground is missing, or the data has to be kept.
pub async fn take_request_step(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
    form: &RequestStepForm,
) -> Result<RequestState> {
    let scope = actor.scope(Permission::DataRequestsHandle)?;
    let row = find(app, &scope, number).await?;
    let parsed = parse(app, &row, form)?;
    let (_, must_be_kept) = match (row.request.kind, parsed.step) {
        (RequestKind::Delete, RequestStep::Decide | RequestStep::CarryOut) => {
            keeping(app, &scope, now, &row).await?
        }
        _ => (domain::retention::Kept::NoBasis, None),
    };
    let to = row
        .request
        .decide(
            parsed.step,
            parsed.outcome,
            parsed.ground.is_some(),
            must_be_kept.is_some(),
        )
        .map_err(refusal)?;
    let grants = parsed.outcome.is_some_and(|o| o != Outcome::Refused);
    if row.request.kind.needs_copy() && grants {
        demand_second_person(actor, &row)?;
    }
    if parsed.step == RequestStep::CarryOut {
        before_carrying_out(app, actor, now, &row, form).await?;
    }
    let work = app.store().begin(now).await?;
    let effect = effect(&work, actor, &row, &parsed, must_be_kept.is_some()).await?;
    let change = RequestChange {
        identity: parsed.method.map(|m| (m, AuditActor::from(actor).id)),
        decided: parsed.outcome.map(|o| (o, parsed.ground.as_deref())),
        carried_out: parsed.step == RequestStep::CarryOut,
        answer: parsed
            .through
            .map(|way| (way, parsed.text.as_deref().unwrap_or_default())),
        note: parsed
            .text
            .as_deref()
            .filter(|_| parsed.step != RequestStep::Answer),
        job: None,
    };
    rows::save_data_request(&work, &row, parsed.step.as_str(), to, &actor.name, &change).await?;
    let detail = serde_json::json!({
        "number": row.number, "kind": row.request.kind.as_str(), "to": to.as_str(),
        "outcome": parsed.outcome.map(Outcome::as_str), "ground": parsed.ground, "effect": effect,
    });
    let entry = AuditEntry::new(actor, action(parsed.step), "data_request", row.id)
        .customer(row.customer.0)
        .detail(detail);
    work.commit(entry).await?;
    Ok(to)
}

/// A copy leaves by the hands of two: who verified the identity neither grants nor fetches it.
///
/// # Errors
/// [`Error::Refused`] for who verified the identity.
pub(super) fn demand_second_person(actor: &Actor, row: &DataRequestRow) -> Result<()> {
    let is_same = match (row.identity_by_id, AuditActor::from(actor).id) {
        (Some(first), Some(second)) => first == second,
        _ => row.identity_by.as_deref() == Some(actor.name.as_str()),
    };
    if is_same {
        return Err(Refusal::new("data-request-same-person").into());
    }
    Ok(())
}

fn action(step: RequestStep) -> &'static str {
    match step {
        RequestStep::CheckIdentity => "data_request.identity_checked",
        RequestStep::Decide => "data_request.decided",
        RequestStep::CarryOut => "data_request.carried_out",
        RequestStep::Answer => "data_request.answered",
        RequestStep::Close => "data_request.closed",
        RequestStep::TakeBack => "data_request.taken_back",
    }
}

fn refusal(error: RequestError) -> Error {
    Refusal::new(match error {
        RequestError::WrongState(_) => "data-request-wrong-state",
        RequestError::GroundMissing => "data-request-ground-missing",
        RequestError::MustBeKept => "data-request-must-be-kept",
    })
    .into()
}

/// What has to be there, or is done by another use case, before a request counts as carried out.
async fn before_carrying_out(
    app: &App,
    actor: &Actor,
    now: Instant,
    row: &DataRequestRow,
    form: &RequestStepForm,
) -> Result<()> {
    let kind = row.request.kind;
    if kind.needs_copy() && row.copy_key.is_none() {
        return Err(Refusal::new("data-request-copy-missing").into());
    }
    if kind == RequestKind::Correct {
        let contact = ContactForm {
            mobile: form.mobile.clone(),
            mailing_address: form.mailing_address.clone(),
            reason: row.number.clone(),
            version: row.customer_version,
        };
        let named = [&form.mobile, &form.mailing_address];
        if named.iter().any(|text| !text.trim().is_empty()) {
            let origin = Origin::DataRequest;
            change_contact_from(app, actor, now, &row.customer_no, &contact, origin).await?;
        } else if some(&form.text).is_none() {
            // What is corrected elsewhere, such as a name in the core system, is said in words.
            return Err(Error::invalid("text", "missing"));
        }
    }
    Ok(())
}

/// What a step changes about the customer, in the same transaction; a code of it for the log.
async fn effect(
    work: &UnitOfWork,
    actor: &Actor,
    row: &DataRequestRow,
    parsed: &Parsed,
    must_be_kept: bool,
) -> Result<Option<&'static str>> {
    let by = AuditActor::from(actor);
    match (row.request.kind, parsed.step, parsed.outcome) {
        // PIPL article 47: while a term runs, the data is stored and nothing else.
        (RequestKind::Delete, RequestStep::Decide, Some(Outcome::Refused)) if must_be_kept => {
            rows::restrict_customer(work, row.customer, &by, &row.number).await?;
            Ok(Some("restricted"))
        }
        (RequestKind::Delete, RequestStep::CarryOut, _) => {
            rows::ask_for_erasure(work, row.customer).await?;
            rows::restrict_customer(work, row.customer, &by, &row.number).await?;
            Ok(Some("put_forward_for_destruction"))
        }
        (RequestKind::WithdrawConsent, RequestStep::CarryOut, _) => {
            rows::withdraw_consent(work, row.customer, &by, &row.number).await?;
            let said = NewConsent {
                customer: row.customer,
                topic: ConsentTopic::Marketing,
                given: false,
                source: ConsentSource::DataRequest,
                note: &row.number,
                actor: &by,
            };
            insert_consent(work, &said).await?;
            Ok(Some("consent_withdrawn"))
        }
        _ => Ok(None),
    }
}
