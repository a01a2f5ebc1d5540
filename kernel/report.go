package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// An event is one line of what run.py tells.
type event struct {
	Event       string
	Cells, K    int
	Path        string
	Line        int
	Source      string
	Name, Value string
	Stderr      string
	Detail      string
}

// A runReport shows how the execution of one notebook goes.
type runReport struct {
	c        *call
	say      *progress
	notebook string

	mu        sync.Mutex // guards what follows, which the ticker reads
	cells, k  int
	start     time.Time
	cellStart time.Time
	failed    bool
}

func newReport(c *call, say *progress, notebook string) *runReport {
	return &runReport{c: c, say: say, notebook: filepath.Base(notebook), start: time.Now(), cellStart: time.Now()}
}

// follow runs cmd, which is run.py, and shows what it tells.
func (r *runReport) follow(cmd *exec.Cmd) error {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	events, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := every(200*time.Millisecond, r.tick)
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 1<<26) // an event may carry all that a cell has printed
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err == nil {
			r.show(e)
		}
	}
	err = errors.Join(lines.Err(), cmd.Wait())
	stop()
	killGroup(cmd)
	r.say.rewrite("")
	if r.failed {
		return errReported
	}
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", r.notebook, err, indent(lastLines(stderr.String(), 12)))
	}
	return nil
}

// tick rewrites the live line.
func (r *runReport) tick() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.k == 0 {
		r.say.rewrite("%s: the kernel is starting … %.0f s", r.notebook, time.Since(r.start).Seconds())
		return
	}
	r.say.rewrite("%s: cell %d/%d … %.0f s (%.0f s in all)", r.notebook, r.k, r.cells,
		time.Since(r.cellStart).Seconds(), time.Since(r.start).Seconds())
}

func (r *runReport) show(e event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e.Event {
	case "start":
		r.cells = e.Cells
	case "cell":
		r.k, r.cellStart = e.K, time.Now()
	case "done":
		if !r.say.terminal {
			r.say.line("%s: cell %d/%d: %.1f s", r.notebook, e.K, r.cells, time.Since(r.cellStart).Seconds())
		}
	case "failed":
		r.failed = true
		r.say.line("%s", r.failure(e))
	case "saved":
		r.say.line("%s: %d of %d cells in %.1f s", r.notebook, r.ran(), r.cells, time.Since(r.start).Seconds())
		fmt.Fprintln(r.c.stdout, shortPath(e.Path))
	case "page":
		fmt.Fprintln(r.c.stdout, shortPath(e.Path))
	}
}

// ran is the number of cells that ended well.
func (r *runReport) ran() int {
	if r.failed {
		return r.k - 1
	}
	return r.cells
}

// failure says which cell failed, at which line, and why.
func (r *runReport) failure(e event) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: cell %d/%d failed", r.notebook, e.K, r.cells)
	if e.Line > 0 {
		fmt.Fprintf(&text, " at its line %d", e.Line)
	}
	fmt.Fprintf(&text, ":\n%s\n", indent(strings.TrimSpace(e.Source)))
	fmt.Fprintf(&text, "%s: %s", e.Name, strings.TrimSpace(e.Value))
	if said := strings.TrimSpace(e.Stderr); said != "" && !strings.Contains(e.Value, said) {
		fmt.Fprintf(&text, "\n%s", indent(lastLines(said, 20)))
	}
	return text.String()
}

// shortPath is the path relative to the working directory, where that is
// shorter.
func shortPath(path string) string {
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(dir, path); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return path
}
