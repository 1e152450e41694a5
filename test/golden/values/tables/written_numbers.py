# Tables of numbers as people write them, and what pandas reads: writes written_numbers.json beside this script.
#   python3 written_numbers.py
import io
import json
import random
from pathlib import Path

import pandas as pd

random.seed(9)


def grouped(value, mark, decimal, digits, indian=False):
    text = f"{abs(value):.{digits}f}"
    whole, _, fraction = text.partition(".")
    if indian and len(whole) > 3:
        head, tail = whole[:-3], whole[-3:]
        parts = []
        while len(head) > 2:
            parts.insert(0, head[-2:])
            head = head[:-2]
        whole = mark.join(([head] if head else []) + parts + [tail])
    else:
        parts = []
        while len(whole) > 3:
            parts.insert(0, whole[-3:])
            whole = whole[:-3]
        whole = mark.join([whole] + parts)
    return ("-" if value < 0 else "") + whole + (decimal + fraction if digits else "")


def values():
    scale = random.choice([10, 1e3, 1e6, 1e9])
    return [random.uniform(-scale, scale) for _ in range(30)] + [1234567.25, -1000.5, 0.5]


def column(csv, **options):
    options.setdefault("float_precision", "round_trip")
    read = pd.read_csv(io.StringIO(csv), sep="|", **options)["n"]
    return [None if pd.isna(value) else float(value) for value in read]


tables = []
for mark, decimal in [(",", "."), (".", ","), (" ", ","), (" ", "."), ("'", "."), ("\u2019", ","), ("\u00a0", ","), ("\u202f", ",")]:
    for digits in [1, 2, 3, 6]:
        csv = "n|c\n" + "".join(f"{grouped(value, mark, decimal, digits)}|x\n" for value in values())
        # pandas takes no mark beyond ASCII: there it reads the same table with another one.
        plain = mark if mark.isascii() else "'"
        tables.append({"csv": csv, "values": column(csv.replace(mark, plain), thousands=plain, decimal=decimal)})
for digits in [0, 2]:
    csv = "n|c\n" + "".join(f"{grouped(value, ',', '.', digits, True)}|x\n" for value in values())
    tables.append({"csv": csv, "values": column(csv, thousands=",")})
for decimal in [".", ","]:
    csv = "n|c\n" + "".join(f"{value!r}|x\n".replace(".", decimal) for value in values())
    tables.append({"csv": csv, "values": column(csv, decimal=decimal, float_precision="round_trip")})

# Every text that pandas takes for a missing value, among numbers.
from pandas._libs.parsers import STR_NA_VALUES

marks = sorted(STR_NA_VALUES - {""})
csv = "n|c\n" + "".join(f"{mark}|x\n{i}.5|x\n" for i, mark in enumerate(marks))
missing = {"marks": marks, "csv": csv, "values": column(csv)}

# Whole numbers around 2^53: pandas keeps them in int64; as texts where they are larger still.
ids = [str(2**53 + random.randrange(10**15)) for _ in range(20)] + ["1180000000000000001", "9223372036854775807"]
csv = "n|c\n" + "".join(f"{one}|x\n" for one in ids)
names = [str(value) for value in pd.read_csv(io.StringIO(csv), sep="|")["n"]]

out = {"pandas": pd.__version__, "tables": tables, "missing": missing, "ids": {"csv": csv, "names": names}}
Path(__file__).with_suffix(".json").write_text(json.dumps(out, ensure_ascii=False, indent=1) + "\n")
