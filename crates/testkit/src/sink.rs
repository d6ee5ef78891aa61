//! A gateway inside the process: it keeps what it is handed and answers what the test wants.

use app::messaging::{Hand, HandError, Outgoing, Outlets, Taken};
use domain::messaging::MessageChannel;
use std::sync::{Arc, Mutex, PoisonError};

/// A gateway that keeps everything. Cheap to clone; clones are the same gateway.
#[derive(Clone, Debug, Default)]
pub struct Sink {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    handed: Vec<Outgoing>,
    trouble: Option<HandError>,
    silent: bool,
}

impl Sink {
    fn with<T>(&self, what: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        what(&mut state)
    }

    /// What it was handed, in this order.
    pub fn handed(&self) -> Vec<Outgoing> {
        self.with(|s| s.handed.clone())
    }

    /// From now on it says this instead of taking a message; nothing lets it take them again.
    pub fn say(&self, trouble: Option<HandError>) {
        self.with(|s| s.trouble = trouble);
    }

    /// From now on it takes messages and never answers.
    pub fn fall_silent(&self, silent: bool) {
        self.with(|s| s.silent = silent);
    }

    /// The way into it.
    pub fn hand(&self) -> Hand {
        let sink = self.clone();
        Arc::new(move |outgoing: Outgoing| {
            let sink = sink.clone();
            Box::pin(async move {
                let key = outgoing.key.clone();
                let (trouble, silent) = sink.with(|s| {
                    s.handed.push(outgoing);
                    (s.trouble.clone(), s.silent)
                });
                if silent {
                    std::future::pending::<()>().await;
                }
                match trouble {
                    Some(trouble) => Err(trouble),
                    None => Ok(Taken {
                        provider_id: Some(format!("G-{key}")),
                    }),
                }
            })
        })
    }

    /// Ways for text messages and e-mail into it.
    pub fn outlets(&self) -> Outlets {
        Outlets::of("测试人寿")
            .with(MessageChannel::Sms, self.hand())
            .with(MessageChannel::Email, self.hand())
    }
}
