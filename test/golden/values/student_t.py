#!/usr/bin/env python3
"""Write student-t.json: tails and quantiles of Student's t distribution, by SciPy.

usage: student_t.py OUT_FILE
"""
import json
import sys

import scipy
from scipy.stats import norm, t

freedoms = [0.5, 1, 1.5, 2, 2.71828, 3, 4, 5, 7.25, 9, 10, 13.9, 20, 30, 49.5, 100, 1000, 12345.6, 1e5, 1e6]
tails = [0.5, 0.49, 0.4, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.0025, 0.025 / 13, 1e-4, 1e-6, 1e-9]
places = [0, 1e-6, 0.01, 0.3, 1, 1.96, 2.5, 4, 7, 12.7, 40, 1000]

cases = [
    {
        "degreesOfFreedom": freedom,
        "quantiles": [[tail, float(t.isf(tail, freedom))] for tail in tails],
        "tails": [[place, float(t.sf(place, freedom))] for place in places],
    }
    for freedom in freedoms
]
normal = {
    "quantiles": [[tail, float(norm.isf(tail))] for tail in tails],
    "tails": [[place, float(norm.sf(place))] for place in places],
}
with open(sys.argv[1], "w") as file:
    json.dump({"made_with": {"scipy": scipy.__version__}, "cases": cases, "normal": normal}, file)
