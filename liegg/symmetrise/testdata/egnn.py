"""Writes egnn.onnx: an E(n)-equivariant graph network by hand, with random weights.

    pip install onnx numpy && python egnn.py

Five points of R³, flattened, two layers x_i ← x_i + .2·Σ_j (x_i − x_j)·φ(|x_i − x_j|²), with φ a
perceptron of two hidden layers (Satorras, Hoogeboom and Welling, ICML 2021, without features).
"""

import os

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

os.chdir(os.path.dirname(os.path.abspath(__file__)))
random = np.random.default_rng(8)
POINTS, HIDDEN = 5, 16
nodes, constants = [], []


def constant(value, dtype=np.float32):
    name = f"c{len(constants)}"
    constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
    return name


def node(op, *inputs, **attributes):
    name = f"n{len(nodes)}"
    nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
    return name


def dense(x, rows, columns):
    return node("MatMul", x, constant(random.normal(size=(rows, columns)) / np.sqrt(rows)))


def axes(*values):
    return constant(values, np.int64)


r = node("Reshape", "x", axes(-1, POINTS, 3))
for _ in range(2):
    between = node("Sub", node("Unsqueeze", r, axes(2)), node("Unsqueeze", r, axes(1)))
    square = node("ReduceSum", node("Mul", between, between), axes(-1), keepdims=1)
    distance = node("Sqrt", node("Add", square, constant(1)))
    features = node("Concat", square, distance, axis=-1)
    hidden = node("Tanh", dense(features, 2, HIDDEN))
    hidden = node("Tanh", dense(hidden, HIDDEN, HIDDEN))
    messages = node("Mul", between, dense(hidden, HIDDEN, 1))
    moved = node("ReduceSum", messages, axes(2), keepdims=0)
    r = node("Add", r, node("Mul", moved, constant(0.2)))
nodes.append(helper.make_node("Reshape", [r, axes(-1, 3 * POINTS)], ["y"]))

x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3 * POINTS])
y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 3 * POINTS])
model = helper.make_model(
    helper.make_graph(nodes, "egnn", [x], [y], constants), opset_imports=[helper.make_opsetid("", 17)]
)
model.ir_version = 8
checker.check_model(model)
save(model, "egnn.onnx")
