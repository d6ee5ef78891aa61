//! For which cases an item or a part of a questionnaire is: conditions over typed facts, and the one
//! place where they are evaluated.

use super::{Answer, Fact, Medium, Topic};
use crate::customers::CustomerKind;
use crate::policies::{Channel, Line, ProductClass};

/// What of a case decides which items apply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFacts {
    /// Class of product.
    pub product_class: Option<ProductClass>,
    /// Line of business.
    pub line: Option<Line>,
    /// The premium is paid in instalments.
    pub instalments: bool,
    /// The sale was recorded in sound and picture.
    pub double_recorded: bool,
    /// Channel.
    pub channel: Option<Channel>,
    /// There was a claim in the term.
    pub had_claim: bool,
    /// Kind of insured.
    pub insured_kind: Option<CustomerKind>,
    /// Kind of policyholder.
    pub holder_kind: Option<CustomerKind>,
    /// GB/T 2260 code of the region whose rules count.
    pub region: Option<String>,
    /// The customer is a key account.
    pub key_account: bool,
    /// The insured is a minor.
    pub juvenile: bool,
    /// It is a second callback, after a problem was dealt with.
    pub recall: bool,
    /// How the customer is asked.
    pub medium: Medium,
    /// Subjects that the plan behind the callback wants asked.
    pub planned_topics: Vec<Topic>,
}

/// What is known of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known<'c> {
    Flag(bool),
    Code(Option<&'c str>),
    Topics(&'c [Topic]),
}

impl CaseFacts {
    fn value(&self, fact: Fact) -> Known<'_> {
        match fact {
            Fact::ProductClass => Known::Code(self.product_class.map(ProductClass::as_str)),
            Fact::Line => Known::Code(self.line.map(Line::as_str)),
            Fact::NewType => Known::Flag(self.product_class.is_some_and(ProductClass::is_new_type)),
            Fact::Instalments => Known::Flag(self.instalments),
            Fact::DoubleRecorded => Known::Flag(self.double_recorded),
            Fact::Channel => Known::Code(self.channel.map(Channel::as_str)),
            Fact::HadClaim => Known::Flag(self.had_claim),
            Fact::InsuredKind => Known::Code(self.insured_kind.map(CustomerKind::as_str)),
            Fact::HolderKind => Known::Code(self.holder_kind.map(CustomerKind::as_str)),
            Fact::Region => Known::Code(self.region.as_deref()),
            Fact::KeyAccount => Known::Flag(self.key_account),
            Fact::Juvenile => Known::Flag(self.juvenile),
            Fact::Recall => Known::Flag(self.recall),
            Fact::Medium => Known::Code(Some(self.medium.as_str())),
            Fact::PlannedTopic => Known::Topics(&self.planned_topics),
        }
    }

    fn set(&mut self, fact: Fact, value: &str) {
        let yes = value == "true";
        match fact {
            Fact::ProductClass | Fact::NewType => {
                self.product_class = ProductClass::parse(value).ok();
            }
            Fact::Line => self.line = Line::parse(value).ok(),
            Fact::Instalments => self.instalments = yes,
            Fact::DoubleRecorded => self.double_recorded = yes,
            Fact::Channel => self.channel = Channel::parse(value).ok(),
            Fact::HadClaim => self.had_claim = yes,
            Fact::InsuredKind => self.insured_kind = CustomerKind::parse(value).ok(),
            Fact::HolderKind => self.holder_kind = CustomerKind::parse(value).ok(),
            Fact::Region => self.region = Some(value.to_owned()).filter(|v| !v.is_empty()),
            Fact::KeyAccount => self.key_account = yes,
            Fact::Juvenile => self.juvenile = yes,
            Fact::Recall => self.recall = yes,
            Fact::Medium => self.medium = Medium::parse(value).unwrap_or_default(),
            Fact::PlannedTopic => self.planned_topics = Topic::parse(value).into_iter().collect(),
        }
    }

    /// The case with a fact from a form or a test: `true`, `false` or a code.
    #[must_use]
    pub fn with(mut self, fact: Fact, value: &str) -> Self {
        self.set(fact, value);
        self
    }
}

impl Fact {
    /// Whether it is a yes or no.
    pub fn is_flag(self) -> bool {
        self.codes().is_empty() && self != Self::Region
    }

    /// The codes that it takes; none for yes and no, and for regions, which are numbers of GB/T 2260.
    pub fn codes(self) -> Vec<&'static str> {
        fn all<T: Copy>(list: &[T], code: impl Fn(T) -> &'static str) -> Vec<&'static str> {
            list.iter().map(|c| code(*c)).collect()
        }
        match self {
            Self::ProductClass => all(ProductClass::ALL, ProductClass::as_str),
            Self::Line => all(Line::ALL, Line::as_str),
            Self::Channel => all(Channel::ALL, Channel::as_str),
            Self::InsuredKind | Self::HolderKind => all(CustomerKind::ALL, CustomerKind::as_str),
            Self::Medium => all(Medium::ALL, Medium::as_str),
            Self::PlannedTopic => all(Topic::ALL, Topic::as_str),
            _ => Vec::new(),
        }
    }

    /// The values between which cases can differ in it, of which `named` are those of regions.
    fn values(self, named: &[String]) -> Vec<String> {
        let own = |codes: Vec<&str>| codes.into_iter().map(str::to_owned).collect::<Vec<_>>();
        match self {
            Self::NewType => Self::ProductClass.values(named),
            Self::Region => {
                let mut values = named.to_vec();
                values.push(String::new());
                values
            }
            Self::Medium => own(self.codes()),
            fact if fact.is_flag() => own(vec!["false", "true"]),
            _ => own(self.codes()),
        }
    }
}

/// One condition over a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The fact.
    pub fact: Fact,
    /// What it must be.
    pub test: Test,
}

/// What a fact must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Yes or no.
    Is(bool),
    /// One of some codes; a region also lies in the regions whose number begins its own.
    OneOf(Vec<String>),
}

/// Whether a region lies in another: `370200` in `370000`.
pub fn lies_in(region: &str, wider: &str) -> bool {
    let mut stem = wider;
    while let Some(shorter) = stem.strip_suffix("00") {
        stem = shorter;
    }
    !stem.is_empty() && region.starts_with(stem)
}

impl Condition {
    /// Whether a case meets it. An unknown code meets no list.
    pub fn holds(&self, case: &CaseFacts) -> bool {
        match (&self.test, case.value(self.fact)) {
            (Test::Is(wanted), Known::Flag(actual)) => *wanted == actual,
            (Test::OneOf(codes), Known::Code(Some(code))) if self.fact == Fact::Region => {
                codes.iter().any(|c| lies_in(code, c))
            }
            (Test::OneOf(codes), Known::Topics(topics)) => {
                topics.iter().any(|t| codes.iter().any(|c| c == t.as_str()))
            }
            (Test::OneOf(codes), Known::Code(code)) => {
                code.is_some_and(|code| codes.iter().any(|c| c == code))
            }
            _ => false,
        }
    }

    /// Whether its values are such as the fact takes.
    pub fn is_sound(&self) -> bool {
        match &self.test {
            Test::Is(_) => self.fact.is_flag(),
            Test::OneOf(codes) if self.fact == Fact::Region => {
                let region = |c: &String| c.len() == 6 && c.bytes().all(|b| b.is_ascii_digit());
                !codes.is_empty() && codes.iter().all(region)
            }
            Test::OneOf(codes) => {
                let known = self.fact.codes();
                !codes.is_empty() && codes.iter().all(|c| known.contains(&c.as_str()))
            }
        }
    }
}

/// Whether all of some conditions hold.
pub fn all_hold(conditions: &[Condition], case: &CaseFacts) -> bool {
    conditions.iter().all(|c| c.holds(case))
}

/// Most cases that are gone through for a check; what needs more is said to be undecidable.
const CASES_MAX: usize = 20_000;

/// Every case that some conditions can tell apart, beginning from a base. Nothing when they are too
/// many.
pub fn cases_of<'c>(
    conditions: impl IntoIterator<Item = &'c Condition>,
    base: &CaseFacts,
) -> Option<Vec<CaseFacts>> {
    let (mut facts, mut regions): (Vec<Fact>, Vec<String>) = (Vec::new(), Vec::new());
    for condition in conditions {
        // Whether a product is of a new type follows from its class.
        let fact = match condition.fact {
            Fact::NewType => Fact::ProductClass,
            fact => fact,
        };
        if !facts.contains(&fact) {
            facts.push(fact);
        }
        if let (Fact::Region, Test::OneOf(codes)) = (fact, &condition.test) {
            regions.extend(codes.iter().cloned());
        }
    }
    let mut cases = vec![base.clone()];
    for fact in facts {
        let values = fact.values(&regions);
        if cases.len() * values.len() > CASES_MAX {
            return None;
        }
        let each = |case: CaseFacts| values.iter().map(move |v| case.clone().with(fact, v));
        cases = cases.into_iter().flat_map(each).collect();
    }
    Some(cases)
}

/// An item is asked only after an earlier one was answered so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AfterAnswer {
    /// Code of the earlier item.
    pub item: String,
    /// The answers; a rating of dissatisfaction counts as negative, any other as affirmed.
    pub answers: Vec<Answer>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of(fact: Fact, codes: &[&str]) -> Condition {
        let codes = codes.iter().map(|c| (*c).to_owned()).collect();
        Condition {
            fact,
            test: Test::OneOf(codes),
        }
    }

    fn is(fact: Fact, wanted: bool) -> Condition {
        Condition {
            fact,
            test: Test::Is(wanted),
        }
    }

    #[test]
    fn conditions_over_every_fact() {
        let case = CaseFacts {
            product_class: Some(ProductClass::Universal),
            line: Some(Line::Life),
            instalments: true,
            channel: Some(Channel::Bancassurance),
            insured_kind: Some(CustomerKind::Individual),
            region: Some("500105".into()),
            medium: Medium::Letter,
            planned_topics: vec![Topic::Market, Topic::Use],
            ..CaseFacts::default()
        };
        let table = [
            (one_of(Fact::ProductClass, &["universal", "ordinary"]), true),
            (one_of(Fact::ProductClass, &["ordinary"]), false),
            (one_of(Fact::Line, &["life"]), true),
            (is(Fact::NewType, true), true),
            (is(Fact::NewType, false), false),
            (is(Fact::Instalments, true), true),
            (is(Fact::DoubleRecorded, true), false),
            (is(Fact::DoubleRecorded, false), true),
            (one_of(Fact::Channel, &["bancassurance"]), true),
            (is(Fact::HadClaim, true), false),
            (one_of(Fact::InsuredKind, &["group"]), false),
            (one_of(Fact::HolderKind, &["individual"]), false),
            (one_of(Fact::Region, &["500000"]), true),
            (one_of(Fact::Region, &["370000", "500105"]), true),
            (one_of(Fact::Region, &["500106"]), false),
            (is(Fact::KeyAccount, false), true),
            (is(Fact::Juvenile, true), false),
            (is(Fact::Recall, true), false),
            (one_of(Fact::Medium, &["letter", "electronic"]), true),
            (one_of(Fact::Medium, &["call"]), false),
            (one_of(Fact::PlannedTopic, &["use", "offers"]), true),
            (one_of(Fact::PlannedTopic, &["offers"]), false),
        ];
        for (condition, expected) in &table {
            assert_eq!(condition.holds(&case), *expected, "{condition:?}");
            assert!(condition.is_sound(), "{condition:?}");
        }
        let named: Vec<_> = table.iter().map(|(c, _)| c.fact).collect();
        assert!(Fact::ALL.iter().all(|f| named.contains(f)));
    }

    #[test]
    fn values_that_a_fact_does_not_take() {
        let wrong = [
            one_of(Fact::ProductClass, &["universl"]),
            one_of(Fact::ProductClass, &[]),
            is(Fact::ProductClass, true),
            one_of(Fact::HadClaim, &["yes"]),
            one_of(Fact::Region, &["50"]),
        ];
        assert!(wrong.iter().all(|c| !c.is_sound()));
    }

    #[test]
    fn every_case_that_matters_is_gone_through() {
        let both = [
            is(Fact::NewType, true),
            one_of(Fact::ProductClass, &["ordinary"]),
        ];
        let cases = cases_of(&both, &CaseFacts::default()).unwrap();
        assert_eq!(cases.len(), ProductClass::ALL.len());
        assert!(!cases.iter().any(|c| all_hold(&both, c)), "never both");
        let flags = [is(Fact::HadClaim, true), is(Fact::Recall, false)];
        assert_eq!(cases_of(&flags, &CaseFacts::default()).unwrap().len(), 4);
    }
}
