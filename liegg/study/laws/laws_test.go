package laws

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dynamics"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

func TestMain(m *testing.M) { expect.MainInGo(m, network.BackendVariable) }

// A short training finds the laws of the oscillator already. Its trajectories are less exact than
// those of the tasks.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("trains a network")
	}
	task := expect.OK(ByName("oscillator in the plane"))(t)
	task.Samples, task.Steps, task.Model.Hidden = 2000, 1000, []int{32, 32}
	r := expect.OK(task.Run(1))(t)
	if r.Answer != "symmetric" || r.Quantities != task.Quantities || r.Generate != task.Generate || r.Independent != 3 {
		t.Errorf("%v", r)
	}
	if !(r.Misfit > 0 && r.Misfit < .1) || !(r.Defect < .1) || !(r.Drift > 0 && r.Drift < .4*r.Random) || r.Time == 0 {
		t.Errorf("%v", r)
	}
}

// A short training finds the rotation under which a Lagrangian is invariant, and its charge drifts less
// than others. States are in float32, as those that most networks learn from.
func TestLearnLagrangian(t *testing.T) {
	if testing.Short() {
		t.Skip("trains a network")
	}
	bowl := func(z *Node) *Node {
		q, v := SliceAxis(z, -1, AxisRange(0, 2)), SliceAxis(z, -1, AxisRange(2))
		kinetic, height := ReduceAndKeep(Square(v), ReduceSum, -1), Sqrt(AddScalar(ReduceAndKeep(Square(q), ReduceSum, -1), 1))
		return Sub(MulScalar(kinetic, .5), MulScalar(height, 2))
	}
	states := expect.OK(ByName("oscillator in the plane"))(t).states(1, streamTrain, 2000)
	accelerations := expect.OK(network.Exact(dynamics.LagrangianField(bowl)).Predict(states))(t)
	l := expect.OK(LearnLagrangian(network.MLP{Hidden: []int{32}, Outputs: 1, Bias: true}, Training{1000, 64, 1e-2}, states, accelerations, 1))(t)
	found := expect.OK(dynamics.Lagrangian{Names: []string{"x", "y"}, Degree: 1, Gauge: 4}.Of(l, states, network.Settings{}))(t)
	if found.Verdict.Answer != liegg.Symmetric || len(found.Fields) != 1 || !strings.Contains(found.Fields[0].Formula(.1), "y∂x − x∂y") {
		t.Fatalf("%v\n%v", found, found.Verdict)
	}
	drift := expect.OK(found.Follow(l, states, dynamics.DriftSettings{Steps: 50}))(t)
	if !(drift.Of[0] > 0 && drift.Of[0] < .1*drift.Random) {
		t.Error(drift)
	}
}

// Rows are read as they were written.
func TestRead(t *testing.T) {
	rows := []Row{{"oscillator", 1, 2000, 300, .125, "symmetric", 4, 3, "u(2)", .0625, .25, .5, 64}, {Task: "other", Answer: "none"}}
	var text bytes.Buffer
	expect.NoError(t, Write(&text, rows))
	whole := text.String()
	if got := expect.OK(Read(&text))(t); !slices.Equal(got, rows) {
		t.Errorf("%v", got)
	}
	_, err := Read(strings.NewReader(strings.Replace(whole, "0.125", "much", 1)))
	expect.Error(t, err, "line 2", "misfit", "much")
	_, err = Read(strings.NewReader("a,b\n"))
	expect.Error(t, err, "study laws")
}

// The states of the control are where its motion is bounded.
func TestHenonHeilesIsBounded(t *testing.T) {
	task := henonHeiles()
	energies := expect.OK(network.Exact(task.energy).Predict(task.states(1, streamTrain, 500)))(t)
	for i, e := range expect.OK(dataset.Values(energies))(t) {
		if !(e > 0 && e < 1./6) {
			t.Errorf("state %d has the energy %g", i, e)
		}
	}
}

func TestPrinting(t *testing.T) { expect.Printed(t, []any{Tasks()[0], Training{}, Row{Task: "some"}}) }
