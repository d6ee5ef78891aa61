//! What stands on a letter: the combined form in two copies, and the letter of a branch.

use super::templates::TemplateWords;
use crate::callbacks::{ScriptValues, policy_values, salutation};
use crate::paper::{Block, Cell, Document, Style, Table};
use crate::state::Letterhead;
use chrono::{Datelike as _, NaiveDate};
use domain::customers::Reveal;
use domain::letters::LetterKind;
use domain::questionnaires::{Item, Words};
use store::customers::CustomerRow;
use store::letters::AccountRow;
use store::policies::PolicyRow;

/// Where a value is still to be written by hand.
const BLANK: &str = "＿＿＿＿＿＿";
/// The answers that are crossed.
const ANSWERS: &str = "☐是　☐否　☐不清楚";

/// Everything that a letter is made of.
pub(super) struct Content<'c> {
    pub(super) kind: LetterKind,
    pub(super) number: &'c str,
    pub(super) words: &'c TemplateWords,
    pub(super) items: &'c [Item],
    pub(super) to: &'c Addressee,
    pub(super) policy: Option<&'c PolicyRow>,
    pub(super) account: Option<&'c AccountRow>,
    pub(super) issued_on: NaiveDate,
    pub(super) reply_by: Option<NaiveDate>,
    pub(super) org_name: &'c str,
    pub(super) letterhead: &'c Letterhead,
    /// Pale words across the page, for samples.
    pub(super) watermark: &'c str,
}

/// Whom a letter is for, as it stands on the paper: in full, except the mobile number.
#[derive(Default)]
pub(super) struct Addressee {
    pub(super) name: String,
    pub(super) salutation: String,
    pub(super) mobile: Option<String>,
    pub(super) address: Option<String>,
}

impl Addressee {
    /// From the customer; the right to see the data comes from the entry that the printing leaves.
    pub(super) fn of(customer: &CustomerRow, reveal: Reveal) -> Self {
        let name = customer.name.reveal(reveal).to_owned();
        let address = customer
            .mailing_address
            .as_ref()
            .or(customer.address.as_ref());
        Self {
            salutation: salutation(customer, &name).0,
            mobile: customer.mobile.as_ref().map(ToString::to_string),
            address: address.map(|a| a.reveal(reveal).to_owned()),
            name,
        }
    }
}

/// Lays a letter out.
pub(super) fn compose(content: &Content<'_>) -> Document {
    let mut paper = Document::new(format!("{} {}", content.number, content.words.title));
    let company = content.letterhead.company.as_str();
    paper.header = (company.to_owned(), content.number.to_owned());
    paper.footer = (
        format!("{company} · {}", content.words.title),
        "第 {page} 页，共 {pages} 页".to_owned(),
    );
    content.watermark.clone_into(&mut paper.watermark);
    let name = content.to.name.as_str();
    let values = content.values();
    match content.kind {
        LetterKind::Combined => {
            content.copy(&mut paper, &values, name, "第一联　客户留存联");
            paper.push(Block::NewPage);
            paper.push(Block::Tear("公司联：请沿此虚线撕下，交回公司".into()));
            content.copy(&mut paper, &values, name, "第二联　公司留存联");
        }
        LetterKind::Fallback => content.letter(&mut paper, &values, name),
    }
    paper
}

impl Content<'_> {
    fn values(&self) -> ScriptValues {
        let mut values = ScriptValues::default();
        values.set("company", &self.letterhead.company);
        values.set("holder", &self.to.name);
        values.set("letter", self.number);
        values.set("salutation", &self.to.salutation);
        if let Some(policy) = self.policy {
            policy_values(&mut values, policy, self.issued_on);
            if let Some(days) = policy.cooling_off_days {
                values.set("cooling_off_days", days.to_string());
            }
        }
        values.set(
            "reply_by",
            self.reply_by.map_or_else(|| BLANK.to_owned(), in_words),
        );
        values
    }

    fn fill(&self, values: &ScriptValues, text: &str) -> String {
        let filled = values
            .fill(&Words {
                zh: text.to_owned(),
                en: String::new(),
            })
            .zh;
        blanks(&filled)
    }

    fn head(&self, paper: &mut Document, values: &ScriptValues, copy: &str) {
        if !copy.is_empty() {
            paper.styled(
                copy,
                Style {
                    align: crate::paper::Align::Right,
                    ..Style::SMALL
                },
            );
        }
        paper.heading(&self.words.title);
        paper.push(Block::Codes {
            bar: self.number.to_owned(),
            square: self.letterhead.address_of(self.number),
        });
        paper.text(self.fill(values, "尊敬的{salutation}："));
        let indented = Style {
            indent: true,
            ..Style::BODY
        };
        paper.styled(self.fill(values, &self.words.opening), indented);
    }

    fn facts(&self, paper: &mut Document, values: &ScriptValues, name: &str) {
        let fill = |text: &str| self.fill(values, text);
        let label = Cell::label;
        let table = Table::new(&[1.3, 3.2, 1.3, 3.2])
            .row([
                label("保险合同号"),
                fill("{policy_no}").into(),
                label("险种名称"),
                fill("{product}").into(),
            ])
            .row([
                label("投保人"),
                name.into(),
                label("被保险人"),
                fill("{insured}").into(),
            ])
            .row([
                label("保险费"),
                fill("{premium}（{frequency}）").into(),
                label("保险期间"),
                fill("{coverage_term}").into(),
            ])
            .row([
                label("承保机构"),
                self.org_name.into(),
                label("业务员"),
                fill("{agent}").into(),
            ]);
        paper.table(table);
    }

    fn questions(&self, paper: &mut Document, values: &ScriptValues) {
        let mut table = Table::new(&[0.8, 8.0, 3.2]).head(["序号", "确认事项", "投保人回答"]);
        table.size = 9.0;
        for (at, item) in self.items.iter().enumerate() {
            // Callers hear what is stressed; on paper the marks only disturb.
            let asked = self.fill(values, &item.ask.zh).replace("**", "");
            table = table.row([
                Cell::from((at + 1).to_string()).centred(),
                Cell::from(format!("【{}】{asked}", item.title.zh)),
                Cell::from(ANSWERS).centred(),
            ]);
        }
        paper.table(table);
    }

    fn contact(&self, paper: &mut Document, with_account: bool) {
        let masked = |value: Option<String>| value.unwrap_or_else(|| BLANK.to_owned());
        let mut table =
            Table::new(&[1.8, 4.4, 1.2, 4.4]).head(["项目", "现有资料", "确认", "变更为"]);
        let mut rows = vec![
            ("手机号码", masked(self.to.mobile.clone())),
            ("通讯地址", masked(self.to.address.clone())),
        ];
        if with_account {
            let bank = self.account.map(|a| format!("{}　{}", a.bank, a.account));
            rows.push(("续期缴费账户", masked(bank)));
        }
        for (label, value) in rows {
            let cells = [
                Cell::label(label),
                value.into(),
                Cell::from("☐").centred(),
                "".into(),
            ];
            table = table.tall_row(24.0, cells);
        }
        paper.table(table);
    }

    /// One copy of the combined form with its three functions.
    fn copy(&self, paper: &mut Document, values: &ScriptValues, name: &str, copy: &str) {
        self.head(paper, values, copy);
        self.facts(paper, values, name);
        paper.part("一、客户权益确认");
        paper.small(self.fill(values, &self.words.rights));
        self.questions(paper, values);
        paper.part("二、保险单签收回执");
        let indented = Style {
            indent: true,
            ..Style::BODY
        };
        paper.styled(self.fill(values, &self.words.receipt), indented);
        paper.text("☐ 本人确认已签收保险合同");
        paper.part("三、联系资料及续期缴费账户确认或变更");
        paper.small(self.fill(values, &self.words.contact));
        self.contact(paper, true);
        paper.small(self.fill(values, &self.words.closing));
        paper.sign(&["投保人亲笔签名", "签名日期"]);
    }

    /// The letter of a branch.
    fn letter(&self, paper: &mut Document, values: &ScriptValues, name: &str) {
        let address = self.to.address.as_deref().unwrap_or(BLANK);
        paper.text(format!("{address}\n{name}　收"));
        self.head(paper, values, "");
        self.facts(paper, values, name);
        paper.small(self.fill(values, &self.words.rights));
        self.questions(paper, values);
        if !self.words.contact.is_empty() {
            paper.small(self.fill(values, &self.words.contact));
            self.contact(paper, false);
        }
        paper.text(self.fill(values, &self.words.closing));
        paper.sign(&["投保人亲笔签名", "签名日期"]);
        let right = Style {
            align: crate::paper::Align::Right,
            ..Style::BODY
        };
        paper.styled(
            format!("{}\n{}", self.org_name, in_words(self.issued_on)),
            right,
        );
    }
}

fn in_words(day: NaiveDate) -> String {
    format!("{} 年 {} 月 {} 日", day.year(), day.month(), day.day())
}

/// Places without a value are written on by hand.
fn blanks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('〔') {
        out.push_str(before);
        match after.split_once('〕') {
            Some((name, tail)) if name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') => {
                out.push_str(BLANK);
                rest = tail;
            }
            _ => {
                out.push('〔');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_not_known_is_left_to_be_written() {
        let filled = super::blanks("您于〔ack_signed_on〕签收，银保监〔2019〕1 号");
        assert_eq!(filled, "您于＿＿＿＿＿＿签收，银保监〔2019〕1 号");
    }
}
