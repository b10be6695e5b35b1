"""Judge the predictions: every figure once, with its interval.

In: predictions tables, and what the baselines learned from. Out: metrics.json, curves.parquet, and the same in memory.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from iatros.evaluation import Results, Settings
from iatros.evaluation import evaluate as evaluate_table
from iatros.runs import RunFolder, write_atomically, write_json
from iatros.training.feed import Material
from iatros.workflow.examine import Examined
from iatros.workflow.learning import learning


def judge(folder: RunFolder, examined: Examined, tables: Mapping[str, pl.DataFrame], material: Material) -> dict[str, Results]:
    """Evaluate every target, draw its learning curve, and write the figures."""
    said = examined.study.evaluation
    settings = Settings(resamples=said.resamples, small_counts=said.small_counts)  # every group that the tables hold
    forms = examined.forms()
    results = {}
    for name, table in tables.items():
        judged = evaluate_table(table, forms[name], settings=settings, target=name)
        learned = learning(examined, material, name, forms[name])
        results[name] = Results([*judged.rows, *learned.rows], pl.concat([judged.curves, learned.curves]))
    write_results(folder, results)
    return results


def write_results(folder: RunFolder, results: Mapping[str, Results]) -> None:
    """Write metrics.json and curves.parquet."""
    write_json(folder.metrics, [row.model_dump(mode="json") for result in results.values() for row in result.rows])
    curves = pl.concat([result.curves for result in results.values()], how="diagonal_relaxed")
    write_atomically(folder.curves, curves.write_parquet)
