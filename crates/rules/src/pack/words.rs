//! What a pack says, in plain words: date rules with their conventions, quantities, values.

use super::{
    Anchor, Base, Combine, Expression, Let, ParameterId, Programme, Quantity, Roll, RuleBook,
    Setting, Snap, Step, Unit,
};
use crate::facts::{FactType, Value};
use crate::text::Text;

impl RuleBook {
    /// A date rule as sentences, in the order in which they are applied.
    pub fn say_expression(&self, programme: &Programme, expression: &Expression) -> Vec<Text> {
        let mut said = vec![self.say_base(programme, &expression.base)];
        let steps = expression.steps.iter();
        said.extend(steps.map(|step| self.say_step(programme, step)));
        let only_a_choice = matches!(expression.base, Base::EarliestOf(_) | Base::LatestOf(_));
        if !(only_a_choice && expression.steps.is_empty() && is_still(&expression.roll)) {
            said.push(self.say_roll_rule(&expression.roll));
        }
        let bounds = [
            (expression.not_after, "不晚于", "not after"),
            (expression.not_before, "不早于", "not before"),
        ];
        for (at, zh, en) in bounds {
            if let Some(label) = at.and_then(|at| programme.dates.get(at)).map(|d| &d.label) {
                said.push(Text::new(
                    format!("{zh}{}", label.zh),
                    format!("{en} {}", label.en),
                ));
            }
        }
        said
    }

    fn say_base(&self, programme: &Programme, base: &Base) -> Text {
        match base {
            Base::First(anchors) => {
                let labels: Vec<_> = anchors
                    .iter()
                    .map(|a| self.say_anchor(programme, *a))
                    .collect();
                let zh = joined(&labels, |t| &t.zh, "，未知时用");
                let en = joined(&labels, |t| &t.en, ", or when unknown ");
                Text::new(format!("自{zh}起"), format!("from {en}"))
            }
            Base::EarliestOf(all) => self.say_choice(programme, all, "取最早者", "the earliest of"),
            Base::LatestOf(all) => self.say_choice(programme, all, "取最晚者", "the latest of"),
        }
    }

    fn say_choice(&self, programme: &Programme, all: &[Expression], zh: &str, en: &str) -> Text {
        let parts: Vec<_> = all
            .iter()
            .map(|e| {
                let said = self.say_expression(programme, e);
                Text::new(
                    joined(&said, |t| &t.zh, "，"),
                    joined(&said, |t| &t.en, ", "),
                )
            })
            .collect();
        Text::new(
            format!("{zh}：（{}）", joined(&parts, |t| &t.zh, "）、（")),
            format!("{en}: ({})", joined(&parts, |t| &t.en, "), (")),
        )
    }

    fn say_anchor(&self, programme: &Programme, anchor: Anchor) -> Text {
        match anchor {
            Anchor::Trigger => programme.trigger.label.clone(),
            Anchor::Fact(fact) => self.schema.fact(fact).label(),
            Anchor::Date(at) => programme.dates[at].label.clone(),
        }
    }

    fn say_step(&self, programme: &Programme, step: &Step) -> Text {
        match step {
            Step::Snap(snap) => say_snap(*snap),
            Step::Move {
                by,
                backwards,
                unit,
                count_first,
            } => {
                let by = self.say_quantity(programme, by);
                let (verb_zh, verb_en) = if *backwards {
                    ("前推", "back")
                } else {
                    ("加", "plus")
                };
                let (unit_zh, unit_en) = match unit {
                    Unit::CalendarDay => ("自然日", "calendar days"),
                    Unit::WorkingDay => ("工作日", "working days"),
                    Unit::Month => ("月", "months"),
                };
                let (first_zh, first_en) = match (unit, count_first) {
                    (Unit::Month, _) => (
                        "当月无此日的取月末".to_owned(),
                        "clamped to the month’s end".to_owned(),
                    ),
                    (_, Setting::Fixed(true)) => {
                        ("起算日计入".to_owned(), "starting day counted".to_owned())
                    }
                    (_, Setting::Fixed(false)) => (
                        "起算日不计".to_owned(),
                        "starting day not counted".to_owned(),
                    ),
                    (_, Setting::Parameter(id)) => {
                        let label = self.label(*id);
                        (
                            format!("起算日是否计入依“{}”", label.zh),
                            format!("starting day as “{}” says", label.en),
                        )
                    }
                };
                Text::new(
                    format!("{verb_zh}“{}”，按{unit_zh}计（{first_zh}）", by.zh),
                    format!("{verb_en} “{}” in {unit_en} ({first_en})", by.en),
                )
            }
        }
    }

    fn say_roll_rule(&self, roll: &Setting<Roll>) -> Text {
        match roll {
            Setting::Fixed(Roll::None) => Text::new("遇休息日不顺延", "no roll at days off"),
            Setting::Fixed(Roll::NextWorking) => Text::new(
                "遇休息日顺延至其后第一个工作日",
                "rolls to the next working day",
            ),
            Setting::Fixed(Roll::PreviousWorking) => Text::new(
                "遇休息日提前至其前最后一个工作日",
                "rolls to the previous working day",
            ),
            Setting::Parameter(id) => {
                let label = self.label(*id);
                Text::new(
                    format!("遇休息日依“{}”", label.zh),
                    format!("at days off as “{}” says", label.en),
                )
            }
        }
    }

    /// A quantity by its name.
    pub fn say_quantity(&self, programme: &Programme, quantity: &Quantity) -> Text {
        match quantity {
            Quantity::Fact(fact) => self.schema.fact(*fact).label(),
            Quantity::Parameter(id) => self.label(*id).clone(),
            Quantity::Let(at) => programme.lets[*at].label.clone(),
        }
    }

    /// How a computed quantity comes about.
    pub fn say_let(&self, programme: &Programme, rule: &Let) -> Text {
        let from: Vec<_> = rule
            .from
            .iter()
            .map(|q| self.say_quantity(programme, q))
            .collect();
        let (zh, en) = match rule.combine {
            Combine::Max => ("取大者", "the greatest of"),
            Combine::Min => ("取小者", "the least of"),
            Combine::First => ("取先有者", "the first known of"),
        };
        let list_zh = joined(&from, |t| &t.zh, "”、“");
        let list_en = joined(&from, |t| &t.en, "”, “");
        Text::new(format!("“{list_zh}”，{zh}"), format!("{en} “{list_en}”"))
    }

    /// The value of a parameter in words.
    pub fn say_parameter_value(&self, id: &str, value: &Value<'_>) -> Text {
        let Some(group) = self.find_parameter(id) else {
            return Text::default();
        };
        match value {
            Value::Unknown => Text::new("未规定", "not laid down"),
            Value::Bool(true) => Text::new("是", "yes"),
            Value::Bool(false) => Text::new("否", "no"),
            Value::Int(fen) if group.kind == FactType::Money => {
                let yuan = format!("{}.{:02}", fen / 100, (fen % 100).abs());
                Text::new(format!("{yuan} 元"), format!("{yuan} yuan"))
            }
            Value::Int(n) => match &group.unit {
                Some(unit) => Text::new(format!("{n} {}", unit.zh), format!("{n} {}", unit.en)),
                None => Text::new(n.to_string(), n.to_string()),
            },
            Value::Date(date) => Text::new(date.to_string(), date.to_string()),
            Value::Code(code) => match Roll::parse(code) {
                Some(roll) => self.say_roll_rule(&Setting::Fixed(roll)),
                None => Text::new(code.clone(), code.clone()),
            },
        }
    }

    fn label(&self, id: ParameterId) -> &Text {
        &self.parameters[id.0].label
    }
}

fn is_still(roll: &Setting<Roll>) -> bool {
    matches!(roll, Setting::Fixed(Roll::None))
}

fn joined(texts: &[Text], pick: impl Fn(&Text) -> &str, between: &str) -> String {
    let all: Vec<_> = texts.iter().map(pick).collect();
    all.join(between)
}

/// A named day of a period in words.
pub(crate) fn say_snap(snap: Snap) -> Text {
    match snap {
        Snap::MonthStart => Text::new("取当月第一日", "first day of the month"),
        Snap::MonthEnd => Text::new("取当月最后一日", "last day of the month"),
        Snap::QuarterStart => Text::new("取当季第一日", "first day of the quarter"),
        Snap::QuarterEnd => Text::new("取当季最后一日", "last day of the quarter"),
        Snap::HalfYearStart => Text::new("取当半年第一日", "first day of the half-year"),
        Snap::HalfYearEnd => Text::new("取当半年最后一日", "last day of the half-year"),
        Snap::YearStart => Text::new("取当年第一日", "first day of the year"),
        Snap::YearEnd => Text::new("取当年最后一日", "last day of the year"),
    }
}

#[cfg(test)]
mod tests {
    use crate::pack::{RuleBook, Source};
    use crate::{Calendar, FactSchema};
    use std::sync::Arc;

    fn shipped() -> RuleBook {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let read = |path: &str| std::fs::read_to_string(format!("{root}/{path}")).unwrap();
        let mut sources = Vec::new();
        for folder in ["cn", "cn-37", "cn-50", "company"] {
            for entry in std::fs::read_dir(format!("{root}/rulepacks/{folder}")).unwrap() {
                let name = format!("{folder}/{}", entry.unwrap().file_name().to_string_lossy());
                let text = read(&format!("rulepacks/{name}"));
                sources.push(Source { name, text });
            }
        }
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        let schema = FactSchema::parse(&read("rulepacks/facts.toml")).unwrap();
        let calendar = Calendar::parse(&read("calendars/cn.toml")).unwrap();
        RuleBook::load(Arc::new(schema), Arc::new(calendar), &sources).unwrap()
    }

    #[test]
    fn date_rules_say_their_convention() {
        let book = shipped();
        let programme = book.find_programmes("NB-CQ").next().unwrap();
        let due = &programme.dates[programme.find_date("due").unwrap()];
        let said = book.say_expression(programme, &due.expression);
        let zh: Vec<_> = said.iter().map(|t| t.zh.as_str()).collect();
        assert!(zh[0].starts_with('自') && zh[0].ends_with('起'), "{zh:?}");
        assert!(
            zh[1].contains("按自然日计") && zh[1].contains("起算日是否计入依"),
            "{zh:?}"
        );
        assert_eq!(zh[2], "遇休息日不顺延");
    }

    #[test]
    fn every_date_rule_and_parameter_has_words_in_both_languages() {
        let book = shipped();
        for programme in book.programmes() {
            for date in &programme.dates {
                for text in book.say_expression(programme, &date.expression) {
                    assert!(
                        !text.is_incomplete(),
                        "{} {}: {text:?}",
                        programme.code,
                        date.name
                    );
                }
            }
        }
        for group in book.parameters() {
            for value in group.members.iter().flat_map(|m| &m.values) {
                let said = book.say_parameter_value(&group.id, &value.value);
                assert!(!said.is_incomplete(), "{}", group.id);
            }
        }
    }
}
