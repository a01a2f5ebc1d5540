"""Takes the rows of .github/gpu.sh, which sets up what they need, and writes their table.

    python .github/gpu.py --study PROGRAM --out FOLDER [--cpu] [--seconds N] [--again] [ROW…]

PROGRAM is liegg/study, built. Each row is taken in processes of its own, under a limit of time, and
kept as a file of JSON in the folder. Rows that failed are tried again by the next call; --again
takes all of them anew.
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Lab:
    """What the rows share: the arguments, and how programs are run."""

    def __init__(self, a):
        self.study, self.out, self.cpu, self.rounds = str(pathlib.Path(a.study).resolve()), pathlib.Path(a.out), a.cpu, 2 if a.cpu else 5
        self.ends = time.monotonic() + a.seconds
        self.limit = 0  # of the row at hand, in seconds

    def run(self, *command, env=None):
        """Runs a program, and returns what it writes to standard output. Its standard error goes to a file."""
        log = self.out / "log.txt"
        with open(log, "a", encoding="utf-8") as said:
            print("\n$", *command, file=said, flush=True)
            begun = said.tell()
            ran = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, stderr=said, text=True, start_new_session=True)
            try:
                out, _ = ran.communicate(timeout=max(1, min(self.limit, self.ends - time.monotonic())))
            except subprocess.TimeoutExpired as e:
                os.killpg(ran.pid, signal.SIGTERM)
                ran.wait()
                raise RuntimeError(f"not done after {e.timeout:.0f} s") from e
        if ran.returncode != 0:
            raise RuntimeError(last(log, begun) or f"exit status {ran.returncode}")
        return out

    def lines(self, *command, env=None):
        """Runs a program of which each line is JSON."""
        return [json.loads(line) for line in self.run(*command, env=env).splitlines() if line.startswith("{")]

    def bench(self, job, contender):
        """Times a job of `study bench` by the lab and a contender, in turn: the medians, and the median of the ratios."""
        python = () if contender == "verdict" else ("-python", sys.executable)
        times = self.lines(self.study, "bench", "-json", "-jobs", job, "-with", contender, "-rounds", str(self.rounds), *python)
        ours = [t["Seconds"] for t in times if t["Contender"] == "LieGG"]
        theirs = [t["Seconds"] for t in times if t["Contender"] == contender]
        return statistics.median(ours), statistics.median(theirs), statistics.median(b / a for a, b in zip(ours, theirs))

    def card(self, name, *more, env=None):
        """Takes a measurement of `study card`."""
        small = ("-small",) if self.cpu else ()
        return self.lines(self.study, "card", "-name", name, "-rounds", str(self.rounds), *small, *more, env=env)


def last(log, begun):
    """The last lines that a program wrote to a log."""
    with open(log, encoding="utf-8") as f:
        f.seek(begun)
        return " ".join(f.read().split())[-300:]


def beside_jax(job, aim):
    def take(lab):
        ours, theirs, ratio = lab.bench(job, "JAX")
        return f"{ratio:.2f}", ratio >= aim, f"ours {ours:.4f} s, JAX {theirs:.4f} s"
    return take


def verdict(job):
    def take(lab):
        ours, whole, ratio = lab.bench(job, "verdict")
        return f"{ratio:.2f} ×", ratio <= 1.5, f"extraction {ours:.4f} s, verdict {whole:.4f} s"
    return take


def several_devices(lab):
    """One network on one card and on all, in chunks of the same size: the same bits, and how much faster."""
    env = {"LIEGG_BACKEND": f"xla:{APART},shared_buffers=false"} if lab.cpu and APART.exists() else None
    r = {r["Name"]: r for r in lab.card("devices", env=env)}
    if r["spectrum on 1"]["Text"] == "of 1 devices":
        return "one card", None, "LIEGG_DEVICES=all was tried with it alone"
    same = r["spectrum on 1"]["Singular"] == r["spectrum on all"]["Singular"] and r["verdict on 1"]["Text"] == r["verdict on all"]["Text"]
    faster = {kind: statistics.median(r[f"{kind} on 1"]["Again"]) / statistics.median(r[f"{kind} on all"]["Again"]) for kind in ("spectrum", "verdict")}
    return f"{faster['spectrum']:.2f} ×", same, ("the same bits" if same else "**other bits**") + f", {r['spectrum on 1']['Text']}; verdict {faster['verdict']:.2f} × as fast"


# A backend on CPUs that does not share its memory, as a card does not; it has four devices.
APART = pathlib.Path(os.environ.get("LIEGG_CACHE", pathlib.Path.home() / ".cache" / "liegg")) / "xla" / "pjrt_c_api_cpu_plugin.so"


def refine(lab):
    r = lab.card("refine")[0]
    return f"{r['First']:.1f} s", r["First"] <= 2, f"again {statistics.median(r['Again']):.2f} s; {r['Text'].splitlines()[0]}"


def resnet18(lab):
    file = lab.out / "resnet18.onnx"
    theirs = lab.lines(sys.executable, str(ROOT / ".github" / "gpu_resnet18.py"), str(file), "cpu" if lab.cpu else "cuda", str(lab.rounds))
    ours = lab.card("resnet18", "-onnx", str(file.resolve()))[0]
    full, tf32 = min(t["seconds"] for t in theirs if not t["tf32"]), min(t["seconds"] for t in theirs if t["tf32"])
    best = statistics.median(ours["Again"])
    return f"{full / best:.2f}", full / best >= .8, f"ours {best:.3f} s (first {ours['First']:.1f} s), PyTorch {full:.3f} s in full float32, {tf32:.3f} s in TF32"


def notebook(name):
    def take(lab):
        begun, out = time.monotonic(), lab.out / "notebooks"
        go = shutil.which("go")
        if go is None:
            raise RuntimeError("there is no Go on this machine")
        lab.run(go, "run", "./kernel", "run", "--canonical", "-o", str(out.resolve()), f"notebooks/{name}")
        same, of, other = agreement(told(out / name), told(ROOT / "notebooks" / name))
        return f"{same} of {of} lines alike", same == of, f"{time.monotonic() - begun:.0f} s" + "".join(f"; ‘{line[:80]}’" for line in other[:3])
    return take


def told(path):
    """What the code cells of a notebook print, line by line, with counts but without measured numbers."""
    with open(path, encoding="utf-8") as f:
        cells = json.load(f)["cells"]
    lines = []
    for cell in cells:
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                raise RuntimeError(f"{path.name}: {output['ename']}: {output['evalue']}"[:300])
            text = "".join(output.get("text", ""))
            lines += [counted(line) for line in text.splitlines() if line.strip()]
    return lines


MEASURED = re.compile(r"> |[-−]?\d[\d  ]*(\.\d+)?(e[-+]\d+)?( ?[°%]| s\b| px)|[-−]?\d*\.\d+(e[-+]\d+)?|\d+e[-+]?\d+")


def counted(line):
    return " ".join(MEASURED.sub("#", line).split())


def agreement(got, want):
    """How many of the lines of a stored notebook come again, of how many, and which others came."""
    left = list(want)
    other = []
    for line in got:
        if line in left:
            left.remove(line)
        else:
            other.append(line)
    return len(want) - len(left), len(want), other


def cpu_against_gpu(lab):
    """The same networks on the device and in pure Go, on the CPU."""
    here = lab.card("agree")
    there = {r["Name"]: r["Singular"] for r in lab.card("agree", env={"LIEGG_BACKEND": "go"})}
    worst = {r["Name"]: max(abs(a - b) for a, b in zip(r["Singular"], there[r["Name"]], strict=True)) / max(r["Singular"]) for r in here}
    return f"{max(worst.values()):.1e}", max(worst.values()) <= 1e-4, ", ".join(f"{name} {w:.1e}" for name, w in worst.items())


def two_processes(lab):
    """Two processes that use the device at the same time."""
    command = [lab.study, "bench", "-json", "-jobs", "digits", "-with", "passes", "-rounds", str(lab.rounds)]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ended = []
    for p in both:
        try:
            out, err = p.communicate(timeout=lab.limit)
        except subprocess.TimeoutExpired:
            p.kill()
            out, err = p.communicate()
        ended.append((p.returncode, out, err))
    for status, _, err in ended:
        if status != 0:
            raise RuntimeError(" ".join(err.split())[-300:])
    seconds = [statistics.median(t["Seconds"] for t in map(json.loads, out.splitlines()) if t["Contender"] == "LieGG") for _, out, _ in ended]
    return "both answer", True, " and ".join(f"{s:.3f} s" for s in seconds)


HOG = """
import sys, torch
if torch.cuda.is_available():
    free, _ = torch.cuda.mem_get_info()
    held = torch.empty(max(0, free - (int(sys.argv[1]) << 20)), dtype=torch.uint8, device="cuda")
print("held", flush=True)
sys.stdin.read()
"""


def little_memory(lab):
    """Extraction while another process leaves 1 GiB of the device's memory."""
    hog = subprocess.Popen([sys.executable, "-c", HOG, "1024"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if hog.stdout.readline().strip() != "held":
            raise RuntimeError("PyTorch could not take the memory")
        ours = [t["Seconds"] for t in lab.lines(lab.study, "bench", "-json", "-jobs", "o5-1m", "-with", "passes", "-rounds", "1") if t["Contender"] == "LieGG"]
    finally:
        hog.stdin.close()
        hog.wait()
    return "answers", True, f"{ours[0]:.3f} s"


# name, figure, seen before, aim, seconds at most, how it is taken
ROWS = [
    ("digits-device", "12 000 digits, K = 6, ten outputs, samples on the card: JAX's time / ours", ".04", "≥ .8", 60, beside_jax("digits-device", .8)),
    ("digits", "the same from the host", ".2", "≥ .9", 60, beside_jax("digits", .9)),
    ("inertia-device", "inertia, 100 000 samples on the card", "–", "≥ 1.0", 60, beside_jax("inertia-device", 1)),
    ("inertia", "the same from the host", ".5", "≥ 1.0", 60, beside_jax("inertia", 1)),
    ("o5", "O(5), 10⁶ samples on the card, float32 rows, float64 sums", "–", "≥ 1.0", 60, beside_jax("o5-1m-device", 1)),
    ("verdict", "whole verdict (Judge) on digits / bare extraction", "–", "≤ 1.5 ×", 60, verdict("digits")),
    ("verdict-device", "the same with samples on the card", "–", "≤ 1.5 ×", 60, verdict("digits-device")),
    ("verdict-o5", "whole verdict on O(5), 10⁶ samples on the card / bare extraction", "–", "≤ 1.5 ×", 60, verdict("o5-1m-device")),
    ("devices", "all cards of the machine / one card, 48 000 digits in 16 chunks", "–", "the same bits", 90, several_devices),
    ("agree", "CPU (pure Go) against GPU, same networks, of the largest s", "1e-4", "≤ 1e-4", 60, cpu_against_gpu),
    ("refine", "refinement of the rotation, notebook 02, with compilation", "13–26 s on two cores", "≤ 2 s", 90, refine),
    ("resnet18", "ResNet18 on 64×64×3, 500 images, K = 6: torch vmap(jvp) / ours", "–", "≥ .8", 120, resnet18),
    ("two", "two processes on one card", "–", "both answer", 60, two_processes),
    ("memory", "1 GiB of the card's memory free, O(5), 10⁶ samples", "–", "answers", 60, little_memory),
    ("notebook-01", "notebook 01 through the kernel, against what is stored", "never tried", "alike but for digits", 240, notebook("01_o5_regression.ipynb")),
    ("notebook-02", "notebook 02 through the kernel, against what is stored", "never tried", "alike but for digits", 240, notebook("02_rotated_mnist.ipynb")),
]


def taken(lab, kept, row):
    """Takes a row, unless it is kept from an earlier call."""
    name, _, _, _, seconds, take = row
    file = kept / f"{name}.json"
    if file.exists():
        had = json.loads(file.read_text(encoding="utf-8"))
        if had["error"] == "":
            return had
    begun, result = time.monotonic(), {"value": "–", "met": None, "note": "", "error": ""}
    lab.limit = seconds if not lab.cpu else 10 * seconds
    if lab.ends - begun < 5:
        return {**result, "error": "no time was left; the next call takes it"}
    try:
        result["value"], result["met"], result["note"] = take(lab)
    except Exception as e:  # whatever fails belongs in the table
        result["error"] = f"{type(e).__name__}: {e}" if not isinstance(e, RuntimeError) else str(e)
    result["seconds"] = round(time.monotonic() - begun, 1)
    aside = file.with_suffix(".new")
    aside.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    aside.replace(file)
    return result


def machine():
    """What the table was measured on."""
    def said(*command):
        try:
            return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout.strip()
        except (OSError, subprocess.SubprocessError):
            return "unknown"
    versions = "import jax, torch, importlib.metadata as m; print(f'jax {jax.__version__}, jaxlib {m.version(\"jaxlib\")}, torch {torch.__version__}')"
    return [
        f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores",
        "card and driver: " + said("nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"),
        said(sys.executable, "-c", versions) + f", Python {sys.version.split()[0]}",
        "backend: " + os.environ.get("LIEGG_BACKEND", "the lab's own choice"),
        "commit " + (os.environ.get("LIEGG_COMMIT") or said("git", "rev-parse", "--short", "HEAD")),
    ]


def table(lab, results):
    mark = {True: "yes", False: "**no**", None: "–"}
    lines = ["On a CPU, with less work, to try the script. No aim is for it." if lab.cpu else "On a GPU. Medians of five, in turn with JAX.", ""]
    lines += [f"- {line}" for line in machine()] + ["", "| figure | before | at least | measured | met | |", "|---|---|---|---|---|---|"]
    for row in ROWS:
        name, figure, before, aim, *_ = row
        if (r := results.get(name)) is None:
            continue
        note = (f"**failed**: {r['error']}" if r["error"] else r["note"]).replace("|", "/")
        lines.append(f"| {figure} | {before} | {aim} | {r['value']} | {'–' if lab.cpu else mark[r['met']]} | {note} |")
    return "\n".join(lines) + "\n"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--study", required=True, help="liegg/study, built")
    arguments.add_argument("--out", required=True, help="folder of the rows and the table")
    arguments.add_argument("--cpu", action="store_true", help="less work, and no limit of time")
    arguments.add_argument("--seconds", type=float, default=450, help="for all rows; those that are left wait for the next call")
    arguments.add_argument("--again", action="store_true", help="take rows that were taken, too")
    arguments.add_argument("rows", nargs="*", help="all by default: " + ", ".join(r[0] for r in ROWS))
    a = arguments.parse_args()
    if unknown := set(a.rows) - {r[0] for r in ROWS}:
        arguments.error(f"no rows {sorted(unknown)}, only {[r[0] for r in ROWS]}")
    if a.cpu:
        a.seconds = 3600
    lab = Lab(a)
    kept = lab.out / ("cpu" if a.cpu else "rows")
    kept.mkdir(parents=True, exist_ok=True)
    file, results = lab.out / ("cpu.md" if a.cpu else "table.md"), {}
    for row in ROWS:
        mine = not a.rows or row[0] in a.rows
        if mine and a.again:
            (kept / f"{row[0]}.json").unlink(missing_ok=True)
        if mine or (kept / f"{row[0]}.json").exists():
            results[row[0]] = taken(lab, kept, row) if mine else json.loads((kept / f"{row[0]}.json").read_text(encoding="utf-8"))
            print(f"{row[0]}: {results[row[0]]['value']} {results[row[0]]['error'] or results[row[0]]['note']}", file=sys.stderr, flush=True)
            aside = file.with_suffix(".new")
            aside.write_text(table(lab, results), encoding="utf-8")
            aside.replace(file)
    print(file.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
