package flow_test

import (
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// ofColours are the means of red times green and of blue squared over the frame, weighted by
// ψ of the distance from the centre.
func ofColours(size int, ψ func(r float64) float64) *network.Network {
	plane := dataset.Plane{Height: size, Width: size}
	weights := make([]float64, size*size)
	for i := range weights {
		weights[i] = ψ(math.Hypot(plane.Point(float64(i/size), float64(i%size)))) / float64(size*size)
	}
	return inGo(func(x *Node) *Node {
		at := func(c int) *Node { return Squeeze(Slice(x, AxisRange(), AxisElem(c)), 1) }
		w := Reshape(ConvertDType(Const(x.Graph(), weights), x.DType()), 1, size, size)
		mean := func(of *Node) *Node { return ReduceSum(Mul(of, w), 1, 2) }
		return Stack([]*Node{mean(Mul(at(0), at(1))), mean(Square(at(2)))}, 1)
	})
}

func everywhere(float64) float64 { return 1 }
func inside(r float64) float64   { return math.Exp(-r * r / (2 * .3 * .3)) }

// Photographs fill their frame, so that their flows end on a background. Through a disc,
// rotations keep a function of the whole frame, reflected at the frame one of its inside, and
// wrapped around, translations keep one of the whole frame.
func TestPhotographs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const size = 16
	plane, x := action.ImageAffine(size, size, action.ChannelsFirst(3)), networktest.Photographs[float32](60, size)
	s := flow.Settings{Points: 4, Random: 1, Quiet: true}
	turn, shift := flow.Rotation(2, 0, 1).H, flow.Translation(2, 0).H
	for _, c := range []struct {
		name     string
		f        *network.Network
		along    string
		frame    action.Frame
		holds    bool
		contains string
	}{
		{"the inside on a background", ofColours(size, inside), "turn", action.Background, false, "leaves the data"},
		{"the whole through a disc", ofColours(size, everywhere), "turn", action.Disc, true, "inputs are seen through a disc"},
		{"the inside, reflected", ofColours(size, inside), "turn", action.Reflection, true, "inputs are continued by reflection"},
		{"the whole, wrapped", ofColours(size, everywhere), "shift", action.WrapAround, true, "inputs are continued by wrapping around"},
		{"the inside, wrapped and shifted", ofColours(size, inside), "shift", action.WrapAround, false, "inputs are continued by wrapping around"},
	} {
		h := turn
		if c.along == "shift" {
			h = shift
		}
		curve := ok(flow.Along(c.f, plane.Framed(c.frame), h, network.Tensor(x), s))(t)
		t.Logf("%s: %v", c.name, curve)
		if (curve.Holds == math.Pi) != c.holds {
			t.Errorf("%s: holds to %.3g", c.name, curve.Holds)
		}
		if last := len(curve.T) - 1; c.holds && curve.Delta[last] > 1e-3 {
			t.Errorf("%s: Δ = %.2g at the end", c.name, curve.Delta[last])
		}
		if !strings.Contains(curve.String(), c.contains) {
			t.Errorf("%s: %v does not say %q", c.name, curve, c.contains)
		}
	}
}

// By gradients and by flows, the colours of a photograph through a disc turn, and do nothing
// else, also after refinement; the answers say that there was a disc.
func TestPhotographsThroughADisc(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const size = 12 // pixels are coarse: refined generators are off by about .2°
	f, x := ofColours(size, everywhere), network.Tensor(networktest.Photographs[float32](240, size))
	disc := action.ImageAffine(size, size, action.ChannelsFirst(3)).Framed(action.Disc)
	s := flow.Settings{Points: 4, Random: 1, Quiet: true, Fit: flow.Fit{Flows: 4, Steps: 4}}
	j := ok(flow.Judge(f, disc, x, s))(t)
	t.Log(j)
	if r := j.Confirmed(); r == nil || r.Dim != 1 || lie.AngleTo(r.Algebra.Basis()[0], lie.SpanAffine("turn", disc.Generator([]float64{0, -1, 0, 1, 0, 0}))) > .01 {
		t.Errorf("the rotation is not confirmed:\n%v", j)
	}
	if !strings.Contains(j.String(), "inputs are "+disc.Frame()) {
		t.Errorf("no word of the disc:\n%v", j)
	}
	tilted := lie.SpanAffine("tilted", disc.Generator([]float64{.05, -1, .03, 1, .1, 0}))
	r := ok(flow.Refine(f, disc, tilted, x, s))(t)
	t.Log(r)
	if angle := degrees(lie.AngleTo(r.After.Basis()[0], lie.SpanAffine("turn", disc.Generator([]float64{0, -1, 0, 1, 0, 0})))); angle > .3 {
		t.Errorf("refined to %.3f° from a rotation", angle)
	}
	m := ok(flow.TestMap(f, disc, flow.Reflection(2, 0), x, s))(t)
	if m.Verdict != flow.Invariant || !strings.Contains(m.String(), "inputs are "+disc.Frame()) {
		t.Errorf("mirrored: %v", m)
	}
}
