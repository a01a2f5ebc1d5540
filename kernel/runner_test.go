package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/kernel/internal/system"
)

// python runs a program in Python, in which the modules of the runner can be
// imported.
func python(t *testing.T, program string, args ...string) string {
	t.Helper()
	r, remove, err := layRunner(prepared)
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	cmd := r.command(t.Context())
	cmd.Args = append([]string{cmd.Args[0], "-c", "import sys\nsys.path.insert(0, " + quoted(r.dir) + ")\n" + program}, args...)
	out, err := system.Output(cmd)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestRunRefusesBrokenNotebooks(t *testing.T) {
	code := func(more string) string {
		return `{"cells": [{"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": "x"` + more + `}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`
	}
	twice := `{"cells": [{"cell_type": "markdown", "metadata": {}, "source": "x", "id": "a"}, {"cell_type": "markdown", "metadata": {}, "source": "x", "id": "a"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`
	folder := t.TempDir()
	args := []string{"run"}
	cases := map[string]struct{ text, said string }{
		"empty":   {"", "the file is empty"},
		"cut":     {code("")[:90], "line 1, column"},
		"list":    {"[1, 2]", "not a notebook"},
		"bytes":   {"\x00\xff", "not text in UTF-8"},
		"id":      {code(`, "id": "a b"`), "cell 1: id: 'a b'"},
		"twice":   {twice, "cells 1 and 2 have the same id, 'a'"},
		"format":  {strings.ReplaceAll(code(""), `"nbformat": 4`, `"nbformat": 5`), "format 5"},
		"minor":   {strings.ReplaceAll(code(""), `"nbformat_minor": 5`, `"nbformat_minor": "5"`), "nbformat_minor: '5' is not a number"},
		"nan":     {strings.ReplaceAll(code(""), `"metadata": {}, "nbf`, `"metadata": {"x": NaN}, "nbf`), "NaN"},
		"nested":  {strings.Repeat("[", 100_000), "nested too deeply"},
		"cells":   {`{"cells": 3, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`, "list of cells"},
		"missing": {`{"cells": [{"cell_type": "code", "source": "x"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`, "cell 1"},
	}
	for name, c := range cases {
		path := filepath.Join(folder, name+".ipynb")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	whole := writeNotebook(t, filepath.Join(folder, "whole.ipynb"), "%%\nfmt.Println(1)")
	_, stderr, err := do(t, append(args, whole)...)
	if err == nil || strings.Contains(stderr, "whole.ipynb") || strings.Contains(stderr, "Traceback") {
		t.Errorf("error %v, stderr %s", err, stderr)
	}
	for name, c := range cases {
		_, said, found := strings.Cut(stderr, name+".ipynb: ")
		if said, _, _ = strings.Cut(said, "\n"); !found || !strings.Contains(said, c.said) {
			t.Errorf("%s: it said %q, not %q", name, said, c.said)
		}
		if read(t, filepath.Join(folder, name+".ipynb")) != c.text {
			t.Errorf("%s has changed", name)
		}
	}
}

// A notebook for another language would be filled with errors of Go.
func TestRunRefusesOtherLanguages(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const empty = `{"cells": [{"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": "%%\n"}], "metadata": METADATA, "nbformat": 4, "nbformat_minor": 4}`
	folder := t.TempDir()
	for name, c := range map[string]struct{ metadata, said string }{
		"none":          {`{}`, ""},
		"only language": {`{"language_info": {"name": "go"}}`, ""},
		"ours":          {`{"kernelspec": {"name": "liegg", "display_name": "Go (LieGG)"}}`, ""},
		"gonb":          {`{"kernelspec": {"name": "gonb", "display_name": "Go (gonb)", "language": "go"}}`, ""},
		"another Go":    {`{"kernelspec": {"name": "my-go", "display_name": "Mine", "language": "Go"}}`, ""},
		"Go, as told":   {`{"kernelspec": {"name": "my-go", "display_name": "Mine"}, "language_info": {"name": "go"}}`, ""},
		"python":        {`{"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}`, "Python 3"},
		"no language":   {`{"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}`, "Python 3 (ipykernel)"},
		"unnamed":       {`{"kernelspec": {"name": "ir", "display_name": "", "language": "R"}}`, "ir"},
	} {
		path := filepath.Join(folder, name+".ipynb")
		text := strings.ReplaceAll(empty, "METADATA", c.metadata)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		const try = `
import document
try:
    document.read(sys.argv[1])
except document.Refused as e:
    print(e)
`
		want := ""
		if c.said != "" {
			want = "it is for the kernel " + c.said + "; nothing was run\n"
		}
		if said := python(t, try, path); said != want {
			t.Errorf("%s: it said %q, not %q", name, said, want)
		}
	}
	foreign, own := filepath.Join(folder, "python.ipynb"), filepath.Join(folder, "ours.ipynb")
	before := read(t, foreign)
	stdout, stderr, err := do(t, "run", own, foreign)
	if !errors.Is(err, errReported) || stdout != "" || !strings.Contains(stderr, "python.ipynb: it is for the kernel Python 3; nothing was run") || strings.Contains(stderr, "ours.ipynb") {
		t.Errorf("error %v, stdout %q, stderr %s", err, stdout, stderr)
	}
	if read(t, foreign) != before {
		t.Error("the notebook has changed")
	}
}

// A file with any content is read or refused. If it is read, it can be stored.
func TestAnyFileIsReadOrRefused(t *testing.T) {
	const mutate = `
import json, random
import document

random.seed(2022)
with open(sys.argv[1], encoding="utf-8") as f:
    seed = f.read()
values = ["null", "3", "-1", "[]", "{}", '""', '"a b"', "true", "1e999", '"\\ud800"', "[[]]", '{"tags": 3}']
read = refused = 0
for round in range(800):
    text = seed
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(text))
        kind = random.randrange(4)
        if kind == 0:
            text = text[:at]
        elif kind == 1:
            text = text[:at] + text[at + random.randint(1, 40):]
        else:
            ends = [k for k in range(len(text)) if text[k] == ":"]
            if ends:
                k = random.choice(ends)
                e = min([e for e in (text.find(c, k) for c in ",}\n") if e >= 0] or [len(text)])
                text = text[:k + 1] + random.choice(values) + text[e:]
        if not text:
            break
    with open(sys.argv[2], "w", encoding="utf-8", errors="surrogatepass") as f:
        f.write(text)
    try:
        nb = document.read(sys.argv[2], random.random() < .5)
    except document.Refused as e:
        refused += 1
        assert str(e)
        continue
    read += 1
    document.executed(nb)
    document.text(document.kept(nb, nb.metadata.get("language_info"), document.executed(nb)))
    document.text(document.canonical(nb))
print("read" if read > 50 else "", "refused" if refused > 50 else "")
`
	notebook := writeBrought(t, "seed.ipynb", "")
	if said := python(t, mutate, notebook, filepath.Join(t.TempDir(), "mutated.ipynb")); said != "read refused\n" {
		t.Errorf("of 800 notebooks too few were %q", said)
	}
}

// Pieces of output are joined once: in steps, these 15 MB would copy a terabyte.
func TestManyPiecesOfOutputAreJoined(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const join = `
import nbformat
import outputs

n = 150_000
pieces = [nbformat.NotebookNode(output_type="stream", name=("stdout", "stderr")[i % 2], text=f"{i:8d} " + "x" * 90 + "\n") for i in range(n)]
out = outputs.merged(pieces)
assert [o.name for o in out] == ["stdout", "stderr"], len(out)
assert out[1].text.split("\n")[n // 2 - 1].startswith(f"{n - 1:8d} "), out[1].text[-200:]
# Each of these words would be tried from each of its slashes.
word = "/abcdefghi" * 300_000
assert outputs.without_session(word + "/gonb_0123456/") == word + "/gonb_0123456/"
assert outputs.without_session(word + "/gonb_01234567/main.go:7") == "main.go:7"
assert outputs.overlay("\r".join("x" * k for k in range(5000)) + "\r" + "o" * 10) == "o" * 10 + "x" * 4989
`
	python(t, join)
}

// Whether a value was computed anew depends on what a machine has kept: a stored notebook does not say.
func TestCanonicalDoesNotSayThatValuesWereComputedAnew(t *testing.T) {
	const canonical = `
import nbformat
import document

anew = 'keep: "the verdict" is computed anew: liegg has changed\n'
left = 'keep: "x" is not kept, so that it will be computed again: the disk is full\n'
def stored(name, *texts):
    cell = nbformat.v4.new_code_cell("", outputs=[nbformat.v4.new_output("stream", name=name, text=text) for text in texts])
    nb = document.canonical(nbformat.v4.new_notebook(cells=[cell]))
    return [out.text for out in nb.cells[0].outputs]
assert stored("stderr", anew, anew) == []
assert stored("stderr", anew, left) == [left], stored("stderr", anew, left)
assert stored("stdout", anew) == [anew]
`
	python(t, canonical)
}

func TestOutputsReadAsOnATerminal(t *testing.T) {
	const look = `
import nbformat
import outputs

for text, want in {
    "epoch 1\repoch 2\repoch 3\n": "epoch 3\n",
    "100 %\r5 %  \n": "5 %\n",
    "long line\rab\n": "abng line\n",
    "a\r\nb\r\n": "a\nb\n",
    "10 %\x1b[K\r\x1b[K100 %": "100 %",
}.items():
    assert outputs.as_read(text) == want, (text, outputs.as_read(text))
for text, want in {
    "/tmp/k1/gonb_0123abcd/main.go:7": "main.go:7",
    "at /tmp/gonb_0123abcd/main.go:7 and /x/gonb_0123abcd/go.mod": "at main.go:7 and go.mod",
    "see:/tmp/gonb_0123abcd/gonb_0123abcd/a": "see:a",
    "/home/gonb_notes/x": "/home/gonb_notes/x",
    "file=/tmp/gonb_0123abcd/x": "file=x",
}.items():
    assert outputs.without_session(text) == want, (text, outputs.without_session(text))

shown = [nbformat.v4.new_output("display_data", data={"text/plain": text}) for text in ("", "  ", "50 %")]
shown += [nbformat.v4.new_output("stream", name="stdout", text=text) for text in (" \r", "\n")]
assert [out.data["text/plain"] for out in outputs.merged(shown)] == ["50 %"]
`
	python(t, look)
}
