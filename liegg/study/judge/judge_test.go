package judge

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
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

// TestMain has pure Go compute, which compiles tiny networks in no time.
func TestMain(m *testing.M) {
	os.Setenv(network.BackendVariable, "go")
	os.Exit(m.Run())
}

// testdata is a file of package onnx: networks that PyTorch exported, with inputs.
func testdata(name string) string {
	return filepath.Join("..", "..", "network", "onnx", "testdata", name)
}

func asked(t *testing.T, q Question) *Answer {
	t.Helper()
	return expect.OK(expect.OK(Open(q))(t).Ask(nil))(t)
}

// saved writes arrays to a file of a test.
func saved(t *testing.T, name string, arrays map[string]npy.Array, integers ...string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, a := range arrays {
		f := expect.OK(z.Create(name + ".npy"))(t)
		if err := npy.Write(f, a); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range integers {
		f := expect.OK(z.Create(name + ".npy"))(t)
		const n = 64
		head := fmt.Sprintf("{'descr': '<i8', 'fortran_order': False, 'shape': (%d, 10), }\n", n)
		f.Write(append([]byte("\x93NUMPY\x01\x00"), byte(len(head)), 0))
		f.Write([]byte(head))
		for i := range n * 10 {
			binary.Write(f, binary.LittleEndian, int64(i))
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// shells are the gradients of ‖x‖² and of x₁² + x₂² at points of R³, of which the first keeps
// so(3) and both keep so(2).
func shells(t *testing.T, outputs int) map[string]npy.Array {
	t.Helper()
	const n = 400
	var x, y, j []float64
	for i := range n {
		p := [3]float64{math.Sin(float64(7*i*i%1009)) * 2, math.Cos(float64(11*i*i%1013)) * 2, math.Sin(float64(5*i*i%997)+1) * 2}
		x = append(x, p[:]...)
		y = append(y, p[0]*p[0]+p[1]*p[1]+p[2]*p[2])
		j = append(j, 2*p[0], 2*p[1], 2*p[2])
		if outputs == 2 {
			y = append(y, p[0]*p[0]+p[1]*p[1])
			j = append(j, 2*p[0], 2*p[1], 0)
		}
	}
	return map[string]npy.Array{"x": npy.Of(x, n, 3), "y": npy.Of(y, n, outputs), "J": npy.Of(j, n, outputs, 3)}
}

// A network of central forces, as PyTorch exported it: its outputs turn with its inputs.
func TestAnExportedNetwork(t *testing.T) {
	q := Question{Model: testdata("central.onnx"), Data: testdata("central.npz"), Action: "linear:3x1", Outputs: "same", Samples: 500, Seed: 1}
	a := asked(t, q)
	if a.Verdict.Name() != "so(3)" || !strings.Contains(a.String(), "Lie algebra so(3)") || a.Verdict.Spectrum.Samples != 500 {
		t.Errorf("central forces: %v", a)
	}
	q.Outputs = ""
	if a := asked(t, q); a.Verdict.Dim != 0 {
		t.Errorf("forces that should stay: %v", a)
	}
}

// The gradients that PyTorch computed give what its exported network gives.
func TestGradientsAndTheirNetwork(t *testing.T) {
	for model, action := range map[string]string{"mlp": "linear:5x2", "cnn": "image"} {
		whole := asked(t, Question{Model: testdata(model + ".onnx"), Data: testdata(model + ".npz"), Action: action})
		alone := asked(t, Question{Data: testdata(model + ".npz"), Action: action})
		if whole.Verdict.Answer != alone.Verdict.Answer || len(whole.Verdict.Defects) != len(alone.Verdict.Defects) {
			t.Fatalf("%s:\n%v\nby gradients alone:\n%v", model, whole, alone)
		}
		for i, d := range whole.Verdict.Defects {
			if got := alone.Verdict.Defects[i].Value; math.Abs(got-d.Value) > 1e-3*d.Value {
				t.Errorf("%s: defect %d is %g, by gradients alone %g", model, i, d.Value, got)
			}
		}
		if !strings.Contains(alone.String(), "Finite flows are unavailable") || strings.Contains(whole.String(), "unavailable") {
			t.Errorf("%s: %v", model, alone)
		}
	}
}

// Exact gradients without a network: the verdict, by output, by label, with groups, with
// outputs that may do anything, and of one output without its axis.
func TestExactGradients(t *testing.T) {
	one := shells(t, 1)
	one["J"] = npy.Of(one["J"].Float64, 400, 3)
	delete(one, "y")
	if a := asked(t, Question{Data: saved(t, "one.npz", one), Action: "affine:3x1"}); a.Verdict.Name() != "so(3)" {
		t.Errorf("one output: %v", a)
	}
	two := shells(t, 2)
	labels := make([]float64, 400)
	for i := range labels {
		labels[i] = float64(i % 2)
	}
	two["label"] = npy.Of(labels, 400)
	path := saved(t, "two.npz", two)
	if a := asked(t, Question{Data: path, Action: "linear:3", Groups: "1"}); a.Verdict.Name() != "so(2)" {
		t.Errorf("two outputs: %v", a)
	}
	if a := asked(t, Question{Data: path, Action: "linear:3", ByOutput: true}); !strings.Contains(a.Text, "so(3)") || !strings.Contains(a.Text, "so(2)") {
		t.Errorf("by output: %v", a)
	}
	if a := asked(t, Question{Data: path, Action: "linear:3", By: "label"}); !strings.Contains(a.Text, "no label is known to break them") {
		t.Errorf("by label: %v", a)
	}
	if a := asked(t, Question{Data: path, Action: "linear:3", Targets: "y", Head: "outputs"}); !strings.Contains(a.Text, "unexplained") {
		t.Errorf("with targets: %v", a)
	}
}

// What is wrong is said, with the flag or the array to change.
func TestWhatCannotBeAsked(t *testing.T) {
	mlp, data := testdata("mlp.onnx"), testdata("mlp.npz")
	good := shells(t, 2)
	with := func(name string, a npy.Array) string {
		arrays := map[string]npy.Array{name: a}
		for n, b := range good {
			if n != name {
				arrays[n] = b
			}
		}
		return saved(t, "bad.npz", arrays)
	}
	nothing := saved(t, "nothing.npz", map[string]npy.Array{"a": npy.Of(make([]float64, 20), 2, 10), "b": npy.Of([]float64{1}, 1)})
	integers := saved(t, "integers.npz", map[string]npy.Array{"label": npy.Of(make([]float64, 63), 63)}, "x")
	table := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(table, []byte("a,b\n1,2\n3,4.5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		q     Question
		words []string
	}{
		"no input in the data":    {Question{Model: mlp, Data: nothing, Action: "linear:5x2"}, []string{`input is "input"`, `["a" "b"]`, "--input input="}},
		"integers":                {Question{Model: mlp, Data: integers, Action: "linear:5x2"}, []string{`"x" holds integers`, `astype("float32")`}},
		"an action":               {Question{Model: mlp, Data: data, Action: "linear:3x2"}, []string{"--action linear:3x2 does not fit", "--action linear:5x2 "}},
		"another sample axis":     {Question{Model: mlp, Data: data, Action: "linear:5x2", By: "s"}, []string{`"s" has 25 samples, but there are 64`}},
		"an output":               {Question{Model: mlp, Data: data, Action: "linear:5x2", Output: "outputs"}, []string{`no "outputs" for --output`, `nearest is "output"`}},
		"a layer":                 {Question{Model: mlp, Data: data, Action: "linear:5x2", Layer: "outputs"}, []string{`no "outputs" for --layer`, `nearest is "output"`}},
		"J of other outputs":      {Question{Data: with("y", npy.Of(make([]float64, 1200), 400, 3)), Action: "linear:3"}, []string{"y must be [400, 2], but it is [400 3]"}},
		"J of another shape":      {Question{Data: with("J", npy.Of(make([]float64, 3200), 400, 2, 4)), Action: "linear:3"}, []string{"J must be [400, m, 3]", "[400 2 4]"}},
		"J of fewer samples":      {Question{Data: with("J", npy.Of(make([]float64, 600), 100, 2, 3)), Action: "linear:3"}, []string{`"J" has 100 samples, but there are 400`}},
		"no J":                    {Question{Data: nothing, Action: "linear:3"}, []string{"no array J", "no model"}},
		"y that is needed":        {Question{Data: saved(t, "no y.npz", map[string]npy.Array{"x": good["x"], "J": good["J"]}), Action: "linear:3", Outputs: "free"}, []string{"save them as y"}},
		"layers of gradients":     {Question{Data: with("other", good["x"]), Action: "linear:3", Layers: true}, []string{"need a network"}},
		"an array":                {Question{Model: mlp, Data: data, Action: "linear:5x2", By: "S"}, []string{"--by S", `nearest is "s"`}},
		"labels in parts":         {Question{Data: with("l", npy.Of([]float64{.5}, 1)), Action: "linear:3", By: "y"}, []string{"one number for each sample"}},
		"several inputs":          {Question{Model: testdata("conditioned.onnx"), Data: testdata("conditioned.npz"), Action: "linear:3"}, []string{"say by --input"}},
		"a model alone":           {Question{Data: mlp}, []string{"is a model: give the data"}},
		"no model":                {Question{Model: data, Data: data}, []string{"is no model"}},
		"a missing model":         {Question{Model: "none.onnx", Data: data}, []string{"none.onnx"}},
		"a fixed batch":           {Question{Model: testdata("mlp_fixed.onnx"), Data: data, Action: "linear:5x2"}, []string{"fixed", "dynamic_axes"}},
		"no data":                 {Question{Model: mlp, Data: "x.txt9"}, []string{".npz, .npy or .csv"}},
		"a table of a model":      {Question{Model: mlp, Data: table, Action: "linear:2"}, []string{"the shape of the data [2]"}},
		"a column":                {Question{Model: mlp, Data: table, By: "label", Action: "linear:2"}, []string{"[2]"}},
		"outputs that are no R³":  {Question{Model: testdata("cnn.onnx"), Data: testdata("cnn.npz"), Action: "linear:3", Outputs: "same"}, []string{"no whole number"}},
		"free outputs":            {Question{Model: mlp, Data: data, Action: "linear:5x2", Outputs: "same"}, []string{"3 outputs, which are no whole number of 5"}},
		"two questions":           {Question{Model: mlp, Data: data, Layers: true, Flows: true}, []string{"one at a time"}},
		"flows of outputs":        {Question{Model: mlp, Data: data, Outputs: "same", Flows: true}, []string{"leave --outputs same"}},
		"a head":                  {Question{Model: mlp, Data: data, Head: "centered"}, []string{`nearest is "centred"`}},
		"an outputs flag":         {Question{Model: mlp, Data: data, Outputs: "invariants"}, []string{`nearest is "invariant"`}},
		"a test":                  {Question{Model: mlp, Data: data, Tests: []string{"rotate:0,1"}}, []string{`nearest is "rotation"`}},
		"axes of a test":          {Question{Model: mlp, Data: data, Tests: []string{"rotation:0,0"}}, []string{"different whole numbers"}},
		"too few axes":            {Question{Model: mlp, Data: data, Tests: []string{"rotation:0"}}, []string{"takes 2 axes"}},
		"an axis":                 {Question{Model: mlp, Data: data, Action: "linear:5x2", Tests: []string{"shear:0,5"}}, []string{"axis 5 is not one of the 5"}},
		"a test of another space": {Question{Model: mlp, Data: data, Action: "linear:5x2", Tests: []string{"translation:0"}}, []string{"not among the candidates"}},
		"groups of none":          {Question{Model: mlp, Data: data, Action: "linear:5x2", Groups: "0"}, []string{"--groups 0"}},
		"groups in a sample":      {Question{Model: mlp, Data: data, Action: "linear:5x2", Groups: "5", Samples: 10}, []string{"--samples leaves some out"}},
		"negative samples":        {Question{Model: mlp, Data: data, Samples: -1}, []string{"--samples"}},
	} {
		s, err := Open(c.q)
		if err == nil {
			_, err = s.Ask(nil)
		}
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, words := range c.words {
			if !strings.Contains(err.Error(), words) {
				t.Errorf("%s: the error does not say %q: %v", name, words, err)
			}
		}
	}
	_, err := expect.OK(Open(Question{Model: mlp, Data: data}))(t).Ask(nil)
	var action *NoActionError
	if !errors.As(err, &action) || !strings.Contains(err.Error(), "--action linear:5x2 ") {
		t.Errorf("without an action: %v", err)
	}
}

// An input beside the one that moves may be a constant of the data.
func TestAConstantInput(t *testing.T) {
	q := Question{Model: testdata("conditioned.onnx"), Data: testdata("conditioned.npz"), Input: "x", Output: "y", Action: "linear:3"}
	if s := expect.OK(Open(q))(t); s.Len() != 16 {
		t.Errorf("%v", s)
	}
}

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
	q.Layers, q.Layer = false, "hidden 1"
	if a := asked(t, q); a.Verdict.Spectrum.Outputs != 8 {
		t.Errorf("a layer: %v", a)
	}
	q.Layer = "hiden 1"
	_, err := expect.OK(Open(q))(t).Ask(nil)
	expect.Error(t, err, `no layer "hiden 1"`, `nearest is "hidden 1"`)
}

// Three shares give the verdict of one process, however they are ordered; what is missing or
// damaged is told.
func TestShares(t *testing.T) {
	q := Question{Data: saved(t, "two.npz", shells(t, 2)), Action: "linear:3"}
	s := expect.OK(Open(q))(t)
	var shares []*Share
	for _, i := range []int{2, 3, 1} {
		path := filepath.Join(t.TempDir(), "share")
		if err := (&Share{q, expect.OK(s.Part(i, 3, nil))(t)}).Write(path); err != nil || !IsShare(path) {
			t.Fatal(err)
		}
		shares = append(shares, expect.OK(ReadShare(path))(t))
	}
	again, parts, err := Join(shares...)
	if err != nil || again.String() != q.String() {
		t.Fatalf("%v, %v", again, err)
	}
	got, want := expect.OK(s.Ask(nil, parts...))(t), expect.OK(s.Ask(nil))(t)
	var a, b bytes.Buffer
	if err := errors.Join(got.Report().JSON(&a), want.Report().JSON(&b)); err != nil || a.String() != b.String() {
		t.Errorf("%v in shares:\n%s\nin one process:\n%s", err, &a, &b)
	}
	_, err = s.Ask(nil, parts[:2]...)
	expect.Error(t, err, "share 1 of 3 is in no part")
	other := *shares[0]
	other.Question.Seed = 7
	_, _, err = Join(&other, shares[1])
	expect.Error(t, err, "different questions", "--seed 7")
	q.ByOutput = true
	_, err = expect.OK(Open(q))(t).Part(1, 2, nil)
	expect.Error(t, err, "leave --layers, --by-output and --by out")
	bad := filepath.Join(t.TempDir(), "bad")
	data := expect.OK(shares[0].MarshalBinary())(t)
	data[len(data)/2]++
	if err := os.WriteFile(bad, data, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = ReadShare(bad)
	expect.Error(t, err, bad, "damaged")
	if IsShare(q.Data) || IsShare("none") {
		t.Error("other files are taken for shares")
	}
}

// A worker does the jobs of a question; it opens the files once, and says if it cannot.
func TestWorker(t *testing.T) {
	s := expect.OK(Open(Question{Data: saved(t, "one.npz", shells(t, 1)), Action: "linear:3"}))(t)
	jobs := expect.OK(s.Jobs())(t)
	if len(jobs) < 2 || !filepath.IsAbs(jobs[0].Judge.Data) {
		t.Fatalf("jobs are %v", jobs)
	}
	var w Worker
	var parts []*network.VerdictPart
	for _, j := range jobs {
		var share Share
		if err := share.UnmarshalBinary(expect.OK(w.Do(t.Context(), j))(t)); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, share.Part)
	}
	if a := expect.OK(s.Ask(nil, parts...))(t); a.Verdict.Name() != "so(3)" {
		t.Errorf("%v", a)
	}
	jobs[0].Judge = &Question{Data: "none.npz", Action: "linear:3"}
	_, err := w.Do(t.Context(), jobs[0])
	var files *OpenError
	if !errors.As(err, &files) || !strings.Contains(err.Error(), "under the paths") {
		t.Errorf("error %v", err)
	}
}
