//! The record form of a callback (回访记录表) on paper: time, channel, content, satisfaction, opinions,
//! product problems (CBK-44).

use super::page::{CallbackPage, PastAnswer, callback_page};
use crate::paper::{Bundle, Cell, Document, Meta, Table};
use crate::{App, Result};
use domain::access::Actor;
use domain::ids::CallbackId;
use domain::questionnaires::{ItemKind, Topic};
use domain::time::{self, Instant};
use store::AuditEntry;
use store::callbacks::AttemptRow;

/// Least height of rows that hold what a customer said, in points.
const TALL: f32 = 60.0;
/// The item of scripts in which a customer names problems of products.
const PRODUCTS: &str = "product_problems";

/// What a customer said, sorted into the columns of the form.
#[derive(Debug, Default, PartialEq, Eq)]
struct Columns {
    content: Vec<String>,
    satisfaction: Vec<String>,
    opinions: Vec<String>,
    products: Vec<String>,
}

/// Writes the form as PDF, names and numbers masked as on the page; `say` puts codes into words, by
/// their kind. That it was printed is recorded.
///
/// # Errors
/// When the actor may not, the callback is not in sight, or the paper cannot be made.
pub async fn record_pdf(
    app: &App,
    actor: &Actor,
    now: Instant,
    (id, company): (CallbackId, &str),
    say: impl Fn(&str, &str) -> String + Send + Sync,
) -> Result<(String, Vec<u8>)> {
    let page = callback_page(app, actor, now, id).await?;
    let number = page.callback.number.clone();
    let work = app.store().begin(now).await?;
    let entry = AuditEntry::new(actor, "callback.form_printed", "callback", id.0);
    let entry = entry.customer(page.callback.customer_id.0);
    work.commit(entry.detail(serde_json::json!({ "number": number })))
        .await?;
    let mut form = Document::new(number.clone());
    form.header = (company.to_owned(), number.clone());
    form.heading("客户回访记录表");
    form.table(head(app, &page, &say));
    for attempt in &page.attempts {
        form.part(format!("第 {} 次回访", attempt.seq));
        form.table(one(&page, attempt, &say));
    }
    form.table(end(&page, &say));
    form.sign(&["回访人", "责任主管", "日期"]);
    let mut bundle = Bundle::new(app.typeface());
    bundle.add(&form)?;
    let meta = Meta {
        title: "客户回访记录表",
        author: company,
        created: now,
    };
    Ok((format!("{number}.pdf"), bundle.finish(&meta)?))
}

fn plain() -> Table {
    Table::new(&[1.1, 2.0, 1.1, 2.0])
}

fn head(app: &App, page: &CallbackPage, say: &impl Fn(&str, &str) -> String) -> Table {
    let c = &page.callback;
    let rules = app.rules();
    let programme = rules.programme(&c.programme);
    let programme = programme.map_or(c.programme.as_str(), |p| p.title.zh.as_str());
    plain()
        .row([
            Cell::label("客户名称"),
            Cell::from(format!("{}（{}）", c.customer_name, c.customer_no)),
            Cell::label("保单号"),
            Cell::from(c.policy_no.as_deref().unwrap_or("—")),
        ])
        .row([
            Cell::label("回访项目"),
            Cell::from(programme),
            Cell::label("回访状态"),
            Cell::from(say("callback-state", c.state.as_str())),
        ])
}

fn one(page: &CallbackPage, attempt: &AttemptRow, say: &impl Fn(&str, &str) -> String) -> Table {
    let own = page.answers.iter().filter(|a| a.attempt == attempt.id);
    let columns = sorted(own, say);
    let mut content = columns.content;
    content.extend(attempt.note.clone());
    let wide = |lines: Vec<String>| Cell::from(lines.join("\n")).over(3);
    let ended = attempt
        .ended_at
        .map_or_else(String::new, |at| format!(" 至 {}", local(at, "%H:%M")));
    let result = attempt.result.map(|r| say("attempt-result", r.as_str()));
    let respondent = attempt.respondent.as_deref();
    plain()
        .row([
            Cell::label("回访时间"),
            Cell::from(format!(
                "{}{ended}",
                local(attempt.started_at, "%Y-%m-%d %H:%M")
            )),
            Cell::label("回访方式"),
            Cell::from(say("contact-channel", &attempt.channel)),
        ])
        .row([
            Cell::label("回访人"),
            Cell::from(attempt.caller_name.as_str()),
            Cell::label("受访人及结果"),
            Cell::from(
                respondent
                    .map(|r| say("respondent", r))
                    .into_iter()
                    .chain(result)
                    .collect::<Vec<_>>()
                    .join("，"),
            ),
        ])
        .tall_row(TALL, [Cell::label("回访内容"), wide(content)])
        .row([Cell::label("满意度"), wide(columns.satisfaction)])
        .tall_row(TALL, [Cell::label("意见和建议"), wide(columns.opinions)])
        .row([Cell::label("产品问题"), wide(columns.products)])
}

/// What became of it: cases, notes, what the supervisor said.
fn end(page: &CallbackPage, say: &impl Fn(&str, &str) -> String) -> Table {
    let cases = page.tickets.iter().map(|t| {
        let problem = say("problem-type", t.problem.as_str());
        format!(
            "{} {problem}（{}）",
            t.number,
            say("ticket-state", t.state.as_str())
        )
    });
    let notes = page.notes.iter();
    let notes = notes.filter_map(|n| Some(format!("{}：{}", n.author_name, n.note.as_deref()?)));
    let reviews = page.reviews.iter().map(|r| {
        format!(
            "{}（{}）：{}",
            r.reviewer_name,
            local(r.reviewed_at, "%Y-%m-%d"),
            r.guidance.as_deref().unwrap_or("已审阅")
        )
    });
    let wide = |lines: Vec<String>| Cell::from(lines.join("\n")).over(3);
    plain()
        .row([Cell::label("问题处理"), wide(cases.collect())])
        .row([Cell::label("备注"), wide(notes.collect())])
        .row([Cell::label("主管意见"), wide(reviews.collect())])
}

/// Sorts answers into the columns of the form; the last answer to an item counts.
fn sorted<'a>(
    answers: impl Iterator<Item = &'a PastAnswer>,
    say: &impl Fn(&str, &str) -> String,
) -> Columns {
    let mut last: Vec<&PastAnswer> = Vec::new();
    for answer in answers {
        last.retain(|a| a.given.item != answer.given.item);
        last.push(answer);
    }
    let mut columns = Columns::default();
    for answer in last {
        let words = answer.words.as_deref().unwrap_or_default();
        let said = match (answer.given.rating, words) {
            (Some(rating), "") => format!("{rating} 分"),
            (Some(rating), words) => format!("{rating} 分，{words}"),
            (None, "") => say("answer", answer.given.answer.as_str()),
            (None, words) => words.to_owned(),
        };
        let line = format!("{}：{said}", answer.title.zh);
        let is_product = answer.given.item == PRODUCTS || answer.topics.contains(&Topic::Product);
        let column = match answer.kind {
            Some(ItemKind::Rate) => &mut columns.satisfaction,
            Some(ItemKind::Open) if is_product => &mut columns.products,
            Some(ItemKind::Open) => &mut columns.opinions,
            _ => &mut columns.content,
        };
        column.push(line);
    }
    columns
}

fn local(at: Instant, format: &str) -> String {
    at.with_timezone(&time::china()).format(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::AttemptId;
    use domain::questionnaires::{Answer, GivenAnswer, Words};
    use uuid::Uuid;

    fn answer(item: &str, kind: ItemKind, rating: Option<u8>, words: &str) -> PastAnswer {
        PastAnswer {
            attempt: AttemptId(Uuid::nil()),
            title: Words {
                zh: item.to_owned(),
                en: String::new(),
            },
            given: GivenAnswer {
                item: item.to_owned(),
                answer: Answer::Affirm,
                rating,
            },
            words: Some(words.to_owned()).filter(|w| !w.is_empty()),
            answered_at: Instant::default(),
            problem: None,
            carried: false,
            kind: Some(kind),
            topics: Vec::new(),
        }
    }

    /// CBK-44: content, satisfaction, opinions and product problems each in their column.
    #[test]
    fn answers_stand_in_their_columns() {
        let answers = [
            answer("visit_happened", ItemKind::Verify, None, ""),
            answer("rating", ItemKind::Rate, Some(2), ""),
            answer("rating", ItemKind::Rate, Some(3), "态度好"),
            answer(PRODUCTS, ItemKind::Open, None, "保费偏高"),
            answer("opinions", ItemKind::Open, None, "多来看看"),
        ];
        let columns = sorted(answers.iter(), &|_, code| code.to_owned());
        assert_eq!(columns.content, ["visit_happened：affirm"]);
        assert_eq!(columns.satisfaction, ["rating：3 分，态度好"]);
        assert_eq!(columns.opinions, ["opinions：多来看看"]);
        assert_eq!(columns.products, ["product_problems：保费偏高"]);
    }
}
