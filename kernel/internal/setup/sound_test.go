package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/liegg/lab/kernel/internal/system"
)

// pinnedPlugin lays a file in the place of the plugin and pins it instead of
// the real ones.
func pinnedPlugin(t *testing.T) Paths {
	t.Helper()
	p := Paths{Cache: t.TempDir(), Checkout: prepared.Checkout}
	if err := os.MkdirAll(filepath.Dir(p.plugin()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.plugin(), []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	real := pluginWheels
	t.Cleanup(func() { pluginWheels = real })
	// The example of FIPS 180-2, appendix B.1.
	pluginWheels = []wheel{{Project: "abc", LibrarySHA256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}
	key, err := xlaStep().key(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := system.WriteAtomically(xlaStep().stamp(p), []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func stateOf(t *testing.T, s step, p Paths) stepState {
	t.Helper()
	state, err := s.State(p)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func TestDamagedPluginIsSeen(t *testing.T) {
	p := pinnedPlugin(t)
	if state := stateOf(t, xlaStep(), p); state != StateDone {
		t.Fatalf("the pinned plugin is in the state %d", state)
	}
	info, err := os.Stat(p.plugin())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content string
		changed time.Time
		warm    stepState // as it is seen at each start
	}{
		"cut":                {"ab", time.Now(), StateDamaged},
		"cut, with its time": {"ab", info.ModTime(), StateDamaged},
		"changed":            {"abd", time.Now().Add(time.Second), StateDamaged},
		"rotten":             {"abd", info.ModTime(), StateDone}, // which only doctor's look at all of it shows
		"touched":            {"abc", time.Now().Add(time.Minute), StateDone},
	} {
		os.WriteFile(p.plugin(), []byte("abc"), 0o600)
		os.Chtimes(p.plugin(), info.ModTime(), info.ModTime())
		stateOf(t, xlaStep(), p)
		os.WriteFile(p.plugin(), []byte(c.content), 0o600)
		os.Chtimes(p.plugin(), c.changed, c.changed)
		if state := stateOf(t, xlaStep(), p); state != c.warm {
			t.Errorf("%s: state %d, want %d", name, state, c.warm)
		}
		if err := xlaStep().Damage(p, true); (err != nil) != (c.content != "abc") {
			t.Errorf("%s: doctor is told of the damage %v", name, err)
		}
		if c.warm == StateDamaged && os.Getenv("LIEGG_PLUGIN") == "" && HasCompiler() {
			t.Setenv("LIEGG_BACKEND", "")
			if got := ChooseBackend(p); got.Backend != "go" || !strings.Contains(got.Why, "prepare xla") {
				t.Errorf("%s: cells use %+v", name, got)
			}
		}
	}
}

// What is damaged is removed even if it cannot be made again.
func TestDamagedResultIsNotUsed(t *testing.T) {
	p := Paths{Cache: t.TempDir(), Checkout: prepared.Checkout}
	made := filepath.Join(p.Cache, "thing")
	whole := true
	s := step{
		Name: "thing", shared: true, optional: true,
		Made:  func(Paths) string { return made },
		key:   func(Paths) (string, error) { return "key", nil },
		sound: func(Paths, bool) error { return map[bool]error{false: errors.New("cut")}[whole] },
		do:    func(context.Context, Paths, *Progress) error { return os.WriteFile(made, nil, 0o600) },
	}
	quiet, _ := say()
	if err := s.run(t.Context(), p, quiet, 0, 1, true); err != nil || stateOf(t, s, p) != StateDone {
		t.Fatalf("state %d, %v", stateOf(t, s, p), err)
	}
	whole = false
	s.do = func(context.Context, Paths, *Progress) error { return errors.New("no network") }
	if err := s.run(t.Context(), p, quiet, 0, 1, false); err != nil || system.Exists(made) || stateOf(t, s, p) != StateFailed {
		t.Errorf("it is left: %v, state %d, %v", system.Exists(made), stateOf(t, s, p), err)
	}
}

func TestMissingToolsAreSeen(t *testing.T) {
	if err := toolsSound(prepared, false); err != nil {
		t.Error(err)
	}
	p := Paths{Cache: t.TempDir(), Checkout: prepared.Checkout}
	lay := func() {
		for _, path := range append(inFolder(p.Bin(), toolNames), filepath.Join(p.Shim(), "go")) {
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("program"), 0o700)); err != nil {
				t.Fatal(err)
			}
		}
	}
	lay()
	if err := noteSizes(p.Bin()); err != nil {
		t.Fatal(err)
	}
	for _, path := range append(inFolder(p.Bin(), toolNames), filepath.Join(p.Shim(), "go")) {
		lay()
		if err := toolsSound(p, false); err != nil {
			t.Error(err)
		}
		os.Remove(path)
		if err := toolsSound(p, false); err == nil || !strings.Contains(err.Error(), filepath.Base(path)) {
			t.Errorf("without %s: %v", path, err)
		}
	}
	lay()
	os.WriteFile(filepath.Join(p.Bin(), "gonb"), []byte("prog"), 0o700)
	if err := toolsSound(p, false); err == nil || !strings.Contains(err.Error(), "gonb") || !strings.Contains(err.Error(), "4 bytes instead of 7") {
		t.Errorf("with half of gonb: %v", err)
	}
}

func TestSizes(t *testing.T) {
	dir := t.TempDir()
	if err := sizesSound(dir); err != nil {
		t.Errorf("a folder without a list: %v", err)
	}
	for i := range 3 {
		path := filepath.Join(dir, fmt.Sprint("a folder", i), "a file")
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, make([]byte, i), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(noteSizes(dir), sizesSound(dir), system.ToDisk(dir)); err != nil {
		t.Error(err)
	}
	os.Remove(filepath.Join(dir, "a folder2", "a file"))
	if err := sizesSound(dir); err == nil || !strings.Contains(err.Error(), "a folder2/a file is missing") {
		t.Errorf("without a file: %v", err)
	}
}
