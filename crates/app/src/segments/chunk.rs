//! A chunk of customers: what models say beside what stands, and what is written.

use super::facts::Cases;
use super::models::{Models, Said};
use crate::Result;
use chrono::NaiveDate;
use domain::segments::{ClassModel, CustomerClass, in_force};
use rules::Facts;
use std::collections::HashMap;
use store::dialect::bulk::{Bulk, Cell, SwapRow};
use store::segments::{
    self as rows, NewClass, NewScore, OpenClass, OpenScore, ScoredCustomer, SetByHand, Whom,
};
use uuid::Uuid;

/// What stands of a chunk of customers.
struct Present {
    scores: HashMap<(Uuid, ClassModel), OpenScore>,
    classes: HashMap<(Uuid, ClassModel), OpenClass>,
    set: HashMap<(Uuid, ClassModel), SetByHand>,
}

impl Present {
    async fn read(bulk: &mut Bulk, whom: &Whom, on: NaiveDate) -> Result<Self> {
        let scores = rows::read_open_scores(bulk, whom).await?;
        let classes = rows::read_open_classes(bulk, whom).await?;
        // Of several the latest counts.
        let set = rows::read_set_by_hand(bulk, whom, on).await?;
        Ok(Self {
            scores: scores
                .into_iter()
                .map(|s| ((s.customer, s.model), s))
                .collect(),
            classes: classes
                .into_iter()
                .map(|c| ((c.customer, c.model), c))
                .collect(),
            set: set
                .into_iter()
                .map(|s| ((s.customer, s.model), s))
                .collect(),
        })
    }
}

/// What is to be written.
#[derive(Default)]
struct Changes {
    scores_ended: Vec<Uuid>,
    scores: Vec<NewScore>,
    classes_ended: Vec<Uuid>,
    classes: Vec<NewClass>,
    customers: Vec<SwapRow>,
    raised: Vec<Uuid>,
}

/// What became of a chunk.
#[derive(Default)]
pub(super) struct Looked {
    /// Customers looked at.
    pub customers: usize,
    /// The last of them.
    pub last: Option<Uuid>,
    /// Points or classes that models gave anew.
    pub scored: usize,
    /// Customers whose class in force is another.
    pub changed: Vec<Uuid>,
    /// Of those, whose risk class became high.
    pub raised: Vec<Uuid>,
}

/// Looks at customers and writes what is new.
pub(super) async fn look(
    bulk: &mut Bulk,
    models: &Models,
    whom: &Whom,
    limit: i64,
) -> Result<Looked> {
    let (as_of, periods) = (models.as_of, models.periods);
    let cases = Cases::read(bulk, whom, (as_of, periods), limit).await?;
    let (Some(first), Some(last)) = (cases.customers.first(), cases.customers.last()) else {
        return Ok(Looked::default());
    };
    let whom = match whom {
        Whom::Between(..) => Whom::Between(first.id, last.id),
        Whom::List(ids) => Whom::List(ids.clone()),
    };
    let present = Present::read(bulk, &whom, as_of).await?;
    let mut changes = Changes::default();
    let mut facts = Facts::new(models.rules.book().schema());
    for (at, customer) in cases.customers.iter().enumerate() {
        models.fill(&cases, &mut facts, at);
        let mut now = [None; 2];
        for model in ClassModel::ALL.iter().copied() {
            let said = models.say(model, &facts);
            changes.score(models, customer.id, model, said, &present, &facts);
            now[model as usize] = changes.class(customer, model, said, &present);
        }
        changes.note(customer, now);
    }
    let looked = Looked {
        customers: cases.customers.len(),
        last: Some(last.id),
        scored: changes.scores.len(),
        changed: changes.customers.iter().map(|c| c.id).collect(),
        raised: std::mem::take(&mut changes.raised),
    };
    rows::write_scores(bulk, as_of, &changes.scores_ended, changes.scores).await?;
    rows::write_classes(
        bulk,
        as_of,
        &changes.classes_ended,
        changes.classes,
        &changes.customers,
    )
    .await?;
    Ok(looked)
}

impl Changes {
    /// What a model says, where it says something else than before.
    fn score(
        &mut self,
        models: &Models,
        customer: Uuid,
        model: ClassModel,
        said: Option<Said>,
        present: &Present,
        facts: &Facts<'_>,
    ) {
        let before = present.scores.get(&(customer, model));
        let hash = models.hash(model);
        let same = match (before, said) {
            (None, None) => true,
            (Some(b), Some(s)) => b.class == s.class && b.points == s.points && b.pack_hash == hash,
            _ => false,
        };
        if same {
            return;
        }
        self.scores_ended.extend(before.map(|b| b.id));
        self.scores.extend(said.map(|said| NewScore {
            customer,
            model,
            class: said.class,
            points: said.points,
            pack_hash: hash.to_owned(),
            generation: models.rules.generation(),
            facts: models.keep(model, facts),
        }));
    }

    /// The class in force, and a new span where it is another or for another reason.
    fn class(
        &mut self,
        customer: &ScoredCustomer,
        model: ClassModel,
        said: Option<Said>,
        present: &Present,
    ) -> Option<CustomerClass> {
        let key = (customer.id, model);
        let set = present.set.get(&key);
        let imported = match model {
            ClassModel::Value => parse(customer.imported_value_class.as_deref()),
            ClassModel::Risk => None,
        };
        let now = in_force(set.map(|s| s.class), said.map(|s| s.class), imported);
        let before = present.classes.get(&key);
        let span = now.and_then(|(class, cause)| Some((class, cause?)));
        let by = set.map(|s| s.id);
        let same = match (before, span) {
            (None, None) => true,
            (Some(b), Some((class, cause))) => (b.class, b.cause, b.set) == (class, cause, by),
            _ => false,
        };
        if !same {
            self.classes_ended.extend(before.map(|b| b.id));
            self.classes.extend(span.map(|(class, cause)| NewClass {
                customer: customer.id,
                model,
                class,
                cause,
                set: by,
                earlier: before.map(|b| b.class).or(match model {
                    ClassModel::Value => parse(customer.value_class.as_deref()),
                    ClassModel::Risk => None,
                }),
            }));
        }
        now.map(|(class, _)| class)
    }

    /// Notes the classes at the customer where they are others.
    fn note(&mut self, customer: &ScoredCustomer, now: [Option<CustomerClass>; 2]) {
        let before = [&customer.value_class, &customer.risk_class];
        let codes = now.map(|c| c.map(CustomerClass::as_str));
        let same = before.iter().zip(codes).all(|(b, c)| b.as_deref() == c);
        let high = Some(CustomerClass::High.as_str());
        let risk = ClassModel::Risk as usize;
        if codes[risk] == high && before[risk].as_deref() != high {
            self.raised.push(customer.id);
        }
        if !same {
            self.customers.push(SwapRow {
                id: customer.id,
                old: before.map(|b| Cell::from(b.clone())).to_vec(),
                new: codes.map(Cell::from).to_vec(),
            });
        }
    }
}

fn parse(code: Option<&str>) -> Option<CustomerClass> {
    code.and_then(|c| CustomerClass::parse(c).ok())
}
