//! People of every role, as they are after signing in.

use app::App;
use app::access::{Device, UserForm, authenticate, create_user, sign_in};
use domain::access::Actor;
use domain::time::Instant;

/// Everybody's password in tests.
pub const PASSWORD: &str = "Correct-horse-7";

/// One person of each role, those of branches once for Chongqing (`_cq`) and once for Shandong
/// (`_sd`). User names are the names of the fields.
#[derive(Clone, Debug)]
pub struct People {
    /// Administrator at head office.
    pub administrator: Actor,
    /// Callback manager at head office.
    pub manager: Actor,
    /// Caller at head office, who may call for every branch.
    pub central_caller: Actor,
    /// Team leader, Chongqing.
    pub leader_cq: Actor,
    /// Caller, Chongqing.
    pub caller_cq: Actor,
    /// Caller who speaks Sichuanese, Chongqing.
    pub sichuan_caller_cq: Actor,
    /// Caller who is the salesperson A5001, Chongqing.
    pub selling_caller_cq: Actor,
    /// Branch operations, Chongqing.
    pub operations_cq: Actor,
    /// Branch sales at 5001, the salesperson A5001.
    pub sales_cq: Actor,
    /// Team leader, Shandong.
    pub leader_sd: Actor,
    /// Caller, Shandong.
    pub caller_sd: Actor,
    /// Branch operations, Shandong.
    pub operations_sd: Actor,
    /// Branch sales, Shandong.
    pub sales_sd: Actor,
    /// Quality inspector at head office.
    pub inspector: Actor,
    /// Compliance officer at head office.
    pub compliance: Actor,
    /// Executive at head office.
    pub executive: Actor,
}

impl People {
    /// Adds them all; the units of the small portfolio must be there.
    pub(crate) async fn add(app: &App, now: Instant) -> Self {
        let person = async |username: &str, role: &str, org: &str| {
            add(app, now, form(username, role, org)).await
        };
        let mut sichuan = form("sichuan_caller_cq", "callback_agent", "50");
        sichuan.languages = vec!["sichuan".into()];
        let selling = |username, role| UserForm {
            agent_code: "A5001".into(),
            ..form(username, role, "50")
        };
        Self {
            administrator: person("administrator", "administrator", "000").await,
            manager: person("manager", "head_office_manager", "000").await,
            central_caller: person("central_caller", "callback_agent", "000").await,
            leader_cq: person("leader_cq", "team_leader", "50").await,
            caller_cq: person("caller_cq", "callback_agent", "50").await,
            sichuan_caller_cq: add(app, now, sichuan).await,
            selling_caller_cq: add(app, now, selling("selling_caller_cq", "callback_agent")).await,
            operations_cq: person("operations_cq", "branch_operations", "50").await,
            sales_cq: add(app, now, selling("sales_cq", "branch_sales")).await,
            leader_sd: person("leader_sd", "team_leader", "37").await,
            caller_sd: person("caller_sd", "callback_agent", "37").await,
            operations_sd: person("operations_sd", "branch_operations", "37").await,
            sales_sd: person("sales_sd", "branch_sales", "37").await,
            inspector: person("inspector", "quality_inspector", "000").await,
            compliance: person("compliance", "compliance_officer", "000").await,
            executive: person("executive", "executive", "000").await,
        }
    }

    /// Everybody, with the name of the field.
    pub fn all(&self) -> Vec<&Actor> {
        vec![
            &self.administrator,
            &self.manager,
            &self.central_caller,
            &self.leader_cq,
            &self.caller_cq,
            &self.sichuan_caller_cq,
            &self.selling_caller_cq,
            &self.operations_cq,
            &self.sales_cq,
            &self.leader_sd,
            &self.caller_sd,
            &self.operations_sd,
            &self.sales_sd,
            &self.inspector,
            &self.compliance,
            &self.executive,
        ]
    }
}

fn form(username: &str, role: &str, org: &str) -> UserForm {
    UserForm {
        username: username.into(),
        display_name: username.replace('_', " "),
        password: PASSWORD.into(),
        org_code: org.into(),
        roles: vec![role.into()],
        ..Default::default()
    }
}

impl crate::TestApp {
    /// Adds one more person, who signs in at once.
    pub async fn person(&self, username: &str, role: &str, org: &str) -> Actor {
        add(&self.app, self.now, form(username, role, org)).await
    }
}

async fn add(app: &App, now: Instant, form: UserForm) -> Actor {
    create_user(app, &Actor::shell("tests"), now, &form)
        .await
        .unwrap();
    actor_of(app, now, &form.username).await
}

/// Signs someone in with the common password.
pub async fn actor_of(app: &App, now: Instant, username: &str) -> Actor {
    let signed_in = sign_in(app, now, username, PASSWORD, &Device::default())
        .await
        .unwrap();
    let session = authenticate(app, now, &signed_in.token.0).await.unwrap();
    session.unwrap().actor
}

/// The code that an authenticator shows at a moment, by its secret in base 32; blanks do not matter.
pub fn code_of(secret: &str, now: Instant) -> String {
    let secret = secret.replace(' ', "");
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(now.timestamp().try_into().unwrap())
        .to_string()
}

/// Sets up a second factor; its secret and the recovery codes.
pub async fn enrol(app: &App, now: Instant, actor: &Actor) -> (String, Vec<String>) {
    app::access::begin_enrolment(app, actor, now).await.unwrap();
    let enrolment = app::access::find_enrolment(app, actor, "测试").await;
    let secret = enrolment.unwrap().secret;
    let code = code_of(&secret, now);
    let codes = app::access::confirm_enrolment(app, actor, now, &code).await;
    (secret, codes.unwrap())
}
