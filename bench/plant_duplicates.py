#!/usr/bin/env python3
"""Plants duplicates with the errors that people make into a list of customers.

    python3 bench/plant_duplicates.py customers.csv 10000 FOLDER

writes FOLDER/customers.csv (the list with the planted records at its end) and FOLDER/truth.csv (two numbers a
line), for `huifang import` and `huifang duplicates --truth`. The same input gives the same output.
"""

import csv
import random
import sys
from pathlib import Path

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高贾夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰秀珍建国志文海波鑫宇晨浩然子轩梓涵欣怡雨思佳琪博嘉颖婷"
HOMOPHONES = "伟玮芳方娜纳敏闽静靖丽莉强墙磊蕾军均洋阳勇永艳燕杰洁娟捐涛滔明铭超抄霞侠平萍刚钢桂贵英瑛华桦玉育兰蓝秀绣珍真建健国帼志治文闻海亥波播鑫欣宇羽晨辰"
SAME_SOUND = dict(zip(HOMOPHONES[::2], HOMOPHONES[1::2])) | dict(zip(HOMOPHONES[1::2], HOMOPHONES[::2]))


def typo(row, dice):
    row["name"] = row["name"][:-1] + dice.choice(GIVEN)


def homophone(row, dice):
    row["name"] = "".join(SAME_SOUND.get(c, c) for c in row["name"])


def missing_digit(row, dice):
    at = dice.randrange(6, 16)
    row["id_no"] = row["id_no"][:at] + row["id_no"][at + 1 :]
    row["id_type"] = "other"


def old_number(row, dice):
    if row["birth_date"] < "2000":
        row["id_no"] = row["id_no"][:6] + row["id_no"][8:17]
        row["id_type"] = "other"


def moved(row, dice):
    row["address"] = f"济南市天桥区解放路{dice.randrange(1, 400)}号{dice.randrange(1, 30)}栋{dice.randrange(101, 3000)}室"
    row["mobile"] = "1%d%09d" % (dice.randrange(3, 10), dice.randrange(10**9))


def swapped(row, dice):
    year, month, day = row["birth_date"].split("-")
    if int(day) <= 12:
        row["birth_date"] = f"{year}-{day}-{month}"
    row["id_no"] = row["id_type"] = ""


def married(row, dice):
    row["name"] = dice.choice(SURNAMES) + row["name"][1:]


def other_phone(row, dice):
    row["mobile"] = "1%d%09d" % (dice.randrange(3, 10), dice.randrange(10**9))
    row["address"] = row["address"].replace("栋", "幢").replace("室", "")
    row["id_no"] = row["id_type"] = ""


def mistyped(row, dice):
    row["mobile"] = row["mobile"][:-1] + ("1" if row["mobile"][-1] == "7" else "7")


ERRORS = [typo, homophone, missing_digit, old_number, moved, swapped, married, other_phone, mistyped]


def main():
    source, count, folder = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    dice = random.Random(7300)
    with source.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        head, rows = reader.fieldnames, list(reader)
    persons = [r for r in rows if r["kind"] == "individual" and len(r["id_no"]) == 18 and r["mobile"]]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as file, (
        folder / "truth.csv"
    ).open("w", encoding="utf-8") as truth:
        writer = csv.DictWriter(file, head)
        writer.writeheader()
        writer.writerows(rows)
        for at, of in enumerate(dice.sample(persons, count)):
            again = dict(of, customer_no=f"DUP{at:06d}")
            ERRORS[at % len(ERRORS)](again, dice)
            writer.writerow(again)
            truth.write(f"{of['customer_no']},{again['customer_no']}\n")


main()
