//! People who sign in, their sessions and views, and systems that use the API.

mod approvals;
mod clients;
mod delegations;
mod requests;
mod rights;
mod sessions;
mod units;
mod users;
mod views;
mod work_rules;

pub use approvals::{
    ApprovalRow, NewApproval, count_active_users_of, end_approval, find_approval, insert_approval,
    is_approval_in_sight, list_approvals_of, list_decided_approvals, list_waiting_approvals,
};
pub use clients::{
    ClientRow, TokenRow, find_client_by_token, insert_client, insert_token, list_clients,
    revoke_token, set_client_active,
};
pub use delegations::{
    DelegationRow, NewDelegation, end_delegation, find_delegation, insert_delegation,
    list_delegations, list_delegations_of, list_people_away, set_acting,
};
pub use requests::{
    KeptAnswer, KeyedRequest, find_keyed_request, forget_keys, give_key_back, keep_answer, take_key,
};
pub use rights::{load_rights, put_rights, rights_version};
pub use sessions::{
    NewSession, SessionRow, count_failed_sign_ins, delete_expired_sessions, delete_session,
    delete_sessions_of, find_session, insert_session, put_one_time_link, take_one_time_link,
    touch_session,
};
pub use units::{
    CallsRow, Colleague, LoadRow, PostHolderRow, PostRow, UnitChange, UnitContents, UnitFacts,
    count_unit_contents, end_post_holder, insert_post_holder, insert_unit, list_calls,
    list_colleagues, list_load_of_people, list_load_of_units, list_post_holders, list_posts,
    list_unit_facts, move_unit, put_post, update_unit,
};
pub use users::{
    CallerRow, NewUser, UserRow, count_users, find_user, find_user_by_name, insert_user,
    list_callers, list_users, page_users, set_password, set_preferences, set_roles, update_user,
};
pub use views::{SavedView, delete_view, list_views, put_view};
pub use work_rules::{NewWorkRule, WorkRuleRow, insert_work_rule, load_work_rule, load_work_rules};
