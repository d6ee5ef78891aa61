//! Forms as they arrive: read, and checked to come from our own pages.

use crate::failure::Failure;
use crate::frame::{Frame, Who};
use crate::state::Web;
use app::Error;
use app::recordings::Upload;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::HeaderMap;
use bytes::Bytes;
use domain::access::{Actor, Permission};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// The header in which scripts send the token.
const TOKEN_HEADER: &str = "x-csrf-token";
/// Longest text field of a form with files.
pub(crate) const FIELD_BYTES_MAX: usize = 64 * 1024;

/// The fields of a form, by name; a name may come several times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a field, empty when it is missing.
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The first value of a field as a text of its own.
    pub(crate) fn own(&self, name: &str) -> String {
        self.get(name).to_owned()
    }

    /// All values of a field that are not empty.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let named = self
            .0
            .iter()
            .filter(|(key, value)| key == name && !value.is_empty());
        named.map(|(_, value)| value.clone()).collect()
    }

    /// Whether a field is there at all, even if empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// Whether a box was ticked.
    pub(crate) fn is_ticked(&self, name: &str) -> bool {
        matches!(self.get(name), "on" | "true" | "1")
    }

    /// All fields, in order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Adds a field.
    pub(crate) fn push(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    /// Reads the text of a form body or of a query. A NUL stands in no text of ours; databases
    /// disagree about it.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(text);
        let pairs = pairs.map(|(name, value)| (name.into_owned(), value.replace('\0', "")));
        Self(pairs.collect())
    }
}

/// A form sent by a person who signed in, carrying the token of their session.
#[derive(Debug)]
pub(crate) struct Sent(pub(crate) Who, pub(crate) Fields);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let who = Who::from_request_parts(&mut parts, state).await?;
        let header = token_header(&parts.headers);
        let request = Request::from_parts(parts, body);
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|e| Failure::Unreadable(e.body_text()))?;
        let fields = Fields::parse(&body);
        demand(
            &who,
            header.as_deref().unwrap_or_else(|| fields.get("csrf")),
        )?;
        Ok(Self(who, fields))
    }
}

/// The token that a script sent.
pub(crate) fn token_header(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(TOKEN_HEADER)?;
    value.to_str().ok().map(str::to_owned)
}

/// Demands the token of the person's session.
pub(crate) fn demand(who: &Who, token: &str) -> Result<(), Failure> {
    if bool::from(who.csrf().as_bytes().ct_eq(token.as_bytes())) {
        return Ok(());
    }
    Err(Failure::Forged)
}

/// A form with a file, the token among its fields or in the header.
#[derive(Debug)]
pub(crate) struct SentFile {
    /// Who sent it.
    pub(crate) who: Who,
    /// Text fields.
    pub(crate) fields: Fields,
    /// The file, if one was chosen.
    pub(crate) file: Option<Upload>,
}

impl<S: Send + Sync> FromRequest<S> for SentFile {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let who = Who::from_request_parts(&mut parts, state).await?;
        let header = token_header(&parts.headers);
        if let Some(token) = &header {
            demand(&who, token)?;
        }
        let request = Request::from_parts(parts, body);
        let unreadable = |e: axum::extract::multipart::MultipartError| match e.status() {
            axum::http::StatusCode::PAYLOAD_TOO_LARGE => {
                Error::invalid("file", "file-too-large").into()
            }
            _ => Failure::Unreadable(e.body_text()),
        };
        let mut form = Multipart::from_request(request, state)
            .await
            .map_err(|e| Failure::Unreadable(e.body_text()))?;
        let (mut fields, mut file) = (Fields::default(), None);
        while let Some(part) = form.next_field().await.map_err(unreadable)? {
            let name = part.name().unwrap_or_default().to_owned();
            if let Some(file_name) = part.file_name().map(str::to_owned) {
                // Nothing of a file is kept before the token was seen; pages send it first.
                demand(
                    &who,
                    header.as_deref().unwrap_or_else(|| fields.get("csrf")),
                )?;
                let bytes = part.bytes().await.map_err(unreadable)?;
                if !file_name.is_empty() {
                    file = Some(Upload { file_name, bytes });
                }
            } else {
                let text = part.text().await.map_err(unreadable)?;
                if text.len() > FIELD_BYTES_MAX {
                    return Err(Error::invalid(&name, "too-long").into());
                }
                fields.0.push((name, text.replace('\0', "")));
            }
        }
        demand(
            &who,
            header.as_deref().unwrap_or_else(|| fields.get("csrf")),
        )?;
        Ok(Self { who, fields, file })
    }
}

impl SentFile {
    /// The file.
    ///
    /// # Errors
    /// [`Error::Invalid`] when none was chosen.
    pub(crate) fn demand_file(&mut self) -> Result<Upload, Failure> {
        self.file
            .take()
            .ok_or_else(|| Error::invalid("file", "missing").into())
    }
}

/// A choice in a list of choices.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// Value that the form sends.
    pub(crate) value: String,
    /// What people read.
    pub(crate) label: String,
    /// Whether it is the present one.
    pub(crate) chosen: bool,
}

/// An id from an address; what is none leads nowhere. Read after the session, so that strangers learn nothing.
pub(crate) fn id(text: &str) -> Result<Uuid, Failure> {
    text.parse().map_err(|_| Failure::not_found())
}

/// Choices for codes, with their words.
pub(crate) fn choices<'c>(
    frame: &Frame,
    kind: &str,
    codes: impl IntoIterator<Item = &'c str>,
    chosen: &str,
) -> Vec<Choice> {
    let choice = |code: &str| Choice {
        value: code.to_owned(),
        label: frame.code(kind, code),
        chosen: code == chosen,
    };
    codes.into_iter().map(choice).collect()
}

/// Programmes in force, by their titles.
pub(crate) fn programmes(web: &Web, f: &Frame, chosen: &str) -> Vec<Choice> {
    let rules = web.app.rules();
    let all = rules.book().programmes().iter();
    all.map(|p| Choice {
        label: format!("{} {}", p.code, f.text(&p.title)),
        chosen: p.code == chosen,
        value: p.code.clone(),
    })
    .collect()
}

/// Units to filter by.
///
/// # Errors
/// What the database says.
pub(crate) async fn orgs(web: &Web, actor: &Actor, chosen: &str) -> Result<Vec<Choice>, Failure> {
    if !actor.may(Permission::CallbacksRead) {
        return Ok(Vec::new());
    }
    let orgs = app::access::list_orgs(&web.app, actor).await?;
    let choice = |o: store::orgs::Org| Choice {
        chosen: o.code == chosen,
        value: o.code,
        label: o.name,
    };
    Ok(orgs.into_iter().map(choice).collect())
}

/// The query without its page, for links to other pages of the same list.
pub(crate) fn without_page(raw: &str) -> String {
    let kept = raw
        .split('&')
        .filter(|p| !p.is_empty() && !p.starts_with("after="));
    kept.collect::<Vec<_>>().join("&")
}
