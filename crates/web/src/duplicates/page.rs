//! Two records side by side, why they may be one, and what is decided.

use super::bits;
use crate::forms::{self, Sent};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::duplicates::{DecisionForm, DuplicatePage, FieldLine, MergeForm, Merging};
use axum::extract::{Path, State};
use domain::duplicates::{MergedField, PairState};

#[derive(askama::Template)]
#[template(path = "duplicates/page.html")]
struct PageTemplate {
    f: Frame,
    page: DuplicatePage,
}

pub(crate) async fn show_duplicate(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    let id = forms::id(&id)?;
    html(&PageTemplate {
        page: app::duplicates::duplicate_page(&web.app, &who.actor, who.now, id).await?,
        f: who.frame("duplicates"),
    })
}

pub(crate) async fn decide(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = forms::id(&id)?;
    let form = DecisionForm {
        decision: fields.own("decision"),
        reason: fields.own("reason"),
        version: fields.get("version").parse().ok(),
    };
    app::duplicates::decide(&web.app, &who.actor, who.now, id, &form).await?;
    Ok(who.go("/duplicates"))
}

pub(crate) async fn merge(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = forms::id(&id)?;
    // Of each fact the record whose value wins is sent: only those of the other record are taken.
    let survivor = fields.own("survivor");
    let taken = MergedField::ALL.iter().filter(|field| {
        let wins = fields.get(&format!("from-{field}"));
        !wins.is_empty() && wins != survivor
    });
    let form = MergeForm {
        fields: taken.map(|field| field.as_str().to_owned()).collect(),
        reason: fields.own("reason"),
        version: fields.get("version").parse().ok(),
        survivor,
    };
    let done = app::duplicates::merge(&web.app, &who.actor, who.now, id, &form).await?;
    Ok(who.go(&match done {
        Merging::Done(number) => format!("/customers/{number}/duplicates"),
        Merging::Asked(_) => format!("/duplicates/{id}"),
    }))
}

impl PageTemplate {
    fn may_decide(&self) -> bool {
        self.f.may("duplicates.decide") && self.page.row.state != PairState::Same
    }

    fn may_merge(&self) -> bool {
        self.may_decide() && self.page.row.state != PairState::Asked
    }

    fn may_reopen(&self) -> bool {
        let closed = [PairState::Different, PairState::Unsure, PairState::Asked];
        self.may_decide() && closed.contains(&self.page.row.state)
    }

    /// The record that has more known stays, unless somebody says otherwise; the older one otherwise.
    fn survivor(&self) -> &str {
        let known = |of: fn(&FieldLine) -> bool| self.page.lines.iter().filter(|l| of(l)).count();
        let (low, high) = (known(|l| l.low.is_some()), known(|l| l.high.is_some()));
        if high > low {
            &self.page.high.customer_no
        } else {
            &self.page.low.customer_no
        }
    }

    /// The record whose value is proposed for a fact: the one that has it, otherwise that of who stays.
    fn wins(&self, line: &FieldLine) -> &str {
        match (&line.low, &line.high) {
            (Some(_), None) => &self.page.low.customer_no,
            (None, Some(_)) => &self.page.high.customer_no,
            _ => self.survivor(),
        }
    }

    /// A value as people read it: codes become words.
    fn shown(&self, field: &MergedField, value: &Option<String>) -> String {
        let Some(value) = value else {
            return "—".to_owned();
        };
        match field {
            MergedField::Sex => self.f.code("sex", value),
            MergedField::Language => self.f.code("language", value),
            MergedField::PreferredChannel => self.f.code("contact-channel", value),
            _ => value.clone(),
        }
    }

    fn sum(&self) -> String {
        bits(&(self.page.row.weight + self.page.prior))
    }
}
