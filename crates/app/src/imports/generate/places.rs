//! Where the generated insurer does business: provinces, cities and districts with their division
//! codes (GB/T 2260).

/// A province with a branch.
pub(super) struct Province {
    /// First two digits of its division code; also the code of the branch.
    pub code: u32,
    /// Name of the branch.
    pub name: &'static str,
    /// The dialect besides Mandarin, and how many in a thousand are best served in it.
    pub dialect: Option<(&'static str, u32)>,
    /// Cities with an office.
    pub cities: &'static [City],
}

/// A city with an office.
pub(super) struct City {
    /// Name of the office.
    pub name: &'static str,
    /// How addresses there begin.
    pub address: &'static str,
    /// Its division code.
    pub region: u32,
    /// Telephone area code.
    pub area: &'static str,
    /// Share of the business.
    pub weight: u32,
    /// Districts with their division codes; the first two have a sub-branch.
    pub districts: &'static [(u32, &'static str)],
}

macro_rules! city {
    ($name:literal, $address:literal, $region:literal, $area:literal, $weight:literal, [$(($code:literal, $district:literal)),+]) => {
        City {
            name: $name,
            address: $address,
            region: $region,
            area: $area,
            weight: $weight,
            districts: &[$(($code, $district)),+],
        }
    };
}

/// The branches.
#[rustfmt::skip]
pub(super) const PROVINCES: [Province; 10] = [
    Province { code: 50, name: "重庆", dialect: Some(("sichuan", 420)), cities: &[
        city!("渝中", "重庆市", 500103, "023", 12, [(500103, "渝中区"), (500105, "江北区"), (500106, "沙坪坝区"), (500107, "九龙坡区"), (500108, "南岸区"), (500112, "渝北区")]),
        city!("万州", "重庆市", 500101, "023", 6, [(500101, "万州区"), (500234, "开州区"), (500235, "云阳县")]),
    ] },
    Province { code: 37, name: "山东", dialect: None, cities: &[
        city!("济南", "山东省济南市", 370100, "0531", 9, [(370102, "历下区"), (370103, "市中区"), (370104, "槐荫区"), (370105, "天桥区"), (370112, "历城区")]),
        city!("烟台", "山东省烟台市", 370600, "0535", 5, [(370602, "芝罘区"), (370611, "福山区"), (370612, "牟平区"), (370613, "莱山区")]),
    ] },
    Province { code: 44, name: "广东", dialect: Some(("cantonese", 380)), cities: &[
        city!("广州", "广东省广州市", 440100, "020", 8, [(440106, "天河区"), (440104, "越秀区"), (440105, "海珠区"), (440111, "白云区"), (440113, "番禺区")]),
        city!("深圳", "广东省深圳市", 440300, "0755", 6, [(440304, "福田区"), (440305, "南山区"), (440303, "罗湖区"), (440306, "宝安区"), (440307, "龙岗区")]),
        city!("佛山", "广东省佛山市", 440600, "0757", 3, [(440604, "禅城区"), (440605, "南海区"), (440606, "顺德区")]),
    ] },
    Province { code: 51, name: "四川", dialect: Some(("sichuan", 400)), cities: &[
        city!("成都", "四川省成都市", 510100, "028", 8, [(510104, "锦江区"), (510107, "武侯区"), (510105, "青羊区"), (510106, "金牛区"), (510108, "成华区")]),
        city!("绵阳", "四川省绵阳市", 510700, "0816", 3, [(510703, "涪城区"), (510704, "游仙区"), (510705, "安州区")]),
    ] },
    Province { code: 31, name: "上海", dialect: Some(("wu", 180)), cities: &[
        city!("浦东", "上海市", 310115, "021", 7, [(310115, "浦东新区"), (310101, "黄浦区"), (310104, "徐汇区"), (310106, "静安区"), (310110, "杨浦区"), (310112, "闵行区")]),
    ] },
    Province { code: 32, name: "江苏", dialect: Some(("wu", 150)), cities: &[
        city!("南京", "江苏省南京市", 320100, "025", 6, [(320106, "鼓楼区"), (320104, "秦淮区"), (320102, "玄武区"), (320105, "建邺区"), (320115, "江宁区")]),
        city!("苏州", "江苏省苏州市", 320500, "0512", 5, [(320508, "姑苏区"), (320505, "虎丘区"), (320506, "吴中区"), (320507, "相城区")]),
    ] },
    Province { code: 33, name: "浙江", dialect: Some(("wu", 170)), cities: &[
        city!("杭州", "浙江省杭州市", 330100, "0571", 6, [(330106, "西湖区"), (330102, "上城区"), (330105, "拱墅区"), (330108, "滨江区"), (330109, "萧山区")]),
    ] },
    Province { code: 42, name: "湖北", dialect: None, cities: &[
        city!("武汉", "湖北省武汉市", 420100, "027", 5, [(420106, "武昌区"), (420103, "江汉区"), (420102, "江岸区"), (420111, "洪山区")]),
    ] },
    Province { code: 35, name: "福建", dialect: Some(("minnan", 260)), cities: &[
        city!("厦门", "福建省厦门市", 350200, "0592", 4, [(350203, "思明区"), (350206, "湖里区"), (350211, "集美区")]),
    ] },
    Province { code: 11, name: "北京", dialect: None, cities: &[
        city!("朝阳", "北京市", 110105, "010", 7, [(110105, "朝阳区"), (110108, "海淀区"), (110101, "东城区"), (110102, "西城区"), (110106, "丰台区")]),
    ] },
];

/// Streets of an address.
pub(super) const STREETS: [&str; 24] = [
    "人民路",
    "解放路",
    "中山路",
    "建设路",
    "和平路",
    "文化路",
    "新华街",
    "胜利街",
    "长江路",
    "黄河路",
    "民生路",
    "滨河路",
    "学府路",
    "友谊路",
    "青年路",
    "朝阳街",
    "迎宾大道",
    "金融街",
    "花园路",
    "东风路",
    "南京路",
    "北京路",
    "工业大道",
    "康宁路",
];
/// Housing estates of an address.
pub(super) const ESTATES: [&str; 16] = [
    "阳光花园",
    "锦绣家园",
    "翠湖苑",
    "金色家园",
    "幸福里",
    "香榭丽都",
    "书香门第",
    "滨江一号",
    "御景湾",
    "万和城",
    "龙湖花园",
    "碧桂园",
    "春江名城",
    "紫金苑",
    "盛世华庭",
    "梧桐院",
];
