//! Changing the definition of a questionnaire: one command per thing that people do in the editor, each
//! a pure function, so that two people can work at different items at once.

mod take;

use super::file::{ITEMS_MAX, hash_of};
use super::script::{Script, ScriptItem};
use super::write::{head, write_block, write_item};
use crate::FieldProblem;
use domain::questionnaires::{Answer, Item, ItemKind, Words};
use take::{set_block, set_head, set_item};

/// Longest code.
const CODE_CHARACTERS_MAX: usize = 40;

/// Whether a text can be the code of a questionnaire, an item or a part.
pub fn is_code(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    let first = text.chars().next().is_some_and(|c| c.is_ascii_lowercase());
    first && text.len() <= CODE_CHARACTERS_MAX && text.chars().all(fits)
}

/// What the editor sends of the questionnaire as a whole.
#[derive(Clone, Debug, Default)]
pub struct HeadForm {
    /// Its name.
    pub title: Words,
    /// Programmes.
    pub programmes: Vec<String>,
    /// Media, as codes.
    pub media: Vec<String>,
    /// Sales channels, as codes.
    pub channels: Vec<String>,
    /// Classes of products, as codes.
    pub product_classes: Vec<String>,
    /// Regions, separated by spaces or commas.
    pub regions: String,
    /// First day.
    pub effective_from: String,
    /// Last day.
    pub effective_until: String,
    /// The document that it follows.
    pub source: String,
    /// Read first.
    pub greeting: Words,
    /// Read last.
    pub closing: Words,
}

/// Conditions as they come from a form: a fact, and its values.
pub type WhenForm = Vec<(String, Vec<String>)>;

/// What the editor sends of an item.
#[derive(Clone, Debug, Default)]
pub struct ItemForm {
    /// Code, which may be changed.
    pub code: String,
    /// Kind.
    pub kind: String,
    /// Heading.
    pub title: Words,
    /// Words read aloud.
    pub ask: Words,
    /// Words for paper and screen.
    pub written: Words,
    /// What to mind.
    pub guide: Words,
    /// Must be asked.
    pub must_ask: bool,
    /// The next waits for the answer.
    pub gated: bool,
    /// The answer that is hoped for.
    pub expected: String,
    /// Type of ticket.
    pub ticket: String,
    /// Source.
    pub cite: String,
    /// Subjects.
    pub topics: Vec<String>,
    /// Part.
    pub block: String,
    /// Conditions.
    pub when: WhenForm,
    /// The earlier item on which it hangs.
    pub after_item: String,
    /// The answers to that.
    pub after_answers: Vec<String>,
    /// Words on the four answer keys: yes, unclear, no, question; all empty for the usual ones.
    pub labels: [Words; 4],
}

/// What the editor sends of a part.
#[derive(Clone, Debug, Default)]
pub struct BlockForm {
    /// Code.
    pub code: String,
    /// Heading.
    pub title: Words,
    /// Conditions.
    pub when: WhenForm,
}

/// One thing that people do in the editor.
#[derive(Clone, Debug)]
pub enum Edit {
    /// Change what the questionnaire is.
    Head(Box<HeadForm>),
    /// Add an item of a kind behind another, or at the end.
    AddItem {
        /// Code of the item before it; the last when empty.
        behind: String,
        /// Kind.
        kind: String,
    },
    /// Change an item.
    Item {
        /// Its code.
        code: String,
        /// What it is to be.
        form: Box<ItemForm>,
    },
    /// Move an item up or down by one.
    MoveItem {
        /// Its code.
        code: String,
        /// Towards the beginning.
        up: bool,
    },
    /// Copy an item, behind itself.
    CopyItem {
        /// Its code.
        code: String,
    },
    /// Take an item away.
    DeleteItem {
        /// Its code.
        code: String,
    },
    /// Add a part or change one.
    Block {
        /// Its code; a new one when empty.
        code: String,
        /// What it is to be.
        form: Box<BlockForm>,
    },
    /// Take a part away; its items stay.
    DeleteBlock {
        /// Its code.
        code: String,
    },
}

/// Which piece of a definition something changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// What the questionnaire is.
    Head,
    /// An item.
    Item(String),
    /// A part.
    Block(String),
    /// The order of the items: nothing that somebody else's words could get lost with.
    Order,
}

impl Edit {
    /// Which piece it changes.
    pub fn part(&self) -> Part {
        match self {
            Self::Head(_) => Part::Head,
            Self::Item { code, .. } | Self::DeleteItem { code } => Part::Item(code.clone()),
            Self::Block { code, .. } if code.is_empty() => Part::Order,
            Self::Block { code, .. } | Self::DeleteBlock { code } => Part::Block(code.clone()),
            Self::AddItem { .. } | Self::MoveItem { .. } | Self::CopyItem { .. } => Part::Order,
        }
    }
}

/// What a piece of a definition looks like, as a hash: a form carries that of what it showed, so that
/// a change by somebody else is noticed. Nothing when it does not exist.
pub fn digest(script: &Script, part: &Part) -> Option<String> {
    let text = match part {
        Part::Head => head(script),
        Part::Item(code) => write_item(script.items.iter().find(|i| i.item.code == *code)?),
        Part::Block(code) => write_block(script.blocks.iter().find(|b| b.code == *code)?),
        Part::Order => String::new(),
    };
    Some(hash_of(&text))
}

/// Does something to a definition. Gives the code of the item to look at next.
///
/// # Errors
/// The fields that cannot be taken.
pub fn apply(script: &mut Script, edit: &Edit) -> Result<Option<String>, Vec<FieldProblem>> {
    match edit {
        Edit::Head(form) => set_head(script, form).map(|()| None),
        Edit::AddItem { behind, kind } => add_item(script, behind, kind).map(Some),
        Edit::Item { code, form } => set_item(script, code, form).map(Some),
        Edit::MoveItem { code, up } => {
            let at = place_of(script, code)?;
            let to = if *up { at.checked_sub(1) } else { Some(at + 1) };
            if let Some(to) = to.filter(|to| *to < script.items.len()) {
                script.items.swap(at, to);
            }
            Ok(Some(code.clone()))
        }
        Edit::CopyItem { code } => {
            let at = place_of(script, code)?;
            room(script)?;
            let mut copy = script.items[at].clone();
            copy.item.code = free_code(script, code);
            let code = copy.item.code.clone();
            script.items.insert(at + 1, copy);
            Ok(Some(code))
        }
        Edit::DeleteItem { code } => {
            let at = place_of(script, code)?;
            script.items.remove(at);
            let next = script.items.get(at).or(script.items.last());
            Ok(next.map(|i| i.item.code.clone()))
        }
        Edit::Block { code, form } => set_block(script, code, form).map(|()| None),
        Edit::DeleteBlock { code } => {
            script.blocks.retain(|b| b.code != *code);
            for item in &mut script.items {
                item.block.take_if(|b| b == code);
            }
            Ok(None)
        }
    }
}

fn problem(field: &str, code: &str) -> Vec<FieldProblem> {
    vec![FieldProblem::new(field, code)]
}

fn place_of(script: &Script, code: &str) -> Result<usize, Vec<FieldProblem>> {
    let at = script.items.iter().position(|i| i.item.code == code);
    at.ok_or_else(|| problem("item", "questionnaire-item-gone"))
}

fn room(script: &Script) -> Result<(), Vec<FieldProblem>> {
    if script.items.len() < ITEMS_MAX {
        return Ok(());
    }
    Err(problem("item", "questionnaire-too-many"))
}

fn free_code(script: &Script, like: &str) -> String {
    let stem = like
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end_matches('_');
    let taken = |code: &str| script.items.iter().any(|i| i.item.code == code);
    let numbered = (2..).map(|n| format!("{stem}_{n}"));
    let free = numbered.into_iter().find(|code| !taken(code));
    free.unwrap_or_default()
}

fn add_item(script: &mut Script, behind: &str, kind: &str) -> Result<String, Vec<FieldProblem>> {
    room(script)?;
    let kind = ItemKind::parse(kind).map_err(|_| problem("kind", "unknown-code"))?;
    let at = script.items.iter().position(|i| i.item.code == behind);
    let at = at.map_or(script.items.len(), |at| at + 1);
    let taken = script.items.iter().any(|i| i.item.code == kind.as_str());
    let code = if taken {
        free_code(script, kind.as_str())
    } else {
        kind.as_str().to_owned()
    };
    let free = matches!(kind, ItemKind::Open | ItemKind::Promotion | ItemKind::Rate);
    let item = Item {
        code: code.clone(),
        kind,
        title: Words::default(),
        ask: Words::default(),
        must_ask: !free,
        gated: !free,
        ticket: None,
        cite: String::new(),
        expected: Answer::Affirm,
        after: None,
    };
    let item = ScriptItem {
        item,
        when: Vec::new(),
        answers: None,
        written: None,
        guide: None,
        topics: Vec::new(),
        block: None,
    };
    script.items.insert(at, item);
    Ok(code)
}
