//! Writing checked rows: what they refer to is looked up, changes are queued for planning.

use super::reason::Reason;
use super::run::{Import, Parsed};
use super::{orgs, policies};
use crate::Result;
use domain::imports::ImportKind;
use std::collections::{HashMap, HashSet};
use store::dialect::bulk::Cell;
use store::imports::{self as rows, Fate, Field, Outcome, Record, Rejection};
use store::obligations::{QueueKind, enqueue, enqueue_changed};
use store::policies::{NewReceipt, StatusEvent};
use uuid::Uuid;

/// What became of the rows of a chunk.
#[derive(Default)]
pub(super) struct Written {
    pub outcomes: Vec<Outcome>,
    pub rejections: Vec<Rejection>,
}

impl Import {
    fn reason(&self) -> String {
        format!("import {}", self.kind)
    }

    async fn upsert(
        &mut self,
        entity: &'static rows::Entity,
        records: &[Record],
    ) -> Result<Vec<Outcome>> {
        let reason = self.reason();
        Ok(rows::upsert(&mut self.bulk, entity, records, &self.actor, &reason).await?)
    }

    pub(super) async fn write_rows(&mut self, chunk: Vec<(u64, Parsed)>) -> Result<Written> {
        match self.kind {
            ImportKind::Orgs => Ok(Written::default()),
            ImportKind::Agents => self.write_agents(chunk).await,
            ImportKind::Customers => self.write_customers(chunk).await,
            ImportKind::Contacts => self.write_contacts(chunk).await,
            ImportKind::Policies => self.write_policies(chunk).await,
            ImportKind::Events => self.write_events(chunk).await,
        }
    }

    pub(super) async fn write_orgs(&mut self, waiting: Vec<(u64, orgs::Org)>) -> Result<()> {
        let mut known = self.references.orgs.clone();
        let (waves, refused) = orgs::waves(waiting, &known);
        let mut written = Written::default();
        for (line, _, reason) in refused {
            written
                .rejections
                .push(refusal(line, "parent_code", reason));
        }
        self.bulk.begin().await?;
        let mut moved = false;
        for wave in waves {
            let records: Vec<_> = wave
                .iter()
                .filter_map(|(_, org)| org.record(&known))
                .collect();
            let outcomes = self.upsert(&rows::ORGS, &records).await?;
            for ((_, org), outcome) in wave.iter().zip(&outcomes) {
                moved |= matches!(outcome.fate, Fate::Updated(_));
                let path = org.path(&known);
                known.insert(org.code.clone(), (outcome.id, path));
            }
            written.outcomes.extend(outcomes);
        }
        if moved {
            // A unit that moved carries others with it, and its region decides which rules apply.
            store::orgs::rebuild_paths(&mut self.bulk).await?;
            store::obligations::enqueue_everything(&mut self.bulk).await?;
        }
        let count = written.outcomes.len();
        self.commit(written, Vec::new(), count, 0).await
    }

    async fn write_agents(&mut self, chunk: Vec<(u64, Parsed)>) -> Result<Written> {
        let agents: Vec<_> = chunk
            .into_iter()
            .filter_map(|(_, p)| {
                if let Parsed::Agent(agent) = p {
                    Some(agent)
                } else {
                    None
                }
            })
            .collect();
        let records: Vec<_> = agents.iter().map(|a| a.record.clone()).collect();
        let outcomes = self.upsert(&rows::AGENTS, &records).await?;
        let mut spans = Vec::new();
        let mut left_behind = Vec::new();
        for (agent, outcome) in agents.iter().zip(&outcomes) {
            // Without a day nobody knows when someone left who had left before we knew them.
            let known_now =
                matches!(outcome.fate, Fate::Updated(_)).then_some(self.references.today);
            let Some(left_on) = agent.left_on.or(known_now).filter(|_| agent.left) else {
                continue;
            };
            if outcome.fate == Fate::Unchanged {
                continue;
            }
            let event =
                store::policies::put_agent_left(&mut self.bulk, outcome.id, &agent.code, left_on)
                    .await?;
            spans.push((event, event, None));
            let policies =
                store::policies::read_policies_of_agent(&mut self.bulk, outcome.id).await?;
            left_behind.extend(policies.into_iter().map(|id| (id, id, None)));
        }
        enqueue(&mut self.bulk, QueueKind::Events, &spans).await?;
        // Whoever they looked after is told (orphan policies).
        enqueue(&mut self.bulk, QueueKind::Policies, &left_behind).await?;
        Ok(Written {
            outcomes,
            rejections: Vec::new(),
        })
    }

    async fn write_customers(&mut self, chunk: Vec<(u64, Parsed)>) -> Result<Written> {
        let records: Vec<_> = chunk
            .into_iter()
            .filter_map(|(_, p)| {
                if let Parsed::Customer(c) = p {
                    Some(c.record)
                } else {
                    None
                }
            })
            .collect();
        let outcomes = self.upsert(&rows::CUSTOMERS, &records).await?;
        let changed: Vec<_> = outcomes
            .iter()
            .filter(|o| matches!(o.fate, Fate::Updated(_)))
            .map(|o| Cell::Id(o.id))
            .collect();
        if !changed.is_empty() {
            store::customers::follow_changes(&mut self.bulk, &changed).await?;
        }
        enqueue_changed(&mut self.bulk, QueueKind::Customers, &spans(&outcomes)).await?;
        self.follow_refusals(&outcomes).await?;
        Ok(Written {
            outcomes,
            rejections: Vec::new(),
        })
    }

    /// A refusal of marketing under a number that was merged is the survivor's, with its trace.
    async fn follow_refusals(&mut self, outcomes: &[Outcome]) -> Result<()> {
        let columns = rows::CUSTOMERS.columns;
        let place = |name: &str| columns.iter().position(|c| c.name == name);
        let (Some(number), Some(consent)) = (place("customer_no"), place("marketing_consent"))
        else {
            return Ok(());
        };
        let refuses = |o: &&Outcome| match &o.fate {
            Fate::Updated(changes) => changes
                .iter()
                .any(|c| c.column == consent && c.new == Some(Cell::Bool(false))),
            _ => false,
        };
        let refused: Vec<_> = outcomes
            .iter()
            .filter(refuses)
            .map(|o| Cell::Id(o.id))
            .collect();
        if refused.is_empty() {
            return Ok(());
        }
        let survivors = store::customers::list_unrefusing_survivors(&mut self.bulk, &refused);
        let records: Vec<_> = survivors
            .await?
            .into_iter()
            .map(|survivor| {
                let mut fields = vec![Field::Absent; columns.len()];
                fields[number] = Field::Value(Cell::Text(survivor));
                fields[consent] = Field::Value(Cell::Bool(false));
                Record { fields }
            })
            .collect();
        if records.is_empty() {
            return Ok(());
        }
        let followed = self.upsert(&rows::CUSTOMERS, &records).await?;
        Ok(enqueue_changed(&mut self.bulk, QueueKind::Customers, &spans(&followed)).await?)
    }

    async fn write_contacts(&mut self, chunk: Vec<(u64, Parsed)>) -> Result<Written> {
        let mut written = Written::default();
        let contacts: Vec<_> = chunk
            .into_iter()
            .filter_map(|(line, p)| {
                if let Parsed::Contact(c) = p {
                    Some((line, c))
                } else {
                    None
                }
            })
            .collect();
        let numbers: Vec<_> = contacts
            .iter()
            .map(|(_, c)| Cell::Text(c.customer_no.clone()))
            .collect();
        let groups = store::customers::lookup_groups(&mut self.bulk, &numbers).await?;
        let mut records = Vec::new();
        for (line, contact) in &contacts {
            match groups.get(&contact.customer_no) {
                Some((id, true)) => records.push(contact.record(*id)),
                Some((_, false)) => {
                    written
                        .rejections
                        .push(refusal(*line, "customer_no", Reason::NotAGroup));
                }
                None => {
                    written
                        .rejections
                        .push(refusal(*line, "customer_no", Reason::UnknownCustomer));
                }
            }
        }
        written.outcomes = self.upsert(&rows::CONTACTS, &records).await?;
        Ok(written)
    }

    async fn write_policies(&mut self, chunk: Vec<(u64, Parsed)>) -> Result<Written> {
        let mut written = Written::default();
        let mut numbers: Vec<&str> = Vec::new();
        for (_, parsed) in &chunk {
            if let Parsed::Policy(p) = parsed {
                numbers.push(&p.holder_no);
                numbers.extend(p.insured_no.as_deref());
                numbers.extend(p.beneficiary_no.as_deref());
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        let numbers: Vec<_> = numbers
            .into_iter()
            .map(|n| Cell::Text(n.to_owned()))
            .collect();
        let known = rows::lookup_customers(&mut self.bulk, &numbers).await?;
        let mut taken = Vec::with_capacity(chunk.len());
        for (line, parsed) in chunk {
            let Parsed::Policy(mut policy) = parsed else {
                continue;
            };
            match policy.resolve(&known) {
                Ok(()) => taken.push(policy),
                Err(column) => {
                    written
                        .rejections
                        .push(refusal(line, column, Reason::UnknownCustomer));
                }
            }
        }
        let records: Vec<_> = taken.iter().map(|p| p.record.clone()).collect();
        written.outcomes = self.upsert(&rows::POLICIES, &records).await?;
        self.after_policies(&taken, &written.outcomes, &known)
            .await?;
        Ok(written)
    }

    /// Receipts are kept, changes of status become events, and the planner looks at all of it.
    async fn after_policies(
        &mut self,
        taken: &[Box<policies::Policy>],
        outcomes: &[Outcome],
        customers: &HashMap<String, Uuid>,
    ) -> Result<()> {
        let mut receipts = Vec::new();
        let mut created: Option<(Uuid, Uuid)> = None;
        let mut spans = Vec::new();
        for (policy, outcome) in taken.iter().zip(outcomes) {
            let id = outcome.id;
            let (new_receipt, new_status) = match &outcome.fate {
                Fate::Unchanged => continue,
                Fate::Created => {
                    created =
                        Some(created.map_or((id, id), |(low, high)| (low.min(id), high.max(id))));
                    (true, false)
                }
                Fate::Updated(changes) => {
                    spans.push((id, id));
                    let has = |at: usize| changes.iter().any(|c| c.column == at);
                    (has(policies::at::ACK_SIGNED_ON), has(policies::at::STATUS))
                }
            };
            if let Some((signed_on, entered_on, electronic)) = policy.ack.filter(|_| new_receipt) {
                receipts.push(NewReceipt {
                    policy: id,
                    signed_on,
                    entered_on,
                    electronic,
                });
            }
            if let Some(kind) = policy.status.implied_event().filter(|_| new_status) {
                let customer = customers
                    .get(&policy.holder_no)
                    .copied()
                    .unwrap_or_default();
                let known_on = self.references.today;
                let event = StatusEvent {
                    policy: id,
                    customer,
                    kind,
                    known_on,
                };
                store::policies::insert_status_event(&mut self.bulk, event).await?;
            }
        }
        store::policies::insert_receipts(&mut self.bulk, &receipts).await?;
        spans.extend(created);
        Ok(enqueue_changed(&mut self.bulk, QueueKind::Policies, &spans).await?)
    }

    async fn write_events(&mut self, chunk: Vec<(u64, Parsed)>) -> Result<Written> {
        let mut written = Written::default();
        let cells = |numbers: HashSet<&String>| -> Vec<Cell> {
            numbers.into_iter().map(|n| Cell::Text(n.clone())).collect()
        };
        let chunk: Vec<_> = chunk
            .into_iter()
            .filter_map(|(line, p)| {
                if let Parsed::Event(e) = p {
                    Some((line, e))
                } else {
                    None
                }
            })
            .collect();
        let policy_nos = cells(
            chunk
                .iter()
                .filter_map(|(_, e)| e.policy_no.as_ref())
                .collect(),
        );
        let customer_nos = cells(
            chunk
                .iter()
                .filter_map(|(_, e)| e.customer_no.as_ref())
                .collect(),
        );
        let known_policies = rows::lookup_policies(&mut self.bulk, &policy_nos).await?;
        let known_customers = rows::lookup_customers(&mut self.bulk, &customer_nos).await?;
        let mut taken = Vec::with_capacity(chunk.len());
        for (line, mut event) in chunk {
            match event.resolve(&known_policies, &known_customers) {
                Ok(()) => taken.push(event),
                Err((column, reason)) => written.rejections.push(refusal(line, column, reason)),
            }
        }
        let standing: Vec<_> = taken
            .iter()
            .filter_map(|e| {
                let (policy, _) = known_policies.get(e.policy_no.as_ref()?)?;
                let id = e.key.split('\u{1f}').next()?.to_owned();
                Some((*policy, e.kind, id))
            })
            .collect();
        store::policies::adopt_status_events(&mut self.bulk, &standing).await?;
        let records: Vec<_> = taken.iter().map(|e| e.record.clone()).collect();
        written.outcomes = self.upsert(&rows::EVENTS, &records).await?;
        let spans = spans(&written.outcomes);
        enqueue_changed(&mut self.bulk, QueueKind::Events, &spans).await?;
        Ok(written)
    }
}

/// One span over the new rows, and one for each changed row.
fn spans(outcomes: &[Outcome]) -> Vec<(Uuid, Uuid)> {
    let created = outcomes
        .iter()
        .filter(|o| o.fate == Fate::Created)
        .map(|o| o.id);
    let span = created.clone().min().zip(created.max());
    let changed = outcomes
        .iter()
        .filter(|o| matches!(o.fate, Fate::Updated(_)));
    let mut spans: Vec<_> = changed.map(|o| (o.id, o.id)).collect();
    spans.extend(span);
    spans
}

fn refusal(line: u64, column: &str, reason: Reason) -> Rejection {
    Rejection {
        line,
        column: column.to_owned(),
        value_masked: String::new(),
        reason_code: reason.code().to_owned(),
        detail: reason.to_string(),
    }
}
