//! `huifang serve`: pages and API until the process is asked to stop.

use crate::config::Config;
use crate::environment::{self, note};
use crate::heads;
use crate::tls;
use anyhow::{Context as _, Result};
use app::App;
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use web::{DemoAccount, Settings, Web};

/// Where the server listens when nothing is said.
pub(crate) const DEFAULT_BIND: &str = "127.0.0.1:7300";

/// How often an idle server looks for jobs.
const IDLE: Duration = Duration::from_millis(500);
/// How often a server looks for customers whose class is to be worked out again.
const LOOK_AT_CLASSES: Duration = Duration::from_secs(2);
/// How often a server looks for messages.
const LOOK_AT_OUTBOX: Duration = Duration::from_secs(1);
/// How often what is new in the audit log is sealed.
const SEAL_EVERY: Duration = Duration::from_secs(60);
/// How often customers are looked at whose names changed.
const LOOK_AT_NAMES: Duration = Duration::from_secs(2);
/// How often letters are looked at whose day to be answered may have passed.
const LOOK_AT_LETTERS: Duration = Duration::from_secs(3600);
/// How often a server looks for customers whose information is to be examined.
const LOOK_AT_INFORMATION: Duration = Duration::from_secs(20);
/// How often a server looks whether keys were exchanged.
const LOOK_AT_KEYS: Duration = Duration::from_secs(60);
/// How often tickets over their time and new callback records are looked at.
const LOOK_AT_CASES: Duration = Duration::from_secs(60 * 60);
/// How often customers are looked at who are new or changed.
const LOOK_AT_DUPLICATES: Duration = Duration::from_secs(5);
/// How often persons in charge, the watch list and flags are brought into line with classes.
const LOOK_AT_SERVICE: Duration = Duration::from_secs(5 * 60);
/// How often a server looks for signals of risk where customers changed.
const LOOK_AT_RISKS: Duration = Duration::from_secs(10);
/// How long requests under way may take when the server is asked to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(30);
/// Hexadecimal digits that tell servers side by side apart.
const SERVER_NAME_DIGITS: usize = 8;
/// How long it waits when it could not look.
const TROUBLE: Duration = Duration::from_secs(10);

/// Serves until interrupted or terminated.
pub(crate) async fn run(
    app: App,
    config: &Config,
    bind: &str,
    demo_accounts: Vec<DemoAccount>,
) -> Result<ExitCode> {
    let company = config.company_name();
    let app = with_outlets(app, config, !demo_accounts.is_empty())?;
    let listener = bind_to(bind).await?;
    let address = listener.local_addr()?;
    let tls = match &config.tls {
        Some(settings) => Some((settings.clone(), settings.load()?)),
        None => None,
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    note(format!("huifang listens on {scheme}://{address}"));
    say_first_link(&app, &format!("{scheme}://{address}")).await?;
    app::imports::give_up_silent(&app, environment::now()).await?;
    app::backups::give_up_silent(&app, environment::now()).await?;
    app::access::note_policy(&app, environment::now()).await?;
    let app = connected(app, config, address.port())?;
    let mut beside = work_beside(&app, config);
    let settings = Settings {
        company: company.to_owned(),
        clock: environment::now,
        secure_cookies: config.is_https(),
        demo_accounts,
    };
    let mut web = Web::new(app.clone(), settings);
    if let Some(metrics_bind) = &config.metrics_bind {
        web = web.with_metrics_apart();
        let listener = bind_to(metrics_bind).await?;
        note(format!(
            "metrics are on http://{}/metrics",
            listener.local_addr()?
        ));
        let service = web::metrics_router(web.clone());
        beside.push(tokio::spawn(serve_beside(listener, service)));
    }
    let service = web::router(web);
    match tls {
        None => {
            let service = service.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, service)
                .with_graceful_shutdown(asked_to_stop())
                .await?;
        }
        Some((settings, first)) => {
            if let Some(plain) = &settings.redirect_bind {
                let plain = bind_to(plain).await?;
                note(format!("http://{} sends to https", plain.local_addr()?));
                let service = tls::redirect_router(address.port());
                beside.push(tokio::spawn(serve_beside(plain, service)));
            }
            let live = RustlsConfig::from_config(first);
            beside.push(tokio::spawn(settings.watch(live.clone())));
            serve_tls(listener, live, service).await?;
        }
    }
    // What it was at is taken up again by whoever runs next.
    beside.iter().for_each(JoinHandle::abort);
    heads::seal_and_hand_out(&app, config).await;
    Ok(ExitCode::SUCCESS)
}

/// With what is outside: identity providers, the telephone, checks of faces.
fn connected(app: App, config: &Config, port: u16) -> Result<App> {
    let app = app.with_doors(crate::doors::open(config, port, config.company_name())?);
    let telephone = crate::telephony::open(config.telephony.as_ref(), &server_name())?;
    let app = app.with_telephony(telephone.line.clone());
    telephone.listen(app.clone());
    let face = config.electronic.face.as_ref();
    Ok(app.with_verifier(face.map(crate::face::FaceConfig::open).transpose()?))
}

/// What a server does beside answering.
fn work_beside(app: &App, config: &Config) -> Vec<JoinHandle<()>> {
    vec![
        tokio::spawn(work_off(app.clone())),
        tokio::spawn(send_off(app.clone())),
        tokio::spawn(keep_classes(app.clone())),
        tokio::spawn(watch_keys(app.clone())),
        tokio::spawn(look_after_cases(app.clone())),
        tokio::spawn(end_letters(app.clone())),
        tokio::spawn(find_names(app.clone())),
        tokio::spawn(compare_customers(app.clone())),
        tokio::spawn(examine(app.clone())),
        tokio::spawn(keep_service(app.clone())),
        tokio::spawn(watch_risks(app.clone())),
        tokio::spawn(seal_off(app.clone(), config.clone())),
    ]
}

/// A name that no other server has: chance from an id.
fn server_name() -> String {
    let id = environment::ids()
        .next(environment::now())
        .simple()
        .to_string();
    id[id.len() - SERVER_NAME_DIGITS..].to_owned()
}

/// With the ways by which messages leave; those of a demonstration lead nowhere.
fn with_outlets(app: App, config: &Config, is_demo: bool) -> Result<App> {
    let company = config.company_name();
    let outlets = if is_demo {
        crate::messaging::demonstration(company)
    } else {
        config.messaging.open(company)?
    };
    Ok(app.with_outlets(outlets))
}

/// Says where the first administrator is created while nobody can sign in.
async fn say_first_link(app: &App, place: &str) -> Result<()> {
    if app::access::is_first_administrator_wanted(app).await? {
        let token = app::access::first_administrator_link(app, environment::now()).await?;
        note(format!(
            "nobody can sign in yet; create the first administrator within 24 hours at\n  \
             {place}/first-administrator/{}",
            token.0
        ));
    }
    Ok(())
}

async fn bind_to(address: &str) -> Result<TcpListener> {
    let bound = TcpListener::bind(address).await;
    bound.with_context(|| format!("cannot listen on {address}"))
}

/// Serves until asked to stop, then lets requests under way end.
async fn serve_tls(listener: TcpListener, live: RustlsConfig, service: Router) -> Result<()> {
    let handle = Handle::new();
    let stopping = handle.clone();
    tokio::spawn(async move {
        asked_to_stop().await;
        stopping.graceful_shutdown(Some(LAST_REQUESTS));
    });
    axum_server::from_tcp_rustls(listener.into_std()?, live)?
        .handle(handle)
        .serve(service.into_make_service_with_connect_info::<SocketAddr>())
        .await?;
    Ok(())
}

async fn serve_beside(listener: TcpListener, service: Router) {
    if let Err(error) = axum::serve(listener, service).await {
        tracing::error!(%error, "a listener beside the main one ended");
    }
}

/// Looks from time to time whether keys were exchanged, so that a server that nobody asks anything is
/// ready too.
async fn watch_keys(app: App) {
    let mut minutes = tokio::time::interval(LOOK_AT_KEYS);
    loop {
        minutes.tick().await;
        app.store().forget_refused_keys();
        if let Err(error) = store::sealing::refresh_keys(app.store()).await {
            tracing::error!(%error, "the keys cannot be read");
        }
    }
}

/// Ends letters whose answer did not come in time, so that their callbacks go on.
async fn end_letters(app: App) {
    let mut ticks = tokio::time::interval(LOOK_AT_LETTERS);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = app::letters::end_unanswered(&app, environment::now()).await {
            tracing::error!(%error, "letters without an answer cannot be ended");
        }
    }
}

/// Works out the keys by which names are found, for as long as the server lives. Servers side by side take
/// turns.
async fn find_names(app: App) {
    let mut ticks = tokio::time::interval(LOOK_AT_NAMES);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = app::customers::refresh_search_keys(&app, environment::now()).await {
            tracing::error!(%error, "keys of names cannot be worked out");
        }
    }
}

/// Compares customers who are new or changed with others, for as long as the server lives. Servers side by
/// side take turns.
async fn compare_customers(app: App) {
    let mut ticks = tokio::time::interval(LOOK_AT_DUPLICATES);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let compared = app::duplicates::compare_due(&app, environment::now(), u64::MAX, &|_| {});
        if let Err(error) = compared.await {
            tracing::error!(%error, "customers cannot be compared");
        }
    }
}

/// Examines what is known of customers where something changed, for as long as the server lives. Servers side
/// by side take turns.
async fn examine(app: App) {
    let mut ticks = tokio::time::interval(LOOK_AT_INFORMATION);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = app::data_quality::examine_due(&app, environment::now(), &|_| {}).await
        {
            tracing::error!(%error, "customers' information cannot be examined");
        }
    }
}

/// Brings persons in charge, the watch list and flags into line with the classes of customers, for as long as the
/// server lives. Several servers take turns; what one did, the next finds done.
async fn keep_service(app: App) {
    let mut ticks = tokio::time::interval(LOOK_AT_SERVICE);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = app::service::keep_service(&app, environment::now()).await {
            tracing::error!(%error, "persons in charge, the watch list and flags cannot be kept");
        }
    }
}

/// Runs jobs as they become due, for as long as the server lives.
async fn work_off(app: App) {
    loop {
        if let Err(error) = app::backups::start_due(&app, environment::now()).await {
            tracing::error!(%error, "the planned backup cannot be queued");
        }
        let wait = match app::jobs::run_due(&app, &environment::now).await {
            Ok(0) => IDLE,
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(%error, "the queue of jobs cannot be worked off");
                TROUBLE
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Escalates tickets that are over their time and checks callback records, for as long as the server
/// lives. Several servers may do so side by side: each case is taken once.
async fn look_after_cases(app: App) {
    let mut looks = tokio::time::interval(LOOK_AT_CASES);
    loop {
        looks.tick().await;
        let now = environment::now();
        if let Err(error) = app::tickets::escalate_overdue(&app, now).await {
            tracing::error!(%error, "overdue tickets cannot be escalated");
        }
        if let Err(error) = app::customers::lose_customers(&app, now).await {
            tracing::error!(%error, "stages of relationships cannot be looked at");
        }
        if let Err(error) = app::callbacks::check_records(&app, now).await {
            tracing::error!(%error, "callback records cannot be checked");
        }
    }
}

/// Looks for signals of risk where customers, their policies or events changed.
async fn watch_risks(app: App) {
    let mut ticks = tokio::time::interval(LOOK_AT_RISKS);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = app::risk::watch_risks(&app, environment::now()).await {
            tracing::error!(%error, "signals of risk cannot be looked for");
        }
    }
}

/// Asks for the messages of contacts whose day has come, and sends messages as their slots come, for as
/// long as the server lives.
async fn send_off(app: App) {
    let mut ticks = tokio::time::interval(LOOK_AT_OUTBOX);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = app::care::take_up(&app, environment::now()).await {
            tracing::error!(%error, "scheduled contacts cannot be taken up");
        }
        if let Err(error) = app::messaging::send_due(&app, &environment::now).await {
            tracing::error!(%error, "the outbox cannot be worked off");
        }
    }
}

/// Works out the classes of customers who changed, for as long as the server lives.
async fn keep_classes(app: App) {
    let mut ticks = tokio::time::interval(LOOK_AT_CLASSES);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = app::segments::classify_waiting(&app, environment::now()).await {
            tracing::error!(%error, "customers cannot be classed");
        }
    }
}

/// Seals what is new in the audit log, for as long as the server lives.
async fn seal_off(app: App, config: Config) {
    let mut ticks = tokio::time::interval(SEAL_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        heads::seal_and_hand_out(&app, &config).await;
    }
}

/// Ends when the process is interrupted or terminated.
async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else {
            let _ = interrupted.await;
            return;
        };
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupted.await;
}
