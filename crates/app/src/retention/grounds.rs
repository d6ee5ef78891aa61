//! Grounds on which the law lets a request be refused, and by when it is answered: both from packs.

use crate::App;
use crate::rules::Rules;
use chrono::NaiveDate;
use domain::retention::RequestKind;
use rules::dates::add_calendar_days;
use rules::{Facts, Text, Value};

/// Beginning of the ids of grounds.
const PREFIX: &str = "ground_";
/// The parameter with the days to answer.
const DAYS: &str = "data_request_days";

/// A ground of refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub label: Text,
    /// The article.
    pub article: String,
    /// What the article says.
    pub words: Text,
    /// Title of the instrument.
    pub pack: Text,
}

fn facts<'f>(rules: &Rules, kind: RequestKind) -> Facts<'f> {
    let schema = rules.book().schema();
    let mut facts = Facts::new(schema);
    if let Some(id) = schema.find_fact("request.kind") {
        facts.set(id, Value::code(kind.as_str()));
    }
    facts
}

/// The grounds on which a kind of request may be refused on a day.
pub fn grounds(app: &App, kind: RequestKind, on: NaiveDate) -> Vec<Ground> {
    let rules = app.rules();
    let facts = facts(&rules, kind);
    let book = rules.book();
    let named = book.parameters().iter().filter_map(|group| {
        let code = group.id.strip_prefix(PREFIX)?;
        let (value, dated) = book.parameter_source(&group.id, &facts, on)?;
        if value != Value::Bool(true) {
            return None;
        }
        let pack = book.pack(dated.cite.pack);
        let words = pack.article(&dated.cite.article).map(|a| a.text.clone());
        Some(Ground {
            code: code.to_owned(),
            label: group.label.clone(),
            words: words.unwrap_or_default(),
            article: dated.cite.article,
            pack: pack.title.clone(),
        })
    });
    named.collect()
}

/// The last day to answer a request, and where that is written. The day on which it came in is not
/// counted.
pub(super) fn due(
    app: &App,
    kind: RequestKind,
    received_on: NaiveDate,
) -> Option<(NaiveDate, String)> {
    let rules = app.rules();
    let facts = facts(&rules, kind);
    let (value, dated) = rules.book().parameter_source(DAYS, &facts, received_on)?;
    let pack = rules.book().pack(dated.cite.pack);
    let cite = format!("{}·{}", pack.title.zh, dated.cite.article);
    let due = add_calendar_days(received_on, value.as_int()?, false);
    Some((due, cite))
}
