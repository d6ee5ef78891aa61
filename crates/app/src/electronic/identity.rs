//! Who is behind the link: name, last characters of the identity number, birth date, and a code that
//! goes to the number on record.

use super::case::whole;
use super::chain::{Entry, Pen};
use super::deliver;
use super::follow::{back_to_phone, callback_of};
use super::terms::terms_of;
use super::visit::{Visitor, customer, entry};
use crate::access::{Guesser, Token, hash_token};
use crate::{App, Error, Refusal, Result};
use chrono::NaiveDate;
use domain::access::Permission;
use domain::customers::Reveal;
use domain::electronic::{ElectronicTerms, EvidenceStep, LinkState, LinkStep, Proof, Stage};
use domain::time::{self, Instant};
use store::customers::CustomerRow;
use store::electronic::{self as rows, LinkChange, LinkRecord, NewSession, SessionRow};
use store::{Audit, AuditEntry, Reads as _, UnitOfWork};
use subtle::ConstantTimeEq as _;

/// Longest field that is looked at.
const FIELD_MAX: usize = 100;

/// What the customer says of themselves.
#[derive(Clone, Debug, Default)]
pub struct IdentityForm {
    /// Name.
    pub name: String,
    /// Last characters of the identity number.
    pub id_tail: String,
    /// Birth date: eight digits, with or without anything between them.
    pub birth_date: String,
}

/// Compares what somebody says with what is on record, and sends a code when it fits. The new token of
/// the session is for the browser alone.
///
/// # Errors
/// [`Error::Refused`] with `electronic-identity-mismatch` and how many tries are left, or
/// `electronic-ended` when there are none.
pub async fn check_identity(
    app: &App,
    now: Instant,
    visitor: &Visitor,
    form: &IdentityForm,
) -> Result<Token> {
    let terms = terms_of(&app.rules(), time::date_in_china(now));
    let work = app.store().begin(now).await?;
    let link = visitor.link(&work).await?.ok_or(Error::NotFound)?;
    link.link.decide(LinkStep::Open, now)?;
    let guesser = Guesser::of_link(app, link.id, &visitor.address);
    guesser.demand_open(app, now).await?;
    let scope = whole(Permission::CustomersRead)?;
    let found = store::customers::find_customer(&work, &scope, link.customer).await?;
    let person = found.ok_or(Error::NotFound)?;
    demand_same_number(&link, &person)?;
    if !fits(&person, &link, form, &terms) {
        let step = (EvidenceStep::IdentityFailed, String::new());
        return fail(work, visitor, app, &link, step, &guesser, &terms).await;
    }
    let token = Token::new(app);
    let session = NewSession {
        link: link.id,
        token_hash: hash_token(&token.0),
        ends_at: (now + terms.session_for).min(link.link.expires_at),
    };
    let session = rows::insert_session(&work, &session).await?;
    let device = visitor.device(app);
    let mut pen = Pen::of(&work, &link);
    let row = Entry {
        detail:
            serde_json::json!({ "id_tail": terms.id_tail, "birth_date": terms.asks_birth_date })
                .to_string(),
        device: Some(&device),
        ..Entry::default()
    };
    pen.write(EvidenceStep::IdentityPassed, &row).await?;
    let sent = send(app, &work, &link, session, &terms).await?;
    pen.write(EvidenceStep::CodeSent, &Entry::default()).await?;
    let change = LinkChange {
        state: (link.link.state == LinkState::Sent).then_some(LinkState::Opened),
        code_sent: true,
        head: pen.head(),
        ..LinkChange::default()
    };
    rows::save_link(&work, &link, &change).await?;
    let first = entry("electronic.identity_passed", &link);
    work.commit(Audit::with(first, sent)).await?;
    Ok(token)
}

/// The number has not changed since the link went there: otherwise whoever changed it could let a code
/// go elsewhere.
fn demand_same_number(link: &LinkRecord, person: &CustomerRow) -> Result<()> {
    let reveal = || Reveal::traced(link.id.0);
    let number =
        |m: &Option<domain::customers::Mobile>| m.as_ref().map(|m| m.reveal(reveal()).to_owned());
    if link.mobile.is_some() && number(&link.mobile) == number(&person.mobile) {
        return Ok(());
    }
    Err(Refusal::new("electronic-number-changed").into())
}

/// Whether name, number and birth date fit, all looked at whichever fails.
fn fits(
    person: &CustomerRow,
    link: &LinkRecord,
    form: &IdentityForm,
    terms: &ElectronicTerms,
) -> bool {
    let reveal = || Reveal::traced(link.id.0);
    let plain = |text: &str| -> String {
        let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '·');
        kept.take(FIELD_MAX).flat_map(char::to_uppercase).collect()
    };
    let same = |a: &str, b: &str| bool::from(a.as_bytes().ct_eq(b.as_bytes()));
    let name = same(&plain(person.name.reveal(reveal())), &plain(&form.name));
    let number = person.id_no.as_ref().map(|n| plain(n.reveal(reveal())));
    let number = number.unwrap_or_default();
    let skip = number.chars().count().saturating_sub(terms.id_tail);
    let tail: String = number.chars().skip(skip).collect();
    let tail = !tail.is_empty() && same(&tail, &plain(&form.id_tail));
    let born = person.birth_date.is_some() && birth_date(&form.birth_date) == person.birth_date;
    name & tail & (born | !terms.asks_birth_date)
}

/// A birth date as people write it: `19800102`, `1980-1-2`, `1980年1月2日`.
fn birth_date(text: &str) -> Option<NaiveDate> {
    let parts: Vec<&str> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|p| !p.is_empty())
        .collect();
    let number = |text: &str| text.parse::<u32>().ok();
    let (year, month, day) = match parts.as_slice() {
        [all] if all.len() == 8 => (&all[..4], &all[4..6], &all[6..]),
        [year, month, day] => (*year, *month, *day),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(
        i32::try_from(number(year)?).ok()?,
        number(month)?,
        number(day)?,
    )
}

/// Counts a failure; after too many the customer is called.
pub(super) async fn fail<T>(
    work: UnitOfWork,
    visitor: &Visitor,
    app: &App,
    link: &LinkRecord,
    (step, detail): (EvidenceStep, String),
    guesser: &Guesser,
    terms: &ElectronicTerms,
) -> Result<T> {
    let now = work.now();
    let tries_max = terms.tries_max;
    let state = link.link.decide(LinkStep::Fail { tries_max }, now)?;
    let device = visitor.device(app);
    let row = Entry {
        detail,
        device: Some(&device),
        ..Entry::default()
    };
    let mut pen = Pen::of(&work, link);
    pen.write(step, &row).await?;
    let locked = state == LinkState::Locked;
    let actor = customer();
    if locked {
        let detail = serde_json::json!({ "state": state.as_str() }).to_string();
        let row = Entry {
            detail,
            ..Entry::default()
        };
        pen.write(EvidenceStep::Ended, &row).await?;
        rows::close_sessions(&work, link.id).await?;
        let callback = callback_of(&work, link).await?;
        back_to_phone(&work, &actor, &callback, now, None, "electronic_locked").await?;
    }
    let change = LinkChange {
        state: Some(match state {
            LinkState::Sent => LinkState::Opened,
            other => other,
        }),
        failed: true,
        head: pen.head(),
        ..LinkChange::default()
    };
    rows::save_link(&work, link, &change).await?;
    guesser.fail(&work).await?;
    work.commit(entry("electronic.identity_failed", link))
        .await?;
    if locked {
        return Err(Refusal::with("electronic-ended", state.as_str()).into());
    }
    let left = tries_max.saturating_sub(link.link.tries + 1).to_string();
    let code = match step {
        EvidenceStep::CodeFailed => "electronic-code-mismatch",
        EvidenceStep::FaceFailed => "electronic-face-mismatch",
        _ => "electronic-identity-mismatch",
    };
    Err(Refusal::with(code, left).into())
}

/// Makes a code and puts it into the outbox.
async fn send(
    app: &App,
    work: &UnitOfWork,
    link: &LinkRecord,
    session: uuid::Uuid,
    terms: &ElectronicTerms,
) -> Result<Option<AuditEntry>> {
    let now = work.now();
    if link.codes_sent >= i64::from(terms.codes_max) {
        return Err(Refusal::new("electronic-codes-used").into());
    }
    let last = rows::last_code_at(work, link.id).await?;
    if let Some(again) = last.map(|at| at + terms.code_gap).filter(|at| *at > now) {
        let seconds = (again - now).num_seconds() + 1;
        return Err(Refusal::with("electronic-code-soon", seconds.to_string()).into());
    }
    // Each of a million codes is as likely as any other, but for less than one in 10^13.
    let number = u64::from_be_bytes(app.store().ids().bytes::<8>()) % 1_000_000;
    let code = format!("{number:06}");
    let until = now + terms.code_for;
    rows::save_code(work, session, &code_hash(app, session, &code), until).await?;
    let to = (link.customer, link.id);
    deliver::send_code(app, work, &customer(), to, &code, until).await
}

/// What is kept of a code: keyed, because there are but a million of them.
fn code_hash(app: &App, session: uuid::Uuid, code: &str) -> [u8; 32] {
    let text = format!("{session}:{code}");
    app.store().keys().evidence_seal("code", text.as_bytes())
}

/// Sends another code to a browser that has passed the first step.
///
/// # Errors
/// [`Error::Refused`] when it is too soon, there were too many, or the session is over.
pub async fn send_code(app: &App, now: Instant, visitor: &Visitor) -> Result<()> {
    let terms = terms_of(&app.rules(), time::date_in_china(now));
    let work = app.store().begin(now).await?;
    let (link, session) = at_code(&work, visitor, now).await?;
    let scope = whole(Permission::CustomersRead)?;
    let found = store::customers::find_customer(&work, &scope, link.customer).await?;
    demand_same_number(&link, &found.ok_or(Error::NotFound)?)?;
    let sent = send(app, &work, &link, session.id, &terms).await?;
    let mut pen = Pen::of(&work, &link);
    pen.write(EvidenceStep::CodeSent, &Entry::default()).await?;
    let change = LinkChange {
        code_sent: true,
        head: pen.head(),
        ..LinkChange::default()
    };
    rows::save_link(&work, &link, &change).await?;
    let first = entry("electronic.code_sent", &link);
    Ok(work.commit(Audit::with(first, sent)).await?)
}

async fn at_code(
    work: &UnitOfWork,
    visitor: &Visitor,
    now: Instant,
) -> Result<(LinkRecord, SessionRow)> {
    let link = visitor.link(work).await?.ok_or(Error::NotFound)?;
    link.link.decide(LinkStep::Open, now)?;
    let session = visitor.session(work, &link, now).await?;
    let waiting = session.filter(|s| s.stage == Stage::Code);
    let session = waiting.ok_or_else(|| Error::from(Refusal::new("electronic-session-over")))?;
    Ok((link, session))
}

/// Compares the code; the questions open when it fits.
///
/// # Errors
/// [`Error::Refused`] when it does not fit or is too old.
pub async fn check_code(app: &App, now: Instant, visitor: &Visitor, code: &str) -> Result<()> {
    let terms = terms_of(&app.rules(), time::date_in_china(now));
    let work = app.store().begin(now).await?;
    let (link, session) = at_code(&work, visitor, now).await?;
    let guesser = Guesser::of_link(app, link.id, &visitor.address);
    guesser.demand_open(app, now).await?;
    if session.code_until.is_none_or(|until| until <= now) {
        return Err(Refusal::new("electronic-code-old").into());
    }
    let digits: String = code.chars().filter(char::is_ascii_digit).take(12).collect();
    let hash = code_hash(app, session.id, &digits);
    let kept = session.code_hash.as_deref().unwrap_or_default();
    if !bool::from(kept.ct_eq(&hash)) {
        rows::take_code_try(&work, session.id).await?;
        let step = (EvidenceStep::CodeFailed, String::new());
        return fail(work, visitor, app, &link, step, &guesser, &terms).await;
    }
    // Where faces are compared, data and code are not enough.
    let proof = match app.verifier() {
        Some(_) => None,
        None => Some(Proof::DataAndCode),
    };
    let stage = proof.map_or(Stage::Face, |_| Stage::Open);
    rows::open_stage(&work, &session, stage).await?;
    let device = visitor.device(app);
    let mut pen = Pen::of(&work, &link);
    let row = Entry {
        detail: serde_json::json!({ "proof": proof.map(Proof::as_str) }).to_string(),
        device: Some(&device),
        ..Entry::default()
    };
    pen.write(EvidenceStep::CodePassed, &row).await?;
    let identified = |proof| link.link.decide(LinkStep::Identify(proof), now);
    let change = LinkChange {
        state: proof.map(identified).transpose()?,
        proof,
        head: pen.head(),
        ..LinkChange::default()
    };
    rows::save_link(&work, &link, &change).await?;
    let action = match proof {
        Some(_) => "electronic.identified",
        None => "electronic.code_passed",
    };
    Ok(work.commit(entry(action, &link)).await?)
}

#[cfg(test)]
mod tests {
    use super::birth_date;
    use rstest::rstest;

    #[rstest]
    #[case("19800102", Some("1980-01-02"))]
    #[case("1980-1-2", Some("1980-01-02"))]
    #[case("1980年1月2日", Some("1980-01-02"))]
    #[case("1980/01/02", Some("1980-01-02"))]
    #[case("19800230", None)]
    #[case("800102", None)]
    #[case("", None)]
    fn birth_dates_are_read_as_people_write_them(
        #[case] text: &str,
        #[case] expected: Option<&str>,
    ) {
        let read = birth_date(text).map(|d| d.to_string());
        assert_eq!(read.as_deref(), expected);
    }
}
