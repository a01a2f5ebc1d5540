//go:build unix

package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func holds(t *testing.T, path, want string, mode os.FileMode) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || string(data) != want || info.Mode() != mode {
		t.Errorf("%s holds %q with the mode %v, not %q with %v (%v)", path, data, info.Mode(), want, mode, err)
	}
}

func TestWriteKeepsModeAndOwner(t *testing.T) {
	old := syscall.Umask(0o027)
	defer syscall.Umask(old)
	path := filepath.Join(t.TempDir(), "rows.csv")
	if err := Write(path, text("one")); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "one", 0o640) // a new file obeys the umask
	for _, mode := range []os.FileMode{0o600, 0o644, 0o666} {
		if err := errors.Join(os.Chmod(path, mode), Write(path, text(mode.String()))); err != nil {
			t.Fatal(err)
		}
		holds(t, path, mode.String(), mode)
	}
	if os.Getuid() != 0 {
		return // only root may give files away
	}
	if err := errors.Join(os.Chown(path, 1234, 2345), Write(path, text("theirs"))); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if s := info.Sys().(*syscall.Stat_t); s.Uid != 1234 || s.Gid != 2345 {
		t.Errorf("the file is now of %d:%d", s.Uid, s.Gid)
	}
}

func TestWriteFollowsNoLink(t *testing.T) {
	folder := t.TempDir()
	victim, path := filepath.Join(folder, "victim"), filepath.Join(folder, "page.html")
	if err := errors.Join(os.WriteFile(victim, []byte("mine"), 0o600), os.Symlink(victim, path), Write(path, text("page"))); err != nil {
		t.Fatal(err)
	}
	holds(t, victim, "mine", 0o600)
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		t.Errorf("the page is %v, %v", info, err)
	}
}

func TestWriteLeavesWhatWasThere(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "report.json")
	broken := errors.New("no more numbers")
	half := func(w io.Writer) error { return errors.Join(text("ha")(w), broken) }
	if err := errors.Join(os.WriteFile(path, []byte("before"), 0o640)); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, half); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	holds(t, path, "before", 0o640)
	if err := Write(filepath.Join(folder, "none", "x"), text("")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 || strings.HasPrefix(entries[0].Name(), ".") {
		t.Errorf("left are %v, %v", entries, err)
	}
}
