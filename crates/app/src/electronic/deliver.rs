//! Links as text messages or e-mails, codes as text messages to the customer's number.

use crate::messaging::{Addressed, Wanted, queue};
use crate::{App, Result};
use domain::access::Actor;
use domain::ids::{CustomerId, LinkId};
use domain::messaging::MessageChannel;
use domain::time::{self, Instant};
use store::{AuditEntry, UnitOfWork};

/// The path of a customer's pages.
const PATH: &str = "/p/";

/// Sends a link. Its words hold nothing of the customer but how to address them.
pub(super) async fn send_link(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    (customer, link): (CustomerId, LinkId),
    (channel, token): (MessageChannel, &str),
    expires_at: Instant,
) -> Result<Option<AuditEntry>> {
    let base = app.doors().public_url().trim_end_matches('/').to_owned();
    let url = format!("{base}{PATH}{token}");
    let until = expires_at.with_timezone(&time::china());
    let until = until.format("%m月%d日%H:%M").to_string();
    let wanted = Wanted {
        template: "electronic_link",
        channel: Some(channel),
        to: Addressed::Customer(customer),
        values: &[("url", &url), ("until", &until)],
        about: ("electronic_link", Some(link.0)),
        once: None,
        not_before: None,
        expires_at: Some(expires_at),
    };
    Ok(queue(app, work, actor, &wanted).await?.entry)
}

/// Sends a code.
pub(super) async fn send_code(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    (customer, link): (CustomerId, LinkId),
    code: &str,
    until: Instant,
) -> Result<Option<AuditEntry>> {
    let minutes = (until - work.now()).num_minutes().max(1).to_string();
    let wanted = Wanted {
        template: "electronic_code",
        channel: Some(MessageChannel::Sms),
        to: Addressed::Customer(customer),
        values: &[("code", code), ("minutes", &minutes)],
        about: ("electronic_link", Some(link.0)),
        once: None,
        not_before: None,
        expires_at: Some(until),
    };
    Ok(queue(app, work, actor, &wanted).await?.entry)
}
