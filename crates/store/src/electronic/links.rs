//! Links: who was sent which one, and how far it came.

use crate::sql::{count, find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::customers::{Mobile, Reveal};
use domain::electronic::{Link, LinkState, Proof};
use domain::ids::{AttemptId, CallbackId, CustomerId, LinkId, QuestionnaireId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A link that is to be sent.
#[derive(Clone, Debug)]
pub struct NewLink<'n> {
    /// The callback.
    pub callback: CallbackId,
    /// The customer.
    pub customer: CustomerId,
    /// Its place among the callback's links, from one.
    pub seq: i64,
    /// What is kept of the token.
    pub token_hash: [u8; 32],
    /// The number it goes to.
    pub mobile: &'n Mobile,
    /// The version of the questionnaire.
    pub questionnaire: QuestionnaireId,
    /// Who sends it.
    pub offered_by: &'n str,
    /// The user who sends it.
    pub offered_by_id: Option<Uuid>,
    /// From when on it is good for nothing.
    pub expires_at: Instant,
}

/// Adds a link.
///
/// # Errors
/// What the database says.
pub async fn insert_link(work: &UnitOfWork, link: &NewLink<'_>) -> Result<LinkId> {
    let id = work.next_id();
    let mobile = link.mobile.reveal(Reveal::for_storage());
    let sealed = work.keys().seal("electronic_links.mobile", id, mobile)?;
    let sql = "INSERT INTO electronic_links (id, callback_id, customer_id, seq, token_hash, mobile, state, is_live, \
               questionnaire_id, offered_by, offered_by_id, sent_at, expires_at, tries, codes_sent, entries, head, version) \
               VALUES ($1, $2, $3, $4, $5, $6, 'sent', $7, $8, $9, $10, $11, $12, 0, 0, 0, '', 1)";
    let values = params![
        id,
        link.callback.0,
        link.customer.0,
        link.seq,
        link.token_hash.to_vec(),
        sealed,
        true,
        link.questionnaire.0,
        link.offered_by,
        link.offered_by_id,
        millis(work.now()),
        millis(link.expires_at),
    ];
    work.execute(sql, values).await?;
    Ok(LinkId(id))
}

/// A link with everything that decisions look at.
#[derive(Clone, Debug)]
pub struct LinkRecord {
    /// Its id.
    pub id: LinkId,
    /// The callback.
    pub callback: CallbackId,
    /// The customer.
    pub customer: CustomerId,
    /// The number it went to; nothing after it was destroyed.
    pub mobile: Option<Mobile>,
    /// The version of the questionnaire.
    pub questionnaire: QuestionnaireId,
    /// When it was sent.
    pub sent_at: Instant,
    /// When the identity was verified.
    pub identified_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// How the identity was proved.
    pub proof: Option<Proof>,
    /// The attempt that the answers became.
    pub attempt: Option<AttemptId>,
    /// Codes that were sent.
    pub codes_sent: i64,
    /// Rows of evidence.
    pub entries: i64,
    /// Hash of the last of them.
    pub head: String,
    /// Version, for updates.
    pub version: i64,
    /// What decisions look at.
    pub link: Link,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    callback_id: Uuid,
    customer_id: Uuid,
    mobile: Option<Vec<u8>>,
    state: String,
    questionnaire_id: Uuid,
    sent_at: i64,
    expires_at: i64,
    identified_at: Option<i64>,
    ended_at: Option<i64>,
    proof: Option<String>,
    attempt_id: Option<Uuid>,
    tries: i64,
    codes_sent: i64,
    entries: i64,
    head: String,
    version: i64,
}

const SELECT: &str = "SELECT l.id, l.callback_id, l.customer_id, l.mobile, l.state, l.questionnaire_id, l.sent_at, l.expires_at, \
     l.identified_at, l.ended_at, l.proof, l.attempt_id, l.tries, l.codes_sent, l.entries, l.head, l.version \
     FROM electronic_links l WHERE ";

fn record(db: &impl Reads, r: Row) -> Result<LinkRecord> {
    let mobile = r
        .mobile
        .map(|m| db.keys().open("electronic_links.mobile", r.id, &m))
        .transpose()?;
    Ok(LinkRecord {
        id: LinkId(r.id),
        callback: CallbackId(r.callback_id),
        customer: CustomerId(r.customer_id),
        mobile: mobile.map(Mobile::from_stored),
        questionnaire: QuestionnaireId(r.questionnaire_id),
        sent_at: instant(r.sent_at),
        identified_at: r.identified_at.map(instant),
        ended_at: r.ended_at.map(instant),
        proof: r.proof.as_deref().map(Proof::parse).transpose()?,
        attempt: r.attempt_id.map(AttemptId),
        codes_sent: r.codes_sent,
        entries: r.entries,
        head: r.head,
        version: r.version,
        link: Link {
            state: LinkState::parse(&r.state)?,
            expires_at: instant(r.expires_at),
            tries: u32::try_from(r.tries).unwrap_or(u32::MAX),
        },
    })
}

async fn one(
    db: &impl Reads,
    condition: &str,
    value: sea_orm::Value,
) -> Result<Option<LinkRecord>> {
    let row = find::<Row>(db, &format!("{SELECT}{condition}"), vec![value]).await?;
    row.map(|r| record(db, r)).transpose()
}

/// The link of a token, by what is kept of it. Whoever has the token may look, and nobody else.
///
/// # Errors
/// What the database says.
pub async fn find_link_by_token(db: &impl Reads, hash: &[u8; 32]) -> Result<Option<LinkRecord>> {
    one(db, "l.token_hash = $1", hash.to_vec().into()).await
}

/// A link by its id; whoever asks has seen its callback before.
///
/// # Errors
/// What the database says.
pub async fn find_link(db: &impl Reads, id: LinkId) -> Result<Option<LinkRecord>> {
    one(db, "l.id = $1", id.0.into()).await
}

/// The link of a callback that has not ended, whether its time is over or not.
///
/// # Errors
/// What the database says.
pub async fn find_live_link(db: &impl Reads, callback: CallbackId) -> Result<Option<LinkRecord>> {
    one(db, "l.is_live AND l.callback_id = $1", callback.0.into()).await
}

/// How many links a callback had, and whether one of them led to the telephone.
///
/// # Errors
/// What the database says.
pub async fn count_links(db: &impl Reads, callback: CallbackId) -> Result<(i64, bool)> {
    let all = "SELECT COUNT(*) AS n FROM electronic_links WHERE callback_id = $1";
    let phone = "SELECT COUNT(*) AS n FROM electronic_links WHERE callback_id = $1 \
                 AND state IN ('phone_wanted', 'locked', 'not_the_person')";
    let links = count(db, all, params![callback.0]).await?;
    Ok((links, count(db, phone, params![callback.0]).await? > 0))
}

/// Whether a number is the mobile number of somebody who sells, who must not get links meant for
/// customers.
///
/// # Errors
/// What the database says.
pub async fn is_mobile_of_agent(db: &impl Reads, mobile: &Mobile) -> Result<bool> {
    let number = mobile.reveal(Reveal::for_storage());
    let sql = "SELECT COUNT(*) AS n FROM agents WHERE mobile_index = $1";
    for index in db.keys().indexes("mobile", number) {
        if count(db, sql, params![index]).await? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What changes of a link besides its evidence.
#[derive(Clone, Copy, Debug, Default)]
pub struct LinkChange<'c> {
    /// Where it stands from now on.
    pub state: Option<LinkState>,
    /// How the identity was proved.
    pub proof: Option<Proof>,
    /// A step of the identity check failed.
    pub failed: bool,
    /// A code was sent.
    pub code_sent: bool,
    /// The attempt that the answers became.
    pub attempt: Option<AttemptId>,
    /// Who ended it, when it was somebody of ours.
    pub ended_by: Option<&'c str>,
    /// Why it ended, or what the customer wishes.
    pub reason: Option<&'c str>,
    /// The hash of the last row of evidence, after this many more.
    pub head: Option<(&'c str, i64)>,
}

/// Saves a change of a link whose version is as it was read.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it was changed meanwhile.
pub async fn save_link(
    work: &UnitOfWork,
    record: &LinkRecord,
    change: &LinkChange<'_>,
) -> Result<()> {
    let sealed = change
        .reason
        .map(|r| {
            work.keys()
                .seal("electronic_links.end_reason", record.id.0, r)
        })
        .transpose()?;
    let state = change.state.unwrap_or(record.link.state);
    let is_new = |wanted: LinkState| state == wanted && record.link.state != wanted;
    let now = millis(work.now());
    let sql = "UPDATE electronic_links SET state = $1, is_live = $2, opened_at = COALESCE(opened_at, $3), \
               identified_at = COALESCE(identified_at, $4), ended_at = COALESCE(ended_at, $5), \
               ended_by = COALESCE($6, ended_by), end_reason = COALESCE($7, end_reason), proof = COALESCE($8, proof), \
               attempt_id = COALESCE($9, attempt_id), tries = tries + $10, codes_sent = codes_sent + $11, \
               entries = entries + $12, head = COALESCE($13, head), version = version + 1 \
               WHERE id = $14 AND version = $15";
    let values = params![
        state.as_str(),
        !state.is_final(),
        (record.link.state == LinkState::Sent && state != LinkState::Sent).then_some(now),
        is_new(LinkState::Identified).then_some(now),
        state.is_final().then_some(now),
        change.ended_by,
        sealed,
        change.proof.map(Proof::as_str),
        change.attempt.map(|a| a.0),
        i64::from(change.failed),
        i64::from(change.code_sent),
        change.head.map_or(0, |(_, more)| more),
        change.head.map(|(hash, _)| hash),
        record.id.0,
        record.version,
    ];
    work.execute_one(sql, values).await
}
