package keep

import "testing"

// A warm read of a small value: the source, the modules' code and the file are read.
func BenchmarkWarmRead(b *testing.B) {
	b.Setenv("LIEGG_CACHE", b.TempDir())
	get := func() []float64 { return Value("warm", func() []float64 { return make([]float64, 1000) }) }
	get()
	for b.Loop() {
		codeDigests.Clear() // as in a new process
		get()
	}
}
