package npy_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/dataset/npy"
)

func ExampleWriteZip() {
	folder := must.M1(os.MkdirTemp("", "npy"))
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "data.npz")
	file := must.M1(os.Create(path))
	must.M(npy.WriteZip(file, map[string]npy.Array{"x": npy.Of([]float64{1, 2, 3, 4, 5, 6}, 3, 2)}))
	must.M(file.Close())

	x := must.M1(npy.ReadZip(path, "x"))
	fmt.Println(must.M1(npy.Names(path)), x.Dims, x.Len(), x.Float64)
	// Output: [x] [3 2] 6 [1 2 3 4 5 6]
}
