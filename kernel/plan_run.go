package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/liegg/lab/kernel/internal/system"
)

// keep writes the plan, with the importcfg files from go build's folder.
func (p plan) keep(from string) error {
	return system.MakeFolderAtomically(p.dir, func(dir string) error {
		for _, name := range []string{"importcfg", "importcfg.link"} {
			text, err := os.ReadFile(filepath.Join(from, name))
			if err != nil {
				return err
			}
			// The object of main itself is written again for each cell.
			text = []byte(strings.ReplaceAll(string(text), from, p.dir))
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				return err
			}
		}
		calls, err := json.Marshal(p.planCalls)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, callsFile), calls, 0o600)
	})
}

const callsFile = "calls.json"

func planFolder(key string, imports []string) string {
	return ".plan-" + key[:24] + "-" + system.Digest(fmt.Append(nil, imports))[:12]
}

// findPlan finds a plan that covers at least these imports.
func findPlan(key string, imports []string) (p plan, found bool) {
	kept, _ := filepath.Glob(filepath.Join(".plan-"+key[:24]+"-*", callsFile)) // the pattern is well-formed
	for _, path := range kept {
		text, err := os.ReadFile(path)
		p := plan{dir: filepath.Dir(path)}
		if err == nil && json.Unmarshal(text, &p.planCalls) == nil && p.covers(imports) {
			return p, true
		}
	}
	return plan{}, false
}

func (c planCalls) covers(imports []string) bool {
	return !slices.ContainsFunc(imports, func(path string) bool { return !slices.Contains(c.Imports, path) })
}

// run compiles main.go and links program.
func (p plan) run(program string) error {
	for _, call := range [][]string{p.Compile, p.Link} {
		if err := p.call(call).Run(); err != nil {
			return err
		}
	}
	return os.Rename(filepath.Join(p.dir, "exe"), program)
}

// call returns one of the calls, run in the folder of the plan. It has no
// build ID: with another cell's ID, go build would consider the program up to
// date.
func (p plan) call(words []string) *exec.Cmd {
	var env, args []string
	for i := 0; i < len(words); i++ {
		word := strings.ReplaceAll(strings.ReplaceAll(words[i], workMark+"/exe/a.out", p.dir+"/exe"), workMark, p.dir)
		switch {
		case len(args) == 0 && strings.Contains(word, "="):
			env = append(env, word)
		case word == "-buildid":
			i++ // and its value
		case strings.HasPrefix(word, "-buildid="):
		default:
			args = append(args, word)
		}
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = system.WithEnv(os.Environ(), env...)
	return cmd
}
