package system

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestMakeAsideKeepsWhatWasThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder")
	fill := func(text string, err error) error {
		return MakeFolderAtomically(path, func(dir string) error {
			return errors.Join(os.WriteFile(filepath.Join(dir, "file"), []byte(text), 0o600), err)
		})
	}
	for _, c := range []struct {
		text string
		err  error
		want string
	}{{"one", nil, "one"}, {"two", errors.New("no network"), "one"}, {"three", nil, "three"}} {
		if err := fill(c.text, c.err); !errors.Is(err, c.err) {
			t.Errorf("%s: %v", c.text, err)
		}
		if got, err := os.ReadFile(filepath.Join(path, "file")); string(got) != c.want {
			t.Errorf("after %s: %q, %v", c.text, got, err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), UnfinishedMark+"*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestLockIsForOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := LockFile(t.Context(), path, func() { t.Error("nobody has the lock") })
	if err != nil {
		t.Fatal(err)
	}
	waited := false
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := LockFile(ctx, path, func() { waited = true }); !errors.Is(err, context.DeadlineExceeded) || !waited {
		t.Errorf("the second one got the lock, or did not wait: %v", err)
	}
	unlock()
	unlock, err = LockFile(t.Context(), path, func() { t.Error("the lock is free") })
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}
