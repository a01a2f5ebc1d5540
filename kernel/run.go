package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/liegg/lab/kernel/internal/setup"
)

// runOptions are the flags of run.
type runOptions struct {
	html      bool
	canonical bool
	folder    string // "" for each notebook's own
	timeout   time.Duration
}

func runFlags(fs *flag.FlagSet) func(c *call, args []string) error {
	o := runOptions{timeout: time.Hour}
	fs.BoolVar(&o.html, "html", false, "write an HTML page next to each notebook, print its path, and leave the notebook unchanged")
	fs.StringVar(&o.folder, "o", "", "write the executed notebooks, and pages, to the folder `DIR`; by default, without --html, each replaces the original")
	fs.Func("timeout", "limit each cell to the duration `D`, such as 90s or 10m; one hour by default", o.setTimeout)
	fs.BoolVar(&o.canonical, "canonical", false, "store notebooks as this repository does, without execution counts, metadata other than tags, and lines of keep.Value about values computed anew; by default all are kept")
	ready := readyFlags(fs)
	return func(c *call, args []string) error {
		targets, err := findTargets(args, o)
		if err != nil {
			return err
		}
		say := setup.NewProgress(c.stderr)
		if err := ready(c, say, nil); err != nil {
			return err
		}
		runner, remove, err := layRunner(c.paths)
		if err != nil {
			return err
		}
		defer remove()
		if err := runner.check(c, say, targets, o); err != nil {
			return err
		}
		defer setup.Sweep(c.paths)
		return runner.runAll(c, say, targets, o)
	}
}

// setTimeout parses the flag --timeout.
func (o *runOptions) setTimeout(text string) error {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil && strings.Trim(text, "0123456789.") == "" && text != "":
		return fmt.Errorf("the unit is missing: write %[1]ss for seconds, %[1]sm for minutes or %[1]sh for hours", text)
	case err != nil:
		return errors.New("not a duration such as 90s, 10m or 1h30m")
	case d <= 0:
		return errors.New("it must be positive")
	}
	o.timeout = d
	return nil
}

// readyFlags declares the flags that run and lab share. It returns the
// function that makes the preparations for both.
func readyFlags(fs *flag.FlagSet) func(c *call, say *setup.Progress, more []string) error {
	backend := fs.String("backend", "", "use the GoMLX backend `NAME` in cells: go, or xla:/path/of/a/plugin.so; LIEGG_BACKEND does the same")
	cuda := fs.Bool("cuda", false, "prepare and use XLA's CUDA plugin")
	yes := fs.Bool("yes", false, "agree to large downloads without being asked")
	return func(c *call, say *setup.Progress, more []string) error {
		say.Agreed = *yes
		if *backend != "" {
			os.Setenv("LIEGG_BACKEND", *backend)
		}
		if err := setup.CheckBackend(); err != nil {
			return err
		}
		err := setup.Prepare(c.ctx, c.paths, say, append(setup.WithCUDA(setup.UsualSteps, *cuda), more...), false)
		if errors.Is(err, setup.ErrCUDADeclined) && !*cuda {
			say.Line("cuda: %v", err)
			err = nil
		}
		if err != nil {
			return err
		}
		if choice := setup.ChooseBackend(c.paths); choice.Backend == "go" && os.Getenv("LIEGG_BACKEND") == "" {
			say.Line("cells use GoMLX's pure-Go backend, which is slower: %s", choice.Why)
		}
		return nil
	}
}
