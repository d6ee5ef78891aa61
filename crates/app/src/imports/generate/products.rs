//! The product list of the generated insurer.

/// How long a product covers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Term {
    /// Until the insured is 105.
    Whole,
    /// So many years.
    Years(u32),
    /// One year.
    OneYear,
}

/// Who buys a product, and for whom.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Buyer {
    /// An adult, for someone of the family.
    Person,
    /// A parent, for a child.
    Parent,
    /// An adult, for something that belongs to the family.
    Owner,
    /// An organisation.
    Group,
}

/// A product.
pub(super) struct Product {
    /// Code.
    pub code: &'static str,
    /// Name, as it stands in the policy.
    pub name: &'static str,
    /// Class, as a code of the import.
    pub class: &'static str,
    /// Line, as a code of the import.
    pub line: &'static str,
    /// Term.
    pub term: Term,
    /// Who buys it.
    pub buyer: Buyer,
    /// Share among the policies of its kind of buyer.
    pub weight: u32,
    /// Channels with weights.
    pub channels: &'static [(&'static str, u32)],
    /// Yearly or single premium in yuan, from and to.
    pub premium_yuan: (i64, i64),
    /// Paid over years; single otherwise.
    pub regular: bool,
    /// Sum insured as a multiple of the premium.
    pub multiple: i64,
    /// Chance in a thousand that a year sees a claim.
    pub claims_per_mille: u32,
}

impl Product {
    /// Life, health and accident business of more than one year: with a cooling-off period.
    pub(super) fn is_long_term(&self) -> bool {
        self.term != Term::OneYear
    }

    /// Business of a property insurer, where underwriting ends with an event of its own.
    pub(super) fn is_property(&self) -> bool {
        matches!(self.line, "motor" | "commercial" | "personal" | "accident")
    }
}

const AGENTS: &[(&str, u32)] = &[("individual_agent", 86), ("broker", 8), ("direct", 6)];
const BANKS: &[(&str, u32)] = &[("bancassurance_realtime", 52), ("bancassurance", 48)];
const REMOTE: &[(&str, u32)] = &[("online", 55), ("telesales", 25), ("individual_agent", 20)];
const MOTOR: &[(&str, u32)] = &[
    ("individual_agent", 34),
    ("telesales", 32),
    ("online", 30),
    ("broker", 4),
];
const COMMERCIAL: &[(&str, u32)] = &[("direct", 45), ("broker", 35), ("individual_agent", 20)];

macro_rules! product {
    ($code:literal, $name:literal, $class:literal, $line:literal, $term:expr, $buyer:ident, $weight:literal,
     $channels:ident, $premium:expr, $regular:literal, $multiple:literal, $claims:literal) => {
        Product {
            code: $code,
            name: $name,
            class: $class,
            line: $line,
            term: $term,
            buyer: Buyer::$buyer,
            weight: $weight,
            channels: $channels,
            premium_yuan: $premium,
            regular: $regular,
            multiple: $multiple,
            claims_per_mille: $claims,
        }
    };
}

/// The products.
#[rustfmt::skip]
pub(super) const PRODUCTS: [Product; 19] = [
    product!("WL-A", "安享一生终身寿险", "ordinary", "life", Term::Whole, Person, 150, AGENTS, (2_000, 24_000), true, 28, 3),
    product!("WL-P", "鑫福传家终身寿险（分红型）", "participating", "life", Term::Whole, Person, 105, AGENTS, (5_000, 50_000), true, 20, 3),
    product!("TL-1", "守护者定期寿险", "ordinary", "life", Term::Years(30), Person, 40, REMOTE, (600, 4_000), true, 300, 3),
    product!("UL-S", "智盈投资连结保险（趸交）", "unit_linked", "life", Term::Years(20), Person, 120, BANKS, (10_000, 300_000), false, 1, 2),
    product!("UN-A", "稳得利两全保险（万能型）", "universal", "life", Term::Years(15), Person, 75, BANKS, (10_000, 100_000), false, 2, 2),
    product!("AN-R", "颐养金生养老年金保险", "annuity", "life", Term::Whole, Person, 70, AGENTS, (6_000, 60_000), true, 12, 1),
    product!("AN-B", "福满堂年金保险", "annuity", "life", Term::Years(10), Person, 45, BANKS, (10_000, 80_000), true, 4, 1),
    product!("LH-C", "康佑一生重大疾病保险", "long_term_health", "health", Term::Whole, Person, 110, AGENTS, (3_000, 18_000), true, 40, 9),
    product!("SH-M", "百万安心医疗保险", "short_term_health", "health", Term::OneYear, Person, 55, REMOTE, (280, 2_600), false, 2_000, 110),
    product!("AC-1", "一路平安综合意外伤害保险", "accident", "accident", Term::OneYear, Person, 50, REMOTE, (120, 800), false, 900, 60),
    product!("AN-C", "成长无忧少儿年金保险", "annuity", "life", Term::Years(25), Parent, 100, AGENTS, (3_000, 30_000), true, 10, 1),
    product!("MT-1", "机动车商业保险", "motor", "motor", Term::OneYear, Owner, 150, MOTOR, (1_800, 9_500), false, 250, 300),
    product!("MT-C", "机动车交通事故责任强制保险", "motor", "motor", Term::OneYear, Owner, 90, MOTOR, (665, 1_235), false, 180, 130),
    product!("HM-1", "安居家庭财产综合保险", "property", "personal", Term::OneYear, Owner, 35, REMOTE, (100, 900), false, 1_500, 60),
    product!("CP-1", "企业财产综合保险", "property", "commercial", Term::OneYear, Group, 30, COMMERCIAL, (6_000, 260_000), false, 600, 180),
    product!("CG-1", "国内货物运输保险", "cargo", "commercial", Term::OneYear, Group, 20, COMMERCIAL, (3_000, 90_000), false, 400, 260),
    product!("LB-1", "雇主责任保险", "liability", "commercial", Term::OneYear, Group, 28, COMMERCIAL, (4_000, 120_000), false, 200, 240),
    product!("AC-G", "团体意外伤害保险", "accident", "accident", Term::OneYear, Group, 22, COMMERCIAL, (5_000, 80_000), false, 300, 220),
    product!("GP-1", "团体养老年金保险（分红型）", "participating", "life", Term::Years(20), Group, 6, COMMERCIAL, (50_000, 900_000), false, 1, 1),
];
