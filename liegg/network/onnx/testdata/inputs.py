"""Exports PyTorch networks with several inputs to ONNX, with PyTorch's own answers beside them.

    python -m venv venv && venv/bin/pip install torch onnx onnxscript
    venv/bin/python inputs.py

molecule: an exact invariant of positions under E(3), weighted by an embedding of species and
masked, and its forces: energy = sum_ij m_i m_j w(z_i) w(z_j) (1 + |x_i - x_j|^2)^(-1/2), forces
= -d energy / d positions. molecule.npz holds the inputs, and y and forces as PyTorch gives them.
"""

import os

import numpy as np
import onnx
import torch
from torch import nn

from export_tools import forget

torch.manual_seed(2022)
os.chdir(os.path.dirname(os.path.abspath(__file__)))


class Molecule(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Embedding(5, 1)

    def forward(self, positions, species, mask):
        w = self.weight(species)[..., 0] * mask
        apart = positions[:, :, None] - positions[:, None]
        pairs = w[:, :, None] * w[:, None]
        distances = torch.sqrt(1 + (apart * apart).sum(-1))
        forces = 2 * (pairs / distances**3)[..., None] * apart
        return (pairs / distances).sum((1, 2)), forces.sum(2)


net = Molecule().eval()
positions, species = torch.randn(300, 4, 3), torch.randint(0, 5, (300, 4))
mask = torch.rand(300, 4) < 0.8
mask[:, :2] = True
few = (positions[:2], species[:2], mask[:2])
batch = {0: "batch"}
names = {"input_names": ["positions", "species", "mask"], "output_names": ["energy", "forces"]}
torch.onnx.export(net, few, "molecule.onnx", dynamic_axes={n: batch for n in sum(names.values(), [])}, dynamo=False, **names)
torch.onnx.export(net, few, "molecule_dynamo.onnx", dynamic_shapes=[{0: torch.export.Dim("batch")}] * 3, dynamo=True, external_data=False, **names)
for name in ["molecule.onnx", "molecule_dynamo.onnx"]:
    model = onnx.load(name)
    forget(model)
    onnx.save(model, name)
energy, forces = net(positions, species, mask)
x = positions.clone().requires_grad_(True)
assert torch.allclose(forces, -torch.autograd.grad(net(x, species, mask)[0].sum(), x)[0], atol=1e-5)
np.savez_compressed("molecule.npz", positions=positions, species=species, mask=mask, energy=energy.detach(), forces=forces.detach())
