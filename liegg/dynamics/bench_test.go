package dynamics

import (
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// KdV with 100 000 jets and 105 candidates, of which 30 are left out, on the backend of a user who
// has chosen none.
func BenchmarkKdV(b *testing.B) {
	kdv := rightHandSide{{{-1, []int{0, 0, 0, 0, 0, 1}}, {-1, []int{0, 0, 1, 1}}}}.network()
	backend, err := expect.WithoutChoice(network.NewBackend)
	if err != nil {
		b.Fatal(err)
	}
	kdv.Backend = backend
	jets := normal(1, 100_000, len(third), 1)
	for b.Loop() {
		found, err := evolution(4, third...).Of(kdv, jets, network.Settings{})
		if err != nil || len(found.Fields) != 4 {
			b.Fatal(err, found)
		}
	}
}
