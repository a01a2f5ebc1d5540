package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

// runnerFiles are the Python program that executes notebooks, without setup.OutputStyle, which it
// puts on pages, too.
//
//go:embed embedded/runner/*.py embedded/runner/*.css embedded/runner/*.html
var runnerFiles embed.FS

// savingTime is how long an interrupted run may take to store its results. A
// second interrupt does not wait for it.
const savingTime = 10 * time.Minute

// A runner is that program in a folder of its own. Python finds its modules
// there and nothing of the user's, and Jupyter keeps its notes there.
type runner struct {
	paths setup.Paths
	dir   string
}

// layRunner makes the folder, one of those that sweep removes if this process
// is killed. remove deletes it.
func layRunner(p setup.Paths) (r *runner, remove func(), err error) {
	dir, remove, err := setup.KernelFolder(p)
	if err != nil {
		return nil, nil, err
	}
	files, err := fs.Sub(runnerFiles, "embedded/runner")
	if err == nil {
		err = os.CopyFS(dir, files)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "output.css"), setup.OutputStyle, 0o600)
	}
	if err != nil {
		remove()
		return nil, nil, fmt.Errorf("cannot write the program that runs notebooks: %w", err)
	}
	return &runner{p, dir}, remove, nil
}

func (r *runner) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := system.Child(ctx, savingTime, r.paths.Python(), append([]string{r.dir}, args...)...)
	cmd.Env = system.WithEnv(setup.JupyterEnv(r.paths, r.dir), "PYTHONDONTWRITEBYTECODE=1", "PYTHONSAFEPATH=",
		"LIEGG_HEADLESS=1")
	return cmd
}

// check reads all notebooks before any of them runs, and reports invalid
// ones.
func (r *runner) check(c *call, say *setup.Progress, targets []target, o runOptions) error {
	args := o.form("--check")
	for _, t := range targets {
		args = append(args, t.notebook)
	}
	return newReport(c, say, "").follow(r.command(c.ctx, args...))
}

// run executes one notebook.
func (r *runner) run(c *call, say *setup.Progress, t target, o runOptions) error {
	args := o.form("--timeout", fmt.Sprint(o.timeout.Seconds()), "--transport", setup.Transport(r.dir), "--written", t.written, "--page", t.page)
	return newReport(c, say, filepath.Base(t.notebook)).follow(r.command(c.ctx, append(args, t.notebook)...))
}

// form adds the flag for the form in which notebooks are stored.
func (o runOptions) form(args ...string) []string {
	if o.canonical {
		return append(args, "--canonical")
	}
	return args
}

// runAll runs one notebook after the other. It continues if some fail.
func (r *runner) runAll(c *call, say *setup.Progress, targets []target, o runOptions) error {
	failures := 0
	for _, t := range targets {
		err := r.run(c, say, t, o)
		if c.ctx.Err() != nil {
			return context.Cause(c.ctx)
		}
		if errors.Is(err, errReported) {
			failures++
		} else if err != nil {
			return err
		}
	}
	if failures > 0 {
		return errReported
	}
	return nil
}
