//! The menu: where people can go, and the right that each place needs.

use app::access::Session;
use domain::access::Permission;

/// An entry of the menu.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Name of the place; the message is `nav-<name>`.
    pub(crate) name: &'static str,
    /// Address.
    pub(crate) href: &'static str,
    /// Icon of the sprite.
    pub(crate) icon: &'static str,
    /// The right that it needs; none for what everybody has.
    right: Option<Permission>,
    /// Other rights of which one is enough.
    or: &'static [Permission],
}

const fn entry_or(
    name: &'static str,
    href: &'static str,
    icon: &'static str,
    or: &'static [Permission],
) -> Entry {
    Entry {
        name,
        href,
        icon,
        right: Some(or[0]),
        or,
    }
}

const fn entry(
    name: &'static str,
    href: &'static str,
    icon: &'static str,
    right: Option<Permission>,
) -> Entry {
    Entry {
        name,
        href,
        icon,
        right,
        or: &[],
    }
}

/// Daily work.
pub(crate) const WORK: &[Entry] = &[
    entry("workbench", "/", "home", None),
    entry(
        "callbacks",
        "/callbacks",
        "headset",
        Some(Permission::CallbacksRead),
    ),
    entry(
        "plans",
        "/plans",
        "calendar-event",
        Some(Permission::CallbacksAssign),
    ),
    entry(
        "campaigns",
        "/campaigns",
        "flag",
        Some(Permission::CampaignsRead),
    ),
    entry(
        "payouts",
        "/payouts",
        "clipboard-check",
        Some(Permission::CallbacksRead),
    ),
    entry(
        "reviews",
        "/reviews",
        "clipboard-check",
        Some(Permission::CallbacksRead),
    ),
    entry(
        "electronic",
        "/electronic",
        "message-exclamation",
        Some(Permission::CallbacksRead),
    ),
    entry(
        "tickets",
        "/tickets",
        "ticket",
        Some(Permission::TicketsRead),
    ),
    entry("letters", "/letters", "mail", Some(Permission::LettersRead)),
    entry(
        "problem-lists",
        "/problem-lists",
        "list-check",
        Some(Permission::TicketsRead),
    ),
    entry("visits", "/visits", "map-pin", Some(Permission::VisitsRead)),
    entry(
        "field-slips",
        "/field-slips",
        "clipboard-check",
        Some(Permission::SlipsRead),
    ),
    entry(
        "coming-callbacks",
        "/callbacks/coming",
        "phone-check",
        Some(Permission::SlipsRegister),
    ),
    entry(
        "surveys",
        "/surveys",
        "checklist",
        Some(Permission::SurveysRead),
    ),
    entry(
        "care",
        "/care",
        "calendar-due",
        Some(Permission::MessagesRead),
    ),
    entry(
        "messages",
        "/messages",
        "mail",
        Some(Permission::MessagesRead),
    ),
    entry(
        "policies",
        "/policies",
        "file-text",
        Some(Permission::PoliciesRead),
    ),
    entry(
        "obligations",
        "/obligations",
        "list-check",
        Some(Permission::ObligationsRead),
    ),
    entry(
        "dashboard",
        "/dashboard",
        "chart-bar",
        Some(Permission::ReportsRead),
    ),
];

/// Customers: who they are, how good what is known of them is, what they are worth and what risk they bear.
pub(crate) const CUSTOMERS: &[Entry] = &[
    entry(
        "customers",
        "/customers",
        "users",
        Some(Permission::CustomersRead),
    ),
    entry(
        "my-customers",
        "/my-customers",
        "user-circle",
        Some(Permission::ServiceRead),
    ),
    entry(
        "information-changes",
        "/information-changes",
        "checks",
        Some(Permission::CustomersEdit),
    ),
    entry(
        "information-quality",
        "/information-quality",
        "clipboard-check",
        Some(Permission::CustomersRead),
    ),
    entry(
        "duplicates",
        "/duplicates",
        "sitemap",
        Some(Permission::DuplicatesRead),
    ),
    entry(
        "classes",
        "/classes",
        "chart-bar",
        Some(Permission::CustomersRead),
    ),
    entry(
        "watch-list",
        "/watch-list",
        "flag",
        Some(Permission::ServiceRead),
    ),
    entry(
        "service-customers",
        "/service-customers",
        "user-shield",
        Some(Permission::ServiceAssign),
    ),
    entry(
        "service-teams",
        "/service-teams",
        "users",
        Some(Permission::ServiceAssign),
    ),
    entry(
        "service-report",
        "/service-report",
        "table",
        Some(Permission::ReportsRead),
    ),
    entry(
        "risk",
        "/risk",
        "alert-triangle",
        Some(Permission::RiskRead),
    ),
    entry(
        "customer-flags",
        "/customer-flags",
        "message-exclamation",
        Some(Permission::ServiceRead),
    ),
    entry(
        "core-changes",
        "/core-changes",
        "arrows-exchange",
        Some(Permission::InformationDeliver),
    ),
    entry(
        "entry-lag",
        "/entry-lag",
        "clock",
        Some(Permission::ReportsRead),
    ),
];

/// Management.
pub(crate) const MANAGE: &[Entry] = &[
    entry(
        "reports",
        "/reports",
        "table",
        Some(Permission::ReportsRead),
    ),
    entry(
        "electronic-samples",
        "/electronic/samples",
        "clipboard-check",
        Some(Permission::ElectronicInspect),
    ),
    entry("rules", "/rules", "scale", Some(Permission::RulesRead)),
    entry(
        "questionnaires",
        "/questionnaires",
        "checklist",
        Some(Permission::QuestionnairesRead),
    ),
    entry(
        "staffing",
        "/staffing",
        "users",
        Some(Permission::ReportsRead),
    ),
    entry(
        "duties",
        "/duties",
        "checklist",
        Some(Permission::ReportsRead),
    ),
    entry(
        "samples",
        "/samples",
        "list-check",
        Some(Permission::ReportsRead),
    ),
    entry(
        "record-signals",
        "/record-signals",
        "alert-triangle",
        Some(Permission::CallbacksCheck),
    ),
    entry(
        "work-rules",
        "/work-rules",
        "bookmark",
        Some(Permission::RulesRead),
    ),
    entry(
        "extraction-runs",
        "/extraction-runs",
        "calendar-event",
        Some(Permission::PlanRun),
    ),
    entry_or(
        "approvals",
        "/approvals",
        "checks",
        &[
            Permission::DataExport,
            Permission::ExportsApprove,
            Permission::RightsManage,
            Permission::RightsApprove,
            Permission::TemplatesEdit,
            Permission::TemplatesApprove,
            Permission::ClassesOverride,
            Permission::ClassesApprove,
            Permission::DuplicatesDecide,
            Permission::DuplicatesApprove,
        ],
    ),
    entry(
        "data-requests",
        "/data-requests",
        "user-shield",
        Some(Permission::DataRequestsHandle),
    ),
    entry_or(
        "retention",
        "/retention",
        "archive",
        &[Permission::RetentionManage, Permission::RetentionApprove],
    ),
];

/// The house itself: data coming in, people and their rights, proof, keys.
pub(crate) const SYSTEM: &[Entry] = &[
    entry(
        "imports",
        "/imports",
        "database-import",
        Some(Permission::ImportsRun),
    ),
    entry("units", "/units", "sitemap", Some(Permission::OrgsManage)),
    entry(
        "users",
        "/users",
        "user-circle",
        Some(Permission::UsersManage),
    ),
    entry_or(
        "rights",
        "/rights",
        "adjustments",
        &[Permission::RightsManage, Permission::RightsApprove],
    ),
    entry(
        "clients",
        "/clients",
        "key",
        Some(Permission::ClientsManage),
    ),
    entry(
        "audit",
        "/audit",
        "shield-check",
        Some(Permission::AuditRead),
    ),
    entry(
        "backups",
        "/system/backups",
        "database-export",
        Some(Permission::SystemManage),
    ),
    entry(
        "health",
        "/system/health",
        "heartbeat",
        Some(Permission::SystemManage),
    ),
    entry(
        "disclosures",
        "/disclosures",
        "eye",
        Some(Permission::AuditRead),
    ),
    entry(
        "keys",
        "/system/keys",
        "lock",
        Some(Permission::SystemManage),
    ),
];

/// Every entry of the menu that a person may open.
pub(crate) fn everything(session: Option<&Session>) -> Vec<Entry> {
    let groups = [WORK, CUSTOMERS, MANAGE, SYSTEM].into_iter();
    groups.flat_map(|all| entries(all, session)).collect()
}

/// The entries that a person may open.
pub(crate) fn entries(all: &[Entry], session: Option<&Session>) -> Vec<Entry> {
    let Some(session) = session else {
        return Vec::new();
    };
    let may = |right| session.actor.may(right);
    let has = |e: &&Entry| e.right.is_none_or(may) || e.or.iter().copied().any(may);
    all.iter().filter(has).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::access::{Rights, Role};

    /// ORG-04 to ORG-06: each duty of a post is done at places that somebody in its roles may open.
    #[test]
    fn duties_are_done_at_places_of_the_menu() {
        let rights = Rights::shipped();
        for kind in app::access::post_kinds().unwrap() {
            for duty in &kind.duties {
                let does = |role: &&Role| duty.needs.iter().all(|n| rights.grants(&[**role], *n));
                let role = kind.roles.iter().find(does).unwrap();
                for name in &duty.at {
                    let place = [WORK, CUSTOMERS, MANAGE, SYSTEM].concat();
                    let place = place.iter().find(|e| e.name == name);
                    let place = place.unwrap_or_else(|| panic!("{}: no place {name}", duty.code));
                    let opens = |right: Permission| rights.grants(&[*role], right);
                    let is_open =
                        place.right.is_none_or(opens) || place.or.iter().copied().any(opens);
                    assert!(is_open, "{} {role:?} {name}", duty.code);
                }
            }
        }
    }
}
