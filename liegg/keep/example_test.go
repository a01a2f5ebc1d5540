package keep_test

import (
	"fmt"
	"os"

	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/keep"
)

func ExampleValue() {
	folder := must.M1(os.MkdirTemp("", "kept")) // not needed in a notebook
	defer os.RemoveAll(folder)
	must.M(os.Setenv("LIEGG_CACHE", folder))

	for range 2 {
		sum := keep.Value("sum", func() float64 {
			fmt.Println("a long computation")
			return 1 + 2
		})
		fmt.Println(sum)
	}
	// Output:
	// a long computation
	// 3
	// 3
}
