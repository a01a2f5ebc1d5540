package network

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
)

// Whatever lies in the place of an unfinished training, reading it is an error or gives
// tensors that can be used.
func FuzzUnfinished(f *testing.F) {
	u := &unfinished{Step: 3, Next: position{1, 2}, Best: math.Inf(1), History: History{{1, 2, math.NaN(), 0}},
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

// A description is refused or names a model, and a shape of inputs.
func FuzzDescription(f *testing.F) {
	f.Add([]byte(`{"MLP":{"Hidden":[3],"Outputs":1,"Bias":false,"Activation":""},"Input":[10],"Type":"Float32","History":null}`))
	f.Add([]byte(`{"CNN":{"Channels":[2],"Kernel":3,"Dense":{"Outputs":1}},"Input":[8,8],"Type":"Float64","History":[{"Step":1,"Loss":2,"Accuracy":1}]}`))
	f.Add([]byte(`{"MLP":{},"Input":[0],"Type":"Int32"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var d description
		if json.Unmarshal(text, &d) != nil {
			return
		}
		m, input, err := d.recipe()
		if err == nil && (m == nil || !input.DType.IsFloat()) {
			t.Errorf("%s is read as %v on %v", text, m, input)
		}
		history(d.History)
	})
}
