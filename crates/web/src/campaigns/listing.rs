//! Putting customers on the list of a campaign and taking them off.

use super::url;
use crate::forms::{Sent, SentFile};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::campaigns::{AddReport, ListForm, SelectionForm, list_of};
use axum::extract::{Path, State};
use store::campaigns::CampaignRow;

#[derive(askama::Template)]
#[template(path = "campaigns/added.html")]
struct AddedPage {
    f: Frame,
    row: CampaignRow,
    report: AddReport,
}

fn answer(who: &Who, row: CampaignRow, report: AddReport) -> Answer {
    if report.unknown.is_empty() && report.known == 0 && !report.more {
        return Ok(who.go(&url(&row.number)));
    }
    html(&AddedPage {
        f: who.frame("campaigns"),
        row,
        report,
    })
}

/// A list as it was pasted, or as a file in UTF-8.
pub(crate) async fn add_members(
    State(web): State<Web>,
    Path(key): Path<String>,
    sent: SentFile,
) -> Answer {
    let SentFile { who, fields, file } = sent;
    let mut text = fields.own("customers");
    if let Some(file) = file {
        let read = std::str::from_utf8(&file.bytes);
        text.push('\n');
        text.push_str(read.map_err(|_| Error::invalid("file", "campaign-encoding"))?);
    }
    let form = ListForm {
        source: fields.own("source"),
        purpose: fields.own("purpose"),
        customers: list_of(text.trim()),
        reason: fields.own("reason"),
    };
    let row = app::campaigns::find_campaign(&web.app, &who.actor, &key).await?;
    let report = app::campaigns::add_members(&web.app, &who.actor, who.now, row.id, &form).await?;
    answer(&who, row, report)
}

pub(crate) async fn add_selection(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = SelectionForm {
        kind: fields.own("kind"),
        value_class: fields.own("value_class"),
        large: fields.own("large"),
        in_force: fields.own("in_force"),
        org: fields.own("org"),
        purpose: fields.own("purpose"),
        reason: fields.own("reason"),
    };
    let row = app::campaigns::find_campaign(&web.app, &who.actor, &key).await?;
    let report =
        app::campaigns::add_selection(&web.app, &who.actor, who.now, row.id, &form).await?;
    answer(&who, row, report)
}

pub(crate) async fn remove_member(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let row = app::campaigns::find_campaign(&web.app, &who.actor, &key).await?;
    let (customer, reason) = (fields.get("customer_no"), fields.get("reason"));
    app::campaigns::remove_member(&web.app, &who.actor, who.now, row.id, customer, reason).await?;
    Ok(who.go(&url(&row.number)))
}
