package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

// A finding is one line of doctor's report.
type finding struct {
	what, found, todo string
	vital             bool // no notebook runs without it
}

func doctorFlags(fs *flag.FlagSet) func(c *call, args []string) error {
	return func(c *call, args []string) error {
		findings := append(machineFindings(c.ctx), preparedFindings(c.paths)...)
		table := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
		ill := false
		for _, f := range findings {
			mark := "ok"
			if f.todo != "" {
				mark, ill = "—", ill || f.vital
			}
			fmt.Fprintf(table, "%s\t%s\t%s\n", mark, f.what, f.found)
			for line := range strings.Lines(f.todo) {
				fmt.Fprintf(table, "\t\t→ %s\n", strings.TrimSpace(line))
			}
		}
		table.Flush()
		if err := setup.CheckBackend(); err != nil {
			fmt.Fprintf(c.stdout, "\nCells have no backend: %v.\n", err)
		} else {
			choice := setup.ChooseBackend(c.paths)
			fmt.Fprintf(c.stdout, "\nCells will use the backend %s: %s.\n", choice.Backend, choice.Why)
		}
		if ill {
			return errors.New("notebooks cannot run until this is fixed")
		}
		return nil
	}
}

// machineFindings reports on what must be installed beforehand.
func machineFindings(ctx context.Context) []finding {
	found := []finding{goFinding(ctx), pythonFinding(ctx), compilerFinding()}
	system := finding{what: "System", found: runtime.GOOS + "/" + runtime.GOARCH}
	if !setup.HasWheels {
		system.found += ": no pinned XLA plugin, so cells run on the Go backend unless LIEGG_PLUGIN names one"
	}
	if err := setup.CheckBackend(); err != nil {
		found = append(found, finding{"Backend", "cannot be used", err.Error(), true})
	}
	found = append(found, system)
	return append(found, gpuFindings(ctx)...)
}

func goFinding(ctx context.Context) finding {
	path, err := setup.RealGo()
	if err != nil {
		return finding{"Go", "missing", err.Error(), true}
	}
	version, err := system.Output(system.Child(ctx, time.Second, path, "version"))
	if err != nil {
		return finding{"Go", path, err.Error(), true}
	}
	return finding{what: "Go", found: strings.TrimPrefix(strings.TrimSpace(string(version)), "go version ") + ", " + path}
}

func pythonFinding(ctx context.Context) finding {
	path, err := setup.FindPython(ctx)
	if err != nil {
		return finding{"Python", "missing or unsuitable", err.Error(), true}
	}
	return finding{what: "Python", found: path}
}

func compilerFinding() finding {
	if !setup.HasCompiler() {
		return finding{what: "C compiler", found: "missing", todo: "XLA needs one: Debian, Ubuntu: apt-get install gcc; Fedora: dnf install gcc; macOS: xcode-select --install"}
	}
	for _, name := range []string{os.Getenv("CC"), "gcc", "clang", "cc"} {
		if path, err := exec.LookPath(name); err == nil && name != "" {
			return finding{what: "C compiler", found: path}
		}
	}
	return finding{what: "C compiler", found: os.Getenv("CC")}
}

// preparedFindings reports on what prepare makes. Only the folder is vital,
// because lab and run make the rest.
func preparedFindings(p setup.Paths) []finding {
	private := finding{what: "Private folder", found: p.Cache, vital: true}
	if p.ReadOnly() {
		private.found += ", which is read-only: kernels write to " + p.Tmp()
	}
	if err := p.CheckOwn(); err != nil {
		private.todo = err.Error()
	}
	found := []finding{private}
	for _, s := range setup.Steps() {
		f := finding{what: s.Name, found: s.Made(p)}
		state, err := s.State(p)
		damage := s.Damage(p, true)
		switch {
		case err != nil:
			f.found, f.todo = "unknown", err.Error()
		case s.Name == "cuda" && state == setup.StateMissing:
			f.found = "not prepared; for an NVIDIA GPU: go run ./kernel prepare --cuda (" + setup.Megabytes(setup.CudaBytes()) + ")"
		case s.Name == "cuda" && state == setup.StateDone && damage == nil:
			f.found = setup.CUDAVersion(p) + ", " + f.found
		case s.Name == "gopls" && state != setup.StateDone:
			f.found, f.todo = "missing: no completion in cells", "lab and install build it; or go run ./kernel prepare gopls"
		case state == setup.StateFailed:
			f.found, f.todo = "could not be prepared", "go run ./kernel prepare "+s.Name+" tries again and says why not"
		case state == setup.StateDamaged || state == setup.StateDone && damage != nil:
			f.found, f.todo = fmt.Sprintf("damaged: %v", damage), "lab and run make it again; or go run ./kernel prepare "+s.Name
		case state == setup.StateMissing:
			f.found, f.todo = "not prepared yet", "lab and run prepare it; or go run ./kernel prepare "+s.Name
		}
		found = append(found, f)
	}
	return append(found, userSpecFinding())
}

func userSpecFinding() finding {
	f := finding{what: "Your own Jupyter", found: "does not offer the kernel; go run ./kernel install adds it"}
	if data, err := userJupyterData(); err == nil && system.Exists(setup.SpecFolder(data)) {
		f.found = "offers " + setup.DisplayName + ", " + setup.SpecFolder(data)
	}
	return f
}
