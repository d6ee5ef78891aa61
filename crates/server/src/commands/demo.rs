//! `huifang demo`: a fresh database with a portfolio around today, fourteen weeks of work in it, and
//! people to sign in as.
//!
//! Everything is made through the use cases that pages call, with moments of the past, so that each
//! record is one that people could have made: refused where rules refuse, audited, sealed.

mod branch;
mod calls;
mod campaigns;
mod cases;
mod chance;
mod data_quality;
mod days;
mod feed;
mod messages;
mod people;
mod place;
mod records;
mod risk;
mod service;
mod sound;
mod story;
mod surveys;
mod visits;
mod words;

use super::serve;
use crate::cli::DemoArgs;
use crate::config::Config;
use crate::environment::{self, note, say};
use crate::progress;
use crate::security::Security;
use anyhow::{Context as _, Result};
use app::App;
use app::imports::generate::{GenerateRequest, generate};
use chance::Chance;
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, Timelike as _};
use days::{DAYS, DAYS_BEFORE, early, import, take_in};
use domain::access::Role;
use domain::imports::ImportKind;
use domain::time::{self, Instant};
use feed::Feed;
use people::{PASSWORD, Staff, hire, is_offered};
use place::Place;
use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;
use store::DatabaseUrl;
use story::Story;
use web::DemoAccount;

/// The seed of the portfolio and of the story.
const SEED: u64 = 7_300;
/// Name of the company when the configuration names none.
const COMPANY: &str = "示范人寿保险公司";
/// Customers for whom one caller of the story makes one call a day.
const CUSTOMERS_PER_CALL: u64 = 120;
/// Hours of the day in which the clock of a demonstration is the real one.
const DAY_BEGINS: u32 = 9;
const DAY_ENDS: u32 = 18;
/// Different sounds of recordings.
const SOUNDS: u32 = 12;

pub(super) async fn run(config: &Config, args: &DemoArgs) -> Result<ExitCode> {
    let bind = format!("127.0.0.1:{}", args.port);
    if !args.seed_only {
        // Better to hear now than in a minute that the port is taken.
        let listener = std::net::TcpListener::bind(&bind);
        drop(listener.with_context(|| format!("cannot listen on {bind}; try --port"))?);
    }
    let place = Place::fresh()?;
    show_working_hours();
    let (app, accounts) = seed(config, &place, args.customers).await?;
    print_accounts(&accounts);
    if args.seed_only {
        return Ok(ExitCode::SUCCESS);
    }
    // The heads of a demonstration have no place among those of a company.
    let config = Config {
        audit_heads_file: None,
        paper_font: None,
        audit_heads_url: None,
        ..config.clone()
    };
    serve::run(app, &config, &bind, accounts).await
}

/// Nobody is called at night, so a demonstration begun then would refuse every call: its clock begins
/// in the middle of the morning instead.
fn show_working_hours() {
    let now = environment::now();
    let hour = time::time_in_china(now).hour();
    if (DAY_BEGINS..DAY_ENDS).contains(&hour) {
        return;
    }
    let morning = NaiveTime::from_hms_opt(10, 0, 0).unwrap_or(NaiveTime::MIN);
    environment::set_clock(time::at_in_china(time::date_in_china(now), morning));
    note("nobody is called at this hour; the clock of the demonstration begins at 10:00 (UTC+8)");
}

/// Makes the database; gives the accounts that the sign-in page offers.
async fn seed(config: &Config, place: &Place, customers: u64) -> Result<(App, Vec<DemoAccount>)> {
    let now = environment::now();
    let last = time::date_in_china(now);
    let first = last - Days::new(DAYS);
    let dawn = early(first, now);
    let folder = place.portfolio();
    let request = GenerateRequest {
        customers,
        seed: SEED,
        around: last,
        dirty: false,
    };
    generate(request, &folder, &|_| {})?;
    let url = DatabaseUrl::parse(&place.url())?;
    let app = super::open_at(&place_config(config), url, dawn).await?;
    let feed = Feed::read(&folder)?;
    let since = first - Days::new(DAYS_BEFORE);
    app::obligations::set_since(&app, &super::shell(), dawn, since).await?;
    let staff = move_in(&app, &folder, &feed, first, dawn).await?;
    take_in(&app, &feed, None, first, dawn).await?;
    app::customers::refresh_search_keys(&app, dawn).await?;
    live(config, &app, &feed, &staff, (first, last), now, customers).await?;
    let accounts = staff.people.iter().filter(|p| is_offered(&p.username));
    let accounts = accounts
        .map(|p| DemoAccount {
            username: p.username.clone(),
            password: PASSWORD.to_owned(),
            role: format!("{} {}", role_name(p.role), p.name),
            unit: p.unit.clone(),
        })
        .collect();
    Ok((app, accounts))
}

/// A demonstration keeps its files and keys beside its database, whatever else is configured. Its
/// passwords stand on the sign-in page: they need no strength, nobody replaces them, and nobody needs a
/// second factor, which everybody may try out.
fn place_config(config: &Config) -> Config {
    Config {
        files: None,
        master_key_file: None,
        security: Security {
            password_score_min: Some(0),
            password_replaced_first: Some(false),
            ..Security::default()
        },
        ..config.clone()
    }
}

/// Units and people, before the first customer.
async fn move_in(
    app: &App,
    folder: &Path,
    feed: &Feed,
    first: NaiveDate,
    now: Instant,
) -> Result<Staff> {
    import(app, now, ImportKind::Orgs, &folder.join("orgs.csv")).await?;
    let agents = feed.agents(first)?;
    import(app, now, ImportKind::Agents, &agents).await?;
    std::fs::remove_file(&agents)?;
    let salesperson = feed.salesperson_at("50").unwrap_or_default();
    hire(app, &super::shell(), now, &salesperson).await
}

/// The story until now.
async fn live(
    config: &Config,
    app: &App,
    feed: &Feed,
    staff: &Staff,
    (first, last): (NaiveDate, NaiveDate),
    now: Instant,
    customers: u64,
) -> Result<()> {
    let bar = progress::things(DAYS + 1, "fourteen weeks");
    let company = config.company.clone().unwrap_or_else(|| COMPANY.to_owned());
    let mut story = Story {
        app,
        staff,
        chance: Chance::new(SEED),
        company,
        calls_per_day: i64::try_from(customers / CUSTOMERS_PER_CALL)
            .unwrap_or(1)
            .max(2),
        until: now - TimeDelta::minutes(6),
        sounds: (0..SOUNDS).map(|at| sound::recording(at * 9)).collect(),
        waits: HashMap::new(),
        visits: HashMap::new(),
        interviews: 0,
    };
    story
        .live(feed, first, last, &|day| bar.set_position(day))
        .await?;
    let moment = story.last_calling_moment();
    story.leave_tickets(moment).await?;
    story.leave_letters(moment).await?;
    story.leave_visits(moment).await?;
    story.leave_campaigns(moment).await?;
    data_quality::look_at_customers(app, staff, moment).await?;
    story.leave_service(moment).await?;
    keep_views(app, staff, moment).await?;
    app::duplicates::compare_due(app, moment, u64::MAX, &|_| {}).await?;
    story.leave_under_way(moment).await?;
    records::look_back(app, staff, moment).await?;
    risk::leave_risks(app, staff, moment).await?;
    messages::leave_messages(app, staff, config.company_name(), moment).await?;
    bar.finish_and_clear();
    note(format!("{} interviews since {first}", story.interviews));
    Ok(())
}

/// Saved views of the list of callbacks, as people keep them.
async fn keep_views(app: &App, staff: &Staff, now: Instant) -> Result<()> {
    let views = [
        (
            Role::TeamLeader,
            "粤语待分配",
            "view=unassigned&language=cantonese",
        ),
        (
            Role::TeamLeader,
            "重庆新单逾期",
            "view=overdue&programme=NB-CQ",
        ),
        (Role::HeadOfficeManager, "本周到期", "view=week"),
        (Role::BranchOperations, "二次回访", "view=problem"),
        (Role::CallbackAgent, "我的逾期", "view=overdue"),
    ];
    for (role, name, query) in views {
        if let Some(person) = staff.of(role).next() {
            app::access::save_view(app, &person.actor, now, "callbacks", name, query).await?;
        }
    }
    Ok(())
}

fn role_name(role: Role) -> &'static str {
    use Role as R;
    match role {
        R::Administrator => "系统管理员",
        R::HeadOfficeManager => "总公司回访经理",
        R::TeamLeader => "回访组长",
        R::CallbackAgent => "回访坐席",
        R::BranchOperations => "分公司运营",
        R::BranchSales => "分公司销售",
        R::QualityInspector => "质检员",
        R::ComplianceOfficer => "合规官",
        R::Executive => "高管",
        R::PolicyServicing => "保全与回执录入岗",
        R::OutsourcedCaller => "外包访员",
    }
}

fn print_accounts(accounts: &[DemoAccount]) {
    say("username        password      role                unit");
    for account in accounts {
        say(format!(
            "{:<15} {:<13} {}  {}",
            account.username, account.password, account.role, account.unit
        ));
    }
}
