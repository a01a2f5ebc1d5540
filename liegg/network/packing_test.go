package network

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/bfloat16"
	"github.com/gomlx/compute/dtypes/float16"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// everyType holds the smallest and largest numbers of every type except float64, and some between.
func everyType() map[string]*tensors.Tensor {
	return map[string]*tensors.Tensor{
		"bool":   tensors.FromFlatDataAndDimensions([]bool{true, false, false, true}, 2, 2),
		"int8":   tensors.FromFlatDataAndDimensions([]int8{math.MinInt8, math.MaxInt8, -1, 0}, 2, 2),
		"int16":  tensors.FromFlatDataAndDimensions([]int16{math.MinInt16, math.MaxInt16, -1, 257}, 2, 2),
		"int32":  tensors.FromFlatDataAndDimensions([]int32{math.MinInt32, math.MaxInt32, -65537, 65536}, 2, 2),
		"int64":  tensors.FromFlatDataAndDimensions([]int64{math.MinInt64, math.MaxInt64, -1 << 33, 1<<53 + 1}, 2, 2),
		"uint8":  tensors.FromFlatDataAndDimensions([]uint8{0, math.MaxUint8, 1, 128}, 2, 2),
		"uint16": tensors.FromFlatDataAndDimensions([]uint16{0, math.MaxUint16, 1, 257}, 2, 2),
		"uint32": tensors.FromFlatDataAndDimensions([]uint32{0, math.MaxUint32, 1, 1 << 31}, 2, 2),
		"uint64": tensors.FromFlatDataAndDimensions([]uint64{0, math.MaxUint64, 1, 1<<63 + 1}, 2, 2),
		"half":   tensors.FromFlatDataAndDimensions([]float16.Float16{float16.FromFloat32(.1), float16.FromFloat32(-3)}, 2),
		"brain":  tensors.FromFlatDataAndDimensions([]bfloat16.BFloat16{bfloat16.FromFloat32(.1), bfloat16.FromFloat32(-3)}, 2),
		"single": tensors.FromFlatDataAndDimensions([]float32{.1, math.MaxFloat32}, 2, 1, 1),
	}
}

// Inputs of every type come out of a packing as they went in, also if each number was changed
// by some units in its last place, if they are integers.
func TestPackingKeepsValues(t *testing.T) {
	backend := goBackend(t)
	for _, wide := range []bool{false, true} {
		data := everyType()
		if wide {
			data["double"] = tensors.FromFlatDataAndDimensions([]float64{.1, math.MaxFloat64}, 2)
		}
		p := ok(PackingOf(data))(t)
		x := ok(p.Pack(data))(t)
		if x.DType() != p.Shape().DType || (x.DType() == dtypes.Float64) != wide || !slices.Equal(x.Shape().Dimensions[1:], p.Shape().Dimensions) {
			t.Fatalf("packed as %s: %v", x.Shape(), p)
		}
		for _, units := range []float64{0, 8, -8} {
			out := MustExecOnceN(backend, func(x *Node) []*Node {
				ulp := 0x1p-23
				if wide {
					ulp = 0x1p-52
				}
				inputs, nodes := p.Unpack(MulScalar(x, 1+units*ulp)), []*Node(nil)
				for _, f := range p.Fields() {
					nodes = append(nodes, inputs[f.Name])
				}
				return nodes
			}, x)
			for i, f := range p.Fields() {
				if units != 0 && f.Shape.DType.IsFloat() {
					continue
				}
				if want := data[f.Name]; !out[i].Equal(want) || !out[i].Shape().Equal(want.Shape()) {
					t.Errorf("%v, %g units: got %v, want %v", f, units, out[i], want)
				}
			}
		}
	}
}

// atoms are positions [n, 4, 3] and species [n, 4] of atoms, far from the origin.
func atoms(n int) map[string]*tensors.Tensor {
	random := rand.New(rand.NewPCG(51, 0))
	x, z := make([]float64, n*12), make([]int64, n*4)
	for i := range x {
		x[i] = 20 + random.NormFloat64()
	}
	for i := range z {
		z[i] = 1 + random.Int64N(100_000)
	}
	return map[string]*tensors.Tensor{"positions": tensors.FromFlatDataAndDimensions(x, n, 4, 3), "species": tensors.FromFlatDataAndDimensions(z, n, 4)}
}

// weightedDistances is an exact invariant of positions under E(3): Σ w(z_i)w(z_j)·√(1+|x_i − x_j|²).
func weightedDistances(inputs map[string]*Node) *Node {
	x, z := inputs["positions"], inputs["species"]
	w := Sin(ConvertDType(z, x.DType()))
	apart := Sub(ExpandAxes(x, 1), ExpandAxes(x, 2))
	distances := Sqrt(AddScalar(ReduceSum(Square(apart), -1), 1))
	return ReduceSum(Mul(Mul(ExpandAxes(w, 1), ExpandAxes(w, 2)), distances), 1, 2)
}

// Positions and species: one call finds se(3), to rounding, and the sums equal the sums of a network
// that gets the species of each sample in another way.
func TestJudgePositionsAndSpecies(t *testing.T) {
	data := atoms(2000)
	p := ok(PackingOf(data))(t)
	x := ok(p.Pack(data))(t)
	a := ok(p.Moving(Move{action.Affine(3, 4), []string{"positions"}}))(t)
	v := ok(Judge(p.Exact(weightedDistances), a, Tensor(x), Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Name() != "se(3)" || lie.LargestAngle(v.Algebra, lie.SE(3)) > 1e-6 {
		t.Errorf("want se(3), exactly, got\n%v", v)
	}
	for _, e := range v.Defects[:6] {
		if e.Value > 1e-10 {
			t.Errorf("a generator of se(3) with ρ = %g", e.Value)
		}
	}
	if staying := p.Staying(a); !slices.Equal(staying, []string{"species"}) {
		t.Errorf("%q stay", staying)
	}
}

// Inputs that stay change neither the rows nor their metric: if all species are equal, the sums equal
// the sums of the function of positions alone.
func TestPackedSumsAreThoseOfOneInput(t *testing.T) {
	data := atoms(300)
	data["species"] = tensors.FromFlatDataAndDimensions(slices.Repeat([]int64{7}, 1200), 300, 4)
	p := ok(PackingOf(data))(t)
	steep := func(inputs map[string]*Node) *Node { // without any symmetry, and steep in what stays
		y := weightedDistances(inputs)
		return Add(y, Exp(MulScalar(Reshape(Slice(inputs["positions"], AxisRange(), AxisElem(0), AxisElem(0)), -1), .1)))
	}
	alone := Exact(func(x *Node) *Node {
		return steep(map[string]*Node{"positions": x, "species": BroadcastToDims(Const(x.Graph(), int64(7)), x.Shape().Dim(0), 4)})
	})
	a := ok(p.Moving(Move{action.Affine(3, 4), []string{"positions"}}))(t)
	for _, mode := range []Differentiation{ReverseMode, CoordinateMode} {
		got := ok(Analyze(p.Exact(steep), a, Tensor(ok(p.Pack(data))(t)), Settings{Mode: mode}))(t)
		want := ok(Analyze(alone, action.Affine(3, 4), Tensor(data["positions"]), Settings{Mode: mode}))(t)
		for i, g := range got.BySingular {
			expect.Near(t, fmt.Sprintf("mode %d, generator %d", mode, i), []float64{g.Singular, g.Defect}, []float64{want.BySingular[i].Singular, want.BySingular[i].Defect}, 1e-7)
		}
	}
}

// A forgotten input breaks the symmetry; named, it moves with the others.
func TestVelocitiesMoveWithPositions(t *testing.T) {
	random := rand.New(rand.NewPCG(52, 0))
	values := func(n int, scale float64) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(scale * random.NormFloat64())
		}
		return x
	}
	const n = 3000
	data := map[string]*tensors.Tensor{
		"x": tensors.FromFlatDataAndDimensions(values(n*6, 1), n, 2, 3), "v": tensors.FromFlatDataAndDimensions(values(n*6, 300), n, 2, 3),
		"t": tensors.FromFlatDataAndDimensions(values(n, 1), n), "mask": tensors.FromFlatDataAndDimensions(slices.Repeat([]bool{true, false, true}, n/3), n),
	}
	p := ok(PackingOf(data))(t)
	packed := ok(p.Pack(data))(t)
	f := p.Exact(func(in map[string]*Node) *Node {
		apart := func(name string) *Node {
			return Reshape(Sub(Slice(in[name], AxisRange(), AxisElem(0)), Slice(in[name], AxisRange(), AxisElem(1))), -1, 3)
		}
		along := MulScalar(ReduceSum(Mul(apart("x"), apart("v")), -1), 1./300)
		return Add(Mul(along, Cos(in["t"])), Where(in["mask"], Square(along), ZerosLike(along)))
	})
	together := ok(p.Moving(Move{action.Affine(3, 2).WithDirections(2), []string{"x", "v"}}))(t)
	if v := ok(Judge(f, together, Tensor(packed), Settings{}))(t); v.Answer != liegg.Symmetric || v.Dim != 6 || v.Name() != "se(3)" {
		t.Errorf("together: want se(3), got\n%v", v)
	}
	forgotten := ok(p.Moving(Move{action.Affine(3, 2), []string{"x"}}))(t)
	if v := ok(Judge(f, forgotten, Tensor(packed), Settings{}))(t); v.Dim != 3 {
		t.Errorf("without velocities: want the translations, got\n%v", v)
	}
}

// Dependence is judged by what moves: still numbers in clumps raise no doubt, and positions
// that are used again with other species do.
func TestDependenceOfWhatMoves(t *testing.T) {
	data := atoms(2000)
	z := data["species"]
	tensors.MustMutableFlatData(z, func(v []int64) {
		for i := range v {
			v[i] %= 2
		}
	})
	again := map[string]*tensors.Tensor{"species": z, "positions": ok(data["positions"].LocalClone())(t)}
	tensors.MustMutableFlatData(again["positions"], func(v []float64) {
		for i := range 100 * 12 {
			for k := 1; k < 20; k++ {
				v[k*100*12+i] = v[i] + 1e-9*float64(k)
			}
		}
	})
	p := ok(PackingOf(data))(t)
	a := ok(p.Moving(Move{action.Affine(3, 4), []string{"positions"}}))(t)
	for i, d := range []map[string]*tensors.Tensor{data, again} {
		held := ok(Buffer(Tensor(ok(p.Pack(d))(t)), 0))(t)
		if got := ok(held.Dependence(Groups{}, a))(t); got.Near != (i == 1) {
			t.Errorf("data %d: %v", i, got)
		}
		held.Finalize()
	}
}

func TestPackingRefuses(t *testing.T) {
	x, z := tensors.FromScalarAndDimensions(1., 5, 3), tensors.FromScalarAndDimensions(int32(1), 5)
	short := tensors.FromScalarAndDimensions(int32(1), 4)
	type named = map[string]*tensors.Tensor
	_, err := PackingOf(named{"x": x, "z": short})
	expect.Error(t, err, `"x" has 5 samples, and "z" has 4`)
	_, err = PackingOf(named{"x": x, "c": tensors.FromScalarAndDimensions(complex64(1), 5)})
	expect.Error(t, err, `"c" is of type`, "floats, integers or bools")
	_, err = PackingOf(named{"x": tensors.FromValue(1.)})
	expect.Error(t, err, `"x" is a single number`)
	_, err = PackingOf(nil)
	expect.Error(t, err, "at least one input")
	_, err = NewPacking(Field{"x", shapes.Make(dtypes.Float32, 3)}, Field{"x", shapes.Make(dtypes.Float32, 3)})
	expect.Error(t, err, `two inputs have the name "x"`)
	p := ok(PackingOf(named{"x": x, "z": z}))(t)
	for words, data := range map[string]named{
		`no input "z"`:               {"x": x, "species": z},
		"shape [2]":                  {"x": tensors.FromScalarAndDimensions(1., 5, 2), "z": z},
		"0.5 is not a whole number":  {"x": x, "z": tensors.FromScalarAndDimensions(.5, 5)},
		"does not fit":               {"x": x, "z": tensors.FromScalarAndDimensions(int64(1)<<31, 5)},
		"-2147483649 does not fit":   {"x": x, "z": tensors.FromScalarAndDimensions(int64(math.MinInt32)-1, 5)},
		`"z" is nil or was freed`:    {"x": x, "z": nil},
		`"x" has 5 samples, and "z"`: {"x": x, "z": short},
	} {
		_, err := p.Pack(data)
		expect.Error(t, err, words)
	}
	for words, moves := range map[string][]Move{
		`"z" is of type Int32, which cannot move`: {{action.Linear(1, 1), []string{"z"}}},
		`no input "y" to move`:                    {{action.Linear(3, 1), []string{"y"}}},
		`"x" is to move twice`:                    {{action.Linear(3, 1), []string{"x"}}, {action.Linear(3, 1), []string{"x"}}},
		`on ["x"] does not fit`:                   {{action.Linear(3, 2), []string{"x"}}},
	} {
		_, err := p.Moving(moves...)
		expect.Error(t, err, words)
	}
	expect.Panic(t, "no moves", func() { p.Moving() })
	expect.Panic(t, "needs an action", func() { p.Moving(Move{Inputs: []string{"x"}}) })
	expect.Panic(t, "must not be nil", func() { p.Network(nil, nil) })
	_, err = Judge(p.Exact(func(in map[string]*Node) *Node { return in["x"] }), action.Linear(3, 1), Tensor(x), Settings{})
	expect.Error(t, err, "were not packed as")
}
