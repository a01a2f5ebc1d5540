"""Exports what has no derivative where something is zero, with PyTorch's gradients there.

    venv/bin/python zeros.py        (the venv of export.py)

zeros.npz holds for each NAME what operators.npz does. Of the samples one is zero, and
one has two points in the same place. PyTorch's own gradient of a square root is NaN
there; what is kept has numbers.

The exporters leave out small numbers: 1e-10 under a root, by the newer one, and the
1e-6 of pairwise_distance by the older one, whose file is not kept for that.
"""

import os
import warnings

import numpy as np
import torch
import torch.nn.functional as F

from export_tools import Function, answers, exported

warnings.simplefilter("ignore")
torch.set_num_threads(1)
os.chdir(os.path.dirname(os.path.abspath(__file__)))

functions = {
    "norm": lambda x: x.norm(dim=-1),
    "norm 1": lambda x: x.norm(p=1, dim=-1),
    "norm 3": lambda x: x.norm(p=3, dim=-1),
    "linalg.norm": lambda x: torch.linalg.norm(x, dim=-1),
    "linalg.vector_norm": lambda x: torch.linalg.vector_norm(x, dim=(1, 2)),
    "cdist": lambda x: torch.cdist(x, x),
    "distances": lambda x: (x[:, :, None] - x[:, None]).norm(dim=-1),
    "distances, never zero": lambda x: torch.sqrt(((x[:, :, None] - x[:, None]) ** 2).sum(-1) + 1e-10),
    "pairwise_distance": lambda x: F.pairwise_distance(x[:, 0], x[:, 1]),
    "normalize": lambda x: F.normalize(x, dim=-1, eps=1e-2),
    "normalize 1": lambda x: F.normalize(x, p=1, dim=-1, eps=1e-2),
    "cosine_similarity": lambda x: F.cosine_similarity(x[:, 0], x[:, 1], dim=-1, eps=1e-2),
    "abs": torch.abs,
    "relu": torch.relu,
    "relu6": F.relu6,
    "amax": lambda x: x.amax(-1),
    "maximum": lambda x: torch.maximum(x, 2 * x),
    "minimum": lambda x: torch.minimum(x, 2 * x),
    "square of a square": lambda x: (x**2) ** 1.5,
}


def main():
    arrays = {}
    torch.manual_seed(3)
    x = torch.randn(3, 3, 4)
    x[1], x[2, 1] = 0, x[2, 0]
    for name, f in functions.items():
        y, g = answers(Function(f), x)
        assert g.isfinite().all(), name
        arrays |= {name + ".x": x.numpy(), name + ".y": y.float().numpy(), name + ".g": g.float().numpy()}
        for suffix, dynamo in [("", True), (", script", False)]:
            if name + suffix == "pairwise_distance, script":
                continue
            try:
                model = exported(Function(f), x, dynamo)
            except Exception as e:
                print(f"{name}{suffix}: PyTorch cannot export it: {str(e).splitlines()[0]}")
                continue
            arrays[name + suffix + ".onnx"] = np.frombuffer(model.SerializeToString(), np.uint8)
            print(f"{name}{suffix}: {', '.join(sorted({n.op_type for n in model.graph.node}))}", flush=True)
    np.savez_compressed("zeros.npz", **arrays)


main()
