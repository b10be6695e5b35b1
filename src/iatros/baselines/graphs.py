"""Classical models as ONNX graphs.

In: a fitted linear model or boosted trees. Out: a graph from float32 features [M, F] ("values") to scores [M, k] ("scores").
Written by hand: skl2onnx 1.20 cannot write histogram boosting with onnx 1.23 (it passes booleans where integers are due).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

OPSETS = (helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3))
IR_VERSION = 8  # of the file format; read by every onnxruntime since 1.12
LINKS = {"logistic": "Sigmoid", "softmax": "Softmax", "identity": "Identity"}


def linear_graph(coefficients: NDArray[np.float64], intercepts: NDArray[np.float64], link: str) -> ModelProto:
    """scores = link(values @ coefficients [F, k] + intercepts [k])."""
    weights = [
        numpy_helper.from_array(coefficients.astype(np.float32), "coefficients"),
        numpy_helper.from_array(intercepts.astype(np.float32), "intercepts"),
    ]
    raw = helper.make_node("Gemm", ["values", "coefficients", "intercepts"], ["raw"])
    return _model([raw, _link(link)], weights, *coefficients.shape)


def trees_graph(trees: Sequence[Sequence[NDArray[Any]]], start: NDArray[np.float64], features: int, link: str) -> ModelProto:
    """scores = link(start [k] + sum over rounds of each class's tree).

    trees: [rounds][k] node tables of scikit-learn's histogram gradient boosting (a structured array each)
    """
    flat = [(column, nodes) for round_ in trees for column, nodes in enumerate(round_)]
    inside = [_nodes(number, nodes) for number, (_, nodes) in enumerate(flat)]
    leaves = [_leaves(number, column, nodes) for number, (column, nodes) in enumerate(flat)]
    attributes: dict[str, Any] = {key: [x for tree in inside for x in tree[key]] for key in inside[0]}
    attributes |= {key: [x for tree in leaves for x in tree[key]] for key in leaves[0]}
    ensemble = helper.make_node(
        "TreeEnsembleRegressor",
        ["values"],
        ["raw"],
        domain="ai.onnx.ml",
        n_targets=len(start),
        aggregate_function="SUM",
        base_values=[float(x) for x in start],
        **attributes,
    )
    return _model([ensemble, _link(link)], [], features, len(start))


def _nodes(tree: int, nodes: NDArray[Any]) -> dict[str, list[Any]]:
    leaf = nodes["is_leaf"].astype(bool)
    return {
        "nodes_treeids": [tree] * len(nodes),
        "nodes_nodeids": list(range(len(nodes))),
        "nodes_featureids": [int(x) for x in np.where(leaf, 0, nodes["feature_idx"])],
        "nodes_values": [float(x) for x in _threshold(nodes["num_threshold"], leaf)],
        "nodes_modes": ["LEAF" if x else "BRANCH_LEQ" for x in leaf],
        "nodes_truenodeids": [int(x) for x in np.where(leaf, 0, nodes["left"])],
        "nodes_falsenodeids": [int(x) for x in np.where(leaf, 0, nodes["right"])],
        "nodes_missing_value_tracks_true": [int(x) for x in np.where(leaf, 0, nodes["missing_go_to_left"])],
    }


def _threshold(threshold: NDArray[np.float64], leaf: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Largest float32 that is not above the threshold: a float32 value is on the same side of both."""
    inside = np.where(leaf, 0, np.clip(threshold, -3.4e38, 3.4e38))
    narrow = inside.astype(np.float32)
    return np.where(narrow > inside, np.nextafter(narrow, np.float32(-np.inf)), narrow)


def _leaves(tree: int, column: int, nodes: NDArray[Any]) -> dict[str, list[Any]]:
    at = np.flatnonzero(nodes["is_leaf"])
    return {
        "target_treeids": [tree] * len(at),
        "target_nodeids": [int(x) for x in at],
        "target_ids": [column] * len(at),
        "target_weights": [float(x) for x in nodes["value"][at]],
    }


def _link(link: str) -> NodeProto:
    return helper.make_node(LINKS[link], ["raw"], ["scores"])


def _model(nodes: list[NodeProto], weights: list[TensorProto], features: int, width: int) -> ModelProto:
    values = helper.make_tensor_value_info("values", TensorProto.FLOAT, [None, features])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, width])
    graph = helper.make_graph(nodes, "baseline", [values], [scores], weights)
    model = helper.make_model(graph, opset_imports=OPSETS, ir_version=IR_VERSION, producer_name="iatros")
    checker.check_model(model)
    return model
