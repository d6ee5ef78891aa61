//! Signing in, people, API clients, saved views.

mod accounts;
mod clients;
mod directory;
mod requests;
mod secrets;
mod sign_in;
mod users;
mod views;
mod whole;

pub(crate) use accounts::{actor_of_client, actor_of_user};
pub use accounts::{find_user, new_password, root_org};
pub use clients::{
    ClientWithTokens, NewClient, authenticate_client, create_client, create_token, list_clients,
    revoke_token, set_client_active,
};
pub use directory::{page_of_users, user_in_sight};
pub use requests::{Begun, begin_request, give_key_back, keep_answer};
pub use secrets::{Token, hash_token};
pub use sign_in::{
    Device, Session, SignedIn, authenticate, first_administrator_link,
    is_first_administrator_wanted, set_preferences, sign_in, sign_out,
};
pub use users::{
    UserForm, change_user, create_first_administrator, create_user, disable_user, list_orgs,
    list_users, renew_password, reset_password, user_page,
};
pub use views::{delete_view, list_views, save_view};
pub(crate) use whole::demand_whole_company;
