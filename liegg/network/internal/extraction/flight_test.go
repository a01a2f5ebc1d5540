package extraction

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Chunks on several devices have the same bits as on one: rows, sums that stay on devices, sums of a
// verdict, probes, and samples from the host and on the first device. So have chunks after the
// variables have changed.
func TestSameBitsOnSeveralDevices(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	apart := networktest.Apart(t, device.Variable, device.New)
	if apart.NumDevices() < 3 {
		t.Skip("the backend has too few devices")
	}
	x := networktest.Normal[float64](3, 1003, 4)
	for name, c := range map[string]struct {
		s       Settings
		verdict bool
	}{
		"rows":                {s: Settings{Batch: 100}},
		"sums":                {s: Settings{Batch: 100, Gram: true}},
		"probes":              {s: Settings{Batch: 100, Gram: true, Mode: jacobian.TangentMode}},
		"verdict":             {s: Settings{Batch: 50, Mode: jacobian.ReverseMode, Grouped: true}, verdict: true},
		"verdict with blocks": {s: Settings{Batch: 10, Together: 7, Gram: true}, verdict: true},
	} {
		n := perceptron(7, 4, 8, 3)
		n.Backend = apart
		on := func(devices string, there bool) (all []float64) {
			t.Setenv(device.CountVariable, devices)
			in, beginning := inputs(x), x
			if there {
				in = onDevice(t, x, apart)
			}
			if !c.verdict {
				beginning = nil
			}
			for one, err := range Chunks(n, action.Linear(4, 1), stream.CutInBlocks(in, apart, c.s.Batch, max(1, c.s.Together)), c.s, beginning) {
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, numbersIn(one)...)
			}
			return all
		}
		for range 2 {
			want := on("1", false)
			for _, devices := range []string{"3", "all"} {
				for _, there := range []bool{false, true} {
					same(t, fmt.Sprintf("%s on %s devices, samples on the first: %v", name, devices, there), on(devices, there), want)
				}
			}
			for v := range n.Store.IterVariables() { // as training does
				if err := v.SetValue(networktest.Normal[float32](99, v.Shape().Dimensions[0], v.Shape().Dimensions[1])); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// numbersIn lists the numbers of a chunk.
func numbersIn(c liegg.Chunk) (all []float64) {
	all = append(all, float64(c.Samples), float64(c.Idle), float64(c.Repeats))
	if c.Rows != nil {
		all = append(all, c.Rows.RawMatrix().Data...)
	} else {
		all = append(all, linalg.Whole(c.Gram).RawSymmetric().Data...)
	}
	all = append(all, linalg.Whole(c.Metric).RawSymmetric().Data...)
	if c.Plain != nil {
		all = append(all, numbersIn(*c.Plain)...)
		all = append(all, c.Moments.Unpaired, c.Moments.UnpairedMetric, c.Influence.Effective())
	}
	return all
}

func same(t *testing.T, name string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", name, len(got), len(want))
	}
	for i, v := range want {
		if got[i] != v {
			t.Fatalf("%s: number %d is %v, want %v", name, i, got[i], v)
		}
	}
}

// What is wrong with samples, networks, or the number of devices is reported as on one device.
func TestErrorsOnSeveralDevices(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	apart := networktest.Apart(t, device.Variable, device.New)
	x := networktest.Normal[float64](3, 1000, 3)
	square := func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) }
	far := func(x *Node) *Node { // not finite at about 1 of 700 samples
		one := Slice(x, AxisRange(), AxisRange(0, 1))
		return Log(MaxScalar(Sub(Scalar(x.Graph(), dtypes.Float64, 3), one), 0))
	}
	for name, f := range map[string]func(x *Node) *Node{
		"mixing samples": func(x *Node) *Node { return Mul(square(x), ReduceAllMean(x)) },
		"not finite":     far,
	} {
		var said []string
		for _, devices := range []string{"1", "all"} {
			t.Setenv(device.CountVariable, devices)
			_, _, err := bare(exact(f), apart, action.Linear(3, 1), inputs(x), Settings{Gram: true, Batch: 64, Mode: jacobian.ReverseMode})
			if err == nil {
				t.Fatalf("%s on %s devices: no error", name, devices)
			}
			said = append(said, err.Error())
		}
		if said[0] != said[1] {
			t.Errorf("%s: on one device %q, on several %q", name, said[0], said[1])
		}
	}
	for _, devices := range []string{"0", "two", "99"} {
		t.Setenv(device.CountVariable, devices)
		_, _, err := bare(exact(square), apart, action.Linear(3, 1), inputs(x), Settings{Gram: true, Batch: 64})
		if err == nil || !strings.Contains(err.Error(), device.CountVariable) {
			t.Errorf("%s devices: the error %v", devices, err)
		}
	}
}
