package invariants_test

import (
	"fmt"
	"log"

	"github.com/liegg/lab/liegg/invariants"
	"github.com/liegg/lab/liegg/lie"
)

// Rotations that move two vectors of R³ together leave three inner products.
func ExampleOf() {
	v, err := invariants.Of(lie.SO(3), 2, invariants.Settings{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(v)
	// Output:
	// f depends on x·x, x·y, y·y only
	// 3 polynomial invariants up to degree 4, 3 functionally independent of 3 (6 inputs − orbits of dimension 3)
	// x·x = x₁² + x₂² + x₃²
	// x·y = x₁y₁ + x₂y₂ + x₃y₃
	// y·y = y₁² + y₂² + y₃²
}
