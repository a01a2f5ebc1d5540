package laws

import (
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/dataset"
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
	var text strings.Builder
	expect.NoError(t, Write(&text, []Row{r}))
	if lines := strings.Split(text.String(), "\n"); len(lines) != 3 || strings.Count(lines[0], ",") != strings.Count(lines[1], ",") {
		t.Errorf("%q", text.String())
	}
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

func TestPrinting(t *testing.T) { expect.Printed(t, []any{Tasks()[0], Row{Task: "some"}}) }
