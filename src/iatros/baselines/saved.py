"""Baselines on disk: a JSON file that says what there is, and one ONNX graph a model.

In: baselines by name. Out: a folder, and the same baselines from it; onnxruntime alone predicts, nothing is unpickled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatros.baselines import scaling
from iatros.baselines.boosting import Boosting, narrow
from iatros.baselines.fitting import Baseline, Model, Part
from iatros.baselines.linear import Linear
from iatros.baselines.prevalence import Prevalence
from iatros.runs import read_json, write_atomically, write_json

INDEX = "baselines.json"
CLOSE = 1e-5  # largest difference of a score between the fitted and the saved model
PROBE_ROWS = 64  # made-up cases on which that is measured


@dataclass(frozen=True)
class Graph:
    """A saved model. session: onnxruntime's; scaling: what is done to values before, None: nothing but float32."""

    session: Any  # onnxruntime has no types
    scaling: scaling.Scaling | None = None

    def scores(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """[M, F] -> [M, k]."""
        ready = narrow(values if self.scaling is None else scaling.apply(self.scaling, values))
        scores: NDArray[np.float32] = self.session.run(["scores"], {"values": ready})[0]
        return scores.astype(np.float64)


def save(baselines: Mapping[str, Baseline], folder: Path) -> None:
    """Write baselines into a folder of their own, and see that each predicts there what it predicts here.

    Raises ValueError if a saved score differs by more than 1e-5.
    """
    index: list[dict[str, Any]] = []
    for number, baseline in enumerate(baselines.values()):
        parts = [_save_part(part, folder, f"{number}-{i}.onnx") for i, part in enumerate(baseline.parts)]
        index.append({"name": baseline.name, "features": baseline.features, "inner": baseline.inner, "parts": parts})
    write_json(folder / INDEX, index)
    again = load(folder)
    for name, baseline in baselines.items():
        _compare(baseline, again[name])


def load(folder: Path) -> dict[str, Baseline]:
    """The baselines of a folder that `save` wrote, by name."""
    return {entry["name"]: _load(entry, folder) for entry in read_json(folder / INDEX)}


def _save_part(part: Part, folder: Path, file: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"columns": part.columns, "seen": part.seen}
    model = part.model
    if isinstance(model, Prevalence):
        return entry | {"share": [None if np.isnan(share) else share for share in model.share.tolist()]}
    if isinstance(model, Linear):
        from iatros.baselines.graphs import linear_graph  # onnx takes a quarter of a second to import

        graph = linear_graph(model.coefficients, model.intercepts, model.link)
        entry |= {"file": file, "penalty": model.strength, "scaling": model.scaling.to_json()}
    elif isinstance(model, Boosting):
        from iatros.baselines.graphs import trees_graph

        graph = trees_graph(model.trees, model.start, model.features, model.link)
        entry |= {"file": file, "rounds": model.rounds}
    else:
        raise ValueError("only a model that was fitted here can be saved; copy the folder of one that was loaded")
    write_atomically(folder / file, lambda draft: draft.write_bytes(graph.SerializeToString()))
    return entry


def _load(entry: Mapping[str, Any], folder: Path) -> Baseline:
    parts = [Part(tuple(part["columns"]), tuple(part["seen"]), _load_model(part, folder)) for part in entry["parts"]]
    return Baseline(entry["name"], tuple(entry["features"]), tuple(parts), entry["inner"])


def _load_model(part: Mapping[str, Any], folder: Path) -> Model:
    if "share" in part:
        return Prevalence(np.array(part["share"], np.float64))
    import onnxruntime  # a third of a second; only those who predict pay it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(folder / part["file"], options, providers=["CPUExecutionProvider"])
    return Graph(session, scaling.Scaling.from_json(part["scaling"]) if "scaling" in part else None)


def _compare(fitted: Baseline, saved: Baseline) -> None:
    values = _made_up(fitted)
    ours, theirs = fitted.predict(values), saved.predict(values)
    for column, scores in ours.items():
        scale = max(1.0, float(np.abs(scores).max()))  # of a value; probabilities have 1
        if (apart := float(np.abs(scores - theirs[column]).max()) / scale) > CLOSE:
            raise ValueError(f"{fitted.name} saved as ONNX gives other scores ({apart:.1e} apart in {column})")


def _made_up(baseline: Baseline) -> NDArray[np.float64]:
    """Cases [64, F] with gaps, on the scale of the training rows where a linear part knows it."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(PROBE_ROWS, len(baseline.features))) * 3
    for part in baseline.parts:
        if isinstance(part.model, Linear):
            known = part.model.scaling
            values = known.mean + values * np.where(np.isfinite(known.deviation), known.deviation, 0)
            break
    values[rng.random(values.shape) < 0.1] = np.nan
    return np.asarray(values)
