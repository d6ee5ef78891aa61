//! Names as they occur: surnames by their share of the population, given names by generation,
//! companies by trade.

use super::dice::Dice;

/// Surnames with their share among mainland residents, in parts of ten thousand.
const SURNAMES: [(&str, u32); 68] = [
    ("王", 725),
    ("李", 719),
    ("张", 683),
    ("刘", 517),
    ("陈", 453),
    ("杨", 308),
    ("黄", 229),
    ("赵", 218),
    ("吴", 203),
    ("周", 202),
    ("徐", 146),
    ("孙", 143),
    ("马", 130),
    ("朱", 125),
    ("胡", 118),
    ("郭", 116),
    ("何", 115),
    ("林", 113),
    ("罗", 106),
    ("高", 104),
    ("郑", 90),
    ("梁", 88),
    ("谢", 77),
    ("宋", 75),
    ("唐", 72),
    ("许", 71),
    ("韩", 69),
    ("邓", 66),
    ("冯", 64),
    ("曹", 61),
    ("彭", 60),
    ("曾", 59),
    ("肖", 58),
    ("田", 57),
    ("董", 56),
    ("潘", 52),
    ("袁", 51),
    ("蔡", 51),
    ("蒋", 50),
    ("余", 49),
    ("于", 48),
    ("杜", 46),
    ("叶", 45),
    ("程", 44),
    ("魏", 43),
    ("苏", 43),
    ("吕", 42),
    ("丁", 41),
    ("任", 40),
    ("卢", 39),
    ("姚", 38),
    ("沈", 38),
    ("钟", 37),
    ("姜", 36),
    ("崔", 36),
    ("谭", 35),
    ("陆", 34),
    ("范", 33),
    ("汪", 33),
    ("廖", 32),
    ("石", 31),
    ("金", 31),
    ("韦", 30),
    ("贾", 29),
    ("夏", 29),
    ("方", 28),
    ("欧阳", 9),
    ("上官", 2),
];

/// Given names of a generation: women's, then men's.
type Given = (&'static [&'static str], &'static [&'static str]);

const BEFORE_1970: Given = (
    &[
        "秀英", "桂英", "秀兰", "玉兰", "玉珍", "淑珍", "桂兰", "凤英", "玉梅", "秀珍", "红梅",
        "建华", "丽华", "淑芳", "玉华", "慧兰", "素芬", "美玲", "爱华", "春梅",
    ],
    &[
        "建国", "建华", "国强", "志强", "建军", "德明", "国庆", "永强", "卫东", "志明", "保国",
        "援朝", "文革", "忠义", "光明", "福生", "金生", "长江", "振华", "庆丰",
    ],
);
const FROM_1970: Given = (
    &[
        "丽", "敏", "静", "艳", "娟", "霞", "燕", "玲", "丽娟", "海燕", "晓燕", "红霞", "雪梅",
        "婷", "莉", "丹", "芳", "雪", "倩", "颖", "晓红", "文静", "丽萍", "亚男",
    ],
    &[
        "伟", "勇", "军", "杰", "涛", "磊", "强", "鹏", "刚", "斌", "海涛", "志伟", "晓东", "建平",
        "俊杰", "波", "超", "辉", "健", "峰", "立新", "文斌", "海波", "永刚",
    ],
);
const FROM_1990: Given = (
    &[
        "雨欣", "思雨", "佳怡", "梦洁", "晓雯", "雅婷", "欣怡", "诗涵", "琪", "璐", "子涵", "梦瑶",
        "可欣", "紫萱", "一诺", "雨桐", "若曦", "语嫣", "诺", "悦",
    ],
    &[
        "浩", "宇", "鑫", "浩然", "子轩", "俊豪", "宇航", "博文", "天宇", "梓豪", "嘉豪", "泽宇",
        "一鸣", "子墨", "皓轩", "宇轩", "铭", "晨", "睿", "奕辰",
    ],
);

const TRADES: [&str; 14] = [
    "机械制造",
    "商贸",
    "建筑工程",
    "物流",
    "电子科技",
    "食品",
    "纺织",
    "医药",
    "化工",
    "餐饮管理",
    "新能源科技",
    "农业发展",
    "信息技术",
    "文化传媒",
];
const BRANDS: [&str; 24] = [
    "华兴", "瑞丰", "恒信", "天成", "金桥", "宏达", "鼎盛", "永安", "中联", "东升", "嘉和", "盛源",
    "博远", "新锐", "同创", "泰和", "万通", "海纳", "众诚", "德润", "安泰", "明辉", "凯旋", "龙腾",
];

/// A surname.
pub(super) fn surname(dice: &mut Dice) -> &'static str {
    dice.code(&SURNAMES)
}

/// A given name as parents chose it in a year.
pub(super) fn given(dice: &mut Dice, born_in: i32, male: bool) -> &'static str {
    let (women, men) = match born_in {
        ..1970 => BEFORE_1970,
        1970..1990 => FROM_1970,
        _ => FROM_1990,
    };
    let names = if male { men } else { women };
    dice.pick::<&str>(names)
}

/// The name of a company of a city.
pub(super) fn company(dice: &mut Dice, city: &str) -> String {
    let brand = dice.pick(&BRANDS);
    let second = dice.pick(&BRANDS);
    let trade = dice.pick(&TRADES);
    let form = if dice.per_mille(150) {
        "股份有限公司"
    } else {
        "有限公司"
    };
    if dice.per_mille(400) {
        format!("{city}{brand}{second}{trade}{form}")
    } else {
        format!("{city}{brand}{trade}{form}")
    }
}
