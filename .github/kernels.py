"""Measures kernels for Jupyter beside each other, through jupyter_client, in one run and in
alternation. Prints a line of JSON for each kernel and round.

    python kernels.py [--rounds N] NAME=ARGV...

ARGV is the JSON list that starts a kernel, with {connection_file} in it. NAME says which cells
it gets: liegg, gonb, ipykernel or evcxr. Needs jupyter_client; for ipykernel also torch and
matplotlib, which must belong to the Python that ARGV names.

Each step is told in seconds of wall-clock and of processor time. The latter counts the kernel
with all its children, and changes little with what else the machine does.
"""
import argparse
import json
import os
import time

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

GRADIENT = """import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/network"
)

%%%%
f := func(x *graph.Node) *graph.Node {
	h := x
	for _, n := range []int{32, 32, 1} {
		w := graph.IotaFull(x.Graph(), shapes.Make(dtypes.Float64, h.Shape().Dimensions[1], n))
		h = graph.Tanh(graph.MatMul(h, graph.MulScalar(graph.Sin(w), .3)))
	}
	return graph.Gradient(graph.ReduceAllSum(h), x)[0]
}
x := make([][]float64, 500)
for i := range x {
	for j := range 10 {
		x[i] = append(x[i], math.Cos(float64(10*i+j+%d)))
	}
}
sum := 0.0
for _, row := range must.M1(network.Exact(f).Predict(tensors.FromValue(x))).Value().([][]float64) {
	for _, v := range row {
		sum += v * v
	}
}
fmt.Printf("%%.6f\\n", sum)"""

TORCH = """import torch
x = torch.cos(torch.arange(5000, dtype=torch.float64).reshape(500, 10) + %d).requires_grad_()
h = x
for n in (32, 32, 1):
    w = torch.arange(h.shape[1] * n, dtype=torch.float64).reshape(h.shape[1], n)
    h = torch.tanh(h @ (.3 * torch.sin(w)))
h.sum().backward()
print("%%.6f" %% (x.grad ** 2).sum())"""

PICTURE = """%matplotlib inline
import matplotlib.pyplot as plt
plt.plot([1, 2, 4]); plt.show()"""

GO = {"trivial": "%%%%\nfmt.Println(%d)", "set": "func twice(x int) int { return 2 * x }\nvar kept = 21", "get": "%%\nkept++\nfmt.Println(twice(kept))",
      "again": "%%\nfmt.Println(kept)", "complete": "import \"strings\"\n\n%%\nstrings.Repl"}
CELLS = {
    "liegg": GO | {"job": GRADIENT, "picture": "%%\nmust.M(plotting.Show(plotting.Spectrum(plotting.Series{Y: []float64{1, 2, 4}})))"},
    "gonb": GO,
    "ipykernel": {"trivial": "print(%d)", "set": "kept = 21", "get": "kept += 1; print(2 * kept)", "again": "print(kept)",
                  "complete": "import re\nre.comp", "job": TORCH, "picture": PICTURE},
    "evcxr": {"trivial": "println!(\"{}\", %d);", "set": "let mut kept = 21;", "get": "kept += 1; println!(\"{}\", 2 * kept);",
              "again": "println!(\"{}\", kept);", "complete": "let s = String::from(\"a\"); s.to_upp"},
}
WARM = 5  # cells whose median is told


def processes():
    """The parent and the processor time of each process, with that of children that have ended."""
    found, tick = {}, os.sysconf("SC_CLK_TCK")
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as f:
                fields = f.read().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(pid)] = int(fields[1]), sum(map(int, fields[11:15])) / tick
    return found


def processor(root):
    """The processor time of a process and all below it."""
    found = processes()
    total, below = 0.0, {root}
    while below:
        total += sum(found[pid][1] for pid in below if pid in found)
        below = {pid for pid, (parent, _) in found.items() if parent in below}
    return total


class Kernel:
    def __init__(self, argv):
        self.manager = KernelManager()
        self.manager._kernel_spec = KernelSpec(argv=argv, interrupt_mode="signal")
        self.begun = time.monotonic()
        self.manager.start_kernel()
        self.pid = self.manager.provisioner.process.pid
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=300)
        self.started = round(time.monotonic() - self.begun, 3), round(processor(self.pid), 3)

    def run(self, source):
        """What a cell prints, the types of what it shows, and its two times."""
        wall, cpu = time.monotonic(), processor(self.pid)
        printed, types = [], []

        def hook(message):
            content = message["content"]
            if message["msg_type"] == "stream":
                printed.append(content["text"])
            elif message["msg_type"] == "error":
                printed.append(content["ename"] + ": " + content["evalue"])
            types.extend(content.get("data", {}))

        reply = self.client.execute_interactive(source, output_hook=hook, timeout=600)
        spent = round(time.monotonic() - wall, 3), round(processor(self.pid) - cpu, 3)
        return reply["content"]["status"], "".join(printed).strip(), sorted(set(types)), spent

    def complete(self, source):
        wall = time.monotonic()
        reply = self.client.complete(source, reply=True, timeout=60)["content"]
        return len(reply.get("matches", [])), round(time.monotonic() - wall, 3)

    def end(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=False)


def measured(name, argv, number):
    cells = CELLS[name]
    kernel = Kernel(argv)
    said = {"kernel": name, "start": kernel.started}
    try:
        said["first trivial"] = kernel.run(cells["trivial"] % number)[-1]
        warm = sorted(kernel.run(cells["trivial"] % (number + 1 + i))[-1] for i in range(WARM))
        said["warm trivial"] = warm[WARM // 2]
        if "job" in cells:
            said["first job"] = kernel.run(cells["job"] % number)[1:]
            jobs = sorted(kernel.run(cells["job"] % (number + 1 + i))[-1] for i in range(WARM))
            said["warm job"] = jobs[WARM // 2]
        kernel.run(cells["set"])
        said["declared"], said["assigned"] = kernel.run(cells["get"])[1], kernel.run(cells["again"])[1]
        said["completions"] = kernel.complete(cells["complete"])
        if "picture" in cells:
            said["picture"] = kernel.run(cells["picture"])[2]
    finally:
        kernel.end()
    return said


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("kernels", nargs="+")
    args = parser.parse_args()
    for number in range(args.rounds):
        for kernel in args.kernels:
            name, _, argv = kernel.partition("=")
            try:
                print(json.dumps(measured(name, json.loads(argv), 1000 * (number + 1))), flush=True)
            except Exception as e:
                print(json.dumps({"kernel": name, "failed": f"{type(e).__name__}: {e}"}), flush=True)


if __name__ == "__main__":
    main()
