//! Which questionnaire is used: for which programmes, media, channels, kinds of product and regions a
//! version is, and which of several goes before the others (QST-01).

use super::{CaseFacts, Medium, condition::lies_in};
use crate::policies::{Channel, ProductClass};
use crate::rules::Span;

/// What a questionnaire is for; an empty list is no restriction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// How the customer is asked.
    pub media: Vec<Medium>,
    /// Sales channels.
    pub channels: Vec<Channel>,
    /// Classes of products.
    pub product_classes: Vec<ProductClass>,
    /// GB/T 2260 codes of regions.
    pub regions: Vec<String>,
}

impl Reach {
    /// Whether a case lies in it.
    pub fn covers(&self, case: &CaseFacts) -> bool {
        let media = self.media.is_empty() || self.media.contains(&case.medium);
        let channels =
            self.channels.is_empty() || case.channel.is_some_and(|c| self.channels.contains(&c));
        let classes = self.product_classes.is_empty()
            || case
                .product_class
                .is_some_and(|c| self.product_classes.contains(&c));
        let in_one = |region: &String| self.regions.iter().any(|r| lies_in(region, r));
        let regions = self.regions.is_empty() || case.region.as_ref().is_some_and(in_one);
        media && channels && classes && regions
    }

    /// How narrow it is: the number of restrictions, then how small its regions are.
    pub fn specificity(&self) -> (usize, usize) {
        let lists = [
            self.media.is_empty(),
            self.channels.is_empty(),
            self.product_classes.is_empty(),
            self.regions.is_empty(),
        ];
        let stem = |r: &String| r.trim_end_matches("00").len();
        let smallest = self.regions.iter().map(stem).min().unwrap_or(0);
        (lists.iter().filter(|empty| !**empty).count(), smallest)
    }

    /// Whether some case lies in both.
    pub fn meets(&self, other: &Self) -> bool {
        fn share<T: PartialEq>(a: &[T], b: &[T]) -> bool {
            a.is_empty() || b.is_empty() || a.iter().any(|x| b.contains(x))
        }
        let near = |a: &String| other.regions.iter().any(|b| lies_in(a, b) || lies_in(b, a));
        share(&self.media, &other.media)
            && share(&self.channels, &other.channels)
            && share(&self.product_classes, &other.product_classes)
            && (self.regions.is_empty()
                || other.regions.is_empty()
                || self.regions.iter().any(near))
    }

    /// Whether two questionnaires for the same programme would both be used, neither before the other,
    /// on days on which both are in force.
    pub fn clashes_with(&self, days: Span, other: &Self, others_days: Span) -> bool {
        self.specificity() == other.specificity() && self.meets(other) && days.meets(others_days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(channels: &[Channel], classes: &[ProductClass], regions: &[&str]) -> Reach {
        Reach {
            media: Vec::new(),
            channels: channels.to_vec(),
            product_classes: classes.to_vec(),
            regions: regions.iter().map(|r| (*r).to_owned()).collect(),
        }
    }

    fn days(from: &str, until: Option<&str>) -> Span {
        Span {
            from: from.parse().ok(),
            until: until.map(|u| u.parse().unwrap()),
        }
    }

    #[test]
    fn the_narrower_goes_first_and_equals_clash() {
        let all = reach(&[], &[], &[]);
        let banks = reach(&[Channel::Bancassurance], &[], &[]);
        let universal = reach(&[], &[ProductClass::Universal], &[]);
        let both = reach(&[Channel::Bancassurance], &[ProductClass::Universal], &[]);
        let (city, province) = (reach(&[], &[], &["370200"]), reach(&[], &[], &["370000"]));
        assert!(banks.specificity() > all.specificity());
        assert!(both.specificity() > universal.specificity());
        assert!(city.specificity() > province.specificity());
        let year = days("2026-01-01", Some("2026-12-31"));
        let clash = |a: &Reach, b: &Reach| a.clashes_with(year, b, days("2026-12-31", None));
        assert!(clash(&all, &all) && clash(&banks, &universal));
        assert!(!clash(&all, &banks) && !clash(&city, &province) && !clash(&both, &banks));
        let other_channel = reach(&[Channel::Online], &[], &[]);
        assert!(!clash(&banks, &other_channel));
        assert!(!all.clashes_with(year, &all, days("2027-01-01", None)));
    }

    #[test]
    fn a_case_lies_in_what_it_fits() {
        let case = CaseFacts {
            channel: Some(Channel::Bancassurance),
            region: Some("370202".into()),
            ..CaseFacts::default()
        };
        assert!(reach(&[Channel::Bancassurance], &[], &["370000"]).covers(&case));
        assert!(!reach(&[], &[ProductClass::Universal], &[]).covers(&case));
        assert!(!reach(&[], &[], &["500000"]).covers(&case));
    }
}
