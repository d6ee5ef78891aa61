//! What somebody typed for a name, the keys that find candidates, and whether one of them fits.

use super::keys::{
    KeyKind, NameKey, PIECE_MAX, PIECE_MIN, is_divider, organisation, squeeze, text, without_form,
    without_one,
};
use super::sound::{blur, initials, syllables};
use crate::customers::{CustomerKind, PersonName, Reveal};
use std::collections::BTreeSet;
use std::fmt;

/// Longest initials that are looked for.
const INITIALS_MAX: usize = 8;
/// Characters from which on one of them may be wrong.
const FORGIVING_MIN: usize = 3;
/// Characters up to which a text is taken for the name of a person.
const PERSON_MAX: usize = 10;

codes! {
    /// Why a name fits what was typed, the best reason first.
    pub enum Likeness ("likeness") {
        /// It is the name.
        Exact = "exact",
        /// Written otherwise, it sounds the same.
        Homophone = "homophone",
        /// It is typed in Latin letters as it sounds.
        Pinyin = "pinyin",
        /// The name of an organisation begins so.
        Leading = "leading",
        /// The name contains it.
        Part = "part",
        /// One character is wrong, missing or too much.
        OneOff = "one_off",
        /// The first letters of its syllables.
        Initials = "initials",
    }
}

/// Keys that are looked up together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Candidates have one of these.
    pub any: Vec<NameKey>,
    /// And this one too, if there is one.
    pub and: Option<NameKey>,
}

/// A name that somebody looks for.
#[derive(Clone, PartialEq, Eq)]
pub struct NameQuery {
    typed: String,
    is_latin: bool,
}

impl fmt::Debug for NameQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NameQuery")
    }
}

impl NameQuery {
    /// What was typed, when a name may be looked for by a part of it: at least two characters.
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        if typed.chars().count() < PIECE_MIN {
            return None;
        }
        Some(Self {
            is_latin: typed.is_ascii() && typed.chars().any(|c| c.is_ascii_alphabetic()),
            typed: typed.to_owned(),
        })
    }

    fn characters(&self) -> Vec<char> {
        self.typed.chars().filter(|c| !is_divider(*c)).collect()
    }

    /// Keys to look up, the best first; a later one only when those before found too few.
    pub fn tiers(&self) -> Vec<Tier> {
        let mut tiers = Vec::new();
        let mut tier = |any: Vec<NameKey>, and| {
            if !any.is_empty() {
                tiers.push(Tier { any, and });
            }
        };
        let characters = self.characters();
        if self.is_latin {
            let is_letters = characters.iter().all(char::is_ascii_alphabetic);
            if is_letters {
                let sound = blur(&self.typed);
                tier(vec![NameKey::new(KeyKind::Sound, sound)], None);
            }
            if is_letters && characters.len() <= INITIALS_MAX {
                let initials = self.initials();
                tier(vec![NameKey::new(KeyKind::Initials, initials)], None);
            }
            if let Some((first, last)) = self.pieces() {
                tier(vec![first], last);
            }
            return tiers;
        }
        let written = text(&characters);
        let is_short = characters.len() <= PERSON_MAX;
        if is_short {
            let readings = syllables(&characters);
            let sound = |s: &Vec<&str>| NameKey::new(KeyKind::Sound, blur(&s.concat()));
            tier(readings.iter().map(sound).collect(), None);
        }
        if let Some((first, last)) = self.pieces() {
            tier(vec![first], last);
        }
        if is_short {
            tier(vec![NameKey::new(KeyKind::Part, written)], None);
        }
        if is_short && characters.len() >= FORGIVING_MIN {
            let parts = without_one(&characters);
            let keys = parts.into_iter().map(|p| NameKey::new(KeyKind::Part, p));
            tier(keys.collect(), None);
        }
        tiers
    }

    /// The first and the last piece of what was typed, as names of organisations have them.
    fn pieces(&self) -> Option<(NameKey, Option<NameKey>)> {
        let squeezed = squeeze(&self.typed);
        let core: Vec<char> = without_form(&squeezed).chars().collect();
        let length = core.len().min(PIECE_MAX);
        let piece = |piece: &[char]| NameKey::new(KeyKind::Piece, text(piece));
        let last = || piece(&core[core.len() - length..]);
        (length >= PIECE_MIN).then(|| (piece(&core[..length]), (core.len() > PIECE_MAX).then(last)))
    }

    /// Whole names that fit when one character too many was typed.
    pub fn shorter(&self) -> Vec<PersonName> {
        let characters = self.characters();
        if self.is_latin || !(FORGIVING_MIN..=PERSON_MAX).contains(&characters.len()) {
            return Vec::new();
        }
        let shorter = without_one(&characters);
        shorter
            .iter()
            .filter_map(|s| PersonName::parse(s).ok())
            .collect()
    }

    fn initials(&self) -> String {
        let letters = self.typed.chars().filter(char::is_ascii_alphabetic);
        let small = letters.map(|c| c.to_ascii_lowercase());
        small.map(|c| if c == 'n' { 'l' } else { c }).collect()
    }

    /// Why a name fits, if it does.
    pub fn likeness(
        &self,
        kind: CustomerKind,
        name: &PersonName,
        reveal: Reveal,
    ) -> Option<Likeness> {
        let name = name.reveal(reveal);
        if name == self.typed {
            return Some(Likeness::Exact);
        }
        match kind {
            CustomerKind::Individual => self.like_person(name),
            CustomerKind::Group => self.like_organisation(name),
        }
    }

    fn like_person(&self, name: &str) -> Option<Likeness> {
        let theirs: Vec<char> = name.chars().filter(|c| !is_divider(*c)).collect();
        let ours = self.characters();
        if ours == theirs {
            return Some(Likeness::Exact);
        }
        let readings = syllables(&theirs);
        if self.is_latin {
            let typed = blur(&self.typed);
            let tail = |s: &Vec<&str>, from: usize| s.get(from..).map(|s| blur(&s.concat()));
            let sounds = |from| {
                readings
                    .iter()
                    .any(|s| tail(s, from).as_ref() == Some(&typed))
            };
            let is_written = readings.is_empty()
                && name
                    .split(is_divider)
                    .any(|w| blur(w) == typed || blur(name) == typed);
            if (0..=2).any(|from| theirs.len() >= from + PIECE_MIN && sounds(from)) || is_written {
                return Some(Likeness::Pinyin);
            }
            let typed = self.initials();
            let fits = readings.iter().any(|s| initials(s) == typed);
            return fits.then_some(Likeness::Initials);
        }
        let own = syllables(&ours);
        let blurred = |s: &Vec<&str>| blur(&s.concat());
        let sounds: Vec<String> = readings.iter().map(blurred).collect();
        if own.iter().map(blurred).any(|s| sounds.contains(&s)) {
            return Some(Likeness::Homophone);
        }
        if ours.len() >= PIECE_MIN && is_part(&ours, &theirs) {
            return Some(Likeness::Part);
        }
        let forgiving = ours.len().max(theirs.len()) >= FORGIVING_MIN;
        (forgiving && is_one_off(&ours, &theirs)).then_some(Likeness::OneOff)
    }

    fn like_organisation(&self, name: &str) -> Option<Likeness> {
        let (name, typed) = (squeeze(name), squeeze(&self.typed));
        if name == typed {
            return Some(Likeness::Exact);
        }
        if name.starts_with(&typed) {
            return Some(Likeness::Leading);
        }
        if name.contains(&typed) {
            return Some(Likeness::Part);
        }
        if !self.is_latin {
            return None;
        }
        let mut keys = BTreeSet::new();
        organisation(&name, &mut keys);
        let typed = NameKey::new(KeyKind::Initials, self.initials());
        keys.contains(&typed).then_some(Likeness::Initials)
    }
}

/// Whether the shorter is the longer without one character, or its end.
fn is_part(shorter: &[char], longer: &[char]) -> bool {
    longer.ends_with(shorter) || (shorter.len() + 1 == longer.len() && is_one_off(shorter, longer))
}

/// Whether one character put in, left out or exchanged makes one of the other.
fn is_one_off(one: &[char], other: &[char]) -> bool {
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    match long.len() - short.len() {
        0 => short.get(same + 1..) == long.get(same + 1..),
        1 => short[same..] == long[same + 1..],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys_of_name;
    use super::*;
    use rstest::rstest;

    /// What a name is found by: by keys, and by being like it.
    fn found(kind: CustomerKind, typed: &str, name: &str) -> Option<Likeness> {
        let name = PersonName::parse(name).unwrap();
        let reveal = Reveal::traced(uuid::Uuid::nil());
        let query = NameQuery::parse(typed)?;
        let keys = keys_of_name(kind, &name, reveal);
        let has = |key: &NameKey| keys.contains(key);
        let by_key = query
            .tiers()
            .iter()
            .any(|tier| tier.any.iter().any(has) && tier.and.as_ref().is_none_or(has));
        let by_name = query.shorter().contains(&name) || name.reveal(reveal) == typed;
        (by_key || by_name)
            .then(|| query.likeness(kind, &name, reveal))
            .flatten()
    }

    #[rstest]
    #[case("张伟明", "张伟明", Some("exact"))]
    #[case("zwm", "张伟明", Some("initials"))]
    #[case("ZWM", "张伟明", Some("initials"))]
    #[case("zhangweiming", "张伟明", Some("pinyin"))]
    #[case("zhang wei ming", "张伟明", Some("pinyin"))]
    #[case("zangweimin", "张伟明", Some("pinyin"))]
    #[case("weiming", "张伟明", Some("pinyin"))]
    #[case("章伟明", "张伟明", Some("homophone"))]
    #[case("臧为民", "张伟明", Some("homophone"))]
    #[case("伟明", "张伟明", Some("part"))]
    #[case("张明", "张伟明", Some("part"))]
    #[case("张大明", "张伟明", Some("one_off"))]
    #[case("张伟大明", "张伟明", Some("one_off"))]
    #[case("张伟明", "张伟", Some("one_off"))]
    #[case("曾国藩", "增国帆", Some("homophone"))]
    #[case("zengli", "曾莉", Some("pinyin"))]
    #[case("zl", "曾莉", Some("initials"))]
    #[case("shanxiaoli", "单小丽", Some("pinyin"))]
    #[case("刘兰", "牛南", Some("homophone"))]
    #[case("伟明", "欧阳伟明", Some("part"))]
    #[case("买买提", "阿卜杜拉·买买提", Some("part"))]
    #[case("smith", "John Smith", Some("pinyin"))]
    #[case("李娜", "张伟明", None)]
    #[case("张伟", "张强", None)]
    fn people_are_found(#[case] typed: &str, #[case] name: &str, #[case] why: Option<&str>) {
        let found = found(CustomerKind::Individual, typed, name);
        assert_eq!(found.map(Likeness::as_str), why, "{typed} for {name}");
    }

    #[rstest]
    #[case("山东鲁能", Some("leading"))]
    #[case("山东", Some("leading"))]
    #[case("鲁能", Some("part"))]
    #[case("鲁能2号", Some("part"))]
    #[case("山东鲁能 2号工程", Some("leading"))]
    #[case("工程有限公司", Some("part"))]
    #[case("华能", None)]
    fn organisations_are_found_by_words(#[case] typed: &str, #[case] why: Option<&str>) {
        let name = "山东鲁能2号工程有限公司";
        let found = found(CustomerKind::Group, typed, name);
        assert_eq!(found.map(Likeness::as_str), why, "{typed}");
    }
}
