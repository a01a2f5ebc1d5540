package training

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
)

// The answer for a trained network of two outputs does not depend on their units: none if the second
// output breaks so(3), and so(3) if both have it.
func TestUnitsOfATrainedNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	onXLA(t) // networks of this size train faster there
	second := map[string]func(x []float64) float64{
		"none":  func(x []float64) float64 { return x[0]*x[0]*x[0]/3 + x[1]*x[2] },
		"so(3)": func(x []float64) float64 { return math.Exp(-(x[0]*x[0] + x[1]*x[1] + x[2]*x[2]) / 3) },
	}
	for name, f := range second {
		random := rand.New(rand.NewPCG(5, 0))
		x, y := make([]float32, 6000*3), make([]float32, 6000*2)
		for i := range 6000 {
			p := []float64{random.NormFloat64(), random.NormFloat64(), random.NormFloat64()}
			for k := range p {
				x[3*i+k] = float32(p[k])
			}
			y[2*i], y[2*i+1] = float32(math.Hypot(p[0], math.Hypot(p[1], p[2]))), float32(f(p))
		}
		samples := dataset.Samples{Name: name, X: tensors.FromFlatDataAndDimensions(x, 6000, 3), Y: tensors.FromFlatDataAndDimensions(y, 6000, 2)}
		net := ok(Train(network.MLP{Hidden: []int{48, 48}, Outputs: 2, Bias: true}, Settings{Steps: 1500, LearningRate: 4e-3, Cosine: true, Quiet: true}, samples.Batches(256, 1), nil))(t)
		fresh := normal32(9, 5000, 3)
		for _, unit := range []float64{1e-3, 1e4} {
			units := &network.Network{Store: net.Store, Backend: net.Backend, Forward: func(scope *model.Scope, x *Node) *Node {
				return Mul(net.Forward(scope, x), Const(x.Graph(), [][]float32{{float32(unit), 1}}))
			}}
			v := ok(network.Judge(units, action.Linear(3, 1), network.Tensor(fresh), network.Settings{Validation: unitsOf(samples, y, unit)}))(t)
			if name == "none" && v.Answer != liegg.None || name == "so(3)" && (v.Answer != liegg.Symmetric || v.Name() != name) {
				t.Errorf("%s, first output in units of 1/%g: got\n%v", name, unit, v)
			}
			if v.Unexplained > .02 || !strings.Contains(v.String(), "of its targets unexplained") {
				t.Errorf("%s, first output in units of 1/%g: it was to fit\n%v", name, unit, v)
			}
		}
	}
}

// unitsOf are samples with the first of two targets in other units.
func unitsOf(s dataset.Samples, y []float32, unit float64) *dataset.Samples {
	other := slices.Clone(y)
	for i := 0; i < len(y); i += 2 {
		other[i] *= float32(unit)
	}
	s.Y = tensors.FromFlatDataAndDimensions(other, len(y)/2, 2)
	return &s
}
