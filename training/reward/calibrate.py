"""A fixed line from rewards to scores, fitted once on pairs kept from training."""

from __future__ import annotations

import torch
from torch import Tensor

from maquette.model_servers.reward.directory import Calibration
from maquette.model_servers.reward.heads import HeadKind


def calibrate(kind: HeadKind, better: Tensor, worse: Tensor) -> Calibration:
    """Fit scale (r - centre) to the log-odds of being a better row.

    Args:
        better, worse: rewards (n, K). Of general preferences, r is the advantage over the
            mean of all rows; of yes or no the reward is the log-odds already.
    Source: Platt, "Probabilistic Outputs for Support Vector Machines" (1999), with his targets
        (n + 1) / (n + 2) and 1 / (n + 2), so that pairs told apart perfectly keep a finite
        scale; by Newton's method.
    """
    if kind is HeadKind.YES_NO:
        return Calibration(scale=1.0)
    reference = None
    better, worse = better.double(), worse.double()
    if kind is HeadKind.GENERAL_PREFERENCE:
        middle = torch.cat([better, worse]).mean(0)
        reference = (float(middle[0]), float(middle[1]))
        turned = torch.stack([middle[1], -middle[0]])
        better, worse = (better @ turned)[:, None], (worse @ turned)[:, None]
    values = torch.cat([better[:, 0], worse[:, 0]])
    n = len(better)
    targets = torch.cat(
        [values.new_full((n,), (n + 1) / (n + 2)), values.new_full((n,), 1 / (n + 2))]
    )
    spread = float(values.std()) or 1.0
    inputs = torch.stack([(values - values.mean()) / spread, torch.ones_like(values)], dim=1)
    weights = values.new_zeros(2)
    for _ in range(50):
        guesses = torch.sigmoid(inputs @ weights)
        slope = inputs.T @ (guesses - targets) + 1e-6 * weights
        bend = (inputs.T * (guesses * (1 - guesses))) @ inputs + 1e-6 * torch.eye(2).double()
        weights = weights - torch.linalg.solve(bend, slope)
    scale = max(float(weights[0]) / spread, 1e-6)
    centre = float(values.mean()) - float(weights[1]) / scale
    return Calibration(centre=centre, scale=scale, reference=reference)
