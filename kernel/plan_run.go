package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// keep writes the plan, with the importcfg files from go build's folder.
func (p plan) keep(from string) error {
	return makeAside(p.dir, func(dir string) error {
		for _, name := range []string{"importcfg", "importcfg.link"} {
			text, err := os.ReadFile(filepath.Join(from, name))
			if err != nil {
				return err
			}
			// The object of main itself is written anew for each cell.
			text = []byte(strings.ReplaceAll(string(text), from, p.dir))
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				return err
			}
		}
		calls, err := json.Marshal([2][]string{p.compile, p.link})
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "calls.json"), calls, 0o600)
	})
}

func readPlan(dir string) (plan, error) {
	text, err := os.ReadFile(filepath.Join(dir, "calls.json"))
	if err != nil {
		return plan{}, err
	}
	var calls [2][]string
	err = json.Unmarshal(text, &calls)
	return plan{dir: dir, compile: calls[0], link: calls[1]}, err
}

// run compiles main.go and links program.
func (p plan) run(program string) error {
	for _, call := range [][]string{p.compile, p.link} {
		if err := p.call(call).Run(); err != nil {
			return err
		}
	}
	return os.Rename(filepath.Join(p.dir, "exe"), program)
}

// call is one of the calls, at work in the folder of the plan. It bears no
// build ID: by that of another cell, go build would take the program for one
// that it need not build.
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
	cmd.Env = withEnv(os.Environ(), env...)
	return cmd
}
