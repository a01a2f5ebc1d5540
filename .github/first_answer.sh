#!/usr/bin/env bash
# Times what a new reader does: clone, put a function of one's own into notebook 00, run it to the
# answer. First with empty caches (Go's, pip's, the lab's, and an empty home), then once more.
# Needs Go, Python, git, a C compiler, and a network for the first time.
#
#	.github/first_answer.sh [CLONE_URL]
set -euo pipefail
from=${1:-$(cd "$(dirname "$0")/.." && pwd)}
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
go=$(command -v go) # before the home moves: a version manager may look there

export HOME=$folder/home GOCACHE=$folder/go-build GOPATH=$folder/go GOMODCACHE=$folder/go/pkg/mod
export XDG_CACHE_HOME=$folder/cache PIP_CACHE_DIR=$folder/pip LIEGG_CACHE=$folder/liegg
unset GOFLAGS GOBIN XDG_DATA_HOME
mkdir "$HOME"

# ask writes the first question of notebook 00 with another function: the area that two vectors
# span, which all linear maps of determinant 1 keep.
ask() {
	python3 - "$folder/lab/notebooks/00_your_question.ipynb" <<'PYTHON'
import json, sys

with open(sys.argv[1], encoding="utf-8") as f:
    notebook = json.load(f)
code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
at = next(i for i, cell in enumerate(code) if "func energy(" in "".join(cell["source"]))
code[at]["source"] = """func energy(x *graph.Node) *graph.Node {
	part := func(i int) *graph.Node { return graph.Slice(x, graph.AxisRange(), graph.AxisElem(i)) }
	area := graph.Sub(graph.Mul(part(0), part(3)), graph.Mul(part(1), part(2)))
	return graph.Squeeze(area, -1)
}
"""
notebook["cells"] = code[at:at + 2]
with open(sys.argv[1], "w", encoding="utf-8") as f:
    json.dump(notebook, f)
PYTHON
}

# answer prints the answer in the notebook, and fails unless it is the right one.
answer() {
	python3 - "$folder/lab/notebooks/00_your_question.ipynb" <<'PYTHON'
import json, sys

with open(sys.argv[1], encoding="utf-8") as f:
    outputs = json.load(f)["cells"][1]["outputs"]
text = "".join("".join(o.get("data", {}).get("text/plain", "")) for o in outputs).strip()
print(text.split("\n")[0])
sys.exit("3 generators, sl(2" not in text)
PYTHON
}

first() {
	git clone --quiet "$from" "$folder/lab"
	ask
	again
}

again() {
	(cd "$folder/lab" && "$go" run ./kernel run notebooks/00_your_question.ipynb)
}

for kind in first again; do
	TIMEFORMAT="$kind: %R s, of which the processors worked %U + %S s"
	time $kind
	answer
done
