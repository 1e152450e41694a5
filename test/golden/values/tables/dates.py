"""Dates in many formats as pandas reads them, given the format.

Run: python3 test/golden/values/tables/dates.py > test/golden/values/tables/dates.json
Every case has our format, texts, and milliseconds since 1970 by pd.to_datetime with the same format in strftime's
letters (null where pandas finds no date). Made with pandas 3.0.
"""

import json
import random
import sys

import pandas as pd

DATES = [
    ("dd.MM.yyyy", "%d.%m.%Y"),
    ("dd/MM/yyyy", "%d/%m/%Y"),
    ("MM/dd/yyyy", "%m/%d/%Y"),
    ("dd-MM-yyyy", "%d-%m-%Y"),
    ("yyyy/MM/dd", "%Y/%m/%d"),
    ("yyyy.MM.dd", "%Y.%m.%d"),
    ("yyyyMMdd", "%Y%m%d"),
    ("dd.MM.yy", "%d.%m.%y"),
    ("MM/dd/yy", "%m/%d/%y"),
    ("d-MMM-yyyy", "%d-%b-%Y"),
    ("d MMM yyyy", "%d %B %Y"),
    ("MMM d, yyyy", "%b %d, %Y"),
    ("MMMM d, yyyy", "%B %d, %Y"),
    ("d-MMM-yy", "%d-%b-%y"),
    ("EEE, d MMM yyyy", "%a, %d %b %Y"),
]
TIMES = [
    ("", ""),
    (" HH:mm", " %H:%M"),
    (" HH:mm:ss", " %H:%M:%S"),
    (" HH:mm:ss.SSS", " %H:%M:%S.%f"),
    (" hh:mm a", " %I:%M %p"),
    (" HH:mm:ss X", " %H:%M:%S %z"),
]
# What is no date in one of the formats, or may be: what becomes of it must be what pandas says.
ODD = [
    ("dd.MM.yyyy", "%d.%m.%Y", ["31.02.2024", "29.02.2023", "29.02.2024", "31.04.2024", "0.1.2024", "1.13.2024", "1.1.2024", "01.1.2024"]),
    ("MM/dd/yyyy", "%m/%d/%Y", ["13/01/2024", "12/31/2024", "02/30/2024", "2/9/1900", "1/1/24"]),
    ("dd.MM.yy", "%d.%m.%y", ["01.01.68", "01.01.69", "01.01.00", "01.01.99", "31.02.24"]),
    ("yyyyMMdd", "%Y%m%d", ["20240229", "20230229", "20241301", "00010101"]),
    ("dd/MM/yyyy HH:mm", "%d/%m/%Y %H:%M", ["31/12/2024 24:00", "31/12/2024 23:60", "31/12/2024 9:05", "31/12/2024"]),
    ("dd/MM/yyyy hh:mm a", "%d/%m/%Y %I:%M %p", ["31/12/2024 12:00 AM", "31/12/2024 12:00 PM", "31/12/2024 00:30 AM", "31/12/2024 13:00 PM"]),
]


def milliseconds(text: str, pattern: str) -> int | None:
    time = pd.to_datetime(text, format=pattern, errors="coerce", utc=True)
    return None if time is pd.NaT else int(time.as_unit("ms").asm8.view("i8"))


def main() -> None:
    random.seed(20241231)
    cases = []
    for ours, theirs in DATES:
        for our_time, their_time in TIMES:
            pattern = theirs + their_time
            texts = []
            for _ in range(6):
                year = random.randint(1970, 2067) if "%y" in theirs else random.randint(1700, 2250)
                stamp = pd.Timestamp(year, random.randint(1, 12), random.randint(1, 28), random.randint(0, 23), random.randint(0, 59))
                stamp += pd.Timedelta(milliseconds=random.randint(0, 59_999))
                if "%z" in pattern:
                    stamp = stamp.tz_localize(random.choice(["+01:00", "-05:30", "UTC"]))
                texts.append(stamp.strftime(pattern))
            cases.append((ours + our_time, pattern, texts))
    cases += ODD
    json.dump(
        [
            {"format": ours, "texts": texts, "milliseconds": [milliseconds(text, theirs) for text in texts]}
            for ours, theirs, texts in cases
        ],
        sys.stdout,
        indent=1,
    )
    sys.stdout.write("\n")


main()
