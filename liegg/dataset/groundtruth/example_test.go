package groundtruth_test

import (
	"fmt"

	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/dataset/groundtruth"
)

func ExampleByName() {
	c := must.M1(groundtruth.ByName("so5"))
	fmt.Printf("%s: %d of %d candidates hold; f(e₁, e₁) = %.3f\n", c.Lie, c.Dim, c.K, c.Value([]float64{1, 0, 0, 0, 0, 1, 0, 0, 0, 0})[0])
	// Output: so(5): 10 of 25 candidates hold; f(e₁, e₁) = 1.341
}

func ExampleAll() {
	for _, c := range groundtruth.All() {
		fmt.Println(c.Name, c.Lie, c.Dim)
	}
	// Output:
	// so5 so(5) 10
	// so13 so(1,3) 6
	// sp4 sp(4,R) 10
	// sl2 sl(2,R) 3
	// se3 se(3) 6
	// conj-so3 so(3) 3
	// inertia so(3) ⊕ scaling 4
	// broken(0.1) so(2) 1
	// none {0} 0
}
