"""Exports small PyTorch networks to ONNX, with PyTorch's own answers beside them.

    python -m venv venv && venv/bin/pip install torch onnx onnxscript
    venv/bin/python export.py

Per network NAME it writes NAME.onnx and NAME.npz, which holds the inputs x, the
outputs y, the Jacobians J = dy/dx by torch.autograd, and the spectrum of the
polarization matrix: s, the singular values, ascending. mlp: rows
sum_c grad_{x_c} f_k x_c^T, where x is two vectors of R^5. cnn: the same, where each
of the 8 rows of an image is a vector of R^8.

central: a network trained to y = x / (1 + |x|^2) of R^3, whose output turns as its
input does; central.npz holds held-out x and PyTorch's y.

The other files are what a reader must refuse, or read with care.
"""

import os

import numpy as np
import onnx
import torch
from torch import nn

from export_tools import forget, jacobians

torch.manual_seed(2022)
torch.set_num_threads(1)
os.chdir(os.path.dirname(os.path.abspath(__file__)))


def export(net, x, name, **settings):
    settings = {"input_names": ["input"], "output_names": ["output"],
                "dynamic_axes": {"input": {0: "batch"}, "output": {0: "batch"}}, "dynamo": False} | settings
    torch.onnx.export(net.eval(), x, name + ".onnx", **settings)
    model = onnx.load(name + ".onnx")
    forget(model)
    onnx.save(model, name + ".onnx")


def vectors(j, x, n):
    """Rows vec sum_c grad_{x_c} f_k x_c^T of a matrix that moves all vectors of R^n."""
    j = j.reshape(*j.shape[:2], -1, n).double()
    x = x.reshape(len(x), -1, n).double()
    return torch.einsum("imca,icb->imab", j, x).reshape(-1, n * n)


def save(name, net, x, n):
    y, j = jacobians(net, x)
    s = torch.linalg.svdvals(vectors(j, x, n)).flip(0)
    np.savez(name + ".npz", x=x.numpy(), y=y.numpy(), J=j.numpy(), s=s.numpy())


mlp = nn.Sequential(nn.Linear(10, 32), nn.SiLU(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 3))
x = torch.randn(64, 10)
export(mlp, x[:2], "mlp")
export(mlp, x[:2], "mlp_dynamo", dynamo=True, dynamic_axes=None, external_data=False,
       dynamic_shapes=({0: torch.export.Dim("batch")},))
export(mlp, x[:1], "mlp_fixed", dynamic_axes=None)
save("mlp", mlp, x, 5)

cnn = nn.Sequential(
    nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.SiLU(), nn.AvgPool2d(2),
    nn.Conv2d(4, 8, 3), nn.GELU(), nn.Flatten(), nn.Linear(32, 16), nn.BatchNorm1d(16, momentum=0.3), nn.ReLU(), nn.Linear(16, 4),
)
x = torch.randn(64, 1, 8, 8)
cnn.train()(x * 2 + 0.3)  # so that the running averages are not trivial
export(cnn, x[:2], "cnn")
save("cnn", cnn, x, 8)


class Sorts(nn.Module):
    """The gradient of sorting is one that GoMLX does not have."""

    def forward(self, x):
        return torch.tanh(torch.floor(torch.topk(x, 2)[0]))


class Sums(nn.Module):
    """GoMLX's own backend crashes on the gradient of this."""

    def forward(self, x):
        return torch.cumsum(x * x, 1)


class Round(nn.Module):
    """An operator that the conversion does not know."""

    def forward(self, x):
        return torch.round(x)


class Conditioned(nn.Module):
    """Two inputs: what it is asked at, and a condition that stays."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(3, 4), nn.Linear(2, 4)

    def forward(self, x, condition):
        return torch.sin(self.a(x)) * self.b(condition), x.sum(1, keepdim=True)


export(Sorts(), torch.randn(2, 5), "sorts")
export(Round(), torch.randn(2, 5), "round")
export(Sums(), torch.randn(2, 5), "sums")
pool = nn.Sequential(nn.Conv2d(1, 2, 3), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 2))
x = torch.randn(32, 1, 8, 8)
export(pool, x[:2], "pool")
save("pool", pool, x, 8)
conditioned = Conditioned()
batch = {0: "batch"}
export(conditioned, (torch.randn(2, 3), torch.randn(2, 2)), "conditioned", input_names=["x", "condition"],
       output_names=["y", "total"], dynamic_axes={"x": batch, "condition": batch, "y": batch, "total": batch})
x, condition = torch.randn(16, 3), torch.tensor([[0.3, -0.8]])
y, j = jacobians(lambda x: conditioned(x, condition.expand(len(x), 2))[0], x)
np.savez("conditioned.npz", x=x.numpy(), y=y.numpy(), J=j.numpy(), condition=condition[0].numpy())


digits = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 10))
x = torch.randn(64, 1, 8, 8)
export(digits, x[:2], "digits")
np.savez("digits.npz", x=x.numpy())

central = nn.Sequential(nn.Linear(3, 48), nn.SiLU(), nn.Linear(48, 48), nn.SiLU(), nn.Linear(48, 3))
adam, steps = torch.optim.Adam(central.parameters(), 3e-3), 6000
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
for _ in range(steps):
    x = torch.randn(512, 3)
    loss = ((central(x) - x / (1 + (x * x).sum(1, keepdim=True))) ** 2).mean()
    adam.zero_grad()
    loss.backward()
    adam.step()
    schedule.step()
x = torch.randn(2000, 3)
export(central, x[:2], "central")
np.savez("central.npz", x=x.numpy(), y=central(x).detach().numpy())
