//! What every page has: who is looking, in which language, the menu, and where they are.

use crate::assets;
use crate::failure::Failure;
use crate::guard::{cookie, session_cookie};
use crate::menu::{self, Entry};
use crate::state::Web;
use crate::texts::{Locale, Said};
use crate::when::{self, Due};
use app::access::Session;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::money::Money;
use domain::time::{self, Instant};
use std::sync::Arc;

/// The cookie of a language chosen before signing in.
pub(crate) const LOCALE_COOKIE: &str = "huifang_locale";

/// What a page is made with.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// Language.
    pub(crate) locale: Locale,
    /// The present moment.
    pub(crate) now: Instant,
    /// Today in China.
    pub(crate) today: NaiveDate,
    /// Name of the menu entry in which the page lies.
    pub(crate) here: &'static str,
    /// Path and query of the page.
    pub(crate) path: String,
    /// Name of the company.
    pub(crate) company: String,
    /// Whether only a part of the page was asked for.
    pub(crate) partial: bool,
    /// The rules in force.
    pub(crate) rules: Arc<app::rules::Rules>,
    session: Option<Arc<Session>>,
}

impl Frame {
    /// Title of a programme.
    pub(crate) fn programme(&self, code: &str) -> String {
        // Visits that no rule asked for have none.
        if code.is_empty() {
            return self.say("nav-visits");
        }
        let programmes = self.rules.book().programmes();
        let found = programmes.iter().find(|p| p.code == code);
        found.map_or_else(|| code.to_owned(), |p| self.text(&p.title).to_owned())
    }

    /// A message.
    pub(crate) fn say(&self, id: &str) -> String {
        self.locale.say(id)
    }

    /// A message with a value.
    pub(crate) fn say1(&self, id: &str, name: &'static str, value: impl Said) -> String {
        self.locale.say_with(id, &[(name, value.said())])
    }

    /// A message with two values.
    pub(crate) fn say2(
        &self,
        id: &str,
        first: &'static str,
        value: impl Said,
        second: &'static str,
        other: impl Said,
    ) -> String {
        self.locale
            .say_with(id, &[(first, value.said()), (second, other.said())])
    }

    /// The words for a code of a kind: `code("callback-state", "planned")`.
    pub(crate) fn code(&self, kind: &str, code: impl AsRef<str>) -> String {
        self.locale.code(kind, code.as_ref())
    }

    /// Where a callback stands; planned work reads as ready from its earliest day on.
    pub(crate) fn callback_state(
        &self,
        state: &domain::callbacks::CallbackState,
        earliest_on: &Option<NaiveDate>,
    ) -> String {
        let planned = *state == domain::callbacks::CallbackState::Planned;
        let ready = planned && earliest_on.is_none_or(|day| day <= self.today);
        self.code(
            "callback-state",
            if ready { "ready" } else { state.as_str() },
        )
    }

    /// The words for a code that may be missing.
    pub(crate) fn code_of(&self, kind: &str, code: &Option<String>) -> String {
        code.as_deref()
            .map_or_else(|| "—".to_owned(), |c| self.code(kind, c))
    }

    /// One of two texts, by language.
    pub(crate) fn pick<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.locale.pick(zh, en)
    }

    /// Words of a questionnaire in the page's language.
    pub(crate) fn words<'t>(&self, words: &'t domain::questionnaires::Words) -> &'t str {
        self.locale.pick(&words.zh, &words.en)
    }

    /// Text of a rule in the page's language.
    pub(crate) fn text<'t>(&self, text: &'t rules::Text) -> &'t str {
        self.locale.pick(&text.zh, &text.en)
    }

    /// A date, or a dash.
    pub(crate) fn date(&self, date: &Option<NaiveDate>) -> String {
        date.map_or_else(|| "—".to_owned(), |d| when::day(self.locale, d, self.today))
    }

    /// A date in full, or a dash.
    pub(crate) fn full(&self, date: &Option<NaiveDate>) -> String {
        date.map_or_else(|| "—".to_owned(), |d| d.to_string())
    }

    /// A moment as people read it.
    pub(crate) fn moment(&self, at: &Instant) -> String {
        when::moment(self.locale, *at, self.today)
    }

    /// A moment that may be missing.
    pub(crate) fn moment_of(&self, at: &Option<Instant>) -> String {
        at.map_or_else(|| "—".to_owned(), |at| self.moment(&at))
    }

    /// A moment to the second.
    pub(crate) fn exact(&self, at: &Instant) -> String {
        when::exact(*at)
    }

    /// A deadline.
    pub(crate) fn due(&self, date: &NaiveDate) -> Due {
        when::due(self.locale, *date, self.now)
    }

    /// A deadline that is counted in working days.
    pub(crate) fn due_in_working_days(&self, date: &NaiveDate) -> Due {
        when::due_in_working_days(self.locale, *date, self.today, self.rules.calendar())
    }

    /// An amount in fen as yuan with separators, or a dash.
    pub(crate) fn money(&self, fen: &Option<i64>) -> String {
        fen.map_or_else(
            || "—".to_owned(),
            |fen| self.say1("money", "amount", Money(fen).grouped()),
        )
    }

    /// A text, or a dash.
    pub(crate) fn or_dash<'t>(&self, text: &'t Option<String>) -> &'t str {
        text.as_deref().unwrap_or("—")
    }

    /// Yes, no, or a dash.
    pub(crate) fn yes_no(&self, value: &Option<bool>) -> String {
        match value {
            Some(true) => self.say("yes"),
            Some(false) => self.say("no"),
            None => "—".to_owned(),
        }
    }

    /// Address of a static file.
    pub(crate) fn asset(&self, path: &str) -> String {
        assets::url(path)
    }

    /// Address of an icon.
    pub(crate) fn icon(&self, name: &str) -> String {
        format!("{}#icon-{name}", assets::url("vendor/icons.svg"))
    }

    /// The session, when someone signed in.
    pub(crate) fn session(&self) -> Option<&Session> {
        self.session.as_deref()
    }

    /// The token that forms carry.
    pub(crate) fn csrf(&self) -> &str {
        self.session().map_or("", |s| s.csrf_token.as_str())
    }

    /// The theme that the person chose; the browser decides otherwise.
    pub(crate) fn theme(&self) -> &str {
        let theme = self.session().and_then(|s| s.user.theme.as_deref());
        theme.unwrap_or("")
    }

    /// Whether the person has a right, by its code.
    pub(crate) fn may(&self, permission: &str) -> bool {
        Permission::parse(permission).is_ok_and(|p| self.session().is_some_and(|s| s.actor.may(p)))
    }

    /// Entries for daily work.
    pub(crate) fn work(&self) -> Vec<Entry> {
        menu::entries(menu::WORK, self.session())
    }

    /// The other groups of the menu that hold anything for this person: the id of the heading, and
    /// the entries.
    pub(crate) fn groups(&self) -> Vec<(&'static str, Vec<Entry>)> {
        let open = menu::GROUPS.map(|(id, all)| (id, menu::entries(all, self.session())));
        open.into_iter().filter(|(_, e)| !e.is_empty()).collect()
    }

    /// Name of a menu entry.
    pub(crate) fn entry_name(&self, entry: &Entry) -> String {
        self.code("nav", entry.name)
    }
}

/// What a request says about the page it wants, kept in its extensions.
#[derive(Clone, Debug)]
struct Asked {
    locale: Locale,
    now: Instant,
    session: Option<Arc<Session>>,
    path: String,
    partial: bool,
    company: String,
    rules: Arc<app::rules::Rules>,
}

impl Asked {
    fn frame(self) -> Frame {
        Frame {
            locale: self.locale,
            now: self.now,
            today: time::date_in_china(self.now),
            here: "",
            path: self.path,
            company: self.company,
            partial: self.partial,
            rules: self.rules,
            session: self.session,
        }
    }
}

/// Recognises who sent a request and in which language they read.
pub(crate) async fn recognise(
    State(web): State<Web>,
    mut request: Request,
    next: Next,
) -> Response {
    let now = web.now();
    let token = cookie(request.headers(), session_cookie(&web));
    let session = match token {
        Some(token) => match app::access::authenticate(&web.app, now, &token).await {
            Ok(session) => session.map(Arc::new),
            Err(error) => return Failure::from(error).plain(),
        },
        None => None,
    };
    let headers = request.headers();
    let chosen = session.as_ref().and_then(|s| s.user.locale.clone());
    let locale = chosen
        .or_else(|| cookie(headers, LOCALE_COOKIE))
        .and_then(|tag| Locale::from_tag(&tag))
        .unwrap_or_else(|| {
            let accepted = headers
                .get(header::ACCEPT_LANGUAGE)
                .and_then(|h| h.to_str().ok());
            accepted.map_or_else(Locale::default, Locale::accepted)
        });
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |p| p.as_str())
        .to_owned();
    let partial = headers.contains_key("hx-request") && !headers.contains_key("hx-boosted");
    let company = web.settings.company.clone();
    request.extensions_mut().insert(Asked {
        locale,
        now,
        session,
        path,
        partial,
        company,
        rules: web.app.rules(),
    });
    next.run(request).await
}

/// Anybody: the frame without a person is enough.
#[derive(Clone, Debug)]
pub(crate) struct Anyone {
    /// The frame.
    pub(crate) frame: Frame,
}

impl<S: Send + Sync> FromRequestParts<S> for Anyone {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self {
            frame: frame_of(parts)?,
        })
    }
}

fn frame_of(parts: &Parts) -> Result<Frame, Failure> {
    let asked = parts.extensions.get::<Asked>();
    let asked = asked.ok_or_else(|| Failure::fault("a page outside the frame"))?;
    Ok(asked.clone().frame())
}

/// The frame of a request, for rendering what went wrong.
pub(crate) fn frame_of_request(request: &Request) -> Option<Frame> {
    request
        .extensions()
        .get::<Asked>()
        .cloned()
        .map(Asked::frame)
}

/// A person who signed in. Pages that take it send others to the sign-in page.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    /// The person as an actor.
    pub(crate) actor: Actor,
    /// The present moment.
    pub(crate) now: Instant,
    frame: Frame,
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let frame = frame_of(parts)?;
        let actor = frame
            .session()
            .map(|s| s.actor.clone())
            .ok_or(Failure::SignInFirst)?;
        Ok(Self {
            actor,
            now: frame.now,
            frame,
        })
    }
}

impl Who {
    /// The frame of a page that lies under a menu entry.
    pub(crate) fn frame(&self, here: &'static str) -> Frame {
        Frame {
            here,
            ..self.frame.clone()
        }
    }

    /// Whether only a part of the page was asked for.
    pub(crate) fn wants_part(&self) -> bool {
        self.frame.partial
    }

    /// The token that forms must carry.
    pub(crate) fn csrf(&self) -> &str {
        self.frame.csrf()
    }

    /// Sends the browser on after something was done.
    pub(crate) fn go(&self, to: &str) -> Response {
        if self.frame.partial {
            return [("hx-redirect", to)].into_response();
        }
        axum::response::Redirect::to(to).into_response()
    }
}

/// What handlers of pages return.
pub(crate) type Answer = Result<Response, Failure>;

/// Renders a template.
///
/// # Errors
/// A fault, when the template fails.
pub(crate) fn html(page: &impl askama::Template) -> Answer {
    let text = page.render().map_err(|e| Failure::fault(e.to_string()))?;
    let headers = [(header::CACHE_CONTROL, "no-store")];
    Ok((headers, Html(text)).into_response())
}
