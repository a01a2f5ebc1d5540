package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

// An event is one line of the runner's output.
type event struct {
	Event       string
	Cells, K    int // cells are counted from 1, up to the last that runs
	Path        string
	At, Line    int // the cell and line of the failure; line 0 if unknown
	Source      string
	Name, Value string
	Stderr      string
}

// A runReport shows the progress of one notebook.
type runReport struct {
	c        *call
	say      *setup.Progress
	notebook string

	mu        sync.Mutex // guards the fields below, which the ticker reads
	cells, k  int
	done      int // cells that have succeeded
	start     time.Time
	cellStart time.Time
	failed    bool
	broken    string // why nothing could run
}

func newReport(c *call, say *setup.Progress, notebook string) *runReport {
	return &runReport{c: c, say: say, notebook: notebook, start: time.Now(), cellStart: time.Now()}
}

// follow runs cmd, which is the runner, and shows its events.
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
	stop := setup.Every(200*time.Millisecond, r.tick)
	err = r.read(events)
	if err != nil {
		system.KillGroup(cmd) // nobody listens to it any more
	}
	err = errors.Join(err, cmd.Wait())
	stop()
	system.KillGroup(cmd)
	r.say.Rewrite("")
	switch {
	case r.failed:
		return errReported
	case r.broken != "":
		return fmt.Errorf("%s: %s%s", r.notebook, r.broken, excerpt(stderr.String()))
	case err != nil:
		return fmt.Errorf("%s: %w%s", r.notebook, err, excerpt(stderr.String()))
	}
	return nil
}

// read shows the events, line by line.
func (r *runReport) read(events io.Reader) error {
	for lines := bufio.NewReader(events); ; {
		line, err := lines.ReadBytes('\n')
		var e event
		if json.Unmarshal(line, &e) == nil {
			r.show(e)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// excerpt returns the end of a program's output, on lines of its own.
func excerpt(said string) string {
	if said = system.LastLines(said, 12); said == "" {
		return ""
	}
	return "\n" + system.Indent(said)
}

// tick rewrites the live line.
func (r *runReport) tick() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.notebook == "" {
		return // notebooks are only checked
	}
	if r.k == 0 {
		r.say.Rewrite("%s: the kernel is starting … %.0f s", r.notebook, time.Since(r.start).Seconds())
		return
	}
	r.say.Rewrite("%s: cell %d/%d … %.0f s (%.0f s in all)", r.notebook, r.k, r.cells,
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
	case "inputless":
		r.say.Line("%s: cell %d/%d reads input, but run cannot ask anybody: the cell gets none", r.notebook, e.K, r.cells)
	case "done":
		r.done++
		if !r.say.Terminal {
			r.say.Line("%s: cell %d/%d: %.1f s", r.notebook, e.K, r.cells, time.Since(r.cellStart).Seconds())
		}
	case "failed":
		r.failed = true
		r.say.Line("%s", r.failure(e))
	case "interrupted":
		if e.K > 0 {
			r.say.Line("%s: interrupted in cell %d/%d; the results so far are stored", r.notebook, e.K, r.cells)
		}
	case "ended":
		r.say.Line("%s: %d of %d cells in %.1f s", r.notebook, r.done, r.cells, time.Since(r.start).Seconds())
	case "saved":
		fmt.Fprintln(r.c.stdout, shortPath(e.Path))
	case "lost":
		r.failed = true
		r.say.Line("%s: cannot write the results: %s\n  the executed notebook is kept in %s", r.notebook, e.Value, e.Path)
	case "refused":
		r.failed = true
		r.say.Line("%s: %s", shortPath(e.Path), e.Value)
	case "broken":
		r.broken = e.Value
	}
}

// failure says which cell failed, at which line, and why.
func (r *runReport) failure(e event) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: cell %d/%d failed", r.notebook, e.K, r.cells)
	switch {
	case e.Line > 0 && e.At == e.K:
		fmt.Fprintf(&text, " at its line %d", e.Line)
	case e.Line > 0:
		fmt.Fprintf(&text, " at line %d of cell %d", e.Line, e.At)
	}
	fmt.Fprintf(&text, ":\n%s\n", system.Indent(strings.TrimSpace(e.Source)))
	fmt.Fprintf(&text, "%s: %s", e.Name, strings.TrimSpace(e.Value))
	if said := strings.TrimSpace(e.Stderr); said != "" && !strings.Contains(e.Value, said) {
		fmt.Fprintf(&text, "\n%s", system.Indent(system.BothEnds(said, 12, 8)))
	}
	return text.String()
}

// shortPath returns the path relative to the working directory if that is
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
