//! What handlers share: the application, the clock they were handed, limits and counters.

use crate::guard::Limiter;
use crate::health::Metrics;
use app::App;
use domain::time::Instant;
use std::sync::Arc;

/// An account that a demonstration offers on its sign-in page.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// Name to sign in with.
    pub username: String,
    /// Password.
    pub password: String,
    /// What the person does, in Chinese.
    pub role: String,
    /// Name of the unit.
    pub unit: String,
}

/// What the server hands to the pages.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of the company, as callers say it.
    pub company: String,
    /// The clock; nothing in this crate reads it otherwise.
    pub clock: fn() -> Instant,
    /// Whether cookies travel over HTTPS only.
    pub secure_cookies: bool,
    /// Accounts of a demonstration; empty elsewhere.
    pub demo_accounts: Vec<DemoAccount>,
}

/// State of the router. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    pub(crate) app: App,
    pub(crate) settings: Arc<Settings>,
    pub(crate) limiter: Arc<Limiter>,
    pub(crate) door_limiter: Arc<Limiter>,
    pub(crate) api_limiter: Arc<Limiter>,
    pub(crate) metrics: Arc<Metrics>,
    /// Counters are read at another address.
    pub(crate) metrics_apart: bool,
}

impl std::fmt::Debug for Web {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Web")
    }
}

impl Web {
    /// Pages over an application.
    pub fn new(app: App, settings: Settings) -> Self {
        Self {
            app,
            settings: Arc::new(settings),
            limiter: Arc::new(Limiter::new()),
            door_limiter: Arc::new(Limiter::of_door()),
            api_limiter: Arc::new(Limiter::of_api()),
            metrics: Arc::new(Metrics::new()),
            metrics_apart: false,
        }
    }

    /// The same, without `/metrics` among the pages: they are read at another address.
    #[must_use]
    pub fn with_metrics_apart(mut self) -> Self {
        self.metrics_apart = true;
        self
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Instant {
        (self.settings.clock)()
    }
}
