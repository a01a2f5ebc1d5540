package training

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/network"
)

// Reading any bytes as an unfinished training returns an error or usable tensors.
func FuzzUnfinished(f *testing.F) {
	u := &unfinished{Step: 3, Next: position{1, 2}, Best: math.Inf(1), History: network.History{{Step: 1, Loss: 2, Validation: math.NaN()}},
		Variables: []variable{{"/mlp/weights", true, tensors.FromValue([][]float32{{1, 2}, {3, 4}})}, {"/global_step", false, tensors.FromValue(int64(7))}},
		Kept:      []variable{{"/mlp/weights", true, tensors.FromValue([]float64{1, 2})}}}
	path := filepath.Join(f.TempDir(), "some"+unfinishedSuffix)
	if err := u.write(path); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	body := whole[len(unfinishedFile)+32:]
	f.Add(body)
	f.Add(body[:len(body)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		u, err := decodeUnfinished(body)
		if err != nil {
			return
		}
		for _, v := range u.all() {
			if err := v.value.ConstBytes(func(b []byte) { bytes.Count(b, nil) }); err != nil {
				t.Errorf("%s was read, but cannot be used: %v", v.Path, err)
			}
		}
	})
}
