//! Metrics over property and claims callbacks, K-19 to K-25.

use super::super::{Basis, Counted, Figure as F, Metric};
use super::{NEW, text};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        code: "K-19",
        name: "first_callback_timeliness",
        title: text("首次回访及时率", "First callback timeliness"),
        numerator: text(
            "承保后一个月内、理赔结束后一周内访到的件",
            "PC-UW1 interviewed within one month, PC-CL1 within one week",
        ),
        denominator: text(
            "期间内到期的应访件（已撤销的除外）",
            "callbacks whose last day lay in the period and has passed, cancelled ones left out",
        ),
        source: "B09 §5",
        counted: Counted::Callbacks,
        programmes: &["PC-UW1", "PC-CL1"],
        ended_only: true,
        figures: &[
            F::Ended,
            F::Running,
            F::Cancelled,
            F::CalledInWindow,
            F::Interviewed,
            F::InterviewedInTime,
        ],
        ratio: (F::InterviewedInTime, F::Ended),
        ..NEW
    },
    Metric {
        code: "K-20",
        name: "renewal_callback",
        title: text("续保回访率", "Renewal callback rate"),
        numerator: text(
            "保单到期前一季度内拨打的件",
            "called in the quarter before expiry",
        ),
        denominator: text(
            "期间内到期的应访件（已撤销的除外）",
            "callbacks whose last day lay in the period and has passed, cancelled ones left out",
        ),
        source: "B09 §6",
        counted: Counted::Callbacks,
        programmes: &["PC-REN"],
        ended_only: true,
        figures: &[
            F::Ended,
            F::Running,
            F::Cancelled,
            F::CalledBeforeExpiry,
            F::Interviewed,
        ],
        ratio: (F::CalledBeforeExpiry, F::Ended),
        ..NEW
    },
    Metric {
        code: "K-22",
        name: "motor_settled_coverage",
        title: text("车险已决回访率", "Motor settled coverage"),
        numerator: text(
            "支付后第10日至第15日拨打的案件",
            "called between day 10 and day 15",
        ),
        denominator: text(
            "期间内支付的案件（拒赔、零结的除外）",
            "cases paid in the period, not refused, not zero-closed",
        ),
        source: "B17 §5",
        counted: Counted::Callbacks,
        basis: Basis::Trigger,
        programmes: &["MC-PAID"],
        figures: &[
            F::Due,
            F::Cancelled,
            F::Called,
            F::CalledInWindow,
            F::Interviewed,
        ],
        ratio: (F::CalledInWindow, F::Due),
        ..NEW
    },
    Metric {
        code: "K-24",
        name: "off_site_coverage",
        title: text("异地定损回访率", "Off-site coverage"),
        numerator: text("已拨打的异地案件", "off-site cases called"),
        denominator: text(
            "期间内报案的异地案件（代理人、业务员、修理厂报案的除外）",
            "off-site cases reported in the period, less those excluded by rule",
        ),
        source: "B17 §7",
        counted: Counted::Callbacks,
        basis: Basis::Trigger,
        programmes: &["MC-OFF"],
        figures: &[
            F::Due,
            F::Cancelled,
            F::Called,
            F::CalledInWindow,
            F::Interviewed,
        ],
        ratio: (F::Called, F::Due),
        target_percent: Some(100),
        ..NEW
    },
    Metric {
        code: "K-25",
        name: "commercial_coverage",
        title: text("商险个险已决回访率", "Commercial and personal coverage"),
        numerator: text("已拨打的案件", "cases called"),
        denominator: text(
            "期间内结案的财产险、货运险、责任险、意外险案件",
            "settled cases of the four classes in the period",
        ),
        source: "B17 §9",
        counted: Counted::Callbacks,
        basis: Basis::Trigger,
        programmes: &["CP-SET"],
        figures: &[
            F::Due,
            F::Cancelled,
            F::Called,
            F::CalledInWindow,
            F::Interviewed,
        ],
        ratio: (F::Called, F::Due),
        target_percent: Some(100),
        ..NEW
    },
];
