//! Signing in, people, API clients, saved views.

mod accounts;
mod attempts;
mod challenges;
mod clients;
mod delegations;
mod directory;
mod doors;
mod holders;
mod identities;
mod oidc;
mod passkeys;
mod passwords;
mod policy;
mod post_duties;
mod posts;
mod provider;
mod requests;
mod rights;
mod roles;
mod second_factor;
mod secrets;
mod sessions;
mod sign_in;
mod units;
mod users;
mod views;
mod whole;
mod work_rules;

pub use accounts::{actor_of, find_user, new_password, root_org};
pub(crate) use accounts::{actor_of_client, actor_of_user};
pub(crate) use attempts::Guesser;
pub use clients::{
    ClientWithTokens, NewClient, authenticate_client, create_client, create_token, list_clients,
    revoke_token, rotate_token, set_client_active,
};
pub use delegations::{
    DelegationForm, Delegations, act_for, delegate, end_delegation, list_delegations,
};
pub use directory::{page_of_users, user_in_sight};
pub use doors::{Answering, Doors, Fetch, Provider, RoleMapping, Unreachable};
pub use holders::{HolderForm, give_post, set_post, take_post};
pub use identities::{
    LinkedIdentity, Ways, link_identity, own_ways, unlink_identity, unlink_own_identity, ways_of,
};
pub use oidc::{Arrival, Departure, Returned, begin_oidc_link, begin_oidc_sign_in, finish_oidc};
pub use openidconnect::ClientSecret;
pub use passkeys::{
    PasskeyQuestion, begin_passkey, begin_passkey_sign_in, finish_passkey, finish_passkey_sign_in,
    remove_own_passkey, remove_passkey,
};
pub use passwords::{PasswordForm, change_own_password};
pub use policy::note_policy;
pub use post_duties::{
    DutyForm, DutyOfUnit, DutyReport, DutySeen, OwnPost, duty_report, list_own_posts, record_duty,
};
pub use posts::{Duty, PostKind, post_kinds};
pub use requests::{Begun, begin_request, give_key_back, keep_answer};
pub(crate) use rights::put_proposal;
pub use rights::{RightsPage, RightsProposal, propose_limits, propose_rights, rights_page};
pub use roles::RolesProposal;
pub(crate) use roles::grant_roles;
pub use second_factor::{
    Enrolment, FactorState, begin_enrolment, confirm_enrolment, find_enrolment,
    remove_second_factor, renew_recovery_codes, reset_second_factor, second_factor_state,
};
pub(crate) use secrets::decoy_hash;
pub use secrets::{Token, hash_token};
pub use sessions::{
    Session, authenticate, end_other_sessions, end_own_session, end_user_sessions, list_notices,
    list_own_sessions, list_own_sign_ins, list_user_sessions, read_notices, set_preferences,
    sign_out,
};
pub use sign_in::{
    DEVICE_LIFE, Device, SignedIn, Step, begin_sign_in, finish_sign_in, first_administrator_link,
    is_first_administrator_wanted, sign_in,
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
