package checks_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/internal/checks"
	"github.com/liegg/lab/liegg/network/internal/extraction"
	"github.com/liegg/lab/liegg/network/internal/function"
)

func TestMain(m *testing.M) { expect.MainInGo(m, network.BackendVariable) }

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }

// checked is a network as verdicts on it are checked.
func checked(n *network.Network) checks.Network {
	f := function.Batched{Forward: n.Forward, Store: n.Store, Backend: n.Backend, Times: n.Times()}
	return checks.Network{Network: extraction.Network{Batched: f, Programs: new(extraction.Programs)}, Last: new(checks.Programs)}
}

// consecutive are the numbers below n.
func consecutive(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	return at
}

// radials is a network of three functions of the radius, of which the second is not quite one.
func radials() *network.Network {
	return network.Exact(func(x *Node) *Node {
		square := ReduceAndKeep(Square(x), ReduceSum, -1)
		broken := Reshape(groundtruth.Broken(.02).Graph(x), x.Shape().Dim(0), 1)
		return Concatenate([]*Node{Sin(DivScalar(square, 3)), broken, MulScalar(Sin(DivScalar(square, 5)), 5)}, -1)
	})
}

// The changes passed to a verdict equal, on average, the changes of bounded outputs under finite
// steps.
func TestChangesAreFiniteDifferences(t *testing.T) {
	n := radials()
	x := networktest.Normal[float64](3, 1000, 3)
	a := action.Linear(3, 1)
	v := ok(network.Judge(n, a, network.Tensor(x), network.Settings{}))(t)
	if v.Dim != 3 {
		t.Fatalf("want 3 generators, got\n%v", v)
	}
	factors := []float64{1, 20, 3}
	changes := ok(checks.Changes(checked(n), v, a, x, factors, checks.Settings{}))(t)
	bounded := func(x *tensors.Tensor, like [][]float64) (columns [][]float64) {
		y := tensors.MustCopyFlatData[float64](ok(n.Predict(x))(t))
		for o := range factors {
			var column []float64
			for i := o; i < len(y); i += len(factors) {
				column = append(column, y[i])
			}
			if like == nil {
				columns = append(columns, column)
				continue
			}
			centre, spread := participation.MedianAndSpread(like[o])
			scale := 3 * spread
			for i, y := range column {
				u := (y - centre) / scale
				column[i] = factors[o] * scale * u / math.Sqrt(1+u*u)
			}
			columns = append(columns, column)
		}
		return columns
	}
	plain := bounded(x, nil)
	before := bounded(x, plain)
	for j, each := range changes {
		got := stat.Mean(each, nil)
		const ε = 1e-5
		moved := tensors.MustCopyFlatData[float64](x)
		for i := 0; i < len(moved); i += 3 {
			p := slices.Clone(moved[i : i+3])
			for k := range 3 {
				for m := range 3 {
					moved[i+k] += ε * a.Generator(mat.Col(nil, j, v.Coefficients())).At(k, m) * p[m]
				}
			}
		}
		want, variance := 0., 0.
		for o, after := range bounded(tensors.FromFlatDataAndDimensions(moved, 1000, 3), plain) {
			for i := range after {
				change := (after[i] - before[o][i]) / ε
				want += change * change / 1000
			}
			variance += stat.Variance(before[o], nil)
		}
		if want /= variance; math.Abs(got-want) > 1e-4*want+1e-15 {
			t.Errorf("generator %d: a mean square change of %g, by finite steps %g", j+1, got, want)
		}
	}
}

// What a step does is f(exp(tH)x) − f(x), with t by the extent of the data: the slow way gives the
// same.
func TestStepsAgreeWithMovedInputs(t *testing.T) {
	f := network.Exact(func(x *Node) *Node {
		return Add(ReduceAndKeep(Square(x), ReduceSum, -1), MulScalar(Slice(x, AxisRange(), AxisElem(0)), .02))
	})
	x, a := networktest.Normal[float64](3, 640, 2), action.Linear(2, 1)
	v := ok(network.Judge(f, a, network.Tensor(x), network.Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 1 {
		t.Fatalf("want so(2), got\n%v", v)
	}
	h := mat.DenseCopyOf(v.Coefficients().Slice(0, 4, 0, 1))
	v.ToOneExtent(h)
	moved, targets, err := checks.Moved(checked(f), v, h, a, checks.Samples{X: x, At: consecutive(640)}, checks.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	before := tensors.MustCopyFlatData[float64](ok(f.Predict(x))(t))
	for w, way := range checks.Ways {
		var after [2][]float64 // the direction of each group is drawn
		for i, sign := range []float64{1, -1} {
			g := lie.Exp(a.Generator(mat.Col(nil, 0, h)), sign*way)
			after[i] = tensors.MustCopyFlatData[float64](ok(f.Predict(ok(a.Move(g, x))(t)))(t))
		}
		got := moved[w]
		if len(got) != 640 {
			t.Fatalf("way %g: %d of 640 samples moved", way, len(got))
		}
		for i, y := range got {
			if targets[w][i] != before[i] || math.Min(math.Abs(y-after[0][i]), math.Abs(y-after[1][i])) > 1e-12 {
				t.Fatalf("way %g, sample %d: %g becomes %g, want %g or %g", way, i, before[i], y, after[0][i], after[1][i])
			}
		}
		// a rotation by t moves points by r·t, and E r² is 2 squares of the extent; large samples count for less
		g := lie.Exp(a.Generator(mat.Col(nil, 0, h)), way)
		if angle := math.Abs(math.Atan2(g.At(1, 0), g.At(0, 0))); angle < way/math.Sqrt2 || angle > 1.3*way/math.Sqrt2 {
			t.Errorf("way %g turns by %g, want %g or a little more", way, angle, way/math.Sqrt2)
		}
	}
}

// Each output is tested at some of the first samples. If these depend on each other, the interval of
// its defect has the right coverage if the groups are known, and is far too narrow otherwise.
func TestOutputIntervalsOfGroups(t *testing.T) {
	const groups, each, size, redraws = 120, 50, .05, 200
	random := rand.New(rand.NewPCG(19, 0))
	one := mat.NewDense(1, 1, []float64{1})
	_, sums := networktest.GroupedSums(random, slices.Repeat([]int{1}, 400_000), size)
	whole := ok(checks.AlongOne(sums, consecutive(len(sums)), nil, 1000))(t)
	truth := liegg.WorstOfEach([]*liegg.Evidence{whole}, one, liegg.Rule{}, 1)[0].Value
	for _, known := range []bool{true, false} {
		inside := 0
		for range redraws {
			labels, sums := networktest.GroupedSums(random, slices.Repeat([]int{each}, groups), size)
			var group func(number int) int
			if known {
				group = func(number int) int { return labels[number] + 1 }
			}
			numbers := checks.Samples{At: consecutive(len(labels))}.Numbers(checks.EachSamples)
			e := ok(checks.AlongOne(sums, numbers, group, checks.EachBlock))(t)
			if i := e.DefectInterval(one, liegg.Rule{Resamples: 300}); i.Lower <= truth && truth <= i.Upper {
				inside++
			}
		}
		share := float64(inside) / redraws
		t.Logf("groups known: %v, coverage %.1f %%", known, 100*share)
		if known && share < .9 || !known && share > .7 {
			t.Errorf("groups known: %v, %.1f %% of the intervals hold ρ = %.4f", known, 100*share, truth)
		}
	}
}
