package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

//go:embed embedded/run.py
var runner string

// runOptions are the flags of run.
type runOptions struct {
	html    bool
	folder  string // "" for each notebook's own
	timeout time.Duration
}

func runFlags(fs *flag.FlagSet) func(c *call, args []string) error {
	var o runOptions
	fs.BoolVar(&o.html, "html", false, "write a page beside each notebook, too, and print where it is")
	fs.StringVar(&o.folder, "o", "", "write the executed notebooks to the folder `DIR`; without it each replaces what was read")
	fs.DurationVar(&o.timeout, "timeout", time.Hour, "let a cell run for `D` at most, as in 90s or 10m")
	ready := readyFlags(fs)
	return func(c *call, args []string) error {
		notebooks, err := notebookPaths(args)
		if err != nil {
			return err
		}
		if o.timeout <= 0 {
			return fmt.Errorf("run: --timeout is %v, but must be positive", o.timeout)
		}
		say := newProgress(c.stderr)
		if err := ready(c, say, nil); err != nil {
			return err
		}
		return runNotebooks(c, say, notebooks, o)
	}
}

// readyFlags declares the flags that run and lab share and returns what
// prepares for both.
func readyFlags(fs *flag.FlagSet) func(c *call, say *progress, more []string) error {
	backend := fs.String("backend", "", "use the GoMLX backend `NAME` in cells: go, or xla:/path/of/a/plugin.so; LIEGG_BACKEND does the same")
	cuda := fs.Bool("cuda", false, "prepare and use XLA's CUDA plugin")
	yes := fs.Bool("yes", false, "agree to large downloads without being asked")
	return func(c *call, say *progress, more []string) error {
		say.agreed = *yes
		if *backend != "" {
			os.Setenv("LIEGG_BACKEND", *backend)
		}
		err := prepare(c.ctx, c.place, say, append(withCUDA(usualSteps, *cuda), more...), false)
		if errors.Is(err, errCUDADeclined) && !*cuda {
			say.line("cuda: %v", err)
			err = nil
		}
		if err != nil {
			return err
		}
		if choice := chooseBackend(c.place); choice.Backend == "go" && os.Getenv("LIEGG_BACKEND") == "" {
			say.line("cells use GoMLX's pure-Go backend, which is slower: %s", choice.Why)
		}
		return nil
	}
}

// notebookPaths checks that all notebooks are there before any of them runs.
func notebookPaths(args []string) (paths []string, err error) {
	if len(args) == 0 {
		return nil, errors.New("run: name at least one notebook, as in: go run ./kernel run notebooks/01_o5_regression.ipynb")
	}
	for _, arg := range args {
		path, err := notebookPath(arg)
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func notebookPath(arg string) (string, error) {
	info, err := os.Stat(arg)
	if err != nil {
		return "", fmt.Errorf("the notebook: %w", err)
	}
	if filepath.Ext(arg) != ".ipynb" || !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is no notebook: its name should end in .ipynb", arg)
	}
	return filepath.Abs(arg)
}

// runNotebooks runs one after the other, to the end even if some fail.
func runNotebooks(c *call, say *progress, notebooks []string, o runOptions) error {
	defer sweep(c.place)
	failures := 0
	for _, notebook := range notebooks {
		err := runNotebook(c.ctx, c, say, notebook, o)
		if c.ctx.Err() != nil {
			return c.ctx.Err()
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

// written is where the executed notebook goes.
func (o runOptions) written(notebook string) (string, error) {
	if o.folder == "" {
		return notebook, nil
	}
	return filepath.Abs(filepath.Join(o.folder, filepath.Base(notebook)))
}

func runNotebook(ctx context.Context, c *call, say *progress, notebook string, o runOptions) error {
	written, err := o.written(notebook)
	if err != nil {
		return err
	}
	args := []string{"-c", runner, notebook, written, "--timeout", fmt.Sprint(o.timeout.Seconds()), "--transport", c.place.transport()}
	if o.html {
		args = append(args, "--html")
	}
	cmd := child(ctx, 10*time.Second, c.place.python(), args...)
	cmd.Env = withEnv(jupyterEnv(c.place), "LIEGG_HEADLESS=1")
	return newReport(c, say, notebook).follow(cmd)
}
