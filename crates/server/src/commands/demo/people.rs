//! The people of the demonstration: head office, and operations and sales of each branch.

use anyhow::Result;
use app::App;
use app::access::{UserForm, create_user, list_users};
use domain::access::{Actor, OrgPath, Role};
use domain::ids::UserId;
use domain::time::Instant;

/// The password of every account. A demonstration holds made-up data only.
pub(super) const PASSWORD: &str = "huifang-demo";

/// Someone who works with the system.
#[derive(Clone)]
pub(super) struct Person {
    pub id: UserId,
    pub username: String,
    pub name: String,
    pub role: Role,
    pub unit: String,
    pub org_code: String,
    pub path: OrgPath,
    pub languages: Vec<String>,
    pub actor: Actor,
}

/// Username, name, role, unit, languages, and whether the sign-in page offers the account.
type Entry = (
    &'static str,
    &'static str,
    Role,
    &'static str,
    &'static str,
    bool,
);

#[rustfmt::skip]
const PEOPLE: [Entry; 40] = [
    ("chen.siyuan", "陈思远", Role::Administrator, "000", "", true),
    ("lin.jing", "林静", Role::HeadOfficeManager, "000", "", true),
    ("zhou.min", "周敏", Role::TeamLeader, "000", "", true),
    ("zheng.hao", "郑浩", Role::TeamLeader, "000", "cantonese", false),
    ("li.na", "李娜", Role::CallbackAgent, "000", "sichuan", true),
    ("zhang.yan", "张燕", Role::CallbackAgent, "000", "cantonese", true),
    ("wang.lei", "王磊", Role::CallbackAgent, "000", "", false),
    ("liu.yang", "刘洋", Role::CallbackAgent, "000", "wu", false),
    ("huang.meiling", "黄美玲", Role::CallbackAgent, "000", "cantonese hakka", false),
    ("he.jun", "何军", Role::CallbackAgent, "000", "sichuan", false),
    ("wu.tingting", "吴婷婷", Role::CallbackAgent, "000", "minnan", false),
    ("zhao.peng", "赵鹏", Role::CallbackAgent, "000", "", false),
    ("sun.li", "孙丽", Role::QualityInspector, "000", "", true),
    ("xu.wenbin", "徐文斌", Role::ComplianceOfficer, "000", "", true),
    ("guo.zhiqiang", "郭志强", Role::Executive, "000", "", true),
    ("tan.guohua", "谭国华", Role::Executive, "50", "", true),
    ("shao.yun", "邵云", Role::Executive, "000", "", false),
    ("tang.xue", "唐雪", Role::BranchOperations, "50", "sichuan", true),
    ("luo.jian", "罗健", Role::BranchOperations, "50", "sichuan", false),
    ("jiang.tao", "江涛", Role::BranchSales, "50", "sichuan", true),
    ("song.hui", "宋慧", Role::BranchOperations, "37", "", true),
    ("yu.gang", "于刚", Role::BranchOperations, "37", "", false),
    ("kong.wei", "孔伟", Role::BranchSales, "37", "", false),
    ("liang.yi", "梁怡", Role::BranchOperations, "44", "cantonese", false),
    ("mai.junjie", "麦俊杰", Role::BranchOperations, "44", "cantonese", false),
    ("ou.jiahui", "欧嘉慧", Role::BranchSales, "44", "cantonese", false),
    ("ren.jie", "任杰", Role::BranchOperations, "51", "sichuan", false),
    ("deng.fang", "邓芳", Role::BranchSales, "51", "sichuan", false),
    ("shen.yi", "沈怡", Role::BranchOperations, "31", "wu", false),
    ("qian.cheng", "钱程", Role::BranchSales, "31", "wu", false),
    ("gu.xin", "顾欣", Role::BranchOperations, "32", "wu", false),
    ("lu.ming", "陆鸣", Role::BranchSales, "32", "wu", false),
    ("ye.qing", "叶青", Role::BranchOperations, "33", "wu", false),
    ("fang.hua", "方华", Role::BranchSales, "33", "wu", false),
    ("hu.bing", "胡冰", Role::BranchOperations, "42", "", false),
    ("xia.yu", "夏宇", Role::BranchSales, "42", "", false),
    ("lin.xiaofeng", "林晓峰", Role::BranchOperations, "35", "minnan", false),
    ("su.hong", "苏虹", Role::BranchSales, "35", "minnan", false),
    ("jin.ling", "金玲", Role::BranchOperations, "11", "", false),
    ("han.dong", "韩东", Role::BranchSales, "11", "", false),
];

/// The user who is also a salesperson, for the segregation of duties.
const SELLING_USER: &str = "jiang.tao";

/// Whether the sign-in page offers an account.
pub(super) fn is_offered(username: &str) -> bool {
    PEOPLE.iter().any(|p| p.0 == username && p.5)
}

/// Adds everybody. `salesperson` is the code of the one who has an account of their own.
pub(super) async fn hire(
    app: &App,
    shell: &Actor,
    now: Instant,
    salesperson: &str,
) -> Result<Staff> {
    for (username, name, role, unit, languages, _) in PEOPLE {
        let form = UserForm {
            username: username.into(),
            display_name: name.into(),
            password: PASSWORD.into(),
            org_code: unit.into(),
            roles: vec![role.as_str().to_owned()],
            languages: languages.split_whitespace().map(str::to_owned).collect(),
            agent_code: if username == SELLING_USER {
                salesperson.to_owned()
            } else {
                String::new()
            },
        };
        create_user(app, shell, now, &form).await?;
    }
    let users = list_users(app, shell).await?;
    let mut people = Vec::new();
    for (username, ..) in PEOPLE {
        let Some(user) = users.iter().find(|u| u.username == username) else {
            continue;
        };
        let Some(role) = user.roles.first().copied() else {
            continue;
        };
        people.push(Person {
            id: user.id,
            username: user.username.clone(),
            name: user.display_name.clone(),
            role,
            unit: user.org_name.clone(),
            org_code: user.org_code.clone(),
            path: user.org_path.clone(),
            languages: user.languages.clone(),
            actor: app::access::actor_of(app, user),
        });
    }
    Ok(Staff { people })
}

/// Everybody.
pub(super) struct Staff {
    pub people: Vec<Person>,
}

impl Staff {
    /// Somebody by id.
    pub(super) fn find(&self, id: UserId) -> Option<&Person> {
        self.people.iter().find(|p| p.id == id)
    }

    /// Everybody of a role, in the order of the list.
    pub(super) fn of(&self, role: Role) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(move |p| p.role == role)
    }

    /// People of a role at the branch that a unit lies under.
    pub(super) fn at(&self, role: Role, unit: &OrgPath) -> Vec<&Person> {
        self.of(role).filter(|p| p.path.contains(unit)).collect()
    }
}
