//! A person of one branch sees nothing of another's, by any function; a caller sees the own list.

pub(crate) mod objects;
mod use_cases;
mod walk;
mod walk_campaigns;
mod walk_cases;
mod walk_data_quality;
mod walk_duplicates;
mod walk_electronic;
mod walk_information;
mod walk_letters;
mod walk_messages;
mod walk_payouts;
mod walk_plans;
mod walk_relations;
mod walk_reports;
mod walk_retention;
mod walk_risk;
mod walk_segments;
mod walk_service;
mod walk_surveys;
mod walk_units;
mod walk_visits;

use domain::access::{Actor, Permission};
use objects::{begin, objects, portfolio};
use rstest::rstest;
use std::collections::{BTreeMap, BTreeSet};
use testkit::{Engine, TestApp};
use walk::{OF_THE_COMPANY, walk};

/// SEC-02, ORG-01: no function of the store shows a row of another branch; each shows the own.
#[rstest]
#[tokio::test]
async fn a_branch_sees_its_own_rows_only(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, here, there) = begin(engine).await;
    let p = t.people();
    let scope_of = |actor: &Actor| actor.scope(Permission::CallbacksRead).unwrap();
    let (cq, sd) = (scope_of(&p.leader_cq), scope_of(&p.leader_sd));
    let head_office = scope_of(&p.manager);
    let nothing = |seen: BTreeMap<&'static str, usize>| {
        seen.into_iter()
            .filter(|(_, n)| *n > 0)
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        nothing(walk(&t, &cq, &there).await),
        Vec::<&str>::new(),
        "Chongqing sees Shandong"
    );
    assert_eq!(
        nothing(walk(&t, &sd, &here).await),
        Vec::<&str>::new(),
        "Shandong sees Chongqing"
    );
    for (scope, objects) in [(&cq, &here), (&sd, &there), (&head_office, &there)] {
        let blind: Vec<_> = walk(&t, scope, objects)
            .await
            .into_iter()
            .filter_map(|(name, n)| (n == 0).then_some(name))
            .collect();
        assert_eq!(
            blind,
            Vec::<&str>::new(),
            "the own rows are not seen by {scope:?}"
        );
    }
}

/// What a caller does not see of the own list: tickets are handled by others, samples are not for callers; written,
/// held and planned by branches; of salespersons, seen by themselves and their superiors.
const NOT_MINE: &[&str] = &[
    "read_ticket_counts",
    "list_spot_checks",
    "find_spot_check",
    "list_spot_check_items",
    "list_problem_lists",
    "find_problem_list",
    "list_samples",
    "find_sample",
    "list_formatted",
    "find_formatted",
    "list_formatted_entries",
    "list_gatherings",
    "find_gathering",
    "list_participants",
    "list_confirmed_suspicions",
    "list_campaigns",
    "find_campaign",
    "find_campaign_by_number",
    "list_members",
    "find_member",
    "sum_members",
    "list_timeliness",
    "list_kept_records",
    "list_teams",
    "find_team",
    "list_team_members",
    "find_survey",
    "list_surveys",
    "count_surveys",
    "list_relations",
    "list_acquaintances",
    "list_duplicates",
    "count_open_duplicates",
    "find_duplicate",
    "list_cleanups",
    "find_cleanup",
    "list_own_numbers",
    "has_own_number",
    "list_contract_quality",
    "list_open_quality_tickets",
    "list_market_risks",
    "find_market_risk",
    "list_operational_errors",
    "find_operational_error",
    "list_processes",
];

/// CBK-19, SEC-07: a caller sees the customers of the own list, not those of a colleague.
#[rstest]
#[tokio::test]
async fn a_caller_sees_the_own_list_only(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, here, _) = begin(engine).await;
    let (mine, colleague) = (&t.people().sichuan_caller_cq, &t.people().caller_cq);
    let scope_of = |actor: &Actor| actor.scope(Permission::CallbacksRead).unwrap();
    // Units, people and the log are not for callers at all, whatever the scope.
    let others = [
        "list_orgs",
        "list_users",
        "page_users",
        "list_callers",
        "list_clients",
        "list_tokens",
        "list_audit_entries",
        "find_audit_entry",
        "list_agent_codes_in_sight",
        "list_unit_facts",
        "count_unit_contents",
        "list_posts",
        "list_post_holders",
        "list_last_duty_records",
        "list_colleagues",
        "list_load_of_units",
        "list_delegations",
        "list_waiting_approvals",
        "list_decided_approvals",
        "is_approval_in_sight",
        "list_disclosure_counts",
        "list_market_risks",
        "find_market_risk",
        "list_operational_errors",
        "find_operational_error",
        "list_processes",
    ];
    for permission in [
        Permission::UsersManage,
        Permission::ClientsManage,
        Permission::AuditRead,
        Permission::CallbacksAssign,
        Permission::ExportsApprove,
        Permission::RightsApprove,
        Permission::RiskRead,
    ] {
        assert!(!colleague.may(permission));
    }
    let mut seen = walk(&t, &scope_of(colleague), &here).await;
    seen.retain(|name, n| *n > 0 && !others.contains(name));
    assert!(seen.is_empty(), "a colleague's list is seen: {seen:?}");
    let blind: Vec<_> = walk(&t, &scope_of(mine), &here)
        .await
        .into_iter()
        .filter(|(name, n)| *n == 0 && !NOT_MINE.contains(name))
        .collect();
    assert_eq!(blind, Vec::new(), "the own list is not seen");
}

/// Every function of the store that takes a scope is walked above.
#[tokio::test]
async fn every_scoped_function_is_walked() {
    let t = TestApp::with(Engine::Sqlite, &portfolio()).await;
    let there = objects(&t, true).await;
    let scope = Actor::system().scope(Permission::CallbacksRead).unwrap();
    let mut walked: BTreeSet<String> = walk(&t, &scope, &there)
        .await
        .into_keys()
        .map(str::to_owned)
        .collect();
    walked.extend(OF_THE_COMPANY.map(str::to_owned));
    let mut scoped = BTreeSet::new();
    let mut folders =
        vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../store/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(path).unwrap();
                for function in text.split("pub async fn ").skip(1) {
                    let (name, rest) = function.split_once('(').unwrap();
                    let signature = rest.split(") ->").next().unwrap_or_default();
                    if signature.contains("scope: &Scope") {
                        scoped.insert(name.split('<').next().unwrap().to_owned());
                    }
                }
            }
        }
    }
    let missing: Vec<_> = scoped.difference(&walked).collect();
    assert!(
        missing.is_empty(),
        "not walked by crates/app/tests/it/scope: {missing:?}"
    );
}
