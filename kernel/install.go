package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

func installFlags(fs *flag.FlagSet) func(c *call, args []string) error {
	return func(c *call, args []string) error {
		data, err := userJupyterData()
		if err != nil {
			return err
		}
		say := setup.NewProgress(c.stderr)
		if err := setup.Prepare(c.ctx, c.paths, say, []string{"tools", "xla", "mnist", "warm", "gopls"}, false); err != nil {
			return err
		}
		if err := setup.LaySpec(c.paths, data); err != nil {
			return fmt.Errorf("cannot write the kernel's entry: %w", err)
		}
		fmt.Fprintf(c.stdout, "Jupyter and VS Code now offer the kernel %q.\n%s\n", setup.DisplayName, setup.SpecFolder(data))
		if choice := setup.ChooseBackend(c.paths); choice.Backend == "go" {
			say.Line("cells use GoMLX's pure-Go backend: %s", choice.Why)
		}
		return nil
	}
}

func uninstallFlags(fs *flag.FlagSet) func(c *call, args []string) error {
	all := fs.Bool("all", false, "also remove everything prepared and every network trained and kept")
	return func(c *call, args []string) error {
		data, err := userJupyterData()
		if err != nil {
			return err
		}
		if err := removeSpec(c, data); err != nil || !*all {
			return err
		}
		return removeCache(c)
	}
}

// removeCache removes everything that was prepared, trained and kept.
func removeCache(c *call) error {
	if !system.Exists(c.paths.Cache) {
		fmt.Fprintln(c.stdout, "nothing has been prepared in", c.paths.Cache)
		return nil
	}
	if err := c.paths.CheckOwn(); err != nil {
		return fmt.Errorf("nothing is removed: %w", err)
	}
	// Mark the folder first: an interrupted removal can then be repeated,
	// because the mark is removed last.
	if err := c.paths.Mark(); err != nil {
		return fmt.Errorf("nothing is removed: %w", err)
	}
	unlock, err := system.LockFile(c.ctx, c.paths.Lock(), func() { fmt.Fprintln(c.stderr, "waiting for another preparation to finish") })
	if err != nil {
		return err
	}
	defer unlock()
	left, err := c.paths.RemoveOwn()
	switch {
	case err != nil:
		return err
	case len(left) > 0:
		fmt.Fprintf(c.stdout, "removed the lab's files from %s; files that are not the lab's remain: %s\n", c.paths.Cache, setup.Some(left))
	default:
		fmt.Fprintln(c.stdout, "removed", c.paths.Cache)
	}
	return nil
}

// removeSpec removes the kernel's entry, and the folders around it if they
// are then empty.
func removeSpec(c *call, data string) error {
	folder := setup.SpecFolder(data)
	if !system.Exists(folder) {
		fmt.Fprintf(c.stdout, "the kernel %q is not installed\n", setup.DisplayName)
		return nil
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if os.Remove(filepath.Dir(folder)) == nil {
		os.Remove(data) // fails, as it should, if anything else is there
	}
	fmt.Fprintln(c.stdout, "removed", folder)
	return nil
}

// userJupyterData returns the folder in which the user's Jupyter and VS Code
// look for kernels.
func userJupyterData() (string, error) {
	if dir := os.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", errors.New("there is no home folder to install into: set JUPYTER_DATA_DIR")
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Jupyter"), nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "jupyter"), nil
	}
	return filepath.Join(home, ".local", "share", "jupyter"), nil
}
