//! Signing in, people, API clients, saved views.

mod accounts;
mod clients;
mod delegations;
mod directory;
mod holders;
mod posts;
mod requests;
mod rights;
mod roles;
mod secrets;
mod sign_in;
mod units;
mod users;
mod views;
mod whole;
mod work_rules;

pub use accounts::{actor_of, find_user, new_password, root_org};
pub(crate) use accounts::{actor_of_client, actor_of_user};
pub use clients::{
    ClientWithTokens, NewClient, authenticate_client, create_client, create_token, list_clients,
    revoke_token, set_client_active,
};
pub use delegations::{
    DelegationForm, Delegations, act_for, delegate, end_delegation, list_delegations,
};
pub use directory::{page_of_users, user_in_sight};
pub use holders::{HolderForm, give_post, set_post, take_post};
pub use posts::{Duty, PostKind, post_kinds};
pub use requests::{Begun, begin_request, give_key_back, keep_answer};
pub(crate) use rights::put_proposal;
pub use rights::{RightsPage, RightsProposal, propose_limits, propose_rights, rights_page};
pub use roles::RolesProposal;
pub(crate) use roles::grant_roles;
pub use secrets::{Token, hash_token};
pub use sign_in::{
    Device, Session, SignedIn, authenticate, first_administrator_link,
    is_first_administrator_wanted, set_preferences, sign_in, sign_out,
};
pub use units::{
    Post, Unit, UnitForm, UnitPage, change_unit, create_unit, list_units, move_unit, unit_page,
};
pub(crate) use units::{count_holders, load_units};
pub use users::{
    UserForm, change_user, create_first_administrator, create_user, disable_user, list_orgs,
    list_users, renew_password, reset_password, user_page,
};
pub use views::{delete_view, list_views, save_view};
pub(crate) use whole::demand_whole_company;
pub use work_rules::{WORK_RULE_KINDS, WorkRuleForm, list_work_rules, work_rule, write_work_rule};
