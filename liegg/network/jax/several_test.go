package jax

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/profile"
)

// severals are the networks of testdata with several inputs, and their outputs in the order of JAX.
var severals = map[string][]string{"molecule": {"energy", "forces"}, "many_types": {"0", "1"}}

// packedAsJAX tests the outputs of a network with several inputs, and the products of its Jacobian.
func packedAsJAX(t *testing.T, path, answers string, outputs []string) {
	n := loaded(t, path, Settings{Outputs: outputs})
	p := n.Packing()
	data := map[string]*tensors.Tensor{}
	for _, f := range p.Fields() {
		data[f.Name] = ok(dataset.ReadNPZ(answers, f.Name))(t)
	}
	x := ok(p.Pack(data))(t)
	y, jacobian := ok(npy.ReadZip(answers, "y"))(t), ok(npy.ReadZip(answers, "J"))(t)
	samples, rows, floats := jacobian.Dims[0], jacobian.Dims[1], jacobian.Dims[2]
	var places []int // of the floats, in a packed sample
	for _, f := range p.Fields() {
		for at := p.Span(f.Name).From; f.Shape.DType.IsFloat() && at < p.Span(f.Name).To; at++ {
			places = append(places, at)
		}
	}
	if len(places) != floats {
		t.Fatalf("the inputs have %d floats, want %d", len(places), floats)
	}
	width := p.Shape().Size()
	u, v := normal(samples*rows), make([]float64, samples*width)
	wantPulled, wantPushed := make([]float64, len(v)), make([]float64, len(u))
	for i, f := range normal(samples * floats) {
		v[i/floats*width+places[i%floats]] = f
	}
	for i, d := range jacobian.Values() {
		row, column := i/floats, i/(floats*rows)*width+places[i%floats]
		wantPulled[column] += d * u[row]
		wantPushed[row] += d * v[column]
	}
	values, pulled, pushed := products(t, n, x, u, v)
	expect.Near(t, "outputs", values, y.Values(), 1e-5)
	expect.Near(t, "products with rows", pulled, wantPulled, 1e-5)
	expect.Near(t, "products with columns", pushed, wantPushed, 1e-5)
}

func moleculeData(t *testing.T, samples int) map[string]*tensors.Tensor {
	t.Helper()
	species, mask := make([]int32, samples*4), make([]bool, samples*4)
	for i, r := range normal(len(species)) {
		species[i], mask[i] = int32(i*7%5), r < 1 || i%4 < 2
	}
	return map[string]*tensors.Tensor{
		"positions": points(samples, 4, 3),
		"species":   tensors.FromFlatDataAndDimensions(species, samples, 4),
		"mask":      tensors.FromFlatDataAndDimensions(mask, samples, 4),
	}
}

// An energy does not change if the positions are turned and shifted, and forces turn with them:
// one by one, and together.
func TestEnergyAndForces(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	vectors := rep.Copies(rep.Standard(3), 4)
	for _, c := range []struct {
		settings Settings
		outputs  rep.Representation
	}{
		{Settings{Output: "energy"}, rep.Invariants(3, 1)},
		{Settings{Outputs: []string{"forces", "energy"}, Inputs: []string{"species", "positions", "mask"}}, rep.Direct(vectors, rep.Invariants(3, 1))},
	} {
		net := loaded(t, "testdata/molecule.jaxnet", c.settings)
		x := ok(net.Packing().Pack(moleculeData(t, 300)))(t)
		moves := ok(net.Packing().Moving(network.Move{Action: action.Affine(3, 4), Inputs: []string{"positions"}}))(t)
		v := ok(network.Judge(net, action.Equivariant(moves, c.outputs), network.Tensor(x), network.Settings{}))(t)
		if v.Name() != "se(3)" || v.Dim != 6 {
			t.Errorf("%v: want se(3), got\n%v", c.settings, v)
		}
	}
}

// Inputs that Fixed holds are the same for all samples.
func TestFixedInputs(t *testing.T) {
	all := loaded(t, "testdata/molecule.jaxnet", Settings{Outputs: []string{"energy", "forces"}})
	data := moleculeData(t, 5)
	species, mask := []int32{4, 1, 0, 2}, []bool{true, true, false, true}
	data["species"] = tensors.FromFlatDataAndDimensions(slices.Repeat(species, 5), 5, 4)
	data["mask"] = tensors.FromFlatDataAndDimensions(slices.Repeat(mask, 5), 5, 4)
	want := ok(dataset.Values(ok(all.Predict(ok(all.Packing().Pack(data))(t)))(t)))(t)
	fixed := map[string]*tensors.Tensor{
		"species": tensors.FromFlatDataAndDimensions([]float64{4, 1, 0, 2}, 4), // in another type
		"mask":    tensors.FromFlatDataAndDimensions(mask, 4),
	}
	for _, s := range []Settings{{}, {Input: "positions"}} {
		s.Fixed, s.Outputs = fixed, []string{"energy", "forces"}
		some := loaded(t, "testdata/molecule.jaxnet", s)
		if some.Packing() != nil {
			t.Errorf("%v: a single input is packed", s)
		}
		expect.Near(t, "outputs", ok(dataset.Values(ok(some.Predict(data["positions"]))(t)))(t), want, 1e-6)
	}
}

// Layers of several inputs are named, and can be outputs.
func TestLayersOfSeveralInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	net := loaded(t, "testdata/molecule.jaxnet", Settings{Outputs: []string{"squares", "energy"}})
	x := ok(net.Packing().Pack(moleculeData(t, 64)))(t)
	y := ok(dataset.Values(ok(net.Predict(x))(t)))(t)
	positions := ok(dataset.Values(moleculeData(t, 64)["positions"]))(t)
	for i := range 64 * 4 {
		r := positions[3*i : 3*i+3]
		expect.Near(t, "squares", y[i/4*5+i%4:][:1], []float64{r[0]*r[0] + r[1]*r[1] + r[2]*r[2]}, 1e-5)
	}
	energy := loaded(t, "testdata/molecule.jaxnet", Settings{Output: "energy"})
	moves := ok(energy.Packing().Moving(network.Move{Action: action.Linear(3, 4), Inputs: []string{"positions"}}))(t)
	layers := ok(profile.Layers(energy, moves, network.Tensor(x), network.Settings{}))(t)
	if names := strings.Join(layers.Names(), " "); !strings.HasPrefix(names, "weighted squares ") {
		t.Errorf("the layers are %s", names)
	}
}

// What is wrong about inputs and outputs is said, with the nearest names.
func TestRefusedSettings(t *testing.T) {
	needXLA(t)
	number := tensors.FromScalar(1.)
	for _, c := range []struct {
		s     Settings
		words []string
	}{
		{Settings{}, []string{`["energy" "forces"]`, "Settings.Outputs"}},
		{Settings{Output: "energi"}, []string{`no output "energi" for Settings.Output`, `nearest is "energy"`}},
		{Settings{Outputs: []string{"energy", "force"}}, []string{`no output "force" for Settings.Outputs`, `nearest is "forces"`}},
		{Settings{Outputs: []string{"energy", "energy"}}, []string{`"energy" twice`}},
		{Settings{Outputs: []string{}}, []string{"Settings.Outputs is empty"}},
		{Settings{Output: "energy", Outputs: []string{"energy"}}, []string{"leave it out"}},
		{Settings{Output: "energy", Inputs: []string{"position"}}, []string{`no input "position" for Settings.Inputs`, `nearest is "positions"`}},
		{Settings{Output: "energy", Inputs: []string{"positions", "positions"}}, []string{`"positions" twice`}},
		{Settings{Output: "energy", Input: "positions"}, []string{`"mask" needs a value in Settings.Fixed`}},
		{Settings{Output: "energy", Input: "positions", Inputs: []string{"mask"}}, []string{"leave it out"}},
		{Settings{Output: "energy", Fixed: map[string]*tensors.Tensor{"Species": number}}, []string{`Settings.Fixed holds "Species"`}},
		{Settings{Output: "energy", Fixed: map[string]*tensors.Tensor{"species": number}}, []string{`"species"`, "shape [] for one sample, not [4]"}},
		{Settings{Output: "energy", Fixed: map[string]*tensors.Tensor{"species": tensors.FromFlatDataAndDimensions([]float64{0, 1, .5, 2}, 4)}}, []string{"0.5 is not a whole number"}},
	} {
		_, err := Load("testdata/molecule.jaxnet", c.s)
		expect.Error(t, err, c.words...)
	}
	_, err := Load("testdata/molecule.jaxnet", Settings{Input: "species", Output: "energy", Fixed: map[string]*tensors.Tensor{
		"positions": tensors.FromScalarAndDimensions(0., 4, 3), "mask": tensors.FromScalarAndDimensions(true, 4)}})
	expect.Error(t, err, "Int32, which cannot be differentiated")
}

// Inputs tells the types and shapes of one sample.
func TestInputs(t *testing.T) {
	for path, want := range map[string]string{
		"molecule": "mask (Bool)[4], positions (Float32)[4, 3], species (Int32)[4]",
		"mlp":      "x (Float32)[10]", // a file of version 1
	} {
		var got []string
		for _, f := range ok(Inputs(filepath.Join("testdata", path+".jaxnet"), 0))(t) {
			got = append(got, f.String())
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s has %s, want %s", path, text, want)
		}
	}
}

// A manifest whose programs do not take what its inputs hold is refused.
func TestRefusedInputs(t *testing.T) {
	for name, change := range map[string]func(m *manifest){
		"a name twice":   func(m *manifest) { m.Inputs[0].Name = "species" },
		"no name":        func(m *manifest) { m.Inputs[0].Name = "" },
		"a type":         func(m *manifest) { m.Inputs[0].Type = "complex64" },
		"a shape":        func(m *manifest) { m.Inputs[0].Shape = []int{-4} },
		"another size":   func(m *manifest) { m.Inputs[1].Shape = []int{4, 4} },
		"another type":   func(m *manifest) { m.Inputs[1].Type = "float64" },
		"no floats":      func(m *manifest) { m.Inputs[1].Type = "int32" },
		"a single shape": func(m *manifest) { m.Inputs = m.Inputs[1:2] },
		"no inputs":      func(m *manifest) { m.Inputs = nil },
	} {
		f := ok(read("testdata/molecule.jaxnet", 1<<30))(t)
		change(&f.manifest)
		if err := f.manifest.check(); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
