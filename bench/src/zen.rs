//! The same decisions by `zen-engine`.
//!
//! The conditions of programme NB-CQ (who is called back after signing a receipt in Chongqing, who is
//! excluded and why, whose contract is void) stand in one decision table, compiled beforehand. It gets
//! exactly the inputs that it looks at. Twice: without any dates, and with two of the four dates as
//! calendar days. Our engine does more in its time: it works out all four dates with their roll over days
//! off, the parameters over all layers and the respondent.

use crate::report::{Target, figure};
use crate::rules::{Case, Maker, seconds_a_call, window};
use crate::{Options, Result};
use rules::pack::ProgrammeId;
use rules::{Facts, Outcome, RuleBook, Value};
use serde_json::json;
use std::hint::black_box;
use zen_engine::model::GraphContent;
use zen_engine::{Decision, Variable};

/// The programme.
const PROGRAMME: &str = "NB-CQ";
/// Decisions of a round; more do not change the mean.
const CASES_MAX: u64 = 20_000;
/// Two of the programme's dates, as the table writes them: calendar days, before any roll at days off.
const DATES: [(&str, &str); 2] = [
    (
        "due",
        "d(signed_on).add(max([cooling_off_days, 10]) - 1, 'd').format('%Y-%m-%d')",
    ),
    (
        "right_end",
        "d(signed_on).add(max([cooling_off_days, 10]), 'd').format('%Y-%m-%d')",
    ),
];
/// Column, fact; the last one only counts for dates.
const INPUTS: [(&str, &str); 8] = [
    ("region", "policy.region"),
    ("line", "policy.line"),
    ("signed_on", "policy.ack_signed_on"),
    ("holder", "holder.kind"),
    ("term_months", "policy.term_months"),
    ("withdrawn_on", "policy.withdrawn_on"),
    ("undated_status", "policy.undated_status"),
    ("cooling_off_days", "policy.cooling_off_days"),
];

/// The decision table: the first row that fits counts.
fn decision(with_dates: bool) -> Result<Decision> {
    let rule = |column: &str, test: &str, outcome: &str| {
        let mut rule = serde_json::Map::new();
        rule.insert("_id".into(), json!(format!("{column} {outcome}")));
        if !column.is_empty() {
            rule.insert(column.into(), json!(test));
        }
        rule.insert("outcome".into(), json!(format!("\"{outcome}\"")));
        if with_dates && matches!(outcome, "applies" | "withdrawn_in_cooling_off") {
            for (name, expression) in DATES {
                rule.insert(name.into(), json!(expression));
            }
        }
        serde_json::Value::Object(rule)
    };
    let mut outputs = vec![json!({ "id": "outcome", "name": "outcome", "field": "outcome" })];
    if with_dates {
        for (name, _) in DATES {
            outputs.push(json!({ "id": name, "name": name, "field": name }));
        }
    }
    let inputs: Vec<_> = INPUTS
        .iter()
        .take(7)
        .map(|(name, _)| json!({ "id": name, "name": name, "field": name }))
        .collect();
    let content = json!({
        "nodes": [
            { "id": "in", "name": "in", "type": "inputNode", "content": {} },
            { "id": "table", "name": "table", "type": "decisionTableNode", "content": {
                "hitPolicy": "first",
                "inputs": inputs,
                "outputs": outputs,
                "rules": [
                    rule("region", "$ != \"500000\"", "not_candidate"),
                    rule("line", "not in [\"life\", \"health\", \"accident\"]", "not_candidate"),
                    rule("signed_on", "$ == null", "not_candidate"),
                    rule("holder", "$ != \"individual\"", "group_policyholder"),
                    rule("term_months", "<= 12", "term_not_over_one_year"),
                    rule("withdrawn_on", "$ != null", "withdrawn_in_cooling_off"),
                    rule("undated_status", "\"cooling_off_cancelled\"", "withdrawn_in_cooling_off"),
                    rule("", "", "applies"),
                ],
            } },
            { "id": "out", "name": "out", "type": "outputNode", "content": {} },
        ],
        "edges": [
            { "id": "a", "sourceId": "in", "targetId": "table" },
            { "id": "b", "sourceId": "table", "targetId": "out" },
        ],
    });
    let content: GraphContent = serde_json::from_value(content)?;
    let mut decision = Decision::from(content);
    decision.compile();
    Ok(decision)
}

/// What the table looks at.
fn context(book: &RuleBook, case: &Case) -> Variable {
    let mut context = serde_json::Map::new();
    for (name, fact) in INPUTS {
        let id = book.schema().find_fact(fact);
        let known = case.known.iter().find(|(f, _)| Some(*f) == id);
        let value = match known.map(|(_, value)| value) {
            Some(Value::Code(code)) => json!(code),
            Some(Value::Int(n)) => json!(n),
            Some(Value::Date(date)) => json!(date.to_string()),
            Some(Value::Bool(b)) => json!(b),
            Some(Value::Unknown) | None => serde_json::Value::Null,
        };
        context.insert(name.into(), value);
    }
    serde_json::Value::Object(context).into()
}

/// Our outcome in the table's words.
fn word<'o>(outcome: &'o Outcome<'_>) -> &'o str {
    match outcome {
        Outcome::NotCandidate => "not_candidate",
        Outcome::NotYet(_) | Outcome::TooOld(_) => "out_of_window",
        Outcome::Excluded { reason, .. } => &reason.code,
        Outcome::Applies(found) => found.cancelled.map_or("applies", |r| r.code.as_str()),
    }
}

/// Measures both on the same cases and checks that they decide alike.
pub(crate) fn measure(options: &Options, book: &RuleBook) -> Result<()> {
    let programme = book.programmes().iter().position(|p| p.code == PROGRAMME);
    let programme: ProgrammeId = programme
        .and_then(|at| book.programme_id(at))
        .ok_or("no such programme")?;
    let window = window()?;
    let mut maker = Maker::new(book, 11);
    let cases = (0..options.rows.min(CASES_MAX)).map(|_| maker.receipt());
    let cases = cases.collect::<Result<Vec<_>>>()?;
    let facts: Vec<_> = cases
        .iter()
        .map(|case| {
            let mut facts = Facts::new(book.schema());
            for (fact, value) in &case.known {
                facts.set(*fact, value.clone());
            }
            facts
        })
        .collect();
    let contexts: Vec<_> = cases.iter().map(|case| context(book, case)).collect();
    let (plain, dated) = (decision(false)?, decision(true)?);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let decide = |decision: &Decision, context: &Variable| -> Result<Variable> {
        let response = runtime.block_on(decision.evaluate(context.clone()));
        Ok(response.map_err(|e| format!("{e:?}"))?.result)
    };
    let text = |answer: &Variable, name: &str| {
        let value = answer.dot(name);
        value.and_then(|v| v.as_str().map(str::to_owned))
    };
    let mut applied = 0;
    for (facts, context) in facts.iter().zip(&contexts) {
        let ours = book.evaluate(programme, facts, window);
        let [plain, dated] = [decide(&plain, context)?, decide(&dated, context)?];
        let mut alike = [&plain, &dated].map(|a| text(a, "outcome"))
            == [0; 2].map(|_| Some(word(&ours).to_owned()));
        if let Outcome::Applies(found) = &ours {
            for (name, _) in DATES {
                let at = book.programme(programme).find_date(name);
                let date = at.and_then(|at| found.raw_dates[at]);
                alike &= date.is_some() && text(&dated, name) == date.map(|d| d.to_string());
            }
            applied += 1;
        }
        if !alike {
            let (context, dated) = (context.to_value(), dated.to_value());
            return Err(format!("{ours:?} here, {dated} there: {context}").into());
        }
    }
    let count = cases.len() as f64;
    let ours = seconds_a_call(|| {
        for facts in &facts {
            black_box(book.evaluate(programme, facts, window));
        }
    }) / count;
    let theirs = |decision: &Decision| {
        seconds_a_call(|| {
            runtime.block_on(async {
                for context in &contexts {
                    let _ = black_box(decision.evaluate(context.clone()).await);
                }
            });
        }) / count
    };
    let (plain, dated) = (theirs(&plain), theirs(&dated));
    println!(
        "\n{count} decisions of {PROGRAMME} alike in both engines, {applied} make an obligation\n"
    );
    println!("| figure | measured | target | |\n|---|---|---|---|");
    figure(
        "rules: ours, conditions and four dates",
        ours * 1e6,
        " µs",
        Target::None,
    );
    figure(
        "rules: zen-engine, conditions and two dates",
        dated * 1e6,
        " µs",
        Target::None,
    );
    figure(
        "rules: zen-engine, conditions alone",
        plain * 1e6,
        " µs",
        Target::None,
    );
    figure(
        "rules: zen-engine with two dates / ours",
        dated / ours,
        "×",
        Target::AtLeast(20.0),
    );
    figure(
        "rules: zen-engine without dates / ours",
        plain / ours,
        "×",
        Target::AtLeast(20.0),
    );
    Ok(())
}
