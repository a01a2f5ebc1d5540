package ask

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// A network that package network stored: its outputs, a layer, its layers, a test and flows;
// from an .npy file and from a table, with labels beside.
func TestAStoredNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := tensors.FromScalarAndDimensions(0.0, 300, 4)
	var table strings.Builder
	table.WriteString("a,b,c,d,target,class\n")
	tensors.MustMutableFlatData(x, func(v []float64) {
		for i := range 300 {
			for k := range 4 {
				v[4*i+k] = math.Sin(float64((i*31+k*17)*(i+k+3)%1009)) * 1.5
				fmt.Fprintf(&table, "%g,", v[4*i+k])
			}
			fmt.Fprintf(&table, "%g,%d\n", v[4*i]*v[4*i]+v[4*i+1]*v[4*i+1], i%2)
		}
	})
	n := expect.OK(network.New(network.MLP{Hidden: []int{8, 8}, Outputs: 1, Bias: true}, shapes.Make(dtypes.Float64, 4), 1))(t)
	folder := t.TempDir()
	model, csv := filepath.Join(folder, "model"), filepath.Join(folder, "x.csv")
	if err := n.Save(model); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(csv, []byte(table.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	one := filepath.Join(folder, "x.npy")
	f := expect.OK(os.Create(one))(t)
	if err := npy.Write(f, npy.Of(expect.OK(dataset.Values(x))(t), 300, 4)); err != nil {
		t.Fatal(err)
	}
	f.Close()
	want := asked(t, Question{Model: model, Data: one, Action: "linear:2"})
	q := Question{Model: model, Data: csv, Action: "linear:2", Targets: "target", By: "class"}
	if a := asked(t, q); !strings.Contains(a.Text, "label") || a.Verdict.Defects[0].Value <= 0 {
		t.Errorf("by class: %v", a)
	}
	q.By, q.Data = "", one
	q.Targets = ""
	q.Tests = []string{"rotation:0,1", "scaling"}
	if a := asked(t, q); a.Verdict.Defects[0] != want.Verdict.Defects[0] || !strings.Contains(a.Text, "rotation x₁→x₂: ") || !strings.Contains(a.Text, "scaling: ") {
		t.Errorf("with tests: %v", a)
	}
	q.Tests, q.Flows = nil, true
	if a := asked(t, q); !strings.Contains(a.Text, "by gradients: ") {
		t.Errorf("flows: %v", a)
	}
	q.Flows, q.Layers = false, true
	if a := asked(t, q); !strings.Contains(a.Text, "hidden 1") || a.Verdict != nil || a.Spectrum == nil {
		t.Errorf("layers: %v", a)
	}
	if list := expect.OK(List(Question{Model: model, Data: one}))(t); !strings.HasPrefix(list, "hidden 1  [N 8]\nhidden 2  [N 8]\nQuestion.Layer judges") {
		t.Errorf("the list of layers:\n%s", list)
	}
	_, err := List(Question{Model: model})
	expect.Error(t, err, "depend on its inputs", ".npz")
	q.LayerNames = []string{"hidden 2", "hiden 1"}
	_, err = Open(q)
	expect.Error(t, err, "Question.LayerNames hiden 1: there is no such layer", `nearest is "hidden 1", of ["hidden 1" "hidden 2"]`)
	q.LayerNames = q.LayerNames[:1]
	if a := asked(t, q); strings.Contains(a.Text, "hidden 1") || !strings.Contains(a.Text, "hidden 2") {
		t.Errorf("one layer: %v", a)
	}
	q.LayerNames = nil
	q.Layers, q.Layer = false, "hidden 1"
	if a := asked(t, q); a.Verdict.Spectrum.Outputs != 8 {
		t.Errorf("a layer: %v", a)
	}
	q.Layer = "hiden 1"
	_, err = expect.OK(Open(q))(t).Ask(nil)
	expect.Error(t, err, `no layer "hiden 1"`, `nearest is "hidden 1"`)
}
