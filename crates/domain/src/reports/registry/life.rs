//! Metrics over new life contracts, K-01 to K-13.

use super::super::{Basis, Counted, Figure as F, Metric};
use super::{NEW, text};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        code: "K-01",
        name: "success",
        title: text("回访成功", "Success"),
        numerator: text(
            "访到投保人本人、身份核实、内容明确告知并提示风险的保单",
            "policies whose holder was reached in person, told clearly and warned of the risks",
        ),
        denominator: text(
            "期间内犹豫期届满且未撤销的应访保单",
            "policies in scope, not cancelled, whose callback fell due in the period",
        ),
        source: "B06 §7",
        figures: &[F::Due, F::Cancelled, F::Succeeded],
        ratio: (F::Succeeded, F::Due),
        ..NEW
    },
    Metric {
        code: "K-02",
        name: "completion",
        title: text("回访完成", "Completion"),
        numerator: text(
            "回访成功且投保人肯定答复、理解且无异议的保单",
            "policies that succeeded and were affirmed without objection",
        ),
        denominator: text(
            "期间内犹豫期届满且未撤销的应访保单",
            "policies in scope, not cancelled, whose callback fell due in the period",
        ),
        source: "B06 §7",
        figures: &[F::Due, F::Cancelled, F::Succeeded, F::Completed],
        ratio: (F::Completed, F::Due),
        ..NEW
    },
    Metric {
        code: "K-03",
        name: "problem_case",
        title: text("问题件", "Problem case"),
        numerator: text(
            "回访成功但未获肯定答复的保单",
            "policies that succeeded without an affirmative answer",
        ),
        denominator: text(
            "期间内犹豫期届满且未撤销的应访保单",
            "policies in scope, not cancelled, whose callback fell due in the period",
        ),
        source: "B06 §7",
        figures: &[F::Due, F::Cancelled, F::Succeeded, F::Problem],
        ratio: (F::Problem, F::Due),
        ..NEW
    },
    Metric {
        code: "K-04",
        name: "cooling_off_phone_coverage",
        title: text("犹豫期内电话回访率", "Phone coverage in cooling-off"),
        numerator: text(
            "犹豫期内拨打过回访电话的保单",
            "policies phoned within cooling-off",
        ),
        denominator: text(
            "期间内犹豫期届满的应访保单（已撤单的除外）",
            "policies in scope whose cooling-off ended in the period, cancelled ones left out",
        ),
        source: "B06 §21",
        ended_only: true,
        figures: &[F::Ended, F::Running, F::Cancelled, F::Phoned],
        ratio: (F::Phoned, F::Ended),
        target_percent: Some(100),
        ..NEW
    },
    Metric {
        code: "K-05",
        name: "cooling_off_success",
        title: text("犹豫期内回访成功率", "Success rate in cooling-off"),
        numerator: text(
            "犹豫期内回访成功的保单，及按公司登记规定视同犹豫期内成功的保单（仅山东）",
            "policies with success within cooling-off, or later and deemed under the company’s registered rule (Shandong only)",
        ),
        denominator: text(
            "期间内犹豫期届满的应访保单（已撤单的除外）",
            "policies in scope whose cooling-off ended in the period, cancelled ones left out",
        ),
        source: "B06 §7, §21",
        ended_only: true,
        figures: &[
            F::Ended,
            F::Running,
            F::Cancelled,
            F::SucceededInPeriod,
            F::SucceededDeemed,
            F::SucceededCounted,
        ],
        ratio: (F::SucceededCounted, F::Ended),
        ..NEW
    },
    Metric {
        code: "K-06",
        name: "cooling_off_completion",
        title: text("犹豫期内回访完成率", "Completion rate in cooling-off"),
        numerator: text(
            "犹豫期内回访完成的保单，及视同成功且已肯定答复的保单；完成渠道另列",
            "policies completed within cooling-off, or deemed and affirmed; by channel of completion",
        ),
        denominator: text(
            "期间内犹豫期届满的应访保单（已撤单的除外）",
            "policies in scope whose cooling-off ended in the period, cancelled ones left out",
        ),
        source: "B06; B08 §3",
        ended_only: true,
        figures: &[
            F::Ended,
            F::Running,
            F::Cancelled,
            F::CompletedInPeriod,
            F::CompletedDeemed,
            F::CompletedCounted,
            F::CompletedByPhone,
            F::CompletedByLetter,
            F::CompletedByVisit,
        ],
        ratio: (F::CompletedCounted, F::Ended),
        ..NEW
    },
    Metric {
        code: "K-07",
        name: "problem_rate",
        title: text("问题件率", "Problem rate"),
        numerator: text(
            "回访成功但未获肯定答复的保单",
            "policies that succeeded without an affirmative answer",
        ),
        denominator: text("回访成功的保单", "policies that succeeded"),
        source: "B06 §7",
        figures: &[F::Succeeded, F::Completed, F::Problem],
        ratio: (F::Problem, F::Succeeded),
        ..NEW
    },
    Metric {
        code: "K-08",
        name: "problem_resolution",
        title: text("问题件解决率", "Problem resolution rate"),
        numerator: text(
            "立案后获得肯定答复、回访完成的问题件",
            "problem cases completed later",
        ),
        denominator: text(
            "期间内立案的问题件（按首张问题件工单）",
            "problem cases opened in the period, by their first problem ticket",
        ),
        source: "B06 §23",
        counted: Counted::Cases,
        basis: Basis::Opened,
        figures: &[F::Opened, F::Resolved, F::Unresolved],
        ratio: (F::Resolved, F::Opened),
        ..NEW
    },
    Metric {
        code: "K-09",
        name: "timing",
        title: text(
            "提前、按时、超期回访量",
            "Early, in-time, late callback counts",
        ),
        numerator: text("期限内完成的回访", "callbacks made within the period"),
        denominator: text(
            "期间内到期并已完成的回访",
            "callbacks due in the period that were made",
        ),
        source: "B08 §4",
        counted: Counted::Callbacks,
        figures: &[
            F::Due,
            F::Cancelled,
            F::Made,
            F::Early,
            F::InTime,
            F::Late,
            F::Outstanding,
        ],
        ratio: (F::InTime, F::Made),
        ..NEW
    },
    Metric {
        code: "K-10",
        name: "supplementary",
        title: text("补访率", "Supplementary callback rate"),
        numerator: text("犹豫期内完成的补访", "NB-SUP completed within cooling-off"),
        denominator: text(
            "期间内犹豫期届满的应补访件",
            "NB-SUP whose cooling-off ended in the period",
        ),
        source: "B08 §4",
        counted: Counted::Callbacks,
        programmes: &["NB-SUP"],
        ended_only: true,
        figures: &[F::Ended, F::Running, F::Cancelled, F::CompletedInPeriod],
        ratio: (F::CompletedInPeriod, F::Ended),
        ..NEW
    },
    Metric {
        code: "K-11",
        name: "not_completed_by_cause",
        title: text("未能完成回访（按原因）", "Not completed, by cause"),
        numerator: text(
            "因投保人自身原因未能完成的回访",
            "callbacks not completed for the policyholder’s own reasons",
        ),
        denominator: text(
            "期间内到期、未能完成的回访",
            "callbacks due in the period that ended without completion",
        ),
        source: "B08 §5",
        counted: Counted::Callbacks,
        figures: &[F::NotCompleted, F::NotCompletedOwn, F::NotCompletedOther],
        ratio: (F::NotCompletedOwn, F::NotCompleted),
        ..NEW
    },
    Metric {
        code: "K-12",
        name: "failed_by_reason",
        title: text("失败件（按原因）", "Failed cases by reason"),
        numerator: text(
            "已拨打但尚未访到的回访，按最近一次拨打结果分类（已约时间的除外）",
            "callbacks called but not interviewed, by the result of the last attempt (appointments left out)",
        ),
        denominator: text(
            "期间内到期、已拨打的回访",
            "callbacks due in the period that were called",
        ),
        source: "B04 §8",
        counted: Counted::Callbacks,
        figures: &[
            F::Called,
            F::Failed,
            F::FailedWrongNumber,
            F::FailedDialect,
            F::FailedHearing,
            F::FailedNoAnswer,
            F::FailedNotInPerson,
            F::FailedRefused,
            F::FailedInterrupted,
        ],
        ratio: (F::Failed, F::Called),
        ..NEW
    },
    Metric {
        code: "K-13",
        name: "second_callback",
        title: text("二次回访成功率", "Second callback success rate"),
        numerator: text("成功的二次回访", "second callbacks that succeeded"),
        denominator: text(
            "应二次回访的件：号码更正后、转分公司后、问题件处理后",
            "second callbacks due: after a corrected number, at the branch, after a solved problem",
        ),
        source: "B04 §6",
        counted: Counted::Callbacks,
        figures: &[F::SecondDue, F::SecondSucceeded],
        ratio: (F::SecondSucceeded, F::SecondDue),
        ..NEW
    },
    Metric {
        code: "K-40",
        name: "data_quality",
        title: text("客户信息差错率", "Data quality"),
        numerator: text("号码或地址错误", "wrong numbers, wrong addresses"),
        denominator: text("已回访保单", "policies called"),
        source: "B04 §5, §7; B16",
        figures: &[
            F::Due,
            F::Cancelled,
            F::Called,
            F::WrongContact,
            F::WrongPhone,
            F::WrongAddress,
        ],
        ratio: (F::WrongContact, F::Called),
        ..NEW
    },
];
