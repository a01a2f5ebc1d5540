package vjp_test

import (
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// product contracts and aligns axes in any order. All sizes agree half of the time, so
// that an order that is wrong does not show in the shapes.
func product(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
	size := func() int { return 1 + rng.IntN(3) }
	if rng.IntN(2) == 0 {
		size = func() int { return 2 }
	}
	dims := [2][]int{}
	var paired [2][2][]int // of both sides, batch and contracted
	shared := []int{rng.IntN(3), rng.IntN(4)}
	var sizes []int
	for range shared[0] + shared[1] {
		sizes = append(sizes, size())
	}
	for s := range dims {
		all := slices.Clone(sizes)
		for range rng.IntN(3) {
			all = append(all, size())
		}
		at := rng.Perm(len(all))
		dims[s] = make([]int, len(all))
		for i, n := range all {
			dims[s][at[i]] = n
		}
		paired[s] = [2][]int{at[:shared[0]], at[shared[0]:len(sizes)]}
	}
	return func(xs []*Node) *Node {
		return DotGeneral(xs[0], paired[0][1], paired[0][0], xs[1], paired[1][1], paired[1][0])
	}, [][]int{dims[0], dims[1]}
}

// convolution draws strides, paddings, dilations, groups, kernels of any size, and the
// places of the axes.
func convolution(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
	n := 1 + rng.IntN(2)
	draw := func(most int) []int {
		values := make([]int, n)
		for i := range values {
			values[i] = 1 + rng.IntN(most)
		}
		return values
	}
	kernel, strides, dilation, spread := draw(4), draw(3), draw(2), draw(2)
	input, paddings := make([]int, n), make([][2]int, n)
	for i := range input {
		paddings[i] = [2]int{rng.IntN(3), rng.IntN(3)}
		input[i] = (kernel[i]-1)*dilation[i] + 1 + rng.IntN(4)
	}
	if rng.IntN(2) == 0 {
		spread = nil
	}
	groups, batches, in, out := 1, 1, 1+rng.IntN(2), 1+rng.IntN(2)
	switch rng.IntN(3) {
	case 0:
		groups = 2
	case 1:
		batches = 2
	}
	at := [3][]int{rng.Perm(n + 2), rng.Perm(n + 2), rng.Perm(n + 2)}
	if batches > 1 { // the backend in pure Go takes the one axis of the batch for the other
		at[2] = at[0]
	}
	axes := compute.ConvolveAxesConfig{
		InputBatch: at[0][0], InputChannels: at[0][1], InputSpatial: at[0][2:],
		KernelInputChannels: at[1][0], KernelOutputChannels: at[1][1], KernelSpatial: at[1][2:],
		OutputBatch: at[2][0], OutputChannels: at[2][1], OutputSpatial: at[2][2:],
	}
	placed := func(at []int, values ...int) []int {
		dims := make([]int, len(values))
		for i, v := range values {
			dims[at[i]] = v
		}
		return dims
	}
	x := placed(at[0], append([]int{2 * batches, in * groups}, input...)...)
	w := placed(at[1], append([]int{in, out * groups * batches}, kernel...)...)
	return func(xs []*Node) *Node {
		return ConvGeneral(xs[0], xs[1], axes, strides, paddings, spread, dilation, groups, batches)
	}, [][]int{x, w}
}

// pool takes sums and extremes over windows.
func pool(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
	kind := []compute.ReduceOpType{compute.ReduceOpSum, compute.ReduceOpMax, compute.ReduceOpMin}[rng.IntN(3)]
	n := 3
	dims, sizes, strides, spread, dilation := make([]int, n), make([]int, n), make([]int, n), make([]int, n), make([]int, n)
	paddings := make([][2]int, n)
	for i := range dims {
		sizes[i], strides[i], spread[i], dilation[i] = 1+rng.IntN(3), 1+rng.IntN(3), 1, 1+rng.IntN(2)
		if kind == compute.ReduceOpSum {
			spread[i] = 1 + rng.IntN(2)
		}
		reach := (sizes[i] - 1) * dilation[i]
		paddings[i] = [2]int{rng.IntN(sizes[i]), rng.IntN(sizes[i])}
		dims[i] = reach + 1 + rng.IntN(3)
	}
	switch rng.IntN(4) {
	case 0:
		strides, paddings, spread, dilation = nil, nil, nil, nil
	case 1:
		spread, dilation = nil, nil
	}
	return func(xs []*Node) *Node {
		return BackendReduceWindow(xs[0], kind, sizes, strides, spread, dilation, paddings)
	}, [][]int{dims}
}

// transform takes Fourier transforms over one or two axes.
func transform(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
	dims := []int{2, 2 + rng.IntN(4), 2 + rng.IntN(4)}
	lengths := dims[3-1-rng.IntN(2):]
	last := dims[2]
	switch rng.IntN(4) {
	case 0:
		return func(xs []*Node) *Node { return FFT(Complex(xs[0], xs[1]), lengths...) }, [][]int{dims, dims}
	case 1:
		return func(xs []*Node) *Node { return InverseFFT(Complex(xs[0], xs[1]), lengths...) }, [][]int{dims, dims}
	case 2:
		return func(xs []*Node) *Node { return RealFFT(xs[0], lengths...) }, [][]int{dims}
	default:
		half := []int{2, dims[1], last/2 + 1}
		return func(xs []*Node) *Node { return InverseRealFFT(Complex(xs[0], xs[1]), lengths...) }, [][]int{half, half}
	}
}
