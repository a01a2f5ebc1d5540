package setup

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/liegg/lab/kernel/internal/system"
)

//go:embed embedded/requirements.txt
var requirements []byte

func pythonStep() step {
	return step{
		Name:   "python",
		about:  "JupyterLab in a virtual environment (downloads about 45 MB)",
		shared: true,
		// Checkouts with other pins have environments of their own.
		edition: venvKey()[:12],
		Made:    Paths.Python,
		key:     func(Paths) (string, error) { return venvKey(), nil },
		do:      makeVenv,
	}
}

// venvKey is a digest of everything that the virtual environment depends on.
// Increase the number when the way of making it changes.
func venvKey() string { return system.Digest(requirements, []byte(overrides), []byte("2")) }

// overrides are JupyterLab's initial settings: no pop-up that asks whether to
// fetch news, no network check for newer versions, and no question about the
// kernel of a notebook without one.
const overrides = `{
  "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false},
  "@jupyterlab/notebook-extension:tracker": {"autoStartDefaultKernel": true}
}
`

// makeVenv makes the virtual environment in a temporary folder and moves it
// into place. Its Python finds itself anywhere; its scripts are told the
// final path.
func makeVenv(ctx context.Context, p Paths, say *Progress) error {
	base, err := FindPython(ctx)
	if err != nil {
		return err
	}
	return system.MakeFolderAtomically(p.venv(), func(dir string) error {
		if _, err := system.Output(system.Child(ctx, time.Second, base, "-I", "-m", "venv", "--prompt", "liegg", dir)); err != nil {
			return fmt.Errorf("%w\n%s", err, pythonAdvice)
		}
		list := filepath.Join(dir, "requirements.txt")
		if err := os.WriteFile(list, requirements, 0o600); err != nil {
			return err
		}
		install := pip(ctx, filepath.Join(dir, "bin", "python"),
			"install", "--no-deps", "--require-hashes", "-r", list)
		if _, err := system.Output(install); err != nil {
			return err
		}
		if err := relocate(dir, p.venv()); err != nil {
			return err
		}
		settings := filepath.Join(dir, "share", "jupyter", "lab", "settings", "overrides.json")
		return system.WriteAtomically(settings, []byte(overrides), 0o600)
	})
}

// relocate makes the scripts of a virtual environment in dir work at path,
// because each names its Python by the full path.
func relocate(dir, path string) error {
	scripts, err := filepath.Glob(filepath.Join(dir, "bin", "*"))
	if err != nil {
		return err
	}
	for _, script := range append(scripts, filepath.Join(dir, "pyvenv.cfg")) {
		info, err := os.Lstat(script)
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			continue // a link to Python
		}
		text, err := os.ReadFile(script)
		if err != nil {
			return err
		}
		if !bytes.Contains(text, []byte(dir)) || bytes.IndexByte(text, 0) >= 0 {
			continue // or a program of its own
		}
		if err := system.WriteAtomically(script, bytes.ReplaceAll(text, []byte(dir), []byte(path)), info.Mode().Perm()); err != nil {
			return err
		}
	}
	return nil
}

// pip returns the pip of the given Python. It obeys the user's settings of
// index, proxy and certificates, but not of where to install.
func pip(ctx context.Context, python string, args ...string) *exec.Cmd {
	cmd := system.Child(ctx, 2*time.Second, python, append([]string{"-I", "-m", "pip"}, args...)...)
	cmd.Env = system.WithEnv(os.Environ(), "PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_NO_INPUT=1",
		"PIP_USER=0", "PIP_TARGET=", "PIP_PREFIX=", "PIP_REQUIRE_VIRTUALENV=0", "PIP_PROGRESS_BAR=off")
	return cmd
}

const pythonAdvice = `Python 3.10 or later with its venv module is needed:
  Debian, Ubuntu: apt-get install python3 python3-venv
  Fedora:         dnf install python3
  macOS:          brew install python3
LIEGG_PYTHON names one that is not on the PATH.`

// FindPython returns the first Python that is new enough and complete.
func FindPython(ctx context.Context) (string, error) {
	names := []string{"python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python"}
	if named := os.Getenv("LIEGG_PYTHON"); named != "" {
		names = []string{named}
	}
	var reasons []string
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if err := checkPython(ctx, path); err != nil {
			reasons = append(reasons, fmt.Sprintf("%s: %v", path, err))
			continue
		}
		return path, nil
	}
	if len(reasons) == 0 {
		reasons = []string{"there is no Python"}
	}
	return "", errors.New(strings.Join(reasons, "\n") + "\n" + pythonAdvice)
}

func checkPython(ctx context.Context, path string) error {
	const question = `import sys
if sys.version_info < (3, 10): sys.exit("is Python %d.%d" % sys.version_info[:2])
try: import venv, ensurepip
except ImportError as e: sys.exit("lacks the module %s" % e.name)`
	said, err := system.Child(ctx, time.Second, path, "-I", "-c", question).CombinedOutput()
	if err != nil && len(said) > 0 {
		return errors.New(system.LastLines(string(said), 1))
	}
	return err
}
