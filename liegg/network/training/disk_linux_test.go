package training

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// If the disk is full, the training is not lost: the network is returned, stored files stay intact, and
// the next call stores the network once there is room. A limit on the size of files simulates the full
// disk, since it also truncates writes. It is set in a separate process, because go test itself writes a
// file meanwhile.
func TestFullDisk(t *testing.T) {
	const variable = "LIEGG_TEST_FULL_DISK"
	if os.Getenv(variable) == "" {
		child := exec.Command(os.Args[0], "-test.run=^TestFullDisk$")
		child.Env = append(os.Environ(), variable+"=1", network.BackendVariable+"=go")
		if said, err := child.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, said)
		}
		return
	}
	cache := t.TempDir()
	t.Setenv("LIEGG_CACHE", cache)
	parts, _ := o5(t, 16, 100)
	source := parts[0].Batches(50, 1)
	interrupted := smallSteps
	interrupted.Watch, _ = stopping(100)
	Cached(small, interrupted, source, nil)
	path := ok(filepath.Glob(filepath.Join(cache, "trainings", "*"+unfinishedSuffix)))(t)[0]
	before := ok(os.ReadFile(path))(t)

	var n *network.Network
	said := expect.Stderr(t, func() {
		defer limitFiles(t, 500)()
		later := smallSteps
		later.Watch, _ = stopping(150)
		Cached(small, later, source, nil)
		if now := ok(os.ReadFile(path))(t); !slices.Equal(now, before) {
			t.Error("the training that was stored before is spoiled")
		}
		n = ok(Cached(small, smallSteps, source, nil))(t)
	})
	for _, words := range []string{"training cannot be stored on its way", "trained network is not stored", "file too large"} {
		if !strings.Contains(said, words) {
			t.Errorf("it does not say %q: %q", words, said)
		}
	}
	if left := ok(filepath.Glob(filepath.Join(cache, "*", "*")))(t); len(left) != 2 { // the training and the note of its data
		t.Errorf("on the full disk there are %q", left)
	}
	sameNetworks(t, ok(Cached(small, smallSteps, source, nil))(t), n)
	if stored := ok(filepath.Glob(filepath.Join(cache, "networks", "*")))(t); len(stored) != 1 {
		t.Errorf("with room again, %q is stored", stored)
	}
}

// limitFiles lets no file grow beyond a size, until it is put back.
func limitFiles(t *testing.T, size uint64) (putBack func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	done(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	full := limit
	full.Cur = size
	done(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full))
	return func() {
		done(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
		signal.Reset(syscall.SIGXFSZ)
	}
}
