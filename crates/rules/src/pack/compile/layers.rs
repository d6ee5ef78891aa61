//! How packs fit together: versions that overlap, parameters and programmes without precedence.

use super::super::check::Finding;
use super::super::{
    Anchor, Base, Cause, Condition, Expression, Op, Operand, ParameterId, Programme, ProgrammeId,
    Quantity, Relation, Rhythm, RuleBook, Setting, Step,
};
use crate::facts::FactId;
use std::collections::BTreeSet;

pub(super) fn check(book: &mut RuleBook) -> Vec<Finding> {
    let mut findings = overlapping_versions(book);
    sort_members(book);
    findings.extend(parameters_without_precedence(book));
    findings.extend(programmes_without_precedence(book));
    findings.extend(displaced_programmes(book));
    findings
}

fn overlapping_versions(book: &RuleBook) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (i, a) in book.packs.iter().enumerate() {
        for b in &book.packs[i + 1..] {
            if a.id != b.id {
                continue;
            }
            if a.version == b.version {
                findings.push(finding(
                    &b.file,
                    format!("version {} is also in {}", b.version, a.file),
                ));
            } else if a.status.is_evaluated()
                && b.status.is_evaluated()
                && a.in_force.overlaps(&b.in_force)
            {
                let what = format!("is in force at the same time as version {}", a.version);
                findings.push(finding(&b.file, what));
            }
        }
    }
    findings
}

fn sort_members(book: &mut RuleBook) {
    let layers: Vec<_> = book.packs.iter().map(|p| p.layer).collect();
    for group in &mut book.parameters {
        group.members.sort_by_key(|m| layers[m.pack.0]);
    }
}

fn parameters_without_precedence(book: &RuleBook) -> Vec<Finding> {
    let mut findings = Vec::new();
    for group in &book.parameters {
        let live = group
            .members
            .iter()
            .filter(|m| book.packs[m.pack.0].status.is_evaluated());
        let mut base: Option<&super::super::Parameter> = None;
        for member in live {
            if member.relation != Relation::Base {
                continue;
            }
            if let Some(first) = base.filter(|f| clash(book, f.pack.0, member.pack.0)) {
                let what = format!(
                    "parameter {}: {} and {} both define it without precedence",
                    group.id,
                    articles(book, first),
                    articles(book, member)
                );
                findings.push(finding(&book.packs[member.pack.0].file, what));
            }
            base = Some(member);
        }
    }
    findings
}

fn articles(book: &RuleBook, parameter: &super::super::Parameter) -> String {
    let pack = &book.packs[parameter.pack.0];
    let article = parameter
        .values
        .first()
        .map_or("", |v| v.cite.article.as_str());
    format!("{} {article}", pack.title.zh)
}

/// Programmes of one code in several packs: the narrower must name the pack that it replaces.
fn programmes_without_precedence(book: &mut RuleBook) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut overridden = Vec::new();
    let written: Vec<_> = book
        .files
        .iter()
        .flat_map(|f| &f.programme)
        .map(|p| p.overrides.as_ref().map(|o| o.get_ref().clone()))
        .collect();
    let names = |of: usize, other: usize| {
        written[of].as_ref() == Some(&book.pack(book.programmes[other].pack).id)
    };
    for (i, a) in book.programmes.iter().enumerate() {
        for (j, b) in book.programmes.iter().enumerate().skip(i + 1) {
            if a.code != b.code || !clash(book, a.pack.0, b.pack.0) {
                continue;
            }
            if names(j, i) {
                overridden.push((i, b.pack));
            } else if names(i, j) {
                overridden.push((j, a.pack));
            } else {
                let (first, second) = (book.pack(a.pack), book.pack(b.pack));
                let what = format!(
                    "programme {}: {} {} and {} {} both define it without precedence",
                    a.code, first.title.zh, a.cite.article, second.title.zh, b.cite.article
                );
                findings.push(finding(&second.file, what));
            }
        }
    }
    for (programme, by) in overridden {
        book.programmes[programme].overridden_by.push(by);
    }
    findings
}

/// Programmes that name others whose place they take: those must exist, in a pack that is not narrower.
fn displaced_programmes(book: &mut RuleBook) -> Vec<Finding> {
    let written: Vec<Vec<String>> = book
        .files
        .iter()
        .flat_map(|f| &f.programme)
        .map(|p| p.in_place_of.iter().map(|c| c.get_ref().clone()).collect())
        .collect();
    let mut findings = Vec::new();
    let mut displaced = Vec::new();
    for (by, codes) in written.iter().enumerate() {
        let own = &book.programmes[by];
        let layer = book.pack(own.pack).layer;
        for code in codes {
            let wider = |p: &&Programme| p.code == *code && book.pack(p.pack).layer <= layer;
            if *code == own.code || !book.programmes.iter().any(|p| wider(&p)) {
                let what = format!(
                    "programme {} takes the place of {code}, which no wider pack has",
                    own.code
                );
                findings.push(finding(&book.pack(own.pack).file, what));
            }
            let places = book.programmes.iter().enumerate().filter(|(_, p)| wider(p));
            displaced.extend(places.map(|(at, _)| (at, ProgrammeId(by))));
        }
    }
    for (programme, by) in displaced {
        book.programmes[programme].displaced_by.push(by);
    }
    findings
}

/// Two packs meet when both are evaluated at some common date and for some common case.
pub(super) fn clash(book: &RuleBook, a: usize, b: usize) -> bool {
    let (a, b) = (&book.packs[a], &book.packs[b]);
    a.status.is_evaluated()
        && b.status.is_evaluated()
        && a.in_force.overlaps(&b.in_force)
        && !are_disjoint(&a.scope, &b.scope)
}

/// Whether two scopes ask for different values of one fact, as two provinces do.
fn are_disjoint(a: &[Condition], b: &[Condition]) -> bool {
    let values = |c: &Condition| match (&c.operand, c.op) {
        (Operand::Literals(values), Op::Eq | Op::In) => Some(values.clone()),
        _ => None,
    };
    a.iter().any(|x| {
        b.iter()
            .filter(|y| y.fact == x.fact)
            .any(|y| match (values(x), values(y)) {
                (Some(xs), Some(ys)) => !xs.iter().any(|v| ys.contains(v)),
                _ => false,
            })
    })
}

pub(super) fn finding(file: &str, what: String) -> Finding {
    let hint = "let the narrower one name what it overrides or tightens, or end one's in_force";
    Finding {
        file: file.to_owned(),
        line: None,
        column: None,
        place: String::new(),
        what,
        hint: Some(hint.to_owned()),
    }
}

/// Collects the facts that a decision may look at.
#[derive(Default)]
pub(super) struct Usage {
    facts: BTreeSet<FactId>,
    parameters: BTreeSet<ParameterId>,
}

impl Usage {
    pub(super) fn into_facts(self) -> Vec<FactId> {
        self.facts.into_iter().collect()
    }

    pub(super) fn facts(&mut self, facts: impl Iterator<Item = FactId>) {
        self.facts.extend(facts);
    }

    pub(super) fn programme(&mut self, book: &RuleBook, programme: &Programme) {
        self.expression(book, &programme.trigger.on);
        if let Cause::Calendar(recurrence) = &programme.trigger.cause
            && let Rhythm::Anniversary { fact, .. } | Rhythm::Day { fact } = recurrence.rhythm
        {
            self.facts.insert(fact);
        }
        if let Some(again) = &programme.trigger.again {
            self.facts.extend([again.from, again.until]);
            self.quantity(book, &Quantity::Parameter(again.every));
        }
        for list in [&programme.scope, &programme.require, &programme.cancel] {
            self.conditions(book, list);
        }
        for quantity in programme.lets.iter().flat_map(|l| &l.from) {
            self.quantity(book, quantity);
        }
        for date in &programme.dates {
            self.expression(book, &date.expression);
        }
        for respondent in &programme.respondents {
            self.conditions(book, &respondent.when);
        }
        for by in programme.displaced_by.iter().map(|id| book.programme(*id)) {
            self.conditions(book, &book.pack(by.pack).scope);
            self.conditions(book, &by.scope);
            self.conditions(book, &by.require);
        }
    }

    pub(super) fn conditions(&mut self, book: &RuleBook, conditions: &[Condition]) {
        for condition in conditions {
            self.facts.insert(condition.fact);
            match &condition.operand {
                Operand::Fact(fact) => {
                    self.facts.insert(*fact);
                }
                Operand::Parameter(id) => self.parameter(book, *id),
                Operand::Nothing | Operand::Literals(_) | Operand::Date(_) => {}
            }
        }
    }

    fn expression(&mut self, book: &RuleBook, expression: &Expression) {
        match &expression.base {
            Base::First(anchors) => {
                for anchor in anchors {
                    if let Anchor::Fact(fact) = anchor {
                        self.facts.insert(*fact);
                    }
                }
            }
            Base::EarliestOf(list) | Base::LatestOf(list) => {
                for inner in list {
                    self.expression(book, inner);
                }
            }
        }
        self.facts.extend(expression.clock);
        for step in &expression.steps {
            if let Step::Move {
                by, count_first, ..
            } = step
            {
                self.quantity(book, by);
                if let Setting::Parameter(id) = count_first {
                    self.parameter(book, *id);
                }
            }
        }
        if let Setting::Parameter(id) = &expression.roll {
            self.parameter(book, *id);
        }
    }

    fn quantity(&mut self, book: &RuleBook, quantity: &Quantity) {
        match quantity {
            Quantity::Fact(fact) => {
                self.facts.insert(*fact);
            }
            Quantity::Parameter(id) => self.parameter(book, *id),
            Quantity::Let(_) => {}
        }
    }

    fn parameter(&mut self, book: &RuleBook, id: ParameterId) {
        if !self.parameters.insert(id) {
            return;
        }
        let group = &book.parameters[id.0];
        self.facts.extend(group.dated_by);
        for member in &group.members {
            for value in &member.values {
                self.conditions(book, &value.when);
            }
            if let Some(pack) = book.packs.get(member.pack.0) {
                self.conditions(book, &pack.scope);
            }
        }
    }
}
