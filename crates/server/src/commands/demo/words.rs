//! What people of the demonstration say and write.

use domain::questionnaires::{Answer, Item, ItemKind};
use domain::tickets::ProblemType;

/// Notes after calls that reached nobody, by result.
pub(super) fn note(result: &str) -> &'static str {
    match result {
        "no_answer" => "响铃无人接听",
        "busy" => "占线",
        "wrong_number" => "接听人表示不认识客户，号码有误",
        "not_in_person" => "家人接听，客户本人不在",
        "proxy_offered" => "家人愿意代答，已告知须本人接听",
        "dialect" => "客户普通话不熟练，需方言坐席",
        "hearing_difficulty" => "客户听力不便，转分公司上门",
        "refused_now" => "客户表示正忙，暂不接受回访",
        "refused_finally" => "客户明确拒绝接受回访",
        "appointment" => "客户约定时间再联系",
        "interrupted" => "通话中断，未完成",
        _ => "",
    }
}

/// What a customer says to an item that is not affirmed.
pub(super) fn objection(item: &Item, answer: Answer) -> &'static str {
    if answer == Answer::Question {
        return "想问一下现在退的话能拿回多少钱？";
    }
    match item.ticket {
        Some(ProblemType::ProxySignature) => "那天我不在家，是我爱人代签的。",
        Some(ProblemType::MisSellingPremiumTerm) => "当时说交三年就可以了，怎么是十年？",
        Some(ProblemType::MisSellingCoveragePeriod) => "业务员说五年到期，没说要保这么久。",
        Some(ProblemType::MisSellingBenefits) => "当时跟我说收益是固定的，比存银行高。",
        Some(ProblemType::MisSellingSurrender) => "没人告诉我提前退会有损失。",
        Some(ProblemType::TermsNotSupplied) => "合同还没有收到，只收到短信。",
        Some(ProblemType::DocumentUnsigned) => "回执不是我签的，我没见过。",
        Some(ProblemType::WrongAddress) => "地址早就换了，我搬家两年了。",
        Some(ProblemType::WrongPhone) => "这个号码以后不用了，打我新号码。",
        Some(ProblemType::PayoutNotConfirmed) => "赔款还没有到账，卡里没有看到。",
        Some(ProblemType::ServiceDissatisfaction) => "理赔跑了三趟，等得太久。",
        _ if item.kind == ItemKind::Rate => "处理太慢，没人主动联系我。",
        _ => "这一条当时没有细讲，我不太明白。",
    }
}

/// Feedback on a ticket.
pub(super) fn feedback(problem: ProblemType) -> &'static str {
    match problem {
        ProblemType::ProxySignature => {
            "已上门核实，投保人本人补签投保资料并抄录风险提示，确认知悉保单内容。"
        }
        ProblemType::TermsNotSupplied => "保单合同已于今日送达投保人，投保人签收。",
        ProblemType::DocumentUnsigned => "已请投保人本人补签回执，扫描件已上传。",
        ProblemType::MisSellingPremiumTerm
        | ProblemType::MisSellingCoveragePeriod
        | ProblemType::MisSellingBenefits
        | ProblemType::MisSellingSurrender => {
            "已由专人向投保人说明缴费期间、保险期间、利益不确定性和退保损失，投保人表示理解，愿意继续持有。"
        }
        ProblemType::PayoutNotConfirmed => "已核对付款记录，款项于次日到账，客户确认收到。",
        ProblemType::ServiceDissatisfaction => "已向客户致歉并说明处理进度，客户表示接受。",
        ProblemType::UnanswerableQuestion => "已由专人解答客户疑问，并书面说明现金价值计算方法。",
        _ => "已由专人联系投保人，逐项解释保险责任、责任免除与犹豫期权利，投保人表示清楚。",
    }
}

/// Reasons of declared special circumstances.
pub(super) const DECLARATIONS: [&str; 4] = [
    "客户出差在外，约定返程后面谈",
    "客户住院治疗，家属请求延后",
    "需总公司核保部门书面答复",
    "客户在境外，时差较大，约定下周联系",
];

/// Why contact data cannot be corrected.
pub(super) const UNCORRECTABLE: [&str; 3] = [
    "业务员已离职，无其他联系方式",
    "按登记地址走访无人，邻居称已搬离",
    "单位电话已停用，无法取得新号码",
];

/// Why a callback is given up.
pub(super) const CIRCUMSTANCES: [&str; 3] = [
    "两轮电话、信函及上门均未联系到投保人本人，信函被退回",
    "投保人长期在境外，各渠道均无法联系",
    "上门两次无人，社区证明已搬离",
];

/// Why a callback is no longer owed.
pub(super) const CANCELLATIONS: [&str; 3] = [
    "投保人已身故，转理赔跟进",
    "重复保单，已并入原保单回访",
    "法院冻结保单，暂停回访",
];

/// The customer's own words to open questions.
pub(super) const REMARKS: [&str; 6] = [
    "没有了，谢谢。",
    "希望扣款前发短信提醒。",
    "业务员服务挺好的。",
    "理赔材料能不能线上提交。",
    "希望多给些体检优惠。",
    "网点排队时间有点长。",
];
