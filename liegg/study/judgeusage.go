package main

import (
	"fmt"
	"strings"

	"github.com/liegg/lab/liegg/ask"
)

// Python code for networks of two frameworks. exportCode writes a network of PyTorch
// with its inputs, jaxExportCode one of JAX. torchCode and jaxCode write gradients. net and f are the networks, and x their inputs.
const (
	exportCode = `import numpy as np, torch                      # net: your network, x: a tensor [N, in…] of its inputs
torch.onnx.export(net.eval(), x, "net.onnx", input_names=["x"], dynamic_axes={"x": {0: "batch"}}, dynamo=False)
np.savez("data.npz", x=x.cpu())`
	jaxExportCode = `import sys, numpy as np                        # f: your network, of a batch; x: an array [N, in…] of its inputs
sys.path.append("liegg/network/jax")           # of the clone
import liegg_export
liegg_export.save("net.jaxnet", f, x)
np.savez("data.npz", x=x)`
	torchCode = `import numpy as np, torch                      # net: your network, x: a tensor [N, in…] of its inputs
net.eval()
f = lambda sample: net(sample[None])[0]
y, J = torch.vmap(f)(x), torch.vmap(torch.func.jacrev(f))(x)
np.savez("gradients.npz", x=x.cpu(), y=y.detach().cpu(), J=J.detach().cpu())`
	jaxCode = `import jax, numpy as np                        # f: your network for one sample, x: an array [N, in…] of inputs
y = jax.vmap(f)(x)
J = jax.vmap(jax.jacrev(f))(x)
np.savez("gradients.npz", x=x, y=y, J=J)`
)

// emlpCode is Python code that makes a group of EMLP (Finzi, Welling, Wilson, "A Practical Method for
// Constructing Equivariant Multilayer Perceptrons for Arbitrary Matrix Groups", 2021) of the generators
// in an .npz report. It was run with emlp 1.0.3 and objax 1.8.0 on JAX 0.10.2, and objax also needed
// six, pytz and optax. escnn has no such door: its groups are a fixed list.
const emlpCode = `import numpy as np
from emlp.groups import Group
from emlp.reps import V

class Found(Group):
    def __init__(self, path):
        self.lie_algebra = np.load(path)["closed"]          # [d, n, n]
        self.discrete_generators = np.zeros((0, *self.lie_algebra.shape[1:]))
        self.d = self.lie_algebra.shape[-1]
        super().__init__(path)

G = Found("found.npz")           # two vectors in, an invariant out: emlp.nn.EMLP(2*V, V**0, group=G)`

const judgeHelp = `usage: study judge MODEL DATA --action ACTION [flags]
       study judge GRADIENTS.npz --action ACTION [flags]

Says which continuous symmetries a trained network has: how many generators, which Lie
algebra, and how surely. You need to know no Go: install it, and clone this repository. From
PyTorch, save the network and data that it was not trained on:

%s

From JAX, flax or equinox (jax.vmap(f) for an f of one sample):

%s

Then, in the clone, ask. Without --action the actions that fit the inputs are listed:

  go run ./liegg/study judge net.onnx data.npz --action linear:3x2

MODEL is an .onnx file, a .jaxnet file that liegg_export.py wrote from JAX, or a folder that
network.Save wrote. DATA is an .npz with an array named like the model's input, or x; an .npy;
or a .csv, of which all columns are inputs that no flag names. Some hundred samples are enough
for an exact symmetry, a few thousand are better.

Any framework's gradients do without MODEL: x [N, in…], J [N, m, in…], and y [N, m] if
outputs are asked about. Finite flows (--flows, --test) need the network itself.
With PyTorch:

%s

With JAX:

%s

ACTION says how inputs may move; the search is for all symmetries among these motions:

%s
  Photographs fill their frame: image:disc sees them through a disc, so that a rotation brings
  nothing in from outside; image:reflection and image:wrap continue them. More than 4 channels
  are named image:first or image:last. Options add up: image:linear:first:disc.
  Actions joined by + move slices of the input, one after the other: linear:3x4+linear:1x4.

Inside an .onnx file: --list names its tensors. --layer NAME judges one in the place of the
outputs, --layers profiles the ends of all blocks, and --from NAME judges what follows a tensor
on its activations: which directions of a latent space does the head not depend on? Of a
.jaxnet file --list names inputs, outputs and layers (layers=… of liegg_export.save), of a
folder that network.Save wrote the layers.

A model may have several inputs, each an array of DATA under the model's name for it, with the
samples along the first axis; integers and masks as well. (In JAX, f takes a dictionary of them,
x is such a dictionary, saved by np.savez("data.npz", **x), and f may return one of outputs.) Those that do not move stay as they
are for each sample. If one input moves, --input names it; if several do, --move says how:

  go run ./liegg/study judge net.onnx data.npz --move positions=affine:3x4 \
    --move velocities=turned:positions --outputs energy=invariant,forces=same

An input that should move with the others and is forgotten breaks their symmetry.

A Lie algebra says what a function depends on, --invariants: on x·x, x·y, y·y only, for instance.
Finite groups are sought among the candidates that --discrete names. "study data DATA" asks
whether data alone are distributed symmetrically.

What was found can be used. --report found.npz stores the generators, of which EMLP makes
equivariant layers:

%s

Exit status: 0 for an answer, "none" and "undetermined" included, 1 for an error, and 2 if
--action is missing: then the actions that fit the inputs are listed. ("go run" itself turns
2 into 1; "go build ./liegg/study" makes a command study that does not.)

Several processes or machines share the work, and the verdict has the same bits however it
is split: --shard i/n -o FILE computes a share, and "study merge FILE..." the verdict. With
--nats URL the workers of that server do it (study worker --nats URL); they need the files
under the same paths.

It computes with XLA if "go run ./kernel prepare" has fetched it, and else in pure Go, which
starts at once and is slower on large networks.

Flags, with one dash or two, before or behind the names:

`

// judgeUsage returns the help of the command study judge, without its flags.
func judgeUsage() string {
	var list strings.Builder
	for _, k := range ask.Kinds() {
		fmt.Fprintf(&list, "  %-22s %s\n", k.Form, k.About)
	}
	return fmt.Sprintf(judgeHelp, indented(exportCode), indented(jaxExportCode), indented(torchCode), indented(jaxCode), list.String(), indented(emlpCode))
}

func indented(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }
