package vjp_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/internal/vjp/vjptest"
	"github.com/liegg/lab/liegg/network"
)

func TestMain(m *testing.M) { expect.Main(m, network.BackendVariable) }

func goBackend(t *testing.T) compute.Backend {
	t.Helper()
	return expect.OK(purego.New())(t)
}

// xla skips the test if this machine has no XLA.
func xla(t *testing.T) compute.Backend {
	t.Helper()
	b := expect.OK(network.Backend())(t)
	if b.Name() == goBackend(t).Name() {
		t.Skip("this machine has no XLA")
	}
	return b
}

// notInGo are operators that the backend in pure Go does not have.
var notInGo = []NodeType{
	NodeTypeReal, NodeTypeImag, NodeTypeConj, NodeTypeComplex, NodeTypeFFT, NodeTypeDynamicSlice, NodeTypeDynamicUpdateSlice, NodeTypeBatchNormForTraining,
}

// An operator with a rule has a test here, or a reason why it needs none.
func TestEveryRuleIsTested(t *testing.T) {
	for kind := range VJPRegistration {
		_, tested := operators[kind]
		_, needless := withoutTest[kind]
		if tested == needless {
			t.Errorf("%s: tested %v, not to be tested %v", kind, tested, needless)
		}
	}
}

func TestDerivativesInGo(t *testing.T) {
	for kind, draw := range operators {
		if !slices.Contains(notInGo, kind) {
			t.Run(kind.String(), func(t *testing.T) { check(t, goBackend(t), kind, draw, 40) })
		}
	}
}

// On XLA, which compiles more slowly, only operators that pure Go lacks, and rules that are more than
// arithmetic.
func TestDerivativesInXLA(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	backend := xla(t)
	for _, kind := range append(notInGo, NodeTypeDotGeneral, NodeTypeConvGeneral, NodeTypeReduceWindow, NodeTypeGather, NodeTypeScatterMax) {
		t.Run(kind.String(), func(t *testing.T) { check(t, backend, kind, operators[kind], 3) })
	}
}

// check compares derivatives in n random configurations.
func check(t *testing.T, backend compute.Backend, kind NodeType, draw operator, n int) {
	hash := fnv.New64a()
	hash.Write([]byte(kind.String()))
	for i := range n {
		rng := rand.New(rand.NewPCG(hash.Sum64(), uint64(i)))
		f, dims := draw(rng)
		var xs []*tensors.Tensor
		for _, d := range dims {
			xs = append(xs, vjptest.Normal(rng, d...))
		}
		built := false
		err := vjptest.Check(backend, func(xs []*Node) []*Node {
			y := f(xs)
			built = built || slices.ContainsFunc(y.Graph().Nodes(), func(n *Node) bool { return n.Type() == kind })
			return []*Node{y, Mul(y, y)} // the square has a cotangent that depends on x
		}, xs...)
		if err != nil {
			t.Fatalf("configuration %d, inputs %v: %s", i, dims, firstLine(err))
		}
		if !built {
			t.Errorf("configuration %d has no %s in its graph", i, kind)
		}
	}
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(fmt.Sprint(err), "\n\n")
	return line
}
