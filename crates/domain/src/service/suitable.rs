//! Whether something may be recommended to a customer, and what the recommendation does not rest on.

use super::Finding;
use crate::customers::Degree;

/// What decides on a recommendation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// How risky the product is for who buys it.
    pub product_risk: Option<Degree>,
    /// How much risk the customer bears.
    pub tolerance: Option<Degree>,
    /// The customer agreed to advertising.
    pub consent: Option<bool>,
    /// The data may only be stored.
    pub restricted: bool,
    /// A need of the customer is on record.
    pub needs_known: bool,
    /// The income is known.
    pub income_known: bool,
}

/// What was found, the barring findings first.
pub type Findings = Vec<Finding>;

/// Checks a recommendation: consent, needs, and what risk the customer bears (A 三（二）2 and 6).
pub fn check_offer(offer: Offer) -> Findings {
    let too_risky = offer
        .product_risk
        .zip(offer.tolerance)
        .is_some_and(|(product, borne)| product > borne);
    let findings = [
        (Finding::Restricted, offer.restricted),
        (Finding::NoConsent, offer.consent != Some(true)),
        (Finding::TooRisky, too_risky),
        (Finding::NeedsUnknown, !offer.needs_known),
        (Finding::ToleranceUnknown, offer.tolerance.is_none()),
        (Finding::IncomeUnknown, !offer.income_known),
    ];
    let found = findings.into_iter().filter(|(_, is_so)| *is_so);
    found.map(|(finding, _)| finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consent_and_risk_bar_what_is_unknown_is_noted() {
        let good = Offer {
            product_risk: Some(Degree::Medium),
            tolerance: Some(Degree::Medium),
            consent: Some(true),
            restricted: false,
            needs_known: true,
            income_known: true,
        };
        assert!(check_offer(good).is_empty());
        for (offer, expected) in [
            (
                Offer {
                    consent: None,
                    ..good
                },
                Finding::NoConsent,
            ),
            (
                Offer {
                    consent: Some(false),
                    ..good
                },
                Finding::NoConsent,
            ),
            (
                Offer {
                    product_risk: Some(Degree::High),
                    ..good
                },
                Finding::TooRisky,
            ),
            (
                Offer {
                    restricted: true,
                    ..good
                },
                Finding::Restricted,
            ),
        ] {
            assert_eq!(check_offer(offer), [expected]);
            assert!(expected.bars());
        }
        let unknown = Offer {
            tolerance: None,
            needs_known: false,
            income_known: false,
            ..good
        };
        let found = check_offer(unknown);
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|f| !f.bars()));
    }
}
