//! Planted errors: how many each check finds, and how many it finds that were not planted.
//!
//! `HUIFANG_PORTFOLIO` names a folder with import files to plant errors in instead of a generated portfolio. Those are
//! examined first as they are: what is found in them already is told, and neither asked for nor held against a check.

mod lots;

use app::data_quality as i;
use app::imports::generate::{GenerateRequest, generate};
use domain::data_quality::Check;
use domain::imports::ImportKind;
use lots::{Sheet, plant};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use testkit::{Engine, TestApp};

/// The least share that is asked for.
const LEAST: f64 = 0.95;

/// What was planted and what was found, by check and customer.
#[derive(Default)]
pub(super) struct Tally {
    planted: BTreeSet<(String, String)>,
    pub(super) found: BTreeSet<(String, String)>,
    /// What was found before anything was planted.
    before: BTreeSet<(String, String)>,
}

/// How many of a set belong to a check.
fn of<'s>(set: &'s BTreeSet<(String, String)>, check: &'s str) -> impl Iterator<Item = &'s str> {
    let own = set.iter().filter(move |(c, _)| c == check);
    own.map(|(_, who)| who.as_str())
}

impl Tally {
    pub(super) fn plant(&mut self, check: Check, who: &str) {
        self.planted.insert((check.as_str().into(), who.into()));
    }

    /// Prints and asks for precision and recall of each check: of those that were planted, and that no other found
    /// anything new.
    #[expect(
        clippy::print_stdout,
        reason = "the figures are what the test is run for"
    )]
    pub(super) fn report(&self) {
        let all = self.planted.iter().chain(&self.found).chain(&self.before);
        let checks: BTreeSet<&String> = all.map(|(c, _)| c).collect();
        let mut missed = Vec::new();
        for check in checks {
            let planted: BTreeSet<&str> = of(&self.planted, check).collect();
            let before: BTreeSet<&str> = of(&self.before, check).collect();
            let found = of(&self.found, check);
            let new: BTreeSet<&str> = found
                .filter(|who| planted.contains(who) || !before.contains(who))
                .collect();
            let hit = planted.intersection(&new).count();
            let share = |whole: usize| match whole {
                0 => 1.0,
                whole => hit as f64 / whole as f64,
            };
            let (precision, recall) = (share(new.len()), share(planted.len()));
            println!(
                "{check:<16} before {:>6} planted {:>6} new {:>6} precision {precision:.4} recall {recall:.4}",
                before.len(),
                planted.len(),
                new.len()
            );
            if precision < LEAST || recall < LEAST {
                let false_ones: Vec<_> = new.difference(&planted).take(5).collect();
                missed.push(format!("{check}: {precision} {recall} {false_ones:?}"));
            }
        }
        println!("planted {} findings", self.planted.len());
        assert!(missed.is_empty(), "{missed:#?}");
    }
}

/// What is found in the whole book.
async fn findings(t: &TestApp) -> BTreeSet<(String, String)> {
    let sql = "SELECT g.check_code || ' ' || c.customer_no FROM information_findings g \
               JOIN customers c ON c.id = g.customer_id WHERE g.ended_at IS NULL";
    let lines = t.database.column(sql).await;
    let split = |line: &String| {
        line.split_once(' ')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
    };
    lines.iter().filter_map(split).collect()
}

async fn import(t: &TestApp, kind: ImportKind, bytes: &[u8]) {
    let request = t.request(kind, &format!("{kind}.csv"), bytes);
    t.run_import(t.now, request).await.unwrap();
}

/// CUS-17: planted among customers of a whole portfolio, beside families, dormitories and villages that only look like
/// errors.
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
    for kind in [
        ImportKind::Orgs,
        ImportKind::Agents,
        ImportKind::Customers,
        ImportKind::Policies,
    ] {
        let bytes = std::fs::read(folder.join(format!("{kind}.csv"))).unwrap();
        import(&t, kind, &bytes).await;
    }
    let begun = tokio::time::Instant::now();
    let done = i::examine_due(&t.app, t.now, &|_| {}).await.unwrap();
    println!("as it is: {done:?} in {:.1?}", begun.elapsed());
    let mut tally = Tally {
        before: findings(&t).await,
        ..Tally::default()
    };
    let sheet = |name: &str| Sheet::read(&folder.join(name));
    let mut book = (sheet("customers.csv"), sheet("policies.csv"));
    // Whoever has something wrong already is left as they are; what is merely missing does not disturb.
    let doubtful = tally.before.iter().filter(|(check, _)| check != "missing");
    let doubtful: BTreeSet<String> = doubtful.map(|(_, who)| who.clone()).collect();
    plant(
        &mut tally,
        &mut book,
        &sheet("agents.csv"),
        &doubtful,
        today,
    );
    import(&t, ImportKind::Customers, &book.0.bytes()).await;
    import(&t, ImportKind::Policies, &book.1.bytes()).await;
    let done = i::examine_due(&t.app, t.now, &|_| {}).await.unwrap();
    println!("planted: {done:?}");
    tally.found = findings(&t).await;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (check, _) in &tally.found {
        *counts.entry(check).or_default() += 1;
    }
    println!("{counts:?}");
    tally.report();
}
