//! Completeness and truth as points, by the tables of the packs.

use super::read_rules::InformationRules;
use ::rules::eval::ScoreTrace;
use ::rules::pack::{HUNDREDTHS, ScoreId};
use ::rules::{Facts, RuleBook, Value};
use store::data_quality::StateRow;

/// What the tables look at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counted {
    pub mandatory_missing: i64,
    pub wanted_missing: i64,
    pub untrue: i64,
    pub doubtful: i64,
    pub document_expired: bool,
    pub verification_overdue: bool,
}

impl Counted {
    /// As they were counted when a customer was examined.
    pub(super) fn of(state: &StateRow, rules: &InformationRules) -> Self {
        Self {
            mandatory_missing: state.mandatory_missing,
            wanted_missing: state.wanted_missing,
            untrue: state.untrue,
            doubtful: state.doubtful,
            document_expired: state.document_expired,
            verification_overdue: state.verify_by < rules.today,
        }
    }

    fn facts(self, book: &RuleBook) -> Facts<'static> {
        let schema = book.schema();
        let mut facts = Facts::new(schema);
        let values = [
            (
                "quality.mandatory_missing",
                Value::Int(self.mandatory_missing),
            ),
            ("quality.wanted_missing", Value::Int(self.wanted_missing)),
            ("quality.untrue", Value::Int(self.untrue)),
            ("quality.doubtful", Value::Int(self.doubtful)),
            (
                "quality.document_expired",
                Value::Bool(self.document_expired),
            ),
            (
                "quality.verification_overdue",
                Value::Bool(self.verification_overdue),
            ),
        ];
        for (name, value) in values {
            if let Some(fact) = schema.find_fact(name) {
                facts.set(fact, value);
            }
        }
        facts
    }

    /// Completeness and truth, 0 to 100. Without a table nothing speaks against them.
    pub(super) fn points(self, book: &RuleBook, rules: &InformationRules) -> (i64, i64) {
        let facts = self.facts(book);
        let whole = |score: Option<ScoreId>| {
            let scored = score.and_then(|id| book.score(id, &facts, rules.today));
            scored.map_or(100, |s| (s.points / HUNDREDTHS).clamp(0, 100))
        };
        (whole(rules.completeness), whole(rules.truth))
    }

    /// Both scores, explained.
    pub(super) fn explain(self, book: &RuleBook, rules: &InformationRules) -> Vec<ScoreTrace> {
        let facts = self.facts(book);
        let both = [rules.completeness, rules.truth];
        let explained = both.into_iter().flatten();
        explained
            .filter_map(|id| book.explain_score(id, &facts, rules.today))
            .collect()
    }
}
