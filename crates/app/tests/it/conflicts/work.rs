//! Conflicts whose resolution shows in the work itself: who is called, what is listed, kept, counted.

use super::{book, how};
use crate::reports::{april, march};
use crate::visits::signed_visit;
use app::obligations::{PlanRequest, plan};
use app::quality::penalty_of;
use app::reports::run_report;
use domain::access::Actor;
use domain::callbacks::{CallbackState, ContactChannel};
use domain::imports::ImportKind;
use domain::money::Money;
use domain::quality::{Measure, Offence};
use domain::reports::Figure as F;
use domain::retention::RecordKind;
use rstest::rstest;
use rules::{Facts, RuleBook, Value};
use testkit::{Engine, Portfolio, Table, TestApp, day, refused, row};

/// The longest term in years that any basis gives a record of a contract that ended on a day.
fn kept_years(book: &RuleBook, kind: RecordKind, line: &str, months: i64, ended: &str) -> i64 {
    let schema = book.schema();
    let mut facts = Facts::new(schema);
    let mut set = |name: &str, value| facts.set(schema.find_fact(name).unwrap(), value);
    set("record.kind", Value::code(kind.as_str()));
    set("policy.line", Value::code(line.to_owned()));
    set("policy.term_months", Value::Int(months));
    let from = |clock: &str| {
        book.parameter_value(clock, &facts, day(ended)) == Some(Value::code("contract_end"))
    };
    let bases = book.parameters().iter().filter_map(|group| {
        let name = group.id.strip_prefix("keep_")?.strip_suffix("_years")?;
        let counts = from(&format!("keep_{name}_from"));
        let years = book.parameter_value(&group.id, &facts, day(ended))?;
        counts.then_some(years.as_int()).flatten()
    });
    bases.max().unwrap_or(0)
}

#[test]
fn c11_everything_is_kept_five_years_and_long_terms_ten() {
    let book = book();
    for kind in RecordKind::OF_A_POLICY {
        for ended in ["2008-06-30", "2019-03-05", "2026-03-05"] {
            for line in ["life", "motor", "commercial"] {
                let years = |months| kept_years(&book, kind, line, months, ended);
                assert_eq!((years(12), years(13)), (5, 10), "{kind} {line} {ended}");
            }
        }
    }
}

/// C-14: a quarterly contact by any channel and a yearly visit are two duties of one customer; the one does
/// not discharge the other.
#[rstest]
#[tokio::test]
async fn c14_contacts_and_visits_are_counted_apart(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut portfolio = Portfolio::small();
    portfolio
        .customers
        .set("C50-ZHOU", "value_class", "high")
        .set("C50-ZHOU", "key_account", "true");
    let t = TestApp::with(engine, &portfolio).await;
    let request = PlanRequest {
        since: Some(day("2024-01-01")),
        ..PlanRequest::default()
    };
    plan(&t.app, &Actor::shell("tests"), t.now, request, &|_| {})
        .await
        .unwrap();
    let status = async || {
        let sql = "SELECT o.programme || ' ' || o.status FROM obligations o \
                   JOIN customers c ON c.id = o.customer_id \
                   WHERE c.customer_no = 'C50-ZHOU' AND o.programme IN ('VF-HIGH', 'OV-KEY') ORDER BY 1";
        t.database.column(sql).await
    };
    assert_eq!(status().await, ["OV-KEY open", "VF-HIGH open"]);
    let p = t.people();
    let sql = "SELECT CAST(b.number AS TEXT) FROM callbacks b WHERE b.programme = 'VF-HIGH'";
    let number = t.database.column(sql).await.remove(0);
    let found = app::callbacks::find_callback(&t.app, &p.leader_cq, &number).await;
    let id = found.unwrap().id;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.interview(&p.caller_cq, t.now, id, &[]).await;
    assert_eq!(status().await, ["OV-KEY open", "VF-HIGH discharged"]);
}

/// C-20: one flow takes a case to the department responsible; the title under which it goes is a citation.
#[test]
fn c20_one_transfer_two_titles() {
    let book = book();
    let schema = book.schema();
    let title = |programme: &str| {
        let mut facts = Facts::new(schema);
        for (name, code) in [
            ("policy.line", "commercial"),
            ("ticket.programme", programme),
        ] {
            let value = Value::code(code.to_owned());
            facts.set(schema.find_fact(name).unwrap(), value);
        }
        let on = day("2026-11-23");
        let found = book.parameter_source("ticket_transfer_rule", &facts, on);
        let (value, source) = found.unwrap();
        (value, source.cite.article)
    };
    let named = |text: &'static str, article: &str| (Value::code(text), article.to_owned());
    for programme in ["PC-UW1", "PC-CL1"] {
        let expected = named("客户咨询、投诉转工单实施细则", "第五条第四项");
        assert_eq!(title(programme), expected, "{programme}");
    }
    let expected = named("客户咨询、投诉转工单管理办法", "第六条第四项");
    assert_eq!(title("PC-REN"), expected);
}

/// What the tables propose: measure, fine in yuan, whether a lawyer looks at it.
fn proposed(book: &RuleBook, offence: Offence, times: u32) -> (Measure, Option<i64>, bool) {
    let found = penalty_of(book, day("2026-11-23"), offence, times);
    let penalty = found.unwrap().unwrap();
    let yuan = penalty.fine.map(|Money(fen)| fen / 100);
    (penalty.measure, yuan, penalty.legal_review)
}

/// C-23: each document's own table; what takes pay or employment bears the flag for a legal review, and a
/// table that leaves it out does not load. That a proposal needs another person is shown in
/// `domain::quality`.
#[test]
fn c23_penalties_are_tables_and_proposals() {
    use Offence as O;
    let book = book();
    let of = |offence, times| proposed(&book, offence, times);
    assert_eq!(
        of(O::FalseVisit, 1),
        (Measure::MonthPerformancePay, None, true)
    );
    assert_eq!(
        of(O::FalseVisit, 2),
        (Measure::MonthPayAndCommission, None, true)
    );
    for times in [3, 4] {
        assert_eq!(
            of(O::ForgedCustomerData, times),
            (Measure::Dismissal, None, true)
        );
    }
    for (offence, yuan) in [
        (O::OvertimeOrError, 100),
        (O::PastAgreedTime, 300),
        (O::CustomerDataLost, 500),
    ] {
        assert_eq!(of(offence, 1), (Measure::Fine, Some(yuan), true));
    }
    assert_eq!(of(O::PoorEffect, 1), (Measure::Criticism, None, false));
    assert_eq!(of(O::LateOrSubstandard, 1), (Measure::Warning, None, false));
    for offence in O::ALL {
        let known = penalty_of(&book, day("2026-11-23"), *offence, 1).unwrap();
        assert!(known.is_some_and(|p| p.check().is_ok()), "{offence}");
    }
}

/// C-24: no programme of law or company rule lets anybody take a callback off; what an event of the customer
/// demands can be added by whoever may send events.
#[rstest]
#[tokio::test]
async fn c24_compliance_lists_are_added_to_and_never_cut(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let how = how(&book());
    let cut = how.iter().filter(|(_, d)| d.manual_removal);
    let cut: Vec<_> = cut.map(|(code, _)| code.as_str()).collect();
    assert_eq!(cut, ["GN-PLAN", "KA-SPEC"]);
    let t = TestApp::with_portfolio(engine).await;
    assert!(t.obligation("P37-SUN", "SU-SURR").await.is_none());
    let added = row([
        ("event_id", "BY-HAND"),
        ("type", "surrendered"),
        ("occurred_at", "2024-03-04T10:00:00+08:00"),
        ("policy_no", "P37-SUN"),
    ]);
    t.import(ImportKind::Events, &Table::new([added])).await;
    t.plan(t.now).await;
    assert!(t.obligation("P37-SUN", "SU-SURR").await.is_some());
}

/// C-29: the coverage of the cooling-off period counts telephone attempts, whatever came of them; completion
/// counts every channel and says which.
#[rstest]
#[tokio::test]
async fn c29_coverage_counts_calls_and_completion_names_its_channel(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    // A call that reached nobody, and one after which the branch went to see the customer.
    let li = t.callback("P50-LI", "NB-CQ").await;
    let zhou = t.callback("P50-ZHOU", "NB-CQ").await;
    for (id, result) in [(li, "no_answer"), (zhou, "hearing_difficulty")] {
        t.assign(&p.leader_cq, id, &p.caller_cq).await;
        t.not_reached(&p.caller_cq, t.now, id, result).await;
    }
    let visit = signed_visit(&t, &p.operations_cq, zhou, "yes").await;
    app::visits::archive_visit(&t.app, &p.operations_cq, t.now, visit)
        .await
        .unwrap();
    assert_eq!(t.look(zhou).await.state, CallbackState::Completed);
    let report = async |metric: &str| {
        run_report(&t.app, &p.manager, april(), &march(metric, ""))
            .await
            .unwrap()
    };
    let coverage = report("K-04").await;
    let share = &coverage.total.ratio;
    assert_eq!((share.numerator, share.denominator), (2, 3));
    let completed = report("K-06").await;
    let by = |figure| completed.count(&completed.total, figure);
    assert_eq!(completed.total.ratio.numerator, 1);
    assert_eq!(
        (
            by(F::CompletedByPhone),
            by(F::CompletedByLetter),
            by(F::CompletedByVisit)
        ),
        (0, 0, 1)
    );
}

#[test]
fn c09_who_calls_is_said_by_each_programme() {
    let how = how(&book());
    // The branch follows up central calls; the institution's own post has nobody behind it.
    assert!(how["NB-2017"].branch_round && !how["PS-PH"].branch_round);
    // Salespersons may make generic callbacks, never those of life rules.
    assert!(!how["GN-1W"].executor.bars_salesperson && how["NB-2017"].executor.bars_salesperson);
    let visits = |code: &str| how[code].channels.contains(&ContactChannel::Visit);
    assert!(visits("GN-1W") && !visits("SL-VISIT"));
}

/// C-21: a surrender in Shandong has no threshold, its payout has one: both are looked at.
#[rstest]
#[tokio::test]
async fn c21_surrender_and_payout_are_both_called(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let mut rows = Vec::new();
    for (policy, amount) in [("P37-SUN", "999.00"), ("P37-MA", "5000.00")] {
        let (surrender, paid) = (format!("{policy}-S"), format!("{policy}-P"));
        let at = "2024-03-04T10:00:00+08:00";
        rows.push(row([
            ("event_id", &surrender),
            ("type", "surrendered"),
            ("occurred_at", at),
            ("policy_no", policy),
        ]));
        rows.push(row([
            ("event_id", &paid),
            ("type", "service_payout"),
            ("occurred_at", at),
            ("policy_no", policy),
            ("amount", amount),
            ("payout_method", "bank_transfer"),
            ("payee_role", "policyholder"),
        ]));
    }
    t.import(ImportKind::Events, &Table::new(rows)).await;
    t.plan(t.now).await;
    for policy in ["P37-SUN", "P37-MA"] {
        assert!(t.obligation(policy, "SU-SURR").await.is_some(), "{policy}");
    }
    assert!(t.obligation("P37-SUN", "PS-PH").await.is_none());
    assert!(t.obligation("P37-MA", "PS-PH").await.is_some());
}

/// C-25: a letter does not come before the telephone.
#[rstest]
#[tokio::test]
async fn c25_a_letter_comes_after_the_telephone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.not_reached(&p.caller_cq, t.now, id, "wrong_number").await;
    let by = &p.operations_cq;
    let early = app::letters::write_letter(&t.app, by, t.now, id, "号码有误").await;
    assert_eq!(refused(early), "callback-phone-first");
}
