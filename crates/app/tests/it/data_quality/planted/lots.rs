//! Lots of errors between customers, and of what only looks like errors, planted in import files.

use super::Tally;
use chrono::{Days, NaiveDate};
use domain::data_quality::Check;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

/// Persons of one lot, and lots at most: about 10,000 errors.
const LOT: usize = 60;
const LOTS_MAX: usize = 380;

/// A file of a portfolio: heading and rows.
pub(super) struct Sheet {
    heading: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    pub(super) fn read(path: &Path) -> Self {
        let mut reader = csv::Reader::from_path(path).unwrap();
        let cells = |r: &csv::StringRecord| r.iter().map(str::to_owned).collect();
        let heading = cells(reader.headers().unwrap());
        let rows = reader.records().map(|r| cells(&r.unwrap())).collect();
        Self { heading, rows }
    }

    fn at(&self, column: &str) -> usize {
        self.heading.iter().position(|c| c == column).unwrap()
    }

    fn cell(&self, row: usize, column: &str) -> &str {
        &self.rows[row][self.at(column)]
    }

    fn set(&mut self, row: usize, column: &str, value: &str) {
        let at = self.at(column);
        value.clone_into(&mut self.rows[row][at]);
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.heading).unwrap();
        for row in &self.rows {
            writer.write_record(row).unwrap();
        }
        writer.into_inner().unwrap()
    }
}

/// Policyholders who are persons of different homes, each used once.
struct Pool<'s> {
    customers: &'s mut Sheet,
    free: Vec<usize>,
    tally: &'s mut Tally,
}

impl Pool<'_> {
    fn take(&mut self) -> usize {
        self.free.pop().expect("the portfolio is large enough")
    }

    fn number(&self, row: usize) -> String {
        self.customers.cell(row, "customer_no").to_owned()
    }

    fn surname(&self, row: usize) -> String {
        let name = self.customers.cell(row, "name");
        name.chars().take(1).collect()
    }

    /// One person with an error, or without one.
    fn one(&mut self, check: Option<Check>, column: &str, value: &str) -> String {
        let row = self.take();
        self.customers.set(row, column, value);
        let who = self.number(row);
        if let Some(check) = check {
            self.tally.plant(check, &who);
        }
        who
    }

    /// A group of persons of different surnames with one value.
    fn share(&mut self, check: Option<Check>, size: usize, column: &str, value: &str) {
        let (mut surnames, mut group) = (HashSet::new(), Vec::new());
        while group.len() < size {
            let row = self.take();
            if surnames.insert(self.surname(row)) {
                group.push(row);
            }
        }
        for (at, row) in group.into_iter().enumerate() {
            self.customers.set(row, column, &written(value, at));
            if let Some(check) = check {
                let who = self.number(row);
                self.tally.plant(check, &who);
            }
        }
    }

    /// A family: one home, which not everybody writes alike, one surname, one telephone, one mailbox.
    fn family(&mut self, n: usize) {
        let home = format!("重庆市渝北区龙溪街道花园路{}号3栋1201室", n + 1);
        let given = ["建国", "秀英", "海", "子轩", "雨桐"];
        for (at, given) in given.iter().enumerate() {
            let row = self.take();
            let name = format!("{}{given}", ["陈", "欧阳", "赵"][n % 3]);
            for (column, value) in [
                ("name", name.as_str()),
                ("address", &home.replace('栋', ["栋", "幢", "号楼"][at % 3])),
                ("mobile", &format!("1395{:07}", 1_204_519 + n * 139)),
                ("email", &format!("family{n}@example.com")),
            ] {
                self.customers.set(row, column, value);
            }
        }
    }
}

/// One value as different people write it: with blanks, wide characters, capitals.
fn written(value: &str, at: usize) -> String {
    let wide = |c: char| match c {
        '0'..='9' => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
        c => c,
    };
    match at % 3 {
        1 if value.contains('@') => value.to_uppercase(),
        1 if !value.is_ascii() => value.chars().map(wide).collect(),
        2 if !value.is_ascii() => value.replace("区", "区 "),
        _ => value.to_owned(),
    }
}

/// Grown-ups of different homes with own policies, of whom nothing is doubtful.
fn persons(
    customers: &Sheet,
    sold: &HashMap<String, Vec<String>>,
    doubtful: &BTreeSet<String>,
) -> Vec<usize> {
    let mut homes = HashSet::new();
    let fits = |at: &usize| {
        let cell = |column: &str| customers.cell(*at, column);
        let number = cell("customer_no");
        cell("kind") == "individual"
            && sold.contains_key(number)
            && !doubtful.contains(number)
            && ("1945".."1995").contains(&cell("birth_date"))
            && !cell("mobile").is_empty()
            && homes.insert(cell("address").to_owned())
    };
    (0..customers.rows.len()).filter(fits).collect()
}

/// Policyholder and insured with one number: of different families, or of one.
fn share_with_insured(pool: &mut Pool<'_>, policies: &mut Sheet, n: usize, is_family: bool) {
    let (one, other) = (pool.take(), pool.take());
    let number = format!(
        "139{}{:07}",
        if is_family { 4 } else { 6 },
        1_102_503 + n * 137
    );
    for row in [one, other] {
        pool.customers.set(row, "mobile", &number);
    }
    let (surname, others) = (pool.surname(one), pool.surname(other));
    if is_family {
        pool.customers.set(other, "name", &format!("{surname}小雨"));
    } else if surname == others {
        let another = if surname == "贺" { "康" } else { "贺" };
        pool.customers.set(other, "name", &format!("{another}小雨"));
    }
    let (who, insured) = (pool.number(one), pool.number(other));
    if !is_family {
        pool.tally.plant(Check::InsuredNumber, &who);
    }
    let holder = policies.at("policyholder_no");
    let policy = policies.rows.iter().position(|p| p[holder] == who).unwrap();
    policies.set(policy, "insured_no", &insured);
}

/// Numbers of salespersons: of any, of the one who sold, and of one who insured themselves.
fn numbers_of_sellers(
    pool: &mut Pool<'_>,
    sold: &HashMap<String, Vec<String>>,
    agents: &Sheet,
    used: &mut HashSet<String>,
) {
    let active: HashMap<&str, usize> = (0..agents.rows.len())
        .filter(|a| {
            agents.cell(*a, "kind") == "salesperson" && agents.cell(*a, "status") == "active"
        })
        .filter(|a| !agents.cell(*a, "mobile").is_empty())
        .map(|a| (agents.cell(a, "agent_code"), a))
        .collect();
    for check in [Check::OwnNumber, Check::SellerNumber, Check::SelfPolicy] {
        let row = pool.take();
        let who = pool.number(row);
        let sellers: Vec<usize> = sold[&who]
            .iter()
            .filter_map(|code| active.get(code.as_str()).copied())
            .collect();
        let is_used = |a: &usize| used.contains(agents.cell(*a, "agent_code"));
        let agent = match check {
            Check::OwnNumber => {
                let mut all: Vec<usize> = active.values().copied().collect();
                all.sort_unstable();
                all.into_iter()
                    .find(|a| !sellers.contains(a) && !is_used(a))
            }
            _ => sellers.iter().copied().find(|a| !is_used(a)),
        };
        let Some(agent) = agent else { continue };
        used.insert(agents.cell(agent, "agent_code").to_owned());
        pool.customers
            .set(row, "mobile", agents.cell(agent, "mobile"));
        if check == Check::SelfPolicy {
            pool.customers.set(row, "name", agents.cell(agent, "name"));
        }
        pool.tally.plant(check, &who);
    }
}

/// Errors between customers, those that imports take in, and what only looks like them.
pub(super) fn plant(
    tally: &mut Tally,
    (customers, policies): &mut (Sheet, Sheet),
    agents: &Sheet,
    doubtful: &BTreeSet<String>,
    today: NaiveDate,
) {
    let mut sold: HashMap<String, Vec<String>> = HashMap::new();
    for p in 0..policies.rows.len() {
        let cell = |column: &str| policies.cell(p, column).to_owned();
        let sellers = sold.entry(cell("policyholder_no")).or_default();
        sellers.push(cell("agent_code"));
    }
    let free = persons(customers, &sold, doubtful);
    let lots = (free.len() / LOT).min(LOTS_MAX);
    let mut pool = Pool {
        customers,
        free,
        tally,
    };
    let mut used = HashSet::new();
    for n in 0..lots {
        errors(&mut pool, n, today);
        numbers_of_sellers(&mut pool, &sold, agents, &mut used);
        share_with_insured(&mut pool, policies, n, false);
        in_order(&mut pool, n, today);
        share_with_insured(&mut pool, policies, n, true);
    }
}

fn errors(pool: &mut Pool<'_>, n: usize, today: NaiveDate) {
    let number = format!("1397{:07}", 2_305_117 + n * 131);
    pool.share(Some(Check::MobileShared), 6, "mobile", &number);
    let home = format!("重庆市渝中区解放碑街道{}号集体宿舍", n + 1);
    pool.share(Some(Check::AddressShared), 8, "address", &home);
    let mailbox = format!("box{n}@example.com");
    pool.share(Some(Check::EmailShared), 5, "email", &mailbox);
    let over = (today - Days::new(1 + n as u64)).to_string();
    let soon = (today + Days::new(n as u64 % 91)).to_string();
    for (column, value, check) in [
        (
            "mobile",
            ["13800000000", "13912345678", "13800138000"][n % 3],
            Check::Placeholder,
        ),
        (
            "name",
            ["不详", "测试", "保密", "未提供"][n % 4],
            Check::Placeholder,
        ),
        (
            "address",
            ["家里", "重庆市", "老地方旁边的白房子"][n % 3],
            Check::AddressDetail,
        ),
        (
            "name",
            ["王先生", "李", "张3", "李太太", "陈师傅", "赵?"][n % 6],
            Check::Name,
        ),
        ("id_expires_on", &over, Check::IdExpired),
        ("id_expires_on", &soon, Check::IdExpiring),
    ] {
        pool.one(Some(check), column, value);
    }
}

/// What is unusual and right.
fn in_order(pool: &mut Pool<'_>, n: usize, today: NaiveDate) {
    pool.family(n);
    let number = format!("1393{:07}", 3_105_117 + n * 131);
    pool.share(None, 3, "mobile", &number);
    let home = format!("重庆市渝中区大坪街道{}号单身公寓", n + 1);
    pool.share(None, 6, "address", &home);
    pool.share(None, 3, "email", &format!("office{n}@example.com"));
    let later = (today + Days::new(91 + n as u64)).to_string();
    let village = format!("重庆市巫山县官渡镇水库村{}组", n + 1);
    let abroad = format!("{} Baker Street, London NW1", n + 1);
    for (column, value) in [
        ("name", ["阿依古丽·买买提", "John Smith", "欧阳无忌"][n % 3]),
        ("mobile", &format!("1590000{:04}", 1_000 + n * 7 % 9_000)),
        ("address", &village),
        ("address", &abroad),
        ("id_expires_on", &later),
    ] {
        pool.one(None, column, value);
    }
}
