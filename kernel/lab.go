package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

// labOptions are the flags of lab.
type labOptions struct {
	port      int
	noBrowser bool
}

func labFlags(fs *flag.FlagSet) func(c *call, args []string) error {
	var o labOptions
	fs.Func("port", "serve on port `N`; by default on 8888 or the next free one", o.setPort)
	fs.BoolVar(&o.noBrowser, "no-browser", false, "do not open a browser")
	ready := readyFlags(fs)
	return func(c *call, args []string) error {
		if len(args) > 1 {
			return errors.New("lab: name at most one notebook")
		}
		what, err := findServed(c.paths, args)
		if err != nil {
			return err
		}
		if err := ready(c, setup.NewProgress(c.stderr), nil); err != nil {
			return err
		}
		return serveLab(c, what, o)
	}
}

// setPort parses the flag --port.
func (o *labOptions) setPort(text string) error {
	port, err := strconv.Atoi(text)
	if err != nil || port < 1 || port > 65535 {
		return errors.New("not a port (a number from 1 to 65535)")
	}
	o.port = port
	return nil
}

// A served says what JupyterLab shows.
type served struct {
	root     string // the folder
	notebook string // the notebook in it that is opened first, or ""
	dir      string // where Jupyter keeps notes about its server and kernels
}

// firstNotebook is shown to those who open JupyterLab for the first time.
const firstNotebook = "00_your_question.ipynb"

// findServed returns what lab serves for its arguments. Without a notebook among them it shows
// firstNotebook until JupyterLab has stored a layout, and then the tabs that the user left open.
func findServed(p setup.Paths, args []string) (served, error) {
	if len(args) == 1 {
		path, err := notebookPath(args[0])
		return served{root: filepath.Dir(path), notebook: filepath.Base(path)}, err
	}
	root := filepath.Join(p.Checkout, "notebooks")
	if !system.Exists(root) {
		root = p.Checkout
	}
	what := served{root: root}
	layouts, err := filepath.Glob(filepath.Join(workspaces(p, root), "*"))
	if err == nil && len(layouts) == 0 && system.Exists(filepath.Join(root, firstNotebook)) {
		what.notebook = firstNotebook
	}
	return what, err
}

// serveLab runs JupyterLab until ctx ends, or until the user shuts it down in
// the browser. Neither is an error.
func serveLab(c *call, what served, o labOptions) error {
	defer setup.Sweep(c.paths)
	setup.Sweep(c.paths)
	// Jupyter keeps its notes about the server and kernels in a folder that
	// is removed with it, however it ends.
	var release func()
	var err error
	if what.dir, release, err = setup.KernelFolder(c.paths); err != nil {
		return err
	}
	defer release()
	log, err := os.Create(filepath.Join(what.dir, "lab.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	server, err := startServer(c, what, o.port, log)
	if c.ctx.Err() != nil {
		return nil
	}
	if err != nil {
		said, _ := os.ReadFile(log.Name())
		return fmt.Errorf("JupyterLab did not start: %w\n%s", err, system.Indent(system.LastLines(string(said), 20)))
	}
	defer system.KillGroup(server.cmd)
	fmt.Fprintf(c.stdout, "JupyterLab serves %s\n  %s\nCtrl-C ends it and every kernel.\n", what.root, server.url())
	if !o.noBrowser {
		openBrowser(server.redirectFile())
	}
	stop := completeInBackground(c)
	err = <-server.ended
	stop()
	return c.labEnd(err, log.Name())
}

// labEnd reports the end of lab, once JupyterLab has ended with err.
func (c *call) labEnd(err error, log string) error {
	if c.ctx.Err() != nil {
		return nil
	}
	if err == nil {
		fmt.Fprintln(c.stdout, "JupyterLab was shut down, and its kernels have ended.")
		return nil
	}
	said, _ := os.ReadFile(log)
	return fmt.Errorf("JupyterLab has ended: %w\n%s", err, system.Indent(system.LastLines(string(said), 20)))
}

// workspaces returns the folder where JupyterLab keeps the open tabs, one per
// root folder: in another root the tabs of this one would mean nothing, or
// another notebook of the same name.
func workspaces(p setup.Paths, root string) string {
	return filepath.Join(p.Jupyter("workspaces"), system.Digest([]byte(root))[:12])
}

// labCommand returns the command for JupyterLab, on loopback only. The token
// is passed in the environment, because others can read the arguments of a
// process.
func labCommand(c *call, what served, port int, token string) *exec.Cmd {
	cmd := system.Child(c.ctx, 8*time.Second, c.paths.Python(), "-m", "jupyterlab",
		"--no-browser",
		"--ServerApp.ip=127.0.0.1",
		"--ServerApp.port="+strconv.Itoa(port), "--ServerApp.port_retries=0",
		"--ServerApp.root_dir="+what.root,
		"--LabApp.default_url="+what.path(), // where the redirect file leads
		"--LabApp.workspaces_dir="+workspaces(c.paths, what.root),
		"--LabApp.custom_css=True",    // see setup.OutputStyle
		"--ServerApp.allow_root=True", // in a container everybody is root
		"--KernelSpecManager.ensure_native_kernel=False",
		"--MultiKernelManager.default_kernel_name="+setup.KernelName,
		"--KernelManager.transport="+setup.Transport(what.dir),
		"--Application.log_level=WARN")
	cmd.Dir = what.root
	cmd.Env = system.WithEnv(setup.JupyterEnv(c.paths, what.dir), "JUPYTER_TOKEN="+token)
	return cmd
}

// path returns the path of its page in JupyterLab.
func (what served) path() string {
	if what.notebook == "" {
		return "/lab"
	}
	return "/lab/tree/" + url.PathEscape(what.notebook)
}

func (s *server) url() string {
	return fmt.Sprintf("http://127.0.0.1:%d%s?token=%s", s.port, s.what.path(), s.token)
}

// redirectFile returns a page that Jupyter keeps among its notes. It leads to
// the server with the token in the address. The token must not be an argument
// of a program, because others can read those.
func (s *server) redirectFile() string {
	return filepath.Join(s.what.dir, fmt.Sprintf("jpserver-%d-open.html", s.cmd.Process.Pid))
}

// openBrowser opens a page if there is a screen to open it on.
func openBrowser(page string) {
	opener := "xdg-open"
	if runtime.GOOS == "darwin" {
		opener = "open"
	} else if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return
	}
	if path, err := exec.LookPath(opener); err == nil {
		cmd := exec.Command(path, page)
		if cmd.Start() == nil {
			go cmd.Wait()
		}
	}
}

// completeInBackground builds gopls, if it is missing, for kernels that start
// later. The returned function stops the build.
func completeInBackground(c *call) (stop func()) {
	ctx, cancel := context.WithCancel(c.ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		quiet := &setup.Progress{W: io.Discard}
		if state, err := setup.GoplsStep().State(c.paths); err == nil && state == setup.StateMissing {
			setup.Prepare(ctx, c.paths, quiet, []string{"gopls"}, false) // doctor reports the outcome
		}
	}()
	return func() { cancel(); <-ended }
}
