package network_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	datasets "github.com/gomlx/gomlx/ml/dataset"
	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
)

// The squared length of a vector of R³ does not change if the vector is rotated.
func ExampleJudge() {
	squared := network.Exact(func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) })
	inputs := groundtruth.None().Inputs(rand.New(rand.NewPCG(1, 0)), 2000)
	v := must.M1(network.Judge(squared, action.Linear(3, 1), network.Tensor(inputs), network.Settings{}))
	fmt.Println(v.Answer, v.Dim, v.Identity.Name)
	// Output: symmetric 3 so(3)
}

// The distance to another point than the origin does not change under one rotation only.
func ExampleJudgeByOutput() {
	both := network.Exact(func(x *Node) *Node {
		squared, first := ReduceAndKeep(Square(x), ReduceSum, -1), Slice(x, AxisRange(), AxisRange(0, 1))
		return Concatenate([]*Node{squared, Sub(squared, first)}, -1)
	})
	inputs := groundtruth.None().Inputs(rand.New(rand.NewPCG(1, 0)), 2000)
	b := must.M1(network.JudgeByOutput(both, action.Linear(3, 1), network.Tensor(inputs), network.Settings{}))
	// plotting.Breakdown(b.Names(), plotting.Estimates(b.Intervals()), b.All.Threshold, b.Broken) draws them.
	for _, p := range b.Parts {
		fmt.Printf("output %s: %v %d %s\n", p.Name, p.Verdict.Answer, p.Verdict.Dim, p.Verdict.Identity.Name)
	}
	// Output:
	// output 1: symmetric 3 so(3)
	// output 2: symmetric 1 so(2)
}

// A network with weights drawn from a seed, before any training.
func ExampleNew() {
	n := must.M1(network.New(network.MLP{Hidden: []int{32, 32}, Outputs: 1}, shapes.Make(dtypes.Float32, 10), 1))
	fmt.Println(n)
	// Output: network 10-32-32-1: 1376 numbers in 3 variables
}

// Gradients that another framework has computed are judged without their network: here 2x, of
// the squared length.
func ExampleGiven() {
	inputs := groundtruth.None().Inputs(rand.New(rand.NewPCG(1, 0)), 2000)
	values := must.M1(dataset.Values(inputs))
	for i := range values {
		values[i] *= 2
	}
	gradients := tensors.FromFlatDataAndDimensions(values, 2000, 1, 3) // [N, m, input…]
	n := must.M1(network.Given(inputs, nil, gradients))
	v := must.M1(network.Judge(n, action.Linear(3, 1), network.Tensor(inputs), network.Settings{}))
	fmt.Println(v.Answer, v.Dim, v.Identity.Name)
	// Output: symmetric 3 so(3)
}

// Three processes share the work of a verdict; each writes its part to a file, or sends it.
func ExampleJudgePart() {
	squared := network.Exact(func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) })
	inputs := groundtruth.None().Inputs(rand.New(rand.NewPCG(1, 0)), 2000)
	var parts []*network.VerdictPart
	for i := 1; i <= 3; i++ {
		parts = append(parts, must.M1(network.JudgePart(squared, action.Linear(3, 1), network.Tensor(inputs), network.Settings{}, i, 3)))
	}
	s := must.M1(network.Settings{}.WithParts(parts...))
	v := must.M1(network.Judge(squared, action.Linear(3, 1), network.Tensor(inputs), s))
	fmt.Println(v.Answer, v.Dim, v.Identity.Name)
	// Output: symmetric 3 so(3)
}

// Atoms of several species: the energy and the forces of a pair potential. Positions move and
// species stay; the energy stays, and forces turn with the positions but do not shift.
func ExamplePacking() {
	const samples, atoms = 1000, 4
	random := rand.New(rand.NewPCG(1, 0))
	positions, species := make([]float64, samples*atoms*3), make([]int64, samples*atoms)
	for i := range positions {
		positions[i] = random.NormFloat64()
	}
	for i := range species {
		species[i] = random.Int64N(3)
	}
	data := map[string]*tensors.Tensor{
		"positions": tensors.FromFlatDataAndDimensions(positions, samples, atoms, 3),
		"species":   tensors.FromFlatDataAndDimensions(species, samples, atoms),
	}
	packing := must.M1(network.PackingOf(data))
	net := packing.Exact(func(in map[string]*Node) *Node { // Σ_ij z_i·z_j·√(1 + |x_i − x_j|²), and minus its gradient
		x, z := in["positions"], AddScalar(ConvertDType(in["species"], dtypes.Float64), 1)
		apart := Sub(ExpandAxes(x, 2), ExpandAxes(x, 1)) // [batch, i, j, 3]
		charges := Mul(ExpandAxes(z, 2), ExpandAxes(z, 1))
		distances := Sqrt(AddScalar(ReduceSum(Square(apart), -1), 1))
		energy := ReduceSum(Mul(charges, distances), 1, 2)
		forces := MulScalar(ReduceSum(Mul(ExpandAxes(Div(charges, distances), -1), apart), 2), -2)
		return Concatenate([]*Node{ExpandAxes(energy, -1), Reshape(forces, -1, atoms*3)}, -1)
	})
	moves := must.M1(packing.Moving(network.Move{Action: action.Affine(3, atoms), Inputs: []string{"positions"}}))
	outputs := rep.Direct(rep.Invariants(3, 1), rep.Copies(rep.Standard(3), atoms))
	v := must.M1(network.Judge(net, action.Equivariant(moves, outputs), network.Tensor(must.M1(packing.Pack(data))), network.Settings{}))
	fmt.Println(packing.Staying(moves), "stay")
	fmt.Println(v.Answer, v.Dim, v.Name(), v.Defects[v.Dim-1].Value < 1e-10)
	// Output:
	// [species] stay
	// symmetric 6 se(3) true
}

// Trajectories of 20, 40 or 60 points, from starts that are drawn: their points depend on each
// other, and the trajectories do not.
func ExampleGroupsOfLengths() {
	random := rand.New(rand.NewPCG(1, 0))
	lengths := slices.Repeat([]int{20, 40, 60}, 60)
	var points []float64
	for _, length := range lengths {
		x := []float64{random.NormFloat64(), random.NormFloat64(), random.NormFloat64()}
		for range length {
			for i := range x {
				x[i] += .05 * random.NormFloat64()
			}
			points = append(points, x...)
		}
	}
	squared := network.Exact(func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) })
	x := network.Tensor(tensors.FromFlatDataAndDimensions(points, len(points)/3, 3))
	v := must.M1(network.Judge(squared, action.Linear(3, 1), x, network.Settings{Groups: network.GroupsOfLengths(lengths...)}))
	fmt.Println(v.Answer, v.Dim, v.Name())
	fmt.Println(v.Dependence.Places, "groups")
	// Output:
	// symmetric 3 so(3)
	// 180 groups
}

// A training's records, for charts: Network.History holds those of its own.
func ExampleHistory() {
	h := network.History{{Step: 1000, Loss: .41, Validation: .38, Accuracy: .89}, {Step: 2000, Loss: .12, Validation: .15, Accuracy: .96}}
	for i, accuracy := range h.Accuracies() {
		fmt.Printf("step %g: %.0f %%\n", h.Steps()[i], 100*accuracy)
	}
	// Output:
	// step 1000: 89 %
	// step 2000: 96 %
}

// A GoMLX data set is a stream of inputs, too.
func ExampleDataset() {
	squared := network.Exact(func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) })
	inputs := groundtruth.None().Inputs(rand.New(rand.NewPCG(1, 0)), 2000)
	points := must.M1(datasets.InMemoryFromData(must.M1(network.Backend()), "points", []any{inputs}, nil))
	v := must.M1(network.Judge(squared, action.Linear(3, 1), network.Dataset(points.BatchSize(500, false)), network.Settings{}))
	fmt.Println(v.Spectrum.Samples, v.Identity.Name)
	// Output: 2000 so(3)
}
