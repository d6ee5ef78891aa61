//! Every address of the pages and of the API, with the rights that it needs. A new address needs a line
//! here; a test compares the list with the sources and with the document of the API.

use Kind::{Company, Object, Open, Own, Page};
use Needs::{All, Any, Person};
use domain::access::{Actor, Permission as P};

/// What somebody needs for an address.
#[derive(Clone, Copy, Debug)]
pub(super) enum Needs {
    /// To have signed in.
    Person,
    /// All of these rights.
    All(&'static [P]),
    /// One of these rights.
    Any(&'static [P]),
}

impl Needs {
    pub(super) fn met_by(self, actor: &Actor) -> bool {
        match self {
            Person => true,
            All(rights) => rights.iter().all(|p| actor.may(*p)),
            Any(rights) => rights.iter().any(|p| actor.may(*p)),
        }
    }

    /// The right whose scope cuts the rows.
    pub(super) fn of_rows(self) -> Option<P> {
        match self {
            Person => None,
            All(rights) | Any(rights) => rights.first().copied(),
        }
    }
}

/// What lies behind an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A page that opens for whoever has the rights.
    Page,
    /// A thing of a unit, here of Chongqing.
    Object,
    /// A thing of one person, here of a leader in Chongqing.
    Own,
    /// A thing of the whole company.
    Company,
    /// For everybody, signed in or not.
    Open,
}

/// An address: method, path, what it needs, what lies behind it.
pub(super) type Route = (&'static str, &'static str, Needs, Kind);

#[rustfmt::skip]
pub(super) const PAGES: &[Route] = &[
    ("GET",  "/", Person, Page),
    ("GET",  "/badges", Person, Page),
    ("GET",  "/watermark.svg", Person, Page),
    ("GET",  "/api/docs", Person, Open),
    ("GET",  "/sign-in", Person, Open),
    ("POST", "/session", Person, Open),
    ("POST", "/session/end", Person, Page),
    ("POST", "/preferences", Person, Page),
    ("GET",  "/first-administrator/{token}", Person, Open),
    ("POST", "/first-administrator/{token}", Person, Open),
    ("GET",  "/users", All(&[P::UsersManage]), Page),
    ("POST", "/users", All(&[P::UsersManage]), Page),
    ("GET",  "/users/{id}", All(&[P::UsersManage]), Object),
    ("POST", "/users/{id}", All(&[P::UsersManage]), Object),
    ("POST", "/users/{id}/password", All(&[P::UsersManage]), Object),
    ("POST", "/users/{id}/suspension", All(&[P::UsersManage]), Object),
    ("POST", "/users/{id}/suspension/deletion", All(&[P::UsersManage]), Object),
    ("GET",  "/units", All(&[P::OrgsManage]), Page),
    ("POST", "/units", All(&[P::OrgsManage]), Page),
    ("GET",  "/units/{code}", All(&[P::OrgsManage]), Object),
    ("POST", "/units/{code}", All(&[P::OrgsManage]), Object),
    ("POST", "/units/{code}/place", All(&[P::OrgsManage]), Object),
    ("POST", "/units/{code}/posts", All(&[P::OrgsManage]), Object),
    ("POST", "/units/{code}/posts/{post}/holders", All(&[P::OrgsManage]), Object),
    ("POST", "/units/{code}/holders/{holder}/deletion", All(&[P::OrgsManage]), Object),
    ("GET",  "/delegations", All(&[P::CallbacksRead]), Page),
    ("POST", "/delegations", All(&[P::CallbacksRead]), Page),
    ("POST", "/delegations/{id}/deletion", Person, Own),
    ("POST", "/delegations/{id}/acting", Person, Own),
    ("POST", "/delegations/acting/deletion", Person, Page),
    ("GET",  "/work-rules", All(&[P::RulesRead]), Page),
    ("POST", "/work-rules", All(&[P::OrgsManage]), Page),
    ("GET",  "/work-rules/{code}", All(&[P::RulesRead]), Company),
    ("GET",  "/clients", All(&[P::ClientsManage]), Page),
    ("POST", "/clients", All(&[P::ClientsManage]), Page),
    ("POST", "/clients/{id}/tokens", All(&[P::ClientsManage]), Object),
    ("POST", "/clients/{id}/tokens/{hint}/deletion", All(&[P::ClientsManage]), Object),
    ("POST", "/clients/{id}/suspension", All(&[P::ClientsManage]), Object),
    ("POST", "/clients/{id}/suspension/deletion", All(&[P::ClientsManage]), Object),
    ("GET",  "/audit", All(&[P::AuditRead]), Page),
    ("GET",  "/disclosures", All(&[P::AuditRead]), Page),
    ("GET",  "/rights", Any(&[P::RightsManage, P::RightsApprove]), Page),
    ("POST", "/rights/limits", All(&[P::RightsManage]), Company),
    ("GET",  "/rights/roles/{role}", Any(&[P::RightsManage, P::RightsApprove]), Page),
    ("POST", "/rights/roles/{role}", All(&[P::RightsManage]), Company),
    ("GET",  "/approvals", Person, Page),
    ("GET",  "/approvals/{id}", Person, Own),
    ("POST", "/approvals/{id}/decision", Person, Own),
    ("GET",  "/callbacks", All(&[P::CallbacksRead]), Page),
    ("POST", "/callbacks/views", Person, Page),
    ("POST", "/callbacks/views/{view}/deletion", Person, Own),
    ("POST", "/callbacks/assignments", All(&[P::CallbacksAssign]), Page),
    ("POST", "/callbacks/next", All(&[P::CallbacksMake]), Page),
    ("GET",  "/callbacks/{id}", All(&[P::CallbacksRead]), Object),
    ("POST", "/callbacks/{id}/assignment/deletion", All(&[P::CallbacksAssign]), Object),
    ("POST", "/callbacks/{id}/attempts", All(&[P::CallbacksMake]), Object),
    ("GET",  "/callbacks/{id}/call", All(&[P::CallbacksMake]), Object),
    ("POST", "/callbacks/{id}/answers", All(&[P::CallbacksMake]), Object),
    ("POST", "/callbacks/{id}/outcome", All(&[P::CallbacksMake]), Object),
    ("POST", "/callbacks/{id}/recordings", Any(&[P::CallbacksMake, P::CallbacksDecide]), Object),
    ("POST", "/callbacks/{id}/decisions", All(&[P::CallbacksDecide]), Object),
    ("GET",  "/recordings/{id}", All(&[P::RecordingsListen]), Object),
    ("GET",  "/customers", All(&[P::CustomersRead]), Page),
    ("GET",  "/customers/{customer_no}", All(&[P::CustomersRead]), Object),
    ("GET",  "/customers/{customer_no}/timeline", All(&[P::CustomersRead]), Object),
    ("POST", "/customers/{customer_no}/contact", All(&[P::CustomersEdit]), Object),
    ("POST", "/customers/{customer_no}/disclosures", All(&[P::PersonalDataReveal]), Object),
    ("POST", "/searches", All(&[P::CustomersRead]), Page),
    ("GET",  "/callbacks/export", All(&[P::CallbacksRead, P::DataExport]), Page),
    ("GET",  "/customers/export", All(&[P::CustomersRead, P::DataExport]), Page),
    ("GET",  "/obligations/export", All(&[P::ObligationsRead, P::DataExport]), Page),
    ("GET",  "/policies/export", All(&[P::PoliciesRead, P::DataExport]), Page),
    ("GET",  "/tickets/export", All(&[P::TicketsRead, P::DataExport]), Page),
    ("GET",  "/exports/new", All(&[P::DataExport]), Page),
    ("POST", "/exports/requests", All(&[P::DataExport]), Page),
    ("GET",  "/imports", All(&[P::ImportsRun]), Page),
    ("POST", "/imports", All(&[P::ImportsRun]), Page),
    ("GET",  "/imports/templates/{kind}", All(&[P::ImportsRun]), Page),
    ("GET",  "/imports/{id}", All(&[P::ImportsRun]), Company),
    ("GET",  "/imports/{id}/rejections", All(&[P::ImportsRun]), Company),
    ("GET",  "/jobs", Person, Page),
    ("GET",  "/jobs/{id}", Person, Own),
    ("GET",  "/jobs/{id}/file", Person, Own),
    ("POST", "/jobs/{id}/revival", Person, Own),
    ("GET",  "/extraction-runs", All(&[P::PlanRun]), Page),
    ("POST", "/extraction-runs", All(&[P::PlanRun]), Page),
    ("GET",  "/extraction-runs/{id}", All(&[P::PlanRun]), Company),
    ("GET",  "/obligations", All(&[P::ObligationsRead]), Page),
    ("GET",  "/obligations/{number}", All(&[P::ObligationsRead]), Object),
    ("GET",  "/policies", All(&[P::PoliciesRead]), Page),
    ("GET",  "/policies/{policy_no}", All(&[P::PoliciesRead]), Object),
    ("GET",  "/policies/{policy_no}/timeline", All(&[P::PoliciesRead]), Object),
    ("GET",  "/dashboard", All(&[P::ReportsRead]), Page),
    ("GET",  "/staffing", All(&[P::ReportsRead]), Page),
    ("GET",  "/staffing/file", All(&[P::ReportsRead, P::DataExport]), Page),
    ("GET",  "/reports", All(&[P::ReportsRead]), Page),
    ("GET",  "/reports/{metric}", All(&[P::ReportsRead]), Page),
    ("GET",  "/reports/{metric}/list", All(&[P::ReportsRead, P::CallbacksRead]), Page),
    ("GET",  "/reports/{metric}/file", All(&[P::ReportsRead, P::DataExport]), Page),
    ("GET",  "/rules", All(&[P::RulesRead]), Page),
    ("GET",  "/rules/calendar", All(&[P::RulesRead]), Page),
    ("GET",  "/rules/{jurisdiction}/{topic}", All(&[P::RulesRead]), Page),
    ("GET",  "/tickets", All(&[P::TicketsRead]), Page),
    ("GET",  "/tickets/{id}", All(&[P::TicketsRead]), Object),
    ("POST", "/tickets/{id}/steps", Any(&[P::TicketsHandle, P::TicketsIssue, P::TicketsVerify]), Object),
    ("POST", "/tickets/{id}/evidence", All(&[P::TicketsHandle]), Object),
];

/// Addresses that are no pages: health, static files, what the API answers in general.
pub(super) const NOT_PAGES: [&str; 5] = [
    "/healthz",
    "/readyz",
    "/metrics",
    "/assets/{hash}/{*path}",
    "/api/{*rest}",
];

#[rustfmt::skip]
pub(super) const API: &[Route] = &[
    ("GET",    "/api/v1/policies", All(&[P::PoliciesRead]), Page),
    ("GET",    "/api/v1/policies/{policy_no}", All(&[P::PoliciesRead]), Object),
    ("GET",    "/api/v1/customers", All(&[P::CustomersRead]), Page),
    ("GET",    "/api/v1/customers/{customer_no}", All(&[P::CustomersRead]), Object),
    ("POST",   "/api/v1/customers/searches", All(&[P::CustomersRead]), Page),
    ("PATCH",  "/api/v1/customers/{customer_no}/contact", All(&[P::CustomersEdit]), Object),
    ("POST",   "/api/v1/customers/{customer_no}/reveals", All(&[P::PersonalDataReveal]), Object),
    ("GET",    "/api/v1/users", All(&[P::UsersManage]), Page),
    ("POST",   "/api/v1/users", All(&[P::UsersManage]), Page),
    ("GET",    "/api/v1/users/{id}", All(&[P::UsersManage]), Object),
    ("PUT",    "/api/v1/users/{id}", All(&[P::UsersManage]), Object),
    ("POST",   "/api/v1/users/{id}/disable", All(&[P::UsersManage]), Object),
    ("POST",   "/api/v1/users/{id}/enable", All(&[P::UsersManage]), Object),
    ("GET",    "/api/v1/units", All(&[P::CallbacksRead]), Page),
    ("GET",    "/api/v1/callbacks", All(&[P::CallbacksRead]), Page),
    ("GET",    "/api/v1/callbacks/{callback}", All(&[P::CallbacksRead]), Object),
    ("GET",    "/api/v1/callbacks/{callback}/attempts", All(&[P::CallbacksRead]), Object),
    ("POST",   "/api/v1/callbacks/{callback}/attempts", All(&[P::CallbacksMake]), Object),
    ("GET",    "/api/v1/callbacks/{callback}/attempts/current", All(&[P::CallbacksRead, P::CallbacksMake]), Object),
    ("POST",   "/api/v1/callbacks/{callback}/attempts/current/outcome", All(&[P::CallbacksMake]), Object),
    ("GET",    "/api/v1/callbacks/{callback}/answers", All(&[P::CallbacksRead]), Object),
    ("POST",   "/api/v1/callbacks/{callback}/answers", All(&[P::CallbacksMake]), Object),
    ("GET",    "/api/v1/callbacks/{callback}/recordings", All(&[P::CallbacksRead]), Object),
    ("POST",   "/api/v1/callbacks/{callback}/recordings", Any(&[P::CallbacksMake, P::CallbacksDecide]), Object),
    ("GET",    "/api/v1/callers", All(&[P::CallbacksAssign]), Page),
    ("POST",   "/api/v1/callbacks/{callback}/assignment", All(&[P::CallbacksAssign]), Object),
    ("DELETE", "/api/v1/callbacks/{callback}/assignment", All(&[P::CallbacksAssign]), Object),
    ("POST",   "/api/v1/events", All(&[P::ImportsRun]), Page),
    ("GET",    "/api/v1/tickets", All(&[P::TicketsRead]), Page),
    ("GET",    "/api/v1/tickets/{ticket}", All(&[P::TicketsRead]), Object),
    ("POST",   "/api/v1/tickets/{ticket}/steps", Any(&[P::TicketsHandle, P::TicketsIssue, P::TicketsVerify]), Object),
    ("GET",    "/api/v1/obligations", All(&[P::ObligationsRead]), Page),
    ("GET",    "/api/v1/obligations/{number}", All(&[P::ObligationsRead]), Object),
    ("GET",    "/api/v1/obligations/{number}/explanation", All(&[P::ObligationsRead]), Object),
];
