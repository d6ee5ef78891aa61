//! What was sent to a person, and what they said about being contacted.

use super::content::{ROWS_MAX, Table, moment};
use crate::{App, Result};
use domain::access::Scope;
use domain::customers::Reveal;
use store::messaging::{MessageFilter, list_consents, list_messages, read_message_text};
use store::retention::DataRequestRow;

/// Messages with their words, and every word of consent or refusal.
pub(super) async fn messages(
    app: &App,
    scope: &Scope,
    row: &DataRequestRow,
    trace: Reveal,
) -> Result<Vec<Table>> {
    let db = app.store();
    let filter = MessageFilter {
        customer: Some(row.customer),
        ..MessageFilter::default()
    };
    let mut sent = Vec::new();
    for message in list_messages(db, scope, &filter, ROWS_MAX).await?.rows {
        let words = read_message_text(db, message.id).await?;
        let body = words.body.map(|b| b.reveal(trace).to_owned());
        let to = message.recipient.map(|r| r.reveal(trace).to_owned());
        sent.push(vec![
            message.number,
            moment(message.created_at),
            message.channel.to_string(),
            to.unwrap_or_default(),
            message.purpose.to_string(),
            message.state.to_string(),
            message.sent_at.map(moment).unwrap_or_default(),
            body.unwrap_or_default(),
        ]);
    }
    let said = list_consents(db, scope, row.customer).await?;
    let said = said.into_iter().map(|line| {
        let note = line.note.map(|n| n.reveal(trace).to_owned());
        vec![
            moment(line.at),
            line.topic.to_string(),
            line.given.to_string(),
            line.source.to_string(),
            note.unwrap_or_default(),
        ]
    });
    Ok(vec![
        Table {
            name: "messages",
            columns: &[
                "number",
                "queued_at",
                "channel",
                "recipient",
                "purpose",
                "state",
                "sent_at",
                "text",
            ],
            rows: sent,
        },
        Table {
            name: "consents",
            columns: &["at", "topic", "given", "source", "proof"],
            rows: said.collect(),
        },
    ])
}
