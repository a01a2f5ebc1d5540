package main

import (
	"strings"
	"testing"
)

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{}, {"help"}, {"--help"}} {
		stdout, _, err := do(t, args...)
		if err != nil || !strings.Contains(stdout, "go run ./kernel COMMAND") {
			t.Errorf("%v: %q, %v", args, stdout, err)
		}
	}
	for _, sub := range subcommands() {
		stdout, _, err := do(t, sub.name, "--help")
		if err != nil || !strings.Contains(stdout, "go run ./kernel "+sub.name) || !strings.Contains(stdout, sub.about) {
			t.Errorf("%s: %q, %v", sub.name, stdout, err)
		}
		if strings.Contains(stdout, "[FLAGS]") != strings.Contains(stdout, "\n  -") {
			t.Errorf("%s tells of flags that it lacks, or not of those that it has: %s", sub.name, stdout)
		}
	}
}

func TestUnknownIsExplained(t *testing.T) {
	for _, args := range [][]string{{"labs"}, {"run", "--fast", "a.ipynb"}, {"doctor", "me"}} {
		_, stderr, err := do(t, args...)
		if err == nil || !strings.Contains(stderr, "Usage: go run ./kernel") {
			t.Errorf("%v: %q, %v", args, stderr, err)
		}
	}
}

func TestPrepareRefusesUnknownStep(t *testing.T) {
	if _, _, err := do(t, "prepare", "kernels"); err == nil || !strings.Contains(err.Error(), "python, tools, xla") {
		t.Errorf("error %v", err)
	}
}
