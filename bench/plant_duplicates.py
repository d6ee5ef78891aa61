#!/usr/bin/env python3
"""Plants customers who are there twice, and people who only look like it, into a list of customers.

    python3 bench/plant_duplicates.py customers.csv 10000 FOLDER [5000 [7300]]

writes FOLDER/customers.csv (the list with the planted records at its end) and FOLDER/truth.csv for `huifang import`
and `huifang duplicates --truth`. A line of truth.csv holds two numbers, the kind of error, and `one` (customer) or
`two`: the third number of the command says how many pairs of two customers are planted, half as many as duplicates
otherwise, the fourth draws others of the same kinds. `easy/…` are single errors, `medium/…` two at once, `hard/…` records with neither identity number nor
telephone or with other names in common, `group/…` organisations, `two/…` families, namesakes and branches. The same
input gives the same output.
"""

import csv
import random
import re
import sys
from datetime import date, timedelta
from pathlib import Path


def pairs(text):
    return {a: b for a, b in (word for word in text.split())}


def both(text):
    return {b: a for a, b in pairs(text).items()} | pairs(text)


# Written otherwise, sounding the same; sounding alike in dialects; of the other script.
SAME_SOUND = both("颖影 宇羽 丽莉 勇永 凯恺 伟玮 涛滔 静靖 艳燕 悦越 建健 杰洁 红虹 文雯 怡仪 刚钢 慧惠 平萍 熙曦 磊蕾 霞侠 玉钰 峰锋 琪奇 飞菲 斌彬 志智 "
                  "婷亭 涵晗 鹏朋 秀绣 桂贵 兰岚 佳嘉 敏闽 辉晖 玲铃 欣鑫 明铭 芳方 洋扬 波播 琳霖 超抄 英瑛 军均 强蔷 娟涓 思丝 雪鳕 梅玫")
LIKE_SOUND = pairs("丽妮 琳玲 玲琳 敏明 明敏 鑫星 欣兴 静瑾 颖引 英茵 莹茵 芳帆 帆芳 兰南 斌兵 诗思 思诗 志梓 梓芷 平频 萍频 佳恰 娜拉 健江 建江")
OTHER_SCRIPT = pairs("丽麗 国國 伟偉 涛濤 强強 莹瑩 静靜 艳艷 悦悅 红紅 军軍 刚剛 飞飛 鹏鵬 兰蘭 辉輝 颖穎 凯凱 杰傑 玉鈺 张張 刘劉 陈陳 杨楊 赵趙 吴吳 孙孫 马馬 "
                     "罗羅 郑鄭 谢謝 韩韓 冯馮 邓鄧 萧蕭 叶葉 贾賈 阎閻 钱錢 龙龍 龚龔 卢盧 许許 谭譚 万萬 顾顧 贺賀 赖賴 邹鄒 钟鐘 苏蘇 蒋蔣 陆陸")
PINYIN = dict(word.split("=") for word in (
    "贾=jia 陆=lu 何=he 谢=xie 石=shi 邓=deng 杜=du 罗=luo 熊=xiong 宋=song 姜=jiang 董=dong 万=wan 段=duan 周=zhou 傅=fu 张=zhang 江=jiang "
    "阎=yan 顾=gu 易=yi 吕=lv 于=yu 胡=hu 孔=kong 彭=peng 戴=dai 范=fan 冯=feng 唐=tang 程=cheng 孟=meng 秦=qin 汪=wang 钱=qian 邱=qiu 郝=hao "
    "丁=ding 萧=xiao 魏=wei 曾=zeng 金=jin 任=ren 潘=pan 许=xu 余=yu 卢=lu 杨=yang 郑=zheng 黄=huang 方=fang 袁=yuan 崔=cui 朱=zhu 毛=mao 曹=cao "
    "邹=zou 黎=li 薛=xue 邵=shao 韩=han 孙=sun 夏=xia 赵=zhao 蔡=cai 龚=gong 龙=long 尹=yin 田=tian 姚=yao 高=gao 刘=liu 乔=qiao 郭=guo 徐=xu "
    "沈=shen 林=lin 梁=liang 谭=tan 陈=chen 白=bai 常=chang 汤=tang 蒋=jiang 史=shi 苏=su 廖=liao 钟=zhong 叶=ye 贺=he 马=ma 阳=yang 赖=lai "
    "雷=lei 武=wu 康=kang 侯=hou 李=li 王=wang 吴=wu 颖=ying 宇=yu 丽=li 亮=liang 勇=yong 帆=fan 凯=kai 伟=wei 涛=tao 俊=jun 强=qiang 莹=ying "
    "静=jing 艳=yan 悦=yue 娟=juan 子=zi 浩=hao 国=guo 建=jian 杰=jie 红=hong 英=ying 文=wen 怡=yi 军=jun 超=chao 刚=gang 博=bo 慧=hui 平=ping "
    "熙=xi 磊=lei 霞=xia 玉=yu 萱=xuan 思=si 峰=feng 雨=yu 诗=shi 琪=qi 飞=fei 斌=bin 梅=mei 燕=yan 萍=ping 志=zhi 梓=zi 婷=ting 涵=han 鹏=peng "
    "雪=xue 秀=xiu 桂=gui 兰=lan 佳=jia 娜=na 敏=min 然=ran 辉=hui 玲=ling 轩=xuan 健=jian 欣=xin 海=hai 明=ming 鑫=xin 芳=fang 洋=yang 波=bo 琳=lin"
).split())
SURNAMES, GIVEN = list(PINYIN)[:100], list(PINYIN)[100:]
ENGLISH = "David Mary Kevin Lucy Jack Linda Tom Grace Peter Helen Eric Amy".split()
TOWNS = "重庆 济南 成都 广州 北京 青岛 烟台 涪陵 绵阳 佛山".split()
BRANDS = "联合 宏远 华泰 金鼎 鸿运 恒信 天成 永盛 瑞丰 博雅 中联 利民 新纪元 凯旋 顺达 兴隆 同心 万福 盛世 启明 长青 云海".split()
TRADES = "实业 食品 建材 物流 机械 电子 纺织 医药 装饰 汽车贸易 餐饮管理 信息技术".split()


class Unfit(Exception):
    """The record does not allow this error."""


def need(it):
    if not it:
        raise Unfit
    return it


class Maker:
    """Errors are made of what the dice say."""

    def __init__(self, dice, today):
        self.dice, self.today = dice, today

    # --- parts ---

    def mobile(self):
        return "1%d%09d" % (self.dice.randrange(3, 10), self.dice.randrange(10**9))

    def home(self):
        road = self.dice.choice("解放 人民 和平 中山 建设 胜利 光明 文化".split())
        at = self.dice.randrange
        return f"{self.dice.choice(['济南市天桥区', '重庆市江北区', '成都市武侯区'])}{road}路{at(1, 400)}号{at(1, 30)}栋{at(101, 3000)}室"

    def given(self, but=""):
        return self.dice.choice([c for c in GIVEN if c not in but])

    def number(self, born, sex, region, serial=None):
        at = serial if serial is not None else self.dice.randrange(1, 498) * 2 + (sex == "male")
        core = f"{region}{born.replace('-', '')}{at % 1000:03d}"
        weights = [2 ** (17 - n) % 11 for n in range(17)]
        return core + "10X98765432"[sum(w * int(c) for w, c in zip(weights, core)) % 11]

    def credit_code(self):
        letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        org = "".join(self.dice.choice("0123456789") for _ in range(8))
        check = 11 - sum(w * int(c) for w, c in zip([3, 7, 9, 10, 5, 8, 4, 2], org)) % 11
        core = "91" + self.dice.choice(["500103", "370102", "510104"]) + org + {10: "X", 11: "0"}.get(check, str(check))
        return core + letters[(31 - sum(pow(3, n, 31) * letters.index(c) for n, c in enumerate(core)) % 31) % 31]

    def change(self, row, table):
        at = need([n for n, c in enumerate(row["name"]) if c in table])
        n = self.dice.choice(at)
        row["name"] = row["name"][:n] + table[row["name"][n]] + row["name"][n + 1:]

    def birthday(self, born, years):
        return (date.fromisoformat(born) + timedelta(days=int(years * 365.25) + self.dice.randrange(1, 300))).isoformat()

    # --- single errors ---

    def typo(self, row):
        row["name"] = row["name"][:-1] + self.given(row["name"])

    def homophone(self, row):
        self.change(row, SAME_SOUND)

    def dialect(self, row):
        self.change(row, LIKE_SOUND)

    def script(self, row):
        self.change(row, OTHER_SCRIPT)

    def surname(self, row):
        row["name"] = self.dice.choice([s for s in SURNAMES if s != row["name"][0]]) + row["name"][1:]

    def husband(self, row):
        row["name"] = self.dice.choice([s for s in SURNAMES if s != row["name"][0]]) + row["name"]

    def latin(self, row):
        words = [PINYIN[c] for c in need(all(c in PINYIN for c in row["name"])) and row["name"]]
        surname, given = words[0].title(), "".join(words[1:]).title()
        row["name"] = f"{surname} {given}" if self.dice.random() < 0.5 else f"{given} {surname}"

    def english(self, row):
        surname = PINYIN[need(row["name"][0] in PINYIN) and row["name"][0]].title()
        row["name"] = f"{self.dice.choice(ENGLISH)} {surname}"

    def old_name(self, row):
        row["name"] = row["name"][0] + self.given(row["name"]) + self.given(row["name"])

    def missing_digit(self, row):
        at = self.dice.randrange(6, 16)
        row |= {"id_no": row["id_no"][:at] + row["id_no"][at + 1:], "id_type": "other"}

    def fifteen(self, row):
        need(row["birth_date"] < "2000")
        row |= {"id_no": row["id_no"][:6] + row["id_no"][8:17], "id_type": "other"}

    def exchange(self, row, far):
        old = row["id_no"]
        least = 2 if far else 1
        free = [(i, j) for i in range(6, 16) for j in range(i + least, 17 if far else i + 2) if old[i] != old[j] and j < 17]
        i, j = self.dice.choice(need(free))
        row |= {"id_no": old[:i] + old[j] + old[i + 1:j] + old[i] + old[j + 1:], "id_type": "other"}

    def digits(self, row):
        self.exchange(row, False)

    def far_digits(self, row):
        self.exchange(row, True)

    def no_id(self, row):
        row |= {"id_no": "", "id_type": ""}

    def no_birth(self, row):
        row["birth_date"] = ""

    def sex(self, row):
        row["sex"] = "male" if row["sex"] == "female" else "female"
        row["id_type"] = "other" if row["id_no"] else ""

    def other_mobile(self, row):
        row["mobile"] = self.mobile()

    def mistyped_mobile(self, row):
        at = self.dice.randrange(3, 11)
        row["mobile"] = row["mobile"][:at] + str((int(row["mobile"][at]) + self.dice.randrange(1, 10)) % 10) + row["mobile"][at + 1:]

    def moved(self, row):
        row["address"] = self.home()

    def no_address(self, row):
        row["address"] = ""

    def part_address(self, row):
        town, district, road, rest = need(re.match(r"(.+?市)(.+?[区县])(.+?\d+号)(.+)", row["address"])).groups()
        estate, block, room = need(re.match(r"(\D*)(\d+)栋(\d+)室", rest)).groups()
        short = f"{town[:-1]}{district[:-1]}{road}{estate}{block}-{room}"
        forms = [town + district + road, road + rest, f"{town}{district}{road}{estate}{block}幢", short]
        row["address"] = self.dice.choice(forms)

    def swapped_birth(self, row):
        year, month, day = row["birth_date"].split("-")
        need(int(day) <= 12 and day != month)
        row["birth_date"] = f"{year}-{day}-{month}"

    def lunar_birth(self, row):
        row["birth_date"] = (date.fromisoformat(row["birth_date"]) - timedelta(days=self.dice.randrange(19, 51))).isoformat()

    # --- organisations ---

    def company(self):
        town, brand, trade = (self.dice.choice(part) for part in (TOWNS, BRANDS, TRADES))
        name = f"{town}市{brand}{self.dice.choice(GIVEN)}{trade}有限公司"
        phone = f"0{self.dice.choice(['23', '531', '28', '20'])}-{self.dice.randrange(60000000, 89000000)}"
        return {"kind": "group", "name": name, "id_type": "unified_social_credit", "id_no": self.credit_code(), "phone": phone, "address": self.home()}

    def legal_form(self, row):
        row["name"] = row["name"].replace("有限公司", self.dice.choice(["有限责任公司", "公司", "（集团）有限公司"])).replace("市", "")

    def abbreviated(self, row):
        name = re.sub(r"^.+?市", "", row["name"]).replace("有限公司", "")
        row["name"] = name if self.dice.random() < 0.5 else re.sub("管理|技术|汽车", "", name) + "公司"

    def organisation_typo(self, row):
        at = self.dice.randrange(3, 6)
        row["name"] = row["name"][:at] + self.given(row["name"]) + row["name"][at + 1:]

    def renamed(self, row):
        row["name"] = self.company()["name"]

    def old_code(self, row):
        row |= {"id_no": row["id_no"][8:16] + "-" + row["id_no"][16], "id_type": "other"}

    def other_phone(self, row):
        row["phone"] = self.company()["phone"]

    # --- two customers ---

    def relative(self, of, years, name, sex=None):
        """Somebody of the same home, with a number of their own."""
        sex = sex or self.dice.choice(["male", "female"])
        born = self.birthday(of["birth_date"], years) if years else of["birth_date"]
        need(born < self.today)
        return dict(of, name=name, sex=sex, birth_date=born, id_no=self.number(born, sex, of["id_no"][:6]))

    def sibling_name(self, of):
        if len(of["name"]) == 3 and self.dice.random() < 0.6:
            return of["name"][:2] + self.given(of["name"])
        return of["name"][0] + "".join(self.given(of["name"]) for _ in of["name"][1:])

    def twins(self, of):
        serial = int(of["id_no"][14:17])
        other = self.relative(of, 0, self.sibling_name(of), of["sex"])
        return other | {"id_no": self.number(of["birth_date"], of["sex"], of["id_no"][:6], (serial + 2) % 1000)}

    def siblings(self, of):
        return self.relative(of, self.dice.randrange(1, 9), self.sibling_name(of))

    def father_and_son(self, of):
        return self.relative(of, self.dice.randrange(20, 36), of["name"], of["sex"])

    def spouses(self, of):
        sex = "male" if of["sex"] == "female" else "female"
        return self.relative(of, self.dice.randrange(0, 5), self.dice.choice(SURNAMES) + self.given() + self.given(), sex)

    def parents_number(self, of):
        child = self.relative(of, self.dice.randrange(22, 36), of["name"][0] + self.given() + self.given())
        return child | {"id_no": of["id_no"], "id_type": "other"}

    def namesakes(self, of):
        other = self.relative(of, self.dice.choice([-2, -1, 1, 2]), of["name"])
        return other | {"mobile": self.mobile(), "address": re.sub(r"\d+号.+", f"{self.dice.randrange(500, 900)}号3栋{self.dice.randrange(101, 999)}室", of["address"])}

    def born_one_day(self, of):
        other = self.relative(of, 0, of["name"], of["sex"])
        return other | {"id_no": self.number(of["birth_date"], of["sex"], "420103"), "mobile": self.mobile(), "address": self.home()}

    def strangers(self, of):
        return self.relative(of, self.dice.randrange(-9, 10), self.dice.choice(SURNAMES) + self.given() + self.given())

    def mobile_given_on(self, of):
        return self.strangers(of) | {"address": self.home()}

    def next_tenants(self, of):
        return self.strangers(of) | {"mobile": self.mobile()}

    def branches(self, of):
        town = self.dice.choice(TOWNS)
        other = dict(of, name=f"{of['name']}{town}分公司", id_no=self.credit_code())
        return other if self.dice.random() < 0.5 else other | {"address": self.home()}

    def sisters(self, of):
        name = of["name"].replace(next(t for t in TRADES if t in of["name"]), self.dice.choice(TRADES))
        return dict(of, name=need(name != of["name"]) and name, id_no=self.credit_code())

    def neighbours(self, of):
        return of | self.company() | {"address": of["address"], "phone": of["phone"]}


M = Maker
ONE = {
    "easy/typo": [M.typo], "easy/homophone": [M.homophone], "easy/script": [M.script], "easy/missing-digit": [M.missing_digit],
    "easy/fifteen-digits": [M.fifteen], "easy/exchanged-digits": [M.digits], "easy/wrong-sex": [M.sex], "easy/moved": [M.moved],
    "easy/other-mobile": [M.other_mobile], "easy/mistyped-mobile": [M.mistyped_mobile], "easy/no-number": [M.no_id], "easy/surname": [M.surname],
    "medium/no-number+mobile": [M.no_id, M.other_mobile], "medium/no-number+moved": [M.no_id, M.moved],
    "medium/homophone+moved": [M.homophone, M.moved, M.other_mobile], "medium/no-number+homophone": [M.no_id, M.homophone],
    "medium/no-number+typo": [M.no_id, M.typo], "medium/no-number+dialect": [M.no_id, M.dialect],
    "medium/no-number+surname": [M.no_id, M.surname], "medium/no-number+mistyped": [M.no_id, M.mistyped_mobile],
    "medium/no-number+day-month": [M.no_id, M.swapped_birth], "medium/no-number+sex": [M.no_id, M.sex],
    "medium/digits+mobile": [M.digits, M.other_mobile], "medium/fifteen+moved": [M.fifteen, M.moved, M.other_mobile],
    "hard/name+part-address": [M.no_id, M.other_mobile, M.part_address],
    "hard/homophone+part-address": [M.homophone, M.no_id, M.other_mobile, M.part_address],
    "hard/dialect+part-address": [M.dialect, M.no_id, M.other_mobile, M.part_address],
    "hard/typo+part-address": [M.typo, M.no_id, M.other_mobile, M.part_address],
    "hard/pinyin+mobile": [M.latin, M.no_id, M.no_address], "hard/pinyin+part-address": [M.latin, M.no_id, M.other_mobile, M.part_address],
    "hard/english-name+mobile": [M.english, M.no_id, M.part_address], "hard/old-name+mobile": [M.old_name, M.no_id],
    "hard/husband-name+address": [M.husband, M.no_id, M.other_mobile], "hard/far-digits+moved": [M.far_digits, M.homophone, M.other_mobile, M.moved],
    "hard/no-birth+mobile": [M.no_id, M.no_birth, M.part_address], "hard/no-birth+address": [M.no_id, M.no_birth, M.other_mobile],
    "hard/lunar-birth+part-address": [M.lunar_birth, M.no_id, M.other_mobile, M.part_address],
    "hard/sex+day-month+mobile": [M.sex, M.no_id, M.swapped_birth, M.other_mobile], "hard/name+birth-only": [M.no_id, M.other_mobile, M.moved],
    "group/legal-form+phone": [M.legal_form, M.other_phone], "group/short-name+no-code": [M.abbreviated, M.no_id, M.moved],
    "group/short-name+address": [M.abbreviated, M.no_id, M.other_phone], "group/old-code+short-name": [M.abbreviated, M.old_code, M.other_phone, M.moved],
    "group/typo+no-code": [M.organisation_typo, M.no_id, M.other_phone], "group/renamed": [M.renamed],
}
TWO = {
    "two/twins": [M.twins], "two/twins-no-number": [M.twins, M.no_id], "two/siblings": [M.siblings], "two/siblings-no-number": [M.siblings, M.no_id],
    "two/father-and-son": [M.father_and_son], "two/father-and-son-no-number": [M.father_and_son, M.no_id],
    "two/spouses-no-number": [M.spouses, M.no_id], "two/parents-number": [M.parents_number], "two/namesakes-no-number": [M.namesakes, M.no_id],
    "two/born-one-day": [M.born_one_day], "two/born-one-day-no-number": [M.born_one_day, M.no_id], "two/mobile-given-on": [M.mobile_given_on],
    "two/mobile-given-on-no-number": [M.mobile_given_on, M.no_id], "two/next-tenants-no-number": [M.next_tenants, M.no_id],
    "two/dormitory-no-number": [M.strangers, M.no_id], "two/branches": [M.branches], "two/branches-no-code": [M.branches, M.no_id],
    "two/sister-companies-no-code": [M.sisters, M.no_id], "two/one-switchboard-no-code": [M.neighbours, M.no_id],
}
OF_GROUPS = ("group/", "two/branches", "two/sister", "two/one-switchboard")


def made(maker, steps, of):
    """The second record, or nothing when this customer does not allow the errors."""
    try:
        other = dict(of)
        for step in steps:
            other = step(maker, other) or other
        return other
    except Unfit:
        return None


def plant(rows, head, one, two, dice):
    """New records and the truth about them; every customer is used once."""
    maker = Maker(dice, max(r["collected_at"] for r in rows)[:10])
    persons = [r for r in rows if r["kind"] == "individual" and len(r["id_no"]) == 18 and r["mobile"] and "1940" < r["birth_date"] < "2005"]
    dice.shuffle(persons)
    added, truth = [], []
    for kinds, total, sign in ((ONE, one, "one"), (TWO, two, "two")):
        for at in range(total):
            kind, steps = list(kinds.items())[at % len(kinds)]
            of_group = kind.startswith(OF_GROUPS)
            while True:
                if of_group:
                    of = dict.fromkeys(head, "") | maker.company() | {"customer_no": f"GRP{len(added):06d}", "org_code": dice.choice(rows)["org_code"]}
                    added.append(of)
                else:
                    of = persons.pop()
                other = made(maker, steps, of)
                if other:
                    break
            other["customer_no"] = f"DUP{len(added):06d}"
            if sign == "one" and dice.random() < 0.2:
                other["org_code"] = dice.choice(rows)["org_code"]
            added.append(other)
            truth.append((of["customer_no"], other["customer_no"], kind, sign))
    return added, truth


def main():
    source, one, folder = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    two = int(sys.argv[4]) if len(sys.argv) > 4 else one // 2
    seed = int(sys.argv[5]) if len(sys.argv) > 5 else 7300
    with source.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        head, rows = reader.fieldnames, list(reader)
    added, truth = plant(rows, head, one, two, random.Random(seed))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head)
        writer.writeheader()
        writer.writerows(rows + added)
    with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(truth)


if __name__ == "__main__":
    main()
