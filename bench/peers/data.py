"""The same random numbers as ../data.mjs: the n-th is a hash of n and a seed."""

import numpy as np


def _hash(seed, count):
    start = (seed * 0x9E3779B1) & 0xFFFFFFFF
    x = np.arange(count, dtype=np.uint64) + np.uint64(start)
    x = (x & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return x


def uniform(count, seed, low=0.0, high=1.0):
    return (low + (high - low) * (_hash(seed, count) >> np.uint32(8)).astype(np.float64) / 2**24).astype(np.float32)


def classes(count, class_count, seed):
    values = ((_hash(seed, count) >> np.uint32(8)) % np.uint32(class_count)).astype(np.int64)
    first = min(count, class_count)
    values[:first] = np.arange(first)
    return values


def data_of(workload):
    """x as float32 or uint8 (read as value / 255), y as classes or as 0 and 1."""
    rows, inputs = workload["rows"], workload["inputs"]
    if workload["type"] == "uint8":
        x = (_hash(1, rows * inputs) >> np.uint32(24)).astype(np.uint8)
    else:
        x = uniform(rows * inputs, 1)
    count = workload["layers"][-1] if workload["loss"] == "crossEntropy" else 2
    return x.reshape(rows, inputs), classes(rows, count, 2)


def weights_of(workload, member=0):
    """(weight (outputs, inputs), bias) of each layer."""
    sizes = [workload["inputs"], *workload["layers"]]
    result = []
    for layer, outputs in enumerate(workload["layers"]):
        inputs = sizes[layer]
        limit = (6 / inputs) ** 0.5
        weight = uniform(outputs * inputs, 100 + layer + 1000 * member, -limit, limit)
        result.append((weight.reshape(outputs, inputs), np.zeros(outputs, np.float32)))
    return result


def tabm_weights_of(workload):
    """Factors (members, inputs), shared (weight, bias), heads' weight (members, inputs of the head) and bias (members)."""
    members, inputs = workload["tabM"], workload["inputs"]
    scale = np.where(uniform(members * inputs, 99) < 0.5, -1, 1).astype(np.float32).reshape(members, inputs)
    shared = weights_of(workload)[:-1]
    heads = [weights_of(workload, member)[-1] for member in range(members)]
    return scale, shared, np.concatenate([weight for weight, _ in heads]), np.concatenate([bias for _, bias in heads])


def rows_of_members(workload):
    """(members, rows of an epoch): which rows each member trains on; those of its own fold are held out."""
    rows, members, folds = workload["rows"], workload["members"], workload.get("folds")
    every = np.arange(rows)
    if not folds:
        return np.tile(every, (members, 1))
    fold = every // (rows // folds)
    return np.stack([every[fold != member % folds] for member in range(members)])


RATE = {"sgd": 0.01, "adam": 1e-3}
