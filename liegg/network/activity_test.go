package network

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// above is relu(x₁ − c), which breaks all rotations that move x₁.
func above(c float64) func(x *Node) *Node {
	return func(x *Node) *Node { return positive(AddScalar(axis(x, 0), -c)) }
}

// shell is relu(|x|² − c), which breaks none.
func shell(c float64) func(x *Node) *Node {
	return func(x *Node) *Node { return positive(AddScalar(radius(x), -c)) }
}

func positive(x *Node) *Node { return Max(x, ZerosLike(x)) }

// step is the sign of x₁.
func step(x *Node) *Node { return Sign(axis(x, 0)) }

// sortedBy are samples x [n, 3] in the order of a key.
func sortedBy(x *tensors.Tensor, key func(v []float64) float64) *tensors.Tensor {
	values := tensors.MustCopyFlatData[float64](x)
	rows := slices.Collect(slices.Chunk(values, 3))
	slices.SortFunc(rows, func(a, b []float64) int { return cmp.Compare(key(a), key(b)) })
	return tensors.FromFlatDataAndDimensions(slices.Concat(rows...), len(rows), 3)
}

// An output that has a gradient at only a few samples, or late in the stream, is judged at
// these samples.
func TestOutputsThatSeldomVary(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := gaussian(7, 20000, ones(3)...)
	byFirst := sortedBy(x, func(v []float64) float64 { return v[0] })
	bySize := sortedBy(x, func(v []float64) float64 { return v[0]*v[0] + v[1]*v[1] + v[2]*v[2] })
	for name, c := range map[string]struct {
		x      *tensors.Tensor
		other  func(x *Node) *Node
		answer liegg.Answer
		dim    int
		reason string
	}{
		"late":            {byFirst, above(2.5), liegg.Undetermined, 3, "output 2 was left out"},
		"late, too few":   {byFirst, above(3.5), liegg.Undetermined, 3, "output 2 was left out"},
		"rare":            {x, above(3.2), liegg.Undetermined, 3, "output 2 has a gradient at"},
		"rare, symmetric": {x, shell(16), liegg.Symmetric, 3, ""},
		"late, symmetric": {bySize, shell(16), liegg.Symmetric, 3, ""},
		"never":           {x, above(100), liegg.Symmetric, 3, ""},
		"step":            {x, step, liegg.Undetermined, 3, "output 2 takes values from -1 to 1"},
	} {
		v := ok(Judge(inUnits([]float64{1, 1}, radius, c.other), action.Linear(3, 1), Tensor(c.x), Settings{Groups: GroupsOf(1)}))(t)
		if v.Answer != c.answer || v.Dim != c.dim || !strings.Contains(v.String(), c.reason) {
			t.Errorf("%s: want %v, %d, %q, got\n%v", name, c.answer, c.dim, c.reason, v)
		}
	}
}

// The error for a function of steps does not call it constant.
func TestStepsAlone(t *testing.T) {
	_, err := Judge(Exact(step), action.Linear(3, 1), Tensor(gaussian(7, 500, ones(3)...)), Settings{})
	if !errors.Is(err, liegg.ErrVanishingGradients) || !strings.Contains(err.Error(), "the outputs vary") {
		t.Errorf("the sign of x₁: got %v", err)
	}
}

// The scale of a function does not matter as far as squares of its gradients are floating
// point numbers; beyond, the error says so and blames nothing else.
func TestScaleOfOutputs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	wave := func(x *Node) *Node { return Sin(radius(x)) }
	a, wide := action.Linear(3, 1), gaussian(7, 2000, ones(3)...)
	narrow := single(t, wide)
	for _, c := range []struct {
		x    *tensors.Tensor
		unit float64
		says string // "" for so(3)
	}{
		{wide, 1e-140, ""}, {wide, 1e145, ""}, {narrow, 1e-30, ""}, {narrow, 1e30, ""},
		{wide, 1e-200, "multiply it by a large number"}, {wide, 1e160, "divide the outputs by their size"},
	} {
		for _, others := range [][]func(x *Node) *Node{{}, {radius}} {
			net := inUnits([]float64{c.unit, 1}, append([]func(x *Node) *Node{wave}, others...)...)
			v, err := Judge(net, a, Tensor(c.x), Settings{})
			switch {
			case err != nil && (c.says == "" || !strings.Contains(err.Error(), c.says)):
				t.Errorf("%g·sin|x|² and %d others: want %q, got %v", c.unit, len(others), c.says, err)
			case err == nil && c.says == "" && (v.Answer != liegg.Symmetric || v.Dim != 3):
				t.Errorf("%g·sin|x|² and %d others: got\n%v", c.unit, len(others), v)
			case err == nil && c.says != "" && (v.Answer != liegg.Undetermined || !strings.Contains(v.String(), c.says)):
				t.Errorf("%g·sin|x|² and %d others: want %q, got\n%v", c.unit, len(others), c.says, v)
			}
		}
	}
}

// Near a singularity gradients are large; elsewhere they are not flat.
func TestSingularIsNotFlat(t *testing.T) {
	core := func(x *Node) *Node { return Reciprocal(Square(Square(Square(radius(x))))) }
	v := ok(Judge(Exact(core), action.Linear(3, 1), Tensor(gaussian(7, 20000, ones(3)...)), Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 3 || v.Spectrum.Idle > 400 {
		t.Errorf("|x|⁻¹⁶: %d of 20000 samples are left out as flat:\n%v", v.Spectrum.Idle, v)
	}
}
