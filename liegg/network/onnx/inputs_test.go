package onnx

import (
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
)

var moleculeInputs = []string{"positions", "species", "mask"}

// molecule is the network of testdata/inputs.py with some outputs, and its packed data.
func molecule(t *testing.T, file string, outputs ...string) (*network.Network, map[string]*tensors.Tensor) {
	t.Helper()
	n, data := load(t, file, Settings{Inputs: moleculeInputs, Outputs: outputs}), map[string]*tensors.Tensor{}
	for _, name := range moleculeInputs {
		data[name] = expect.OK(dataset.ReadNPZ("testdata/molecule.npz", name))(t)
	}
	return n, data
}

// A PyTorch model of positions, species and a mask gives PyTorch's outputs, several of them in one row, and
// one call finds se(3).
func TestInputsThatVary(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, file := range []string{"molecule.onnx", "molecule_dynamo.onnx"} {
		n, data := molecule(t, file, "energy", "forces")
		p := n.Packing()
		for i, want := range []dtypes.DType{dtypes.Float32, dtypes.Int64, dtypes.Bool} {
			if f := p.Fields()[i]; f.Name != moleculeInputs[i] || f.Shape.DType != want {
				t.Errorf("%s: field %d is %v", file, i, f)
			}
		}
		x := expect.OK(p.Pack(data))(t)
		y := expect.OK(dataset.Values(expect.OK(n.Predict(x))(t)))(t)
		var want []float64
		energy, forces := array(t, "molecule.npz", "energy").Values(), array(t, "molecule.npz", "forces").Values()
		for i, e := range energy {
			want = append(append(want, e), forces[i*12:(i+1)*12]...)
		}
		expect.Near(t, file+": energy and forces", y, want, 1e-5)

		a := expect.OK(p.Moving(network.Move{Action: action.Affine(3, 4), Inputs: []string{"positions"}}))(t)
		one, _ := molecule(t, file, "energy")
		v := expect.OK(network.Judge(one, a, network.Tensor(x), network.Settings{}))(t)
		if v.Answer != liegg.Symmetric || v.Name() != "se(3)" || lie.LargestAngle(v.Algebra, lie.SE(3)) > 1e-4 {
			t.Errorf("%s: the energy: want se(3), got\n%v", file, v)
		}
	}
}

// Energy and forces are judged together: forces turn with the positions and do not shift. In other
// units the answer is the same, and forces that are said to stay break the rotations.
func TestEnergyAndForcesTogether(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	n, data := molecule(t, "molecule.onnx", "energy", "forces")
	x := expect.OK(n.Packing().Pack(data))(t)
	a := expect.OK(n.Packing().Moving(network.Move{Action: action.Affine(3, 4), Inputs: []string{"positions"}}))(t)
	outputs := rep.Direct(rep.Invariants(3, 1), rep.Copies(rep.Standard(3), 4))
	v := expect.OK(network.Judge(n, action.Equivariant(a, outputs), network.Tensor(x), network.Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Name() != "se(3)" || lie.LargestAngle(v.Algebra, lie.SE(3)) > 1e-4 {
		t.Errorf("want se(3), got\n%v", v)
	}
	if v := expect.OK(network.Judge(n, a, network.Tensor(x), network.Settings{}))(t); v.Dim != 3 {
		t.Errorf("if forces stay: want the translations, got\n%v", v)
	}
}

func TestInputsThatVaryAreRefused(t *testing.T) {
	const file = "testdata/molecule.onnx"
	for _, c := range []struct {
		s     Settings
		words []string
	}{
		{Settings{Inputs: []string{"positions", "species"}, Output: "energy"}, []string{`"mask" needs a value in Settings.Fixed, or its name in Settings.Inputs`}},
		{Settings{Inputs: []string{"positions", "specie", "mask"}}, []string{`no "specie" for Settings.Inputs`, `the nearest is "species"`}},
		{Settings{Inputs: moleculeInputs, Input: "mask"}, []string{"with Settings.Inputs"}},
		{Settings{Inputs: []string{"positions", "positions", "mask"}}, []string{`two inputs have the name "positions"`}},
		{Settings{Inputs: moleculeInputs, Shapes: map[string][]int{"x": {3}}}, []string{`Settings.Shapes has "x"`}},
		{Settings{Inputs: moleculeInputs, Shapes: map[string][]int{"mask": {3}}}, []string{`Settings.Shapes["mask"] [3] does not fit the input "mask"`}},
		{Settings{Inputs: moleculeInputs, Output: "energy", Outputs: []string{"forces"}}, []string{"with Settings.Outputs"}},
		{Settings{Inputs: moleculeInputs, Outputs: []string{"energy", "force"}}, []string{`no "force" for Settings.Outputs`}},
		{Settings{Inputs: moleculeInputs, Outputs: []string{"energy", "energy"}}, []string{`"energy" twice`}},
		{Settings{Inputs: moleculeInputs}, []string{`choose Settings.Output`}},
	} {
		_, err := Load(file, c.s)
		expect.Error(t, err, append(c.words, file)...)
	}
	n, data := molecule(t, "molecule.onnx", "energy")
	_, err := n.Packing().Moving(network.Move{Action: action.Linear(1, 4), Inputs: []string{"species"}})
	expect.Error(t, err, `"species" is of type Int64, which cannot move`)
	data["species"] = dataset.Rows(data["species"], 0, 100)
	_, err = n.Packing().Pack(data)
	expect.Error(t, err, `"positions" has 300 samples, and "species" has 100`)
	delete(data, "species")
	_, err = n.Packing().Pack(data)
	expect.Error(t, err, `no input "species"`, `the data hold ["mask" "positions"]`)
	if !slices.Equal(n.Packing().Fields()[0].Shape.Dimensions, []int{4, 3}) {
		t.Errorf("the packing is %v", n.Packing())
	}
}
