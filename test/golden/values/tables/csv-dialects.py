"""Tables written and read by Python's csv module in many dialects, for test/golden/csv-dialects.test.ts.

Run: python3 test/golden/values/tables/csv-dialects.py (Python 3.11 or later, standard library alone)
"""

import csv
import io
import json
import pathlib
import random

PIECES = ["a", "b", "7", "3.5", " ", ",", ";", "\t", "|", '"', '""', "'", "\\", "\n", "é", "#", "", "-", ":", "x y"]

DIALECTS = [
    {"delimiter": delimiter, "quotechar": quote, "doublequote": escape is None, "escapechar": escape,
     "quoting": quoting, "lineterminator": end}
    for delimiter in [",", ";", "\t", "|", ":"]
    for quote in ['"', "'"]
    for escape in [None, "\\"]
    for quoting in [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]
    for end in ["\n", "\r\n"]
] + [
    {"delimiter": delimiter, "quoting": csv.QUOTE_NONE, "quotechar": None, "escapechar": "\\", "doublequote": False,
     "lineterminator": "\n"}
    for delimiter in [",", "\t"]
]


def text(generator):
    return "".join(generator.choices(PIECES, k=generator.randint(0, 4)))


def table(seed):
    generator = random.Random(seed)
    columns = generator.randint(2, 4)
    return [[text(generator) for _ in range(columns)] for _ in range(generator.randint(1, 6))]


cases = []
for number, dialect in enumerate(DIALECTS):
    for repeat in range(3):
        rows = table(100 * number + repeat)
        written = io.StringIO()
        csv.writer(written, **dialect).writerows(rows)
        spaced = repeat == 2 and dialect["quoting"] == csv.QUOTE_ALL and dialect["delimiter"] != "\t"
        content = written.getvalue()
        if spaced:
            # Every delimiter between quotes is followed by a blank.
            quote, delimiter = dialect["quotechar"], dialect["delimiter"]
            rows = [[field.replace(quote, "").replace(delimiter, "") for field in row] for row in rows]
            written = io.StringIO()
            csv.writer(written, **dialect).writerows(rows)
            content = written.getvalue().replace(f"{quote}{delimiter}{quote}", f"{quote}{delimiter} {quote}")
        read = list(csv.reader(io.StringIO(content, newline=""), skipinitialspace=spaced, **dialect))
        cases.append({
            "delimiter": dialect["delimiter"],
            "quote": dialect["quotechar"] or "",
            "escape": dialect["escapechar"] or "",
            "text": content,
            "rows": read,
        })

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(cases, ensure_ascii=False, indent=0) + "\n")
print(len(cases), "cases")
