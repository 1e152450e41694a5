"""scikit-learn's MLPClassifier. It has no single step: a fit of one epoch is
subtracted from a longer one."""

import time
import warnings

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from data import RATE, data_of
from libraries import blas

warnings.filterwarnings("ignore")

try:
    from threadpoolctl import threadpool_limits
except ImportError:
    threadpool_limits = None


def open(workload, options):
    return Contender(workload, options)


class Contender:
    def __init__(self, workload, options):
        self.workload = workload
        x, self.y = data_of(workload)
        self.x = x.astype(np.float32) / 255 if x.dtype == np.uint8 else x
        self.steps_per_epoch = -(-workload["rows"] // workload["batch"])
        self.limit = threadpool_limits and threadpool_limits(options["threads"], "blas")
        self.about = {"version": sklearn.__version__, "blas": blas(), "threads": options["threads"]}

    def epochs(self, count):
        workload = self.workload
        model = MLPClassifier(
            hidden_layer_sizes=workload["layers"][:-1],
            activation="relu",
            solver=workload["optimizer"],
            alpha=0,
            batch_size=workload["batch"],
            learning_rate_init=RATE[workload["optimizer"]],
            momentum=0,
            max_iter=count,
            shuffle=workload["batch"] < workload["rows"],
            random_state=1,
            tol=0,
            n_iter_no_change=10**9,
        )
        start = time.perf_counter()
        model.fit(self.x, self.y)
        self.loss = float(model.loss_)
        return time.perf_counter() - start

    def run(self, steps):
        count = max(1, round(steps / self.steps_per_epoch))
        one = self.epochs(1)
        more = self.epochs(1 + count)
        return {"seconds": max(more - one, 1e-9), "steps": count * self.steps_per_epoch, "loss": self.loss}

    def check(self, steps):
        return {}
