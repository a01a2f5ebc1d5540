package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/liegg/lab/kernel/internal/cells"
	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

// actAsGo is this program under the name go, which GoNB finds first on its
// PATH. It sets up the session's module in place of go mod init, skips GoNB's
// go get before each cell, builds cells fast, and passes everything else to
// the real go command.
func actAsGo(args []string) int {
	switch session := inSession(); {
	case session && isBareGet(args):
		return 0
	case len(args) == 3 && args[0] == "mod" && args[1] == "init" && strings.HasPrefix(args[2], "gonb_"):
		return initSession(args[2])
	case session && len(args) > 0 && (args[0] == "build" || args[0] == "test"):
		written, _ := os.ReadFile(map[string]string{"build": "main.go", "test": "main_test.go"}[args[0]]) // the build says what is wrong
		code := buildSession(args)
		if code == 0 {
			cells.NoteDeclarations(written)
		}
		return code
	}
	return becomeGo(args)
}

// buildSession builds the program that GoNB has written for a cell.
func buildSession(args []string) int {
	spareCollector()
	cells.SpareImports("main.go")
	cells.SpareImports("main_test.go")
	cells.CaptureKept("main.go")
	args = besideScript(args)
	program, plain := programOf(args)
	args = withFlags(args, setup.WithoutDWARF)
	if flags := os.Getenv("LIEGG_LINK_FLAGS"); flags != "" {
		args = withFlags(args, "-ldflags="+flags)
	}
	if plain {
		return buildCell(program, args)
	}
	return buildInFull(args)
}

// A script takes the place where GoNB looks for the program of a cell, and
// runs the program. GoNB gives it an input on which nothing arrives until the
// program has called gonbui.RequestInput. A program that does not call it
// gets an input that is at its end.
const (
	withInput    = "#!/bin/sh\nexec \"$0_cell\" \"$@\"\n"
	withoutInput = "#!/bin/sh\nexec \"$0_cell\" \"$@\" </dev/null\n"
)

// besideScript makes a build write the program of a cell beside the script
// that runs it.
func besideScript(args []string) []string {
	at := slices.Index(args, "-o") + 1
	dir, err := os.Getwd()
	if err != nil || at == 0 || at == len(args) || args[at] != filepath.Join(dir, filepath.Base(dir)) {
		return args // not GoNB's build of a cell
	}
	script := withoutInput
	if text, _ := os.ReadFile("main.go"); bytes.Contains(text, []byte("RequestInput")) {
		script = withInput
	}
	if before, _ := os.ReadFile(args[at]); string(before) != script {
		if err := system.WriteAtomically(args[at], []byte(script), 0o700); err != nil {
			return args
		}
	}
	args = slices.Clone(args)
	args[at] += "_cell"
	return args
}

// buildInFull builds with the go command, and once more without the imports
// that it reports as unused.
func buildInFull(args []string) int {
	said, err := runGo(args)
	if err != nil && cells.DropReported(said) {
		said, err = runGo(args)
	}
	if err != nil {
		said = cells.WithNearest(said)
	}
	os.Stderr.Write(said)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(1, exit.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the go command does not start:", err)
		return 1
	}
	return 0
}

// runGo runs the real go command and returns all its output.
func runGo(args []string) ([]byte, error) {
	return exec.Command(os.Getenv("LIEGG_GO"), args...).CombinedOutput()
}

// inSession reports whether the working directory belongs to a session, where
// GoNB writes the program of each cell.
func inSession() bool {
	dir, err := os.Getwd()
	return err == nil && strings.HasPrefix(filepath.Base(dir), "gonb_")
}

// isBareGet recognises the go get that GoNB runs before each cell. If it
// names a package, it is the user's own.
func isBareGet(args []string) bool {
	return len(args) == 1 && args[0] == "get" || len(args) == 2 && args[0] == "get" && args[1] == "-t"
}

// initSession makes a new session, which %reset does again.
func initSession(module string) int {
	dir, err := os.Getwd()
	if err == nil {
		os.Remove(filepath.Join(dir, cells.DeclarationsFile)) // usually there is none
		err = setup.LaySession(setup.SessionPaths(), dir, module)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot write the session's module:", err)
		return 1
	}
	return 0
}

// withFlags adds compiler or linker flags to a build, unless it has its own.
func withFlags(args []string, flag string) []string {
	name, _, _ := strings.Cut(flag, "=")
	for _, arg := range args {
		if strings.HasPrefix("-"+strings.TrimLeft(arg, "-"), name) {
			return args
		}
	}
	return slices.Insert(slices.Clone(args), 1, flag)
}

// spareCollector lets the compiler and linker run without garbage collection
// up to a limit: a cell that links XLA is then built in 0.85 s instead of
// 0.99 s.
func spareCollector() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		os.Setenv("GOGC", "off")
		os.Setenv("GOMEMLIMIT", "1GiB")
	}
}

// becomeGo replaces this process by the real go command.
func becomeGo(args []string) int {
	path := os.Getenv("LIEGG_GO")
	err := syscall.Exec(path, append([]string{"go"}, args...), os.Environ())
	fmt.Fprintf(os.Stderr, "the go command %q does not start: %v\n", path, err)
	return 1
}
