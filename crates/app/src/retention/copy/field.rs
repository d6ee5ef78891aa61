//! What is held besides callbacks: letters, sales visits, electronic callbacks, notes.

use super::content::{ROWS_MAX, Table, moment, text};
use crate::{App, Result};
use domain::access::Scope;
use domain::customers::Reveal;
use store::letters::LetterFilter;
use store::retention::{DataRequestRow, load_copied};
use store::visits::SlipFilter;

/// Letters, sales visits, steps of electronic callbacks, and every note about the person.
pub(super) async fn field(
    app: &App,
    scope: &Scope,
    row: &DataRequestRow,
    trace: Reveal,
) -> Result<Vec<Table>> {
    let limit = i64::try_from(ROWS_MAX).unwrap_or(i64::MAX);
    let copied = load_copied(app.store(), scope, row.customer, limit).await?;
    let notes = copied.notes.into_iter();
    let notes = notes.map(|n| vec![n.number, moment(n.at), n.step, n.note]);
    let evidence = copied.evidence.into_iter().map(|e| {
        vec![
            e.number,
            moment(e.at),
            e.step,
            text(e.item),
            text(e.answer),
            text(e.words),
            text(e.content),
            text(e.device),
        ]
    });
    Ok(vec![
        letters(app, scope, row, trace).await?,
        sales_visits(app, scope, row).await?,
        Table {
            name: "electronic",
            columns: &[
                "callback", "at", "step", "item", "answer", "words", "content", "device",
            ],
            rows: evidence.collect(),
        },
        Table {
            name: "notes",
            columns: &["about", "at", "step", "note"],
            rows: notes.collect(),
        },
    ])
}

async fn letters(app: &App, scope: &Scope, row: &DataRequestRow, trace: Reveal) -> Result<Table> {
    let filter = LetterFilter {
        customer: Some(row.customer),
        ..LetterFilter::default()
    };
    let letters = store::letters::list_letters(app.store(), scope, &filter, ROWS_MAX).await?;
    let letters = letters.rows.into_iter().map(|l| {
        let changes = l.changes.map(|c| c.reveal(trace).to_owned());
        vec![
            l.number,
            l.kind.to_string(),
            l.state.to_string(),
            text(l.policy_no),
            l.issued_on.to_string(),
            text(l.sent_on),
            text(l.signed_on),
            text(l.returned_on),
            text(changes),
        ]
    });
    Ok(Table {
        name: "letters",
        columns: &[
            "number",
            "kind",
            "state",
            "policy_no",
            "issued_on",
            "sent_on",
            "signed_on",
            "returned_on",
            "changes",
        ],
        rows: letters.collect(),
    })
}

/// Sales visits to the person; the contact person may be somebody else and stays masked.
async fn sales_visits(app: &App, scope: &Scope, row: &DataRequestRow) -> Result<Table> {
    let filter = SlipFilter {
        customer: Some(row.customer),
        ..SlipFilter::default()
    };
    let slips = store::visits::list_slips(app.store(), scope, &filter, ROWS_MAX).await?;
    let slips = slips.rows.into_iter().map(|s| {
        vec![
            s.number,
            s.category.to_string(),
            s.business_type,
            s.contact_name.to_string(),
            moment(s.registered_at),
            text(s.ended_at.map(moment)),
            text(s.satisfaction),
            text(s.product_problems),
            text(s.important),
        ]
    });
    Ok(Table {
        name: "sales_visits",
        columns: &[
            "number",
            "category",
            "business",
            "contact",
            "registered_at",
            "ended_at",
            "satisfaction",
            "product_problems",
            "important",
        ],
        rows: slips.collect(),
    })
}
