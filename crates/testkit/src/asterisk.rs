//! An Asterisk that speaks its REST interface over real sockets: legs that ring, answer, hang up, and
//! recordings. What a customer does is decided by the number.

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::sync::broadcast;

/// Who may ask.
pub const ARI_USERNAME: &str = "huifang";
/// With which password.
pub const ARI_PASSWORD: &str = "asterisk-secret";
/// `huifang:asterisk-secret`, as basic authentication writes it.
const BASIC: &str = "Basic aHVpZmFuZzphc3Rlcmlzay1zZWNyZXQ=";
/// Events that wait for a listener.
const EVENTS_MAX: usize = 256;

/// What whoever is called does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee {
    /// Picks up, and speaks until somebody hangs up.
    Answers,
    /// Ends at once with a cause of the network (ITU-T Q.850).
    Ends(u16),
    /// Rings on.
    Rings,
}

#[derive(Default)]
struct Switch {
    callees: HashMap<String, Callee>,
    channels: BTreeMap<String, String>,
    bridges: BTreeMap<String, Vec<String>>,
    recordings: BTreeMap<String, bool>,
    /// Requests as they came, without query.
    asked: Vec<String>,
}

/// An Asterisk.
#[derive(Clone)]
pub struct FakeAsterisk {
    /// Where it listens.
    pub address: SocketAddr,
    switch: Arc<Mutex<Switch>>,
    events: broadcast::Sender<String>,
}

type Asked = Query<HashMap<String, String>>;

impl FakeAsterisk {
    /// Starts one on a port of its own.
    ///
    /// # Panics
    /// When no port is to be had.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Self {
            address: listener.local_addr().unwrap(),
            switch: Arc::default(),
            events: broadcast::channel(EVENTS_MAX).0,
        };
        let router = Router::new()
            .route("/ari/channels", post(originate))
            .route("/ari/channels/{id}", delete(hang_up))
            .route("/ari/bridges", post(bridge))
            .route("/ari/bridges/{id}", delete(end_bridge))
            .route("/ari/bridges/{id}/addChannel", post(add))
            .route("/ari/bridges/{id}/record", post(record))
            .route("/ari/recordings/stored/{name}/file", get(file))
            .layer(axum::middleware::from_fn(only_with_password))
            .route("/ari/events", get(listen))
            .with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    /// Says what whoever has an endpoint does.
    ///
    /// # Panics
    /// When a test broke.
    pub fn callee(&self, endpoint: &str, does: Callee) {
        let mut switch = self.switch.lock().unwrap();
        switch.callees.insert(endpoint.to_owned(), does);
    }

    /// Somebody listens.
    pub fn is_heard(&self) -> bool {
        self.events.receiver_count() > 0
    }

    /// Whoever was called hangs up.
    ///
    /// # Panics
    /// When nobody was called.
    pub fn customer_hangs_up(&self) {
        let channel = {
            let switch = self.switch.lock().unwrap();
            let found = switch.channels.keys().find(|c| c.ends_with("-customer"));
            found.unwrap().clone()
        };
        self.destroy(&channel, 16);
    }

    /// Channels that are open.
    ///
    /// # Panics
    /// When a test broke.
    pub fn open_channels(&self) -> usize {
        self.switch.lock().unwrap().channels.len()
    }

    /// Endpoints of channels that were asked for.
    ///
    /// # Panics
    /// When a test broke.
    pub fn asked(&self) -> Vec<String> {
        self.switch.lock().unwrap().asked.clone()
    }

    fn tell(&self, event: &str) {
        // Nobody listens: Asterisk forgets it, too.
        let _ = self.events.send(event.to_owned());
    }

    fn start_stasis(&self, channel: &str) {
        self.tell(&format!(
            r#"{{"type":"StasisStart","args":[],"channel":{{"id":"{channel}","state":"Up"}}}}"#
        ));
    }

    fn destroy(&self, channel: &str, cause: u16) -> bool {
        let mut finished = Vec::new();
        {
            let mut switch = self.switch.lock().unwrap();
            if switch.channels.remove(channel).is_none() {
                return false;
            }
            let joined: Vec<_> = switch
                .bridges
                .iter()
                .filter(|(_, legs)| legs.iter().any(|l| l == channel))
                .map(|(id, _)| id.clone())
                .collect();
            for name in joined {
                if let Some(done @ false) = switch.recordings.get_mut(&name) {
                    *done = true;
                    finished.push(name);
                }
            }
        }
        self.tell(&format!(
            r#"{{"type":"ChannelDestroyed","cause":{cause},"cause_txt":"x","channel":{{"id":"{channel}"}}}}"#
        ));
        for name in finished {
            self.tell(&format!(
                r#"{{"type":"RecordingFinished","recording":{{"name":"{name}","format":"wav","state":"done"}}}}"#
            ));
        }
        true
    }
}

async fn only_with_password(request: Request, next: Next) -> Response {
    let given = request.headers().get("authorization");
    if given.is_some_and(|g| g == BASIC) {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

async fn listen(
    State(fake): State<FakeAsterisk>,
    Query(asked): Asked,
    upgrade: WebSocketUpgrade,
) -> Response {
    let key = format!("{ARI_USERNAME}:{ARI_PASSWORD}");
    if asked.get("api_key") != Some(&key) || !asked.contains_key("app") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let events = fake.events.subscribe();
    upgrade.on_upgrade(move |socket| hand_out(socket, events))
}

async fn hand_out(mut socket: WebSocket, mut events: broadcast::Receiver<String>) {
    while let Ok(event) = events.recv().await {
        if socket.send(Message::Text(event.into())).await.is_err() {
            return;
        }
    }
}

async fn originate(State(fake): State<FakeAsterisk>, Query(asked): Asked) -> Response {
    let (Some(channel), Some(endpoint)) = (asked.get("channelId"), asked.get("endpoint")) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let does = {
        let mut switch = fake.switch.lock().unwrap();
        switch.asked.push(endpoint.clone());
        switch.channels.insert(channel.clone(), endpoint.clone());
        switch.callees.get(endpoint).copied()
    };
    let Some(does) = does else {
        fake.switch.lock().unwrap().channels.remove(channel);
        return (StatusCode::BAD_REQUEST, r#"{"message":"no such endpoint"}"#).into_response();
    };
    let answer = format!(r#"{{"id":"{channel}","state":"Down"}}"#);
    if channel.ends_with("-customer") {
        fake.tell(&format!(
            r#"{{"type":"ChannelStateChange","channel":{{"id":"{channel}","state":"Ringing"}}}}"#
        ));
    }
    match does {
        Callee::Answers => fake.start_stasis(channel),
        Callee::Ends(cause) => {
            fake.destroy(channel, cause);
        }
        Callee::Rings => {}
    }
    answer.into_response()
}

async fn hang_up(State(fake): State<FakeAsterisk>, Path(channel): Path<String>) -> StatusCode {
    if fake.destroy(&channel, 16) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}

async fn bridge(State(fake): State<FakeAsterisk>, Query(asked): Asked) -> Response {
    let Some(id) = asked.get("bridgeId") else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let mut switch = fake.switch.lock().unwrap();
    switch.bridges.insert(id.clone(), Vec::new());
    format!(r#"{{"id":"{id}"}}"#).into_response()
}

async fn end_bridge(State(fake): State<FakeAsterisk>, Path(id): Path<String>) -> StatusCode {
    match fake.switch.lock().unwrap().bridges.remove(&id) {
        Some(_) => StatusCode::NO_CONTENT,
        None => StatusCode::NOT_FOUND,
    }
}

async fn add(
    State(fake): State<FakeAsterisk>,
    Path(id): Path<String>,
    Query(asked): Asked,
) -> StatusCode {
    let legs: Vec<_> = asked["channel"].split(',').map(str::to_owned).collect();
    let mut switch = fake.switch.lock().unwrap();
    if !legs.iter().all(|leg| switch.channels.contains_key(leg)) {
        return StatusCode::BAD_REQUEST;
    }
    match switch.bridges.get_mut(&id) {
        Some(bridge) => {
            *bridge = legs;
            StatusCode::NO_CONTENT
        }
        None => StatusCode::NOT_FOUND,
    }
}

async fn record(
    State(fake): State<FakeAsterisk>,
    Path(id): Path<String>,
    Query(asked): Asked,
) -> Response {
    let mut switch = fake.switch.lock().unwrap();
    if !switch.bridges.contains_key(&id) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let name = asked["name"].clone();
    switch.recordings.insert(name, false);
    (StatusCode::CREATED, "{}").into_response()
}

async fn file(State(fake): State<FakeAsterisk>, Path(name): Path<String>) -> Response {
    let switch = fake.switch.lock().unwrap();
    match switch.recordings.get(&name) {
        Some(true) => b"RIFF....WAVEfmt ".to_vec().into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
