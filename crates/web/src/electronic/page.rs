//! What the customer's pages are made of.

use super::guest::{Guest, Look, broken};
use crate::assets;
use crate::forms::Fields;
use crate::texts::{Locale, Said};
use crate::when;
use app::electronic::{ItemScreen, ReviewScreen, Screen};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use chrono::Days;
use domain::electronic::LinkState;
use domain::questionnaires::ItemKind;
use domain::time::{self, Instant};

/// Days that are offered for a call.
const DAYS_OFFERED: u64 = 7;

/// What is on the page.
enum Body {
    /// What it is about, and the choice.
    Choice,
    /// The identity check.
    Identity { id_tail: usize, birth_date: bool },
    /// The code.
    Code { mobile: String, minutes: i64 },
    /// A picture of the face.
    Face,
    /// An item.
    Item(Box<ItemScreen>),
    /// All answers.
    Review(ReviewScreen),
    /// When to be called.
    Phone { days: Vec<(String, String)> },
    /// Nothing more to do here: the id of the message.
    End(&'static str),
}

#[derive(askama::Template)]
#[template(path = "electronic/public.html")]
struct PublicPage {
    look: Look,
    home: String,
    company: String,
    until: String,
    problem: Option<String>,
    kept: Fields,
    body: Body,
}

impl PublicPage {
    fn say(&self, id: &str) -> String {
        self.look.locale.say(id)
    }

    fn say1(&self, id: &str, name: &'static str, value: impl Said) -> String {
        self.look.locale.say_with(id, &[(name, value.said())])
    }

    fn say2(
        &self,
        id: &str,
        first: &'static str,
        value: impl Said,
        second: &'static str,
        other: impl Said,
    ) -> String {
        let values = [(first, value.said()), (second, other.said())];
        self.look.locale.say_with(id, &values)
    }

    fn css(&self) -> String {
        assets::url("public.css")
    }

    fn mark(&self) -> String {
        assets::url("mark.svg")
    }

    fn other_tag(&self) -> &'static str {
        match self.look.locale {
            Locale::English => "zh-CN",
            Locale::Chinese => "en",
        }
    }

    fn is_rating(item: &ItemScreen) -> bool {
        item.kind == ItemKind::Rate
    }

    fn is_open(item: &ItemScreen) -> bool {
        matches!(item.kind, ItemKind::Open | ItemKind::Promotion)
    }

    fn progress(item: &ItemScreen) -> usize {
        (item.position - 1) * 100 / item.of.max(1)
    }

    /// Whether a choice is to be marked: the one that was just sent, else the one that was kept.
    fn is_chosen(&self, choice: &app::electronic::Choice) -> bool {
        let sent = match self.kept.get("answer") {
            "" => self.kept.get("rating"),
            answer => answer,
        };
        if sent.is_empty() {
            choice.chosen
        } else {
            choice.code == sent
        }
    }

    fn words_of(&self, item: &ItemScreen) -> String {
        match self.kept.get("words") {
            "" => item.words.clone(),
            words => words.to_owned(),
        }
    }

    /// Whether the customer may still choose the telephone.
    fn may_phone(&self) -> bool {
        !matches!(self.body, Body::End(_) | Body::Phone { .. } | Body::Choice)
    }
}

/// What a page is made from besides the screen.
pub(super) struct Made<'m> {
    pub(super) guest: &'m Guest,
    pub(super) now: Instant,
    pub(super) problem: Option<String>,
    pub(super) kept: Fields,
    pub(super) start: bool,
}

pub(super) fn page(made: Made<'_>, screen: Screen) -> Response {
    let guest = made.guest;
    let mut until = String::new();
    let mut status = match made.problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let body = match screen {
        Screen::Unknown => {
            status = StatusCode::NOT_FOUND;
            Body::End("reply-unknown")
        }
        Screen::Expired => Body::End("reply-expired"),
        Screen::Ended(state) => Body::End(ending(state)),
        Screen::Settled => Body::End("reply-settled"),
        Screen::Welcome {
            id_tail,
            asks_birth_date,
            expires_at,
        } => {
            let today = time::date_in_china(made.now);
            until = when::moment(guest.look.locale, expires_at, today);
            if made.start || made.problem.is_some() {
                Body::Identity {
                    id_tail,
                    birth_date: asks_birth_date,
                }
            } else {
                Body::Choice
            }
        }
        Screen::Code { mobile, minutes } => Body::Code { mobile, minutes },
        Screen::Face => Body::Face,
        Screen::Item(item) => Body::Item(item),
        Screen::Review(review) => Body::Review(review),
    };
    let page = PublicPage {
        look: guest.look,
        home: guest.home(),
        company: guest.visitor.company.clone(),
        until,
        problem: made.problem,
        kept: made.kept,
        body,
    };
    render(status, &page)
}

fn render(status: StatusCode, page: &PublicPage) -> Response {
    use askama::Template as _;
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => broken(&error.to_string()),
    }
}

fn ending(state: LinkState) -> &'static str {
    match state {
        LinkState::Submitted => "reply-submitted",
        LinkState::PhoneWanted => "reply-phone-wanted",
        LinkState::Locked => "reply-locked",
        LinkState::NotThePerson => "reply-not-the-person",
        LinkState::Sent | LinkState::Opened | LinkState::Identified | LinkState::Revoked => {
            "reply-revoked"
        }
    }
}

/// A page on which there is nothing to do.
pub(super) fn ended(guest: &Guest, status: StatusCode, words: &'static str) -> Response {
    let page = PublicPage {
        look: guest.look,
        home: guest.home(),
        company: guest.visitor.company.clone(),
        until: String::new(),
        problem: None,
        kept: Fields::default(),
        body: Body::End(words),
    };
    render(status, &page)
}

/// The page on which a call is asked for.
pub(super) fn phone_page(now: Instant, guest: &Guest, problem: Option<String>) -> Response {
    let today = time::date_in_china(now);
    let days = (0..DAYS_OFFERED).filter_map(|n| today.checked_add_days(Days::new(n)));
    let days = days.map(|d| (d.to_string(), when::day(guest.look.locale, d, today)));
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = PublicPage {
        look: guest.look,
        home: guest.home(),
        company: guest.visitor.company.clone(),
        until: String::new(),
        problem,
        kept: Fields::default(),
        body: Body::Phone {
            days: days.collect(),
        },
    };
    render(status, &page)
}
