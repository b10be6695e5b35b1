"""Which genes, which positions have the largest effects on average, and how sure is that?

In: effects of variants with their genes, or of positions over cases. Out: tables, the largest first, with bootstrap limits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.metrics.bootstrap import draw

SEED, RESAMPLES = 0, 2_000
Floats = NDArray[np.float64]


def ranked_genes(genes: Sequence[Sequence[str]], effects: Floats) -> pl.DataFrame:
    """gene, variants, effect, low, high: the mean absolute effect of a gene's variants, limits over its resampled variants.

    genes: [M] names for each variant, which counts in each of them; effects: [M]. A single variant has no limits.
    """
    own: dict[str, list[float]] = defaultdict(list)
    for names, effect in zip(genes, effects.tolist(), strict=True):
        for name in names:
            own[name].append(abs(effect))
    rows = [(name, len(found), *_mean(np.array(found)[:, None])) for name, found in own.items()]
    columns = {"gene": pl.String, "variants": pl.Int64, "effect": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    table = [(name, count, mean[0], low[0], high[0]) for name, count, mean, low, high in rows]
    frame = pl.DataFrame(table, schema=columns, orient="row").with_columns(pl.col("low", "high").fill_nan(None))
    return frame.sort("effect", descending=True, maintain_order=True)


def ranked_positions(texts: Sequence[str], effects: Floats) -> pl.DataFrame:
    """position (from 1), letter, share, effect, low, high: the mean effect of a position, limits over resampled cases.

    texts: [N] of L letters; effects: [N, L]; letter: the most frequent there, and its share of the cases.
    """
    letters = np.array([list(text) for text in texts])
    most = [np.unique(column, return_counts=True) for column in letters.T]
    mean, low, high = _mean(effects)
    columns = {
        "position": np.arange(1, letters.shape[1] + 1),
        "letter": [str(names[count.argmax()]) for names, count in most],
        "share": [float(count.max()) / len(texts) for _, count in most],
        "effect": mean,
        "low": low,
        "high": high,
    }
    frame = pl.DataFrame(columns).with_columns(pl.col("low", "high").fill_nan(None))
    return frame.sort(pl.col("effect").abs(), descending=True, maintain_order=True)


def _mean(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Of [N, B]: means [B] with the middle 95 % of those of resamples; NaN limits of a single one."""
    mean = values.mean(axis=0)
    if len(values) < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    counts = draw(np.random.default_rng(SEED), RESAMPLES, len(values)).astype(np.float64)
    low, high = np.quantile(counts @ values / len(values), (0.025, 0.975), axis=0)
    return mean, low, high
