//! The fields of the editor: from the definition to what a form shows, and back.

use crate::forms::Fields;
use app::questionnaires::edit::{BlockForm, Edit, HeadForm, ItemForm, WhenForm};
use app::questionnaires::{Block, Script, ScriptItem};
use domain::questionnaires::{Condition, Fact, Test, Words};

/// The kind of messages that name the codes of a fact.
pub(super) fn kind_of(fact: Fact) -> &'static str {
    match fact {
        Fact::ProductClass => "product-class",
        Fact::Line => "line",
        Fact::Channel => "channel",
        Fact::InsuredKind | Fact::HolderKind => "customer-kind",
        Fact::Medium => "medium",
        Fact::PlannedTopic => "topic",
        _ => "region",
    }
}

fn words(fields: &Fields, name: &str) -> Words {
    Words {
        zh: fields.own(&format!("{name}_zh")),
        en: fields.own(&format!("{name}_en")),
    }
}

fn when(fields: &Fields) -> WhenForm {
    let named = |f: &Fact| (f.to_string(), fields.all(&format!("when_{f}")));
    let all = Fact::ALL.iter().map(named);
    all.filter(|(_, values)| !values.is_empty()).collect()
}

/// What somebody did in the editor; nothing when it cannot be told.
pub(super) fn edit_of(fields: &Fields) -> Option<Edit> {
    let code = fields.own("code");
    Some(match fields.get("edit") {
        "head" => Edit::Head(Box::new(head_of(fields))),
        "add" => Edit::AddItem {
            behind: fields.own("behind"),
            kind: fields.own("kind"),
        },
        "item" => Edit::Item {
            code,
            form: Box::new(item_of(fields)),
        },
        "up" => Edit::MoveItem { code, up: true },
        "down" => Edit::MoveItem { code, up: false },
        "copy" => Edit::CopyItem { code },
        "delete" => Edit::DeleteItem { code },
        "block" => Edit::Block {
            code,
            form: Box::new(BlockForm {
                code: fields.own("new_code"),
                title: words(fields, "title"),
                when: when(fields),
            }),
        },
        "delete_block" => Edit::DeleteBlock { code },
        _ => return None,
    })
}

fn head_of(fields: &Fields) -> HeadForm {
    HeadForm {
        title: words(fields, "title"),
        programmes: fields.all("programmes"),
        media: fields.all("media"),
        channels: fields.all("channels"),
        product_classes: fields.all("product_classes"),
        regions: fields.own("regions"),
        effective_from: fields.own("effective_from"),
        effective_until: fields.own("effective_until"),
        source: fields.own("source"),
        greeting: words(fields, "greeting"),
        closing: words(fields, "closing"),
    }
}

fn item_of(fields: &Fields) -> ItemForm {
    ItemForm {
        code: fields.own("new_code"),
        kind: fields.own("kind"),
        title: words(fields, "title"),
        ask: words(fields, "ask"),
        written: words(fields, "written"),
        guide: words(fields, "guide"),
        must_ask: fields.is_ticked("must_ask"),
        gated: fields.is_ticked("gated"),
        expected: fields.own("expected"),
        ticket: fields.own("ticket"),
        cite: fields.own("cite"),
        topics: fields.all("topics"),
        block: fields.own("block"),
        when: when(fields),
        after_item: fields.own("after_item"),
        after_answers: fields.all("after_answers"),
        labels: ["affirm", "unclear", "negative", "question"]
            .map(|l| words(fields, &format!("label_{l}"))),
    }
}

fn when_form(when: &[Condition]) -> WhenForm {
    let values = |c: &Condition| match &c.test {
        Test::Is(wanted) => vec![wanted.to_string()],
        Test::OneOf(codes) => codes.clone(),
    };
    when.iter()
        .map(|c| (c.fact.to_string(), values(c)))
        .collect()
}

fn codes<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

/// A questionnaire as its form shows it.
pub(super) fn head_form(script: &Script) -> HeadForm {
    HeadForm {
        title: script.title.clone(),
        programmes: script.programmes.clone(),
        media: codes(&script.reach.media),
        channels: codes(&script.reach.channels),
        product_classes: codes(&script.reach.product_classes),
        regions: script.reach.regions.join(" "),
        effective_from: script.effective_from.to_string(),
        effective_until: script
            .effective_until
            .map(|d| d.to_string())
            .unwrap_or_default(),
        source: script.source.clone(),
        greeting: script.greeting.clone(),
        closing: script.closing.clone(),
    }
}

/// An item as its form shows it.
pub(super) fn item_form(of: &ScriptItem) -> ItemForm {
    let item = &of.item;
    let after = item.after.as_ref();
    let labels = of.answers.clone();
    ItemForm {
        code: item.code.clone(),
        kind: item.kind.to_string(),
        title: item.title.clone(),
        ask: item.ask.clone(),
        written: of.written.clone().unwrap_or_default(),
        guide: of.guide.clone().unwrap_or_default(),
        must_ask: item.must_ask,
        gated: item.gated,
        expected: item.expected.to_string(),
        ticket: item.ticket.map(|t| t.to_string()).unwrap_or_default(),
        cite: item.cite.clone(),
        topics: codes(&of.topics),
        block: of.block.clone().unwrap_or_default(),
        when: when_form(&of.when),
        after_item: after.map(|a| a.item.clone()).unwrap_or_default(),
        after_answers: after.map(|a| codes(&a.answers)).unwrap_or_default(),
        labels: labels.map_or_else(Default::default, |l| {
            [l.affirm, l.unclear, l.negative, l.question]
        }),
    }
}

/// A part as its form shows it.
pub(super) fn block_form(block: &Block) -> BlockForm {
    BlockForm {
        code: block.code.clone(),
        title: block.title.clone(),
        when: when_form(&block.when),
    }
}
