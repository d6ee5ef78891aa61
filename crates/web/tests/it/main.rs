//! Pages over HTTP, in this process, on SQLite and on PostgreSQL.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up must fail, with the place of it"
)]

mod account;
mod api;
mod attacks;
mod audit;
mod browser;
mod campaigns;
mod chrome;
mod customers;
mod data_quality;
mod duplicates;
mod electronic;
mod headers;
mod information;
mod keys;
mod management;
mod messaging;
mod morning;
mod obligations;
mod oidc;
mod organisation;
mod passkeys;
mod provider;
mod questionnaires;
mod retention;
mod risk;
mod rule_making;
mod segments;
mod service;
mod sight;
mod sign_in;
mod surveys;
mod system;
mod tickets;
mod visit_form;
mod walk;
