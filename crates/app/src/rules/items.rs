//! The table of servicing items (保全项目): a parameter whose values name the payee, for each code.

use super::Rules;
use domain::questionnaires::Words;
use domain::rules::Span;
use rules::pack::{DatedValue, Operand};
use rules::{Facts, NaiveDate, Value};

/// The parameter that is the table.
const TABLE: &str = "service_item_payee";
/// The fact that its rows are told apart by.
const CODE: &str = "event.service_item_code";

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceItem {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Words,
    /// Who is paid, as a code of roles.
    pub payee: String,
    /// Where the row is written: pack and article.
    pub cite: (String, String),
    /// The days on which it counts.
    pub span: Span,
}

impl Rules {
    /// The servicing items of every day, in the order of codes.
    pub(crate) fn all_service_items(&self) -> &[ServiceItem] {
        self.items.get_or_init(|| self.read_items())
    }

    /// The servicing items that count on the day on which this set was read, in the order of codes.
    pub fn service_items(&self) -> impl Iterator<Item = &ServiceItem> {
        let today = self.read_on();
        let all = self.all_service_items().iter();
        all.filter(move |i| i.span.covers(today))
    }

    fn read_items(&self) -> Vec<ServiceItem> {
        let book = self.book();
        let code = book.schema().find_fact(CODE);
        let mut items = Vec::new();
        let members = book.find_parameter(TABLE).map(|g| &g.members);
        for member in members.into_iter().flatten() {
            let pack = book.pack(member.pack);
            if !pack.status.is_evaluated() {
                continue;
            }
            for value in &member.values {
                let span = Span {
                    from: value.from.max(pack.in_force.from),
                    until: [value.until, pack.in_force.until]
                        .into_iter()
                        .flatten()
                        .min(),
                };
                let codes = value.when.iter().filter(|c| Some(c.fact) == code);
                for operand in codes.map(|c| &c.operand).filter(|_| !span.is_empty()) {
                    items.extend(rows(value, operand, &pack.id, span));
                }
            }
        }
        items.sort_by(|a, b| a.code.cmp(&b.code));
        items
    }

    /// Codes of the programmes that call about payouts of policy servicing.
    pub fn payout_programmes(&self) -> Vec<String> {
        let programmes = self.book().programmes().iter();
        let payouts = programmes
            .filter(|p| p.discharge.get("payout").and_then(toml::Value::as_bool) == Some(true));
        let mut codes: Vec<_> = payouts.map(|p| p.code.clone()).collect();
        codes.sort();
        codes.dedup();
        codes
    }

    /// A number of the payout rules, which reach life business of some channels only.
    pub fn payout_setting(&self, id: &str, on: NaiveDate) -> Option<i64> {
        let book = self.book();
        let group = book.find_parameter(id)?;
        let mut facts = Facts::new(book.schema());
        let pack = book.pack(group.members.first()?.pack);
        for condition in &pack.scope {
            if let Operand::Literals(values) = &condition.operand
                && let Some(first) = values.first()
            {
                facts.set(condition.fact, first.clone());
            }
        }
        book.parameter_value(id, &facts, on)?.as_int()
    }

    /// A servicing item by its code.
    pub fn service_item(&self, code: &str) -> Option<&ServiceItem> {
        self.service_items().find(|i| i.code == code)
    }
}

fn rows(value: &DatedValue, operand: &Operand, pack: &str, span: Span) -> Vec<ServiceItem> {
    let (Operand::Literals(codes), Value::Code(payee)) = (operand, &value.value) else {
        return Vec::new();
    };
    let name = value.note.as_ref().map_or_else(Words::default, |n| Words {
        zh: n.zh.clone(),
        en: n.en.clone(),
    });
    let row = |code: &Value<'_>| match code {
        Value::Code(code) => Some(ServiceItem {
            code: code.clone().into_owned(),
            name: name.clone(),
            payee: payee.clone().into_owned(),
            cite: (pack.to_owned(), value.cite.article.clone()),
            span,
        }),
        _ => None,
    };
    codes.iter().filter_map(row).collect()
}
