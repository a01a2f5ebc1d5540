package main

import (
	"encoding/base64"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/kernel/internal/setup"
)

const xlaCell = `import (
	"os"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/janpfeifer/must"
)

%%
backend := must.M1(compute.NewWithConfig(os.Getenv("LIEGG_BACKEND")))
square := must.M1(graph.NewExec(backend, func(x *graph.Node) *graph.Node { return graph.ReduceAllSum(graph.Mul(x, x)) }))
fmt.Println(backend.Name(), must.M1(square.Exec1([]float32{1, 2, 3})).Value())`

// goCell runs the same on the backend in pure Go.
var goCell = strings.ReplaceAll(strings.ReplaceAll(xlaCell, "go-xla/compute/xla", "compute/gobackend"), `os.Getenv("LIEGG_BACKEND")`, `"go"`)

const pictureCell = `import (
	"image"
	"image/color"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/must"
)

%%
picture := image.NewGray(image.Rect(0, 0, 40, 30))
for i := range 30 {
	picture.SetGray(i, i, color.Gray{255})
}
fmt.Print("epoch 1\repoch 2\repoch 3\n")
must.M(gonbui.DisplayImage(picture))
gonbui.Sync()`

// networkCell is a cell on the backend that cells of this machine use.
func networkCell(t testing.TB) string {
	t.Helper()
	if choice := setup.ChooseBackend(prepared); choice.Backend == "go" {
		t.Logf("XLA is left out: %s", choice.Why)
		return goCell
	}
	return xlaCell
}

func TestRunWritesPicturesAndPage(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	dir := t.TempDir()
	notebook := writeNotebook(t, filepath.Join(dir, "a b.ipynb"), networkCell(t), pictureCell,
		`%%`+"\n"+`fmt.Println(os.Getenv("LIEGG_MNIST"), must.M1(os.Getwd()))`)
	before, err := os.ReadFile(notebook)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	stdout, stderr, err := do(t, "run", notebook, "--html", "--canonical", "-o", out)
	if err != nil {
		t.Fatal(err, stderr)
	}
	if want := filepath.Join(out, "a b.html"); !strings.Contains(stdout, want) {
		t.Errorf("stdout %q does not say where the page %s is", stdout, want)
	}
	if !strings.Contains(stderr, "a b.ipynb: cell 2/3: ") {
		t.Errorf("no progress in %q", stderr)
	}
	after, _ := os.ReadFile(notebook)
	if string(before) != string(after) {
		t.Error("-o has changed the notebook that was read")
	}
	nb := readNotebook(t, filepath.Join(out, "a b.ipynb"))
	checkCanonical(t, nb)
	for _, want := range []string{" 14\n", "epoch 3\n", setup.MnistFolder(prepared) + " " + dir + "\n"} {
		if !strings.Contains(nb.printed(), want) {
			t.Errorf("the cells printed %q, without %q", nb.printed(), want)
		}
	}
	if strings.Contains(nb.printed(), "epoch 1") {
		t.Error("carriage returns are not resolved")
	}
	checkPicture(t, nb)
	checkPage(t, filepath.Join(out, "a b.html"))
	noneLeft(t, filepath.Join(out, ".*"))
}

func checkCanonical(t *testing.T, nb notebookFile) {
	t.Helper()
	for i, cell := range nb.Cells {
		if cell.ID == "" || cell.ExecutionCount != nil {
			t.Errorf("cell %d has id %q, count %v", i, cell.ID, cell.ExecutionCount)
		}
		for key := range cell.Metadata {
			if key != "tags" {
				t.Errorf("cell %d keeps the metadata %s", i, key)
			}
		}
	}
	if len(nb.Metadata) != 2 || nb.Metadata["kernelspec"] == nil || nb.Metadata["language_info"] == nil {
		t.Errorf("the metadata is %v", nb.Metadata)
	}
}

func checkPicture(t *testing.T, nb notebookFile) {
	t.Helper()
	for _, cell := range nb.Cells {
		for _, out := range cell.Outputs {
			data, found := out.Data["image/png"].(string)
			if !found {
				continue
			}
			picture, err := png.Decode(base64.NewDecoder(base64.StdEncoding, strings.NewReader(strings.TrimSpace(data))))
			if err != nil || picture.Bounds().Dx() != 40 || picture.Bounds().Dy() != 30 {
				t.Errorf("the picture is not the one that was drawn: %v", err)
			}
			return
		}
	}
	t.Error("there is no picture")
}

// checkPage finds picture and formula in the page, and nothing that it would
// fetch from elsewhere.
func checkPage(t *testing.T, path string) {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"data:image/png;base64,", "<math"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page has no %s", want)
		}
	}
	for _, fetched := range []string{`src="http`, `rel="stylesheet" href="http`, "import(\"http", `src="//`} {
		if strings.Contains(string(page), fetched) {
			t.Errorf("the page fetches something: %s", fetched)
		}
	}
}

func TestRunStopsAtFailingCell(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	cases := map[string]struct{ cell, line, said string }{
		"panic": {"%%\nx := []int{1}\ni := 3\nfmt.Println(x[i])", "cell 2/3 failed at its line 4:\n  fmt.Println(x[i])\n", "index out of range [3]"},
		// A place in two pieces, as the runtime may write it.
		"pieces": {"%%\n_, file, line, _ := runtime.Caller(0)\nos.Stderr.WriteString(\"\\t\" + file)\ntime.Sleep(100 * time.Millisecond)\n" +
			"fmt.Fprintf(os.Stderr, \":%d +0x1d\\n\", line)\nos.Exit(2)",
			"cell 2/3 failed at its line 2:\n  _, file, line, _ := runtime.Caller(0)\n", "exit status 2"},
		"compile": {"%%\nfmt.Println(undefinedName)", "cell 2/3 failed at its line 2:\n  fmt.Println(undefinedName)\n", "undefined: undefinedName"},
		"syntax":  {"%%\nfmt.Println(1", "cell 2/3 failed at its line 2:\n  fmt.Println(1\n", "missing"},
		"exit":    {"%%\nlog.Fatal(\"no such file here\")", "cell 2/3 failed:\n  %%\n  log.Fatal", "no such file here"},
		"kernel":  {"%%\nsyscall.Kill(os.Getppid(), syscall.SIGKILL)\ntime.Sleep(time.Hour)", "cell 2/3 failed", "the kernel ended while the cell ran"},
		"package": {"import \"example.org/nowhere\"\n%%\nnowhere.Do()", "cell 2/3 failed", "example.org/nowhere"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			notebook := writeNotebook(t, filepath.Join(t.TempDir(), "bad.ipynb"), "%%\nfmt.Println(\"fine\")", c.cell, "%%\nfmt.Println(\"never\")")
			_, stderr, err := do(t, "run", notebook)
			if !errors.Is(err, errReported) {
				t.Fatalf("error %v, stderr %s", err, stderr)
			}
			for _, want := range []string{c.line, c.said, "1 of 3 cells"} {
				if !strings.Contains(stderr, want) {
					t.Errorf("stderr has no %q:\n%s", want, stderr)
				}
			}
			printed := readNotebook(t, notebook).printed()
			if !strings.Contains(printed, "fine") || strings.Contains(printed, "never") {
				t.Errorf("saved was %q", printed)
			}
		})
	}
}

func TestRunTimesOut(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	notebook := writeNotebook(t, filepath.Join(t.TempDir(), "slow.ipynb"), "%%\ntime.Sleep(time.Hour)")
	_, stderr, err := do(t, "run", notebook, "--timeout", "3s")
	if !errors.Is(err, errReported) || !strings.Contains(stderr, "longer than 3") {
		t.Errorf("error %v, stderr %s", err, stderr)
	}
}

func TestRunRefusesWhatIsNoNotebook(t *testing.T) {
	for said, args := range map[string][]string{
		"run: name at least one notebook":                         {"run"},
		"none.ipynb cannot be read: no such file or directory":    {"run", "none.ipynb"},
		"no/n.ipynb cannot be read: no such file or directory":    {"lab", "no/n.ipynb"},
		"run.go/n.ipynb cannot be read: not a directory":          {"run", "run.go/n.ipynb"},
		"run.go is not a notebook: its name should end in .ipynb": {"run", "run.go"},
		"lab.go.ipynb cannot be read: no such file or directory":  {"run", "lab.go.ipynb"},
	} {
		if _, _, err := do(t, args...); err == nil || !strings.HasPrefix(err.Error(), said) {
			t.Errorf("%v: error %v", args, err)
		}
	}
	notebook := writeNotebook(t, filepath.Join(t.TempDir(), "n.ipynb"))
	if _, _, err := do(t, "run", notebook, "-o", "run.go/out"); err == nil || !strings.HasSuffix(err.Error(), "the folder run.go/out: not a directory") {
		t.Errorf("error %v", err)
	}
}

// What a cell reads is empty: run says so, for a program may take no notice.
func TestRunTellsWhereInputIsRead(t *testing.T) {
	notebook := writeNotebook(t, filepath.Join(t.TempDir(), "ask.ipynb"), "%%\nfmt.Println(1)", "%%\nvar x int\nfmt.Scanln(&x)\nfmt.Println(x)")
	_, stderr, err := do(t, "run", notebook)
	if err != nil || !strings.Contains(stderr, "cell 2/2 reads input") || strings.Contains(stderr, "cell 1/2 reads") {
		t.Errorf("error %v, stderr %s", err, stderr)
	}
	if printed := readNotebook(t, notebook).printed(); printed != "1\n0\n" {
		t.Errorf("the cells printed %q", printed)
	}
}
