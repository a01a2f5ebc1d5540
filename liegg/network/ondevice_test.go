package network

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
)

// A verdict is the same whether samples lie on the host or on a device with its own memory, or are shared
// out among several. So is a spectrum, also about the mean of the samples and for samples in groups.
func TestVerdictOnADevice(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	shared, apart := xla(t), networktest.Apart(t, BackendVariable, NewBackend)
	if !shared.HasSharedBuffers() {
		t.Skip("no backend here shares its memory")
	}
	on := func(b compute.Backend) *Network {
		n := ok(New(small, shapes.Make(dtypes.Float32, 10), 3))(t)
		n.Backend = b
		return n
	}
	x := normal32(5, 3100, 10)
	lies := ok(x.LocalClone())(t)
	done(t, lies.ToDevice(apart, 0))
	there := func(yield func(*tensors.Tensor, error) bool) { yield(onDevice(lies, apart), nil) }
	for name, s := range map[string]Settings{
		"alone":     {},
		"in groups": {Groups: GroupsOfLengths(slices.Repeat([]int{31}, 100)...)},
	} {
		want := ok(Judge(on(shared), action.Linear(5, 2), Tensor(x), s))(t)
		for _, devices := range []string{"1", "all"} {
			t.Setenv(DevicesVariable, devices)
			got := ok(Judge(on(apart), action.Linear(5, 2), there, s))(t)
			if got.String() != want.String() {
				t.Errorf("%s, devices: %s: the verdict\n%v\nwant\n%v", name, devices, got, want)
			}
		}
	}
	want := ok(Analyze(on(shared), action.Affine(5, 2), Tensor(x), Settings{}))(t)
	got := ok(Analyze(on(apart), action.Affine(5, 2), there, Settings{}))(t)
	largest := want.BySingular[len(want.BySingular)-1].Singular
	for i, g := range want.BySingular {
		if other := got.BySingular[i].Singular; math.Abs(other-g.Singular) > 1e-6*largest {
			t.Errorf("singular value %d: %g, want %g", i, other, g.Singular)
		}
	}
}

// A tensor is copied to a device of its own memory, from the host or there, and stays as it is. Memory
// that the program shares, and types that no network takes, get no copy.
func TestTensorOnADevice(t *testing.T) {
	apart := networktest.Apart(t, BackendVariable, NewBackend)
	x := normal32(1, 100, 4)
	lies := ok(x.LocalClone())(t)
	done(t, lies.ToDevice(apart, 0))
	for name, from := range map[string]*tensors.Tensor{"the host": x, "the device": lies} {
		copied := onDevice(from, apart)
		if copied == nil || copied.IsLocal() || !copied.IsOnDevice(0) || from.IsLocal() != (from == x) {
			t.Fatalf("from %s: the copy %v", name, copied)
		}
		if !slices.Equal(tensors.MustCopyFlatData[float32](copied), tensors.MustCopyFlatData[float32](x)) {
			t.Errorf("from %s: other numbers", name)
		}
		finalize(copied)
		if !from.Ok() {
			t.Errorf("from %s: the tensor itself was freed", name)
		}
	}
	if onDevice(x, goBackend(t)) != nil || onDevice(tensors.FromValue([][]int32{{1}}), apart) != nil {
		t.Error("a copy that is of no use")
	}
}

// On a device with its own memory, blocks run together for every network and action, and each has the
// sums that it has alone.
func TestBlocksTogetherOnADevice(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	apart := networktest.Apart(t, BackendVariable, NewBackend)
	for name, c := range map[string]struct {
		n *Network
		a action.Action
		x *tensors.Tensor
		s Settings
	}{
		"images":           {Exact(waves(3)), action.ImageAffine(6, 5), normal(3, 2500, 6, 5), Settings{BySize: true, Gram: true}},
		"restricted":       {Exact(waves(1)), action.Restricted(action.Linear(3, 2), lie.SO(3)), normal(1, 2999, 6), Settings{Batch: 70}},
		"rows":             {Exact(waves(2)), action.ImageLinear(3, 4), normal(1, 2500, 3, 4), Settings{BySize: true}},
		"outputs move":     {Exact(waves(2)), action.Covariant(action.Linear(2, 2), action.Unknown(2)), normal32(1, 2500, 4), Settings{}},
		"outputs are tied": {Exact(waves(2)), action.Equivariant(action.Linear(2, 2), rep.Standard(2)), normal(1, 2500, 4), Settings{Gram: true}},
		"polynomials":      {Exact(waves(1)), action.Polynomial(2, 2, 2), normal32(1, 2500, 4), Settings{}},
	} {
		c.n.Backend = apart
		compareBlocks(t, name, c.n, c.a, c.x, c.s)
	}
}
