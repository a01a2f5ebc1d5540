package npy

import "fmt"

// String is the shape and the type: "array [100 3] of float64".
func (a Array) String() string {
	kind := "float64"
	if a.Float32 != nil {
		kind = "float32"
	}
	return fmt.Sprintf("array %v of %s", a.Dims, kind)
}
