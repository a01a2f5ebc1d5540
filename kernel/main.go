// Command kernel sets up and runs Go notebooks for LieGG Lab: JupyterLab with
// the GoNB kernel, the XLA plugin, MNIST, and a session module in which cells
// import the lab's packages without any preamble.
//
//	go run ./kernel lab [NOTEBOOK]
//	go run ./kernel run NOTEBOOK... [--html] [-o DIR] [--timeout D] [--canonical]
//	go run ./kernel prepare [STEP...]
//	go run ./kernel new NAME
//	go run ./kernel gallery [NOTEBOOK...] -o DIR
//	go run ./kernel kept [NAME...] [--clear]
//	go run ./kernel install | uninstall | doctor
//
// Everything it prepares is kept in one private folder, setup.Paths.Cache. The same
// binary also serves as the kernel that Jupyter starts (command launch), and,
// under the name go, as the go command that GoNB finds first on its PATH.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/liegg/lab/kernel/internal/system"
)

func init() {
	// Children ask the system to end them with the thread that started them
	// (see dieWithParent); the main thread lives as long as the process.
	runtime.LockOSThread()
}

func main() {
	if filepath.Base(os.Args[0]) == "go" {
		os.Exit(actAsGo(os.Args[1:]))
	}
	if len(os.Args) > 1 && os.Args[1] == "launch" {
		os.Exit(launch(os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second signal ends the program immediately
	err := command(system.EndWithGoRun(ctx), os.Stdout, os.Stderr, os.Args[1:])
	interrupted := ctx.Err() != nil
	stop()
	os.Exit(report(os.Stderr, err, interrupted))
}

// report prints err, unless the user already knows it, and returns the exit
// status.
func report(stderr io.Writer, err error, interrupted bool) int {
	switch {
	case err == nil:
		return 0
	case interrupted:
		fmt.Fprintln(stderr, "interrupted")
		return 130
	case !errors.Is(err, errReported):
		fmt.Fprintln(stderr, "kernel:", err)
	}
	return 1
}

// errReported marks a failure that has already been printed.
var errReported = errors.New("failed")
