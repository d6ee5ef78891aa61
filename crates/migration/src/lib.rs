//! The history of the schema, append-only, one intent each.
//!
//! Every migration is plain SQL with a few type tokens (see [`ddl`]), so that one text serves SQLite
//! and PostgreSQL, and runs in a transaction on both.

mod ddl;
mod m20261122_000001_organisation;
mod m20261122_000002_customers;
mod m20261122_000003_policies;
mod m20261122_000004_rules;
mod m20261122_000005_obligations;
mod m20261122_000006_callbacks;
mod m20261122_000007_tickets;
mod m20261122_000008_operations;
mod m20261123_000101_reports;
mod m20261123_000201_jobs;
mod m20261124_000101_audit_seals;
mod m20261124_000201_identity;
mod m20261124_000301_sign_in_ways;
mod m20261124_000401_keys;
mod m20261124_000501_rule_governance;
mod m20261124_000601_retention;
mod m20261124_000701_backups;
mod m20261124_000702_runs_heard;
mod m20261124_000801_rights;
mod m20261124_000802_approvals;
mod m20261124_000803_exports;
mod m20261124_000901_posts;
mod m20261125_000001_channels;
mod m20261125_010001_programmes;
mod m20261125_010002_due_hours;
mod m20261125_010003_samples;
mod m20261125_010004_together;
mod m20261125_020001_payouts;
mod m20261125_030001_messages;
mod m20261125_040001_electronic;
mod m20261125_050001_letters;
mod m20261125_060001_visits;
mod m20261125_060002_sales_visits;
mod m20261125_060003_gatherings;
mod m20261125_070001_questionnaires;
mod m20261125_080001_ticket_work;
mod m20261125_080002_problem_lists;
mod m20261125_080003_record_reviews;
mod m20261125_090001_telephony;
mod m20261125_100001_plans;
mod m20261125_110001_begun_standing_in;
mod m20261126_000101_post_duty_records;
mod m20261126_010001_contacts;
mod m20261126_020001_campaigns;
mod m20261126_020002_planned_events;
mod m20261126_020003_announcements;
mod m20261126_030001_authorisations;
mod m20261126_040001_tickets_of_visits;
mod m20261126_040002_retention_of_records;
mod m20261126_050001_surveys;
mod m20261126_060001_retention_of_surveys;
mod m20261126_060002_case_reports;
mod m20261127_000001_derivations;
mod m20261127_010001_search_keys;
mod m20261127_010002_relations;
mod m20261127_020001_customer_information;
mod m20261127_030001_data_quality;
mod m20261127_040001_duplicates;
mod m20261127_050001_classes;
mod m20261127_060001_service;
mod m20261127_060002_class_indexes;
mod m20261127_070001_risk;
mod m20261128_030001_file_completion;
mod m20261128_050001_raised_classes;
mod m20261128_060001_search_indexes;

pub use sea_orm_migration::{DbErr, MigratorTrait};

use sea_orm_migration::MigrationTrait;

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_organisation::Migration),
            Box::new(m20261122_000002_customers::Migration),
            Box::new(m20261122_000003_policies::Migration),
            Box::new(m20261122_000004_rules::Migration),
            Box::new(m20261122_000005_obligations::Migration),
            Box::new(m20261122_000006_callbacks::Migration),
            Box::new(m20261122_000007_tickets::Migration),
            Box::new(m20261122_000008_operations::Migration),
            Box::new(m20261123_000101_reports::Migration),
            Box::new(m20261123_000201_jobs::Migration),
            Box::new(m20261124_000101_audit_seals::Migration),
            Box::new(m20261124_000201_identity::Migration),
            Box::new(m20261124_000301_sign_in_ways::Migration),
            Box::new(m20261124_000401_keys::Migration),
            Box::new(m20261124_000501_rule_governance::Migration),
            Box::new(m20261124_000601_retention::Migration),
            Box::new(m20261124_000701_backups::Migration),
            Box::new(m20261124_000702_runs_heard::Migration),
            Box::new(m20261124_000801_rights::Migration),
            Box::new(m20261124_000802_approvals::Migration),
            Box::new(m20261124_000803_exports::Migration),
            Box::new(m20261124_000901_posts::Migration),
            Box::new(m20261125_000001_channels::Migration),
            Box::new(m20261125_010001_programmes::Migration),
            Box::new(m20261125_010002_due_hours::Migration),
            Box::new(m20261125_010003_samples::Migration),
            Box::new(m20261125_010004_together::Migration),
            Box::new(m20261125_020001_payouts::Migration),
            Box::new(m20261125_030001_messages::Migration),
            Box::new(m20261125_040001_electronic::Migration),
            Box::new(m20261125_050001_letters::Migration),
            Box::new(m20261125_060001_visits::Migration),
            Box::new(m20261125_060002_sales_visits::Migration),
            Box::new(m20261125_060003_gatherings::Migration),
            Box::new(m20261125_070001_questionnaires::Migration),
            Box::new(m20261125_080001_ticket_work::Migration),
            Box::new(m20261125_080002_problem_lists::Migration),
            Box::new(m20261125_080003_record_reviews::Migration),
            Box::new(m20261125_090001_telephony::Migration),
            Box::new(m20261125_100001_plans::Migration),
            Box::new(m20261125_110001_begun_standing_in::Migration),
            Box::new(m20261126_000101_post_duty_records::Migration),
            Box::new(m20261126_030001_authorisations::Migration),
            Box::new(m20261126_040001_tickets_of_visits::Migration),
            Box::new(m20261126_040002_retention_of_records::Migration),
            Box::new(m20261126_010001_contacts::Migration),
            Box::new(m20261126_020001_campaigns::Migration),
            Box::new(m20261126_020002_planned_events::Migration),
            Box::new(m20261126_020003_announcements::Migration),
            Box::new(m20261126_050001_surveys::Migration),
            Box::new(m20261126_060001_retention_of_surveys::Migration),
            Box::new(m20261126_060002_case_reports::Migration),
            Box::new(m20261127_000001_derivations::Migration),
            Box::new(m20261127_050001_classes::Migration),
            Box::new(m20261127_010001_search_keys::Migration),
            Box::new(m20261127_010002_relations::Migration),
            Box::new(m20261127_040001_duplicates::Migration),
            Box::new(m20261127_030001_data_quality::Migration),
            Box::new(m20261127_020001_customer_information::Migration),
            Box::new(m20261127_060001_service::Migration),
            Box::new(m20261127_060002_class_indexes::Migration),
            Box::new(m20261127_070001_risk::Migration),
            Box::new(m20261128_030001_file_completion::Migration),
            Box::new(m20261128_050001_raised_classes::Migration),
            Box::new(m20261128_060001_search_indexes::Migration),
        ]
    }
}
