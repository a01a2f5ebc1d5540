package network

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network/internal/storage"
)

// refused fails the test unless Load returns an error about the size of a folder with right checksums.
func refused(t *testing.T, folder string, words ...string) {
	t.Helper()
	done(t, storage.WriteSums(folder))
	_, err := Load(folder)
	expect.Error(t, err, append(words, folder)...)
	if !errors.Is(err, bounded.ErrBudget) {
		t.Errorf("%v is no ErrBudget", err)
	}
}

// Weights that unpack to more than the budget, and an index that claims more, are errors before memory
// is allocated.
func TestHugeNetworksAreNotRead(t *testing.T) {
	_, folder := stored(t)
	weights := ok(filepath.Glob(filepath.Join(folder, "checkpoint-*.bin")))(t)[0]
	index := ok(filepath.Glob(filepath.Join(folder, "checkpoint-*.json")))(t)[0]
	t.Setenv(bounded.Env, "1MiB")
	ok(Load(folder))(t)

	whole := ok(os.ReadFile(weights))(t)
	bomb := bytes.NewBufferString(storage.WeightsHeader)
	packed := gzip.NewWriter(bomb)
	ok(packed.Write(make([]byte, 4<<20)))(t)
	done(t, packed.Close())
	done(t, os.WriteFile(weights, bomb.Bytes(), 0o600))
	refused(t, folder, filepath.Base(weights), "unpack to at least 1048577 bytes", "the budget is 1048576", bounded.Env)
	done(t, os.WriteFile(weights, whole, 0o600))

	text := string(ok(os.ReadFile(index))(t))
	for _, dims := range []string{"1000000000", "400000", "4611686018427387904, 4", "-1"} {
		done(t, os.WriteFile(index, []byte(strings.Replace(text, `"Dimensions": [`, `"Dimensions": [`+dims+", ", 1)), 0o600))
		refused(t, folder, filepath.Base(index), "index")
	}
	done(t, os.WriteFile(index, []byte(text), 0o600))
	done(t, os.Truncate(weights, 1<<40))
	_, err := Load(folder)
	expect.Error(t, err, filepath.Base(weights), "1099511627776", "the budget is 1048576")
	done(t, os.WriteFile(weights, whole, 0o600))
	done(t, storage.WriteSums(folder))
	ok(Load(folder))(t)
}
