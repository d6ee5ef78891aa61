//! Finding customers and opening their pages among very many, alone and while a planner runs.

use crate::report::{Target, figure};
use crate::{Options, Result, database, portfolio, steps};
use app::App;
use app::customers::{customer_page, refresh_search_keys, search};
use app::obligations::{PlanRequest, plan};
use domain::access::Actor;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::path::Path;
use std::time::Instant;

/// Searches of each kind, and pages.
const TIMES: usize = 300;
/// Milliseconds within which 99 of 100 searches answer.
const SEARCH_MS: f64 = 20.0;
/// Milliseconds within which 99 of 100 pages answer.
const PAGE_MS: f64 = 50.0;

/// A person as the file has them.
struct Person {
    number: String,
    name: String,
    id_no: String,
    mobile: String,
}

/// Measures searches and pages over a generated portfolio.
pub(crate) fn measure(options: &Options) -> Result<()> {
    let folder = options.dir.join(format!("portfolio-{}", options.rows));
    if !folder.join("events.csv").exists() {
        portfolio::generated(&folder, options.rows)?;
    }
    let file = options.dir.join(format!("search-{}.db", options.rows));
    if !file.exists() {
        for kind in ["orgs", "agents", "customers", "policies", "events"] {
            steps::import(kind, &folder, &file)?;
        }
    }
    let more = folder.join("large");
    let large = portfolio::of_large_customer(&more)?;
    for kind in ["policies", "events"] {
        steps::import(kind, &more, &file)?;
    }
    let (groups, people): (Vec<_>, Vec<_>) = read(&folder.join("customers.csv"))?
        .into_iter()
        .partition(|(is_group, _)| *is_group);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let measured = runtime.block_on(async {
        let app = database::open(&file).await?;
        let began = Instant::now();
        let keyed = refresh_search_keys(&app, database::now()?).await?;
        let spent = began.elapsed().as_secs_f64();
        println!("\nsearch and pages among {} customers", options.rows);
        println!("| figure | measured | target | |\n|---|---|---|---|");
        if keyed > 1_000 {
            figure("keys: customers a second", keyed as f64 / spent, "", Target::None);
        }
        searches(&app, &people, &groups).await?;
        let numbers: Vec<_> = people.iter().map(|(_, p)| p.number.clone()).collect();
        let large = [large];
        pages(&app, &numbers, "page").await?;
        pages(&app, &large, "page of a thousand events").await?;
        let planner = app.clone();
        let now = database::now()?;
        let planning = tokio::spawn(async move {
            let request = PlanRequest {
                since: "2020-01-01".parse().ok(),
                ..PlanRequest::default()
            };
            plan(&planner, &Actor::shell("bench"), now, request, &|_| {}).await
        });
        pages(&app, &numbers, "page while planning").await?;
        pages(&app, &large, "page of a thousand events while planning").await?;
        println!("the planner {} under way at the end", if planning.is_finished() { "was no longer" } else { "was" });
        planning.abort();
        Ok(())
    });
    // A planner that is stopped is not waited for.
    runtime.shutdown_background();
    measured
}

/// Customers of a file, and whether each is an organisation.
fn read(file: &Path) -> Result<Vec<(bool, Person)>> {
    let text = std::fs::read_to_string(file)?;
    let mut lines = text.lines();
    let columns: Vec<_> = lines.next().unwrap_or_default().split(',').collect();
    let place = |name: &str| columns.iter().position(|c| *c == name).ok_or("a column is missing");
    let (number, kind, name) = (place("customer_no")?, place("kind")?, place("name")?);
    let (id_no, mobile) = (place("id_no")?, place("mobile")?);
    let person = |line: &str| {
        let cells: Vec<_> = line.split(',').collect();
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default().to_owned();
        let person = Person {
            number: cell(number),
            name: cell(name),
            id_no: cell(id_no),
            mobile: cell(mobile),
        };
        (cell(kind) == "group", person)
    };
    Ok(lines.map(person).collect())
}

async fn searches(app: &App, people: &[(bool, Person)], groups: &[(bool, Person)]) -> Result<()> {
    type Term = fn(&Person) -> String;
    let kinds: [(&str, &[(bool, Person)], Term); 9] = [
        ("mobile", people, |p| p.mobile.clone()),
        ("identity number", people, |p| p.id_no.clone()),
        ("last four of the mobile", people, |p| {
            p.mobile.chars().skip(7).collect()
        }),
        ("whole name", people, |p| p.name.clone()),
        ("part of a name", people, |p| p.name.chars().skip(1).collect()),
        ("one character wrong", people, |p| {
            let mut name: Vec<char> = p.name.chars().collect();
            if let Some(last) = name.last_mut() {
                *last = '龘';
            }
            name.into_iter().collect()
        }),
        ("pinyin", people, |p| domain::customers::latin(&p.name).0),
        ("initials", people, |p| domain::customers::latin(&p.name).1),
        ("a word of an organisation", groups, |p| {
            p.name.chars().skip(2).take(3).collect()
        }),
    ];
    for (what, of, term) in kinds {
        let mut random = StdRng::seed_from_u64(7);
        let mut spent = Vec::new();
        let mut tries = 0;
        while spent.len() < TIMES && tries < TIMES * 10 && !of.is_empty() {
            tries += 1;
            let term = term(&of[random.random_range(0..of.len())].1);
            if term.chars().count() < 2 {
                continue;
            }
            let began = Instant::now();
            search(app, &Actor::shell("bench"), database::now()?, &term).await?;
            spent.push(began.elapsed().as_secs_f64() * 1_000.0);
        }
        tell(&format!("search by {what}"), spent, SEARCH_MS);
    }
    Ok(())
}

async fn pages(app: &App, numbers: &[String], what: &str) -> Result<()> {
    let mut random = StdRng::seed_from_u64(11);
    let mut spent = Vec::new();
    for _ in 0..TIMES {
        let number = &numbers[random.random_range(0..numbers.len())];
        let began = Instant::now();
        customer_page(app, &Actor::shell("bench"), database::now()?, number).await?;
        spent.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    tell(what, spent, PAGE_MS);
    Ok(())
}

fn tell(what: &str, mut spent: Vec<f64>, limit: f64) {
    spent.sort_by(f64::total_cmp);
    let at = |part: usize| spent.get(spent.len().saturating_sub(1) * part / 100).copied().unwrap_or(f64::NAN);
    figure(&format!("{what}: p50"), at(50), " ms", Target::None);
    figure(&format!("{what}: p99"), at(99), " ms", Target::AtMost(limit));
}
