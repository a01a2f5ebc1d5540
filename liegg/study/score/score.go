// Package score tests the extraction on functions whose Lie algebra is known
// exactly: as exact functions, as networks trained on their values, and as
// networks fitted to shuffled values, which have no symmetry.
package score

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// Kind says in which form a case is analysed.
type Kind string

// The kinds of trial.
const (
	Exact    Kind = "exact"    // the function itself, in float64
	Trained  Kind = "trained"  // a network trained on its values
	Shuffled Kind = "shuffled" // a network trained on its values in random order, which has no symmetry
)

// ParseKind returns the kind of the given name.
func ParseKind(name string) (Kind, error) {
	kinds := []Kind{Exact, Trained, Shuffled}
	if k := Kind(name); slices.Contains(kinds, k) {
		return k, nil
	}
	return "", fmt.Errorf("score: no kind %q; there are %q", name, kinds)
}

// Trial is one analysis with a known answer.
type Trial struct {
	Case groundtruth.Case
	Kind Kind
	Seed uint64 // of the data and of the initial weights

	// Train is the number of training samples; by default that of the case's
	// recipe (except for Shuffled), or 10 000. Judge is the number of fresh
	// samples that are analysed; by default 20 000.
	Train, Judge int
	// Steps is the number of batches of 256, by default 8000. The network is
	// by default that of the recipe, or three hidden layers of 64, with
	// biases; it gets one output per output of the function.
	Steps int
	MLP   network.MLP
}

func (t Trial) withDefaults() Trial {
	recipe := t.Case.Recipe
	if t.Kind == Shuffled { // few samples can be fitted; of many only the mean would remain
		recipe = groundtruth.Recipe{}
	}
	t.Train = cmp.Or(t.Train, recipe.Samples, 10_000)
	t.Judge = cmp.Or(t.Judge, 20_000)
	t.Steps = cmp.Or(t.Steps, 8000)
	if t.MLP.Hidden == nil {
		t.MLP = network.MLP{Hidden: recipe.Hidden, Activation: recipe.Activation, Bias: true}
	}
	if t.MLP.Hidden == nil {
		t.MLP.Hidden = []int{64, 64, 64}
	}
	return t
}

// Network returns the function of a trial: exact, or trained and kept from
// session to session. Its inputs are in the case's own units. unexplained is
// the share of the variance of the true values on fresh samples that it does
// not explain, 0 for the exact function.
func (t Trial) Network() (n *network.Network, unexplained float64, err error) {
	t = t.withDefaults()
	if t.Kind == Exact {
		return network.Exact(t.Case.Graph), 0, nil
	}
	samples := t.Case.Samples(rand.New(rand.NewPCG(t.Seed, 1)), t.Train)
	z, err := dataset.FitStandardisation(samples, t.Case.Size)
	if err != nil {
		return nil, 0, err
	}
	settings := training.Settings{Steps: t.Steps, LearningRate: 3e-3, Cosine: true, Seed: t.Seed}
	standard := z.Apply(samples)
	if t.Kind == Shuffled {
		standard = standard.Shuffled(rand.New(rand.NewPCG(t.Seed, 2)))
	}
	t.MLP.Outputs = standard.Y.Shape().Dim(-1)
	n, err = training.Cached(t.MLP, settings, standard.Batches(256, t.Seed), nil)
	if err != nil {
		return nil, 0, err
	}
	fresh := z.Apply(t.Case.Samples(rand.New(rand.NewPCG(t.Seed, 3)), 2_000))
	unexplained, err = n.MeanSquaredError(fresh)
	return n.Raw(z), unexplained, err
}

// Fresh draws n inputs that the network of the trial was not trained on, in
// the number type that it takes.
func (t Trial) Fresh(n int) *tensors.Tensor {
	random := rand.New(rand.NewPCG(t.Seed, 4))
	if t.Kind == Exact {
		return t.Case.Inputs(random, n)
	}
	return t.Case.Samples(random, n).X
}

// Verdict judges the function of a trial on fresh inputs. A trained network
// is also given fresh values of the function, to see how well it fits, unless
// it was trained on shuffled values.
func (t Trial) Verdict(n *network.Network) (*liegg.Verdict, error) {
	t = t.withDefaults()
	var s network.Settings
	if t.Kind == Trained {
		fresh := t.Case.Samples(rand.New(rand.NewPCG(t.Seed, 5)), 2_000)
		s.Validation = &fresh
	}
	return network.Judge(n, t.Case.Action(), network.Tensor(t.Fresh(t.Judge)), s)
}

// Run trains, judges, and compares with the truth.
func (t Trial) Run() (Row, error) {
	fail := func(err error) (Row, error) {
		return Row{}, fmt.Errorf("score: %s, %s, seed %d: %w", t.Case.Name, t.Kind, t.Seed, err)
	}
	n, unexplained, err := t.Network()
	if err != nil {
		return fail(err)
	}
	begun := time.Now()
	v, err := t.Verdict(n)
	if err != nil {
		return fail(err)
	}
	row := t.row(v)
	row.Unexplained, row.Seconds = unexplained, time.Since(begun).Seconds()
	return row, nil
}

func (t Trial) row(v *liegg.Verdict) Row {
	r := Row{
		Case: t.Case.Name, Kind: t.Kind, Seed: t.Seed,
		K: t.Case.K, Truth: t.Case.Dim, Lie: t.Case.Lie,
		Answer: v.Answer, Dim: v.Dim, Name: v.Name(), Reasons: v.Reasons,
		Defect: math.NaN(), Next: math.NaN(), Angle: math.NaN(),
	}
	if t.Kind == Shuffled {
		r.Truth, r.Lie = 0, "{0}"
	}
	for _, rung := range v.Rungs {
		r.Ladder = append(r.Ladder, rung.String())
	}
	if v.Dim > 0 {
		r.Defect = v.Defects[v.Dim-1].Value
	}
	if v.Dim < len(v.Defects) {
		r.Next = v.Defects[v.Dim].Value
	}
	if v.Dim == r.Truth && v.Dim > 0 {
		r.Angle = lie.LargestAngle(v.Algebra, lie.Span(t.Case.Lie, t.Case.Algebra...)) * 180 / math.Pi
	}
	return r
}
