//! `huifang serve`: pages and API until the process is asked to stop.

use crate::config::Config;
use crate::environment::{self, note};
use crate::heads;
use anyhow::{Context as _, Result};
use app::App;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;
use web::{DemoAccount, Settings, Web};

/// Where the server listens when nothing is said.
pub(crate) const DEFAULT_BIND: &str = "127.0.0.1:7300";
/// Name of the company when nothing is said.
const DEFAULT_COMPANY: &str = "示范人寿保险公司";

/// How often an idle server looks for jobs.
const IDLE: Duration = Duration::from_millis(500);
/// How often what is new in the audit log is sealed.
const SEAL_EVERY: Duration = Duration::from_secs(60);
/// How long it waits when it could not look.
const TROUBLE: Duration = Duration::from_secs(10);

/// Serves until interrupted or terminated.
pub(crate) async fn run(
    app: App,
    config: &Config,
    bind: &str,
    demo_accounts: Vec<DemoAccount>,
) -> Result<ExitCode> {
    let listener = TcpListener::bind(bind)
        .await
        .with_context(|| format!("cannot listen on {bind}"))?;
    let address = listener.local_addr()?;
    note(format!("huifang listens on http://{address}"));
    if app::access::is_first_administrator_wanted(&app).await? {
        let token = app::access::first_administrator_link(&app, environment::now()).await?;
        note(format!(
            "nobody can sign in yet; create the first administrator within 24 hours at\n  \
             http://{address}/first-administrator/{}",
            token.0
        ));
    }
    app::imports::give_up_silent(&app, environment::now()).await?;
    app::backups::give_up_silent(&app, environment::now()).await?;
    app::access::note_policy(&app, environment::now()).await?;
    let company = config.company.as_deref().unwrap_or(DEFAULT_COMPANY);
    let app = app.with_doors(crate::doors::open(config, address.port(), company)?);
    let worker = tokio::spawn(work_off(app.clone()));
    let sealer = tokio::spawn(seal_off(app.clone(), config.clone()));
    let settings = Settings {
        company: company.to_owned(),
        clock: environment::now,
        secure_cookies: config.https,
        demo_accounts,
    };
    let service = web::router(Web::new(app.clone(), settings));
    let service = service.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(asked_to_stop())
        .await?;
    // What it was at is taken up again by whoever runs next.
    worker.abort();
    sealer.abort();
    heads::seal_and_hand_out(&app, config).await;
    Ok(ExitCode::SUCCESS)
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
