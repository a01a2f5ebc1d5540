package extraction

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// bare sums the chunks of a stream for a spectrum on a backend, and returns how many chunks came.
func bare(n Network, b compute.Backend, a action.Action, in stream.Inputs, s Settings) (sum liegg.Chunk, chunks int, err error) {
	n.Backend = b
	for c, err := range Chunks(n, a, stream.Cut(in, b, s.Batch), s, nil) {
		if err != nil {
			return sum, chunks, err
		}
		chunks++
		sum.Samples, sum.Idle, sum.Outputs, sum.Estimated = sum.Samples+c.Samples, sum.Idle+c.Idle, c.Outputs, c.Estimated
		sum.Gram, sum.Metric = linalg.Plus(sum.Gram, c.Gram), linalg.Plus(sum.Metric, c.Metric)
	}
	return sum, chunks, nil
}

// onDevice is a stream of x alone, which lies on a device.
func onDevice(t *testing.T, x *tensors.Tensor, b compute.Backend) stream.Inputs {
	return func(yield func(*tensors.Tensor, error) bool) { yield(ok(stream.OnDevice(x, b))(t), nil) }
}

// A device that does not share its memory adds up the same sums as the host does from the results of
// each chunk, whether samples come from the host or lie on the device: up to rounding in float64, for
// any numbers of outputs, candidates and samples, both types, and all modes.
func TestSumsOnADevice(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	apart := networktest.Apart(t, device.Variable, device.New)
	host := ok(expect.WithoutChoice(device.New))(t)
	if !host.HasSharedBuffers() {
		t.Skip("no backend here shares its memory")
	}
	random := rand.New(rand.NewPCG(5, 0))
	for range 10 {
		dim, outputs, samples, batch := 2+random.IntN(5), 1+random.IntN(6), 50+random.IntN(400), 1+random.IntN(120)
		mode := []jacobian.Mode{jacobian.AutoMode, jacobian.ReverseMode, jacobian.TangentMode, jacobian.CoordinateMode}[random.IntN(4)]
		a := []action.Action{action.Linear(dim, 1), action.Affine(dim, 1), action.Restricted(action.Linear(dim, 1), lie.SO(dim))}[random.IntN(3)]
		s := Settings{Mode: mode, Gram: true, Batch: batch}
		x := networktest.Normal[float64](random.Uint64(), samples, dim)
		if random.IntN(2) == 0 {
			x = single(x)
		}
		if random.IntN(2) == 0 {
			s.Head = centred{}
		}
		seed := random.Uint64()
		net := func() Network { return perceptron(seed, dim, 8, outputs+1) } // variables stay on one backend
		t.Run(fmt.Sprint(a, mode, x.Shape(), outputs, batch, s.Head), func(t *testing.T) {
			want, _, err := bare(net(), host, a, inputs(x), s)
			if err != nil {
				t.Fatal(err)
			}
			there := net()
			for name, in := range map[string]stream.Inputs{"the host": inputs(x), "the device": onDevice(t, x, apart)} {
				got, chunks, err := bare(there, apart, a, in, s)
				if err != nil {
					t.Fatal(err)
				}
				if chunks != 1 {
					t.Errorf("from %s: sums were read %d times, want once", name, chunks)
				}
				alike(t, "from "+name, got, want)
			}
		})
	}
}

// alike tests that two sums are equal up to rounding in float64.
func alike(t *testing.T, name string, got, want liegg.Chunk) {
	t.Helper()
	if got.Samples != want.Samples || got.Idle != want.Idle || got.Outputs != want.Outputs || got.Estimated != want.Estimated {
		t.Errorf("%s: %d samples, %d idle, %d outputs, estimated %v; want %d, %d, %d, %v", name, got.Samples, got.Idle, got.Outputs, got.Estimated, want.Samples, want.Idle, want.Outputs, want.Estimated)
	}
	for what, pair := range map[string][2]mat.Symmetric{"Gram matrix": {got.Gram, want.Gram}, "metric": {got.Metric, want.Metric}} {
		a, b := linalg.Whole(pair[0]), linalg.Whole(pair[1])
		var off mat.Dense
		off.Sub(a, b)
		if d := mat.Norm(&off, 2); !(d <= 0x1p-46*mat.Norm(b, 2)) {
			t.Errorf("%s: the %s differs by %.1e of its norm", name, what, d/mat.Norm(b, 2))
		}
	}
}

// With sums on a device, samples that are not finite, networks that mix samples, and samples without
// a gradient are found as on the host.
func TestSumsOnADeviceFindWhatIsWrong(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	apart := networktest.Apart(t, device.Variable, device.New)
	goBackend := networktest.GoBackend(t)
	square := func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) }
	spoilt := networktest.Normal[float64](1, 300, 3)
	tensors.MustMutableFlatData(spoilt, func(v []float64) {
		v[3*207+1], v[3*250] = math.NaN(), math.Inf(-1)
		v[3*40+2] = 1e200 // its square overflows
	})
	steep := networktest.Normal[float64](2, 300, 3)
	tensors.MustMutableFlatData(steep, func(v []float64) {
		clear(v[3*100 : 3*150])
		v[3*7] = 1e9
	})
	for name, c := range map[string]struct {
		f func(x *Node) *Node
		x *tensors.Tensor
	}{
		"not finite":     {square, spoilt},
		"mixing samples": {func(x *Node) *Node { return Mul(square(x), ReduceAllMean(x)) }, networktest.Normal[float64](3, 300, 3)},
		"idle":           {square, steep},
	} {
		s := Settings{Gram: true, Batch: 64, Mode: jacobian.ReverseMode}
		want, _, wantErr := bare(exact(c.f), goBackend, action.Linear(3, 1), inputs(c.x), s)
		got, _, err := bare(exact(c.f), apart, action.Linear(3, 1), onDevice(t, c.x, apart), s)
		if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Errorf("%s: the error %v, want %v", name, err, wantErr)
		}
		if (name == "idle") != (err == nil) || got.Idle != want.Idle || name == "idle" && got.Idle != 50 {
			t.Errorf("%s: %d idle samples, want %d; the error %v", name, got.Idle, want.Idle, err)
		}
	}
}
