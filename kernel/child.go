package main

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

// child returns a command in a process group of its own. When ctx ends, the
// group gets SIGTERM, and SIGKILL if it has not ended within grace.
func child(ctx context.Context, grace time.Duration, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = grace
	return cmd
}

// killGroup kills what is left of the process group that a child has led.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // usually nobody is left
	}
}

// output runs cmd and returns its standard output. An error includes the last
// lines that it printed.
func output(cmd *exec.Cmd) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	killGroup(cmd)
	if err == nil {
		return stdout.Bytes(), nil
	}
	said := stderr.String()
	if strings.TrimSpace(said) == "" {
		said = stdout.String()
	}
	return stdout.Bytes(), fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, indent(lastLines(said, 12)))
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// bothEnds shortens a text in the middle. It keeps the beginning, because
// that is where a crash says why.
func bothEnds(text string, first, last int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	out := len(lines) - first - last
	if out <= 1 {
		return strings.Join(lines, "\n")
	}
	middle := fmt.Sprintf("… %d lines …", out)
	return strings.Join(slices.Concat(lines[:first], []string{middle}, lines[len(lines)-last:]), "\n")
}

func indent(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }

// withEnv returns the environment with the settings "NAME=value" in place of
// any of the same names.
func withEnv(env []string, settings ...string) []string {
	var names []string
	for _, setting := range settings {
		name, _, _ := strings.Cut(setting, "=")
		names = append(names, name)
	}
	return append(without(env, names...), settings...)
}

// without returns an environment without the variables of these names.
func without(env []string, names ...string) (kept []string) {
	for _, entry := range env {
		if name, _, _ := strings.Cut(entry, "="); !slices.Contains(names, name) {
			kept = append(kept, entry)
		}
	}
	return kept
}

// endWithGoRun returns a context that also ends when the go command that
// started this program by go run is gone, because go run passes no signals
// on.
func endWithGoRun(ctx context.Context) context.Context {
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
