//! Any telephone system that takes a request to call and sends events to our door.
//!
//! Both ways carry a signature: HMAC-SHA-256 over the moment and the body, with a secret that both know.

use super::{HttpConfig, bytes_of, client, refused, secret, unreachable};
use anyhow::{Context as _, Result, bail};
use app::telephony::{Dial, PhoneEvent, Recorded, Telephony, TelephonyError, Waiting};
use domain::ids::CallId;
use domain::telephony::{CallEnd, CallEvent};
use domain::time::Instant;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Response, Url};
use serde_json::Value;
use sha2::Sha256;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The moment of sending, in seconds since 1970.
const TIMESTAMP: &str = "x-huifang-timestamp";
/// `sha256=` and the code, hexadecimal.
const SIGNATURE: &str = "x-huifang-signature";
/// Seconds by which clocks may differ; what is older could be somebody's copy.
const TOLERANCE_SECONDS: i64 = 300;
/// Fields of an event, and events, as we call them.
const FIELDS: [&str; 6] = [
    "call",
    "external",
    "extension",
    "event",
    "cause",
    "recording",
];
const EVENTS: [&str; 6] = [
    "caller_rings",
    "dialling",
    "rings",
    "answered",
    "ended",
    "recorded",
];

type Answered<T = ()> = std::result::Result<T, TelephonyError>;

/// A telephone system behind HTTP.
pub(super) struct Gateway {
    client: reqwest::Client,
    dial_url: Url,
    dial_body: String,
    hang_up_url: Option<String>,
    headers: HeaderMap,
    external_pointer: Option<String>,
    recordings_from: Option<String>,
    secret: Vec<u8>,
    fields: BTreeMap<String, String>,
    events: BTreeMap<String, String>,
}

impl Gateway {
    pub(super) fn new(config: &HttpConfig) -> Result<Self> {
        for name in config.fields.keys() {
            known(name, &FIELDS).context("[telephony.fields]")?;
        }
        for ours in config.events.values() {
            known(ours, &EVENTS).context("[telephony.events]")?;
        }
        for place in ["{extension}", "{number}"] {
            anyhow::ensure!(config.dial_body.contains(place), "dial_body has no {place}");
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &config.headers {
            let value = HeaderValue::from_str(value).with_context(|| name.clone())?;
            headers.insert(
                HeaderName::try_from(name).with_context(|| name.clone())?,
                value,
            );
        }
        let from = config.recordings_from.as_deref();
        let good = |f: &str| f.starts_with("http") && f.ends_with('/');
        anyhow::ensure!(
            from.is_none_or(good),
            "recordings_from is an address that ends with /"
        );
        let secret = secret(
            "secret",
            config.secret_file.as_ref(),
            config.secret_env.as_ref(),
        )?;
        Ok(Self {
            client: client()?,
            dial_url: Url::parse(&config.dial_url).with_context(|| config.dial_url.clone())?,
            dial_body: config.dial_body.clone(),
            hang_up_url: config.hang_up_url.clone(),
            headers,
            external_pointer: config.external_pointer.clone(),
            recordings_from: config.recordings_from.clone(),
            secret: secret.into_bytes(),
            fields: config.fields.clone(),
            events: config.events.clone(),
        })
    }

    fn code(&self, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).ok()?;
        mac.update(timestamp.as_bytes());
        mac.update(b".");
        mac.update(body);
        Some(mac)
    }

    async fn post(&self, url: Url, body: String) -> Answered<Response> {
        let timestamp = crate::environment::now().timestamp().to_string();
        let code = self.code(&timestamp, body.as_bytes());
        let code = code.map(|c| hex::encode(c.finalize().into_bytes()));
        let request = self.client.post(url).headers(self.headers.clone());
        let request = request
            .header("content-type", "application/json")
            .header(TIMESTAMP, timestamp)
            .header(SIGNATURE, format!("sha256={}", code.unwrap_or_default()));
        let response = request.body(body).send().await.map_err(unreachable)?;
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(refused(&response))
        }
    }

    fn check(
        &self,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
        now: Instant,
    ) -> Answered {
        let wrong = |what: &str| TelephonyError(what.to_owned());
        let timestamp = header(TIMESTAMP).ok_or_else(|| wrong("there is no moment"))?;
        let sent: i64 = timestamp.parse().map_err(|_| wrong("the moment is none"))?;
        if (now.timestamp() - sent).abs() > TOLERANCE_SECONDS {
            return Err(wrong("it was sent at another time"));
        }
        let given = header(SIGNATURE).unwrap_or_default();
        let given = given
            .strip_prefix("sha256=")
            .and_then(|h| hex::decode(h).ok());
        let code = self.code(&timestamp, body);
        let fits = given
            .zip(code)
            .is_some_and(|(given, code)| code.verify_slice(&given).is_ok());
        fits.then_some(())
            .ok_or_else(|| wrong("the signature is wrong"))
    }

    /// A field of an event by our name for it.
    fn field<'e>(&self, event: &'e Value, name: &str) -> Option<&'e Value> {
        let theirs = self.fields.get(name).map_or(name, String::as_str);
        if theirs.starts_with('/') {
            event.pointer(theirs)
        } else {
            event.get(theirs)
        }
    }

    fn text(&self, event: &Value, name: &str) -> String {
        match self.field(event, name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }

    fn read(&self, event: &Value) -> Answered<Option<PhoneEvent>> {
        let theirs = self.text(event, "event");
        let ours = self.events.get(&theirs).unwrap_or(&theirs).as_str();
        let cause = self.text(event, "cause").parse().unwrap_or(0);
        let recording = Some(self.text(event, "recording")).filter(|r| !r.is_empty());
        if let Some(address) = &recording {
            self.allowed(address)?;
        }
        let happened = match ours {
            "caller_rings" => Some(CallEvent::CallerRings),
            "dialling" => Some(CallEvent::Dialling),
            "rings" => Some(CallEvent::Rings),
            "answered" => Some(CallEvent::Answered),
            "ended" => Some(CallEvent::Ended(CallEnd::of_cause(cause, false))),
            "recorded" => None,
            // Systems tell of much that is none of our business.
            _ => return Ok(None),
        };
        Ok(Some(PhoneEvent {
            call: Uuid::try_parse(&self.text(event, "call")).ok().map(CallId),
            external: self.text(event, "external"),
            extension: self.text(event, "extension"),
            is_recorded: recording.is_some() && matches!(ours, "recorded" | "ended"),
            event: happened,
            recording,
        }))
    }

    /// Recordings lie where the configuration says, so that nobody can make us ask elsewhere.
    fn allowed(&self, address: &str) -> Answered<Url> {
        let from = self.recordings_from.as_deref();
        let from = from.ok_or_else(|| TelephonyError("recordings_from is not set".into()))?;
        let url = Url::parse(address).ok();
        let inside = url.filter(|u| u.as_str().starts_with(from));
        inside.ok_or_else(|| TelephonyError("the recording lies elsewhere".into()))
    }
}

fn known(name: &str, all: &[&str]) -> Result<()> {
    if !all.contains(&name) {
        bail!("{name}: one of {}", all.join(", "));
    }
    Ok(())
}

/// A value inside the quotes of a JSON text.
fn quoted(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted.trim_matches('"').to_owned()
}

impl Telephony for Gateway {
    fn dial<'t>(&'t self, dial: &'t Dial) -> Waiting<'t, Option<String>> {
        Box::pin(async move {
            let body = self
                .dial_body
                .replace("{call}", &dial.call.0.to_string())
                .replace("{extension}", &quoted(&dial.extension))
                .replace("{number}", &quoted(dial.number.digits()));
            let response = self.post(self.dial_url.clone(), body).await?;
            let Some(pointer) = &self.external_pointer else {
                return Ok(None);
            };
            let answer: Value = response.json().await.map_err(unreachable)?;
            match answer.pointer(pointer) {
                Some(Value::String(external)) => Ok(Some(external.clone())),
                Some(Value::Number(external)) => Ok(Some(external.to_string())),
                _ => Err(TelephonyError(format!("its answer has no {pointer}"))),
            }
        })
    }

    fn hang_up<'t>(&'t self, call: CallId, external: Option<&'t str>) -> Waiting<'t, ()> {
        Box::pin(async move {
            let Some(url) = &self.hang_up_url else {
                return Err(TelephonyError("hang_up_url is not set".into()));
            };
            let url = url
                .replace("{call}", &call.0.to_string())
                .replace("{external}", external.unwrap_or_default());
            let url = Url::parse(&url).map_err(|e| TelephonyError(e.to_string()))?;
            self.post(url, String::new()).await.map(|_| ())
        })
    }

    fn fetch<'t>(&'t self, name: &'t str) -> Waiting<'t, Recorded> {
        Box::pin(async move {
            let url = self.allowed(name)?;
            let file_name = url.path().rsplit('/').next().unwrap_or("").to_owned();
            let request = self.client.get(url).headers(self.headers.clone());
            let response = request.send().await.map_err(unreachable)?;
            if !response.status().is_success() {
                return Err(refused(&response));
            }
            Ok(Recorded {
                file_name,
                bytes: bytes_of(response).await?,
            })
        })
    }

    fn read_events(
        &self,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
        now: Instant,
    ) -> Answered<Vec<PhoneEvent>> {
        self.check(header, body, now)?;
        let sent: Value =
            serde_json::from_slice(body).map_err(|e| TelephonyError(e.to_string()))?;
        let all = match &sent {
            Value::Array(all) => all.as_slice(),
            one => std::slice::from_ref(one),
        };
        let events = all.iter().map(|event| self.read(event));
        events.filter_map(Result::transpose).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gateway(more: &str) -> Result<Gateway> {
        let text = format!(
            "dial_url = 'http://pbx.example/calls'\nsecret_env = 'PATH'\n\
             recordings_from = 'https://pbx.example/rec/'\n{more}"
        );
        Gateway::new(&toml::from_str(&text)?)
    }

    fn events(gateway: &Gateway, body: &str, at: i64) -> Answered<Vec<PhoneEvent>> {
        let now = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let moment = at.to_string();
        let code = gateway.code(&moment, body.as_bytes()).unwrap().finalize();
        let code = format!("sha256={}", hex::encode(code.into_bytes()));
        let header = |name: &str| match name {
            TIMESTAMP => Some(moment.clone()),
            SIGNATURE => Some(code.clone()),
            _ => None,
        };
        gateway.read_events(&header, body.as_bytes(), now)
    }

    #[test]
    fn events_of_another_system_are_read_by_its_own_names() {
        let more = "[fields]\nevent = '/data/status'\nexternal = 'uuid'\nextension = 'agent'\n\
                    [events]\nRING = 'rings'\nHANGUP = 'ended'";
        let gateway = gateway(more).unwrap();
        let body = r#"[{"uuid":"a1","agent":1001,"data":{"status":"RING"}},
            {"uuid":"a1","data":{"status":"HANGUP"},"cause":17,"recording":"https://pbx.example/rec/a1.mp3"},
            {"uuid":"a1","data":{"status":"dtmf"}}]"#;
        let read = events(&gateway, body, 1_700_000_100).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].event, Some(CallEvent::Rings));
        assert_eq!(
            (read[0].external.as_str(), read[0].extension.as_str()),
            ("a1", "1001")
        );
        assert_eq!(read[1].event, Some(CallEvent::Ended(CallEnd::Busy)));
        assert!(read[1].is_recorded && !read[0].is_recorded);
    }

    #[test]
    fn strangers_copies_and_other_addresses_are_refused() {
        let gateway = gateway("").unwrap();
        let body = r#"{"event":"answered","external":"a1"}"#;
        assert!(events(&gateway, body, 1_700_000_000).is_ok());
        let old = events(&gateway, body, 1_699_999_000).unwrap_err();
        assert!(old.0.contains("another time"), "{old}");
        let now = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let none = gateway.read_events(&|_| None, body.as_bytes(), now);
        assert!(none.is_err());
        let forged = |name: &str| match name {
            TIMESTAMP => Some("1700000000".to_owned()),
            _ => Some(format!("sha256={}", "00".repeat(32))),
        };
        let forged = gateway
            .read_events(&forged, body.as_bytes(), now)
            .unwrap_err();
        assert!(forged.0.contains("signature"), "{forged}");
        for elsewhere in [
            "https://evil.example/rec/a.mp3",
            "https://pbx.example/rec/../admin",
            "file:///etc/passwd",
        ] {
            let body =
                serde_json::json!({ "event": "recorded", "external": "a", "recording": elsewhere });
            let read = events(&gateway, &body.to_string(), 1_700_000_000);
            assert!(read.is_err(), "{elsewhere}");
        }
    }

    #[test]
    fn a_configuration_says_what_is_wrong() {
        for (more, why) in [
            ("[fields]\ncolour = 'x'", "colour"),
            ("[events]\nX = 'exploded'", "exploded"),
            ("dial_body = '{}'", "{extension}"),
            ("[headers]\n'a b' = 'x'", "a b"),
        ] {
            let error = gateway(more).err().map(|e| format!("{e:#}"));
            assert!(
                error.as_deref().is_some_and(|e| e.contains(why)),
                "{more}: {error:?}"
            );
        }
    }
}
