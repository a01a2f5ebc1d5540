package npy

import "fmt"

// String returns the shape and the type: "array [100 3] of float64".
func (a Array) String() string { return described(a.Dims, a.Float32 != nil) }

// String describes the array before it is read.
func (r *Reader) String() string { return described(r.Dims, r.Single) + ", not read yet" }

func described(dims []int, single bool) string {
	kind := "float64"
	if single {
		kind = "float32"
	}
	return fmt.Sprintf("array %v of %s", dims, kind)
}
