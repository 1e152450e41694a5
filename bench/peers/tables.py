#!/usr/bin/env python3
"""A peer's model with its default settings on a CSV file, as bench/tables/compare.mjs asks for it.

usage: python3 bench/peers/tables.py train.csv test.csv --target y [--model mlp | lightgbm | xgboost] [--delimiter ';']
           [--task regression] [--seed 0] [--ignore id,...]

mlp: scikit-learn's, with early stopping; numbers standardised and missing ones filled with the mean, categories one-hot,
all fitted on the training rows. lightgbm and xgboost: categories as such, missing values left to them. Prints one JSON
object with the metrics of the test file. Needs scikit-learn, and the package of the model (requirements.txt).
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
    """NaN where it is missing; None for what is no number."""
    if text.strip() in MISSING:
        return float("nan")
    try:
        return float(text)
    except ValueError:
        return None


MISSING = {"", "NA"}


def for_trees(train, test, columns):
    import pandas as pd

    frames = [pd.DataFrame({name: [row[name] for row in rows] for name in columns}) for rows in (train, test)]
    for name in columns:
        values = [[number(text) for text in frame[name]] for frame in frames]
        if all(value is not None for part in values for value in part):
            for frame, part in zip(frames, values):
                frame[name] = np.array(part, dtype=float)
        else:
            levels = sorted({text for text in frames[0][name] if text.strip() not in MISSING})
            for frame in frames:
                frame[name] = pd.Categorical(frame[name], categories=levels)
    return frames


def peer(model, task, seed):
    if model == "mlp":
        kind = MLPRegressor if task == "regression" else MLPClassifier
        return kind(early_stopping=True, random_state=seed)
    if model == "lightgbm":
        import lightgbm

        kind = lightgbm.LGBMRegressor if task == "regression" else lightgbm.LGBMClassifier
        return kind(random_state=seed, verbose=-1, n_jobs=1)
    import xgboost

    kind = xgboost.XGBRegressor if task == "regression" else xgboost.XGBClassifier
    return kind(random_state=seed, enable_categorical=True, n_jobs=2)


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
    parser.add_argument("--model", choices=["mlp", "lightgbm", "xgboost"], default="mlp")
    parser.add_argument("--delimiter", default=",")
    parser.add_argument("--task", choices=["classification", "regression"], default="classification")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ignore", default="")
    given = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    train, test = (
        [row for row in read(path, given.delimiter) if row[given.target].strip() not in MISSING]
        for path in (given.train, given.test)
    )
    left_out = {given.target, *given.ignore.split(",")}
    columns = [name for name in train[0] if name not in left_out]
    started = time.monotonic()
    x, x_test = (encoded if given.model == "mlp" else for_trees)(train, test, columns)
    y, y_test = ([row[given.target] for row in rows] for rows in (train, test))
    if given.task == "regression":
        y, y_test = np.array(y, dtype=float), np.array(y_test, dtype=float)
        model = peer(given.model, given.task, given.seed).fit(x, y)
        predicted = model.predict(x_test)
        scores = {
            "rootMeanSquaredError": float(np.sqrt(metrics.mean_squared_error(y_test, predicted))),
            "meanAbsoluteError": metrics.mean_absolute_error(y_test, predicted),
            "r2": metrics.r2_score(y_test, predicted),
        }
    else:
        classes, y = np.unique(y, return_inverse=True)
        y_test = np.array(y_test)
        probabilities = peer(given.model, given.task, given.seed).fit(x, y).predict_proba(x_test)
        predicted = classes[probabilities.argmax(1)]
        scores = {"accuracy": metrics.accuracy_score(y_test, predicted)}
        if len(classes) == 2:
            truth = y_test == classes[1]
            scores |= {
                "rocAuc": metrics.roc_auc_score(truth, probabilities[:, 1]),
                "averagePrecision": metrics.average_precision_score(truth, probabilities[:, 1]),
                "f1": metrics.f1_score(truth, predicted == classes[1]),
            }
        else:
            scores |= {"f1": metrics.f1_score(y_test, predicted, average="macro")}
        known = np.isin(y_test, classes)
        scores["logLoss"] = metrics.log_loss(y_test[known], probabilities[known], labels=classes)
    seconds = time.monotonic() - started
    print(json.dumps({"seconds": seconds, "features": x.shape[1], "metrics": scores}))


main()
