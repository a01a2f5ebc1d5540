package setup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/liegg/lab/kernel/internal/system"
)

// RealGo returns the go command behind our own of the same name: $LIEGG_GO,
// or the first on the PATH.
func RealGo() (string, error) {
	if path := os.Getenv("LIEGG_GO"); path != "" {
		return path, nil
	}
	path, err := exec.LookPath("go")
	if err != nil {
		return "", errors.New("there is no go command on the PATH: Go 1.26.5 or later is needed, see go.dev/doc/install")
	}
	return filepath.Abs(path)
}

func needGo() error {
	_, err := RealGo()
	return err
}

// goCommand returns a go command that runs in the checkout.
func goCommand(ctx context.Context, p Paths, args ...string) *exec.Cmd {
	path, err := RealGo()
	if err != nil {
		path = "go" // this will fail with a clear message
	}
	cmd := system.Child(ctx, 5*time.Second, path, args...)
	cmd.Dir = p.Checkout
	return cmd
}

// goVersion returns the version of the go command, which for go run is that
// of this program.
func goVersion() string { return runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH }

// DownloadModule lets the go command download a module of go.mod, checked
// against go.sum, and returns its folder.
func DownloadModule(ctx context.Context, p Paths, path string) (string, error) {
	listing, err := system.Output(goCommand(ctx, p, "mod", "download", "-json", path))
	var module struct{ Dir, Error string }
	if json.Unmarshal(listing, &module); module.Error != "" {
		return "", fmt.Errorf("%s: %s", path, module.Error)
	}
	return module.Dir, err
}

// moduleFiles returns go.mod and go.sum of the checkout.
func moduleFiles(p Paths) (mod, sum []byte, err error) {
	mod, err = os.ReadFile(filepath.Join(p.Checkout, "go.mod"))
	if err != nil {
		return nil, nil, err
	}
	sum, err = os.ReadFile(filepath.Join(p.Checkout, "go.sum"))
	return mod, sum, err
}

// SourcesDigest returns a digest that changes whenever a file that may be
// compiled into a program, or embedded in it, changes in one of the checkout's
// folders.
func SourcesDigest(p Paths, folders ...string) (string, error) {
	var list strings.Builder
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(p.Checkout, folder), func(path string, entry os.DirEntry, err error) error {
			switch {
			case errors.Is(err, os.ErrNotExist):
				return nil
			case err == nil && entry.IsDir() && isNoSource(entry.Name()):
				return filepath.SkipDir
			case err != nil || !entry.Type().IsRegular() || isNoSource(entry.Name()):
				return err
			}
			info, err := entry.Info()
			if err == nil {
				fmt.Fprintln(&list, path, info.Size(), info.ModTime().UnixNano())
			}
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return system.Digest([]byte(list.String())), nil
}

// isNoSource reports whether no program is made of a file or folder of this
// name: it belongs to tests, or the go command ignores it.
func isNoSource(name string) bool {
	return name == "testdata" || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, ".")
}

// HasCompiler reports whether there is a C compiler, without which XLA cannot
// be linked.
func HasCompiler() bool {
	if os.Getenv("CGO_ENABLED") == "0" {
		return false
	}
	names := []string{"gcc", "clang", "cc"}
	if named := strings.Fields(os.Getenv("CC")); len(named) > 0 {
		names = named[:1]
	} else if runtime.GOOS == "linux" {
		names = names[:1] // go build looks for this one only
	}
	for _, name := range names {
		if _, err := exec.LookPath(name); err == nil {
			return true
		}
	}
	return false
}
