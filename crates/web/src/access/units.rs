//! The organisation: the tree of units, one unit with its posts, moving it.

use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use crate::{access::users::depth, failure::Failure};
use app::access::{HolderForm, PostKind, Unit, UnitForm, UnitPage as Page};
use axum::extract::{Path, State};
use domain::access::OrgLevel;
use store::orgs::Org;

#[derive(askama::Template)]
#[template(path = "access/units.html")]
struct UnitsPage {
    f: Frame,
    units: Vec<Unit>,
    orgs: Vec<Org>,
}

impl UnitsPage {
    fn depth(&self, org: &Org) -> usize {
        depth(org, &self.orgs)
    }

    fn levels(&self) -> Vec<Choice> {
        levels(&self.f)
    }
}

/// Levels that a new unit may have: there is one head office.
fn levels(f: &Frame) -> Vec<Choice> {
    let codes = OrgLevel::ALL.iter().filter(|l| **l != OrgLevel::HeadOffice);
    choices(f, "org-level", codes.map(|l| l.as_str()), "sub_branch")
}

pub(crate) async fn list_units(State(web): State<Web>, who: Who) -> Answer {
    let units = app::access::list_units(&web.app, &who.actor, who.now).await?;
    html(&UnitsPage {
        f: who.frame("units"),
        orgs: units.iter().map(|u| u.org.clone()).collect(),
        units,
    })
}

pub(crate) async fn create_unit(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = read(&fields);
    app::access::create_unit(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&format!("/units/{}", form.code.trim())))
}

fn read(fields: &Fields) -> UnitForm {
    UnitForm {
        code: fields.own("code"),
        name: fields.own("name"),
        level: fields.own("level"),
        parent: fields.own("parent"),
        region: fields.own("region"),
        is_outlet: fields.is_ticked("is_outlet"),
        managing_department: fields.own("managing_department"),
        phone_until: fields.own("phone_until"),
    }
}

#[derive(askama::Template)]
#[template(path = "access/unit.html")]
struct UnitPage {
    f: Frame,
    page: Page,
    kinds: &'static [PostKind],
}

impl UnitPage {
    fn kind(&self, code: &str) -> Option<&PostKind> {
        self.kinds.iter().find(|k| k.code == code)
    }

    fn name(&self, code: &str) -> String {
        let kind = self.kind(code);
        kind.map_or_else(|| code.to_owned(), |k| self.f.text(&k.name).to_owned())
    }

    /// Kinds of posts that a unit of this level may have.
    fn possible(&self) -> Vec<&PostKind> {
        let level = OrgLevel::parse(&self.page.unit.org.level).ok();
        let fits = |k: &&PostKind| level.is_some_and(|l| k.levels.contains(&l));
        self.kinds.iter().filter(fits).collect()
    }

    fn phones_only_for_now(&self) -> bool {
        OrgLevel::parse(&self.page.unit.org.level).is_ok_and(OrgLevel::phones_only_for_now)
    }

    fn is_present(&self, holder: &store::access::PostHolderRow) -> bool {
        holder.from_on <= self.f.today && holder.until_on.is_none_or(|u| self.f.today <= u)
    }
}

pub(crate) async fn show_unit(
    State(web): State<Web>,
    Path(code): Path<String>,
    who: Who,
) -> Answer {
    let page = app::access::unit_page(&web.app, &who.actor, who.now, &code).await?;
    html(&UnitPage {
        f: who.frame("units"),
        page,
        kinds: app::access::post_kinds()?,
    })
}

pub(crate) async fn change_unit(
    State(web): State<Web>,
    Path(code): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    app::access::change_unit(&web.app, &who.actor, who.now, &code, &read(&fields)).await?;
    Ok(who.go(&format!("/units/{code}")))
}

pub(crate) async fn move_unit(
    State(web): State<Web>,
    Path(code): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let parent = fields.get("parent");
    app::access::move_unit(&web.app, &who.actor, who.now, &code, parent).await?;
    Ok(who.go(&format!("/units/{code}")))
}

pub(crate) async fn set_post(
    State(web): State<Web>,
    Path(code): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let (kind, headcount) = (fields.get("kind"), fields.get("headcount"));
    app::access::set_post(&web.app, &who.actor, who.now, &code, kind, headcount).await?;
    Ok(who.go(&format!("/units/{code}")))
}

pub(crate) async fn give_post(
    State(web): State<Web>,
    Path((code, post)): Path<(String, String)>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = HolderForm {
        username: fields.own("username"),
        from: fields.own("from"),
        until: fields.own("until"),
    };
    app::access::give_post(&web.app, &who.actor, who.now, &code, id(&post)?, &form).await?;
    Ok(who.go(&format!("/units/{code}")))
}

pub(crate) async fn take_post(
    State(web): State<Web>,
    Path((code, holder)): Path<(String, String)>,
    Sent(who, _): Sent,
) -> Answer {
    app::access::take_post(&web.app, &who.actor, who.now, &code, id(&holder)?).await?;
    Ok(who.go(&format!("/units/{code}")))
}

/// An id in an address.
pub(super) fn id(text: &str) -> Result<uuid::Uuid, Failure> {
    uuid::Uuid::try_parse(text).map_err(|_| Failure::not_found())
}
