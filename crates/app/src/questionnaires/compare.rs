//! Two versions side by side: items added, removed, moved and reworded, word by word.

use super::script::{Script, ScriptItem};
use super::write::{head, write_block, write_item};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// What became of a piece of wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It stands in both.
    Same,
    /// It stood in the earlier version only.
    Gone,
    /// It stands in the later version only.
    New,
}

/// A piece of wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What became of it.
    pub mark: Mark,
    /// The words.
    pub text: String,
}

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Only the later version has it.
    Added,
    /// Only the earlier version has it.
    Removed,
    /// It stands elsewhere, or says the same with other settings, or is reworded.
    Changed {
        /// It stands elsewhere among those that both have.
        moved: bool,
        /// Its wording differs.
        reworded: bool,
        /// Something beside the wording differs: conditions, ticket, answers …
        settings: bool,
    },
    /// Nothing.
    Same,
}

/// An item of either version, beside its fellow.
#[derive(Clone, Debug)]
pub struct ItemChange {
    /// As it was.
    pub before: Option<ScriptItem>,
    /// As it is.
    pub after: Option<ScriptItem>,
    /// What became of it.
    pub change: Change,
    /// The Chinese wording, piece by piece.
    pub wording: Vec<Piece>,
    /// Lines of the settings that differ, as they stand in files.
    pub settings: Vec<Piece>,
}

/// What differs between two versions.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Lines of the head and the parts.
    pub head: Vec<Piece>,
    /// Items in the order of the later version; removed ones where they stood.
    pub items: Vec<ItemChange>,
}

impl Comparison {
    /// How many items were added, removed, and changed in any way.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |f: fn(&Change) -> bool| self.items.iter().filter(|i| f(&i.change)).count();
        (
            count(|c| *c == Change::Added),
            count(|c| *c == Change::Removed),
            count(|c| matches!(c, Change::Changed { .. })),
        )
    }
}

/// Words of a text: each Chinese character is one, other letters and digits in a row are one.
fn words_of(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut begun: Option<usize> = None;
    for (at, c) in text.char_indices() {
        if c.is_ascii_alphanumeric() || c == '_' {
            begun.get_or_insert(at);
            continue;
        }
        if let Some(from) = begun.take() {
            words.push(&text[from..at]);
        }
        words.push(&text[at..at + c.len_utf8()]);
    }
    if let Some(from) = begun {
        words.push(&text[from..]);
    }
    words
}

/// The pieces of two texts, cut into units.
fn pieces(before: &[&str], after: &[&str], between: &str) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut add = |mark, units: &[&str]| {
        if !units.is_empty() {
            let text = units.join(between);
            found.push(Piece { mark, text });
        }
    };
    for op in capture_diff_slices(Algorithm::Myers, before, after) {
        match op {
            DiffOp::Equal { old_index, len, .. } => {
                add(Mark::Same, &before[old_index..old_index + len]);
            }
            DiffOp::Delete {
                old_index, old_len, ..
            } => add(Mark::Gone, &before[old_index..old_index + old_len]),
            DiffOp::Insert {
                new_index, new_len, ..
            } => add(Mark::New, &after[new_index..new_index + new_len]),
            DiffOp::Replace {
                old_index,
                old_len,
                new_index,
                new_len,
            } => {
                add(Mark::Gone, &before[old_index..old_index + old_len]);
                add(Mark::New, &after[new_index..new_index + new_len]);
            }
        }
    }
    found
}

/// What became of a wording, word by word.
pub fn compare_words(before: &str, after: &str) -> Vec<Piece> {
    pieces(&words_of(before), &words_of(after), "")
}

fn differing_lines(before: &str, after: &str) -> Vec<Piece> {
    let (before, after): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let mut found = pieces(&before, &after, "\n");
    found.retain(|p| p.mark != Mark::Same);
    found
}

/// The lines of an item without its wording.
fn settings_of(item: &ScriptItem) -> String {
    let text = write_item(item);
    let lines = text.lines().filter(|l| !l.starts_with("ask = "));
    lines.collect::<Vec<_>>().join("\n")
}

fn head_of(script: &Script) -> String {
    let blocks: String = script.blocks.iter().map(write_block).collect();
    head(script) + &blocks
}

/// The longest row of codes that stand in the same order in both: these did not move.
fn in_order(old: &[String], new: &[String]) -> Vec<String> {
    // Length of the longest row from each pair of places on.
    let mut longest = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            longest[a][b] = if old[a] == new[b] {
                longest[a + 1][b + 1] + 1
            } else {
                longest[a + 1][b].max(longest[a][b + 1])
            };
        }
    }
    let (mut a, mut b, mut kept) = (0, 0, Vec::new());
    while a < old.len() && b < new.len() {
        if old[a] == new[b] {
            kept.push(old[a].clone());
            (a, b) = (a + 1, b + 1);
        } else if longest[a + 1][b] >= longest[a][b + 1] {
            a += 1;
        } else {
            b += 1;
        }
    }
    kept
}

/// Lays two versions side by side.
pub fn compare(before: &Script, after: &Script) -> Comparison {
    let codes =
        |s: &Script| -> Vec<String> { s.items.iter().map(|i| i.item.code.clone()).collect() };
    let (old, new) = (codes(before), codes(after));
    let kept = in_order(&old, &new);
    let mut items: Vec<ItemChange> = Vec::new();
    for item in &after.items {
        let fellow = before.items.iter().find(|i| i.item.code == item.item.code);
        items.push(lay(fellow, Some(item), !kept.contains(&item.item.code)));
    }
    for (at, item) in before.items.iter().enumerate() {
        if new.contains(&item.item.code) {
            continue;
        }
        // Behind the item that stood before it.
        let earlier = before.items[..at].iter().rev().map(|i| &i.item.code);
        let place = earlier
            .filter_map(|code| items.iter().position(|i| stands(i, code)))
            .next()
            .map_or(0, |p| p + 1);
        items.insert(place, lay(Some(item), None, false));
    }
    Comparison {
        head: differing_lines(&head_of(before), &head_of(after)),
        items,
    }
}

fn stands(change: &ItemChange, code: &str) -> bool {
    let either = change.after.as_ref().or(change.before.as_ref());
    either.is_some_and(|i| i.item.code == code)
}

fn lay(before: Option<&ScriptItem>, after: Option<&ScriptItem>, moved: bool) -> ItemChange {
    let ask = |i: Option<&ScriptItem>| i.map(|i| i.item.ask.clone()).unwrap_or_default();
    let (was, is) = (ask(before), ask(after));
    let (change, settings) = match (before, after) {
        (Some(b), Some(a)) => {
            let settings = differing_lines(&settings_of(b), &settings_of(a));
            let (reworded, others) = (was != is, !settings.is_empty());
            let change = if moved || reworded || others {
                Change::Changed {
                    moved,
                    reworded,
                    settings: others,
                }
            } else {
                Change::Same
            };
            (change, settings)
        }
        (None, _) => (Change::Added, Vec::new()),
        (_, None) => (Change::Removed, Vec::new()),
    };
    ItemChange {
        before: before.cloned(),
        after: after.cloned(),
        change,
        wording: compare_words(&was.zh, &is.zh),
        settings,
    }
}
