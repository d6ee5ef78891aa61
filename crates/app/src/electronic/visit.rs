//! Opening a link: what the customer sees, by how far they have come. Every screen is evidence.

use super::case::{Case, Filled, whole};
use super::chain::Entry;
use super::follow::{callback_of, note};
use super::questions::{
    Given, ItemScreen, ReviewScreen, gate, given, item_screen, review_lines, review_text,
    screen_text,
};
use super::terms::terms_of;
use crate::access::hash_token;
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::electronic::{ElectronicTerms, EvidenceStep, LinkError, LinkState, LinkStep, Stage};
use domain::time::{self, Instant};
use store::electronic::{self as rows, EvidenceRow, LinkChange, LinkRecord, SessionRow};
use store::{AuditEntry, Reads, UnitOfWork};

/// Longest name of a device that is kept.
const AGENT_MAX: usize = 300;
/// Rows of evidence after which a link is used up: somebody plays with it.
const ENTRIES_MAX: i64 = 1_500;
/// How often a screen is shown anew when something else was written at the same moment.
const TRIES: usize = 3;

/// Somebody behind a link.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// The token of the link.
    pub token: String,
    /// The token of the session, from the browser's cookie.
    pub session: Option<String>,
    /// The address of the browser.
    pub address: String,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Whether the page is in English.
    pub english: bool,
    /// Name of the company.
    pub company: String,
}

/// What is on the screen.
#[derive(Clone, Debug)]
pub enum Screen {
    /// There is no such link.
    Unknown,
    /// The link's time is over.
    Expired,
    /// The link has ended.
    Ended(LinkState),
    /// The callback was completed in another way, or nothing is owed any more.
    Settled,
    /// Nobody has proved who they are yet.
    Welcome {
        /// Last characters of the identity number that are asked for.
        id_tail: usize,
        /// Whether the birth date is asked for.
        asks_birth_date: bool,
        /// When the link ends.
        expires_at: Instant,
    },
    /// The code is asked for.
    Code {
        /// The number it went to, masked.
        mobile: String,
        /// Minutes for which it is good.
        minutes: i64,
    },
    /// A picture of the face is asked for.
    Face,
    /// An item.
    Item(Box<ItemScreen>),
    /// All answers, before submission.
    Review(ReviewScreen),
}

impl Visitor {
    /// The device as evidence keeps it: with chance, so that its hash tells nothing once it is destroyed.
    pub(super) fn device(&self, app: &App) -> String {
        let salt = hex::encode(app.store().ids().bytes::<8>());
        let agent: String = self.user_agent.chars().take(AGENT_MAX).collect();
        serde_json::json!({ "agent": agent, "address": self.address, "salt": salt }).to_string()
    }

    /// The link of the token.
    pub(super) async fn link(&self, db: &impl Reads) -> Result<Option<LinkRecord>> {
        Ok(rows::find_link_by_token(db, &hash_token(&self.token)).await?)
    }

    /// The session, if the browser has one of this very link.
    pub(super) async fn session(
        &self,
        db: &impl Reads,
        link: &LinkRecord,
        now: Instant,
    ) -> Result<Option<SessionRow>> {
        let Some(token) = &self.session else {
            return Ok(None);
        };
        let found = rows::find_session(db, &hash_token(token), now).await?;
        Ok(found.filter(|s| s.link == link.id))
    }

    /// The link and the open session of a customer whose identity is verified.
    ///
    /// # Errors
    /// [`Error::Refused`] when the link has ended or the session is over.
    pub(super) async fn identified(
        &self,
        work: &UnitOfWork,
        now: Instant,
    ) -> Result<(LinkRecord, SessionRow)> {
        let link = self.link(work).await?.ok_or(Error::NotFound)?;
        link.link.decide(LinkStep::Open, now)?;
        let session = self.session(work, &link, now).await?;
        let open = session.filter(|s| s.stage == Stage::Open);
        let session = open.ok_or_else(|| Error::from(Refusal::new("electronic-session-over")))?;
        Ok((link, session))
    }
}

/// Somebody behind a link, as the audit log names them.
pub(super) fn customer() -> Actor {
    Actor::visitor("客户本人")
}

/// An entry about a link.
pub(super) fn entry(action: &'static str, link: &LinkRecord) -> AuditEntry {
    AuditEntry::new(&customer(), action, "callback", link.callback.0)
        .customer(link.customer.0)
        .detail(serde_json::json!({ "link": link.id.0 }))
}

impl From<LinkError> for Error {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Expired => Refusal::new("electronic-expired").into(),
            LinkError::Ended(state) => Refusal::with("electronic-ended", state.as_str()).into(),
            LinkError::NotIdentified => Refusal::new("electronic-session-over").into(),
        }
    }
}

/// Opens a link; `wanted` names an item that was answered before.
///
/// # Errors
/// What the store says.
pub async fn visit(
    app: &App,
    now: Instant,
    visitor: &Visitor,
    wanted: Option<&str>,
) -> Result<Screen> {
    for _ in 1..TRIES {
        match show(app, now, visitor, wanted).await {
            Err(Error::Conflict) => {}
            shown => return shown,
        }
    }
    show(app, now, visitor, wanted).await
}

async fn show(app: &App, now: Instant, visitor: &Visitor, wanted: Option<&str>) -> Result<Screen> {
    let Some(link) = visitor.link(app.store()).await? else {
        return Ok(Screen::Unknown);
    };
    match link.link.decide(LinkStep::Open, now) {
        Err(LinkError::Expired) => return Ok(Screen::Expired),
        Err(_) => return Ok(Screen::Ended(link.link.state)),
        Ok(_) => {}
    }
    let callback = callback_of(app.store(), &link).await?;
    if !callback.callback.state.is_open() {
        return Ok(Screen::Settled);
    }
    let terms = terms_of(&app.rules(), time::date_in_china(now));
    let session = visitor.session(app.store(), &link, now).await?;
    match session {
        None => welcome(app, now, visitor, &link, &terms).await,
        Some(session) if session.stage == Stage::Open => {
            question(app, now, visitor, &link, &terms, wanted).await
        }
        Some(session) if session.stage == Stage::Face => Ok(Screen::Face),
        Some(_) => Ok(Screen::Code {
            mobile: link.mobile.map(|m| m.to_string()).unwrap_or_default(),
            minutes: terms.code_for.num_minutes(),
        }),
    }
}

async fn welcome(
    app: &App,
    now: Instant,
    visitor: &Visitor,
    link: &LinkRecord,
    terms: &ElectronicTerms,
) -> Result<Screen> {
    if link.link.state == LinkState::Sent {
        let work = app.store().begin(now).await?;
        let device = visitor.device(app);
        let row = Entry {
            device: Some(&device),
            ..Entry::default()
        };
        let change = LinkChange {
            state: Some(LinkState::Opened),
            ..LinkChange::default()
        };
        note(&work, link, EvidenceStep::Opened, &row, change).await?;
        work.commit(entry("electronic.opened", link)).await?;
    }
    Ok(Screen::Welcome {
        id_tail: terms.id_tail,
        asks_birth_date: terms.asks_birth_date,
        expires_at: link.link.expires_at,
    })
}

/// The evidence of a link, for the pages of its own customer.
pub(super) async fn evidence_of(db: &impl Reads, link: &LinkRecord) -> Result<Vec<EvidenceRow>> {
    let scope = whole(Permission::CallbacksRead)?;
    Ok(rows::list_evidence(db, &scope, link.id).await?)
}

/// The questions of a link with the answers so far.
pub(super) struct Asked {
    pub(super) case: Case,
    pub(super) items: Vec<Filled>,
    pub(super) evidence: Vec<EvidenceRow>,
    pub(super) answers: Vec<Given>,
}

impl Asked {
    pub(super) async fn load(
        app: &App,
        work: &UnitOfWork,
        visitor: &Visitor,
        link: &LinkRecord,
    ) -> Result<Self> {
        let case = Case::load(app, work, link.callback, link.questionnaire).await?;
        // The row that says that the identity was verified is the trace of this disclosure. Dates are
        // read as of the day on which the link was sent, so that the words stay the same.
        let items = case.items(&visitor.company, link.sent_at, link.id.0);
        let evidence = evidence_of(work, link).await?;
        let answers = given(&evidence);
        Ok(Self {
            case,
            items,
            evidence,
            answers,
        })
    }

    /// The place of the item to show: the wanted one when it was answered, else the first open one.
    fn place(&self, wanted: Option<&str>) -> Option<usize> {
        let place = |code: &str| self.items.iter().position(|i| i.item.item.code == code);
        let answered = |code: &str| self.answers.iter().any(|g| g.given.item == code);
        if let Some(code) = wanted.filter(|code| answered(code)) {
            return place(code);
        }
        let current = gate(&self.items, &self.answers).current()?.code.clone();
        place(&current)
    }
}

async fn question(
    app: &App,
    now: Instant,
    visitor: &Visitor,
    link: &LinkRecord,
    terms: &ElectronicTerms,
    wanted: Option<&str>,
) -> Result<Screen> {
    let work = app.store().begin(now).await?;
    let asked = Asked::load(app, &work, visitor, link).await?;
    let (step, text, mut screen) = match asked.place(wanted) {
        Some(at) => {
            let (items, answers) = (&asked.items, &asked.answers);
            let screen = item_screen(&asked.case, items, at, answers, visitor.english, terms);
            let text = screen_text(&asked.case, &screen);
            (EvidenceStep::Shown, text, Screen::Item(Box::new(screen)))
        }
        None => {
            let lines = review_lines(&asked.items, &asked.answers, visitor.english);
            let text = review_text(&asked.case, &lines);
            let screen = Screen::Review(ReviewScreen { lines, shown: 0 });
            (EvidenceStep::Reviewed, text, screen)
        }
    };
    let seq = show_once(app, work, visitor, link, &asked, (step, &text, &screen)).await?;
    match &mut screen {
        Screen::Item(item) => item.shown = seq,
        Screen::Review(review) => review.shown = seq,
        _ => {}
    }
    Ok(screen)
}

/// Notes that a screen was shown, unless it is the one that was there before.
async fn show_once(
    app: &App,
    work: UnitOfWork,
    visitor: &Visitor,
    link: &LinkRecord,
    asked: &Asked,
    (step, text, screen): (EvidenceStep, &str, &Screen),
) -> Result<i64> {
    let item = match screen {
        Screen::Item(item) => Some(item.code.as_str()),
        _ => None,
    };
    let last = asked.evidence.last();
    let same = last.filter(|r| {
        r.kind == step && r.item.as_deref() == item && r.content.as_deref() == Some(text)
    });
    if let Some(row) = same {
        let seq = row.seq;
        work.roll_back().await?;
        return Ok(seq);
    }
    if link.entries >= ENTRIES_MAX {
        return Err(Refusal::new("electronic-used-up").into());
    }
    let device = visitor.device(app);
    let row = Entry {
        item,
        detail: serde_json::json!({ "language": if visitor.english { "en" } else { "zh-CN" } })
            .to_string(),
        content: Some(text),
        device: Some(&device),
        ..Entry::default()
    };
    let seq = note(&work, link, step, &row, LinkChange::default()).await?;
    work.commit(entry("electronic.shown", link)).await?;
    Ok(seq)
}
