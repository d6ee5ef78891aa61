//! The registry: the forty metrics of requirements §6, those without data with the reason.

mod life;
mod property;
mod unavailable;

use super::{Basis, Counted, Figure, Metric, Text};

/// New life contracts: programmes with a cooling-off period.
pub const NEW_CONTRACT: &[&str] = &[
    "NB-CQ",
    "NB-SUP",
    "NB-SD",
    "NB-CN",
    "NB-HEALTH",
    "NB-2017",
    "NB-T10",
    "NB-BR",
    "NB-BS",
];

/// Of those, the programmes that may call before the receipt is signed.
pub const BEFORE_RECEIPT: &[&str] = &["NB-T10", "NB-BR", "NB-BS"];

/// Every metric, in the order of the requirements.
pub fn metrics() -> Vec<&'static Metric> {
    let mut all: Vec<_> = each().collect();
    all.sort_by_key(|m| m.code);
    all
}

/// A metric by its code or name.
pub fn find_metric(name: &str) -> Option<&'static Metric> {
    each().find(|m| m.name == name || m.code.eq_ignore_ascii_case(name))
}

fn each() -> impl Iterator<Item = &'static Metric> {
    life::METRICS
        .iter()
        .chain(property::METRICS)
        .chain(unavailable::METRICS)
}

const fn text(zh: &'static str, en: &'static str) -> Text {
    Text::new(zh, en)
}

/// A metric over new life contracts by due date; the entries say what differs.
const NEW: Metric = Metric {
    code: "",
    name: "",
    title: text("", ""),
    numerator: text("", ""),
    denominator: text("", ""),
    source: "",
    counted: Counted::Policies,
    basis: Basis::Due,
    programmes: NEW_CONTRACT,
    ended_only: false,
    figures: &[],
    ratio: (Figure::Due, Figure::Due),
    target_percent: None,
    unavailable: None,
};
