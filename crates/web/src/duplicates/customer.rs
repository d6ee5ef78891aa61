//! Pairs and merges of one customer, and taking a merge back.

use crate::forms::{self, Sent};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::duplicates::CustomerDuplicates;
use axum::extract::{Path, State};
use store::duplicates::{DuplicateRow, DuplicateSide, MergeRow};

#[derive(askama::Template)]
#[template(path = "duplicates/customer.html")]
struct CustomerPage {
    f: Frame,
    page: CustomerDuplicates,
}

pub(crate) async fn show_customer(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    who: Who,
) -> Answer {
    let (app, actor) = (&web.app, &who.actor);
    let page = app::duplicates::customer_duplicates(app, actor, who.now, &customer_no).await?;
    if page.customer.customer_no != customer_no.trim() {
        let number = &page.customer.customer_no;
        return Ok(who.go(&format!("/customers/{number}/duplicates")));
    }
    html(&CustomerPage {
        f: who.frame("customers"),
        page,
    })
}

pub(crate) async fn undo(
    State(web): State<Web>,
    Path((customer_no, id)): Path<(String, String)>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = forms::id(&id)?;
    let reason = fields.get("reason");
    app::duplicates::unmerge(&web.app, &who.actor, who.now, id, reason).await?;
    Ok(who.go(&format!("/customers/{customer_no}/duplicates")))
}

impl CustomerPage {
    /// The other customer of a pair.
    fn other<'r>(&self, row: &'r DuplicateRow) -> &'r DuplicateSide {
        if row.low.id == self.page.customer.id {
            &row.high
        } else {
            &row.low
        }
    }

    fn may_undo(&self, merge: &MergeRow) -> bool {
        let stands = merge.undone_at.is_none() && !merge.is_destroyed;
        stands && self.f.may("duplicates.approve")
    }

    fn fields(&self, merge: &MergeRow) -> String {
        let names = merge.fields.iter();
        let names = names.map(|field| self.f.code("merged-field", field.as_str()));
        names.collect::<Vec<_>>().join(&self.f.say("list-joint"))
    }
}
