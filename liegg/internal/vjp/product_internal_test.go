package vjp

import (
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/internal/vjp/vjptest"
)

// drawn is a convolution with random settings and places of axes, and its shapes; single is
// whether groups have one input channel.
func drawn(rng *rand.Rand, single bool) (c convolution, x, w []int) {
	n := 1 + rng.IntN(2)
	c = convolution{channelGroups: 1 + rng.IntN(3), batches: 1}
	in, out := 1+rng.IntN(3), 1+rng.IntN(3)
	if single {
		in = 1
	}
	xs, ws := []int{2, in * c.channelGroups}, []int{out * c.channelGroups, in}
	for range n {
		size, stride, dilation, spread := 1+rng.IntN(4), 1+rng.IntN(3), 1+rng.IntN(2), 1+rng.IntN(2)
		reach := (size-1)*dilation + 1
		pads := [2]int{rng.IntN(reach + 1), rng.IntN(reach + 1)}
		xs, ws = append(xs, max(1, reach-pads[0]-pads[1])+rng.IntN(4)), append(ws, size)
		c.strides, c.dilation, c.spread = append(c.strides, stride), append(c.dilation, dilation), append(c.spread, spread)
		c.paddings = append(c.paddings, pads)
	}
	at := [3][]int{rng.Perm(n + 2), rng.Perm(n + 2), rng.Perm(n + 2)}
	c.axes = compute.ConvolveAxesConfig{
		InputBatch: at[0][0], InputChannels: at[0][1], InputSpatial: at[0][2:],
		KernelOutputChannels: at[1][0], KernelInputChannels: at[1][1], KernelSpatial: at[1][2:],
		OutputBatch: at[2][0], OutputChannels: at[2][1], OutputSpatial: at[2][2:],
	}
	place := func(at, dims []int) []int {
		placed := make([]int, len(dims))
		for i, d := range dims {
			placed[at[i]] = d
		}
		return placed
	}
	return c, place(at[0], xs), place(at[1], ws)
}

// drawnSpread is drawn for a convolution of single steps whose input has zeros between its entries.
func drawnSpread(rng *rand.Rand) (c convolution, x, w []int) {
	c, x, w = drawn(rng, false)
	x[c.axes.InputChannels] /= c.channelGroups
	w[c.axes.KernelOutputChannels] /= c.channelGroups
	c.channelGroups = 1
	for i := range c.strides {
		c.strides[i], c.dilation[i], c.spread[i] = 1, 1, 1+rng.IntN(4)
	}
	return c, x, w
}

// The product, the sum and the phases are the convolution, and so are their gradients.
func TestFormsOfConvolutions(t *testing.T) {
	backend := expect.OK(purego.New())(t)
	for i := range 160 {
		rng := rand.New(rand.NewPCG(11, uint64(i)))
		var c convolution
		var xDims, wDims []int
		var form func(x, w *Node) *Node
		switch i % 4 {
		case 0, 2:
			c, xDims, wDims = drawn(rng, true)
			form = c.sums
		case 1:
			c, xDims, wDims = drawn(rng, false)
			form = c.product
		default:
			c, xDims, wDims = drawnSpread(rng)
			form = c.phases
		}
		x, w := vjptest.Normal(rng, xDims...), vjptest.Normal(rng, wDims...)
		results, err := CallOnceN(backend, func(x, w *Node) []*Node {
			want := ConvGeneral(x, w, c.axes, c.strides, c.paddings, c.spread, c.dilation, c.channelGroups, 1)
			got := form(x, w)
			weights := Sin(IotaFull(x.Graph(), want.Shape()))
			gradients := func(y *Node) []*Node { return Gradient(ReduceAllSum(Mul(y, weights)), x, w) }
			return append(append([]*Node{got, want}, gradients(got)...), gradients(want)...)
		}, x, w)
		if err != nil {
			t.Fatalf("%+v of %v and %v: %v", c, xDims, wDims, err)
		}
		values := func(i int) []float64 { return tensors.MustCopyFlatData[float64](results[i]) }
		if !results[0].Shape().Equal(results[1].Shape()) {
			t.Fatalf("%+v of %v and %v has shape %s, want %s", c, xDims, wDims, results[0].Shape(), results[1].Shape())
		}
		expect.Near(t, "values", values(0), values(1), 1e-12)
		expect.Near(t, "gradient by the input", values(2), values(4), 1e-12)
		expect.Near(t, "gradient by the kernel", values(3), values(5), 1e-12)
	}
}

// Only XLA on CPUs has other forms, for kernels larger than the input, for groups of single
// channels, and for inputs that are spread.
func TestFormOfConvolution(t *testing.T) {
	for _, c := range []struct {
		size, kernel, channels, groups, spread int
		other                                  bool
	}{
		{2, 3, 4, 1, 1, true}, {3, 3, 4, 1, 1, false}, {8, 3, 4, 4, 1, true}, {8, 3, 4, 2, 1, false}, {8, 9, 4, 4, 1, false},
		{8, 3, 4, 1, 2, true}, {8, 1, 4, 1, 2, false}, {8, 3, 4, 2, 2, false},
	} {
		for name, backend := range map[string]compute.Backend{
			"go": expect.OK(purego.New())(t), "like XLA": onCPU{expect.OK(compute.NewWithConfig("go"))(t)},
		} {
			g := NewGraph(backend, "form")
			axes := compute.ConvolveAxesConfig{
				InputBatch: 0, InputChannels: 1, InputSpatial: []int{2, 3}, KernelOutputChannels: 0, KernelInputChannels: 1, KernelSpatial: []int{2, 3},
				OutputBatch: 0, OutputChannels: 1, OutputSpatial: []int{2, 3},
			}
			ones := []int{1, 1}
			f := convolution{axes: axes, strides: ones, dilation: ones, spread: []int{1, c.spread}, channelGroups: c.groups, batches: 1}.form(
				Const(g, tensors.FromScalarAndDimensions(1., 2, c.channels, c.size, c.size)),
				Const(g, tensors.FromScalarAndDimensions(1., 4, c.channels/c.groups, c.kernel, c.kernel)))
			if other := f != nil; other != (c.other && name != "go") {
				t.Errorf("%s, %+v: another form is %v", name, c, other)
			}
		}
	}
}

// onCPU says of a backend that it is XLA for CPUs.
type onCPU struct{ compute.Backend }

func (onCPU) IsCPU() bool { return true }
