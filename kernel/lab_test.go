package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
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
	cmd := exec.Command(filepath.Join(prepared.bin(), kernelBinary), append([]string{"lab", "--no-browser"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Dir, cmd.Stderr = prepared.Checkout, os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Signal(os.Interrupt); cmd.Wait() })
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

// end sends SIGINT, as Ctrl-C does, and waits for the end.
func (lab *servingLab) end(t *testing.T) {
	t.Helper()
	start := time.Now()
	if err := lab.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(lab.stdout)
	if err := lab.cmd.Wait(); err != nil || strings.Contains(string(rest), "rror") {
		t.Errorf("after SIGINT lab ended with %v and said %q", err, rest)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("lab took %v to end", took)
	}
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
	response.Body.Close()
	waitUntil(t, "the kernel runs in the notebook's folder", func() bool { return runsIn(dir) })
	args, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", lab.cmd.Process.Pid))
	if strings.Contains(string(args), token) {
		t.Error("the token stands in the arguments, which others can read")
	}
	lab.end(t)
	if runsIn(dir) {
		t.Error("something still runs in the notebook's folder")
	}
}

func TestLabRefuses(t *testing.T) {
	for _, args := range [][]string{{"lab", "none.ipynb"}, {"lab", "a.ipynb", "b.ipynb"}} {
		if _, _, err := do(t, args...); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}
