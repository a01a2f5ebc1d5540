package trials

import (
	"fmt"
	"math/rand/v2"
	"sync"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

func newRandom(seed, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }

// random are networks with random weights, which have no symmetry, on 10, 90 and 784 inputs.
// Two inputs would not do as a control: over the data, a network of two inputs is nearly its
// Taylor polynomial of second order, and every quadratic function of the plane has an affine
// symmetry, that of its conics. Of 40 untrained networks of swish with a gain of .3, seven
// are called symmetric, and they do keep their outputs to Δ ≤ .035 along one spread of the
// data.
func random() (problems []Problem) {
	for _, s := range []struct {
		name   string
		action action.Action
		input  []int
		draw   Draw
	}{
		{"10-linear", action.Linear(5, 2), []int{10}, normal(10)},
		{"10-affine", action.Affine(5, 2), []int{10}, normal(10)},
		{"10-one", action.Linear(10, 1), []int{10}, normal(10)},
		{"90-linear", action.Linear(9, 10), []int{90}, normal(90)},
		{"784-linear", action.ImageLinear(28, 28), []int{28, 28}, digits},
		{"784-affine", action.ImageAffine(28, 28), []int{28, 28}, digits},
	} {
		for _, activation := range []string{"tanh", "swish", "relu"} {
			for _, gain := range []float64{1, 4} {
				p := Problem{
					Name: fmt.Sprintf("%s-%s-%g", s.name, activation, gain), Action: s.action, Input: s.input, Draw: s.draw,
					Network: untrained(activation, gain), Truth: []lie.Algebra{lie.Trivial(action.GeneratorSize(s.action))},
				}
				if v, ok := s.action.(action.Vectors); ok && activation == "tanh" && gain > 1 {
					p.Truth = append(p.Truth, saturatedScaling(v))
					p.Size = v.Dim() / p.Truth[1].Size()
				}
				problems = append(problems, p)
			}
		}
	}
	return problems
}

// saturatedScaling is nearly a symmetry of networks that compute little more than signs of
// their inputs.
func saturatedScaling(v action.Vectors) lie.Algebra {
	n := action.GeneratorSize(v)
	if !v.Homogeneous() {
		return lie.Scaling(n)
	}
	scaling := diagonal(make([]float64, n)...)
	for i := range n - 1 {
		scaling.Set(i, i, 1)
	}
	return lie.SpanAffine("scaling", scaling)
}

// untrained returns a network with random weights. A gain makes it less linear.
func untrained(activation string, gain float64) func(seed uint64) (*network.Network, *dataset.Samples, error) {
	return func(seed uint64) (*network.Network, *dataset.Samples, error) {
		store := model.NewStore()
		if err := store.SetRNGStateFromSeed(int64(seed)); err != nil {
			return nil, nil, err
		}
		mlp := network.MLP{Hidden: []int{64, 64}, Outputs: 1 + int(seed%3)*4, Bias: true, Activation: activation}
		forward := func(scope *model.Scope, x *Node) *Node { return mlp.Forward(scope, MulScalar(x, gain)) }
		return &network.Network{Forward: forward, Store: store}, nil, nil
	}
}

// digitImages are MNIST's test digits, blurred and normalised.
var digitImages = sync.OnceValue(func() []float64 {
	_, test, err := dataset.MNIST()
	if err != nil {
		panic(err)
	}
	x := test.Subset(0, 4000).Blur(1.5).Normalised(dataset.MNISTMean, dataset.MNISTStd).Samples("digits").X
	values := make([]float64, x.Size())
	for i, v := range tensors.MustCopyFlatData[float32](x) {
		values[i] = float64(v)
	}
	return values
})

const pixels = 28 * 28

// digits draws upright digits, without repeating one until all have been drawn.
func digits(rng *rand.Rand, n int) []float64 {
	all := digitImages()
	order := rng.Perm(len(all) / pixels)
	var values []float64
	for i := range n {
		at := order[i%len(order)] * pixels
		values = append(values, all[at:at+pixels]...)
	}
	return values
}

// asymmetric are functions with no or few symmetries on data of several kinds.
func asymmetric() (problems []Problem) {
	for _, d := range []struct {
		name string
		draw func(width int) Draw
	}{
		{"", normal},
		{"-uniform", func(width int) Draw {
			return each(width, func(rng *rand.Rand, x []float64) {
				for i := range x {
					x[i] = uniform(rng, -1.7, 1.7)
				}
			})
		}},
		{"-positive", func(width int) Draw {
			return each(width, func(rng *rand.Rand, x []float64) {
				for i := range x {
					x[i] = uniform(rng, 1, 2)
				}
			})
		}},
	} {
		problems = append(problems, caseOn(groundtruth.None(), d.name, d.draw))
		if d.name != "-positive" { // between 1 and 2, x₁² + .1 x₁³ is nearly a multiple of x₁²
			problems = append(problems, nearlySO3(caseOn(groundtruth.Broken(.1), d.name, d.draw), false))
		}
	}
	return problems
}

// shuffledCases are networks fitted to the values of cases in random order.
func shuffledCases() (problems []Problem) {
	for _, c := range groundtruth.All() {
		p := caseOn(c, "-shuffled", nil)
		learnt := p
		p.Network = learnt.shuffled
		p.Truth = []lie.Algebra{lie.Trivial(action.GeneratorSize(p.Action))}
		problems = append(problems, p)
	}
	return problems
}
