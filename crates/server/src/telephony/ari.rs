//! Asterisk by its REST interface (ARI): one leg rings the caller, the next the customer, a bridge joins and
//! records them.
//!
//! Channels, the bridge and the recording are named after our call, so that events lead back to it without a
//! table. Events come over a WebSocket to the server that asked for the call, because each server handles its
//! calls under a name of its own.

use super::{AriConfig, PATIENCE, bytes_of, client, refused, secret, unreachable};
use anyhow::{Context as _, Result};
use app::App;
use app::telephony::{Dial, PhoneEvent, Recorded, Telephony, TelephonyError, Waiting, hear};
use domain::ids::CallId;
use domain::telephony::{CallEnd, CallEvent};
use domain::time::Instant;
use futures_util::StreamExt as _;
use reqwest::{Method, StatusCode, Url};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

/// How soon a connection that broke is made again.
const RECONNECT: Duration = Duration::from_secs(3);
/// Seconds that a telephone rings.
const RINGS_SECONDS: &str = "60";

type Answered<T = ()> = std::result::Result<T, TelephonyError>;

/// An Asterisk.
pub(super) struct Ari {
    client: reqwest::Client,
    base: Url,
    username: String,
    password: String,
    /// Name under which this server handles calls.
    app: String,
    endpoint: String,
    trunk: String,
    caller_id: Option<String>,
    record: bool,
    /// Numbers to dial once the caller picks up.
    waiting: Mutex<HashMap<CallId, String>>,
}

/// The legs of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leg {
    Caller,
    Customer,
}

impl Leg {
    fn channel(self, call: CallId) -> String {
        match self {
            Self::Caller => format!("{}-caller", call.0),
            Self::Customer => format!("{}-customer", call.0),
        }
    }

    /// The call and leg of a channel; nothing for channels of others.
    fn of(channel: &str) -> Option<(CallId, Self)> {
        let (leg, id) = if let Some(id) = channel.strip_suffix("-caller") {
            (Self::Caller, id)
        } else {
            (Self::Customer, channel.strip_suffix("-customer")?)
        };
        Some((CallId(Uuid::try_parse(id).ok()?), leg))
    }
}

/// An event as Asterisk writes it; what we do not need is left out.
#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
enum Told {
    StasisStart {
        channel: Channel,
    },
    ChannelStateChange {
        channel: Channel,
    },
    ChannelDestroyed {
        channel: Channel,
        cause: u16,
    },
    RecordingFinished {
        recording: Recording,
    },
    RecordingFailed {
        recording: Recording,
    },
    #[serde(other)]
    Else,
}

#[derive(Debug, Deserialize)]
struct Channel {
    id: String,
    #[serde(default)]
    state: String,
}

#[derive(Debug, Deserialize)]
struct Recording {
    name: String,
}

impl Ari {
    pub(super) fn new(config: &AriConfig, server: &str) -> Result<Self> {
        let base = Url::parse(&config.url).with_context(|| config.url.clone())?;
        anyhow::ensure!(
            matches!(base.scheme(), "http" | "https"),
            "url begins with http:// or https://"
        );
        for (name, text, place) in [
            ("endpoint", &config.endpoint, "{extension}"),
            ("trunk", &config.trunk, "{number}"),
        ] {
            anyhow::ensure!(text.contains(place), "{name} has no {place}");
        }
        Ok(Self {
            client: client()?,
            base,
            username: config.username.clone(),
            password: secret(
                "password",
                config.password_file.as_ref(),
                config.password_env.as_ref(),
            )?,
            app: format!("{}-{server}", config.app),
            endpoint: config.endpoint.clone(),
            trunk: config.trunk.clone(),
            caller_id: config.caller_id.clone(),
            record: config.record,
            waiting: Mutex::default(),
        })
    }

    fn address(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("/ari/{path}"));
        url.query_pairs_mut().extend_pairs(query);
        url
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
    ) -> Answered<reqwest::Response> {
        let request = self.client.request(method, self.address(path, query));
        let request = request.basic_auth(&self.username, Some(&self.password));
        let response = request.send().await.map_err(unreachable)?;
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(refused(&response))
        }
    }

    /// Ends a channel or bridge; one that is gone already is no failure.
    async fn end(&self, path: &str) -> Answered {
        let request = self.client.delete(self.address(path, &[]));
        let request = request.basic_auth(&self.username, Some(&self.password));
        let response = request.send().await.map_err(unreachable)?;
        if response.status().is_success() || response.status() == StatusCode::NOT_FOUND {
            Ok(())
        } else {
            Err(refused(&response))
        }
    }

    async fn end_all(&self, call: CallId) {
        self.take_number(call);
        let legs = [Leg::Caller, Leg::Customer].map(|l| format!("channels/{}", l.channel(call)));
        for path in legs.into_iter().chain([format!("bridges/{}", call.0)]) {
            if let Err(error) = self.end(&path).await {
                tracing::warn!(%error, "a leg of a call cannot be ended");
            }
        }
    }

    fn take_number(&self, call: CallId) -> Option<String> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(&call)
    }

    async fn ring(&self, call: CallId, leg: Leg, endpoint: &str) -> Answered {
        let channel = leg.channel(call);
        let mut query = vec![
            ("endpoint", endpoint),
            ("app", &self.app),
            ("channelId", &channel),
            ("timeout", RINGS_SECONDS),
        ];
        if let Some(caller_id) = &self.caller_id {
            query.push(("callerId", caller_id));
        }
        self.ask(Method::POST, "channels", &query).await.map(|_| ())
    }

    /// Joins both legs, and records them.
    async fn join(&self, call: CallId) -> Answered<Option<String>> {
        let name = call.0.to_string();
        let legs = [Leg::Caller, Leg::Customer]
            .map(|l| l.channel(call))
            .join(",");
        let bridge = [("type", "mixing"), ("bridgeId", &*name)];
        self.ask(Method::POST, "bridges", &bridge).await?;
        let add = format!("bridges/{name}/addChannel");
        self.ask(Method::POST, &add, &[("channel", &*legs)]).await?;
        if !self.record {
            return Ok(None);
        }
        let record = [
            ("name", &*name),
            ("format", "wav"),
            ("ifExists", "overwrite"),
        ];
        let path = format!("bridges/{name}/record");
        self.ask(Method::POST, &path, &record).await?;
        Ok(Some(name))
    }

    /// What an event leads to: something to do, and what the application hears.
    async fn follow(&self, told: Told) -> Option<PhoneEvent> {
        let heard = |call, event| PhoneEvent {
            call: Some(call),
            event: Some(event),
            ..PhoneEvent::default()
        };
        match told {
            Told::StasisStart { channel } => {
                let (call, leg) = Leg::of(&channel.id)?;
                match leg {
                    Leg::Caller => {
                        let number = self.take_number(call)?;
                        let endpoint = self.trunk.replace("{number}", &number);
                        let rung = self.ring(call, Leg::Customer, &endpoint).await;
                        Some(heard(
                            call,
                            self.or_end(call, rung, CallEvent::Dialling).await,
                        ))
                    }
                    Leg::Customer => {
                        let joined = self.join(call).await;
                        let recording = joined.as_ref().ok().cloned().flatten();
                        let joined = joined.map(|_| ());
                        Some(PhoneEvent {
                            recording,
                            ..heard(call, self.or_end(call, joined, CallEvent::Answered).await)
                        })
                    }
                }
            }
            Told::ChannelStateChange { channel } => {
                let (call, leg) = Leg::of(&channel.id)?;
                let rings = leg == Leg::Customer && channel.state == "Ringing";
                rings.then(|| heard(call, CallEvent::Rings))
            }
            Told::ChannelDestroyed { channel, cause } => {
                let (call, leg) = Leg::of(&channel.id)?;
                self.end_all(call).await;
                // Whoever had answered, the application knows.
                let end = match leg {
                    Leg::Caller => CallEnd::GivenUp,
                    Leg::Customer => CallEnd::of_cause(cause, false),
                };
                Some(heard(call, CallEvent::Ended(end)))
            }
            Told::RecordingFinished { recording } => {
                let call = CallId(Uuid::try_parse(&recording.name).ok()?);
                Some(PhoneEvent {
                    call: Some(call),
                    recording: Some(recording.name),
                    is_recorded: true,
                    ..PhoneEvent::default()
                })
            }
            Told::RecordingFailed { recording } => {
                tracing::error!(call = recording.name, "a call is not recorded");
                None
            }
            Told::Else => None,
        }
    }

    /// The event, or the end of the call when its next step failed.
    async fn or_end(&self, call: CallId, done: Answered, event: CallEvent) -> CallEvent {
        let Err(error) = done else {
            return event;
        };
        tracing::error!(%error, call = %call.0, "a call cannot go on");
        self.end_all(call).await;
        CallEvent::Ended(CallEnd::Failed)
    }

    /// Listens for as long as the server lives; a connection that breaks is made again.
    pub(super) async fn listen(self: Arc<Self>, app: App) {
        let mut tries = tokio::time::interval(RECONNECT);
        tries.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tries.tick().await;
            if let Err(error) = self.hear_all(&app).await {
                tracing::error!(%error, "the telephone system cannot be heard");
            }
        }
    }

    async fn hear_all(&self, app: &App) -> Answered {
        let key = format!("{}:{}", self.username, self.password);
        let mut url = self.address("events", &[("app", &self.app), ("api_key", &key)]);
        let scheme = if self.base.scheme() == "https" {
            "wss"
        } else {
            "ws"
        };
        // Both are special schemes, so one may take the other's place.
        let _ = url.set_scheme(scheme);
        let connecting = tokio::time::timeout(PATIENCE, connect_async(url.as_str()));
        let silent = |_| TelephonyError("it does not answer".into());
        let (mut events, _) = connecting
            .await
            .map_err(silent)?
            .map_err(|e| TelephonyError(e.to_string()))?;
        tracing::info!(app = self.app, "the telephone system is heard");
        while let Some(message) = events.next().await {
            let message = message.map_err(|e| TelephonyError(e.to_string()))?;
            let Message::Text(text) = message else {
                continue;
            };
            let Ok(told) = serde_json::from_str::<Told>(&text) else {
                tracing::warn!("an event of the telephone system cannot be read");
                continue;
            };
            let Some(event) = self.follow(told).await else {
                continue;
            };
            if let Err(error) = hear(app, crate::environment::now(), &event).await {
                tracing::error!(%error, "an event of the telephone system cannot be kept");
            }
        }
        Ok(())
    }
}

impl Telephony for Ari {
    fn dial<'t>(&'t self, dial: &'t Dial) -> Waiting<'t, Option<String>> {
        Box::pin(async move {
            let number = dial.number.digits().to_owned();
            self.waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(dial.call, number);
            let endpoint = self.endpoint.replace("{extension}", &dial.extension);
            let rung = self.ring(dial.call, Leg::Caller, &endpoint).await;
            if rung.is_err() {
                self.take_number(dial.call);
            }
            rung.map(|()| Some(Leg::Caller.channel(dial.call)))
        })
    }

    fn hang_up<'t>(&'t self, call: CallId, _: Option<&'t str>) -> Waiting<'t, ()> {
        Box::pin(async move {
            self.take_number(call);
            for leg in [Leg::Customer, Leg::Caller] {
                self.end(&format!("channels/{}", leg.channel(call))).await?;
            }
            Ok(())
        })
    }

    fn fetch<'t>(&'t self, name: &'t str) -> Waiting<'t, Recorded> {
        Box::pin(async move {
            let path = format!("recordings/stored/{name}/file");
            let response = self.ask(Method::GET, &path, &[]).await?;
            Ok(Recorded {
                file_name: format!("{name}.wav"),
                bytes: bytes_of(response).await?,
            })
        })
    }

    fn read_events(
        &self,
        _: &dyn Fn(&str) -> Option<String>,
        _: &[u8],
        _: Instant,
    ) -> Answered<Vec<PhoneEvent>> {
        Err(TelephonyError("it is heard over its own connection".into()))
    }
}
