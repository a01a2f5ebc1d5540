package setup

import (
	"context"
	"errors"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/liegg/lab/kernel/internal/system"
)

func warmStep() step {
	return step{
		Name:  "warm",
		about: "the packages that cells link, built once (half a minute to a minute)",
		needs: []string{"tools", "lean"},
		Made:  linkFlagsFile,
		key:   warmKey,
		do:    warmUp,
	}
}

func warmKey(p Paths) (string, error) {
	mod, sum, err := moduleFiles(p)
	if err != nil {
		return "", err
	}
	own, err := SourcesDigest(p, "liegg", "plotting")
	return system.Digest([]byte(goVersion()), mod, sum, []byte(own), fmt.Append(nil, WithoutDWARF, HasCompiler(), goCache(), PatchedReplacements(p, string(mod)))), err
}

// goCache returns where the go command keeps what it has built. If that
// moves, nothing is warm.
func goCache() string {
	if named := os.Getenv("GOCACHE"); named != "" {
		return named
	}
	user, _ := os.UserCacheDir() // no cache directory is a valid answer, too
	return filepath.Join(user, "go-build")
}

// UsualImports are what cells import from other modules.
var UsualImports = []string{
	"fmt", "image/png", "math/rand/v2", "os", "time",
	"github.com/gomlx/compute/gobackend",
	"github.com/gomlx/gomlx/core/graph",
	"github.com/gomlx/gomlx/core/tensors",
	"github.com/gomlx/gomlx/ml/layers/activation",
	"github.com/gomlx/gomlx/ml/layers/fnn",
	"github.com/gomlx/gomlx/ml/model",
	"github.com/gomlx/gomlx/ml/model/checkpoint",
	"github.com/gomlx/gomlx/ml/train",
	"github.com/gomlx/gomlx/ml/train/loss",
	"github.com/gomlx/gomlx/ml/train/optimizer",
	"github.com/janpfeifer/gonb/gonbui",
	"github.com/janpfeifer/gonb/gonbui/dom",
	"github.com/janpfeifer/must",
	"gonum.org/v1/gonum/mat",
	"gonum.org/v1/gonum/stat",
	"gonum.org/v1/plot",
	"gonum.org/v1/plot/palette/moreland",
	"gonum.org/v1/plot/plotter",
	"gonum.org/v1/plot/vg/draw",
	"gonum.org/v1/plot/vg/vgimg",
}

// warmUp builds a program that imports everything, in the same way as cells,
// and runs it. It records the fastest linker flags that work.
func warmUp(ctx context.Context, p Paths, say *Progress) error {
	dir, err := os.MkdirTemp(p.checkoutFolder(), system.UnfinishedMark)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := LaySession(p, dir, "gonb_warm"); err != nil {
		return err
	}
	imports, err := cellImports(ctx, p)
	if err != nil {
		return err
	}
	if err := layProgram(dir, imports); err != nil {
		return err
	}
	for _, flags := range linkChoices() {
		if err = buildAndRun(ctx, dir, flags); err == nil {
			return system.WriteAtomically(linkFlagsFile(p), []byte(flags+"\n"), 0o600)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return err
}

// WithoutDWARF makes the compiler leave out what only debuggers read. The
// linker reads it, too, if only to drop it: it then takes a fifth less of the
// processor for a cell with XLA. Panics still tell lines.
const WithoutDWARF = "-gcflags=all=-dwarf=false"

// linkChoices returns linker flags, fastest first. Without Go's own linker
// every cell that uses XLA calls the C compiler's.
func linkChoices() []string {
	if runtime.GOOS == "linux" {
		return []string{"-s -w -linkmode=internal", "-s -w", ""}
	}
	return []string{"-s -w", ""}
}

// cellImports returns the usual imports and the lab's own packages. A package
// of the lab that does not compile is left out; the cells that import it will
// report why.
func cellImports(ctx context.Context, p Paths) ([]string, error) {
	list := goCommand(ctx, p, "list", "-e", "-f", `{{if and (ne .Name "main") .GoFiles}}{{.ImportPath}}{{end}}`, "./liegg/...", "./plotting/...")
	list.Env = cellBuildEnv(os.Environ())
	out, err := system.Output(list)
	if err != nil {
		return nil, err
	}
	imports := UsualImports
	if HasCompiler() {
		imports = append(imports[:len(imports):len(imports)], "github.com/gomlx/go-xla/compute/xla")
	}
	own := slices.DeleteFunc(strings.Fields(string(out)), func(name string) bool { return strings.Contains(name, "/internal/") })
	return append(imports[:len(imports):len(imports)], compiling(ctx, p, own)...), ctx.Err()
}

// compiling returns the packages that compile, and compiles them. Each alone
// costs the go command half a second, so they are tried together first.
func compiling(ctx context.Context, p Paths, packages []string) []string {
	compile := func(packages ...string) bool {
		build := goCommand(ctx, p, append([]string{"build", WithoutDWARF}, packages...)...)
		build.Env = cellBuildEnv(os.Environ())
		_, err := system.Output(build)
		return err == nil
	}
	if len(packages) == 0 || compile(packages...) {
		return packages
	}
	return slices.DeleteFunc(packages, func(name string) bool { return ctx.Err() == nil && !compile(name) })
}

func layProgram(dir string, imports []string) error {
	var source strings.Builder
	source.WriteString("package main\n\nimport (\n")
	for _, path := range imports {
		fmt.Fprintf(&source, "_ %q\n", path)
	}
	source.WriteString(")\n\nfunc main() {}\n")
	text, err := format.Source([]byte(source.String()))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "main.go"), text, 0o600)
}

func buildAndRun(ctx context.Context, dir, flags string) error {
	path, err := RealGo()
	if err != nil {
		return err
	}
	program := filepath.Join(dir, "warm")
	build := system.Child(ctx, 5*time.Second, path, "build", WithoutDWARF, "-ldflags="+flags, "-o", program)
	build.Dir, build.Env = dir, cellBuildEnv(os.Environ())
	if _, err := system.Output(build); err != nil {
		return err
	}
	run := system.Child(ctx, time.Second, program)
	run.Env = system.WithEnv(os.Environ(), "GOMLX_NO_AUTO_INSTALL=1")
	_, err = system.Output(run)
	if err != nil {
		return errors.Join(errors.New("a cell that links everything does not run"), err)
	}
	return nil
}

// cellBuildEnv returns the environment in which cells are built.
func cellBuildEnv(env []string) []string {
	if !HasCompiler() {
		env = system.WithEnv(env, "CGO_ENABLED=0")
	}
	return system.WithEnv(env, "GOWORK=off")
}
