//! People who sign in, their sessions and views, and systems that use the API.

mod approvals;
mod challenges;
mod clients;
mod delegations;
mod devices;
mod duty_records;
mod factors;
mod notices;
mod oidc;
mod passkeys;
mod passwords;
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
pub use challenges::{
    Challenge, ChallengeKey, ChallengePurpose, count_challenges, insert_challenge, take_challenge,
};
pub use clients::{
    ClientRow, TokenRow, end_token_at, find_client_by_token, find_token_use, insert_client,
    insert_token, list_clients, revoke_token, set_client_active, touch_token,
};
pub use delegations::{
    DelegationRow, NewDelegation, end_delegation, find_delegation, insert_delegation,
    list_delegations, list_delegations_of, list_people_away, set_acting,
};
pub use devices::{
    DeviceRow, Failures, NewDevice, NewFailure, count_failures_since, delete_old_traces,
    find_device, insert_device, insert_failure, is_familiar, last_sign_in, list_failures,
    name_index, touch_device,
};
pub use duty_records::{
    DutyRecordRow, OwnPostRow, insert_duty_record, list_last_duty_records,
    list_last_records_of_own_posts, list_own_posts,
};
pub use factors::{
    FactorRow, HalfSession, confirm_factor, count_recovery_codes, delete_factor,
    delete_half_session, delete_half_sessions_of, find_factor, find_half_session,
    insert_half_session, note_wrong_code, put_factor, put_recovery_codes, use_recovery_code,
    use_step,
};
pub use notices::{NoticeRow, find_unread_notice, insert_notice, list_notices, read_notices};
pub use oidc::{
    IdentityRow, delete_identity, find_identity, insert_identity, list_identities, touch_identity,
};
pub use passkeys::{
    PasskeyRow, delete_passkey, delete_passkeys_of, find_passkey, insert_passkey, list_passkeys,
    update_passkey,
};
pub use passwords::{list_earlier_passwords, set_password};
pub use requests::{
    KeptAnswer, KeyedRequest, find_keyed_request, forget_keys, give_key_back, keep_answer, take_key,
};
pub use rights::{load_rights, put_rights, rights_version};
pub use sessions::{
    NewSession, SessionRow, SignInRow, delete_expired_sessions, delete_other_sessions,
    delete_own_session, delete_session, delete_sessions_of, find_session, insert_session,
    list_sessions_of, list_sign_ins_of, put_one_time_link, take_one_time_link, touch_session,
};
pub use units::{
    CallsRow, Colleague, LoadRow, PostHolderRow, PostRow, UnitChange, UnitContents, UnitFacts,
    count_unit_contents, end_post_holder, insert_post_holder, insert_unit, list_calls,
    list_colleagues, list_load_of_people, list_load_of_units, list_post_holders, list_posts,
    list_unit_facts, move_unit, put_post, update_unit,
};
pub use users::{
    CallerRow, NewUser, UserRow, count_users, find_user, find_user_by_name, insert_user,
    list_callers, list_users, page_users, set_preferences, set_roles, update_user,
};
pub use views::{SavedView, delete_view, list_views, put_view};
pub use work_rules::{NewWorkRule, WorkRuleRow, insert_work_rule, load_work_rule, load_work_rules};
