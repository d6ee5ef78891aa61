//! A small portfolio: two provinces, individual and group customers, policies in every state that
//! the first programmes look at. It is written as import files.

use crate::{Table, resident_id, row};
use domain::imports::ImportKind;

/// The import files of a company.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Portfolio {
    /// Units.
    pub orgs: Table,
    /// Salespersons and the like.
    pub agents: Table,
    /// Customers.
    pub customers: Table,
    /// Contact persons of groups.
    pub contacts: Table,
    /// Policies.
    pub policies: Table,
    /// Events.
    pub events: Table,
}

impl Portfolio {
    /// The small portfolio, as it stands on the morning of 5 March 2024.
    ///
    /// | policy | unit | what it is there for |
    /// |---|---|---|
    /// | P50-ZHOU | 5001 | NB-CQ, receipt of 1 March, due on the 15th; sold by A5001 |
    /// | P50-LI | 5001 | NB-CQ, receipt of 25 February, due today |
    /// | P50-HE | 50 | its receipt is missing |
    /// | P50-SHORT | 5001 | one year: excluded, with the reason |
    /// | P50-CAR | 5001 | motor; a paid claim (MC-PAID from today on) and one closed with zero |
    /// | P50-CORP | 50 | a group's property; a settled claim (CP-SET, PC-CL1) |
    /// | P37-SUN | 3701 | NB-SD, receipt of 2 March |
    /// | P37-MA | 3701 | NB-SD without a receipt: no due date yet |
    pub fn small() -> Self {
        Self {
            orgs: orgs(),
            agents: agents(),
            customers: customers(),
            contacts: Table::new([row([
                ("customer_no", "C50-CORP"),
                ("role", "insurance_contact"),
                ("name", "钱进"),
                ("position", "财务经理"),
                ("mobile", "13900500077"),
            ])]),
            policies: policies(),
            events: events(),
        }
    }

    /// A whole-life policy over twenty years of premiums, with a cooling-off period of fifteen days. An
    /// empty day of signature stands for a receipt that is missing.
    pub fn life_policy(
        number: &str,
        holder: &str,
        org: &str,
        agent: &str,
        issued: &str,
        signed: &str,
    ) -> Vec<(&'static str, String)> {
        row([
            ("policy_no", number),
            ("product_code", "WL-A"),
            ("product_name", "安享终身寿险（分红型）"),
            ("product_class", "participating"),
            ("line", "life"),
            ("channel", "individual_agent"),
            ("policyholder_no", holder),
            ("insured_no", holder),
            ("agent_code", agent),
            ("org_code", org),
            ("application_date", issued),
            ("issue_date", issued),
            ("effective_date", issued),
            ("term_months", "792"),
            ("premium", "12000.00"),
            ("premium_frequency", "annual"),
            ("premium_term_years", "20"),
            ("sum_insured", "300000.00"),
            ("cooling_off_days", "15"),
            ("ack_signed_on", signed),
            ("ack_entered_on", signed),
            ("double_recorded", "true"),
            ("status", "in_force"),
        ])
    }

    /// The files in the order in which they depend on each other.
    pub fn files(&self) -> [(ImportKind, &Table); 6] {
        [
            (ImportKind::Orgs, &self.orgs),
            (ImportKind::Agents, &self.agents),
            (ImportKind::Customers, &self.customers),
            (ImportKind::Contacts, &self.contacts),
            (ImportKind::Policies, &self.policies),
            (ImportKind::Events, &self.events),
        ]
    }

    /// Writes the files into a folder, as `huifang import all` takes them.
    pub fn write_to(&self, folder: &std::path::Path) {
        for (kind, table) in self.files().into_iter().filter(|(_, t)| !t.is_empty()) {
            std::fs::write(folder.join(format!("{kind}.csv")), table.csv()).unwrap();
        }
    }
}

fn orgs() -> Table {
    let org = |code, name, parent, level, region| {
        row([
            ("org_code", code),
            ("name", name),
            ("parent_code", parent),
            ("level", level),
            ("region", region),
        ])
    };
    Table::new([
        org("000", "总公司", "", "head_office", "110000"),
        org("50", "重庆分公司", "000", "provincial_branch", "500000"),
        org("5001", "渝中支公司", "50", "sub_branch", "500000"),
        org("37", "山东分公司", "000", "provincial_branch", "370000"),
        org("3701", "济南中心支公司", "37", "city_office", "370000"),
    ])
}

fn agents() -> Table {
    let agent = |code, name, org| {
        row([
            ("agent_code", code),
            ("name", name),
            ("mobile", "13700000001"),
            ("org_code", org),
            ("kind", "salesperson"),
            ("status", "active"),
        ])
    };
    Table::new([
        agent("A5001", "陈东", "5001"),
        agent("A5002", "冯南", "5001"),
        agent("A3701", "高北", "3701"),
    ])
}

/// Individual customers: number, name, birth date, mobile and unit; the serial of the identity number
/// says whether it is a man.
const PERSONS: [(&str, &str, &str, &str, u32, &str); 5] = [
    ("C50-ZHOU", "周敏", "1980-05-06", "13800500001", 122, "5001"),
    ("C50-LI", "李强", "1975-11-30", "13800500002", 231, "5001"),
    ("C50-HE", "何芳", "1990-02-28", "13800500003", 340, "50"),
    ("C37-SUN", "孙磊", "1988-08-08", "13800370001", 451, "3701"),
    ("C37-MA", "马丽", "1969-01-15", "13800370002", 562, "3701"),
];

fn customers() -> Table {
    let persons = PERSONS.map(|(number, name, birth, mobile, serial, org)| {
        let region = if org.starts_with("37") {
            "370102"
        } else {
            "500103"
        };
        let id = resident_id(region, &birth.replace('-', ""), serial);
        row([
            ("customer_no", number),
            ("kind", "individual"),
            ("name", name),
            ("sex", if serial % 2 == 1 { "male" } else { "female" }),
            ("birth_date", birth),
            ("id_type", "resident_id"),
            ("id_no", &id),
            ("mobile", mobile),
            ("address", "人民路 1 号"),
            ("language", "mandarin"),
            ("org_code", org),
        ])
    });
    let mut table = Table::new(persons);
    table.set("C50-ZHOU", "language", "sichuan");
    table.add(row([
        ("customer_no", "C50-CORP"),
        ("kind", "group"),
        ("name", "渝中物流有限公司"),
        ("phone", "023-63000000"),
        ("org_code", "50"),
    ]));
    table
}

fn policies() -> Table {
    let life = Portfolio::life_policy;
    let mut table = Table::new([
        life(
            "P50-ZHOU",
            "C50-ZHOU",
            "5001",
            "A5001",
            "2024-02-26",
            "2024-03-01",
        ),
        life(
            "P50-LI",
            "C50-LI",
            "5001",
            "A5002",
            "2024-02-20",
            "2024-02-25",
        ),
        life("P50-HE", "C50-HE", "50", "A5002", "2024-02-28", ""),
        life(
            "P50-SHORT",
            "C50-HE",
            "5001",
            "A5002",
            "2024-02-21",
            "2024-02-22",
        ),
        life(
            "P37-SUN",
            "C37-SUN",
            "3701",
            "A3701",
            "2024-02-26",
            "2024-03-02",
        ),
        life("P37-MA", "C37-MA", "3701", "A3701", "2024-02-27", ""),
    ]);
    table
        .set("P50-LI", "cooling_off_days", "10")
        .set("P50-SHORT", "term_months", "12");
    let property = |number, class, line, holder, org| {
        row([
            ("policy_no", number),
            ("product_name", "财产保险"),
            ("product_class", class),
            ("line", line),
            ("channel", "direct"),
            ("policyholder_no", holder),
            ("insured_no", holder),
            ("org_code", org),
            ("issue_date", "2023-09-01"),
            ("effective_date", "2023-09-01"),
            ("expiry_date", "2024-08-31"),
            ("premium", "3600.00"),
            ("status", "in_force"),
        ])
    };
    table
        .add(property("P50-CAR", "motor", "motor", "C50-LI", "5001"))
        .add(property(
            "P50-CORP",
            "property",
            "commercial",
            "C50-CORP",
            "50",
        ));
    table
}

fn events() -> Table {
    let claim = |id, kind, at, policy, claim, outcome| {
        row([
            ("event_id", id),
            ("type", kind),
            ("occurred_at", at),
            ("policy_no", policy),
            ("claim_no", claim),
            ("amount", "1800.00"),
            ("outcome", outcome),
            ("reporter_role", "insured"),
        ])
    };
    let paid_at = "2024-02-24T09:30:00+08:00";
    Table::new([
        claim("E1", "claim_paid", paid_at, "P50-CAR", "CL-1", "paid"),
        claim(
            "E2",
            "claim_paid",
            paid_at,
            "P50-CAR",
            "CL-2",
            "zero_closed",
        ),
        claim(
            "E3",
            "claim_settled",
            "2024-03-01T15:00:00+08:00",
            "P50-CORP",
            "CL-3",
            "paid",
        ),
    ])
}
