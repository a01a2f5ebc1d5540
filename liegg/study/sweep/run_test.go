package sweep

import (
	"context"
	"errors"
	"io"
	"iter"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/ml/train"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network/training"
)

// jobOf is a job of this code on sl2, of one regime.
func jobOf(t *testing.T, r Regime) Job {
	j := tiny().Jobs()[2] // two hidden layers
	r.Name = "test"
	j.Regime, j.Code = r, ok(CurrentCode())(t).Digest()
	return j
}

// Every regime makes a network that is measured, each another one.
func TestRegimes(t *testing.T) {
	seen := map[float64]string{}
	for name, r := range map[string]Regime{
		"scratch":   {},
		"pretrain":  {Pretrain: &Pretraining{Samples: 300}},
		"last":      {Pretrain: &Pretraining{Samples: 300, Steps: 30, Tune: "last"}},
		"layerwise": {Layerwise: true},
		"augment":   {Augment: .5},
		"decay":     {Decay: 1},
		"noise":     {Noise: 1},
	} {
		j := jobOf(t, r)
		j.Layers, j.Flows = name == "layerwise", name == "scratch"
		row := ok(Run(context.Background(), j))(t)[0]
		if row.Failed != "" || row.Key != j.Key(0) {
			t.Errorf("%s: %+v", name, row)
			continue
		}
		if other := seen[row.TestLoss]; other != "" {
			t.Errorf("%s and %s are the same network", name, other)
		}
		seen[row.TestLoss] = name
		if len(row.Spectrum) != 4 || len(row.Angles) != 3 || row.Truth != 3 || !(row.Lower <= row.Defect && row.Defect <= row.Upper) || !(row.Fit < 1) {
			t.Errorf("%s: %s", name, Encode(row))
		}
		if j.Flows != (row.Flow != "") || (row.Flow == "confirmed") != (row.FlowDim > 0 && row.FlowHolds > 0) {
			t.Errorf("%s: finite flows say %q of %d generators, up to t = %g", name, row.Flow, row.FlowDim, row.FlowHolds)
		}
		if j.Layers && (len(row.LayerNames) != 3 || len(row.LayerDefects) != 3 || row.LayerNames[2] != "output") {
			t.Errorf("%s: layers %v %v", name, row.LayerNames, row.LayerDefects)
		}
	}
}

// What diverges is a row with its reason, and the sweep goes on.
func TestAFailureIsARow(t *testing.T) {
	s := tiny()
	s.Depths, s.Seeds, s.Together = []int{1}, 2, 2
	s.Regimes = []Regime{{Name: "too much", L2: 1e39}, {Name: "scratch"}}
	path := filepath.Join(t.TempDir(), "rows.csv")
	table := open(t, path, s)
	var log strings.Builder
	if err := Work(context.Background(), table, table.Jobs(1, 1), &log); err != nil {
		t.Fatal(err)
	}
	rows := table.Rows()
	for _, row := range rows[:2] {
		if !strings.Contains(row.Failed, "diverged") || !math.IsNaN(row.Fit) {
			t.Errorf("%s", Encode(row))
		}
	}
	for _, row := range rows[2:] {
		if row.Failed != "" {
			t.Errorf("%s", Encode(row))
		}
	}
	if !strings.Contains(log.String(), "2 failed") || !strings.Contains(log.String(), "left") {
		t.Errorf("log %q", &log)
	}
}

// panicking is a source that breaks as graph code may.
type panicking struct{ training.Source }

func (panicking) Epoch(uint64) iter.Seq2[train.Batch, error] { panic("boom") }

type panickingLesson struct{ lesson }

func (l panickingLesson) source() training.Source { return panicking{l.lesson.source()} }

func TestAPanicIsAReason(t *testing.T) {
	j := jobOf(t, Regime{})
	task := ok(taskNamed(j.Task))(t)
	s := run{ctx: context.Background(), Job: j, task: task}
	stage := s.stages()[0]
	c := &candidate{lesson: panickingLesson{ok(stage.lesson(0, 100))(t)}}
	expect.Error(t, s.trainStage(stage, []*candidate{c}), "boom")
}

func TestRunRefuses(t *testing.T) {
	j := jobOf(t, Regime{})
	j.Code = "0123"
	_, err := Run(context.Background(), j)
	expect.Error(t, err, "0123", "same commit")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err = Run(ctx, jobOf(t, Regime{})); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context: %v", err)
	}
	table := open(t, filepath.Join(t.TempDir(), "rows.csv"), tiny())
	if err := Work(ctx, table, table.Jobs(1, 1), io.Discard); !errors.Is(err, context.Canceled) || table.Len() != 0 {
		t.Errorf("%v, %d rows", err, table.Len())
	}
}
