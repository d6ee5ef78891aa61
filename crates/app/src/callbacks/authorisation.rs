//! Reading the authorisation of a family member who answers for the policyholder, and those there were.

use crate::{App, Error, FieldProblem, Result};
use domain::UnknownCode;
use domain::access::{Actor, Permission};
use domain::callbacks::{Authorisation, AuthorisedBy, ProxyReason, ProxyRelation};
use domain::ids::CustomerId;
use store::callbacks::{AuthorisationRow, list_authorisations};

/// Longest name.
const NAME_MAX: usize = 60;
/// Authorisations that the overview of a customer names.
const SHOWN: i64 = 5;

/// Authorisations of family members on callbacks of a customer, the newest first; nothing for who may not see
/// callbacks.
///
/// # Errors
/// What the store says.
pub async fn authorisations_of(
    app: &App,
    actor: &Actor,
    customer: CustomerId,
) -> Result<Vec<AuthorisationRow>> {
    match actor.scope(Permission::CallbacksRead) {
        Ok(scope) => Ok(list_authorisations(app.store(), &scope, customer, SHOWN).await?),
        Err(_) => Ok(Vec::new()),
    }
}

/// The authorisation as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct ProxyForm {
    /// Name of the family member.
    pub name: String,
    /// What they are to the policyholder, as a code.
    pub relation: String,
    /// Why the policyholder cannot answer, as a code.
    pub reason: String,
    /// How the policyholder agreed, as a code.
    pub given: String,
}

impl ProxyForm {
    /// The authorisation; every part of it is needed.
    pub(super) fn read(&self) -> Result<Authorisation> {
        let mut problems = Vec::new();
        let name = self.name.trim();
        if name.is_empty() {
            problems.push(FieldProblem::new("proxy_name", "missing"));
        } else if name.chars().count() > NAME_MAX {
            problems.push(FieldProblem::new("proxy_name", "too-long"));
        }
        let relation = code("proxy_relation", &self.relation, ProxyRelation::parse);
        let reason = code("proxy_reason", &self.reason, ProxyReason::parse);
        let given = code("proxy_given", &self.given, AuthorisedBy::parse);
        match (relation, reason, given) {
            (Ok(relation), Ok(reason), Ok(given)) if problems.is_empty() => Ok(Authorisation {
                name: name.to_owned(),
                relation,
                reason,
                given,
            }),
            (relation, reason, given) => {
                problems.extend(relation.err());
                problems.extend(reason.err());
                problems.extend(given.err());
                Err(Error::Invalid(problems))
            }
        }
    }
}

fn code<T>(
    field: &str,
    text: &str,
    parse: impl Fn(&str) -> std::result::Result<T, UnknownCode>,
) -> std::result::Result<T, FieldProblem> {
    match text {
        "" => Err(FieldProblem::new(field, "missing")),
        code => parse(code).map_err(|_| FieldProblem::new(field, "unknown-code")),
    }
}
