package operators

import (
	"errors"
	"fmt"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
)

func init() { own["Resize"] = resize }

// resize interpolates along one axis after the other. Along each it is a
// matrix, as every mode of ONNX's reference implementation is.
func resize(o *operation) []*Node {
	x := o.input(0)
	for _, r := range o.resizings(x) {
		if r.keeps() {
			continue
		}
		x = r.apply(x)
	}
	return []*Node{x}
}

// resizing says how one axis is resized from size to outputs.
type resizing struct {
	axis, size, outputs int
	scale               float64
	start, end          float64 // the part of the input that is taken, for tf_crop_and_resize

	mode, coordinates, nearest string
	antialias, excludeOutside  bool
	cubic, outside             float64 // the coefficient of cubic interpolation, and the value beyond the input
}

// resizings reads the attributes and the inputs roi, scales and sizes.
func (o *operation) resizings(x *Node) []resizing {
	axes := o.node.Integers("axes")
	if axes == nil {
		for axis := range x.Rank() {
			axes = append(axes, axis)
		}
	}
	var scales []float64
	var sizes []int
	if o.has(2) {
		scales = o.given(2)
	}
	if o.has(3) {
		sizes = o.integers(3)
	}
	var all []resizing
	for i, axis := range axes {
		axis = folding.FromFirst(axis, x.Rank())
		r := resizing{
			axis: axis, size: x.Shape().Dim(axis), end: 1,
			mode: o.node.Word("mode", "nearest"), coordinates: o.node.Word("coordinate_transformation_mode", "half_pixel"),
			nearest: o.node.Word("nearest_mode", "round_prefer_floor"), antialias: o.node.Integer("antialias", 0) != 0,
			excludeOutside: o.node.Integer("exclude_outside", 0) != 0,
			cubic:          o.node.Float("cubic_coeff_a", -.75), outside: o.node.Float("extrapolation_value", 0),
		}
		if roi := o.roi(); r.coordinates == "tf_crop_and_resize" {
			if len(roi) != 2*len(axes) {
				panic(errors.New("its region of interest does not fit its axes"))
			}
			r.start, r.end = roi[i], roi[i+len(axes)]
		}
		switch {
		case len(sizes) == len(axes):
			r.outputs, r.scale = sizes[i], float64(sizes[i])/float64(r.size)
		case len(scales) == len(axes):
			r.outputs, r.scale = int(math.Floor(float64(r.size)*scales[i]*(r.end-r.start)+1e-6)), scales[i]
		default:
			panic(errors.New("its scales or sizes do not fit its axes"))
		}
		all = append(all, r)
	}
	if len(sizes) > 0 {
		keepAspect(all, o.node.Word("keep_aspect_ratio_policy", "stretch"))
	}
	for _, r := range all {
		if r.outputs < 1 || r.outputs*r.size > maxMatrix {
			panic(fmt.Errorf("it resizes an axis from %d to %d, which is not supported", r.size, r.outputs))
		}
	}
	return all
}

// maxMatrix is the largest number of entries of a matrix that is written out.
const maxMatrix = 1 << 24

// roi returns the region of interest, nil if there is none.
func (o *operation) roi() []float64 {
	if !o.has(1) {
		return nil
	}
	return o.given(1)
}

// given returns floats that are known, or weights of the file, which training
// would change but this operator cannot differentiate.
func (o *operation) given(i int) []float64 {
	if t, ok := o.file.Constant[o.node.Texts("input")[i]]; ok {
		if k := folding.Stored(t); k != nil {
			return k.Floats()
		}
	}
	return o.floats(i)
}

// keepAspect gives all axes the same scale, so that none, or at least one, is
// larger than asked for.
func keepAspect(all []resizing, policy string) {
	if policy == "stretch" || len(all) == 0 {
		return
	}
	scales := folding.Mapped(all, func(r resizing) float64 { return r.scale })
	scale := slices.Min(scales)
	if policy == "not_smaller" {
		scale = slices.Max(scales)
	}
	for i := range all {
		all[i].scale, all[i].outputs = scale, int(math.Floor(scale*float64(all[i].size)+.5))
	}
}

// keeps reports whether the axis stays as it is.
func (r resizing) keeps() bool {
	return r.outputs == r.size && r.scale == 1 && r.coordinates != "tf_crop_and_resize"
}

// apply resizes an axis of x.
func (r resizing) apply(x *Node) *Node {
	if times := r.outputs / r.size; r.mode == "nearest" && r.outputs == times*r.size && r.repeats(times) {
		dims := slices.Clone(x.Shape().Dimensions)
		wide := slices.Insert(slices.Clone(dims), r.axis+1, times)
		dims[r.axis] *= times
		return Reshape(BroadcastToDims(InsertAxes(x, r.axis+1), wide...), dims...)
	}
	matrix := make([][]float64, r.outputs)
	fill := make([]float64, r.outputs)
	for out := range matrix {
		matrix[out], fill[out] = r.row(out)
	}
	y := alongAxisOf(x, ConstAs(x, matrix), r.axis)
	if slices.Max(fill) == 0 && slices.Min(fill) == 0 {
		return y
	}
	dims := slices.Repeat([]int{1}, x.Rank())
	dims[r.axis] = r.outputs
	return Add(y, Reshape(ConstAs(x, fill), dims...))
}

// repeats reports whether each element is repeated so many times.
func (r resizing) repeats(times int) bool {
	if r.coordinates == "tf_crop_and_resize" {
		return false
	}
	for out := range r.outputs {
		if r.nearestTo(r.at(out)) != out/times {
			return false
		}
	}
	return true
}

// at returns the coordinate in the input of an output.
func (r resizing) at(out int) float64 {
	x, size, outputs := float64(out), float64(r.size), float64(r.outputs)
	whole := r.scale * size // is not rounded to outputs
	switch r.coordinates {
	case "half_pixel":
		return (x+.5)/r.scale - .5
	case "half_pixel_symmetric":
		return size/2*(1-outputs/whole) + (x+.5)/r.scale - .5
	case "pytorch_half_pixel":
		if outputs <= 1 {
			return 0
		}
		return (x+.5)/r.scale - .5
	case "align_corners":
		if whole <= 1 {
			return 0
		}
		return x * (size - 1) / (whole - 1)
	case "asymmetric":
		return x / r.scale
	case "tf_crop_and_resize":
		if outputs <= 1 {
			return (r.start + r.end) * (size - 1) / 2
		}
		return r.start*(size-1) + x*(r.end-r.start)*(size-1)/(outputs-1)
	}
	panic(fmt.Errorf("its coordinate_transformation_mode %q is not supported", r.coordinates))
}

// nearestTo returns the index of the element that is nearest to a coordinate.
func (r resizing) nearestTo(at float64) int {
	var i float64
	switch r.nearest {
	case "round_prefer_floor":
		i = math.Ceil(at - .5)
	case "round_prefer_ceil":
		i = math.Floor(at + .5)
	case "floor":
		i = math.Floor(at)
	case "ceil":
		i = math.Ceil(at)
	default:
		panic(fmt.Errorf("its nearest_mode %q is not supported", r.nearest))
	}
	return min(max(int(i), 0), r.size-1)
}

// row returns the weights of the input's elements for an output, and a value
// to be added.
func (r resizing) row(out int) (weights []float64, fill float64) {
	at := r.at(out)
	weights = make([]float64, r.size)
	if r.coordinates == "tf_crop_and_resize" && (at < 0 || at > float64(r.size-1)) {
		return weights, r.outside
	}
	if r.mode == "nearest" {
		weights[r.nearestTo(at)] = 1
		return weights, 0
	}
	kernel, reach := r.kernel()
	var sum float64
	add := func(i int, w float64) {
		if inside := i >= 0 && i < r.size; inside || !r.excludeOutside {
			sum += w
			weights[min(max(i, 0), r.size-1)] += w
		}
	}
	for i := int(math.Floor(at)) - reach; i <= int(math.Floor(at))+reach+1; i++ {
		if w := kernel(float64(i) - at); w != 0 {
			add(i, w)
		}
	}
	for i := range weights {
		weights[i] /= sum
	}
	return weights, 0
}

// kernel returns the weight by distance, and the largest distance at which it
// is not 0. Antialiasing widens it if the axis shrinks.
func (r resizing) kernel() (weight func(d float64) float64, reach int) {
	switch r.mode {
	case "linear":
		weight, reach = func(d float64) float64 { return max(0, 1-math.Abs(d)) }, 1
	case "cubic":
		weight, reach = r.cubicWeight, 2
	default:
		panic(fmt.Errorf("its mode %q is not supported", r.mode))
	}
	if shrink := r.scale; r.antialias && shrink < 1 {
		narrow := weight
		return func(d float64) float64 { return narrow(d * shrink) }, int(math.Ceil(float64(reach) / shrink))
	}
	return weight, reach
}

// cubicWeight is the kernel of R. G. Keys, "Cubic convolution interpolation
// for digital image processing", 1981.
func (r resizing) cubicWeight(d float64) float64 {
	a := r.cubic
	switch d = math.Abs(d); {
	case d <= 1:
		return ((a+2)*d-(a+3))*d*d + 1
	case d < 2:
		return ((a*d-5*a)*d+8*a)*d - 4*a
	}
	return 0
}
