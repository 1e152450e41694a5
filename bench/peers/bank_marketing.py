#!/usr/bin/env python3
"""ROC AUC of scikit-learn's MLPClassifier on bank marketing, on the split of examples/bank-marketing/main.mjs.

usage: python3 bench/peers/bank_marketing.py bank-full.csv [--seeds 3]

Default settings with early stopping; numbers standardised, categories one-hot. Needs scikit-learn (requirements.txt).
"""
import argparse
import csv

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMBERS = ["age", "balance", "day", "duration", "campaign", "pdays", "previous"]
CATEGORIES = ["job", "marital", "education", "default", "housing", "loan", "contact", "month", "poutcome"]
HELD_OUT = 0.2


def held_out(row, seed):
    """The same rows as in the example: a multiplicative hash of the row's number."""
    return ((row + 7919 * seed + 1) * 2654435761 % 2**32) / 2**32 < HELD_OUT


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    with open(given.file, newline="") as text:
        rows = list(csv.DictReader(text, delimiter=";"))
    y = np.array([row["y"] == "yes" for row in rows], dtype=int)
    numbers = np.array([[float(row[name]) for name in NUMBERS] for row in rows])
    categories = np.array([[row[name] for name in CATEGORIES] for row in rows])
    scores = []
    for seed in range(given.seeds):
        test = np.array([held_out(row, seed) for row in range(len(rows))])
        scaler = StandardScaler().fit(numbers[~test])
        encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(categories[~test])
        x = np.hstack([scaler.transform(numbers), encoder.transform(categories)])
        model = MLPClassifier(early_stopping=True, random_state=seed).fit(x[~test], y[~test])
        scores.append(roc_auc_score(y[test], model.predict_proba(x[test])[:, 1]))
        print(f"seed {seed}: ROC AUC {scores[-1]:.4f} on {test.sum()} rows, {model.n_iter_} epochs")
    print(f"mean of {given.seeds}: {np.mean(scores):.4f}")


main()
