package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// fenced returns the README's code blocks of one language.
func fenced(t *testing.T, language string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(prepared.Checkout, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, block := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		blocks = append(blocks, block[1])
	}
	if len(blocks) == 0 {
		t.Fatalf("the README has no block of %s", language)
	}
	return blocks
}

// readmeCommand returns the one command of the README with the given beginning.
func readmeCommand(t *testing.T, beginning string) string {
	t.Helper()
	for _, block := range fenced(t, "sh") {
		for line := range strings.Lines(block) {
			if strings.HasPrefix(line, beginning) {
				return strings.TrimSpace(line)
			}
		}
	}
	t.Fatalf("the README has no command %q", beginning)
	return ""
}

// inCheckout is a command of the README as a reader types it.
func inCheckout(command string) *exec.Cmd {
	cmd := exec.Command("sh", "-c", "exec "+command)
	cmd.Dir, cmd.Stderr = prepared.Checkout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// The tree is as clean afterwards as before, and this test leaves the reader's
// own page alone: the notebook is a copy in another folder.
func TestReadmeRunsANotebookToAPage(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	command := readmeCommand(t, "go run ./kernel run --html ")
	notebook := regexp.MustCompile(`\S+\.ipynb`).FindString(command)
	before := read(t, filepath.Join(prepared.Checkout, notebook))
	copied := filepath.Join(t.TempDir(), filepath.Base(notebook))
	if err := os.WriteFile(copied, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := inCheckout(strings.ReplaceAll(command, notebook, copied)).Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	page := regexp.MustCompile(`\S+\.html`).FindString(string(said))
	if want := strings.TrimSuffix(copied, ".ipynb") + ".html"; page != want {
		t.Errorf("it said %q, not where the page %s is", said, want)
	}
	if !strings.Contains(read(t, page), "image/png") {
		t.Errorf("%s has no picture", page)
	}
	if read(t, copied) != before {
		t.Error("it has changed the notebook, so that a clone is no longer clean")
	}
	if page := strings.TrimSuffix(notebook, ".ipynb") + ".html"; !ignoredByGit(t, page) {
		t.Errorf("git does not ignore %s, so that a clone is no longer clean", page)
	}
}

// ignoredByGit says whether a path of the checkout is ignored; it is where there
// is no git to see it.
func ignoredByGit(t *testing.T, path string) bool {
	t.Helper()
	err := inCheckout("git check-ignore -q " + path).Run()
	var exit *exec.ExitError
	return err == nil || errors.As(err, &exit) && exit.ExitCode() != 1
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestReadmeOpensLab(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	lab := serve(t, inCheckout(readmeCommand(t, "go run ./kernel lab")))
	response, err := http.Get(lab.url)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("JupyterLab answers %s", response.Status)
	}
	lab.interrupt(t) // go run turns every interrupt into an exit status of its own
	if _, err := http.Get(lab.url); err == nil {
		t.Error("JupyterLab still answers after SIGINT")
	}
}

func TestReadmeTestsAreThese(t *testing.T) {
	if got := readmeCommand(t, "go test"); !strings.HasPrefix(got, "go test ./...") {
		t.Errorf("the README tests with %q", got)
	}
}

// A snippet of the README is a cell: what stands below its %% must compile with the
// packages that it names and what stands above.
func TestReadmeSnippetsCompile(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	packages := []string{"fmt", "math/rand/v2", "github.com/janpfeifer/must", "github.com/liegg/lab/liegg/action", "github.com/liegg/lab/liegg/ask",
		"github.com/liegg/lab/liegg/dataset", "github.com/liegg/lab/liegg/flow",
		"github.com/gomlx/gomlx/core/graph", "github.com/gomlx/gomlx/core/tensors", "github.com/liegg/lab/liegg/lie", "github.com/liegg/lab/liegg/network", "github.com/liegg/lab/liegg/network/training", "github.com/liegg/lab/plotting"}
	for i, snippet := range fenced(t, "go") {
		var imports []string
		for _, p := range packages {
			name := filepath.Base(strings.TrimSuffix(p, "/v2"))
			if strings.Contains(snippet, name+".") {
				imports = append(imports, fmt.Sprintf("import %q\n", p))
			}
		}
		above, below, ok := strings.Cut(snippet, "%%\n")
		if !ok {
			t.Errorf("snippet %d has no %%%%, so nothing of it runs in a cell", i+1)
		}
		program := filepath.Join(t.TempDir(), fmt.Sprintf("snippet%d.go", i))
		source := "package main\n\n" + strings.Join(imports, "") + above + "\nfunc main() {\n" + below + "}\n"
		if err := os.WriteFile(program, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		build := inCheckout(fmt.Sprintf("go build -o %s %s", filepath.Join(t.TempDir(), "snippet"), program))
		if out, err := build.Output(); err != nil {
			t.Errorf("snippet %d does not compile: %v\n%s\n%s", i+1, err, out, source)
		}
	}
}
