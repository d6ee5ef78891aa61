//! Every finding, with what brings it about and where it is said to be.

use super::shipped::{needs, script};
use crate::questionnaires::check::{Finding, Place, check};
use crate::questionnaires::{Block, Script, Scripts};
use domain::questionnaires::{
    AfterAnswer, Answer, Condition, Fact, FindingCode as Code, ItemKind, Test, Topic,
};

fn findings(change: impl FnOnce(&mut Script)) -> Vec<Finding> {
    let mut script = script("nb-cq");
    change(&mut script);
    check(&script, &needs(), &Scripts::default())
}

/// The only finding after a change.
fn only(change: impl FnOnce(&mut Script)) -> (Code, Place, String) {
    let mut found = findings(change);
    assert_eq!(found.len(), 1, "{found:?}");
    let Finding {
        place,
        code,
        detail,
    } = found.remove(0);
    (code, place, detail)
}

fn at<'s>(script: &'s mut Script, code: &str) -> &'s mut crate::questionnaires::ScriptItem {
    let item = script.items.iter_mut().find(|i| i.item.code == code);
    item.unwrap()
}

fn item(code: &str) -> Place {
    Place::Item(code.into())
}

fn is(fact: Fact, wanted: bool) -> Condition {
    Condition {
        fact,
        test: Test::Is(wanted),
    }
}

/// QST-03, CBK-29: each of the seven subjects of Chongqing's article 8 is demanded by the rule.
#[test]
fn a_subject_that_the_rule_demands_is_missed() {
    let subjects = [
        ("coverage", Topic::Coverage),
        ("exclusions", Topic::Exclusions),
        ("cooling_off", Topic::CoolingOff),
        ("fees", Topic::Fees),
        ("surrender_loss", Topic::SurrenderLoss),
        ("benefits_universal", Topic::Uncertainty),
    ];
    for (code, topic) in subjects {
        let found = findings(|s| s.items.retain(|i| i.item.code != code));
        let missed = found.iter().filter(|f| f.code == Code::TopicMissing);
        let details: Vec<_> = missed.map(|f| f.detail.as_str()).collect();
        let expected = format!("{topic} NB-CQ 第八条");
        assert!(details.contains(&expected.as_str()), "{code}: {found:?}");
    }
    // Asked, but not of everybody: single premiums are left out.
    let (code, place, detail) = only(|s| {
        at(s, "surrender_loss").when = vec![is(Fact::DoubleRecorded, true)];
        s.programmes = vec!["NB-CQ".into()];
    });
    assert_eq!((code, place), (Code::TopicMissing, Place::Head));
    assert!(detail.starts_with("surrender_loss"));
    let voluntary = findings(|s| at(s, "coverage").item.must_ask = false);
    assert!(voluntary.iter().any(|f| f.code == Code::TopicMissing));
}

type Row = (fn(&mut Script), Code, Place, &'static str);

fn demand(table: Vec<Row>) {
    for (change, code, place, detail) in table {
        assert_eq!(only(change), (code, place, detail.to_owned()));
    }
}

#[test]
fn findings_about_the_whole_and_about_words() {
    demand(vec![
        (
            |s| s.code = "NB CQ".into(),
            Code::BadCode,
            Place::Head,
            "NB CQ",
        ),
        (
            |s| s.programmes.push("NB-XX".into()),
            Code::UnknownProgramme,
            Place::Head,
            "NB-XX",
        ),
        (
            |s| s.effective_until = s.effective_from.pred_opt(),
            Code::NoDays,
            Place::Head,
            "",
        ),
        (
            |s| s.reach.regions = vec!["5".into()],
            Code::UnknownReach,
            Place::Head,
            "region",
        ),
        (
            |s| s.closing.en = " ".into(),
            Code::WordsMissing,
            Place::Head,
            "",
        ),
        (
            |s| {
                let ask = &mut at(s, "fees").item.ask;
                ask.zh.push_str("{fees}");
                ask.en.push_str("{fees}");
            },
            Code::UnknownValue,
            item("fees"),
            "{fees}",
        ),
        (
            |s| at(s, "remarks").item.ask.zh.push_str("{holder}"),
            Code::ValuesDiffer,
            item("remarks"),
            "holder",
        ),
        (
            |s| at(s, "remarks").item.code = "service_rating".into(),
            Code::CodeTwice,
            item("service_rating"),
            "service_rating",
        ),
    ]);
}

#[test]
fn findings_about_items_and_conditions() {
    demand(vec![
        (
            |s| at(s, "remarks").item.gated = true,
            Code::GatedOpen,
            item("remarks"),
            "",
        ),
        (
            |s| at(s, "fees").item.cite.clear(),
            Code::CiteMissing,
            item("fees"),
            "",
        ),
        (
            |s| at(s, "service_rating").item.expected = Answer::Negative,
            Code::ExpectedUnfit,
            item("service_rating"),
            "negative",
        ),
        (
            |s| at(s, "remarks").block = Some("extra".into()),
            Code::BlockMissing,
            item("remarks"),
            "extra",
        ),
        (
            |s| {
                at(s, "remarks").when = vec![
                    is(Fact::NewType, true),
                    Condition {
                        fact: Fact::ProductClass,
                        test: Test::OneOf(vec!["ordinary".into()]),
                    },
                ];
            },
            Code::NeverAsked,
            item("remarks"),
            "",
        ),
        (
            |s| {
                at(s, "remarks").when = vec![Condition {
                    fact: Fact::Channel,
                    test: Test::OneOf(vec!["bank".into()]),
                }];
            },
            Code::UnknownCondition,
            item("remarks"),
            "channel",
        ),
    ]);
}

/// C-12: nothing is promoted in a compliance callback; every objection is followed up in life.
#[test]
fn what_life_programmes_demand() {
    let mut places = Vec::new();
    for finding in findings(|s| at(s, "remarks").item.kind = ItemKind::Promotion) {
        assert_eq!(finding.code, Code::Promotion);
        places.push((finding.place, finding.detail));
    }
    let expected = ["NB-CQ", "NB-SUP"].map(|p| (item("remarks"), p.to_owned()));
    assert_eq!(places, expected);
    let found = findings(|s| at(s, "fees").item.ticket = None);
    assert!(found.iter().all(|f| f.code == Code::TicketMissing) && !found.is_empty());
    let found = findings(|s| s.items.swap(0, 2));
    assert!(found.iter().any(|f| f.code == Code::IdentityFirst));
}

#[test]
fn items_hang_on_earlier_answers_only() {
    let hang = |on: &str, answers: &[Answer]| {
        let after = AfterAnswer {
            item: on.into(),
            answers: answers.to_vec(),
        };
        findings(|s| at(s, "service_rating").item.after = Some(after))
    };
    assert!(hang("fees", &[Answer::Unclear]).is_empty());
    assert_eq!(
        hang("remarks", &[Answer::Given])[0].code,
        Code::AfterMissing
    );
    assert_eq!(hang("gone", &[Answer::Affirm])[0].code, Code::AfterMissing);
    assert_eq!(hang("fees", &[Answer::Given])[0].code, Code::AfterAnswer);
    assert_eq!(hang("fees", &[])[0].code, Code::AfterAnswer);
}

#[test]
fn parts_and_empty_questionnaires() {
    let part = |code: &str| Block {
        code: code.into(),
        title: script("nb-cq").title,
        when: vec![is(Fact::Juvenile, true)],
    };
    let (code, place, _) = only(|s| s.blocks = vec![part("minors"), part("minors")]);
    assert_eq!(
        (code, place),
        (Code::CodeTwice, Place::Block("minors".into()))
    );
    let found = findings(|s| {
        s.items.clear();
        s.programmes.clear();
    });
    let codes: Vec<_> = found.iter().map(|f| f.code).collect();
    assert_eq!(codes, [Code::NoProgramme, Code::NoItems]);
    // A part's conditions count for its items: fees would be asked of minors only.
    let found = findings(|s| {
        s.blocks = vec![part("minors")];
        at(s, "fees").block = Some("minors".into());
    });
    assert!(found.iter().any(|f| f.code == Code::TopicMissing));
}
