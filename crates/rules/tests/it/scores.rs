//! Scores: points, classes, floors, what would change them, and what keeps a wrong table from loading.

use crate::shipped::calendar;
use rules::{FactSchema, Facts, NaiveDate, RuleBook, Source, Value};
use std::sync::Arc;

const FACTS: &str = r#"
event = []

[[fact]]
name = "customer.premium"
type = "money"
zh = "保费"
en = "premium"

[[fact]]
name = "customer.lines"
type = "int"
zh = "险种数"
en = "lines held"

[[fact]]
name = "customer.appetite"
type = "code"
zh = "风险偏好"
en = "risk appetite"
codes.low = { zh = "低", en = "low" }
codes.medium = { zh = "中", en = "medium" }
codes.high = { zh = "高", en = "high" }

[[fact]]
name = "customer.large"
type = "bool"
zh = "大客户"
en = "large customer"

[[fact]]
name = "customer.kind"
type = "code"
zh = "客户类型"
en = "kind"
"#;

const PACK: &str = r#"
[pack]
id = "company/value"
version = 1
title = { zh = "客户价值", en = "Value" }
jurisdiction = "company"
layer = "company"
status = "approved"
confidence = "P"
in_force = { from = 2026-01-01 }
source = { title = "办法", issuer = { zh = "公司", en = "the company" } }

[[article]]
ref = "一"
text = { zh = "按分值划分。", en = "By points." }

[[score]]
code = "VALUE"
title = { zh = "价值", en = "value" }
subject = "customer"
cite = "一"
start = 5

[[score.scope]]
fact = "customer.kind"
op = "eq"
value = "individual"
says = { zh = "个人客户", en = "a person" }
cite = "一"

[[score.term]]
id = "premium"
label = { zh = "保费", en = "premium" }
fact = "customer.premium"
weight = 50
unknown = 0
bands = [ { below = 1000000, points = 0 }, { below = 5000000, points = 51 }, { points = 100 } ]
cite = "一"

[[score.term]]
id = "appetite"
label = { zh = "偏好", en = "appetite" }
fact = "customer.appetite"
unknown = 10
bands = [ { is = ["high", "medium"], points = 30 }, { points = 0 } ]
cite = "一"

[[score.class]]
code = "high"
label = { zh = "高", en = "high" }
from = 60
cite = "一"

[[score.class]]
code = "medium"
label = { zh = "中", en = "medium" }
from = 30
cite = "一"

[[score.class]]
code = "low"
label = { zh = "低", en = "low" }
cite = "一"

[[score.floor]]
class = "high"
says = { zh = "大客户至少为高", en = "a large customer is high at least" }
cite = "一"
[[score.floor.when]]
fact = "customer.large"
op = "eq"
value = true
says = { zh = "大客户", en = "large" }
cite = "一"

[[score.test]]
name = "high"
facts = { "customer.kind" = "individual", "customer.premium" = 5000000, "customer.appetite" = "medium" }
expect = { points = 85, class = "high", floor = false }

[[score.test]]
name = "medium, with half a point"
facts = { "customer.kind" = "individual", "customer.premium" = 4999999, "customer.appetite" = "low" }
expect = { points = 30.5, class = "medium" }

[[score.test]]
name = "low, the appetite unknown"
facts = { "customer.kind" = "individual", "customer.premium" = 999999 }
expect = { points = 15, class = "low" }

[[score.test]]
name = "large"
facts = { "customer.kind" = "individual", "customer.large" = true }
expect = { points = 15, class = "high", floor = true }

[[score.test]]
name = "a group is not scored"
facts = { "customer.kind" = "group" }
expect = { none = true }
"#;

fn load(text: &str) -> Result<RuleBook, Vec<String>> {
    let schema = FactSchema::parse(FACTS).expect("a schema");
    let source = Source {
        name: "value.toml".into(),
        text: text.to_owned(),
    };
    RuleBook::load(Arc::new(schema), Arc::new(calendar()), &[source])
        .map_err(|found| found.iter().map(ToString::to_string).collect())
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn facts(
    book: &RuleBook,
    premium: i64,
    appetite: Option<&'static str>,
    large: bool,
) -> Facts<'static> {
    let mut facts = Facts::new(book.schema());
    let id = |name: &str| book.schema().find_fact(name).expect("a fact");
    facts.set(id("customer.kind"), Value::code("individual"));
    facts.set(id("customer.premium"), Some(premium));
    facts.set(id("customer.appetite"), appetite);
    facts.set(id("customer.large"), Some(large));
    facts
}

#[test]
fn points_and_classes_follow_the_table() {
    let book = load(PACK).expect("the pack loads");
    let on = day("2026-03-01");
    let id = book.find_score("VALUE", on).expect("in force");
    assert!(book.find_score("VALUE", day("2025-12-31")).is_none());
    let scored = book
        .score(id, &facts(&book, 5_000_000, None, false), on)
        .expect("scored");
    assert_eq!((scored.points, scored.class), (6_500, 0));
    assert_eq!(scored.bands, [Some(2), None]);
    let lifted = book
        .score(id, &facts(&book, 0, Some("low"), true), on)
        .expect("scored");
    assert_eq!(
        (lifted.points, lifted.by_points, lifted.class, lifted.floor),
        (500, 2, 0, Some(0))
    );
}

#[test]
fn a_score_explains_itself_and_what_would_change_it() {
    let book = load(PACK).expect("the pack loads");
    let on = day("2026-03-01");
    let id = book.find_score("VALUE", on).expect("in force");
    let trace = book.explain_score(id, &facts(&book, 1_200_000, Some("low"), false), on);
    let trace = trace.expect("scored");
    assert_eq!((trace.points, trace.class.code.as_str()), (3_050, "medium"));
    let premium = &trace.terms[0];
    assert_eq!(premium.actual.zh, "12000.00 元");
    assert_eq!(premium.band.zh, "10000.00 元 至 50000.00 元 以下");
    assert_eq!(
        (
            premium.points,
            premium.contribution,
            premium.contribution_max
        ),
        (5_100, 2_550, 5_000)
    );
    let changes: Vec<_> = trace
        .changes
        .iter()
        .map(|c| {
            (
                c.term.as_str(),
                c.band.zh.as_str(),
                c.points,
                c.class.as_str(),
            )
        })
        .collect();
    assert_eq!(
        changes,
        [
            ("premium", "低于 10000.00 元", 500, "low"),
            ("appetite", "高、中", 6_050, "high"),
        ]
    );
    let sum: i64 = trace.terms.iter().map(|t| t.contribution).sum();
    assert_eq!(trace.start + sum, trace.points);
}

#[test]
fn a_table_that_does_not_add_up_does_not_load() {
    for (find, replace, expected) in [
        (
            "below = 5000000",
            "below = 1000000",
            "the bands do not rise",
        ),
        (
            "{ points = 100 } ]",
            "{ below = 9000000, points = 100 } ]",
            "band 3 does not fit",
        ),
        (
            "\"high\", \"medium\"], points",
            "\"hgh\"], points",
            "is no code of customer.appetite",
        ),
        (
            "from = 60",
            "from = 20",
            "classes go from the highest to the lowest",
        ),
        (
            "class = \"high\"\nsays",
            "class = \"top\"\nsays",
            "no class \"top\"",
        ),
        (
            "points = 85",
            "points = 84",
            "expected 84.00 points, got 85.00",
        ),
        (
            "points = 15, class = \"low\"",
            "points = 15",
            "tests are missing for the classes: low",
        ),
        (", floor = true", "", "a floor has no test"),
        (
            "fact = \"customer.premium\"",
            "fact = \"customer.premum\"",
            "unknown fact",
        ),
        ("weight = 50", "weight = 0", "a weight is a percentage"),
    ] {
        assert!(PACK.contains(find), "no {find:?}");
        let found = load(&PACK.replacen(find, replace, 1)).expect_err(expected);
        assert!(
            found.iter().any(|f| f.contains(expected)),
            "{expected}: {found:#?}"
        );
    }
}

#[test]
fn two_packs_with_one_score_need_precedence() {
    let schema = || Arc::new(FactSchema::parse(FACTS).expect("a schema"));
    let source = |name: &str, text: String| Source {
        name: name.into(),
        text,
    };
    let other = PACK.replace("company/value", "company/value-south");
    let both = |other: String| {
        let sources = [source("a.toml", PACK.to_owned()), source("b.toml", other)];
        RuleBook::load(schema(), Arc::new(calendar()), &sources)
    };
    let found = both(other.clone()).expect_err("no precedence");
    assert!(
        found
            .iter()
            .any(|f| f.what.contains("both define it without precedence"))
    );
    let named = other.replace(
        "code = \"VALUE\"",
        "code = \"VALUE\"\noverrides = \"company/value\"",
    );
    let book = both(named).expect("loads");
    let id = book
        .find_score("VALUE", day("2026-03-01"))
        .expect("in force");
    let pack = book.find_score_by_id(id).pack;
    assert_eq!(book.pack(pack).id, "company/value-south");
}
