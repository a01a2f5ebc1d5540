package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// trivialCell differs each time, since an unchanged program is not linked again.
func trivialCell(i int) string { return fmt.Sprintf("%%%%\nfmt.Println(\"trivial\", %d)", i) }

// cellSeconds runs the cells in one fresh kernel and returns how long each took.
func cellSeconds(b *testing.B, cells []string) (seconds []float64) {
	b.Helper()
	script, err := filepath.Abs(filepath.Join("testdata", "latency.py"))
	if err != nil {
		b.Fatal(err)
	}
	request, err := json.Marshal(cells)
	if err != nil {
		b.Fatal(err)
	}
	cmd := child(b.Context(), 0, prepared.python(), script)
	cmd.Env = withEnv(jupyterEnv(prepared), "LIEGG_HEADLESS=1")
	cmd.Stdin = strings.NewReader(string(request))
	out, err := output(cmd)
	if err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(out, &seconds); err != nil {
		b.Fatal(err)
	}
	return seconds
}

// reportMedian reports the median instead of the mean of a noisy machine.
func reportMedian(b *testing.B, seconds []float64) {
	slices.Sort(seconds)
	b.ReportMetric(seconds[len(seconds)/2], "s/cell")
	b.ReportMetric(seconds[0], "s/best")
	b.ReportMetric(0, "ns/op")
}

// Wanted: a median of 0.3 s at most.
func BenchmarkCellTrivial(b *testing.B) {
	var cells []string
	for i := range max(b.N, 10) {
		cells = append(cells, trivialCell(i))
	}
	reportMedian(b, cellSeconds(b, cells)[1:])
}

// Wanted: a median of 1.0 s at most.
func BenchmarkCellNetwork(b *testing.B) {
	var cells []string
	for i := range max(b.N, 10) {
		cells = append(cells, strings.Replace(networkCell(b), "{1, 2, 3}", fmt.Sprintf("{1, 2, %d}", i), 1))
	}
	reportMedian(b, cellSeconds(b, cells)[1:])
}

// Wanted: a median of 2 s at most.
func BenchmarkFirstCell(b *testing.B) {
	for _, c := range []struct{ name, cell string }{{"trivial", trivialCell(os.Getpid())}, {"network", networkCell(b)}} {
		b.Run(c.name, func(b *testing.B) {
			var seconds []float64
			for range max(b.N, 5) {
				seconds = append(seconds, cellSeconds(b, []string{c.cell})[0])
			}
			reportMedian(b, seconds)
		})
	}
}
