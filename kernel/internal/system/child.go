// Package system starts programs that end with the one that starts them, and writes files that
// nobody sees half-written.
package system

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Child returns a command in a process group of its own. When ctx ends, the
// group gets SIGTERM, and SIGKILL if it has not ended within grace.
func Child(ctx context.Context, grace time.Duration, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	DieWithParent(cmd.SysProcAttr)
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = grace
	return cmd
}

// KillGroup kills what is left of the process group that a child has led.
func KillGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // usually nobody is left
	}
}

// Output runs cmd and returns its standard output. An error includes the last
// lines that it printed.
func Output(cmd *exec.Cmd) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	KillGroup(cmd)
	if err == nil {
		return stdout.Bytes(), nil
	}
	said := stderr.String()
	if strings.TrimSpace(said) == "" {
		said = stdout.String()
	}
	return stdout.Bytes(), fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, Indent(LastLines(said, 12)))
}

// LastLines returns the last n lines of a text, without white space around them.
func LastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// BothEnds shortens a text in the middle. It keeps the beginning, because
// that is where a crash says why.
func BothEnds(text string, first, last int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	out := len(lines) - first - last
	if out <= 1 {
		return strings.Join(lines, "\n")
	}
	middle := fmt.Sprintf("… %d lines …", out)
	return strings.Join(slices.Concat(lines[:first], []string{middle}, lines[len(lines)-last:]), "\n")
}

// Indent moves each line of a text to the right by two spaces.
func Indent(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }

// WithEnv returns the environment with the settings "NAME=value" in place of
// any of the same names.
func WithEnv(env []string, settings ...string) []string {
	var names []string
	for _, setting := range settings {
		name, _, _ := strings.Cut(setting, "=")
		names = append(names, name)
	}
	return append(Without(env, names...), settings...)
}

// Without returns an environment without the variables of these names.
func Without(env []string, names ...string) (kept []string) {
	for _, entry := range env {
		if name, _, _ := strings.Cut(entry, "="); !slices.Contains(names, name) {
			kept = append(kept, entry)
		}
	}
	return kept
}

// EndWithGoRun returns a context that also ends when the go command that
// started this program by go run is gone, because go run passes no signals
// on.
func EndWithGoRun(ctx context.Context) context.Context {
	parent := os.Getppid()
	if processName(parent) != "go" {
		return ctx
	}
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		for os.Getppid() == parent {
			time.Sleep(500 * time.Millisecond)
		}
		cancel(errors.New("go run has ended"))
	}()
	return ctx
}
