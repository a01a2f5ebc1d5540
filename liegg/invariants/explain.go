package invariants

import (
	"cmp"
	"errors"
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/sheet"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// ErrConstant says that there are no invariants, so that an invariant function is constant.
var ErrConstant = errors.New("invariants: there are no invariants to fit a network to: raise Settings.Degree if there are any beyond")

// ExplainSettings says how networks are refitted. The zero value of each field means its default.
type ExplainSettings struct {
	// Hidden are the widths of the hidden layers. The default is 64, 64.
	Hidden []int
	// Steps is the number of training steps, with 256 samples each. The default is 3000.
	Steps int
	// Fresh is the share of the inputs on which networks are compared. The default is ¼.
	Fresh float64
	// Seed draws the initial weights and the batches.
	Seed uint64
	// Quiet shows no progress.
	Quiet bool
}

// String lists the fields, with defaults filled in.
func (s ExplainSettings) String() string {
	s = s.withDefaults()
	return fmt.Sprintf("Hidden %s, Steps %d, Fresh %g, Seed %d, Quiet %v", spelling.List(s.Hidden), s.Steps, s.Fresh, s.Seed, s.Quiet)
}

func (s ExplainSettings) withDefaults() ExplainSettings {
	if len(s.Hidden) == 0 {
		s.Hidden = []int{64, 64}
	}
	s.Steps = cmp.Or(s.Steps, 3000)
	s.Fresh = cmp.Or(s.Fresh, .25)
	if s.Steps < 0 || !(s.Fresh > 0 && s.Fresh < 1) {
		panic(fmt.Sprintf("invariants: ExplainSettings.Steps must not be negative, and Fresh in (0, 1), got %d and %v", s.Steps, s.Fresh))
	}
	return s
}

// Share is a share of a variance with its 95 % interval, for samples that are independent of each other.
type Share struct{ Value, Lower, Upper float64 }

// String writes the share in percent, with its interval.
func (s Share) String() string {
	return fmt.Sprintf("%.2f %% (%.2f … %.2f %%)", 100*s.Value, 100*s.Lower, 100*s.Upper)
}

// Explanation compares two small networks that were fitted to the outputs of a network: one sees
// the invariants alone, the other all inputs.
type Explanation struct {
	// Explained is the share of the variance of the outputs that the network on the invariants
	// explains on fresh inputs, R² = 1 − Σ‖f − f̂‖²/Σ‖f − f̄‖², with each output scaled to one
	// size. Raw is R² of the network on all inputs.
	Explained, Raw Share
	// Invariants and Inputs are the numbers of inputs of the two networks. Outputs is the number of
	// outputs, and Fresh the number of fresh inputs.
	Invariants, Inputs, Outputs, Fresh int
}

// Explain refits the network on the values of v.Generators alone, and on the inputs themselves. A
// function that depends on the invariants only is explained as well by the former. inputs [N, …]
// are samples of the data. What neither explains may be too complex for the small networks.
//
// Explain returns ErrConstant if there are no Generators, the errors of Predict and of
// training.Train, and an error if outputs or invariants do not vary or are not finite. It panics if
// the inputs do not have v.Inputs numbers, or if fewer than eight samples are given.
func (v *Invariants) Explain(n *network.Network, inputs *tensors.Tensor, s ExplainSettings) (*Explanation, error) {
	s = s.withDefaults()
	count := inputs.Shape().Dim(0)
	if inputs.Shape().Size() != count*v.Inputs || count < 8 {
		panic(fmt.Sprintf("invariants: Explain: inputs must be at least 8 samples of %d numbers, got %s", v.Inputs, inputs.Shape()))
	}
	if len(v.Generators) == 0 {
		return nil, ErrConstant
	}
	x, err := dataset.Values(inputs)
	if err != nil {
		return nil, err
	}
	y, outputs, err := outputsOf(n, inputs)
	if err != nil {
		return nil, err
	}
	e := &Explanation{Invariants: len(v.Generators), Inputs: v.Inputs, Outputs: outputs}
	e.Fresh = max(1, int(s.Fresh*float64(count)))
	if e.Explained, err = refit("on invariants", v.values(x), y, e.Invariants, outputs, e.Fresh, s); err != nil {
		return nil, err
	}
	e.Raw, err = refit("on all inputs", x, y, v.Inputs, outputs, e.Fresh, s)
	return e, err
}

// String says how much the invariants explain, beside what all inputs explain.
func (e *Explanation) String() string {
	return fmt.Sprintf("%s of %s explain %v of the variance of the outputs; a network of the same size on all inputs explains %v; %s",
		spelling.Count(e.Invariants, "invariant"), spelling.Count(e.Inputs, "input"), e.Explained, e.Raw, spelling.Count(e.Fresh, "fresh sample"))
}

// HTML returns what String says as HTML, for plotting.Show.
func (e *Explanation) HTML(draw sheet.Draw) string { return sheet.Of(draw, e.String()).HTML() }

// outputsOf returns the outputs of a network, sample by sample.
func outputsOf(n *network.Network, inputs *tensors.Tensor) (y []float64, outputs int, err error) {
	predicted, err := n.Predict(inputs)
	if err != nil {
		return nil, 0, err
	}
	defer predicted.FinalizeAll()
	y, err = dataset.Values(predicted)
	return y, predicted.Shape().Dim(1), err
}

// values returns the generators at samples x, sample by sample.
func (v *Invariants) values(x []float64) (values []float64) {
	for from := 0; from < len(x); from += v.Inputs {
		for _, p := range v.Generators {
			values = append(values, p.At(x[from:from+v.Inputs]))
		}
	}
	return values
}

// refit trains a network on standardised numbers and measures it on the last fresh samples.
func refit(what string, x, y []float64, in, out, fresh int, s ExplainSettings) (Share, error) {
	count := len(x) / in
	kept := count - fresh
	standardX, err := standardised(x, in, kept, "input "+what)
	if err != nil {
		return Share{}, err
	}
	standardY, err := standardised(y, out, kept, "output")
	if err != nil {
		return Share{}, err
	}
	all := dataset.Samples{Name: what, X: tensors.FromFlatDataAndDimensions(standardX, count, in), Y: tensors.FromFlatDataAndDimensions(standardY, count, out)}
	model := network.MLP{Hidden: s.Hidden, Outputs: out, Bias: true}
	settings := training.Settings{Steps: s.Steps, LearningRate: 3e-3, Cosine: true, Seed: s.Seed, Quiet: s.Quiet}
	fitted, err := training.Train(model, settings, all.Take(kept).Batches(min(256, kept), s.Seed+1), nil)
	if err != nil {
		return Share{}, err
	}
	rest := all.Subset(kept, count)
	predicted, _, err := outputsOf(fitted, rest.X)
	if err != nil {
		return Share{}, err
	}
	return shareOf(predicted, standardY[kept*out:], out), nil
}

// standardised brings each column to mean 0 and variance 1 over the first kept samples.
func standardised(x []float64, width, kept int, what string) ([]float32, error) {
	standard := make([]float32, len(x))
	for j := range width {
		var column []float64
		for i := j; i < len(x); i += width {
			column = append(column, x[i])
		}
		mean, deviation := stat.MeanStdDev(column[:kept], nil)
		if !(deviation > 1e-12*math.Abs(mean)) || math.IsInf(deviation, 0) {
			return nil, fmt.Errorf("invariants: %s %d varies by %g around %g: leave it out", what, j+1, deviation, mean)
		}
		for i, v := range column {
			standard[i*width+j] = float32((v - mean) / deviation)
		}
	}
	return standard, nil
}

// shareOf returns 1 − Σe²/Σv² with the interval of a ratio of sums over samples.
func shareOf(predicted []float64, wanted []float32, out int) Share {
	samples := len(predicted) / out
	means := make([]float64, out)
	for i, v := range wanted {
		means[i%out] += float64(v) / float64(samples)
	}
	left, spread := make([]float64, samples), make([]float64, samples)
	for i, v := range wanted {
		e, d := predicted[i]-float64(v), float64(v)-means[i%out]
		left[i/out] += e * e
		spread[i/out] += d * d
	}
	whole := floats.Sum(spread)
	ratio, variance := floats.Sum(left)/whole, 0.
	for i := range left {
		r := left[i] - ratio*spread[i]
		variance += r * r
	}
	error := 1.96 * math.Sqrt(variance) / whole
	return Share{1 - ratio, 1 - ratio - error, math.Min(1, 1-ratio+error)}
}
