package purego

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

func TestConfig(t *testing.T) {
	for config, want := range map[string]string{
		"go":               "go:ops_sequential",
		"go:":              "go:ops_sequential",
		"go:parallelism=3": "go:parallelism=3,ops_sequential",
		"go:ops_parallel":  "go:ops_parallel",
		"xla:cpu":          "xla:cpu",
		"":                 "",
	} {
		if got := Config(config); got != want {
			t.Errorf("Config(%q) = %q, want %q", config, got, want)
		}
	}
}

// In the backend's usual mode batches of small products that do not depend on each other stop
// for good within a few runs.
func TestProductsSideBySide(t *testing.T) {
	backend, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Finalize()
	const products, batch, rows, inner, columns = 40, 1024, 5, 35, 35
	program, err := graph.NewExec(backend, func(g *graph.Graph) *graph.Node {
		sum := graph.ScalarZero(g, dtypes.Float64)
		for i := range products {
			x := graph.MulScalar(graph.Ones(g, shapes.Make(dtypes.Float64, batch, rows, inner)), float64(i))
			y := graph.Ones(g, shapes.Make(dtypes.Float64, batch, columns, inner))
			sum = graph.Add(sum, graph.ReduceAllSum(graph.Einsum("bij,bkj->bik", x, y)))
		}
		return sum
	})
	if err != nil {
		t.Fatal(err)
	}
	defer program.Finalize()
	want := float64(batch*rows*columns*inner) * products * (products - 1) / 2
	for range 5 {
		got, err := program.Call1()
		if err != nil {
			t.Fatal(err)
		}
		if got.Value() != want {
			t.Fatalf("got %v, want %v", got.Value(), want)
		}
	}
}
