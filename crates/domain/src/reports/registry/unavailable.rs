//! Metrics of the requirements whose data does not exist yet. They say so instead of printing zero.

use super::super::{Metric, Text};
use super::{NEW, text};

/// A metric without data, with the reason.
const fn none(
    code: &'static str,
    name: &'static str,
    title: Text,
    (numerator, denominator): (Text, Text),
    source: &'static str,
    why: Text,
) -> Metric {
    Metric {
        code,
        name,
        title,
        numerator,
        denominator,
        source,
        programmes: &[],
        unavailable: Some(why),
        ..NEW
    }
}

pub(super) const METRICS: &[Metric] = &[
    none(
        "K-14",
        "payout_ratio",
        text("付费回访比例", "Payout callback ratio"),
        (
            text("已回访的付费件", "payouts called"),
            text(
                "符合PSV-02至PSV-05的付费件",
                "payouts matching PSV-02 to PSV-05",
            ),
        ),
        "B13 §10",
        text(
            "保全付费回访（PS-PH、PS-BEN）的规则尚未启用",
            "the payout programmes PS-PH and PS-BEN are not in force yet",
        ),
    ),
    none(
        "K-15",
        "payout_confirmed",
        text("付费确认率", "Payout confirmed rate"),
        (
            text("确认收款的件", "confirmed"),
            text("访到的件", "reached"),
        ),
        "B13",
        text(
            "保全付费回访（PS-PH、PS-BEN）的规则尚未启用",
            "the payout programmes PS-PH and PS-BEN are not in force yet",
        ),
    ),
    none(
        "K-16",
        "payout_follow_up",
        text("两个工作日内跟进率", "Follow-up in 2 working days"),
        (
            text("按时跟进的件", "acted in time"),
            text("列入跟进清单的件", "listed"),
        ),
        "B13",
        text(
            "保全付费回访（PS-PH、PS-BEN）的规则尚未启用",
            "the payout programmes PS-PH and PS-BEN are not in force yet",
        ),
    ),
    none(
        "K-17",
        "ticket_timeliness",
        text("问题件处理及时率", "Ticket timeliness"),
        (
            text(
                "3个工作日内处理或有效申报的问题件",
                "tickets processed or validly declared within 3 working days",
            ),
            text("下发的问题件", "issued"),
        ),
        "B16",
        text(
            "尚未按指标统计；件数见银保问题件清单",
            "not counted as a metric yet; the problem lists have the cases",
        ),
    ),
    none(
        "K-18",
        "receipt_return",
        text("回执回收时间", "Receipt return time"),
        (
            text(
                "出单后3至7日内回收的回执",
                "receipts returned within 3 to 7 days",
            ),
            text("出单的保单", "policies issued"),
        ),
        "B03",
        text(
            "没有回执回收日期：导入文件只有签署日和录入日",
            "no return date of receipts: import files carry only signature and entry dates",
        ),
    ),
    none(
        "K-21",
        "visit_quota",
        text("上门回访达标率", "Visit quota"),
        (
            text(
                "一年内至少上门一次的重点客户；半年内至少上门一次的股东关联客户",
                "key customers visited at least once in the year; shareholder-related at least once in the half-year",
            ),
            text(
                "重点客户；股东关联客户",
                "key customers; shareholder-related customers",
            ),
        ),
        "B09 §7",
        text(
            "尚无上门回访计划",
            "visits to key customers are not planned yet",
        ),
    ),
    none(
        "K-23",
        "adjuster_sample",
        text("查勘定损员抽访", "Adjuster sample"),
        (
            text(
                "至少成功两件的定损员",
                "adjusters with at least 2 successes",
            ),
            text(
                "当月有可访案件的定损员",
                "adjusters with at least 1 eligible case",
            ),
        ),
        "B17 §6",
        text(
            "定损服务抽访（MC-ADJ）的规则尚未启用",
            "the sample programme MC-ADJ is not in force yet",
        ),
    ),
    none(
        "K-26",
        "value_class_frequency",
        text("价值客户回访频次达标率", "Value-class frequency"),
        (
            text(
                "期间内回访次数达标的客户",
                "customers with enough callbacks in the period",
            ),
            text("该级别客户", "customers of the class"),
        ),
        "B10 二.1.1; B12 4",
        text(
            "尚无按客户价值分级的回访计划",
            "contact plans by value class are not there yet",
        ),
    ),
    none(
        "K-27",
        "visit_24h",
        text("拜访后24小时内回访率", "Visit callback in 24 h"),
        (text("按时的回访", "in time"), text("拜访", "visits")),
        "B14 五.1",
        text("销售拜访尚未登记", "sales visits are not registered yet"),
    ),
    none(
        "K-28",
        "monthly_cooperation",
        text("合作客户月度回访率", "Monthly cooperation callback"),
        (
            text(
                "每月前三个工作日内完成的回访",
                "done within the first 3 working days",
            ),
            text("合作客户", "cooperating customers"),
        ),
        "B14 五.2",
        text(
            "合作客户回访尚未启用",
            "callbacks of cooperating customers are not in force yet",
        ),
    ),
    none(
        "K-29",
        "one_week",
        text("一周内回访率", "One-week callback"),
        (
            text("7日内完成的回访", "done within 7 days"),
            text("销售和服务", "sales and services"),
        ),
        "B02 三.1",
        text(
            "一周回访（GN-1W）的规则尚未启用",
            "the programme GN-1W is not in force yet",
        ),
    ),
    none(
        "K-30",
        "survey_quota",
        text("常规调查次数", "Survey quota"),
        (
            text(
                "部门当年发起的常规调查",
                "routine surveys launched by the department in the year",
            ),
            text("限额两次", "limit of 2"),
        ),
        "B09 §11",
        text("尚无问卷调查", "surveys are not there yet"),
    ),
    none(
        "K-31",
        "survey_collation",
        text("一周内整理率", "Survey collation in one week"),
        (
            text("按时整理的调查", "in time"),
            text("结束的调查", "closed surveys"),
        ),
        "B09 §14",
        text("尚无问卷调查", "surveys are not there yet"),
    ),
    none(
        "K-32",
        "valid_questionnaires",
        text("有效问卷率", "Valid questionnaires"),
        (text("有效问卷", "valid"), text("回收问卷", "collected")),
        "B09 §4(4)",
        text("尚无问卷调查", "surveys are not there yet"),
    ),
    none(
        "K-33",
        "satisfaction",
        text("满意度", "Satisfaction"),
        (
            text("满意的客户", "satisfied"),
            text("表示评价的客户", "rated"),
        ),
        "A; B10 三.2",
        text("满意度评价尚未汇总", "ratings are not summed up yet"),
    ),
    none(
        "K-34",
        "improvement",
        text("改进措施按时落实率", "Improvement implemented in time"),
        (
            text("按时落实的措施", "implemented by due date"),
            text("提出的措施", "proposed"),
        ),
        "B10 三.2.2",
        text(
            "改进措施尚未登记",
            "improvement measures are not registered yet",
        ),
    ),
    none(
        "K-35",
        "plan_completion",
        text("回访计划完成率", "Plan completion"),
        (
            text("按时完成的计划回访", "planned callbacks done in time"),
            text("计划回访", "planned"),
        ),
        "B10 三.1.1",
        text(
            "尚无按客户价值分级的回访计划",
            "contact plans by value class are not there yet",
        ),
    ),
    none(
        "K-36",
        "complaints",
        text("投诉指标", "Complaint metrics"),
        (text("投诉件", "complaints"), text("投诉件", "complaints")),
        "A 五",
        text("投诉尚未登记", "complaints are not registered yet"),
    ),
    none(
        "K-37",
        "goals",
        text(
            "复购、忠诚、口碑、份额",
            "Repurchase, loyalty, word of mouth, share",
        ),
        (
            text("定义待公司确定", "defined by the company"),
            text("定义待公司确定", "defined by the company"),
        ),
        "B01 §4",
        text("公司尚未给出定义", "the company has not defined them"),
    ),
    none(
        "K-38",
        "spot_check",
        text("抽查结果", "Spot-check result"),
        (text("合格项", "passed"), text("抽查项", "checked")),
        "B13 §10",
        text("抽查尚未登记", "spot checks are not registered yet"),
    ),
    none(
        "K-39",
        "salesperson_quality",
        text("销售人员品质得分", "Salesperson quality score"),
        (
            text("加权问题件", "weighted problem cases"),
            text("已回访保单", "policies called"),
        ),
        "B04 §5; B16",
        text("权重待公司确定", "the company has not set the weights"),
    ),
];
