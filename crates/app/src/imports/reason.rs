//! Why a row is not taken.

use std::fmt;

macro_rules! reasons {
    ($( $(#[$meta:meta])* $variant:ident = $code:literal, $zh:literal, $en:literal; )+) => {
        /// Why a value, or a whole row, is not taken.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason { $( $(#[$meta])* $variant ),+ }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[ $( Self::$variant ),+ ];

            /// Its code.
            pub fn code(self) -> &'static str {
                match self { $( Self::$variant => $code ),+ }
            }

            /// In Chinese.
            pub fn zh(self) -> &'static str {
                match self { $( Self::$variant => $zh ),+ }
            }

            /// In English.
            pub fn en(self) -> &'static str {
                match self { $( Self::$variant => $en ),+ }
            }
        }
    };
}

reasons! {
    /// The number of cells differs from the heading.
    Cells = "cells", "列数与表头不一致", "number of cells differs from the heading";
    /// Bytes that are no UTF-8.
    Encoding = "encoding", "不是 UTF-8 编码", "not UTF-8";
    /// A line of NDJSON that is no object.
    Json = "json", "不是合法的 JSON 对象", "not a JSON object";
    /// A value is needed.
    Missing = "missing", "必填项为空", "a value is needed";
    /// Longer than the field.
    TooLong = "too_long", "内容过长", "too long";
    /// Not one of the codes.
    UnknownCode = "unknown_code", "代码不在代码表内", "not one of the codes";
    /// Not a date.
    Date = "date", "不是日期（应为 YYYY-MM-DD）", "not a date (YYYY-MM-DD)";
    /// Not a moment.
    Instant = "instant", "不是时间（应为 RFC 3339）", "not an instant (RFC 3339)";
    /// Neither true nor false.
    Bool = "bool", "应为 true 或 false", "neither true nor false";
    /// Not a number, or out of range.
    Number = "number", "不是有效数字", "not a number in range";
    /// Not an amount.
    Money = "money", "不是金额（元，至多两位小数）", "not an amount in yuan with two decimal places";
    /// Identity number of the wrong shape.
    IdShape = "id_shape", "证件号码位数或字符不符", "length or characters do not fit the document";
    /// Identity number with a wrong check digit.
    IdCheckDigit = "id_check_digit", "证件号码校验位错误", "the check digit is wrong";
    /// Identity number with an impossible birth date.
    IdBirthDate = "id_birth_date", "证件号码中的出生日期不成立", "the birth date in the number is impossible";
    /// Identity number of no region.
    IdRegion = "id_region", "证件号码中的地区不存在", "the region in the number does not exist";
    /// Birth date and identity number disagree.
    BirthDateMismatch = "birth_date_mismatch", "出生日期与证件号码不符", "birth date differs from the identity number";
    /// Sex and identity number disagree.
    SexMismatch = "sex_mismatch", "性别与证件号码不符", "sex differs from the identity number";
    /// Not a mobile number.
    Mobile = "mobile", "不是大陆手机号码", "not a mainland mobile number";
    /// Not a landline number.
    Landline = "landline", "不是电话号码", "not a telephone number";
    /// Not an e-mail address.
    Email = "email", "不是电子邮箱地址", "not an e-mail address";
    /// Not a region code.
    Region = "region", "不是行政区划代码（GB/T 2260 六位）", "not a region code (six digits, GB/T 2260)";
    /// A birth date in the future.
    FutureBirth = "future_birth", "出生日期晚于今天", "the birth date lies in the future";
    /// Dates in the wrong order.
    DateOrder = "date_order", "日期先后颠倒", "dates in the wrong order";
    /// The cooling-off period is too short.
    CoolingOffTooShort = "cooling_off_too_short", "犹豫期短于下限", "the cooling-off period is below the floor";
    /// An unknown unit.
    UnknownOrg = "unknown_org", "机构代码不存在", "unknown unit";
    /// An unknown salesperson.
    UnknownAgent = "unknown_agent", "销售人员代码不存在", "unknown salesperson";
    /// An unknown customer.
    UnknownCustomer = "unknown_customer", "客户号不存在", "unknown customer";
    /// An unknown policy.
    UnknownPolicy = "unknown_policy", "保单号不存在", "unknown policy";
    /// The parent is the unit itself or below it.
    OrgCycle = "org_cycle", "上级机构成环", "the parent lies below the unit itself";
    /// An identity document does not fit the kind of customer.
    IdTypeMismatch = "id_type_mismatch", "证件类型与客户类型不符", "the kind of document does not fit the kind of customer";
    /// The event says neither whom nor what it is about.
    NoSubject = "no_subject", "未注明保单、客户或人员", "names no policy, customer or person";
    /// A value that was masked when it was exported.
    Masked = "masked", "内容已脱敏，不能导入", "a masked value cannot be imported";
    /// A field that does not exist.
    UnknownField = "unknown_field", "字段不存在", "unknown field";
    /// The id belongs to an event of another unit.
    EventIdTaken = "event_id_taken", "事件编号已被占用", "the event id is taken";
    /// The system writes events of this type itself.
    OwnEvent = "own_event", "此类事件由系统自行产生", "the system writes events of this type itself";
    /// A contact person of a customer who is not a group.
    NotAGroup = "not_a_group", "该客户不是团体客户", "the customer is not a group";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.zh(), self.en())
    }
}
