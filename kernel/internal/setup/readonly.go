package setup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ReadOnly reports whether the private folder is read-only, as in an image
// that was prepared once for many users. Prepared files are then used as they
// are, and kernels and Jupyter write to tmp while they run.
func (p Paths) ReadOnly() bool {
	const write = 2 // W_OK of access(2)
	err := syscall.Access(p.Cache, write)
	return errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM)
}

// makeTmp makes the folder tmp. In the system's folder for temporary files it
// must belong to this user, and nobody else may read it.
func (p Paths) makeTmp() error {
	if err := os.MkdirAll(p.Tmp(), 0o700); err != nil || !p.ReadOnly() {
		return err
	}
	info, err := os.Lstat(p.Tmp())
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 || !ok || int(stat.Uid) != os.Getuid() {
		return fmt.Errorf("%s belongs to another user, or others may read it: remove it, or set TMPDIR to a folder of your own", p.Tmp())
	}
	return nil
}

// Tmp is the folder for files that end with their kernel or JupyterLab.
func (p Paths) Tmp() string {
	if p.ReadOnly() {
		return filepath.Join(os.TempDir(), fmt.Sprintf("liegg-%d", os.Getuid()))
	}
	return filepath.Join(p.Cache, "tmp")
}

// Jupyter returns one of Jupyter's folders: data, config or workspaces.
// Jupyter writes to the last one while it runs.
func (p Paths) Jupyter(kind string) string {
	if kind == "workspaces" && p.ReadOnly() {
		return filepath.Join(p.Tmp(), filepath.Base(p.checkoutFolder()), kind)
	}
	return filepath.Join(p.checkoutFolder(), "jupyter", kind)
}

// mayPrepare returns an error if the folder is read-only and steps are
// missing.
func (p Paths) mayPrepare(todo []step) error {
	if len(todo) == 0 || !p.ReadOnly() {
		return nil
	}
	var names []string
	for _, s := range todo {
		names = append(names, s.Name)
	}
	return fmt.Errorf(`%s is read-only, and this remains to be prepared: %s
  Prepare it as a user who may write there, or use a copy: cp -a %[1]s FOLDER; export LIEGG_CACHE=FOLDER`, p.Cache, strings.Join(names, ", "))
}
