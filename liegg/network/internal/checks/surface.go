package checks

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/quadric"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/call"
)

// Gradients at data that lie on a surface do not tell what f is off it. With charges q = ±1, so that
// q² = 1, the gradients of q·exp(−r²/2) are those of a function of q² − r², which has so(1,3), and f has
// so(3). A surface near which the data lie within ε can make such a generator with a defect of about ε.

// leavingSurface returns how many generators of a verdict, or combinations of them, leave a surface of
// degree one or two on which the data lie, as near as the defects of the generators.
func (n Network) leavingSurface(v *liegg.Verdict, a action.Action, o Samples) (leaving int, err error) {
	const (
		times                   = 10 // as large as the defects: the thickness, and the velocity across
		mostThick               = .01
		leastAcross, mostAcross = 1e-6, .1 // rounding, and the largest error of generators
	)
	if v.Dim == 0 || action.Resamples(action.InputsOf(a)) {
		return 0, nil
	}
	samples := min(stepSamples, o.X.Shape().Dim(0))
	values, err := o.values(samples)
	if err != nil {
		return 0, err
	}
	largest := 0.
	for _, d := range v.Defects[:v.Dim] {
		largest = math.Max(largest, d.Upper)
	}
	surfaces := quadric.Through(values, len(values)/samples, math.Min(times*largest, mostThick))
	if surfaces == nil {
		return 0, nil
	}
	k, _ := v.Coefficients().Dims()
	velocities, err := n.velocities(a, values, o.X, v.Coefficients().Slice(0, k, 0, v.Dim))
	if err != nil {
		return 0, err
	}
	return surfaces.Leaving(values, velocities, math.Min(math.Max(times*largest, leastAcross), mostAcross)), nil
}

// velocities returns the velocities of inputs, shaped as those of like, along generators with
// coefficients h, [K, d]: that of input i along generator k is in row i·d + k.
func (n Network) velocities(a action.Action, values []float64, like *tensors.Tensor, h mat.Matrix) (*mat.Dense, error) {
	backend, err := n.On()
	if err != nil {
		return nil, err
	}
	width := like.Size() / like.Shape().Dim(0)
	samples := len(values) / width
	shape := append([]int{samples}, like.Shape().Dimensions[1:]...)
	_, d := h.Dims()
	coefficients := mat.DenseCopyOf(h).RawMatrix().Data
	v, err := ExecOnce(backend, func(x *Node) *Node {
		all := Reshape(a.Tangents(x), samples, a.Dim(), width)
		return Einsum("ikj,kd->idj", all, nodes.Constant(x, coefficients, a.Dim(), d))
	}, tensors.FromFlatDataAndDimensions(values, shape...))
	if err != nil {
		return nil, call.Failed(err)
	}
	defer tensor.Finalize(v)
	return mat.NewDense(samples*d, width, tensors.MustCopyFlatData[float64](v)), nil
}

// doubtGiven leaves a verdict open that rests on given gradients, if these do not say what f does along
// the generators, because of where the data lie: at the points of a lattice, or on a surface that the
// generators leave.
func (n Network) doubtGiven(v *liegg.Verdict, a action.Action, o Samples) error {
	if v.Answer == liegg.Symmetric {
		if err := doubtLattice(v, a, o); err != nil {
			return err
		}
	}
	if v.Answer != liegg.Symmetric && v.Answer != liegg.Approximate {
		return nil
	}
	leaving, err := n.leavingSurface(v, a, o)
	if err == nil && leaving > 0 {
		v.Doubt(fmt.Sprintf("the data lie on a surface, as unit vectors, constant columns and numbers with two values do, and %s %s it. Gradients at the data do not say what f is off the surface: give candidates that keep the data on it, or judge the network itself",
			some(leaving, v.Dim), spelling.Agree(leaving, "leaves", "leave")))
	}
	return err
}

// some is such as "2 of the 3 generators" or "the 3 generators".
func some(count, of int) string {
	all := spelling.The(of, "generator")
	if count == of {
		return all
	}
	return fmt.Sprintf("%d of %s", count, all)
}
