//! The editor: the items of a draft at the left, one piece of it at the right. Every change is kept as it
//! is made; two people at the same piece see each other's words.

use super::fields::{block_form, edit_of, head_form, item_form, kind_of};
use super::{Said, id_of, said, url};
use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent, choices, programmes};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::questionnaires::SAMPLES;
use app::questionnaires::drafts::{Edited, VersionView, edit_draft, find_version};
use app::questionnaires::edit::{BlockForm, Edit, HeadForm, ItemForm, Part, WhenForm, digest};
use axum::extract::{Path, RawQuery, State};
use domain::access::Permission;
use domain::policies::{Channel, ProductClass};
use domain::questionnaires::{Answer as Given, Fact, ItemKind, Medium, Topic};
use domain::rules::VersionState;
use domain::tickets::ProblemType;
use uuid::Uuid;

/// The piece on show.
enum Piece {
    Head(Box<HeadForm>),
    Item(String, Box<ItemForm>),
    Block(String, Box<BlockForm>),
}

#[derive(askama::Template)]
#[template(path = "questionnaires/edit.html", blocks = ["saved"])]
struct EditPage {
    f: Frame,
    view: VersionView,
    findings: Vec<Said>,
    programmes: Vec<Choice>,
    piece: Piece,
    /// The piece as it was shown, so that changes by others are noticed.
    seen: String,
    /// Somebody else changed the piece meanwhile: their words, and the hash to go over them with.
    conflict: Option<(String, String)>,
    /// Something was just kept.
    kept: bool,
}

/// What the page shows of a draft by the address: an item, a part, or the head.
fn piece_of(view: &VersionView, fields: &Fields) -> Piece {
    let script = &view.script;
    let item = script
        .items
        .iter()
        .find(|i| i.item.code == fields.get("item"));
    if let Some(item) = item {
        return Piece::Item(item.item.code.clone(), Box::new(item_form(item)));
    }
    if fields.has("block") {
        let code = fields.own("block");
        let block = script.blocks.iter().find(|b| b.code == code);
        let form = block.map(block_form).unwrap_or_default();
        return Piece::Block(form.code.clone(), Box::new(form));
    }
    Piece::Head(Box::new(head_form(script)))
}

impl Piece {
    fn part(&self) -> Part {
        match self {
            Self::Head(_) => Part::Head,
            Self::Item(code, _) => Part::Item(code.clone()),
            Self::Block(code, _) if code.is_empty() => Part::Order,
            Self::Block(code, _) => Part::Block(code.clone()),
        }
    }
}

async fn page(web: &Web, who: &Who, id: Uuid, fields: &Fields) -> Result<EditPage, Failure> {
    let right = who.actor.demand(Permission::QuestionnairesWrite);
    right.map_err(Error::from)?;
    let view = find_version(&web.app, &who.actor, who.now, id).await?;
    let f = who.frame("questionnaires");
    let piece = piece_of(&view, fields);
    Ok(EditPage {
        findings: view
            .findings
            .iter()
            .map(|x| said(&f, &view.script, x))
            .collect(),
        programmes: programmes(web, &f, ""),
        seen: digest(&view.script, &piece.part()).unwrap_or_default(),
        conflict: None,
        kept: false,
        f,
        view,
        piece,
    })
}

pub(super) async fn show(
    State(web): State<Web>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let id = id_of(&id)?;
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let page = page(&web, &who, id, &query).await?;
    if page.view.state != VersionState::Draft {
        return Ok(who.go(&url(id)));
    }
    html(&page)
}

/// Keeps a change. A change of words answers with what was kept and what the check says; anything else
/// leads to the piece to look at next.
pub(super) async fn edit(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let right = who.actor.demand(Permission::QuestionnairesWrite);
    right.map_err(Error::from)?;
    let edit = edit_of(&fields).ok_or_else(|| Error::invalid("edit", "unknown-code"))?;
    let over = fields.get("over");
    let seen = if over.is_empty() {
        fields.get("seen")
    } else {
        over
    };
    let edited = edit_draft(&web.app, &who.actor, who.now, id, seen, &edit).await?;
    let words = matches!(edit, Edit::Head(_) | Edit::Item { .. } | Edit::Block { .. });
    let (next, theirs) = match edited {
        Edited::Saved(_, next) => (next, None),
        Edited::Conflict(script) => (None, Some(script)),
    };
    let code = next.clone().unwrap_or_else(|| fields.own("code"));
    let query = match &edit {
        Edit::Head(_) => "part=head".to_owned(),
        Edit::Block { form, .. } if theirs.is_none() => format!("block={}", form.code),
        Edit::Block { code, .. } => format!("block={code}"),
        Edit::DeleteBlock { .. } => "part=head".to_owned(),
        _ => format!("item={code}"),
    };
    if theirs.is_none() && !(words && who.wants_part()) {
        return Ok(who.go(&format!("{}/edit?{query}", url(id))));
    }
    let mut page = page(&web, &who, id, &Fields::parse(query.as_bytes())).await?;
    page.kept = theirs.is_none();
    if let Some(script) = theirs {
        let now = digest(&script, &edit.part()).unwrap_or_default();
        page.conflict = Some((theirs_of(&page), now));
        // The form goes on showing what this person wrote.
        page.seen = fields.own("seen");
        page.piece = match edit {
            Edit::Head(form) => Piece::Head(form),
            Edit::Item { code, form } => Piece::Item(code, form),
            Edit::Block { code, form } => Piece::Block(code, form),
            _ => page.piece,
        };
    }
    if who.wants_part() {
        html(&page.as_saved())
    } else {
        html(&page)
    }
}

/// The words that somebody else gave the piece.
fn theirs_of(page: &EditPage) -> String {
    match &page.piece {
        Piece::Head(form) => [&form.greeting.zh, &form.closing.zh]
            .map(String::as_str)
            .join("\n"),
        Piece::Item(_, form) => format!("{}\n{}", form.ask.zh, form.ask.en),
        Piece::Block(_, form) => form.title.zh.clone(),
    }
}

/// A value that can be put into words.
struct Value {
    name: &'static str,
    sample: &'static str,
}

/// One fact among the conditions of a form.
struct FactField {
    fact: Fact,
    is_flag: bool,
    /// The value of a flag, or of regions.
    text: String,
    choices: Vec<Choice>,
}

impl EditPage {
    fn id(&self) -> Uuid {
        self.view.script.id.0
    }

    /// The query of the piece on show.
    fn query(&self) -> String {
        match &self.piece {
            Piece::Head(_) => "part=head".to_owned(),
            Piece::Item(code, _) => format!("item={code}"),
            Piece::Block(code, _) => format!("block={code}"),
        }
    }

    fn is_on_show(&self, code: &str) -> bool {
        matches!(&self.piece, Piece::Item(at, _) if at == code)
    }

    fn shows_head(&self) -> bool {
        matches!(self.piece, Piece::Head(_))
    }

    fn shows_block(&self, code: &str) -> bool {
        matches!(&self.piece, Piece::Block(at, _) if at == code)
    }

    fn item_digest(&self, code: &str) -> String {
        digest(&self.view.script, &Part::Item(code.to_owned())).unwrap_or_default()
    }

    fn troubles(&self, code: &str) -> bool {
        let piece = format!("item={code}");
        self.findings.iter().any(|s| s.is_error && s.piece == piece)
    }

    fn values(&self) -> Vec<Value> {
        let value = |(name, sample, _): &(&'static str, &'static str, &str)| Value { name, sample };
        SAMPLES.iter().map(value).collect()
    }

    fn kinds(&self, chosen: &str) -> Vec<Choice> {
        choices(
            &self.f,
            "item-kind",
            ItemKind::ALL.iter().map(|k| k.as_str()),
            chosen,
        )
    }

    fn tickets(&self, chosen: &str) -> Vec<Choice> {
        let codes = ProblemType::ALL.iter().map(|t| t.as_str());
        choices(&self.f, "problem-type", codes, chosen)
    }

    fn expected(&self, chosen: &str) -> Vec<Choice> {
        choices(&self.f, "script-expected", ["affirm", "negative"], chosen)
    }

    /// Choices of which several may be taken.
    fn several(&self, kind: &str, codes: Vec<&'static str>, chosen: &[String]) -> Vec<Choice> {
        let choice = |code: &'static str| Choice {
            value: code.to_owned(),
            label: self.f.code(kind, code),
            chosen: chosen.iter().any(|c| c == code),
        };
        codes.into_iter().map(choice).collect()
    }

    fn topics(&self, form: &ItemForm) -> Vec<Choice> {
        let codes = Topic::ALL.iter().map(|t| t.as_str()).collect();
        self.several("topic", codes, &form.topics)
    }

    fn after_answers(&self, form: &ItemForm) -> Vec<Choice> {
        let codes = [
            Given::Affirm,
            Given::Unclear,
            Given::Negative,
            Given::Question,
        ];
        let codes = codes.map(Given::as_str).to_vec();
        self.several("answer", codes, &form.after_answers)
    }

    fn media(&self, form: &HeadForm) -> Vec<Choice> {
        let codes = Medium::ALL.iter().map(|m| m.as_str()).collect();
        self.several("medium", codes, &form.media)
    }

    fn channels(&self, form: &HeadForm) -> Vec<Choice> {
        let codes = Channel::ALL.iter().map(|c| c.as_str()).collect();
        self.several("channel", codes, &form.channels)
    }

    fn classes(&self, form: &HeadForm) -> Vec<Choice> {
        let codes = ProductClass::ALL.iter().map(|c| c.as_str()).collect();
        self.several("product-class", codes, &form.product_classes)
    }

    fn uses(&self, form: &HeadForm, programme: &str) -> bool {
        form.programmes.iter().any(|p| p == programme)
    }

    fn facts(&self, when: &WhenForm) -> Vec<FactField> {
        let field = |fact: &Fact| {
            let given = when.iter().find(|(name, _)| name == fact.as_str());
            let given = given.map(|(_, values)| values.clone()).unwrap_or_default();
            FactField {
                fact: *fact,
                is_flag: fact.is_flag(),
                text: given.join(" "),
                choices: self.several(kind_of(*fact), fact.codes(), &given),
            }
        };
        Fact::ALL.iter().map(field).collect()
    }

    /// Items that stand before one, on whose answers it may hang.
    fn earlier(&self, code: &str, form: &ItemForm) -> Vec<Choice> {
        let items = self.view.script.items.iter().map(|i| &i.item);
        let before = items.take_while(|i| i.code != code);
        before
            .map(|i| Choice {
                value: i.code.clone(),
                label: format!("{} {}", self.f.words(&i.title), i.code),
                chosen: i.code == form.after_item,
            })
            .collect()
    }

    fn labels<'i>(
        &self,
        form: &'i ItemForm,
    ) -> Vec<(&'static str, &'i domain::questionnaires::Words)> {
        ["affirm", "unclear", "negative", "question"]
            .into_iter()
            .zip(&form.labels)
            .collect()
    }
}
