package flow_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// Faults of data and networks are returned as errors that say what is wrong.
func TestErrors(t *testing.T) {
	c := groundtruth.Broken(.1)
	good := inGo(c.Graph)
	withNaN := tensors.FromFlatDataAndDimensions([]float64{1, 2, 3, 4, math.NaN(), 6}, 2, 3)
	nothing := func(func(*tensors.Tensor, error) bool) {}
	along := func(n *network.Network, x network.Inputs) error {
		_, err := flow.Along(n, action.Linear(3, 1), flow.Rotation(3, 0, 1).H, x, flow.Settings{})
		return err
	}
	_, few := flow.Refine(good, action.Linear(3, 1), lie.Span("one", flow.Rotation(3, 0, 1).H), drawn(c, 1), flow.Settings{})
	_, idle := flow.Test(inGo(func(x *Node) *Node { return coordinate(Sign(x)) }), action.Linear(3, 1), flow.Scaling(3), drawn(c, 9), flow.Settings{})
	zeros := tensors.FromFlatDataAndDimensions(make([]float64, 20), 10, 2)
	for name, e := range map[string]struct {
		err  error
		is   error
		says string
	}{
		"nothing":    {along(good, nothing), liegg.ErrNoSamples, "no samples"},
		"a constant": {along(inGo(func(x *Node) *Node { return OnesLike(coordinate(x)) }), drawn(c, 9)), flow.ErrConstant, "does not vary"},
		"zeros":      {along(good, network.Tensor(zeros)), nil, "inputs of shape [2]"},
		"NaN":        {along(good, network.Tensor(withNaN)), nil, "input"},
		"panics":     {along(inGo(func(*Node) *Node { panic("my model's fault") }), drawn(c, 9)), nil, "my model's fault"},
		"one sample": {few, nil, "halved"},
		"idle":       {idle, liegg.ErrVanishingGradients, "gradients vanish"},
	} {
		if e.err == nil || !strings.Contains(e.err.Error(), e.says) || e.is != nil && !errors.Is(e.err, e.is) {
			t.Errorf("%s: got the error %v, want one that says %q", name, e.err, e.says)
		}
	}
	var where *liegg.NotFiniteError
	if err := along(good, network.Tensor(withNaN)); !errors.As(err, &where) || where.Sample != 1 {
		t.Errorf("NaN in sample 1: %v", err)
	}
}

// still is an action without finite transformations.
type still struct{ action.Action }

func TestPanicsNameTheArgument(t *testing.T) {
	c := groundtruth.Broken(.1)
	n := inGo(c.Graph)
	along := func(a action.Action, h *mat.Dense, s flow.Settings) func() {
		return func() { _, _ = flow.Along(n, a, h, drawn(c, 9), s) }
	}
	turn := flow.Rotation(3, 0, 1).H
	affine := mat.NewDense(4, 4, nil)
	affine.Set(3, 0, 1)
	for says, f := range map[string]func(){
		"h must be a 3×3":      along(action.Linear(3, 1), flow.Scaling(5).H, flow.Settings{}),
		"action a is nil":      along(nil, turn, flow.Settings{}),
		"h is nil":             along(action.Linear(3, 1), nil, flow.Settings{}),
		"h holds NaN":          along(action.Linear(3, 1), mat.NewDense(3, 3, []float64{8: math.NaN()}), flow.Settings{}),
		"h is zero":            along(action.Linear(3, 1), mat.NewDense(3, 3, nil), flow.Settings{}),
		"h is not a generator": along(action.Affine(3, 1), affine, flow.Settings{}),
		"no method Moved":      along(still{action.Linear(3, 1)}, turn, flow.Settings{}),
		"Settings.Reach":       along(action.Linear(3, 1), turn, flow.Settings{Reach: -1}),
		"positive and finite":  along(action.Linear(3, 1), turn, flow.Settings{Reach: math.Inf(1)}),
		"Settings.Points":      along(action.Linear(3, 1), turn, flow.Settings{Points: 1}),
		"Settings.Margin":      along(action.Linear(3, 1), turn, flow.Settings{Margin: math.NaN()}),
		"axis i = 3":           func() { flow.Reflection(3, 3) },
		"axis j = 1":           func() { flow.Rotation(3, 1, 1) },
		"not a permutation":    func() { flow.Permutation(1, 0, 0) },
		"last row (0 … 0 1)": func() {
			_, _ = flow.TestMap(n, action.Affine(3, 1), flow.Map{G: affineStretch()}, drawn(c, 9), flow.Settings{})
		},
		"g has no inverse": func() {
			_, _ = flow.TestMap(n, action.Linear(3, 1), flow.Map{G: mat.NewDense(3, 3, nil)}, drawn(c, 9), flow.Settings{})
		},
		"at least one gener": func() { _, _ = flow.Refine(n, action.Linear(3, 1), lie.Trivial(3), drawn(c, 9), flow.Settings{}) },
		"at least two, got 1": func() {
			_, _ = flow.Compare(n, action.Linear(3, 1), []flow.Hypothesis{flow.Scaling(3)}, drawn(c, 9), flow.Settings{})
		},
	} {
		func() {
			defer func() {
				if r := fmt.Sprint(recover()); !strings.HasPrefix(r, "flow: ") || !strings.Contains(r, says) {
					t.Errorf("panicked with %q, want %q", r, says)
				}
			}()
			f()
		}()
	}
}

func affineStretch() *mat.Dense {
	g := mat.NewDense(4, 4, nil)
	for i := range 4 {
		g.Set(i, i, 2)
	}
	return g
}
