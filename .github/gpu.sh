#!/usr/bin/env bash
# Measures the lab on an NVIDIA GPU beside JAX and PyTorch, and writes a table with a row for each
# figure. A row that fails says so, and the others go on. Rows that were measured are kept, so a run
# that was interrupted continues where it was. With what it sets up it takes at most eight minutes.
#
#	.github/gpu.sh [--cpu] [--seconds N] [--again] [ROW…]
#	.github/gpu.sh --pack     brings what a machine without Go and a network needs into .gpu/pack-1 and -2
#
# --cpu tries every line on a CPU, with less work. The table is .gpu/out/table.md, or cpu.md;
# if $OUT names a folder, a copy is put there, with the log.
#
# Needs Go and a network, or what --pack brought; a C compiler; and a Python 3.12 with torch,
# torchvision, onnx, onnxscript and jax ($PYTHON, or python3), or a network to install them (5 GB).
# JAX and the lab use one plugin: the one of that Python if it has one, and otherwise what
# `go run ./kernel prepare --cuda` installs.
set -euo pipefail
SECONDS=0
cd "$(dirname "$0")/.."
here=$PWD/.gpu brought=$PWD/.gpu/brought
mkdir -p "$here/out"

# The versions that one H200 had together.
peers=(jax==0.11.2 jaxlib==0.11.2 jax-cuda13-pjrt==0.11.2 jax-cuda13-plugin==0.11.2 torch==2.11.0 torchvision==0.26.0 onnx==1.23.1 onnxscript==0.7.2)

has_peers() { "$1" -c 'import jax, torch, torchvision, onnx' 2>>"$here/out/log.txt"; }

# find_python sets $PYTHON to one with PyTorch and JAX.
find_python() {
	for PYTHON in "${PYTHON:-}" python3 "$here/venv/bin/python"; do
		command -v "$PYTHON" >/dev/null && has_peers "$PYTHON" && return
	done
	echo "installing PyTorch and JAX (5 GB) …" >&2
	python3.12 -m venv "$here/venv"
	PYTHON=$here/venv/bin/python
	"$PYTHON" -m pip install --quiet "${peers[@]}"
}

# find_go puts Go on the PATH: the machine's own, or the one that was brought.
find_go() {
	command -v go >/dev/null && return
	if [ ! -d "$brought/go" ] && [ -e "$here/pack-1/brought.tar.xz" ]; then
		python3 -W ignore -m tarfile -e "$here/pack-1/brought.tar.xz" "$brought.new"
		mv "$brought.new" "$brought"
	fi
	if [ ! -d "$brought/wheels" ] && [ -e "$here/pack-2/wheels.tar" ]; then
		python3 -W ignore -m tarfile -e "$here/pack-2/wheels.tar" "$brought"
	fi
	[ -d "$brought/go" ] || { echo "there is no Go on this machine; run .github/gpu.sh --pack elsewhere, and bring .gpu/pack-1 and .gpu/pack-2" >&2; exit 1; }
	export PATH=$brought/go/bin:$PATH GOROOT=$brought/go GOMODCACHE=$brought/mod GOPROXY=off GOFLAGS=-buildvcs=false GOTOOLCHAIN=local
	export PIP_NO_INDEX=1 PIP_FIND_LINKS=$brought/wheels LIEGG_COMMIT
	LIEGG_COMMIT=$(cat "$brought/commit")
}

# choose_plugin lets the lab use the plugin of the Python that JAX is in.
choose_plugin() {
	[ -z "${LIEGG_BACKEND:-}${LIEGG_PLUGIN:-}" ] || return 0
	local plugin site
	plugin=$("$PYTHON" -c 'import glob, sysconfig; print(*glob.glob(sysconfig.get_path("purelib") + "/jax_plugins/xla_cuda*/xla_cuda_plugin.so")[:1])')
	if [ -z "$plugin" ]; then
		go run ./kernel prepare --cuda --yes cuda
		return
	fi
	export LIEGG_BACKEND=xla:$plugin JAX_PLATFORMS=cuda
	site=$(dirname "$(dirname "$(dirname "$plugin")")")
	for cuda in "$site/nvidia/cu13" /usr/local/cuda; do
		if [ -e "$cuda/nvvm/libdevice/libdevice.10.bc" ]; then
			export XLA_FLAGS="${XLA_FLAGS:-} --xla_gpu_cuda_data_dir=$cuda"
			return
		fi
	done
}

case " $* " in
*" --pack "*)
	python3 .github/gpu_pack.py "$here"
	exit
	;;
*" --cpu "*)
	find_python
	find_go
	table=cpu.md
	;;
*)
	find_python
	find_go
	choose_plugin
	table=table.md
	;;
esac
go build -o "$here/study" ./liegg/study
echo "set up in $SECONDS s" >&2
status=0
"$PYTHON" .github/gpu.py --study "$here/study" --out "$here/out" --seconds $((470 - SECONDS)) "$@" || status=$?
if [ -d "${OUT:-}" ]; then
	cp "$here/out/$table" "$here/out/log.txt" "$OUT"
fi
exit $status
