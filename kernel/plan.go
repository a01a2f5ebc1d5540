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
)

// A plan holds the calls of compiler and linker by which go build has built a
// cell. It builds other cells with no other imports, sparing go build's look
// at hundreds of packages: a quarter of what a cell with XLA waits for.
type plan struct {
	dir string // where the importcfg files of both calls are kept
	planCalls
}

type planCalls struct {
	Imports       []string
	Compile, Link []string // with workMark in place of go build's folder
}

// workMark is how go build -x writes its temporary folder of the main package.
const workMark = "$WORK/b001"

// buildCell builds main.go in the working directory, which is that of a
// session, as go build -o program does: by its plan if there is one, else by
// go build, whose calls become the plan. All that fails is left to go build,
// and so is what it says about it.
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
		os.RemoveAll(p.dir) // perhaps the go command has cleaned its cache
		return buildInFull(build)
	}
	if recordPlan(key, imports, build) == nil {
		return 0
	}
	return buildInFull(build)
}

// programOf returns the program that a build of GoNB's, with no flag of the
// user's, is to write.
func programOf(args []string) (program string, plain bool) {
	if len(args) != 3 || args[0] != "build" || args[1] != "-o" {
		return "", false
	}
	return args[2], true
}

var errNoPlan = errors.New("this cell is built by the go command alone")

// planKey is a digest of all on which the calls of compiler and linker depend,
// but for the imports of main.go: the module, the lab's sources, the
// environment and what go env -w has set. It is an error if there is more.
func planKey() (string, error) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		return "", err
	}
	sum, err := os.ReadFile("go.sum")
	if err != nil {
		return "", err
	}
	p := sessionPlace()
	if err := onlyOwnSources(p, string(mod)); err != nil {
		return "", err
	}
	sources, err := sourcesDigest(p, "liegg", "plotting")
	if err != nil {
		return "", err
	}
	config, _ := os.UserConfigDir() // none is as good as an empty one
	settings, _ := os.ReadFile(filepath.Join(config, "go", "env"))
	environment := slices.Sorted(slices.Values(os.Environ()))
	return digest(mod, sum, []byte(sources), settings, []byte(strings.Join(environment, "\n"))), nil
}

// mainImports are the imports of main.go, which may have no directives: they
// may name files, symbols and systems.
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

// onlyOwnSources says that, besides main.go, what the session compiles lies in
// the checkout, in the lean copies or in the module cache.
func onlyOwnSources(p place, mod string) error {
	own := 1 + strings.Count(leanReplacements(p, mod), "replace ")
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
	p.keep(filepath.Join(work, "b001")) // without a plan the next cell is built in full
	return nil
}

// parseBuild finds the temporary folder and the calls of compiler and linker
// for the main package in what go build -x -work prints.
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

// shellWords splits a line as a shell does. It knows quotes, but no escapes.
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
