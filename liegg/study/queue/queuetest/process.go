package queuetest

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Start starts the test's own program on a machine, with arguments that its
// TestMain understands; see Begin.
func Start(t testing.TB, m Machine, args ...string) (process *os.Process, wait func() error) {
	t.Helper()
	cmd := m.Command(os.Args[0], args...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return Begin(t, cmd)
}

// Begin starts a command, and kills it when the test ends. wait returns its error.
func Begin(t testing.TB, cmd *exec.Cmd) (process *os.Process, wait func() error) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	var err error
	go func() { err = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { cmd.Process.Kill(); <-ended })
	return cmd.Process, func() error { <-ended; return err }
}

// Eventually waits for a condition.
func Eventually(t testing.TB, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

// Alive reports whether a process is running. One that has ended is not
// alive, whether or not it was waited for.
func Alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err == nil {
		after := string(stat[strings.LastIndexByte(string(stat), ')')+1:])
		return !strings.HasPrefix(after, " Z")
	}
	return !os.IsNotExist(err) || syscall.Kill(pid, 0) == nil && !dirExists("/proc/self")
}

func dirExists(path string) bool { _, err := os.Stat(path); return err == nil }
