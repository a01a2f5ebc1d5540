package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/liegg/lab/kernel/internal/cells"
	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
	"github.com/liegg/lab/kernel/internal/wire"
)

// launch is the kernel as Jupyter starts it. It runs the unmodified GoNB in a
// private folder with the environment of cells, and removes what it leaves
// behind.
func launch(args []string) int {
	fs := flag.NewFlagSet("launch", flag.ExitOnError)
	var p setup.Paths
	fs.StringVar(&p.Checkout, "checkout", "", "root of the module whose packages cells import")
	fs.StringVar(&p.Cache, "cache", "", "the private folder")
	goPath := fs.String("go", "", "the go command, if there is none on the PATH")
	fs.Parse(args) // this ends the process on an error
	if fs.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "launch: Jupyter gives one connection file")
		return 2
	}
	setup.Sweep(p)
	code, err := runKernel(p, *goPath, fs.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, "liegg kernel:", err)
		return 1
	}
	return code
}

// runKernel runs GoNB until it ends, or until Jupyter, the parent of this
// process, ends.
func runKernel(p setup.Paths, goPath, connection string) (int, error) {
	dir, release, err := setup.KernelFolder(p)
	if err != nil {
		return 1, err
	}
	defer release()
	if found, err := setup.RealGo(); err == nil {
		goPath = found
	}
	env, err := cellEnv(p, dir, goPath)
	if err != nil {
		return 1, err
	}
	log, err := os.Create(filepath.Join(dir, "gonb.log"))
	if err != nil {
		return 1, err
	}
	defer log.Close()
	help, stopHelp := startHelper(p, dir, goPath, env, log)
	defer stopHelp()
	behind, stopFront, err := startFront(dir, connection, help, log)
	if err != nil {
		return 1, err
	}
	defer stopFront()
	gonb := exec.Command(filepath.Join(p.Bin(), "gonb"), "-kernel", behind, "-raw_error")
	gonb.Env, gonb.Stdout, gonb.Stderr = env, log, log
	gonb.SysProcAttr = &syscall.SysProcAttr{}
	system.DieWithParent(gonb.SysProcAttr)
	// Jupyter interrupts the whole process group; GoNB handles that.
	signal.Ignore(os.Interrupt)
	if err := gonb.Start(); err != nil {
		return 1, err
	}
	var asked atomic.Bool
	stop := endWithParent(gonb.Process, &asked)
	err = gonb.Wait()
	if asked.Load() {
		err = nil // GoNB reports a request to end during its start as an error
	}
	stop()
	return exitCode(err, log.Name())
}

// startFront meets the client where the connection file says, and returns the
// file of the connection behind it that GoNB serves. The file has the same
// name, because GoNB finds Jupyter's kernel ID in it.
func startFront(dir, file string, h *cells.Completer, log *os.File) (behind string, stop func(), err error) {
	outside, err := wire.ReadConnection(file)
	if err != nil {
		return "", nil, err
	}
	folder, err := wire.SocketFolder(dir)
	if err != nil {
		return "", nil, err
	}
	inside := outside.Behind(folder)
	behind = filepath.Join(dir, filepath.Base(file))
	if err := inside.Write(behind); err != nil {
		return "", nil, err
	}
	f, err := cells.NewFront(outside, inside, h, log)
	if err != nil {
		return "", nil, err
	}
	return behind, f.Close, nil
}

// startHelper starts what completes and explains code. It returns nil if
// nobody is there to do so for, or gopls is missing.
func startHelper(p setup.Paths, dir, goPath string, env []string, log *os.File) (h *cells.Completer, stop func()) {
	gopls := filepath.Join(p.Gopls(), "gopls")
	if os.Getenv("LIEGG_HEADLESS") != "" || !system.Exists(gopls) {
		return nil, func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	imports := func() *cells.ImportList { return cells.NewImportList(p.Checkout, goPath) }
	h = cells.NewCompleter(ctx, gopls, dir, env, imports, log)
	return h, func() {
		cancel()
		h.Close()
	}
}

// exitCode passes GoNB's exit code on. If GoNB failed, the error includes the
// end of its log.
func exitCode(err error, log string) (int, error) {
	var exit *exec.ExitError
	if err == nil {
		return 0, nil
	}
	if errors.As(err, &exit) && exit.ExitCode() < 0 {
		return 0, nil // ended by a signal, as Jupyter does
	}
	text, _ := os.ReadFile(log)
	return 1, fmt.Errorf("GoNB ended with %w\n%s", err, system.Indent(system.LastLines(string(text), 40)))
}

// endWithParent passes SIGTERM on, and also sends it once the parent of this
// process is gone. It sets asked when it does.
func endWithParent(kernel *os.Process, asked *atomic.Bool) (stop context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	parent := os.Getppid()
	go func() {
		for ctx.Err() == nil && os.Getppid() == parent {
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
		asked.Store(true)
		kernel.Signal(syscall.SIGTERM)
		time.Sleep(3 * time.Second)
		kernel.Kill()
	}()
	return stop
}

// cellEnv returns the environment of GoNB and so of cells, whose private
// folder is dir.
func cellEnv(p setup.Paths, dir, goPath string) ([]string, error) {
	env := system.Without(os.Environ(), "JUPYTER_TOKEN") // the token opens the server, and a cell's outputs are shared
	if !system.Exists(goPath) {
		return nil, fmt.Errorf("the go command is not on the PATH, nor at %q", goPath)
	}
	backend := setup.ChooseBackend(p)
	if !backend.Compiler {
		env = system.WithEnv(env, "CGO_ENABLED=0")
	}
	path := joinPath(p.Shim(), p.Bin(), os.Getenv("PATH"), filepath.Dir(goPath))
	return system.WithEnv(env, "PATH="+path, "TMPDIR="+dir,
		"LIEGG_GO="+goPath,
		"LIEGG_CACHE="+p.Cache,
		"LIEGG_CHECKOUT="+p.Checkout,
		"LIEGG_LINK_FLAGS="+setup.LinkFlags(p),
		"LIEGG_BACKEND="+backend.Backend,
		"LIEGG_MNIST="+setup.MnistFolder(p),
		"GOMLX_NO_AUTO_INSTALL=1",
	), nil
}

// joinPath joins search paths, leaving out empty ones.
func joinPath(paths ...string) string {
	var kept []string
	for _, path := range paths {
		if path != "" {
			kept = append(kept, path)
		}
	}
	return strings.Join(kept, string(filepath.ListSeparator))
}
