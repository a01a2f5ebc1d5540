package evolution_test

import (
	"fmt"
	"math"

	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/dataset/evolution"
)

// A wave u = sin(x + y − t) on a grid, and its derivatives at 100 places.
func ExampleJetsInPlane() {
	var u evolution.PlaneSolution
	u.Periodic = true
	for i := range 32 {
		u.X, u.Y = append(u.X, 2*math.Pi*float64(i)/32), append(u.Y, 2*math.Pi*float64(i)/32)
	}
	for k := range 11 {
		u.T = append(u.T, .05*float64(k))
		rows := make([][]float64, len(u.Y))
		for i, y := range u.Y {
			for _, x := range u.X {
				rows[i] = append(rows[i], math.Sin(x+y-u.T[k]))
			}
		}
		u.U = append(u.U, rows)
	}
	jets := must.M1(evolution.JetsInPlane([]string{"u"}, [][]evolution.PlaneSolution{{u}}, evolution.JetSettings{Order: 2, Each: 100}))
	fmt.Println(jets.Names, jets.Samples.X.Shape().Dimensions)
	// Output: [x y t u u_x u_y u_xx u_xy u_yy] [100 9]
}
