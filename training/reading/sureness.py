"""How probable it is that a request is read right: fitted on the requests kept from training.

A request counts as read right where the plan from the reader's labels is the plan from the labels
by hand; what makes no difference to what is done is no fault.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from maquette.model_servers.reading.reader import Reader
from maquette.model_servers.schemas.reading import ReadReply, ReadRequest
from maquette.records.errors import MaquetteError
from maquette.records.plan import Plan
from maquette.training.evaluation.requests.assembled import reply_of
from maquette.training.evaluation.requests.measure import planned
from maquette.training.evaluation.requests.planner import embedded_planner
from maquette.training.reading.markup import Example

FOLDS, SEED = 5, 7
STRENGTH = 0.3
"""Inverse of the penalty on the weights of standardised numbers."""
LINES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """Weights of ``certainty.probability``, and how they do on requests they were not fitted on."""

    weights: tuple[float, ...]
    requests: int
    right: float
    """Share of requests that are read right."""
    area: float
    """Under the curve that tells those read right from the others."""
    lines: dict[float, tuple[float, float]]
    """By least probability: the share of requests above it, and of those the share read right."""


def fit_sureness(numbers: Numbers, right: NDArray[np.bool_]) -> Fitted:
    """Fit on ``evidence``; what is told of it is of ``FOLDS`` folds."""
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    held = cross_val_predict(_regression(), numbers, right, cv=folds, method="predict_proba")[:, 1]
    fitted = _regression().fit(numbers, right)
    scaler, line = fitted[0], fitted[1]
    own = line.coef_[0] / scaler.scale_
    constant = float(line.intercept_[0] - own @ scaler.mean_)
    return Fitted(
        weights=(*map(float, own), constant),
        requests=len(right),
        right=float(right.mean()),
        area=float(roc_auc_score(right, held)),
        lines={
            one: (float((held >= one).mean()), float(right[held >= one].mean()))
            for one in LINES
            if (held >= one).any()
        },
    )


def evidence(reader: Reader, examples: Sequence[Example]) -> tuple[Numbers, NDArray[np.bool_]]:
    """``certainty.NUMBERS`` of each example (n, NUMBERS), and whether it is read right (n,)."""
    by_hand: dict[str, ReadReply] = {}
    told = embedded_planner(labels=lambda request: by_hand[request.text])
    found = embedded_planner(labels=lambda request: _read(reader, request))
    rows, right = [], []
    for one in examples:
        masked, reply = reply_of(one)
        by_hand[masked] = reply
        plans = [asyncio.run(planned(each, one.text, one.attached)) for each in (told, found)]
        rows.append(reader.evidence(masked, one.attached))
        right.append(same_plan(*plans))
    return np.array(rows), np.array(right)


def same_plan(one: Plan | MaquetteError, other: Plan | MaquetteError) -> bool:
    """Whether two plans do and check the same; of two errors, whether they say the same."""
    if isinstance(one, Plan) and isinstance(other, Plan):
        return _core(one) == _core(other)
    return type(one) is type(other) and str(one) == str(other)


def _core(plan: Plan) -> str:
    return json.dumps(plan.model_dump(mode="json", include={"nodes", "outputs"}), sort_keys=True)


def _read(reader: Reader, request: ReadRequest) -> ReadReply:
    return reader.read(request.text, request.attached)


def _regression() -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH))
