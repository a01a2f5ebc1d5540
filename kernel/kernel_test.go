package main

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

// waitUntil waits for a condition, for half a minute at most.
func waitUntil(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in vain waited until %s", what)
		}
	}
}

// runsIn says whether a process has dir as its working directory.
func runsIn(dir string) bool {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range links {
		if cwd, err := os.Readlink(link); err == nil && cwd == dir {
			return true
		}
	}
	return false
}

// connectionFile writes what Jupyter would give a kernel.
func connectionFile(t testing.TB) string {
	t.Helper()
	connection := map[string]any{"ip": "127.0.0.1", "transport": "tcp", "key": "k", "signature_scheme": "hmac-sha256"}
	for _, channel := range []string{"shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		connection[channel] = l.Addr().(*net.TCPAddr).Port
	}
	text, err := json.Marshal(connection)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "connection.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// startKernel starts a kernel as Jupyter does, in a private folder of its own
// with the tools of the real one, and returns it with its folder.
func startKernel(t testing.TB, p setup.Paths) (*exec.Cmd, string) {
	t.Helper()
	before := sessions(p)
	cmd := launchKernel(t, p)
	var fresh []string
	waitUntil(t, "GoNB has its session", func() bool {
		fresh = slices.DeleteFunc(sessions(p), func(s string) bool { return slices.Contains(before, s) })
		return len(fresh) > 0
	})
	return cmd, filepath.Dir(filepath.Dir(fresh[0]))
}

// launchKernel starts a kernel as Jupyter does.
func launchKernel(t testing.TB, p setup.Paths) *exec.Cmd {
	t.Helper()
	var spec struct{ Argv []string }
	if err := json.Unmarshal(setup.KernelSpec(p), &spec); err != nil {
		t.Fatal(err)
	}
	argv := spec.Argv
	argv[len(argv)-1] = connectionFile(t)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { system.KillGroup(cmd); cmd.Wait() })
	return cmd
}

// sessions are the go.mod files of the sessions in p.
func sessions(p setup.Paths) []string {
	found, _ := filepath.Glob(filepath.Join(p.Tmp(), "k*", "gonb_*", "go.mod"))
	return found
}

// ownCache is a place with a private folder of the test's own, in which the
// tools of the real one are found.
func ownCache(t testing.TB) setup.Paths {
	t.Helper()
	p := setup.Paths{Cache: t.TempDir(), Checkout: prepared.Checkout}
	if err := os.MkdirAll(filepath.Dir(filepath.Dir(p.Bin())), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Dir(prepared.Bin()), filepath.Dir(p.Bin())); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestKernelRemovesWhatItLeaves(t *testing.T) {
	p := ownCache(t)
	cmd, folder := startKernel(t, p)
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the kernel's folder has mode %v, error %v", info.Mode(), err)
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	noneLeft(t, filepath.Join(p.Tmp(), "*"))
}

func TestNextStartSweepsAfterKill(t *testing.T) {
	p := ownCache(t)
	cmd, folder := startKernel(t, p)
	stray := startStray(t, folder)
	cmd.Process.Kill()
	cmd.Wait()
	living, livingFolder := startKernel(t, p)
	if system.Exists(folder) || len(system.ProcessesIn(folder)) > 0 {
		t.Errorf("the next start has not swept %s", folder)
	}
	if err := stray.Wait(); err == nil {
		t.Error("the stray process has ended by itself, not by the sweep")
	}
	setup.Sweep(p)
	if !system.Exists(livingFolder) || living.Process.Signal(syscall.Signal(0)) != nil {
		t.Error("a sweep has taken a living kernel")
	}
}

// startStray starts what a kernel may leave: a process with its TMPDIR.
func startStray(t *testing.T, folder string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sh", "-c", "sleep 600; echo "+folder)
	cmd.Env = system.WithEnv(os.Environ(), "TMPDIR="+folder)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { system.KillGroup(cmd) })
	return cmd
}

func TestKernelEndsWithItsParent(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	p := ownCache(t)
	var spec struct{ Argv []string }
	if err := json.Unmarshal(setup.KernelSpec(p), &spec); err != nil {
		t.Fatal(err)
	}
	spec.Argv[len(spec.Argv)-1] = connectionFile(t)
	parent := exec.Command("sh", append([]string{"-c", `"$@" & echo $!; sleep 600`, "sh"}, spec.Argv...)...)
	parent.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	said, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { system.KillGroup(parent); parent.Wait() })
	line := make([]byte, 16)
	n, err := said.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(line[:n])))
	if err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "GoNB has its session", func() bool { return len(sessions(p)) == 1 })
	parent.Process.Kill()
	waitUntil(t, "the kernel has ended", func() bool { return syscall.Kill(pid, 0) != nil })
	noneLeft(t, filepath.Join(p.Tmp(), "*"))
}
