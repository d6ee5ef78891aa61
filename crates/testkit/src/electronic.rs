//! Short words for what tests do all the time with electronic callbacks.

use crate::TestApp;
use app::electronic::{
    AnswerForm, IdentityForm, ItemScreen, OfferForm, Screen, SubmitForm, Visitor, answer,
    check_code, check_identity, offer, submit, visit,
};
use chrono::Duration;
use domain::access::{Actor, Permission};
use domain::customers::Reveal;
use domain::ids::{CallbackId, LinkId};
use domain::questionnaires::ItemKind;
use domain::time::Instant;
use store::messaging::MessageFilter;

impl TestApp {
    /// The newest text message about a link.
    ///
    /// # Panics
    /// When there is none.
    pub async fn text_about(&self, link: LinkId) -> String {
        let scope = Actor::system().scope(Permission::MessagesRead).unwrap();
        let filter = MessageFilter {
            about: Some(link.0),
            ..MessageFilter::default()
        };
        let store = self.app.store();
        let page = store::messaging::list_messages(store, &scope, &filter, 1).await;
        let message = page.unwrap().rows.remove(0);
        let text = store::messaging::read_message_text(store, message.id).await;
        let body = text.unwrap().body.unwrap();
        body.reveal(Reveal::traced(link.0)).to_owned()
    }

    /// Sends a link; the link and the browser of the customer who opens it.
    ///
    /// # Panics
    /// When a rule says no.
    pub async fn offer(&self, by: &Actor, now: Instant, id: CallbackId) -> (LinkId, Visitor) {
        let sent = offer(&self.app, by, now, id, &OfferForm::default()).await;
        let link = sent.unwrap().link;
        (link, self.customer_of(link).await)
    }

    /// The browser of the customer who opens a link.
    ///
    /// # Panics
    /// When no message about it was sent.
    pub async fn customer_of(&self, link: LinkId) -> Visitor {
        let text = self.text_about(link).await;
        let token = text.split("/p/").nth(1).unwrap_or_else(|| panic!("{text}"));
        let token = token.chars().take_while(char::is_ascii_hexdigit);
        Visitor {
            token: token.collect(),
            address: "198.51.100.7".into(),
            user_agent: "Mozilla/5.0 (iPhone)".into(),
            company: "惠民人寿".into(),
            ..Visitor::default()
        }
    }

    /// What the customer of the policy P50-ZHOU says of herself.
    pub fn zhou() -> IdentityForm {
        let number = crate::resident_id("500103", "19800506", 122);
        IdentityForm {
            name: "周敏".into(),
            id_tail: number[number.len() - 6..].to_owned(),
            birth_date: "19800506".into(),
        }
    }

    /// Passes the identity check.
    ///
    /// # Panics
    /// When it fails.
    pub async fn identify(
        &self,
        now: Instant,
        link: LinkId,
        visitor: &mut Visitor,
        form: &IdentityForm,
    ) {
        visit(&self.app, now, visitor, None).await.unwrap();
        let token = check_identity(&self.app, now, visitor, form).await.unwrap();
        visitor.session = Some(token.0);
        let code = self.code_about(link).await;
        check_code(&self.app, now, visitor, &code).await.unwrap();
    }

    /// The code that went to the customer last.
    pub async fn code_about(&self, link: LinkId) -> String {
        let text = self.text_about(link).await;
        let mut digits = text.split(|c: char| !c.is_ascii_digit());
        let code = digits.rfind(|d| d.len() == 6);
        code.unwrap_or_else(|| panic!("{text}")).to_owned()
    }

    /// The item on the screen.
    ///
    /// # Panics
    /// When there is none.
    pub async fn item(&self, now: Instant, visitor: &Visitor) -> ItemScreen {
        match visit(&self.app, now, visitor, None).await.unwrap() {
            Screen::Item(item) => *item,
            other => panic!("{other:?}"),
        }
    }

    /// What an item hopes for; exceptions name an item and a code of an answer.
    pub fn reply(item: &ItemScreen, exceptions: &[(&str, &str)]) -> AnswerForm {
        let exception = exceptions.iter().find(|(code, _)| *code == item.code);
        let is_free = matches!(item.kind, ItemKind::Open | ItemKind::Promotion);
        let answer = match exception {
            Some((_, answer)) => (*answer).to_owned(),
            None if is_free || item.kind == ItemKind::Rate => String::new(),
            None => "affirm".to_owned(),
        };
        AnswerForm {
            item: item.code.clone(),
            shown: item.shown,
            answer,
            rating: (item.kind == ItemKind::Rate).then_some(5),
            words: String::new(),
        }
    }

    /// Reads and answers every item; the moment after it.
    ///
    /// # Panics
    /// When an answer is not taken.
    pub async fn answer_on_page(
        &self,
        now: Instant,
        visitor: &Visitor,
        exceptions: &[(&str, &str)],
    ) -> Instant {
        let mut now = now;
        loop {
            match visit(&self.app, now, visitor, None).await.unwrap() {
                Screen::Item(item) => {
                    now += Duration::seconds(item.dwell_seconds);
                    let form = Self::reply(&item, exceptions);
                    answer(&self.app, now, visitor, &form).await.unwrap();
                }
                Screen::Review(_) => return now,
                other => panic!("{other:?}"),
            }
        }
    }

    /// What the customer sends off from the last screen.
    ///
    /// # Panics
    /// When something else is on the screen.
    pub async fn submission(&self, now: Instant, visitor: &Visitor) -> SubmitForm {
        let screen = visit(&self.app, now, visitor, None).await.unwrap();
        let Screen::Review(review) = screen else {
            panic!("{screen:?}");
        };
        SubmitForm {
            shown: review.shown,
            confirmed: true,
        }
    }

    /// Submits what is on the screen.
    ///
    /// # Errors
    /// What the use case says.
    ///
    /// # Panics
    /// When something else is on the screen.
    pub async fn submit(
        &self,
        now: Instant,
        visitor: &Visitor,
    ) -> app::Result<app::electronic::Done> {
        let form = self.submission(now, visitor).await;
        submit(&self.app, now, visitor, form).await
    }
}
