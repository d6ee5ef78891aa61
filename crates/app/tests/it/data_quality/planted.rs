//! Planted errors: how many each check finds, and how many it finds that were not planted.
//!
//! `HUIFANG_PORTFOLIO` names a folder with import files to plant errors in instead of a generated portfolio.

use app::data_quality as i;
use app::imports::generate::{GenerateRequest, generate};
use chrono::{Days, NaiveDate};
use domain::data_quality::Check;
use domain::imports::ImportKind;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use testkit::{Engine, TestApp};

/// The least share that is asked for.
const LEAST: f64 = 0.95;

/// What was planted and what was found, by check and customer.
#[derive(Default)]
pub(super) struct Tally {
    planted: BTreeSet<(String, String)>,
    pub(super) found: BTreeSet<(String, String)>,
}

impl Tally {
    pub(super) fn plant(&mut self, check: Check, who: &str) {
        self.planted.insert((check.as_str().into(), who.into()));
    }

    /// Prints and asks for precision and recall of each check that was planted.
    #[expect(
        clippy::print_stdout,
        reason = "the figures are what the test is run for"
    )]
    pub(super) fn report(&self) {
        let checks: BTreeSet<&String> = self.planted.iter().map(|(c, _)| c).collect();
        for check in checks {
            let of = |set: &BTreeSet<(String, String)>| -> BTreeSet<String> {
                let own = set.iter().filter(|(c, _)| c == check);
                own.map(|(_, who)| who.clone()).collect()
            };
            let (planted, found) = (of(&self.planted), of(&self.found));
            let hit = planted.intersection(&found).count();
            let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
            let (precision, recall) = (share(hit, found.len()), share(hit, planted.len()));
            println!(
                "{check:<16} planted {:>6} found {:>6} precision {precision:.4} recall {recall:.4}",
                planted.len(),
                found.len()
            );
            assert!(precision >= LEAST, "{check}: precision {precision}");
            assert!(recall >= LEAST, "{check}: recall {recall}");
        }
    }
}

/// A file of a portfolio: heading and rows.
struct Sheet {
    heading: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    fn read(path: &Path) -> Self {
        let mut reader = csv::Reader::from_path(path).unwrap();
        let cells = |r: &csv::StringRecord| r.iter().map(str::to_owned).collect();
        let heading = cells(reader.headers().unwrap());
        let rows = reader.records().map(|r| cells(&r.unwrap())).collect();
        Self { heading, rows }
    }

    fn at(&self, column: &str) -> usize {
        self.heading.iter().position(|c| c == column).unwrap()
    }

    fn bytes(&self) -> Vec<u8> {
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
}

impl Pool<'_> {
    fn take(&mut self) -> usize {
        self.free.pop().expect("the portfolio is large enough")
    }

    fn set(&mut self, row: usize, column: &str, value: &str) -> String {
        let at = self.customers.at(column);
        value.clone_into(&mut self.customers.rows[row][at]);
        self.customers.rows[row][self.customers.at("customer_no")].clone()
    }

    /// A group of persons of different surnames with one value.
    fn share(&mut self, tally: &mut Tally, check: Check, size: usize, column: &str, value: &str) {
        let name = self.customers.at("name");
        let (mut surnames, mut group) = (HashSet::new(), Vec::new());
        while group.len() < size {
            let row = self.take();
            let surname: String = self.customers.rows[row][name].chars().take(1).collect();
            if surnames.insert(surname) {
                group.push(row);
            }
        }
        for row in group {
            let who = self.set(row, column, value);
            tally.plant(check, &who);
        }
    }
}

/// Persons of different homes with own policies; documents that are over, or soon are, count as planted.
fn persons(
    tally: &mut Tally,
    customers: &Sheet,
    sold: &HashMap<String, String>,
    today: NaiveDate,
) -> Vec<usize> {
    let [number, kind, address, mobile, expires, born] = [
        "customer_no",
        "kind",
        "address",
        "mobile",
        "id_expires_on",
        "birth_date",
    ]
    .map(|c| customers.at(c));
    let (mut homes, mut free) = (HashSet::new(), Vec::new());
    for (at, row) in customers.rows.iter().enumerate() {
        let grown_up = row[born].as_str() < "1995" && !row[born].is_empty();
        let is_person = row[kind] == "individual" && sold.contains_key(&row[number]);
        if is_person && grown_up && !row[mobile].is_empty() && homes.insert(row[address].clone()) {
            free.push(at);
        }
        if let Ok(last) = row[expires].parse::<NaiveDate>() {
            if last < today {
                tally.plant(Check::IdExpired, &row[number]);
            } else if last <= today + Days::new(90) {
                tally.plant(Check::IdExpiring, &row[number]);
            }
        }
    }
    free
}

/// Policyholder and insured of different homes and families with one number.
fn share_with_insured(tally: &mut Tally, pool: &mut Pool<'_>, policies: &mut Sheet, n: usize) {
    let (one, other) = (pool.take(), pool.take());
    let number = format!("1396{:07}", 1_102_503 + n * 137);
    let who = pool.set(one, "mobile", &number);
    let insured = pool.set(other, "mobile", &number);
    let name = pool.customers.at("name");
    let surname = |row: usize| pool.customers.rows[row][name].chars().next();
    if surname(one) != surname(other) {
        tally.plant(Check::InsuredNumber, &who);
    }
    let (holder, at) = (policies.at("policyholder_no"), policies.at("insured_no"));
    let policy = policies.rows.iter().position(|p| p[holder] == who).unwrap();
    policies.rows[policy][at] = insured;
}

/// Errors between customers, and those that imports take in.
fn plant(folder: &Path, today: NaiveDate) -> (Tally, Sheet, Sheet) {
    let mut tally = Tally::default();
    let mut customers = Sheet::read(&folder.join("customers.csv"));
    let mut policies = Sheet::read(&folder.join("policies.csv"));
    let agents = Sheet::read(&folder.join("agents.csv"));
    let (holder, seller) = (policies.at("policyholder_no"), policies.at("agent_code"));
    let sold = policies
        .rows
        .iter()
        .map(|p| (p[holder].clone(), p[seller].clone()));
    let sold: HashMap<String, String> = sold.collect();
    let free = persons(&mut tally, &customers, &sold, today);
    let lots = free.len() / 120;
    let mut pool = Pool {
        customers: &mut customers,
        free,
    };
    for n in 0..lots {
        let number = format!("1397{:07}", 2_305_117 + n * 131);
        pool.share(&mut tally, Check::MobileShared, 6, "mobile", &number);
        let home = format!("重庆市渝中区解放碑街道{}号集体宿舍", n + 1);
        pool.share(&mut tally, Check::AddressShared, 8, "address", &home);
        let mailbox = format!("box{n}@example.com");
        pool.share(&mut tally, Check::EmailShared, 5, "email", &mailbox);
        for (column, value, check) in [
            ("mobile", "13800000000", Check::Placeholder),
            ("name", "不详", Check::Placeholder),
            ("address", "家里", Check::AddressDetail),
            ("name", "王先生", Check::Name),
        ] {
            let row = pool.take();
            let who = pool.set(row, column, value);
            tally.plant(check, &who);
        }
        let agent = &agents.rows[n % agents.rows.len()];
        let cell = |column: &str| agent[agents.at(column)].as_str();
        if cell("kind") == "salesperson" && cell("status") == "active" && !cell("mobile").is_empty()
        {
            let row = pool.take();
            let who = pool.set(row, "mobile", cell("mobile"));
            let own = policies
                .rows
                .iter()
                .any(|p| p[holder] == who && p[seller] == cell("agent_code"));
            let check = if own {
                Check::SellerNumber
            } else {
                Check::OwnNumber
            };
            tally.plant(check, &who);
        }
        share_with_insured(&mut tally, &mut pool, &mut policies, n);
    }
    (tally, customers, policies)
}

/// CUS-17: planted among customers of a whole portfolio.
#[tokio::test]
async fn errors_between_customers_are_found() {
    let t = TestApp::empty(Engine::Sqlite).await;
    let today = domain::time::date_in_china(t.now);
    let folder = match std::env::var_os("HUIFANG_PORTFOLIO") {
        Some(folder) => PathBuf::from(folder),
        None => {
            let folder = t.path("portfolio");
            let request = GenerateRequest {
                customers: 6_000,
                seed: 11,
                around: today,
                dirty: false,
            };
            generate(request, &folder, &|_| {}).unwrap();
            folder
        }
    };
    let (mut tally, customers, policies) = plant(&folder, today);
    let file = |name: &str| std::fs::read(folder.join(name)).unwrap();
    for (kind, bytes) in [
        (ImportKind::Orgs, file("orgs.csv")),
        (ImportKind::Agents, file("agents.csv")),
        (ImportKind::Customers, customers.bytes()),
        (ImportKind::Policies, policies.bytes()),
    ] {
        let request = t.request(kind, &format!("{kind}.csv"), &bytes);
        t.run_import(t.now, request).await.unwrap();
    }
    let done = i::examine_due(&t.app, t.now, &|_| {}).await.unwrap();
    println!("{done:?}");
    let sql = "SELECT g.check_code || ' ' || c.customer_no FROM information_findings g \
               JOIN customers c ON c.id = g.customer_id";
    for line in t.database.column(sql).await {
        let (check, who) = line.split_once(' ').unwrap();
        tally.found.insert((check.to_owned(), who.to_owned()));
    }
    let by_check =
        tally
            .found
            .iter()
            .fold(BTreeMap::new(), |mut n: BTreeMap<&str, usize>, (c, _)| {
                *n.entry(c).or_default() += 1;
                n
            });
    println!("{by_check:?}");
    tally.report();
}
