package trials

import (
	"math/rand/v2"
	"slices"
	"time"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// Problem is a function whose symmetries on some data are known.
type Problem struct {
	Name   string
	Action action.Action
	// Input is the shape of an input, {Vectors·Size} for vectors of the given Size.
	Input []int
	Size  int
	// Draw draws inputs, one after the other.
	Draw Draw
	// F is the function.
	F func(x *Node) *Node
	// Network is judged instead of F, in float32, and drawn anew for each seed. Its second
	// value holds samples to validate a trained network; it is nil for others.
	Network func(seed uint64) (*network.Network, *dataset.Samples, error)
	// Truth starts with the algebra of the function, of dimension 0 if there is none. The
	// following ones hold so nearly that they may be called symmetries, too. Near may be
	// called approximate ones.
	Truth, Near []lie.Algebra
	// Trivial is the number of generators that the function does not feel.
	Trivial int
	// Groups returns the groups of n drawn samples; nil for none.
	Groups func(n int) network.Groups
	// Undecided says that no firm answer can be right on such data.
	Undecided bool
	// Clip is the share of the targets, at either end, that is clipped for training; 0 for
	// none.
	Clip float64
	// Steps is the number of training steps; 0 for the usual number.
	Steps int
}

// Draw draws n inputs as n·width numbers.
type Draw func(rng *rand.Rand, n int) []float64

// each draws independent samples.
func each(width int, fill func(rng *rand.Rand, x []float64)) Draw {
	return func(rng *rand.Rand, n int) []float64 {
		values := make([]float64, n*width)
		for x := range slices.Chunk(values, width) {
			fill(rng, x)
		}
		return values
	}
}

// normal draws independent normal numbers.
func normal(width int) Draw {
	return each(width, func(rng *rand.Rand, x []float64) {
		for i := range x {
			x[i] = rng.NormFloat64()
		}
	})
}

// Streams of random numbers of a seed.
const (
	streamJudge = iota + 1
	streamTrain
	streamValidate
	streamShuffle
	streamUnits
)

// inputs draws n inputs in float64.
func (p Problem) inputs(seed, stream uint64, n int) *tensors.Tensor {
	values := p.Draw(rand.New(rand.NewPCG(seed, stream)), n)
	return tensors.FromFlatDataAndDimensions(values, append([]int{n}, p.Input...)...)
}

// narrow converts a tensor from float64 to float32.
func narrow(x *tensors.Tensor) *tensors.Tensor {
	wide := tensors.MustCopyFlatData[float64](x)
	values := make([]float32, len(wide))
	for i, v := range wide {
		values[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(values, x.Shape().Dimensions...)
}

// kind is Trained if there is a Network.
func (p Problem) kind() Kind {
	if p.Network != nil {
		return Trained
	}
	return Exact
}

// drawn judges the function itself, or the network that the seed draws.
func (p Problem) drawn(t Trial) (Result, error) {
	x := p.inputs(t.Seed, streamJudge, t.Samples)
	if p.Network == nil {
		return p.judge(network.Exact(p.F), x, network.Settings{}, Exact)
	}
	n, validation, err := p.Network(t.Seed)
	if err != nil {
		return Result{}, err
	}
	return p.judge(n, narrow(x), network.Settings{Validation: validation}, Trained)
}

// trained judges a network that was trained on the function's values.
func (p Problem) trained(t Trial) (Result, error) {
	n, validation, err := p.learn(t.Seed)
	if err != nil {
		return Result{}, err
	}
	defer n.Store.Finalize()
	x := narrow(p.inputs(t.Seed, streamJudge, t.Samples))
	return p.judge(n, x, network.Settings{Validation: &validation}, Trained)
}

func (p Problem) judge(n *network.Network, x *tensors.Tensor, s network.Settings, kind Kind) (Result, error) {
	if p.Groups != nil {
		s.Groups = p.Groups(x.Shape().Dim(0))
	}
	begun := time.Now()
	v, err := network.Judge(n, p.Action, network.Tensor(x), s)
	r := Result{Seconds: time.Since(begun).Seconds()}
	if err == nil {
		r.Text = v.String()
		p.compare(&r, v, kind)
	} else if p.Undecided {
		r.Outcome, r.Reasons, r.Text, err = Open, []string{err.Error()}, err.Error(), nil
	}
	return r, err
}
