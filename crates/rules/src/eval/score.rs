//! Scoring: facts in, points and a class out, and why.

use super::lookup::Lookup;
use super::{Cited, NoTrace};
use crate::facts::{FactType, Facts, Value};
use crate::pack::{Band, BandValues, Citation, HUNDREDTHS, RuleBook, Score, ScoreId, Term};
use crate::text::Text;
use chrono::NaiveDate;
use serde::Serialize;

/// What a score says of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scored {
    /// Total, in hundredths of a point.
    pub points: i64,
    /// Position of the class in [`Score::classes`].
    pub class: usize,
    /// Position of the class that the points alone give.
    pub by_points: usize,
    /// Position of the floor that lifted it, if one did.
    pub floor: Option<usize>,
    /// For each term the position of its band; none where the fact is not known.
    pub bands: Vec<Option<usize>>,
}

/// A score with everything that led to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScoreTrace {
    /// Code of the score.
    pub code: String,
    /// Its name.
    pub title: Text,
    /// The article that asks for it.
    pub cite: Cited,
    /// Version of the pack.
    pub pack_version: u32,
    /// SHA-256 of the pack.
    pub pack_hash: String,
    /// Points before any term, in hundredths.
    pub start: i64,
    /// Total, in hundredths.
    pub points: i64,
    /// The class.
    pub class: ClassTrace,
    /// The class that the points alone give.
    pub by_points: ClassTrace,
    /// What lifted it, if something did.
    pub floor: Option<FloorTrace>,
    /// Every class, from the highest to the lowest.
    pub classes: Vec<ClassTrace>,
    /// Term by term.
    pub terms: Vec<TermTrace>,
    /// Which change of a single term would lead to another class, the smallest first.
    pub changes: Vec<ChangeTrace>,
}

/// A class in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassTrace {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub label: Text,
    /// The least total, in hundredths; none for the last.
    pub from: Option<i64>,
    /// Where it is written.
    pub cite: Cited,
}

/// What lifts a case to a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FloorTrace {
    /// Why.
    pub says: Text,
    /// Where it is written.
    pub cite: Cited,
}

/// What one term gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TermTrace {
    /// Its name inside the score.
    pub id: String,
    /// What people call it.
    pub label: Text,
    /// What people call the fact.
    pub fact: Text,
    /// The value it had.
    pub actual: Text,
    /// The band that the value fell into.
    pub band: Text,
    /// Points of the band, in hundredths, before the weight.
    pub points: i64,
    /// Weight in percent.
    pub weight: i64,
    /// What it added to the total, in hundredths.
    pub contribution: i64,
    /// The most that it could add, in hundredths.
    pub contribution_max: i64,
    /// Where it is written.
    pub cite: Cited,
}

/// A change of one term that would lead to another class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeTrace {
    /// Name of the term.
    pub term: String,
    /// What people call it.
    pub label: Text,
    /// The band that the value would have to fall into.
    pub band: Text,
    /// The total that it would make, in hundredths.
    pub points: i64,
    /// Code of the class that it would make.
    pub class: String,
    /// What people call that class.
    pub class_label: Text,
}

impl RuleBook {
    /// The score of a code that is in force on a day.
    pub fn find_score(&self, code: &str, on: NaiveDate) -> Option<ScoreId> {
        let live = |pack: crate::pack::PackId| {
            let pack = self.pack(pack);
            pack.status.is_evaluated() && pack.in_force.covers(on)
        };
        let found = self.scores.iter().position(|s| {
            s.code == code && live(s.pack) && !s.overridden_by.iter().any(|by| live(*by))
        });
        found.map(ScoreId)
    }

    /// Scores a case; nothing when it is not among those who are scored.
    pub fn score(&self, id: ScoreId, facts: &Facts<'_>, on: NaiveDate) -> Option<Scored> {
        let score = self.find_score_by_id(id);
        let mut lookup = Lookup {
            book: self,
            facts,
            trigger_on: on,
            provisional: false,
        };
        for condition in self.pack(score.pack).scope.iter().chain(&score.scope) {
            if !lookup
                .holds(condition, &[], &mut NoTrace)
                .is_ok_and(|m| m == Some(true))
            {
                return None;
            }
        }
        let bands: Vec<_> = score.terms.iter().map(|t| band_of(t, facts)).collect();
        let terms = score.terms.iter().zip(&bands);
        let points = score.start + terms.map(|(t, band)| contribution(t, *band)).sum::<i64>();
        let by_points = class_of(score, points);
        let mut scored = Scored {
            points,
            class: by_points,
            by_points,
            floor: None,
            bands,
        };
        for (at, floor) in score.floors.iter().enumerate() {
            if floor.class < scored.class && lookup.all_hold(&floor.when).is_ok_and(|held| held) {
                scored.class = floor.class;
                scored.floor = Some(at);
            }
        }
        Some(scored)
    }

    /// Scores a case and says why; nothing when it is not among those who are scored.
    pub fn explain_score(
        &self,
        id: ScoreId,
        facts: &Facts<'_>,
        on: NaiveDate,
    ) -> Option<ScoreTrace> {
        let scored = self.score(id, facts, on)?;
        let score = self.find_score_by_id(id);
        let pack = self.pack(score.pack);
        let classes: Vec<_> = score
            .classes
            .iter()
            .map(|c| ClassTrace {
                code: c.code.clone(),
                label: c.label.clone(),
                from: c.from,
                cite: self.cited(&c.cite),
            })
            .collect();
        let terms = score.terms.iter().zip(&scored.bands);
        let terms = terms.map(|(t, band)| self.trace_term(t, *band, facts));
        let floor = scored.floor.map(|at| &score.floors[at]);
        Some(ScoreTrace {
            code: score.code.clone(),
            title: score.title.clone(),
            cite: self.cited(&score.cite),
            pack_version: pack.version,
            pack_hash: pack.hash.clone(),
            start: score.start,
            points: scored.points,
            class: classes[scored.class].clone(),
            by_points: classes[scored.by_points].clone(),
            floor: floor.map(|f| FloorTrace {
                says: f.says.clone(),
                cite: self.cited(&f.cite),
            }),
            classes,
            terms: terms.collect(),
            changes: self.changes(score, &scored),
        })
    }

    /// A score by its id.
    pub fn find_score_by_id(&self, id: ScoreId) -> &Score {
        &self.scores[id.0]
    }

    fn cited(&self, cite: &Citation) -> Cited {
        let pack = self.pack(cite.pack);
        Cited {
            pack: pack.id.clone(),
            title: pack.title.clone(),
            article: cite.article.clone(),
        }
    }

    fn trace_term(&self, term: &Term, band: Option<usize>, facts: &Facts<'_>) -> TermTrace {
        let most = term
            .bands
            .iter()
            .map(|b| b.points)
            .chain([term.unknown])
            .max();
        TermTrace {
            id: term.id.clone(),
            label: term.label.clone(),
            fact: self.schema.fact(term.fact).label(),
            actual: self.schema.say_value(term.fact, facts.get(term.fact)),
            band: band.map_or_else(
                || Text::new("未知", "unknown"),
                |at| self.say_band(term, at),
            ),
            points: band.map_or(term.unknown, |at| term.bands[at].points) * HUNDREDTHS,
            weight: term.weight,
            contribution: contribution(term, band),
            contribution_max: most.unwrap_or_default() * term.weight,
            cite: self.cited(&term.cite),
        }
    }

    /// Which single changes would make another class, the smallest first; of several bands of one term
    /// that make the same class the nearest.
    fn changes(&self, score: &Score, scored: &Scored) -> Vec<ChangeTrace> {
        let mut found: Vec<(i64, ChangeTrace)> = Vec::new();
        for (term, band) in score.terms.iter().zip(&scored.bands) {
            for at in (0..term.bands.len()).filter(|at| Some(*at) != *band) {
                let step = contribution(term, Some(at)) - contribution(term, *band);
                let points = scored.points + step;
                let by_points = class_of(score, points);
                let floor = scored.floor.map(|f| score.floors[f].class);
                let class = floor.map_or(by_points, |f| f.min(by_points));
                if class == scored.class {
                    continue;
                }
                let class = &score.classes[class];
                let change = ChangeTrace {
                    term: term.id.clone(),
                    label: term.label.clone(),
                    band: self.say_band(term, at),
                    points,
                    class: class.code.clone(),
                    class_label: class.label.clone(),
                };
                let same = |c: &ChangeTrace| c.term == change.term && c.class == change.class;
                match found.iter_mut().find(|(_, known)| same(known)) {
                    Some(known) if known.0 > step.abs() => *known = (step.abs(), change),
                    Some(_) => {}
                    None => found.push((step.abs(), change)),
                }
            }
        }
        found.sort_by_key(|(step, _)| *step);
        found.into_iter().map(|(_, change)| change).collect()
    }

    /// The values of a band in words.
    pub fn say_band(&self, term: &Term, at: usize) -> Text {
        let say = |value: Value<'_>| self.schema.say_value(term.fact, &value);
        let numeric = matches!(
            self.schema.fact(term.fact).kind,
            FactType::Int | FactType::Money
        );
        let below = |at: usize| match term.bands.get(at).map(|b| &b.values) {
            Some(BandValues::Below(n)) => Some(*n),
            _ => None,
        };
        let low = at
            .checked_sub(1)
            .and_then(below)
            .map(|n| say(Value::Int(n)));
        let high = below(at).map(|n| say(Value::Int(n)));
        match (&term.bands[at].values, low, high) {
            (_, None, Some(high)) => {
                Text::new(format!("低于 {}", high.zh), format!("below {}", high.en))
            }
            (_, Some(low), Some(high)) => Text::new(
                format!("{} 至 {} 以下", low.zh, high.zh),
                format!("{} to below {}", low.en, high.en),
            ),
            (_, Some(low), None) if numeric => {
                Text::new(format!("{} 及以上", low.zh), format!("{} or more", low.en))
            }
            (BandValues::Is(values), ..) => {
                let words: Vec<_> = values.iter().map(|v| say(v.clone())).collect();
                let join = |pick: fn(&Text) -> &str, by: &str| {
                    words.iter().map(pick).collect::<Vec<_>>().join(by)
                };
                Text::new(join(|t| &t.zh, "、"), join(|t| &t.en, ", "))
            }
            _ => Text::new("其他", "anything else"),
        }
    }
}

fn band_of(term: &Term, facts: &Facts<'_>) -> Option<usize> {
    let value = facts.get(term.fact);
    if value.is_unknown() {
        return None;
    }
    let takes = |band: &Band| match &band.values {
        BandValues::Below(n) => value.as_int().is_some_and(|v| v < *n),
        BandValues::Is(list) => list.iter().any(|v| v == value),
        BandValues::Rest => true,
    };
    term.bands.iter().position(takes)
}

/// What a band adds to the total, in hundredths: a weight is a percentage.
fn contribution(term: &Term, band: Option<usize>) -> i64 {
    term.weight * band.map_or(term.unknown, |at| term.bands[at].points)
}

fn class_of(score: &Score, points: i64) -> usize {
    let reached = |c: &crate::pack::ScoreClass| c.from.is_none_or(|from| points >= from);
    let last = score.classes.len().saturating_sub(1);
    score.classes.iter().position(reached).unwrap_or(last)
}
