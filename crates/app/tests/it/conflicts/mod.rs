//! The conflicts between the source documents, each with its resolution. `docs/conflicts.csv` names the test of
//! each; those of features that have tests of their own stand with them.

mod work;

use app::rules::{discharges, shipped_calendar, shipped_packs, shipped_schema};
use domain::callbacks::{Discharge, Outcome as Facts4};
use domain::reports::{Figure, find_metric};
use rules::facts::FactType;
use rules::{Facts, NaiveDate, Outcome, RuleBook, Value, Window};
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::day;

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
    // 成功 of the claims rules is no more than reached: their figures count interviews, those of life success.
    let counts = |code: &str| find_metric(code).unwrap().figures.to_vec();
    assert!(counts("K-22").contains(&Figure::Interviewed));
    assert!(!counts("K-22").contains(&Figure::Succeeded));
    assert!(counts("K-01").contains(&Figure::Succeeded));
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
fn c06_seven_days_in_chongqing_and_none_in_shandong() {
    let how = how(&book());
    // Shandong until the company registers a rule.
    assert_eq!(
        (how["NB-CQ"].deemed_days, how["NB-SD"].deemed_days),
        (Some(7), None)
    );
}

#[test]
fn c07_a_proxy_answers_for_a_banks_customer_only() {
    let how = how(&book());
    let proxies = how.iter().filter(|(_, d)| d.proxy_allowed);
    let proxies: Vec<_> = proxies.map(|(code, _)| code.as_str()).collect();
    assert_eq!(proxies, ["NB-BR", "NB-BS"]);
}

#[test]
fn c08_the_salesperson_is_kept_from_life_callbacks() {
    let life = ["NB-", "RN-", "LP-", "SU-", "PO-"];
    for (code, discharge) in how(&book()) {
        let barred = life.iter().any(|l| code.starts_with(l));
        assert_eq!(discharge.executor.bars_salesperson, barred, "{code}");
    }
}

#[test]
fn c10_ticket_limits_differ_by_programme() {
    let how = how(&book());
    assert_eq!(
        (how["NB-BR"].ticket_due_days, how["PS-PH"].ticket_due_days),
        (3, 2)
    );
}

#[test]
fn c12_nothing_is_promoted_where_compliance_is_the_purpose() {
    let how = how(&book());
    let promoting = how.iter().filter(|(_, d)| d.promotion_allowed);
    let promoting: Vec<_> = promoting.map(|(code, _)| code.as_str()).collect();
    assert_eq!(promoting, ["GN-PLAN", "KA-SPEC"]);
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
fn c17_the_trade_is_left_out_of_all_off_site_cases() {
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
}

#[test]
fn c18_motor_claims_are_called_from_day_ten_to_fifteen() {
    let book = book();
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
fn c26_the_day_of_signature_counts_for_the_company_alone() {
    let said = says(&book(), "NB-CQ", &life(&[]));
    // Fifteen days from 17 January, the day itself counted; the customer has one more.
    assert_eq!(said["due"], "2024-01-31");
    assert_eq!(said["right_end"], "2024-02-01");
}

#[test]
fn c27_the_customers_right_rolls_and_the_due_date_does_not() {
    // Both ends lie in the National Day holiday of 2026.
    let signed = life(&[("policy.ack_signed_on", "2026-09-18")]);
    let said = says(&book(), "NB-CQ", &signed);
    assert_eq!(said["due"], "2026-10-02");
    assert_eq!(said["right_end"], "2026-10-08");
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
fn c31_two_renewals_have_two_programmes() {
    let how = how(&book());
    assert_ne!(how["RN-GRACE"].questionnaire, how["PC-REN"].questionnaire);
    assert_ne!(how["RN-GRACE"].success, how["PC-REN"].success);
}

#[test]
fn c32_an_organisation_insured_is_one_thing() {
    let book = book();
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
