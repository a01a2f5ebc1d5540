package network

import (
	"bytes"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/keep"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
)

// throughStore returns what is read after v was kept, and fails unless it was computed once.
func throughStore[T any](t *testing.T, name string, v T) (read T) {
	t.Helper()
	calls := 0
	told := expect.Stderr(t, func() {
		for range 2 {
			read = keep.Value(name, func() T { calls++; return v })
		}
	})
	if calls != 1 || told != "" {
		t.Errorf("%s is computed %d times: %s", name, calls, told)
	}
	return read
}

func TestNetworksAndTensorsAreKept(t *testing.T) {
	t.Setenv("LIEGG_CACHE", t.TempDir())
	n, err := New(MLP{Hidden: []int{4}, Outputs: 2, Bias: true}, shapes.Make(dtypes.Float64, 3), 7)
	expect.NoError(t, err)
	n.History = History{{Step: 3, Loss: .5, Validation: .25, Accuracy: 1}}
	x := tensors.FromFlatDataAndDimensions([]float64{1, 2, 3, 4, 5, 6}, 2, 3)
	type pair struct {
		network *Network
		x, none *tensors.Tensor
	}
	read := throughStore(t, "pair", &pair{network: n, x: x})
	want, err := n.Predict(x)
	expect.NoError(t, err)
	got, err := read.network.Predict(read.x)
	expect.NoError(t, err)
	if !got.Equal(want) || read.none != nil || len(read.network.History) != 1 || read.network.History[0] != n.History[0] {
		t.Errorf("read %v, %v, wrote %v, %v", got, read.network.History, want, n.History)
	}
	var once, again bytes.Buffer
	expect.NoError(t, writeNetwork(n, &once))
	expect.NoError(t, writeNetwork(read.network, &again))
	if !bytes.Equal(once.Bytes(), again.Bytes()) {
		t.Error("equal networks are written differently, so values that depend on them are computed anew")
	}
}

func TestVerdictsAreKept(t *testing.T) {
	t.Setenv("LIEGG_CACHE", t.TempDir())
	f := Exact(func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) })
	x := normals64(400, 3)
	for name, a := range map[string]action.Action{
		"linear": action.Linear(3, 1), "affine": action.Affine(3, 1), "polynomial": action.Polynomial(3, 1, 1),
		"pair": action.Equivariant(action.Linear(3, 1), rep.Direct(rep.Invariants(3, 1))),
		"some": action.Restricted(action.Linear(3, 1), lie.SO(3)), "product": action.Product(action.Part{Action: action.Linear(3, 1), Shape: []int{3}}),
	} {
		v, err := Judge(f, a, Tensor(x), Settings{})
		expect.NoError(t, err)
		read := throughStore(t, name, v)
		if read.String() != v.String() || read.Details() != v.Details() {
			t.Errorf("%s: read %v, wrote %v", name, read.Details(), v.Details())
		}
		spectrum := throughStore(t, name+" spectrum", v.Spectrum)
		if spectrum.String() != v.Spectrum.String() {
			t.Errorf("%s: the spectrum is read as %v", name, spectrum)
		}
	}
	b, err := JudgeByOutput(f, action.Linear(3, 1), Tensor(x), Settings{})
	expect.NoError(t, err)
	if read := throughStore(t, "breakdown", b); read.String() != b.String() {
		t.Errorf("read %v, wrote %v", read, b)
	}
}
