# Three charges in a field: python -m venv venv && venv/bin/pip install torch onnx onnxscript && venv/bin/python export.py
import numpy as np
import onnx
import torch
from torch import nn

torch.manual_seed(7)
charges, field = torch.tensor([1.0, 1.0, -2.0]), torch.tensor([0.1, 0.2, 0.2])


def energy(x):  # of three charges at x [N, 9]: what they do to each other, and what the field does to them
    r = x.reshape(-1, 3, 3)
    pairs = sum(charges[i] * charges[j] / torch.sqrt(1 + ((r[:, i] - r[:, j]) ** 2).sum(1)) for i, j in [(0, 1), (0, 2), (1, 2)])
    return pairs - torch.einsum("nij,i,j->n", r, charges, field)


net = nn.Sequential(nn.Linear(9, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 1))
steps = 20_000
adam = torch.optim.Adam(net.parameters(), 3e-3)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
for _ in range(steps):
    x = torch.randn(512, 9)
    loss = ((net(x)[:, 0] - energy(x)) ** 2).mean()
    adam.zero_grad()
    loss.backward()
    adam.step()
    schedule.step()

net.eval()
torch.onnx.export(net, (x[:2],), "model.onnx", input_names=["positions"], output_names=["energy"],
                  dynamic_shapes=({0: torch.export.Dim("batch")},), external_data=False)
model = onnx.load("model.onnx")
for part in [*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output]:
    part.ClearField("metadata_props")  # PyTorch notes there the folders of your machine
onnx.save(model, "model.onnx")

x = torch.randn(3000, 9)  # held out
with torch.no_grad():
    np.savez("data.npz", positions=x.numpy(), energy=energy(x)[:, None].numpy(), predicted=net(x).numpy())
    print("mean squared error over the variance:", (loss / energy(x).var()).item())
