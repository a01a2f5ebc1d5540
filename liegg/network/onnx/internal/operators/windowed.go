package operators

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
)

// windowing says how windows move over the spatial axes of an input, as
// attributes of convolutions and pools describe it.
type windowing struct {
	sizes, strides, dilations []int
	paddings                  [][2]int // with what ceil_mode adds at the end
	counted                   [][2]int // the padding that averages may count
	outputs                   []int
}

// windowing reads the attributes of a node for the given sizes of spatial
// axes.
func (o *operation) windowing(spatial, kernel []int) windowing {
	n := len(spatial)
	w := windowing{sizes: kernel, strides: o.perAxis("strides", n, 1), dilations: o.perAxis("dilations", n, 1)}
	pads := o.perAxis("pads", 2*n, 0)
	if len(kernel) != n {
		panic(fmt.Errorf("its kernel of shape %v does not fit %d spatial axes", kernel, n))
	}
	auto, ceil := o.node.Word("auto_pad", "NOTSET"), o.node.Integer("ceil_mode", 0) != 0
	for i, size := range spatial {
		low, high, stride, reach := pads[i], pads[i+n], w.strides[i], (kernel[i]-1)*w.dilations[i]+1
		if auto == "SAME_UPPER" || auto == "SAME_LOWER" {
			all := max(0, ((size+stride-1)/stride-1)*stride+reach-size)
			low, high = all/2, all-all/2
			if auto == "SAME_LOWER" {
				low, high = high, low
			}
		}
		room := size + low + high - reach
		if room < 0 {
			panic(fmt.Errorf("its window of size %d does not fit an axis of size %d", reach, size+low+high))
		}
		outputs, extra := room/stride+1, 0
		if ceil && room%stride != 0 && outputs*stride < size+low { // a window must begin within the input
			outputs++
			extra = (outputs-1)*stride - room
		}
		w.outputs = append(w.outputs, outputs)
		w.paddings = append(w.paddings, [2]int{low, high + extra})
		w.counted = append(w.counted, [2]int{low, high})
	}
	return w
}

// perAxis returns an attribute of n integers, all equal to otherwise if it is
// missing.
func (o *operation) perAxis(name string, n, otherwise int) []int {
	values := o.node.Integers(name)
	if values == nil {
		return slices.Repeat([]int{otherwise}, n)
	}
	if len(values) != n {
		panic(fmt.Errorf("its %s %v should have %d elements", name, values, n))
	}
	return values
}

// share returns the number of elements that each window sees, for each axis
// of the outputs. Padding counts or not.
func (w windowing) share(spatial []int, counts bool) [][]float64 {
	all := make([][]float64, len(spatial))
	for i, n := range spatial {
		low, high := 0, n
		if counts {
			low, high = -w.counted[i][0], n+w.counted[i][1]
		}
		for out := range w.outputs[i] {
			seen := 0
			for j := range w.sizes[i] {
				if at := out*w.strides[i] - w.paddings[i][0] + j*w.dilations[i]; at >= low && at < high {
					seen++
				}
			}
			all[i] = append(all[i], float64(seen))
		}
	}
	return all
}

// withChannels adds the first two axes, batch and channels, to the settings of
// spatial axes.
func withChannels[T any](first T, spatial []T) []T { return slices.Concat([]T{first, first}, spatial) }

// reduced reduces the windows of x [batch, channels, spatial…].
func (w windowing) reduced(x *Node, kind compute.ReduceOpType) *Node {
	return BackendReduceWindow(x, kind, withChannels(1, w.sizes), withChannels(1, w.strides), nil, withChannels(1, w.dilations),
		withChannels([2]int{}, w.paddings))
}

func init() {
	own["MaxPool"] = func(o *operation) []*Node {
		x := o.input(0)
		w := o.windowing(x.Shape().Dimensions[2:], o.node.Integers("kernel_shape"))
		return []*Node{w.reduced(x, compute.ReduceOpMax)}
	}
	own["AveragePool"] = averagePool
	own["LpPool"] = lpPool
	own["LRN"] = localResponseNormalization
	own["GlobalMaxPool"] = func(o *operation) []*Node {
		return []*Node{ReduceAndKeep(o.input(0), ReduceMax, spatialAxes(o.input(0))...)}
	}
	own["GlobalLpPool"] = func(o *operation) []*Node {
		x, p := o.input(0), float64(o.node.Integer("p", 2))
		return []*Node{root(ReduceAndKeep(power(x, p), ReduceSum, spatialAxes(x)...), p)}
	}
}

func spatialAxes(x *Node) (axes []int) {
	for axis := 2; axis < x.Rank(); axis++ {
		axes = append(axes, axis)
	}
	return axes
}

// averagePool divides sums by the number of elements in the window, with or
// without padding.
func averagePool(o *operation) []*Node {
	x := o.input(0)
	spatial := x.Shape().Dimensions[2:]
	w := o.windowing(spatial, o.node.Integers("kernel_shape"))
	share := w.share(spatial, o.node.Integer("count_include_pad", 0) != 0)
	y := w.reduced(x, compute.ReduceOpSum)
	for i, counts := range share {
		inverse := folding.Mapped(counts, func(n float64) float64 { return 1 / max(n, 1) })
		dims := slices.Repeat([]int{1}, y.Rank())
		dims[2+i] = len(inverse)
		y = Mul(y, Reshape(ConstAs(y, inverse), dims...))
	}
	return []*Node{y}
}

// lpPool returns (Σ|x|^p)^(1/p) of windows.
func lpPool(o *operation) []*Node {
	x, p := o.input(0), float64(o.node.Integer("p", 2))
	w := o.windowing(x.Shape().Dimensions[2:], o.node.Integers("kernel_shape"))
	return []*Node{root(w.reduced(power(x, p), compute.ReduceOpSum), p)}
}

func power(x *Node, p float64) *Node {
	switch p {
	case 1:
		return Abs(x)
	case 2:
		return Square(x)
	}
	return Pow(Abs(x), ConstAs(x, p))
}

func root(x *Node, p float64) *Node {
	switch p {
	case 1:
		return x
	case 2:
		return Sqrt(x)
	}
	return Pow(x, ConstAs(x, 1/p))
}

// localResponseNormalization returns x/(bias + α/size·Σx²)^β, with a sum over
// neighbouring channels.
func localResponseNormalization(o *operation) []*Node {
	x, size := o.input(0), o.node.Integer("size", 0)
	ones := slices.Repeat([]int{1}, x.Rank())
	sizes, paddings := slices.Clone(ones), make([][2]int, x.Rank())
	sizes[1], paddings[1] = size, [2]int{(size - 1) / 2, size / 2}
	sums := BackendReduceWindow(Square(x), compute.ReduceOpSum, sizes, ones, nil, nil, paddings)
	base := AddScalar(MulScalar(sums, o.node.Float("alpha", 1e-4)/float64(size)), o.node.Float("bias", 1))
	return []*Node{Mul(x, Exp(MulScalar(Log(base), -o.node.Float("beta", .75))))}
}
