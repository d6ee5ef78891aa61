//! The classes of a generated portfolio beside a calculation that shares nothing with the engine: rows as
//! text, bands written out once more.

use super::{classify_at, scores};
use app::imports::generate::{GenerateRequest, generate};
use app::imports::{ImportRequest, Mapping};
use chrono::{Months, NaiveDate};
use domain::imports::ImportKind;
use rstest::rstest;
use std::collections::{BTreeMap, BTreeSet};
use testkit::{Engine, Portfolio, TestApp, at, day};

const AS_OF: &str = "2024-03-05";

/// A generated portfolio, imported.
async fn generated(t: &TestApp, customers: u64) {
    let folder = t.path("portfolio");
    let request = GenerateRequest {
        customers,
        seed: 20_240_305,
        around: day(AS_OF),
        dirty: false,
    };
    std::fs::create_dir_all(&folder).unwrap();
    generate(request, &folder, &|_| {}).unwrap();
    for kind in [
        ImportKind::Orgs,
        ImportKind::Agents,
        ImportKind::Customers,
        ImportKind::Contacts,
        ImportKind::Policies,
        ImportKind::Events,
    ] {
        let path = folder.join(format!("{kind}.csv"));
        if !path.exists() {
            continue;
        }
        let request = ImportRequest {
            kind,
            path,
            shown_name: kind.to_string(),
            mapping: Mapping::default(),
            dry_run: false,
            errors_file: None,
        };
        t.run_import(t.now, request).await.unwrap();
    }
}

#[derive(Default)]
struct Sums {
    appetite: String,
    tolerance: String,
    income: Option<i64>,
    born: Option<NaiveDate>,
    important: bool,
    first: Option<NaiveDate>,
    lines: BTreeSet<String>,
    others: BTreeSet<String>,
    annual: i64,
    in_force: i64,
    insured: i64,
    paid: i64,
    /// By claim: its first day and what was paid.
    claims: BTreeMap<String, (NaiveDate, i64)>,
}

fn date(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

/// Months that have passed in full, counted one by one.
fn months(from: NaiveDate, to: NaiveDate) -> i64 {
    let mut n = 0;
    while from + Months::new(n + 1) <= to {
        n += 1;
    }
    i64::from(n)
}

fn add_policy(s: &mut Sums, cells: &[&str], as_of: NaiveDate) {
    let [
        _,
        line,
        status,
        issued,
        expires,
        ended,
        premium,
        often,
        years,
        sum,
        other,
    ] = cells
    else {
        panic!("{cells:?}")
    };
    let issued = date(issued).unwrap();
    if issued > as_of {
        return;
    }
    s.first = Some(s.first.map_or(issued, |f| f.min(issued)));
    let premium: i64 = premium.parse().unwrap_or(0);
    let years: Option<i64> = years.parse().ok();
    let a_year = match *often {
        "annual" => Some(1),
        "half_yearly" => Some(2),
        "quarterly" => Some(4),
        "monthly" => Some(12),
        _ => None,
    };
    let runs = matches!(*status, "in_force" | "grace");
    let (expires, ended) = (date(expires), date(ended));
    let until = if runs { expires } else { ended.or(expires) };
    let until = until.unwrap_or(as_of).min(as_of);
    s.paid += premium
        * match a_year {
            None => 1,
            Some(a_year) => {
                let due = months(issued, until.max(issued)) / (12 / a_year) + 1;
                years.map_or(due, |y| due.min((y * a_year).max(1)))
            }
        };
    let alive = if runs {
        expires.is_none_or(|e| as_of <= e)
    } else {
        ended.is_some_and(|e| as_of < e)
    };
    if !alive {
        return;
    }
    s.lines.insert((*line).to_owned());
    if !other.is_empty() {
        s.others.insert((*other).to_owned());
    }
    s.insured += sum.parse::<i64>().unwrap_or(0);
    s.in_force += premium * a_year.unwrap_or(1);
    let paying = years.is_none_or(|y| months(issued, as_of) < y * 12);
    if let (Some(a_year), true) = (a_year, paying) {
        s.annual += premium * a_year;
    }
}

async fn sums(t: &TestApp, as_of: NaiveDate) -> BTreeMap<String, Sums> {
    let mut all: BTreeMap<String, Sums> = BTreeMap::new();
    let customers = "SELECT customer_no || '|' || COALESCE(risk_appetite, '') || '|' || COALESCE(risk_tolerance, '') || '|' \
                     || COALESCE(CAST(annual_income_fen AS TEXT), '') || '|' || COALESCE(CAST(birth_date AS TEXT), '') || '|' \
                     || CASE WHEN large OR key_account THEN '1' ELSE '' END FROM customers";
    for row in t.database.column(customers).await {
        let cells: Vec<_> = row.split('|').collect();
        let sums = Sums {
            appetite: cells[1].to_owned(),
            tolerance: cells[2].to_owned(),
            income: cells[3].parse().ok(),
            born: date(cells[4]),
            important: cells[5] == "1",
            ..Sums::default()
        };
        all.insert(cells[0].to_owned(), sums);
    }
    let policies = "SELECT c.customer_no || '|' || p.line || '|' || p.status || '|' || CAST(p.issue_date AS TEXT) || '|' \
                    || COALESCE(CAST(p.expiry_date AS TEXT), '') || '|' || COALESCE((SELECT CAST(MAX(e.occurred_on) AS TEXT) \
                    FROM events e WHERE e.policy_id = p.id AND e.type IN ('surrendered', 'cooling_off_cancelled', 'lapsed', \
                    'policy_expired')), '') || '|' || COALESCE(CAST(p.premium_fen AS TEXT), '') || '|' \
                    || COALESCE(p.premium_frequency, '') || '|' || COALESCE(CAST(p.premium_term_years AS TEXT), '') || '|' \
                    || COALESCE(CAST(p.sum_insured_fen AS TEXT), '') || '|' \
                    || COALESCE((SELECT i.customer_no FROM customers i WHERE i.id = p.insured_id AND i.id <> c.id), '') \
                    FROM policies p JOIN customers c ON c.id = p.policyholder_id";
    for row in t.database.column(policies).await {
        let cells: Vec<_> = row.split('|').collect();
        add_policy(all.get_mut(cells[0]).unwrap(), &cells, as_of);
    }
    let claims = "SELECT c.customer_no || '|' || p.policy_no || '/' || COALESCE(e.claim_no, e.event_id) || '|' \
                  || CAST(e.occurred_on AS TEXT) || '|' || CASE WHEN e.type IN ('claim_settled', 'claim_paid') \
                  THEN COALESCE(CAST(e.amount_fen AS TEXT), '0') ELSE '0' END FROM events e \
                  JOIN policies p ON p.id = e.policy_id JOIN customers c ON c.id = p.policyholder_id \
                  WHERE e.type IN ('loss_reported', 'claim_registered', 'claim_settled', 'claim_paid')";
    for row in t.database.column(claims).await {
        let cells: Vec<_> = row.split('|').collect();
        let (on, amount) = (date(cells[2]).unwrap(), cells[3].parse().unwrap());
        if on > as_of {
            continue;
        }
        let sums = all.get_mut(cells[0]).unwrap();
        let claim = sums.claims.entry(cells[1].to_owned()).or_insert((on, 0));
        *claim = (claim.0.min(on), claim.1.max(amount));
    }
    all
}

/// Points of the first limit that a value lies below, or of the last.
fn band(value: i64, limits: &[(i64, i64)], last: i64) -> i64 {
    let found = limits.iter().find(|(limit, _)| value < *limit);
    found.map_or(last, |(_, points)| *points)
}

fn ratio(s: &Sums) -> Option<i64> {
    let paid: i64 = s.claims.values().map(|(_, amount)| amount).sum();
    (s.paid > 0).then(|| paid * 100 / s.paid)
}

/// Class and points in hundredths by value.
fn value(s: &Sums, as_of: NaiveDate) -> Option<(&'static str, i64)> {
    let first = s.first?;
    let lines = i64::try_from(s.lines.len()).unwrap();
    let others = i64::try_from(s.others.len()).unwrap();
    let share = s.income.filter(|i| *i > 0).map(|i| s.annual * 100 / i);
    let age = s.born.map(|b| i64::from(as_of.years_since(b).unwrap()));
    let yuan = 100;
    let points = 30
        * band(
            s.annual,
            &[
                (1_000 * yuan, 0),
                (5_000 * yuan, 20),
                (10_000 * yuan, 40),
                (30_000 * yuan, 60),
                (100_000 * yuan, 80),
            ],
            100,
        )
        + 15 * band(
            s.in_force,
            &[(5_000 * yuan, 0), (20_000 * yuan, 20), (100_000 * yuan, 60)],
            100,
        )
        + 10 * band(
            s.insured,
            &[
                (100_000 * yuan, 0),
                (500_000 * yuan, 40),
                (1_000_000 * yuan, 70),
            ],
            100,
        )
        + 10 * band(lines, &[(1, 0), (2, 30), (3, 60)], 100)
        + 10 * band(
            months(first, as_of),
            &[(12, 20), (36, 50), (60, 70), (120, 90)],
            100,
        )
        + 10 * ratio(s).map_or(50, |r| band(r, &[(30, 100), (70, 60), (100, 30)], 0))
        + 5 * share.map_or(40, |r| band(r, &[(5, 100), (10, 60), (20, 20)], 0))
        + 5 * age.map_or(40, |a| band(a, &[(25, 60), (45, 100), (60, 60)], 20))
        + 5 * band(others, &[(1, 0), (2, 60)], 100);
    let class = if s.important || points >= 6_000 {
        "high"
    } else if points >= 3_000 {
        "medium"
    } else {
        "low"
    };
    Some((class, points))
}

/// Class and points in hundredths by risk.
fn risk(s: &Sums, as_of: NaiveDate) -> (&'static str, i64) {
    let degree = |code: &str, high: i64, low: i64| match code {
        "" => 40,
        "medium" => 50,
        "high" => high,
        _ => low,
    };
    let from = as_of - Months::new(36);
    let recent = s.claims.values().filter(|(on, _)| *on > from).count();
    let points = 35 * degree(&s.appetite, 100, 0)
        + 30 * degree(&s.tolerance, 0, 100)
        + 20 * band(
            i64::try_from(recent).unwrap(),
            &[(1, 0), (2, 25), (4, 60)],
            100,
        )
        + 15 * ratio(s).map_or(0, |r| {
            band(r, &[(30, 0), (60, 20), (80, 40), (120, 60)], 100)
        });
    let class = match points {
        6_500.. => "high",
        3_500.. => "medium",
        _ => "low",
    };
    (class, points)
}

/// SEG-01, SEG-02: classes and points of everybody are what an independent calculation gives.
#[rstest]
#[tokio::test]
async fn classes_are_as_worked_out_otherwise(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    generated(&t, 600).await;
    let now = at("2024-03-05 09:00");
    let report = classify_at(&t, now, false).await;
    assert_eq!(report.customers, 600, "{report:?}");
    let mut expected = Vec::new();
    for (number, sums) in sums(&t, day(AS_OF)).await {
        if let Some((class, points)) = value(&sums, day(AS_OF)) {
            expected.push(format!("{number} value {class} {points}"));
        }
        let (class, points) = risk(&sums, day(AS_OF));
        expected.push(format!("{number} risk {class} {points}"));
    }
    expected.sort();
    let found = scores(&t).await;
    for class in ["high", "medium", "low"] {
        for model in ["value", "risk"] {
            let which = format!(" {model} {class} ");
            assert!(
                found.iter().any(|f| f.contains(&which)),
                "nobody is {which}"
            );
        }
    }
    assert_eq!(found.len(), expected.len());
    let wrong: Vec<_> = found
        .iter()
        .zip(&expected)
        .filter(|(f, e)| f != e)
        .collect();
    assert!(
        wrong.is_empty(),
        "{} differ, such as {:?}",
        wrong.len(),
        &wrong[..wrong.len().min(3)]
    );
    let in_force = "SELECT customer_no || ' value ' || value_class FROM customers WHERE value_class IS NOT NULL ORDER BY 1";
    let in_force = t.database.column(in_force).await;
    let given: BTreeMap<_, _> = expected
        .iter()
        .filter_map(|e| {
            let (head, _) = e.rsplit_once(' ')?;
            head.split_once(" value ")
                .map(|(number, class)| (number.to_owned(), class.to_owned()))
        })
        .collect();
    let differs = in_force.iter().filter(|line| {
        let (number, class) = line.split_once(" value ").unwrap();
        given.get(number).is_some_and(|g| g != class)
    });
    assert_eq!(
        differs.count(),
        0,
        "what is in force is what the model gives"
    );
}

/// SEG-03: what follows a change is what looking at everybody would give; looking again changes nothing.
#[rstest]
#[tokio::test]
async fn following_changes_is_as_good_as_looking_at_everybody(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let mut portfolio = Portfolio::small();
    t.import_all(&portfolio).await;
    classify_at(&t, t.now, false).await;
    let first = scores(&t).await;
    let idle = classify_at(&t, t.now, false).await;
    assert_eq!((idle.customers, idle.scored, idle.changed), (0, 0, 0));
    portfolio
        .policies
        .set("P50-ZHOU", "premium", "120000.00")
        .set("P37-SUN", "status", "surrendered");
    portfolio
        .customers
        .set("C50-LI", "key_account", "true")
        .set("C37-MA", "risk_appetite", "high")
        .set("C37-MA", "risk_tolerance", "low");
    t.import(ImportKind::Customers, &portfolio.customers).await;
    t.import(ImportKind::Policies, &portfolio.policies).await;
    let followed = classify_at(&t, t.now, false).await;
    assert!(
        followed.customers >= 4 && followed.scored >= 4,
        "{followed:?}"
    );
    let incremental = scores(&t).await;
    assert_ne!(incremental, first);
    let classes = "SELECT customer_no || COALESCE(value_class, '-') || COALESCE(risk_class, '-') FROM customers ORDER BY 1";
    let before = t.database.column(classes).await;
    let everybody = classify_at(&t, t.now, true).await;
    assert_eq!(
        (everybody.scored, everybody.changed),
        (0, 0),
        "{everybody:?}"
    );
    assert_eq!(scores(&t).await, incremental);
    assert_eq!(t.database.column(classes).await, before);
    let one = "SELECT COUNT(*) FROM customer_scores WHERE until_on IS NULL";
    assert_eq!(
        t.database.number(one).await,
        i64::try_from(incremental.len()).unwrap()
    );
}
