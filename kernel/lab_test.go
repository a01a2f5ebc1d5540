package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
	"github.com/liegg/lab/kernel/internal/wire"
)

// A servingLab is JupyterLab, started by the real program in a process group
// of its own.
type servingLab struct {
	cmd    *exec.Cmd
	url    string
	stdout *bufio.Reader
}

// startLab starts lab and waits until it has said where it serves.
func startLab(t *testing.T, args ...string) *servingLab {
	t.Helper()
	cmd := exec.Command(filepath.Join(prepared.Bin(), setup.KernelBinary), append([]string{"lab", "--no-browser"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Dir, cmd.Stderr = prepared.Checkout, os.Stderr
	return serve(t, cmd)
}

// serve starts a command that serves JupyterLab.
func serve(t *testing.T, cmd *exec.Cmd) *servingLab {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); cmd.Wait() })
	lab := &servingLab{cmd: cmd, stdout: bufio.NewReader(out)}
	for lab.url == "" {
		line, err := lab.stdout.ReadString('\n')
		if err != nil {
			t.Fatal("lab has ended before it served:", err)
		}
		lab.url = regexp.MustCompile(`http://127\.0\.0\.1:\S+`).FindString(line)
	}
	return lab
}

// end ends it as Ctrl-C does, and wants a regular end.
func (lab *servingLab) end(t *testing.T) {
	t.Helper()
	if err := lab.interrupt(t); err != nil {
		t.Errorf("after SIGINT lab ended with %v", err)
	}
}

// interrupt sends SIGINT to the process group, as Ctrl-C does, and waits for a
// quiet end. The error is the one of the process.
func (lab *servingLab) interrupt(t *testing.T) error {
	t.Helper()
	if err := syscall.Kill(-lab.cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(lab.stdout)
	err := lab.cmd.Wait()
	if strings.Contains(string(rest), "rror") {
		t.Errorf("after SIGINT lab said %q", rest)
	}
	return err
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestLabServesAndEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	dir := t.TempDir()
	notebook := writeNotebook(t, filepath.Join(dir, "here.ipynb"), "%%\nfmt.Println(1)")
	lab := startLab(t, notebook)
	base, token, _ := strings.Cut(lab.url, "/lab/tree/here.ipynb?token=")
	if token == "" {
		t.Fatalf("the address %s names no notebook or no token", lab.url)
	}
	if status, _ := get(t, base+"/api/contents"); status != http.StatusForbidden {
		t.Errorf("without a token the answer is %d", status)
	}
	if _, specs := get(t, base+"/api/kernelspecs?token="+token); !strings.Contains(specs, `"default": "liegg"`) || strings.Contains(specs, "python3") {
		t.Errorf("the kernels are %s", specs)
	}
	response, err := http.Post(base+"/api/kernels?token="+token, "application/json", strings.NewReader(`{"name": "liegg"}`))
	if err != nil || response.StatusCode != http.StatusCreated {
		t.Fatalf("no kernel starts: %v, %v", response, err)
	}
	var kernel struct{ ID string }
	if err := json.NewDecoder(response.Body).Decode(&kernel); err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	waitUntil(t, "the kernel runs in the notebook's folder", func() bool { return runsIn(dir) })
	files := filepath.Join(prepared.Tmp(), "k*", "kernel-"+kernel.ID+"*")
	sockets, _ := filepath.Glob(files + "-ipc-*")
	if len(sockets) != int(wire.Channels) {
		t.Errorf("the kernel is met on the sockets %q", sockets)
	}
	args, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", lab.cmd.Process.Pid))
	if strings.Contains(string(args), token) {
		t.Error("the token stands in the arguments, which others can read")
	}
	lab.end(t)
	if runsIn(dir) {
		t.Error("something still runs in the notebook's folder")
	}
	noneLeft(t, files)
}

// File → Shut Down in the browser is a regular end.
func TestLabIsShutDown(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	lab := startLab(t, writeNotebook(t, filepath.Join(t.TempDir(), "here.ipynb"), "%%\nfmt.Println(1)"))
	base, token, _ := strings.Cut(lab.url, "/lab/tree/here.ipynb?token=")
	response, err := http.Post(base+"/api/shutdown?token="+token, "application/json", nil)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("it does not shut down: %v, %v", response, err)
	}
	response.Body.Close()
	rest, _ := io.ReadAll(lab.stdout)
	if err := lab.cmd.Wait(); err != nil || !strings.Contains(string(rest), "was shut down") {
		t.Errorf("lab ended with %v and said %q", err, rest)
	}
}

// A lab that is killed leaves a folder with its log and Jupyter's notes, which the next one removes.
func TestKilledLabIsSwept(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	logs := func() []string {
		found, _ := filepath.Glob(filepath.Join(prepared.Tmp(), "k*", "lab.log"))
		return found
	}
	before := logs()
	lab := startLab(t, writeNotebook(t, filepath.Join(t.TempDir(), "here.ipynb"), "%%\nfmt.Println(1)"))
	own := slices.DeleteFunc(logs(), func(log string) bool { return slices.Contains(before, log) })
	if len(own) != 1 {
		t.Fatalf("the logs of this lab are %q", own)
	}
	if notes, _ := filepath.Glob(filepath.Join(filepath.Dir(own[0]), "jpserver-*")); len(notes) == 0 {
		t.Error("Jupyter keeps its notes elsewhere")
	}
	if err := lab.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	lab.cmd.Wait()
	waitUntil(t, "what was left is removed", func() bool { setup.Sweep(prepared); return !system.Exists(filepath.Dir(own[0])) })
}

// Everybody can read the arguments of a program that opens the browser.
func TestLabOpensTheBrowserWithoutTellingTheToken(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	if runtime.GOOS != "linux" {
		t.Skip("the browser is opened by another program here")
	}
	dir := t.TempDir()
	said, page := filepath.Join(dir, "arguments"), filepath.Join(dir, "page")
	opener := "#!/bin/sh\ncp \"$1\" " + page + "\nprintf '%s\\n' \"$@\" > " + said + ".new\nmv " + said + ".new " + said + "\n"
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(opener), 0o700); err != nil {
		t.Fatal(err)
	}
	notebook := writeNotebook(t, filepath.Join(dir, "a b.ipynb"), "%%\nfmt.Println(1)")
	cmd := exec.Command(filepath.Join(prepared.Bin(), setup.KernelBinary), "lab", notebook)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Env = system.WithEnv(os.Environ(), "DISPLAY=:7", "PATH="+joinPath(dir, os.Getenv("PATH")))
	lab := serve(t, cmd)
	_, token, _ := strings.Cut(lab.url, "token=")
	waitUntil(t, "the browser is opened", func() bool { return system.Exists(said) })
	if arguments := read(t, said); strings.Contains(arguments, token) || !strings.HasPrefix(arguments, prepared.Cache) {
		t.Errorf("the browser is opened with %q", arguments)
	}
	if text := read(t, page); !strings.Contains(text, token) || !strings.Contains(text, "/lab/tree/a%20b.ipynb?token=") {
		t.Errorf("the page leads elsewhere:\n%s", text)
	}
	lab.end(t)
}

func TestLabRefuses(t *testing.T) {
	for _, args := range [][]string{{"lab", "none.ipynb"}, {"lab", "a.ipynb", "b.ipynb"}, {"lab", "--port", "high"}, {"lab", "--port", "70000"}, {"lab", "--port", "-1"}} {
		if _, _, err := do(t, args...); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}

// Two labs that start at the same moment see the same port free.
func TestLabsAtOnceTakeDifferentPorts(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, name := range []string{"one", "two"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lab := startLab(t, writeNotebook(t, filepath.Join(t.TempDir(), name+".ipynb"), "%%\nfmt.Println(1)"))
			if status, _ := get(t, lab.url); status != http.StatusOK {
				t.Errorf("lab answers %d at the address that it told", status)
			}
			lab.end(t)
		})
	}
}

func TestOnlyWhoKnowsTheTokenIsOurServer(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/status" || r.Header.Get("Authorization") != "token theirs" {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer other.Close()
	port := other.Listener.Addr().(*net.TCPAddr).Port
	for token, want := range map[string]bool{"theirs": true, "ours": false} {
		if got := (&server{port: port, token: token}).answers(); got != want {
			t.Errorf("with the token %s the server is taken for ours: %v", token, got)
		}
	}
	if port, err := freePort(port); err == nil {
		t.Errorf("the port %d is taken, and was called free", port)
	}
}
