//! Search. What people type may be personal, so it travels in the body of a form, never in a URL.

use crate::forms::Sent;
use crate::frame::{Answer, Frame, html};
use crate::state::Web;
use app::Error;
use app::customers::SearchResult;
use axum::extract::State;
use domain::numbers::{Number, NumberKind};

#[derive(askama::Template)]
#[template(path = "customers/search.html")]
struct SearchPage {
    f: Frame,
    term: String,
    /// Nothing when the term could not be taken.
    found: Option<SearchResult>,
}

/// Searches; what is found alone is opened at once.
pub(crate) async fn create_search(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let term = form.get("term").trim();
    if let Some(page) = page_of_number(term) {
        return Ok(who.go(&page));
    }
    let found = match app::customers::search(&web.app, &who.actor, who.now, term).await {
        Ok(found) => Some(found),
        Err(Error::Invalid(_)) => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(only) = found.as_ref().and_then(only_hit) {
        return Ok(who.go(&only));
    }
    html(&SearchPage {
        f: who.frame("customers"),
        term: term.to_owned(),
        found,
    })
}

#[derive(askama::Template)]
#[template(path = "customers/suggestions.html")]
struct Suggestions {
    f: Frame,
    found: SearchResult,
}

/// The first that fit what was typed so far; nothing when that is too little.
pub(crate) async fn create_suggestions(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let found = match app::customers::suggest(&web.app, &who.actor, who.now, form.get("term")).await
    {
        Ok(found) => found,
        Err(Error::Invalid(_)) => SearchResult::default(),
        Err(error) => return Err(error.into()),
    };
    html(&Suggestions {
        f: who.frame("customers"),
        found,
    })
}

/// Address of what is found by its number alone.
fn page_of_number(term: &str) -> Option<String> {
    let number = Number::parse(term)?;
    match number.kind {
        NumberKind::Visit => Some(format!("/visits/{number}")),
        NumberKind::Slip => Some(format!("/field-slips/{number}")),
        NumberKind::Campaign => Some(format!("/campaigns/{number}")),
        NumberKind::Gathering => None,
        NumberKind::Survey => Some(format!("/surveys/{number}")),
        NumberKind::DataRequest => Some(format!("/data-requests/{number}")),
        NumberKind::Letter => Some(format!("/letters/{number}")),
        NumberKind::Destruction => Some(format!("/retention/batches/{number}")),
        NumberKind::ProblemList => Some(format!("/problem-lists/{number}")),
        NumberKind::Message => Some(format!("/messages/{number}")),
        NumberKind::LegalHold => Some("/retention/holds".to_owned()),
        NumberKind::Obligation
        | NumberKind::Callback
        | NumberKind::Ticket
        | NumberKind::Customer => None,
    }
}

/// Address of what was found, when it is one thing.
fn only_hit(found: &SearchResult) -> Option<String> {
    if found.count() != 1 {
        return None;
    }
    let customer = found.customers.first();
    let customer = customer.map(|c| format!("/customers/{}", c.row.customer_no));
    let policy = found.policy.as_ref();
    let policy = policy.map(|p| format!("/policies/{}", p.policy_no));
    let obligation = found.obligation.as_ref();
    let obligation = obligation.map(|o| format!("/obligations/{}", o.number));
    let callback = found.callback.as_ref();
    let callback = callback.map(|c| format!("/callbacks/{}", c.id));
    let ticket = found.ticket.as_ref();
    let ticket = ticket.map(|t| format!("/tickets/{}", t.id));
    customer.or(policy).or(obligation).or(callback).or(ticket)
}

impl SearchPage {
    /// What the term was taken for, in words.
    fn read_as(&self) -> String {
        let codes = self.found.iter().flat_map(|f| &f.read_as);
        let words: Vec<_> = codes.map(|c| self.f.code("search-term", c)).collect();
        words.join(self.f.pick("、", ", "))
    }

    fn is_empty(&self) -> bool {
        self.found.as_ref().is_none_or(|f| f.count() == 0)
    }
}
