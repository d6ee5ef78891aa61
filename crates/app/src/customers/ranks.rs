//! Where customers stand in queues, as the packs say.

use crate::App;
use chrono::NaiveDate;
use domain::customers::ValueClass;
use rules::{Facts, Value};
use store::customers::QueueRanks;

/// The parameter with the rank of a class.
const RANK: &str = "service_queue_rank";

/// The ranks of the classes on a day; who has none in the packs goes after all others.
pub(crate) fn queue_ranks(app: &App, on: NaiveDate) -> QueueRanks {
    let rules = app.rules();
    let book = rules.book();
    let Some(fact) = book.schema().find_fact("customer.value_class") else {
        return QueueRanks::default();
    };
    let rank = |class: ValueClass| {
        let mut facts = Facts::new(book.schema());
        facts.set(fact, Value::code(class.as_str()));
        book.parameter_value(RANK, &facts, on)?.as_int()
    };
    let ranks = [ValueClass::High, ValueClass::Medium, ValueClass::Low].map(rank);
    let last = ranks.iter().flatten().max().copied().unwrap_or(0);
    let [high, medium, low] = ranks.map(|r| r.unwrap_or(last));
    QueueRanks {
        high,
        medium,
        other: low,
    }
}
