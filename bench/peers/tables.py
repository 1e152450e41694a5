#!/usr/bin/env python3
"""scikit-learn's MLP with default settings and early stopping on a CSV file, as bench/tables/compare.mjs asks for it.

usage: python3 bench/peers/tables.py train.csv test.csv --target y [--delimiter ';'] [--task regression] [--seed 0]
           [--ignore id,...]

Numbers standardised and missing ones filled with the mean, categories one-hot, all fitted on the training rows. Prints
one JSON object with the metrics of the test file. Needs scikit-learn (requirements.txt).
"""
import argparse
import csv
import json
import time
import warnings

import numpy as np
from sklearn import metrics
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def read(path, delimiter):
    with open(path, newline="") as text:
        return list(csv.DictReader(text, delimiter=delimiter))


def number(text):
    """NaN for blanks; None for what is no number."""
    if text.strip() == "":
        return float("nan")
    try:
        return float(text)
    except ValueError:
        return None


def encoded(train, test, columns):
    parts = []
    for name in columns:
        values = [[number(row[name]) for row in rows] for rows in (train, test)]
        if all(value is not None for part in values for value in part):
            fit, held = (np.array(part, dtype=float)[:, None] for part in values)
            filled = SimpleImputer().fit(fit)
            scaler = StandardScaler().fit(filled.transform(fit))
            parts.append([scaler.transform(filled.transform(one)) for one in (fit, held)])
        else:
            fit, held = (np.array([[row[name]] for row in rows]) for rows in (train, test))
            encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(fit)
            parts.append([encoder.transform(fit), encoder.transform(held)])
    return [np.hstack([part[i] for part in parts]) for i in (0, 1)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--target", required=True)
    parser.add_argument("--delimiter", default=",")
    parser.add_argument("--task", choices=["classification", "regression"], default="classification")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ignore", default="")
    given = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    train, test = read(given.train, given.delimiter), read(given.test, given.delimiter)
    left_out = {given.target, *given.ignore.split(",")}
    columns = [name for name in train[0] if name not in left_out]
    started = time.monotonic()
    x, x_test = encoded(train, test, columns)
    y, y_test = ([row[given.target] for row in rows] for rows in (train, test))
    if given.task == "regression":
        y, y_test = np.array(y, dtype=float), np.array(y_test, dtype=float)
        model = MLPRegressor(early_stopping=True, random_state=given.seed).fit(x, y)
        predicted = model.predict(x_test)
        scores = {
            "rootMeanSquaredError": float(np.sqrt(metrics.mean_squared_error(y_test, predicted))),
            "meanAbsoluteError": metrics.mean_absolute_error(y_test, predicted),
            "r2": metrics.r2_score(y_test, predicted),
        }
    else:
        y, y_test = np.array(y), np.array(y_test)
        model = MLPClassifier(early_stopping=True, random_state=given.seed).fit(x, y)
        probabilities = model.predict_proba(x_test)
        predicted = model.classes_[probabilities.argmax(1)]
        scores = {"accuracy": metrics.accuracy_score(y_test, predicted)}
        if len(model.classes_) == 2:
            truth = y_test == model.classes_[1]
            scores |= {
                "rocAuc": metrics.roc_auc_score(truth, probabilities[:, 1]),
                "averagePrecision": metrics.average_precision_score(truth, probabilities[:, 1]),
                "f1": metrics.f1_score(truth, predicted == model.classes_[1]),
            }
        else:
            scores |= {"f1": metrics.f1_score(y_test, predicted, average="macro")}
        known = np.isin(y_test, model.classes_)
        scores["logLoss"] = metrics.log_loss(y_test[known], probabilities[known], labels=model.classes_)
    seconds = time.monotonic() - started
    print(json.dumps({"epochs": model.n_iter_, "seconds": seconds, "features": x.shape[1], "metrics": scores}))


main()
