//! The record form of a visit as PDF, as annex 1 prints it.

use super::FormPage;
use crate::paper::{Bundle, Cell, Document, Meta, Table};
use crate::{App, Result};
use domain::access::Actor;
use domain::time::{self, Instant};

/// Least height of rows that people write into, in points.
const TALL: f32 = 84.0;

/// Writes the form as PDF, in the clear for those who may see it so; that it was opened is recorded.
///
/// # Errors
/// When the actor may not, or the visit is not in sight.
pub async fn annex_pdf(
    app: &App,
    actor: &Actor,
    now: Instant,
    (key, company): (&str, &str),
) -> Result<(String, Vec<u8>)> {
    let page = super::form_page(app, actor, now, key).await?;
    let mut form = Document::new(page.visit.number.clone());
    form.header = (company.to_owned(), page.visit.number.clone());
    form.heading("客户回访记录表");
    form.table(table(&page));
    if let Some(digest) = &page.visit.form_digest {
        form.small(format!("SHA-256 {digest}"));
    }
    form.sign(&["受访人签字", "日期"]);
    let mut bundle = Bundle::new(app.typeface());
    bundle.add(&form)?;
    let meta = Meta {
        title: "客户回访记录表",
        author: company,
        created: now,
    };
    Ok((format!("{}.pdf", page.visit.number), bundle.finish(&meta)?))
}

fn table(page: &FormPage) -> Table {
    let (v, c) = (&page.visit, &page.form);
    let dash = |text: Option<&str>| Cell::from(text.unwrap_or("—"));
    let wide = |text: String| Cell::from(text).over(3);
    let mut summary = c.summary.clone();
    for answer in c.answers.iter().filter(|a| !a.answer.is_empty()) {
        summary = format!("{summary}\n{}：{}", answer.question, answer.answer);
    }
    let mut signed = c.remarks.clone();
    if let Some(at) = v.signed_at {
        signed = format!("{signed}\n受访人已签字：{}", moment(at));
    }
    Table::new(&[1.1, 2.0, 1.1, 2.0])
        .row([Cell::label("客户名称"), wide(v.customer_name.clone())])
        .row([
            Cell::label("保单号"),
            dash(v.policy_no.as_deref()),
            Cell::label("回访人"),
            dash(v.visitor_name.as_deref()),
        ])
        .row([
            Cell::label("回访时间"),
            dash(v.visited_at.map(moment).as_deref()),
            Cell::label("地点"),
            Cell::from(c.place.as_str()),
        ])
        .row([
            Cell::label("受访人及职务"),
            Cell::from(format!("{} {}", c.respondent_name, c.position)),
            Cell::label("受访人电话"),
            Cell::from(c.phone.as_str()),
        ])
        .tall_row(TALL, [Cell::label("内容概要"), wide(summary)])
        .tall_row(TALL, [Cell::label("客户反馈"), wide(c.feedback.clone())])
        .tall_row(TALL, [Cell::label("问题跟进"), wide(c.follow_up.clone())])
        .tall_row(TALL, [Cell::label("备注及签字"), wide(signed)])
}

fn moment(at: Instant) -> String {
    let local = at.with_timezone(&time::china());
    local.format("%Y-%m-%d %H:%M").to_string()
}
