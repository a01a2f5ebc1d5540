package operators

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
)

func init() {
	own["GridSample"] = gridSample
	own["AffineGrid"] = affineGrid
}

// sampler reads an input [N, C, spatial…] at coordinates.
type sampler struct {
	rows    *Node // [N·Πspatial, C]
	batch   *Node // the number of the sample of each coordinate, int32
	spatial []int
	padding string
	aligned bool // whether ±1 are the centres of the outermost elements, or their edges
}

// gridSample reads the input at the points of a grid [N, outputs…, axes],
// whose coordinates go from −1 to 1, the last axis of the input first.
func gridSample(o *operation) []*Node {
	x, grid := o.input(0), o.input(1)
	dims := x.Shape().Dimensions
	axes := len(dims) - 2
	if grid.Rank() != len(dims) || grid.Shape().Dim(-1) != axes || axes < 1 {
		panic(fmt.Errorf("its grid of shape %v does not fit an input of shape %v", grid.Shape().Dimensions, dims))
	}
	outputs := grid.Shape().Dimensions[1 : axes+1]
	place := slices.Concat(dims[:1], outputs)
	order := append([]int{0}, spatialAxes(x)...)
	s := sampler{
		rows:    Reshape(TransposeAllAxes(x, append(order, 1)...), -1, dims[1]),
		batch:   Iota(x.Graph(), shapes.Make(dtypes.Int32, place...), 0),
		spatial: dims[2:], padding: o.node.Word("padding_mode", "zeros"), aligned: o.node.Integer("align_corners", 0) != 0,
	}
	at := make([]*Node, axes) // in units of elements, the first axis first
	for i, n := range s.spatial {
		u := Reshape(SliceAxis(grid, -1, AxisElem(axes-1-i)), place...)
		if s.aligned {
			at[i] = MulScalar(AddScalar(u, 1), float64(n-1)/2)
		} else {
			at[i] = AddScalar(MulScalar(AddScalar(u, 1), float64(n)/2), -.5)
		}
	}
	y := s.interpolated(o.node.Word("mode", "linear"), at) // [N, outputs…, C]
	back := []int{0, axes + 1}
	for i := range axes {
		back = append(back, 1+i)
	}
	return []*Node{TransposeAllAxes(y, back...)}
}

// interpolated returns [N, outputs…, C] at coordinates [N, outputs…] each.
func (s sampler) interpolated(mode string, at []*Node) *Node {
	switch mode {
	case "nearest":
		for i := range at {
			at[i] = StopGradient(Round(s.folded(at[i], i)))
		}
		return s.read(at)
	case "linear", "bilinear":
		for i := range at {
			at[i] = s.folded(at[i], i)
		}
		return s.weighted(at, 0, 1, func(d *Node) *Node { return Sub(OnesLike(d), Abs(d)) })
	case "cubic", "bicubic":
		return s.weighted(at, 1, 2, cubicKernel)
	}
	panic(fmt.Errorf("its mode %q is not supported", mode))
}

// weighted sums over the neighbours of a coordinate along each axis: so many
// before and after the nearest one below it.
func (s sampler) weighted(at []*Node, before, after int, kernel func(d *Node) *Node) *Node {
	var sum *Node
	count := before + after + 1
	folding.EachPlace(slices.Repeat([]int{count}, len(at)), func(place []int) {
		neighbours, weight := make([]*Node, len(at)), OnesLike(at[0])
		for i, p := range place {
			neighbours[i] = AddScalar(StopGradient(Floor(at[i])), float64(p-before))
			weight = Mul(weight, kernel(Sub(at[i], neighbours[i])))
		}
		term := Mul(InsertAxes(weight, -1), s.read(neighbours))
		if sum == nil {
			sum = term
		} else {
			sum = Add(sum, term)
		}
	})
	return sum
}

// cubicKernel is the kernel of Keys with the coefficient −.75.
func cubicKernel(d *Node) *Node {
	const a = -.75
	d = Where(LessThan(d, ZerosLike(d)), Neg(d), d)
	near := AddScalar(Mul(Mul(AddScalar(MulScalar(d, a+2), -(a+3)), d), d), 1)
	far := AddScalar(Mul(AddScalar(Mul(AddScalar(MulScalar(d, a), -5*a), d), 8*a), d), -4*a)
	return Where(LessOrEqual(d, OnesLike(d)), near, far)
}

// read returns the elements at whole coordinates.
func (s sampler) read(at []*Node) *Node {
	index := s.batch
	var inside *Node
	for i, n := range s.spatial {
		whole := s.folded(at[i], i)
		last := MulScalar(OnesLike(whole), float64(n-1))
		within := And(GreaterOrEqual(whole, ZerosLike(whole)), LessOrEqual(whole, last))
		if inside == nil {
			inside = within
		} else {
			inside = And(inside, within)
		}
		clamped := StopGradient(Round(Min(Max(whole, ZerosLike(whole)), last)))
		index = Add(MulScalar(index, float64(n)), ConvertDType(clamped, index.DType()))
	}
	values := Gather(s.rows, InsertAxes(index, -1))
	if s.padding != "zeros" {
		return values
	}
	inside = BroadcastToShape(InsertAxes(inside, -1), values.Shape())
	return Where(inside, values, ZerosLike(values))
}

// folded moves a coordinate along an axis into the input, as the padding
// says; "zeros" leaves it.
func (s sampler) folded(at *Node, axis int) *Node {
	n := float64(s.spatial[axis])
	low, high := -.5, n-.5
	if s.aligned {
		low, high = 0, n-1
	}
	bounded := func(x *Node) *Node {
		last := MulScalar(OnesLike(x), n-1)
		return Where(LessThan(x, ZerosLike(x)), ZerosLike(x), Where(GreaterThan(x, last), last, x))
	}
	switch s.padding {
	case "zeros":
		return at
	case "border":
		return bounded(at)
	case "reflection":
		span := high - low
		if span == 0 {
			return ZerosLike(at)
		}
		d := AddScalar(at, -low)
		d = Where(LessThan(d, ZerosLike(d)), Neg(d), d)
		times := StopGradient(Floor(MulScalar(d, 1/span)))
		rest := Sub(d, MulScalar(times, span))
		half := MulScalar(times, .5)
		even := Equal(Floor(half), half)
		return bounded(Where(even, AddScalar(rest, low), AddScalar(Neg(rest), high)))
	}
	panic(fmt.Errorf("its padding_mode %q is not supported", s.padding))
}

// affineGrid maps the points of a grid by matrices θ [N, axes, axes+1].
func affineGrid(o *operation) []*Node {
	θ, size := o.input(0), o.integers(1)
	axes := len(size) - 2
	if θ.Rank() != 3 || θ.Shape().Dim(1) != axes || θ.Shape().Dim(2) != axes+1 {
		panic(fmt.Errorf("its matrices of shape %v do not fit the size %v", θ.Shape().Dimensions, size))
	}
	spatial := size[2:]
	var points []float64 // [Πspatial, axes+1], the last axis first, and then 1
	folding.EachPlace(spatial, func(place []int) {
		for i := range slices.Backward(place) {
			u, n := float64(place[i]), float64(spatial[i])
			switch {
			case n == 1:
				points = append(points, 0)
			case o.node.Integer("align_corners", 0) != 0:
				points = append(points, 2*u/(n-1)-1)
			default:
				points = append(points, (2*u+1)/n-1)
			}
		}
		points = append(points, 1)
	})
	base := Reshape(ConstAs(θ, points), folding.SizeOf(spatial), axes+1)
	grid := DotGeneral(θ, []int{2}, nil, base, []int{1}, nil) // [N, axes, Πspatial]
	return []*Node{Reshape(Transpose(grid, 1, 2), slices.Concat([]int{θ.Shape().Dim(0)}, spatial, []int{axes})...)}
}
