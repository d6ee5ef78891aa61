//! The conflicts between the source documents (requirements §7), each with its resolution. Left out are those
//! whose features have tests of their own elsewhere or do not exist yet: C-11 retention, C-13 the question
//! gate, C-14 visits, C-19 surveys, C-20 transfers, C-23 penalties, C-24 removal from lists, C-28 problem
//! lists, C-29 channels of figures.

use app::rules::{discharges, shipped_calendar, shipped_packs, shipped_schema};
use domain::callbacks::{Discharge, Outcome as Facts4};
use domain::imports::ImportKind;
use rstest::rstest;
use rules::facts::FactType;
use rules::{Facts, NaiveDate, Outcome, RuleBook, Value, Window};
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::{Engine, Table, TestApp, day, refused, row};

fn book() -> RuleBook {
    let schema = Arc::new(shipped_schema().unwrap());
    let calendar = Arc::new(shipped_calendar().unwrap());
    RuleBook::load(schema, calendar, &shipped_packs()).unwrap()
}

fn how(book: &RuleBook) -> BTreeMap<String, Discharge> {
    let found = discharges(book, day("2026-11-23")).unwrap();
    let named = |(at, d): (usize, Discharge)| (book.programmes()[at].code.clone(), d);
    found.into_iter().map(named).collect()
}

/// What a programme says of a case: its dates by name, `trigger` and `respondent` among them as text, or the
/// reason of its exclusion under `excluded`. Empty for what is no candidate.
fn says(book: &RuleBook, code: &str, given: &[(&str, &str)]) -> BTreeMap<String, String> {
    let schema = book.schema();
    let mut facts = Facts::new(schema);
    for (name, text) in given {
        let id = schema.find_fact(name).unwrap();
        let value = match schema.fact(id).kind {
            FactType::Bool => Value::Bool(*text == "true"),
            FactType::Int | FactType::Money => Value::Int(text.parse().unwrap()),
            FactType::Date => Value::Date(day(text)),
            FactType::Code => Value::code((*text).to_owned()),
        };
        facts.set(id, value);
    }
    let at = book.programmes().iter().position(|p| p.code == code);
    let id = book.programme_id(at.unwrap()).unwrap();
    let window = Window {
        since: NaiveDate::MIN,
        as_of: NaiveDate::MAX,
    };
    let mut said = BTreeMap::new();
    match book.evaluate(id, &facts, window) {
        Outcome::Applies(found) => {
            said.insert("respondent".to_owned(), found.respondent.to_owned());
            for (rule, date) in book.programme(id).dates.iter().zip(&found.dates) {
                said.extend(date.map(|d| (rule.name.clone(), d.to_string())));
            }
        }
        Outcome::Excluded { reason, .. } => {
            said.insert("excluded".to_owned(), reason.code.clone());
        }
        _ => {}
    }
    said
}

/// A life policy of an individual, issued on 10 January 2024, its receipt signed on the 17th.
fn life<'t>(more: &[(&'t str, &'t str)]) -> Vec<(&'t str, &'t str)> {
    let mut facts = vec![
        ("policy.region", "500000"),
        ("policy.line", "life"),
        ("holder.kind", "individual"),
        ("policy.term_months", "240"),
        ("policy.cooling_off_days", "15"),
        ("policy.channel", "individual_agent"),
        ("policy.application_date", "2024-01-08"),
        ("policy.issue_date", "2024-01-10"),
        ("policy.ack_signed_on", "2024-01-17"),
    ];
    facts.retain(|(name, _)| !more.iter().any(|(m, _)| m == name));
    facts.extend_from_slice(more);
    facts
}

#[test]
fn c01_words_are_computed_from_four_facts() {
    let mut facts = Facts4 {
        reached: true,
        identity_verified: true,
        content_delivered: true,
        affirmed: false,
    };
    assert!(facts.is_succeeded() && facts.is_problem() && !facts.is_completed());
    facts.affirmed = true;
    assert!(facts.is_succeeded() && facts.is_completed() && !facts.is_problem());
}

#[test]
fn c02_extraction_and_due_are_apart_and_due_is_capped() {
    let book = book();
    let said = says(
        &book,
        "NB-T10",
        &life(&[("policy.issue_date", "2024-01-25")]),
    );
    assert_eq!(said["extract"], "2024-01-25");
    assert_eq!(said["due"], "2024-01-31");
    assert_eq!(said["earliest"], "2024-01-31", "day ten lies after it");
    let bank = life(&[
        ("policy.channel", "bancassurance"),
        ("policy.print_date", "2024-01-10"),
        ("policy.ack_entered_on", "2024-01-19"),
    ]);
    assert_eq!(says(&book, "NB-BS", &bank)["extract"], "2024-01-17");
}

#[test]
fn c03_text_messages_never_satisfy_life_programmes() {
    let book = book();
    let text = |d: &Discharge| d.channels.iter().any(|c| c.is_text());
    let life = ["NB-", "RN-", "LP-", "SU-", "PO-", "PS-"];
    for (code, discharge) in how(&book) {
        if life.iter().any(|l| code.starts_with(l)) {
            assert!(!text(&discharge), "{code}");
        }
    }
    let mut packs = shipped_packs();
    for pack in &mut packs {
        if pack.name.ends_with("cn-50/new-contract.toml") {
            let (from, to) = ("channels = [\"phone\"", "channels = [\"sms\", \"phone\"");
            pack.text = pack.text.replace(from, to);
        }
    }
    let schema = Arc::new(shipped_schema().unwrap());
    let calendar = Arc::new(shipped_calendar().unwrap());
    let changed = RuleBook::load(schema, calendar, &packs).unwrap();
    let findings = discharges(&changed, day("2026-11-23")).unwrap_err();
    assert!(findings[0].what.contains("text messages"), "{findings:?}");
}

#[test]
fn c04_exactly_one_year_is_excluded() {
    let book = book();
    for (code, region) in [
        ("NB-CQ", "500000"),
        ("NB-SD", "370000"),
        ("NB-2017", "440000"),
    ] {
        let year = life(&[("policy.region", region), ("policy.term_months", "12")]);
        assert_eq!(
            says(&book, code, &year)["excluded"],
            "term_not_over_one_year"
        );
        let more = life(&[("policy.region", region), ("policy.term_months", "13")]);
        assert_eq!(says(&book, code, &more)["due"], "2024-01-31", "{code}");
    }
}

#[test]
fn c05_an_early_bank_callback_is_supplemented_in_chongqing() {
    let book = book();
    let bank = life(&[
        ("policy.channel", "bancassurance_realtime"),
        ("policy.system_entry_date", "2024-01-10"),
    ]);
    assert_eq!(
        says(&book, "NB-BR", &bank)["earliest"],
        "2024-01-11",
        "before the receipt"
    );
    let early = life(&[
        ("event.programme", "NB-BR"),
        ("event.occurred_on", "2024-01-11"),
    ]);
    assert_eq!(says(&book, "NB-SUP", &early)["due"], "2024-01-31");
}

#[test]
fn c06_to_c10_each_programme_has_its_own_way() {
    let how = how(&book());
    // C-06: seven days in Chongqing; Shandong until the company registers a rule.
    assert_eq!(
        (how["NB-CQ"].deemed_days, how["NB-SD"].deemed_days),
        (Some(7), None)
    );
    // C-07: a proxy may answer for a bank's customer, never in Shandong and Chongqing.
    assert!(how["NB-BR"].proxy_allowed);
    assert!(!how["NB-CQ"].proxy_allowed && !how["NB-SD"].proxy_allowed);
    // C-08: the salesperson is kept from life callbacks, not from those of property lines.
    assert!(how["NB-SD"].bars_salesperson && !how["PC-UW1"].bars_salesperson);
    // C-09: the branch follows up central calls; the institution's own post has nobody behind it.
    assert!(how["NB-2017"].branch_round && !how["PS-PH"].branch_round);
    // C-10: three working days, or two.
    assert_eq!(
        (how["NB-BR"].ticket_due_days, how["PS-PH"].ticket_due_days),
        (3, 2)
    );
    // C-12: no promotion where compliance is the purpose.
    let promoting: Vec<_> = how.iter().filter(|(_, d)| d.promotion_allowed).collect();
    assert!(promoting.iter().all(|(code, _)| !code.starts_with("NB-")));
}

#[test]
fn c15_service_programmes_keep_their_own_dates() {
    let book = book();
    let settled = [
        ("policy.line", "commercial"),
        ("policy.product_class", "property"),
        ("insured.kind", "group"),
        ("event.occurred_on", "2024-03-01"),
    ];
    assert_eq!(says(&book, "CP-SET", &settled)["due"], "2024-03-16");
    assert_eq!(says(&book, "PC-CL1", &settled)["due"], "2024-03-08");
}

#[test]
fn c16_two_meanings_of_one_word_have_two_codes() {
    let schema = shipped_schema().unwrap();
    let codes = |name: &str| schema.fact(schema.find_fact(name).unwrap()).codes.clone();
    let (channels, lines) = (codes("policy.channel"), codes("policy.line"));
    assert!(channels.contains_key("individual_agent") && lines.contains_key("personal"));
    assert!(channels.keys().all(|c| !lines.contains_key(c)));
}

#[test]
fn c17_c18_claims_windows_and_who_is_left_out() {
    let book = book();
    let case = |reporter| {
        [
            ("policy.line", "motor"),
            ("event.occurred_on", "2024-03-02"),
            ("event.loss_region", "510000"),
            ("event.underwriting_region", "500000"),
            ("event.reporter_role", reporter),
        ]
    };
    assert_eq!(
        says(&book, "MC-OFF", &case("agent"))["excluded"],
        "reported_by_trade"
    );
    assert_eq!(says(&book, "MC-OFF", &case("driver"))["due"], "2024-04-10");
    let paid = [("policy.line", "motor"), ("event.paid_on", "2024-03-01")];
    let said = says(&book, "MC-PAID", &paid);
    assert_eq!(
        (said["earliest"].as_str(), said["due"].as_str()),
        ("2024-03-11", "2024-03-16")
    );
}

#[test]
fn c22_the_later_rule_of_shandong_counts_from_its_day() {
    let book = book();
    let issued = |on| life(&[("policy.region", "370000"), ("policy.issue_date", on)]);
    assert!(says(&book, "NB-SD", &issued("2013-02-28")).is_empty());
    assert!(!says(&book, "NB-SD", &issued("2013-03-01")).is_empty());
    let pack = book
        .packs()
        .iter()
        .find(|p| p.id == "cn-37/new-contract")
        .unwrap();
    assert!(
        pack.article("指引四").is_some(),
        "the guidelines are kept as history"
    );
}

#[test]
fn c26_c27_the_company_counts_strictly_the_customer_widely() {
    let book = book();
    let said = says(
        &book,
        "NB-CQ",
        &life(&[("policy.ack_signed_on", "2026-09-18")]),
    );
    assert_eq!(
        said["due"], "2026-10-02",
        "the day of signature counts; no roll at the holiday"
    );
    assert_eq!(
        said["right_end"], "2026-10-08",
        "it does not count; the right rolls"
    );
}

#[test]
fn c30_cooling_off_is_the_products_own_above_a_floor() {
    let book = book();
    for (days, due) in [
        ("5", "2024-01-26"),
        ("10", "2024-01-26"),
        ("20", "2024-02-05"),
    ] {
        let said = says(&book, "NB-CQ", &life(&[("policy.cooling_off_days", days)]));
        assert_eq!(said["due"], due, "{days}");
    }
}

#[test]
fn c31_c32_two_renewals_and_one_organisation_insured() {
    let book = book();
    let how = how(&book);
    assert_ne!(how["RN-GRACE"].questionnaire, how["PC-REN"].questionnaire);
    let group = [
        ("policy.line", "commercial"),
        ("insured.kind", "group"),
        ("policy.term_months", "12"),
        ("policy.expiry_date", "2024-08-15"),
        ("event.occurred_on", "2024-03-15"),
    ];
    for code in ["PC-UW1", "PC-REN"] {
        assert_eq!(
            says(&book, code, &group)["respondent"],
            "insurance_contact",
            "{code}"
        );
    }
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

/// C-24: lists that sales supply may be shortened by hand; what law or supervision draws may not.
#[test]
fn only_planned_contacts_leave_a_list_by_hand() {
    let book = book();
    let flag = |d: &toml::Table| d.get("removal_allowed").and_then(toml::Value::as_bool);
    let open = book
        .programmes()
        .iter()
        .filter(|p| flag(&p.discharge) == Some(true));
    let open: Vec<_> = open.map(|p| p.code.as_str()).collect();
    assert_eq!(open, ["GN-PLAN", "KA-SPEC"]);
}
