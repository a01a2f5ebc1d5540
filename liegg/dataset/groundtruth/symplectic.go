package groundtruth

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
)

// SP4 is sin(xᵀΩy) on R⁴×R⁴ with Ω = [0 I; −I 0]: the symplectic algebra sp(4,R), 16 → 10.
func SP4() Case {
	return Case{
		Name: "sp4", Lie: "sp(4,R)", Vectors: 2, Size: 4, Sigma: 1, K: 16, Dim: 10,
		Value:   scalar(sineOfArea),
		Graph:   sineOfAreaNode,
		Algebra: symplectic(4),
	}
}

// SL2 is sin det[x, y] on R²×R²: sl(2), the matrices of trace zero, 4 → 3.
func SL2() Case {
	return Case{
		Name: "sl2", Lie: "sl(2,R)", Vectors: 2, Size: 2, Sigma: 1, K: 4, Dim: 3,
		Value:   scalar(sineOfArea),
		Graph:   sineOfAreaNode,
		Algebra: symplectic(2),
	}
}

func sineOfArea(v []float64) float64 { return math.Sin(area(v)) }

func sineOfAreaNode(v *graph.Node) *graph.Node { return graph.Sin(areaNode(v)) }
