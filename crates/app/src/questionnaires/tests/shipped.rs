//! The shipped questionnaires ask what their sources demand.

use crate::questionnaires::install::SHIPPED;
use crate::questionnaires::needs::Needs;
use crate::questionnaires::{CaseFacts, Script, Scripts, check, file, write};
use chrono::NaiveDate;
use domain::customers::CustomerKind;
use domain::policies::{Channel, ProductClass};
use domain::questionnaires::{ItemKind, Topic, Words};
use std::collections::BTreeSet;

pub(super) fn shipped() -> Vec<Script> {
    let files = SHIPPED
        .files()
        .filter(|f| f.path().extension().is_some_and(|e| e == "toml"));
    let scripts = files.map(|f| file::parse(f.contents_utf8().unwrap()).unwrap());
    scripts.collect()
}

pub(super) fn script(code: &str) -> Script {
    shipped().into_iter().find(|s| s.code == code).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A policy of a class, sold through a bank, paid in instalments.
fn case(class: ProductClass) -> CaseFacts {
    CaseFacts {
        product_class: Some(class),
        instalments: true,
        channel: Some(Channel::Bancassurance),
        ..CaseFacts::default()
    }
}

/// Codes of the items that must be asked in a case.
fn must_ask(script: &Script, case: &CaseFacts) -> BTreeSet<String> {
    let items = script.items_for(case, false);
    let must = items.iter().filter(|i| i.item.must_ask);
    must.map(|i| i.item.code.clone()).collect()
}

#[test]
fn chongqing_asks_its_important_points_one_by_one() {
    let script = script("nb-cq");
    let points = [
        "coverage",
        "exclusions",
        "cooling_off",
        "fees",
        "surrender_loss",
    ];
    for class in ProductClass::ALL.iter().filter(|c| c.is_new_type()) {
        let asked = must_ask(&script, &case(*class));
        let benefits = asked.iter().filter(|c| c.starts_with("benefits_"));
        assert_eq!(benefits.count(), 1, "{class}: {asked:?}");
    }
    let asked = must_ask(&script, &case(ProductClass::Ordinary));
    assert!(!asked.iter().any(|c| c.starts_with("benefits_")));
    for point in points {
        assert!(asked.contains(point), "{point}");
    }
    for item in script.items.iter().map(|i| &i.item) {
        let important = points.contains(&item.code.as_str()) || item.code.starts_with("benefits_");
        if important {
            assert!(item.gated && item.cite == "第八条", "{}", item.code);
        }
    }
}

#[test]
fn bancassurance_asks_its_eight_points() {
    let script = script("nb-banc");
    let items = script.items_for(&case(ProductClass::Participating), false);
    for point in 1..=8 {
        let cite = format!("回访话术要点第{point}点");
        let asked = items
            .iter()
            .any(|i| i.item.cite == cite && i.item.must_ask && i.item.gated);
        assert!(asked, "{cite}");
    }
}

#[test]
fn property_callbacks_ask_what_their_rule_names() {
    let person = CaseFacts {
        insured_kind: Some(CustomerKind::Individual),
        ..CaseFacts::default()
    };
    for (code, points) in [
        (
            "pc-uw1",
            [
                "application_experience",
                "terms_known",
                "own_will",
                "staff_attitude",
            ],
        ),
        (
            "pc-cl1",
            [
                "claim_experience",
                "liability_clear",
                "loss_clear",
                "staff_attitude",
            ],
        ),
    ] {
        let asked = must_ask(&script(code), &person);
        for point in points {
            assert!(asked.contains(point), "{code}: {point}");
        }
        assert!(!asked.contains("identity_role"), "{code}");
        // CBK-36: there will be more of these callbacks, and opinions are welcome.
        let closing = script(code).closing.zh;
        assert!(closing.contains("今后我们还会有类似的回访") && asked.contains("opinions"));
        let organisation = CaseFacts {
            insured_kind: Some(CustomerKind::Group),
            ..CaseFacts::default()
        };
        let asked = must_ask(&script(code), &organisation);
        assert!(asked.contains("identity_role"), "{code}");
    }
}

#[test]
fn renewal_asks_about_claims_where_there_was_one() {
    let script = script("pc-ren");
    for had_claim in [false, true] {
        let case = CaseFacts {
            had_claim,
            ..CaseFacts::default()
        };
        let asked = must_ask(&script, &case);
        assert!(asked.contains("cover_satisfaction"));
        assert_eq!(asked.contains("claim_satisfaction"), had_claim);
    }
}

fn book() -> rules::RuleBook {
    let schema = std::sync::Arc::new(crate::rules::shipped_schema().unwrap());
    let calendar = std::sync::Arc::new(crate::rules::shipped_calendar().unwrap());
    rules::RuleBook::load(schema, calendar, &crate::rules::shipped_packs()).unwrap()
}

pub(super) fn needs() -> Needs {
    Needs::of(&book(), day("2026-11-22"))
}

#[test]
fn every_programme_has_a_script_that_names_it() {
    let scripts = shipped();
    for programme in book().programmes() {
        let code = programme.discharge.get("questionnaire");
        let Some(code) = code.and_then(|c| c.as_str()) else {
            assert_ne!(programme.kind, "callback", "{}", programme.code);
            continue;
        };
        let script = scripts.iter().find(|s| s.code == code);
        let named = script.is_some_and(|s| s.programmes.contains(&programme.code));
        assert!(named, "{} is asked with {code}", programme.code);
    }
}

/// What people must not do the program does not bring either.
#[test]
fn what_is_shipped_passes_its_own_check() {
    let (all, needs) = (Scripts::new(shipped()), needs());
    for script in all.all() {
        let findings = check::check(script, &needs, &all);
        assert!(check::is_sound(&findings), "{}: {findings:?}", script.code);
    }
}

#[test]
fn what_is_written_reads_the_same() {
    for script in shipped() {
        let text = write::write(&script);
        let again = file::parse(&text).unwrap();
        let same = Script {
            hash: script.hash.clone(),
            ..again
        };
        assert_eq!(same, script);
    }
}

#[test]
fn what_must_be_clear_has_a_source_and_a_ticket() {
    for script in shipped() {
        let free = [ItemKind::Rate, ItemKind::Open, ItemKind::Promotion];
        let items = script.items.iter().map(|i| &i.item);
        for item in items.filter(|i| !free.contains(&i.kind)) {
            let place = format!("{}: {}", script.code, item.code);
            assert!(item.must_ask && !item.cite.is_empty(), "{place}");
            assert!(item.ticket.is_some(), "{place}");
        }
        let first = script.items.first().map(|i| i.item.kind);
        assert_eq!(first, Some(ItemKind::Identity), "{}", script.code);
    }
}

#[test]
fn technical_terms_are_explained() {
    for script in shipped().iter().filter(|s| s.code.starts_with("nb-")) {
        let terms: Vec<_> = script.terms.iter().map(|t| t.term.zh.as_str()).collect();
        for term in ["现金价值", "犹豫期"] {
            assert!(terms.contains(&term), "{}: {terms:?}", script.code);
        }
    }
}

/// The values that words ask for, such as `{holder}`.
fn values(words: &str) -> BTreeSet<&str> {
    let parts = words.split('{').skip(1);
    parts.filter_map(|p| p.split('}').next()).collect()
}

#[test]
fn both_languages_say_the_same_values() {
    let check = |place: String, words: &Words| {
        assert!(!words.zh.is_empty() && !words.en.is_empty(), "{place}");
        assert_eq!(values(&words.zh), values(&words.en), "{place}");
    };
    for script in shipped() {
        check(format!("{}: greeting", script.code), &script.greeting);
        check(format!("{}: closing", script.code), &script.closing);
        for item in &script.items {
            check(
                format!("{}: {}", script.code, item.item.code),
                &item.item.ask,
            );
        }
    }
}

#[test]
fn the_newest_version_in_effect_is_used() {
    let old = Script {
        version: 1,
        effective_from: day("2020-01-01"),
        ..script("nb-cq")
    };
    let new = Script {
        version: 2,
        effective_from: day("2026-01-01"),
        ..old.clone()
    };
    let scripts = Scripts::new(vec![old, new]);
    for (on, expected) in [
        ("2019-12-31", None),
        ("2020-01-01", Some(1)),
        ("2025-12-31", Some(1)),
        ("2026-01-01", Some(2)),
    ] {
        let found = scripts.in_effect("nb-cq", day(on));
        assert_eq!(found.map(|s| s.version), expected, "{on}");
    }
}

#[test]
fn promotion_is_asked_only_where_it_is_allowed() {
    let mut script = script("pc-ren");
    let mut offer = script.items[0].clone();
    offer.item.kind = ItemKind::Promotion;
    offer.item.code = "offer".into();
    script.items.push(offer);
    let has_offer = |allowed: bool| {
        let items = script.items_for(&CaseFacts::default(), allowed);
        items.iter().any(|i| i.item.code == "offer")
    };
    assert!(has_offer(true) && !has_offer(false));
}

/// QST-06, QST-10, QST-12, QST-13: on-site visits ask about risk, protection, claims and needs, in open
/// questions, with what to mind, and about claims and the business only where there is something.
#[test]
fn on_site_visits_ask_what_their_rule_names() {
    let script = script("ov-visit");
    let topics = |case: &CaseFacts| -> BTreeSet<_> {
        let items = script.items_for(case, false);
        items
            .iter()
            .flat_map(|i| i.topics.iter().map(|t| t.as_str()))
            .collect()
    };
    let firm = CaseFacts {
        insured_kind: Some(CustomerKind::Group),
        had_claim: true,
        ..CaseFacts::default()
    };
    for topic in ["risk_control", "needs", "claim_service", "suggestions"] {
        assert!(topics(&firm).contains(topic), "{topic}");
    }
    assert!(!topics(&CaseFacts::default()).contains("claim_service"));
    let open = script
        .items
        .iter()
        .filter(|i| i.item.kind == ItemKind::Open);
    assert!(open.clone().count() > script.items.len() / 2);
    let guided = script.items.iter().filter(|i| i.guide.is_some());
    assert!(guided.count() >= 4);
    assert!(
        open.clone().any(|i| i.item.after.is_some()),
        "why, after a bad rating"
    );
}

/// C-13: new-policy callbacks ask closed questions of which each opens the next; regular ones ask open
/// questions too, and none of them holds up another.
#[test]
fn c13_closed_and_gated_beside_open_and_free() {
    for code in [
        "nb-cq",
        "nb-sd",
        "nb-cn",
        "nb-2017",
        "nb-t10",
        "nb-banc",
        "nb-health",
    ] {
        let script = script(code);
        let items: Vec<_> = script.items.iter().map(|i| &i.item).collect();
        let gated = items.iter().filter(|i| i.gated);
        assert!(gated.clone().count() >= 5, "{code}");
        assert!(gated.clone().all(|i| i.is_closed()), "{code}");
        let informed = |k| matches!(k, ItemKind::Identity | ItemKind::Inform | ItemKind::Confirm);
        let must = items.iter().filter(|i| i.must_ask && informed(i.kind));
        for item in must {
            assert!(item.gated, "{code}: {}", item.code);
        }
    }
    for code in ["vf-regular", "gn-plan", "gn-service"] {
        let script = script(code);
        let open = script
            .items
            .iter()
            .filter(|i| i.item.kind == ItemKind::Open);
        assert!(open.clone().count() >= 1, "{code}");
        assert!(open.clone().all(|i| !i.item.gated), "{code}");
    }
}

/// QST-09, QST-12, C-12: planned callbacks ask each subject that the campaign chose and no other; ratings come
/// with an open question; promotion is there for generic programmes only.
#[test]
fn planned_callbacks_ask_what_the_campaign_chose() {
    let script = script("gn-plan");
    let codes = |topics: &[Topic], promotion| -> BTreeSet<String> {
        let case = CaseFacts {
            planned_topics: topics.to_vec(),
            ..CaseFacts::default()
        };
        let items = script.items_for(&case, promotion);
        items.iter().map(|i| i.item.code.clone()).collect()
    };
    let core = codes(&[], true);
    assert!(core.contains("service_satisfaction") && core.contains("satisfaction_reason"));
    for topic in domain::campaigns::TOPICS {
        let more = codes(&[topic], true);
        let own = script.items.iter().any(|i| {
            i.topics.contains(&topic)
                && more.contains(&i.item.code)
                && (!core.contains(&i.item.code) || topic == Topic::Service)
        });
        assert!(more.len() > core.len(), "{topic} adds nothing");
        assert!(own || topic == Topic::Offers, "{topic} is not asked");
    }
    assert!(codes(&[Topic::Offers], true).contains("new_products"));
    assert!(!codes(&[Topic::Offers], false).contains("new_products"));
    for rate in script
        .items
        .iter()
        .filter(|i| i.item.kind == ItemKind::Rate)
    {
        let open = |i: &&crate::questionnaires::ScriptItem| {
            i.item.kind == ItemKind::Open && i.block == rate.block
        };
        assert!(script.items.iter().any(|i| open(&i)), "{}", rate.item.code);
    }
}
