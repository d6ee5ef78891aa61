//! Requests of people about their own data: the list, one request, taking one in.

use crate::forms::{Choice, Fields, Sent, choices, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::retention::{DataRequestForm, DataRequestList, DataRequestPage, DataRequestQuery, Ground};
use axum::extract::{Path, RawQuery, State};
use domain::customers::Purpose;
use domain::retention::{
    IdentityMethod, Kept, Outcome, RequestKind, RequestState, RequestStep, Way,
};

/// Views of the list.
const VIEWS: [&str; 4] = ["open", "due", "closed", "all"];

#[derive(askama::Template)]
#[template(path = "retention/requests.html")]
struct ListPage {
    f: Frame,
    list: DataRequestList,
    query: DataRequestQuery,
    here: String,
}

pub(crate) async fn list_requests(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = DataRequestQuery {
        view: fields.own("view"),
        state: fields.own("state"),
        kind: fields.own("kind"),
        customer: fields.own("customer"),
        after: fields.own("after"),
    };
    html(&ListPage {
        list: app::retention::list_requests(&web.app, &who.actor, who.now, &query).await?,
        f: who.frame("data-requests"),
        here: without_page(&raw),
        query,
    })
}

impl ListPage {
    fn view(&self) -> &str {
        match self.query.view.as_str() {
            "" => "open",
            view => view,
        }
    }

    fn views(&self) -> Vec<Choice> {
        choices(&self.f, "data-request-view", VIEWS, self.view())
    }

    fn kinds(&self) -> Vec<Choice> {
        let codes = RequestKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "data-request-kind", codes, &self.query.kind)
    }

    fn states(&self) -> Vec<Choice> {
        let codes = RequestState::ALL.iter().map(|s| s.as_str());
        choices(&self.f, "data-request-state", codes, &self.query.state)
    }

    fn is_filtered(&self) -> bool {
        let q = &self.query;
        [&q.kind, &q.state, &q.customer]
            .iter()
            .any(|f| !f.is_empty())
    }
}

pub(crate) async fn create_request(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let request = DataRequestForm {
        kind: form.own("kind"),
        requester: form.own("requester"),
        received_on: form.own("received_on"),
        received_through: form.own("received_through"),
        wish: form.own("wish"),
    };
    let (actor, now) = (&who.actor, who.now);
    let number =
        app::retention::create_request(&web.app, actor, now, &customer_no, &request).await?;
    Ok(who.go(&url(&number)))
}

/// Address of a request.
pub(super) fn url(number: &str) -> String {
    format!("/data-requests/{number}")
}

#[derive(askama::Template)]
#[template(path = "retention/request.html")]
struct PageTemplate {
    f: Frame,
    page: DataRequestPage,
}

pub(crate) async fn show_request(
    State(web): State<Web>,
    Path(number): Path<String>,
    who: Who,
) -> Answer {
    html(&PageTemplate {
        page: app::retention::request_page(&web.app, &who.actor, who.now, &number).await?,
        f: who.frame("data-requests"),
    })
}

impl PageTemplate {
    fn is_open(&self) -> bool {
        self.page.row.answered_at.is_none() && self.page.row.closed_at.is_none()
    }

    fn methods(&self) -> Vec<Choice> {
        let codes = IdentityMethod::ALL.iter().map(|m| m.as_str());
        choices(&self.f, "identity-method", codes, "")
    }

    fn outcomes(&self) -> Vec<Choice> {
        // Before the identity is verified only a refusal is possible; nor while the data must be kept.
        let unverified = self.page.row.request.state == RequestState::Received;
        let kept =
            self.page.row.request.kind == RequestKind::Delete && self.page.must_be_kept.is_some();
        let codes = Outcome::ALL
            .iter()
            .filter(|o| !unverified && !kept || **o == Outcome::Refused);
        choices(
            &self.f,
            "data-request-outcome",
            codes.map(|o| o.as_str()),
            "",
        )
    }

    fn ways(&self) -> Vec<Choice> {
        choices(&self.f, "way", Way::ALL.iter().map(|w| w.as_str()), "")
    }

    fn purposes(&self) -> Vec<Choice> {
        let codes = Purpose::ALL.iter().map(|p| p.as_str());
        choices(&self.f, "purpose", codes, "customer_request")
    }

    fn ground(&self) -> Option<&Ground> {
        let code = self.page.row.ground.as_ref()?;
        self.page.grounds.iter().find(|g| g.code == *code)
    }

    fn needs_copy(&self) -> bool {
        let granted = self
            .page
            .row
            .request
            .outcome
            .is_some_and(|o| o != Outcome::Refused);
        self.page.row.request.kind.needs_copy()
            && granted
            && self.page.row.request.state == RequestState::Decided
    }

    fn is_correction(&self) -> bool {
        self.page.row.request.kind == RequestKind::Correct
    }

    /// A step that ends with words: answers, what was done, why it was taken back.
    fn hint(&self, step: &RequestStep) -> String {
        let kind = self.page.row.request.kind;
        match step {
            RequestStep::CarryOut => self.f.code("data-request-carry-out", kind.as_str()),
            step => self.f.code("data-request-step-hint", step.as_str()),
        }
    }

    fn kept(&self) -> String {
        match self.page.kept {
            Kept::NoBasis => self.f.say("kept-no-basis"),
            Kept::Running(clock) => {
                let clock = self.f.code("clock", clock.as_str());
                self.f.say1("kept-running", "clock", clock)
            }
            Kept::Undated(clock) => {
                let clock = self.f.code("clock", clock.as_str());
                self.f.say1("kept-undated", "clock", clock)
            }
            Kept::Until(day) => self.f.say1("kept-until", "day", day.to_string()),
        }
    }
}
