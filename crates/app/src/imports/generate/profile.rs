//! What is known of a customer besides contact data: identity, habits, needs.

use super::dice::Dice;
use super::numbers;
use super::people::{Household, LARGE_FEN, Member, Relationship};
use super::sheet::Sheet;
use chrono::{Days, NaiveDate};

const OCCUPATIONS: [&str; 20] = [
    "公司职员",
    "教师",
    "医生",
    "护士",
    "个体工商户",
    "公务员",
    "工程师",
    "会计",
    "销售人员",
    "司机",
    "企业管理人员",
    "自由职业",
    "工人",
    "农民",
    "餐饮服务员",
    "软件开发人员",
    "退休",
    "快递员",
    "律师",
    "全职家庭主妇",
];
const NEEDS: [&str; 8] = [
    "希望了解养老规划",
    "关注子女教育金储备",
    "计划为父母增加医疗保障",
    "近期有购车计划",
    "希望调整缴费方式",
    "关注重疾保障额度",
    "希望了解保单贷款",
    "计划换购住房",
];
const SPECIAL_NEEDS: [&str; 6] = [
    "听力不便，请提高音量、放慢语速",
    "行动不便，请勿要求到柜面办理",
    "夜班工作，上午请勿致电",
    "视力障碍，书面材料请改为语音",
    "普通话不熟练，请用方言沟通",
    "孕期，请勿长时间通话",
];
const PREFERRED: [(&str, u32); 7] = [
    ("phone", 40),
    ("", 28),
    ("wechat", 14),
    ("sms", 10),
    ("email", 4),
    ("visit", 2),
    ("letter", 2),
];
const DEGREES: [(&str, u32); 4] = [("medium", 35), ("low", 25), ("high", 15), ("", 25)];
const SOURCES: [(&str, u32); 4] = [
    ("sales", 70),
    ("service", 18),
    ("partner", 9),
    ("market_research", 3),
];

impl Household<'_> {
    /// Sex to nationality.
    pub(super) fn write_identity(
        &self,
        sheet: &mut Sheet,
        dice: &mut Dice,
        member: &Member,
        around: NaiveDate,
    ) {
        if self.is_company {
            let code = numbers::credit_code(dice, self.district.0);
            sheet.blank(2).text("unified_social_credit").text(&code);
            sheet.blank(1).text("CHN");
            return;
        }
        sheet.text(if member.male { "male" } else { "female" });
        sheet.date(Some(member.born));
        let (kind, number) = match dice.below(1_000) {
            0..8 => ("passport", format!("E{:08}", dice.below(100_000_000))),
            8..14 => (
                "military_id",
                format!("军字第{:07}号", dice.below(10_000_000)),
            ),
            14..20 => (
                "hk_macau_permit",
                format!("H{:08}", dice.below(100_000_000)),
            ),
            20..23 => ("taiwan_permit", format!("{:08}", dice.below(100_000_000))),
            _ => {
                // One in three was registered in another district of the city.
                let home = if dice.per_mille(330) {
                    dice.pick(self.office.city.districts).0
                } else {
                    self.district.0
                };
                (
                    "resident_id",
                    numbers::resident_id(dice, home, member.born, member.male),
                )
            }
        };
        sheet.text(kind).text(&number);
        // Identity cards of people over 46 do not expire.
        let expires = member.age(around) < 46;
        let days = dice.below(5_400);
        let expires_on = around + Days::new(u64::from(days)) - Days::new(200);
        sheet.date(expires.then_some(expires_on)).text("CHN");
    }

    /// Occupation to the day of collection.
    pub(super) fn write_profile(
        &self,
        sheet: &mut Sheet,
        dice: &mut Dice,
        adult: bool,
        relationship: &Relationship,
    ) {
        let person = !self.is_company;
        let occupation = match (person, adult) {
            (true, true) => *dice.pick(&OCCUPATIONS),
            (true, false) => "学生",
            _ => "",
        };
        sheet
            .text(occupation)
            .text(self.language)
            .text(dice.code(&PREFERRED));
        sheet.text(relationship.stage);
        let large = relationship.premium_fen >= LARGE_FEN;
        sheet
            .shown(large)
            .shown(large && dice.per_mille(400))
            .shown(dice.per_mille(2));
        let needs = dice.per_mille(80).then(|| *dice.pick(&NEEDS));
        sheet.maybe(needs);
        let special = (person && dice.per_mille(25)).then(|| *dice.pick(&SPECIAL_NEEDS));
        sheet
            .maybe(special)
            .text(dice.code(&DEGREES))
            .text(dice.code(&DEGREES));
        let income =
            (person && adult && dice.per_mille(550)).then(|| dice.between(3, 60) * 1_000_000);
        sheet
            .money(income)
            .shown(dice.per_mille(620))
            .text(dice.code(&SOURCES));
        sheet.maybe(relationship.agent.as_deref());
        sheet.shown(format_args!(
            "{}T{:02}:{:02}:00+08:00",
            relationship.since,
            dice.between(9, 17),
            dice.below(60)
        ));
    }
}
