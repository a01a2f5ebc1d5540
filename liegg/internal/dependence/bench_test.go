package dependence

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// A subsample of 10 000 samples is kept and looked at.
func BenchmarkLook(b *testing.B) {
	for _, n := range []int{3, 10, 784} {
		b.Run(fmt.Sprintf("R%d", n), func(b *testing.B) {
			x, _ := normals(10_000, n)(rand.New(rand.NewPCG(1, 0)))
			for b.Loop() {
				s := NewSample(n)
				for i := range len(x) / n {
					if s.Next() {
						s.Keep(x[i*n : (i+1)*n])
					}
				}
				s.Look()
			}
		})
	}
}
