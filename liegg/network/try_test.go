package network

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/lie"
)

func norm(x *Node) *Node { return Sqrt(ReduceSum(Square(x), -1)) }

func o5(x *Node) *Node {
	a, b := Slice(x, AxisRange(), AxisRange(0, 5)), Slice(x, AxisRange(), AxisRange(5, 10))
	na, nb := norm(a), norm(b)
	return Add(Sub(Sin(na), MulScalar(PowScalar(nb, 3), .5)), Div(ReduceSum(Mul(a, b), -1), Mul(na, nb)))
}

func TestTry(t *testing.T) {
	t0 := time.Now()
	rng := rand.New(rand.NewPCG(2022, 0))
	x := make([]float64, 6000)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	X := tensors.FromFlatDataAndDimensions(x, 600, 10)
	for _, mode := range []Differentiation{ReverseMode, AutoMode} {
		s, err := Analyze(Exact(o5), action.Linear(5, 2), Tensor(X), Settings{Mode: mode})
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.BySingular {
			fmt.Printf("%.2g(%.2g) ", s.BySingular[i].Singular, s.ByDefect[i].Defect)
		}
		fmt.Println(lie.LargestAngle(s.Algebra(10), lie.SO(5)), time.Since(t0))
	}
	all := dataset.O5(rng, 10500)
	parts := all.Split(10000, 250, 250)
	std, err := dataset.FitStandardisation(parts[0], 5); if err != nil { t.Fatal(err) }
	for i := range parts {
		parts[i] = std.Apply(parts[i])
	}
	for _, c := range []struct {
		m  MLP
		tr Training
	}{
		{MLP{Hidden: []int{32, 32}, Outputs: 1}, Training{Steps: Epochs(90, 10000, 500), LearningRate: 3e-3, L2: 1e-4, Best: true}},
		{MLP{Hidden: []int{64, 64, 64}, Outputs: 1, Bias: true}, Training{Steps: 8000, LearningRate: 3e-3, Cosine: true}},
	} {
		t0 = time.Now()
		net, err := Train(c.m, c.tr, parts[0].Batches(500, 1), &parts[1])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("train", time.Since(t0), net.History[len(net.History)-1])
		mse, err := net.MeanSquaredError(parts[2])
		fmt.Println(mse, err)
		t0 = time.Now()
		s, err := Analyze(net, action.Linear(5, 2), Tensor(parts[0].X), Settings{})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("analyze", time.Since(t0))
		v, b := 0., 0.
		for i := range 10 {
			v += s.BySingular[i].Variance / 10
			b += s.BySingular[i].Bias / 10
		}
		fmt.Println(s, "variance", v, "bias", b, lie.LargestAngle(s.Algebra(10), lie.SO(5))*57.3)
		for _, g := range s.BySingular {
			fmt.Printf("%.3g %.3g %.3g\n", g.Variance, g.Defect, g.Bias)
		}
	}
}
