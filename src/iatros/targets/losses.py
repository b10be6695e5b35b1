"""Losses, one value a case. In: raw scores and truth. Out: [B]."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def cross_entropy(raw: Tensor, code: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    """Cross-entropy [B] of raw scores [B, 1] (one logit, two classes) or [B, K] and codes [B].

    smoothing: share of the truth spread evenly over the classes. gamma: of the focal loss, which multiplies a case's loss
    by (1 - p) ** gamma, p the probability of its true class; 0 is plain cross-entropy.
    Source: Szegedy et al. 2016, arXiv:1512.00567; Lin et al. 2017, arXiv:1708.02002.
    """
    raw = raw.float()
    if raw.shape[1] == 1:
        raw = torch.cat([torch.zeros_like(raw), raw], 1)
    loss = F.cross_entropy(raw, code, label_smoothing=smoothing, reduction="none")
    if not gamma:
        return loss
    true = raw.log_softmax(1).gather(1, code[:, None]).squeeze(1).exp()
    return (1 - true).clamp_min(1e-6) ** gamma * loss


def binary_cross_entropy(raw: Tensor, truth: Tensor, known: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    """Mean over known labels [B] of binary cross-entropy. raw, truth (0 or 1), known (bool): [B, K].

    smoothing and gamma as of `cross_entropy`, each label by itself. A case without a known label has loss 0.
    """
    raw = raw.float()
    truth = torch.where(known, truth, 0).to(raw.dtype)
    loss = F.binary_cross_entropy_with_logits(raw, truth * (1 - smoothing) + smoothing / 2, reduction="none")
    if gamma:
        true = torch.where(truth > 0.5, raw.sigmoid(), (-raw).sigmoid())
        loss = (1 - true).clamp_min(1e-6) ** gamma * loss
    return (loss * known).sum(1) / known.sum(1).clamp_min(1)


def pinball(predicted: Tensor, truth: Tensor, quantiles: tuple[float, ...]) -> Tensor:
    """Sum over quantiles [B] of the pinball loss. predicted [B, Q], truth [B].

    Source: Koenker & Bassett 1978, doi:10.2307/1913643.
    """
    levels = torch.tensor(quantiles, dtype=predicted.dtype, device=predicted.device)
    above = truth[:, None] - predicted
    return torch.maximum(levels * above, (levels - 1) * above).sum(1)


def ordered(raw: Tensor) -> Tensor:
    """Raw [B, 3] -> low, middle and high quantile [B, 3], which cannot cross: the middle, less and plus positive distances."""
    raw = raw.float()
    return torch.stack([raw[:, 1] - F.softplus(raw[:, 0]), raw[:, 1], raw[:, 1] + F.softplus(raw[:, 2])], 1)
