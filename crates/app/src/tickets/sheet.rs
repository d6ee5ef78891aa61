//! A list of problem cases as an Excel workbook.

use super::problem_lists::{ProblemListPage, find_list};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::time::Instant;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use store::AuditEntry;

/// The list as a workbook of one sheet; `heads` names its columns and `say` the codes in it, by their kind.
/// That it was taken is recorded.
///
/// # Errors
/// When the actor may not take data out, or the list is not in sight.
pub async fn list_sheet(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
    heads: &[String],
    say: impl Fn(&str, &str) -> String + Send + Sync,
) -> Result<Vec<u8>> {
    actor.demand(Permission::DataExport)?;
    let page = find_list(app, actor, number).await?;
    let work = app.store().begin(now).await?;
    let detail = serde_json::json!({ "number": page.head.number, "rows": page.rows.len() });
    let entry = AuditEntry::new(actor, "ticket.list_exported", "problem_list", page.head.id);
    work.commit(entry.detail(detail)).await?;
    write(&page, heads, say).map_err(|e| Error::Fault(e.to_string()))
}

fn write(
    page: &ProblemListPage,
    heads: &[String],
    say: impl Fn(&str, &str) -> String,
) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name(&page.head.number)?;
    for (column, head) in (0_u16..).zip(heads) {
        sheet.write_string_with_format(0, column, head, &bold)?;
    }
    let date = |d: Option<chrono::NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    for (line, row) in (1_u32..).zip(&page.rows) {
        let cells = [
            row.seq.to_string(),
            say("problem-item", &row.item.to_string()),
            row.occurred_on.to_string(),
            row.ticket_number.clone(),
            say("problem-type", &row.problem),
            text(&row.policy_no),
            row.channel
                .as_deref()
                .map(|c| say("channel", c))
                .unwrap_or_default(),
            row.customer_no.clone(),
            row.org_name.clone(),
            text(&row.salesperson),
            text(&row.handler),
            date(row.issued_on),
            date(row.listed_after),
            date(row.processed_on),
            say("ticket-state", &row.state),
            format!(
                "《{}》{}",
                page.head.penalty_rule, page.head.penalty_article
            ),
        ];
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string(line, column, cell)?;
        }
    }
    sheet.autofit();
    book.save_to_buffer()
}
