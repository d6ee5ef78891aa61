//! One definition for call, screen, letter and visit; and two versions side by side.

use super::shipped::script;
use crate::questionnaires::compare::{Change, Mark, compare, compare_words};
use crate::questionnaires::{Block, CaseFacts, ScriptValues, Scripts};
use domain::policies::ProductClass;
use domain::questionnaires::{Condition, Fact, Medium, Test, Words};

fn words(text: &str) -> Words {
    Words {
        zh: text.into(),
        en: text.into(),
    }
}

/// QST-16: the letter asks what the call asks; only its words may be others.
#[test]
fn one_definition_for_every_medium() {
    let mut script = script("nb-cq");
    script.items[0].written = Some(words("请确认您是{holder}本人。"));
    script.items[1].guide = Some(words("核对{policy_no}"));
    let scripts = Scripts::default();
    let sheet = |medium| {
        let case = CaseFacts {
            product_class: Some(ProductClass::Participating),
            medium,
            ..CaseFacts::default()
        };
        scripts.sheet(&script, &case, false, &ScriptValues::samples())
    };
    let codes = |medium| -> Vec<String> {
        let items = sheet(medium).items;
        items.into_iter().map(|i| i.item.code).collect()
    };
    for medium in Medium::ALL {
        assert_eq!(codes(*medium), codes(Medium::Call));
        assert!(
            sheet(*medium)
                .items
                .iter()
                .all(|i| !i.words.zh.contains('{'))
        );
    }
    assert_eq!(
        sheet(Medium::Letter).items[0].words.zh,
        "请确认您是王晓梅本人。"
    );
    assert_ne!(
        sheet(Medium::Visit).items[0].words.zh,
        "请确认您是王晓梅本人。"
    );
    let guide = sheet(Medium::Visit).items[1].guide.clone().unwrap();
    assert_eq!(guide.zh, "核对P202600012345");
    let explained = sheet(Medium::Call)
        .items
        .into_iter()
        .find(|i| i.item.code == "surrender_loss");
    let terms: Vec<_> = explained
        .unwrap()
        .terms
        .into_iter()
        .map(|t| t.term.zh)
        .collect();
    assert!(terms.contains(&"现金价值".to_owned()), "{terms:?}");
}

/// QST-10: parts come with the product.
#[test]
fn parts_are_included_by_condition() {
    let mut script = script("pc-uw1");
    let last = script.items.last_mut().unwrap();
    last.block = Some("cargo".into());
    let code = last.item.code.clone();
    script.blocks = vec![Block {
        code: "cargo".into(),
        title: words("货运险"),
        when: vec![Condition {
            fact: Fact::ProductClass,
            test: Test::OneOf(vec!["cargo".into()]),
        }],
    }];
    for (class, expected) in [(ProductClass::Cargo, true), (ProductClass::Motor, false)] {
        let case = CaseFacts {
            product_class: Some(class),
            ..CaseFacts::default()
        };
        let sheet = Scripts::default().sheet(&script, &case, false, &ScriptValues::samples());
        let found = sheet.items.iter().find(|i| i.item.code == code);
        assert_eq!(found.is_some(), expected);
        assert!(found.is_none_or(|i| i.part == Some(words("货运险"))));
    }
}

#[test]
fn two_versions_side_by_side() {
    let before = script("nb-cq");
    let mut after = before.clone();
    let removed = after.items.remove(3);
    let mut added = removed.clone();
    added.item.code = "new_one".into();
    after.items.insert(5, added);
    after.items[7].item.ask.zh = before.items[7].item.ask.zh.replacen('您', "你", 1);
    after.items[8].item.gated = false;
    after.items.swap(9, 10);
    let comparison = compare(&before, &after);
    assert_eq!(comparison.counts(), (1, 1, 3));
    assert!(comparison.head.is_empty());
    let at = comparison
        .items
        .iter()
        .position(|i| i.change == Change::Removed)
        .unwrap();
    assert_eq!(at, 3, "it stands where it stood");
    let changed: Vec<_> = comparison
        .items
        .iter()
        .filter_map(|i| match i.change {
            Change::Changed {
                moved,
                reworded,
                settings,
            } => Some((moved, reworded, settings)),
            _ => None,
        })
        .collect();
    let (wording, setting, moved) = (
        (false, true, false),
        (false, false, true),
        (true, false, false),
    );
    assert_eq!(changed, [wording, setting, moved]);
    let pieces = compare_words("退 10 天内可退保", "退 15 天内可以退保");
    let marked = |mark| -> Vec<String> {
        let of = pieces.iter().filter(|p| p.mark == mark);
        of.map(|p| p.text.clone()).collect()
    };
    assert_eq!(marked(Mark::Gone), ["10"]);
    assert_eq!(marked(Mark::New), ["15", "以"]);
}
