"""Measures kernels for Jupyter beside each other, through jupyter_client, and marimo through its
own server, in one run and in alternation. Prints a line of JSON for each kernel and round.

    python kernels.py [--rounds N] NAME=ARGV...

ARGV is the JSON list that starts a kernel, with {connection_file} in it, or marimo's server, with
{notebook} and {port}. NAME says which cells it gets: liegg, gonb, torch or jax (both ipykernel),
evcxr or marimo. Needs jupyter_client and websockets; the Python that ARGV names needs matplotlib
and torch (marimo, too) or jax.

Each step is told in seconds of wall-clock and of processor time. The latter counts the kernel
with all its children, and changes little with what else the machine does.
"""
import argparse
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.request

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from websockets.sync.client import connect

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

JAX = """import jax
jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp

def summed(x):
    h = x
    for n in (32, 32, 1):
        w = jnp.arange(h.shape[1] * n, dtype=jnp.float64).reshape(h.shape[1], n)
        h = jnp.tanh(h @ (.3 * jnp.sin(w)))
    return h.sum()

x = jnp.cos(jnp.arange(5000, dtype=jnp.float64).reshape(500, 10) + %d)
print("%%.6f" %% (jax.jit(jax.grad(summed))(x) ** 2).sum())"""

PICTURE = """%matplotlib inline
import matplotlib.pyplot as plt
plt.plot([1, 2, 4]); plt.show()"""

GO = {"trivial": "%%%%\nfmt.Println(%d)", "set": "func twice(x int) int { return 2 * x }\nvar kept = 21", "get": "%%\nkept++\nfmt.Println(twice(kept))",
      "again": "%%\nfmt.Println(kept)", "complete": "import \"strings\"\n\n%%\nstrings.Repl"}
PYTHON = {"trivial": "print(%d)", "set": "kept = 21", "get": "kept += 1; print(2 * kept)", "again": "print(kept)",
          "complete": "import re\nre.comp", "picture": PICTURE}
CELLS = {
    "liegg": GO | {"job": GRADIENT, "picture": "%%\nmust.M(plotting.Show(plotting.Spectrum(plotting.Series{Y: []float64{1, 2, 4}})))"},
    "gonb": GO,
    "torch": PYTHON | {"job": TORCH},
    "jax": PYTHON | {"job": JAX},
    # In marimo one cell alone assigns a variable.
    "marimo": {"trivial": "print(%d)", "set": "kept = 21", "get": "print(2 * kept)", "again": "print(kept)", "job": TORCH,
               "picture": "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4]); plt.gca()"},
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


class Marimo:
    """One marimo server with one notebook, driven as its page does. A cell that has run before is
    changed and run again, since marimo lets no two cells assign one name."""

    session = "s_liegg1"

    def __init__(self, argv):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = tempfile.TemporaryDirectory()
        notebook = pathlib.Path(self.folder.name, "notebook.py")
        notebook.write_text("import marimo\napp = marimo.App()\n", encoding="utf-8")
        begun = time.monotonic()
        self.process = subprocess.Popen([a.format(notebook=notebook, port=self.port) for a in argv],
                                        cwd=self.folder.name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        self.socket = self.connected(begun + 300)
        self.until("kernel-ready")
        self.post("instantiate", objectIds=[], values=[], autoRun=True)
        self.until("completed-run")
        self.started = round(time.monotonic() - begun, 3), round(processor(self.pid), 3)

    def connected(self, deadline):
        while True:
            try:
                return connect(f"ws://127.0.0.1:{self.port}/ws?session_id={self.session}&kiosk=false", max_size=None, legacy=True)
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(.1)

    def until(self, last):
        """The messages up to the first of this kind."""
        found = []
        while not found or found[-1]["op"] != last:
            message = json.loads(self.socket.recv(timeout=300))
            found.append(message["data"] | {"op": message["op"]})
        return found

    def post(self, path, **body):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/kernel/{path}", json.dumps(body).encode(),
                                         {"Content-Type": "application/json", "Marimo-Session-Id": self.session})
        with urllib.request.urlopen(request, timeout=60) as reply:
            reply.read()

    def run(self, source):
        wall, cpu = time.monotonic(), processor(self.pid)
        # A name for each kind of cell: what assigns the same names is the same cell.
        cell = next(name for name, text in CELLS["marimo"].items() if source == text or "%" in text and source.startswith(text[:text.index("%")]))
        self.post("run", cellIds=[cell], codes=[source])
        messages = self.until("completed-run")
        spent = round(time.monotonic() - wall, 3), round(processor(self.pid) - cpu, 3)
        printed, types = [], set()
        for message in messages:
            if message["op"] == "cell-op":
                parts = message.get("console") or []
                printed += [p["data"] for p in (parts if isinstance(parts, list) else [parts]) if p["channel"] in ("stdout", "stderr")]
                if output := message.get("output"):
                    types.add(output["mimetype"])
        return messages[-1]["outcome"], "".join(printed).strip(), sorted(types), spent

    def end(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def measured(name, argv, number):
    cells = CELLS[name]
    kernel = Marimo(argv) if name == "marimo" else Kernel(argv)
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
        if "complete" in cells:
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
