package main

import (
	"bytes"
	"errors"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

// A plan holds the compiler and linker calls by which go build has built a
// cell. It builds later cells that need no other imports without go build's
// inspection of hundreds of packages, which is a quarter of the wait for a
// cell with XLA.
type plan struct {
	dir string // where the importcfg files of both calls are kept
	planCalls
}

type planCalls struct {
	Imports       []string
	Compile, Link []string // with workMark in place of go build's folder
}

// workMark is how go build -x writes its temporary folder of the main
// package.
const workMark = "$WORK/b001"

// buildCell builds main.go in the working directory of a session, as go build
// -o program does: by its plan if there is one, otherwise by go build, whose
// calls become the plan. If a plan fails, go build takes over, including the
// error messages.
func buildCell(program string, build []string) int {
	imports, err := mainImports()
	if err != nil {
		return buildInFull(build)
	}
	key, err := planKey()
	if err != nil {
		return buildInFull(build)
	}
	if p, found := findPlan(key, imports); found {
		if p.run(program) == nil {
			return 0
		}
		os.RemoveAll(p.dir) // the go command may have cleaned its cache
		return buildInFull(build)
	}
	if recordPlan(key, imports, build) == nil {
		return 0
	}
	return buildInFull(build)
}

// programOf returns the program that GoNB's build is to write. plain is false
// if the user has added flags.
func programOf(args []string) (program string, plain bool) {
	if len(args) != 3 || args[0] != "build" || args[1] != "-o" {
		return "", false
	}
	return args[2], true
}

var errNoPlan = errors.New("this cell must be built by the go command")

// planKey returns a digest of everything that the compiler and linker calls
// depend on, except the imports of main.go: the module, the lab's sources,
// the environment and the settings of go env -w. It returns an error if they
// depend on anything else.
func planKey() (string, error) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		return "", err
	}
	sum, err := os.ReadFile("go.sum")
	if err != nil {
		return "", err
	}
	p := setup.SessionPaths()
	if err := onlyOwnSources(p, string(mod)); err != nil {
		return "", err
	}
	sources, err := setup.SourcesDigest(p, "liegg", "plotting")
	if err != nil {
		return "", err
	}
	config, _ := os.UserConfigDir() // no folder counts as an empty one
	settings, _ := os.ReadFile(filepath.Join(config, "go", "env"))
	environment := slices.Sorted(slices.Values(os.Environ()))
	return system.Digest(mod, sum, []byte(sources), settings, []byte(strings.Join(environment, "\n"))), nil
}

// mainImports returns the imports of main.go. Directives are an error,
// because they may name files, symbols and systems.
func mainImports() (imports []string, err error) {
	text, err := os.ReadFile("main.go")
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), "main.go", text, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	if file.Name.Name != "main" || bytes.Contains(text, []byte("//go:")) {
		return nil, errNoPlan
	}
	for _, spec := range file.Imports {
		imports = append(imports, spec.Path.Value)
	}
	if slices.Contains(imports, `"C"`) {
		return nil, errNoPlan
	}
	return imports, nil
}

// onlyOwnSources returns an error if what the session compiles, besides
// main.go, is outside the checkout, the patched copies and the module cache.
func onlyOwnSources(p setup.Paths, mod string) error {
	own := 1 + strings.Count(setup.PatchedReplacements(p, mod), "replace ")
	if strings.Count(mod, "replace ") != own || strings.Contains(mod, "replace (") ||
		!strings.Contains(mod, "=> "+strconv.Quote(p.Checkout)+"\n") {
		return errNoPlan
	}
	entries, err := os.ReadDir(".")
	for _, entry := range entries {
		name := entry.Name()
		ours := strings.HasPrefix(name, ".") || slices.Contains([]string{"main.go", "go.mod", "go.sum"}, name)
		if !ours && (entry.IsDir() || filepath.Ext(name) != "") {
			return errNoPlan
		}
	}
	return err
}

// recordPlan runs a build and keeps its calls as a plan.
func recordPlan(key string, imports, build []string) error {
	recorded := slices.Insert(slices.Clone(build), 1, "-x", "-work")
	cmd := exec.Command(os.Getenv("LIEGG_GO"), recorded...)
	said, err := cmd.CombinedOutput()
	work, calls := parseBuild(string(said))
	if work != "" {
		defer os.RemoveAll(work)
	}
	if err != nil || len(calls.Compile) == 0 || len(calls.Link) == 0 {
		return err
	}
	calls.Imports = imports
	p := plan{planFolder(key, imports), calls}
	p.keep(filepath.Join(work, "b001")) // on failure the next cell is built in full
	return nil
}

// parseBuild finds the temporary folder, and the compiler and linker calls
// for the main package, in what go build -x -work prints.
func parseBuild(said string) (work string, calls planCalls) {
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if folder, found := strings.CutPrefix(line, "WORK="); found {
			work = folder
		}
		words, err := shellWords(line)
		switch {
		case err != nil:
		case strings.Contains(line, "/compile -o "+workMark+"/_pkg_.a "):
			calls.Compile = words
		case strings.Contains(line, "/link -o "+workMark+"/exe/a.out "):
			calls.Link = words
		}
	}
	return work, calls
}

// shellWords splits a line as a shell does. It handles quotes, but no
// escapes.
func shellWords(line string) (words []string, err error) {
	var word strings.Builder
	quote, started := rune(0), false
	for _, r := range line + " " {
		switch {
		case r == '\\':
			return nil, errNoPlan
		case r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, started = r, true
		case quote == 0 && r == ' ':
			if started {
				words = append(words, word.String())
			}
			word.Reset()
			started = false
		default:
			word.WriteRune(r)
			started = true
		}
	}
	return words, nil
}
