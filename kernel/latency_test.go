package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/liegg/lab/kernel/internal/setup"
)

// trivialCell is the i-th cell that imports nothing but fmt. Each is another
// program: a cell that was built before would cost no build.
func trivialCell(i int) string { return fmt.Sprintf("%%%%\nfmt.Println(%d)", i) }

// exactCell is the i-th cell that evaluates a GoMLX function on the
// backend of package network.
func exactCell(i int) string {
	return fmt.Sprintf(`import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/network"
)

%%%%
net := network.Exact(func(x *graph.Node) *graph.Node { return graph.ReduceSum(graph.Mul(x, x), -1) })
fmt.Println(must.M1(net.Predict(tensors.FromValue([][]float64{{1, %d}}))))`, i)
}

// BenchmarkCellTrivial and BenchmarkCellNetwork measure what a reader waits for
// in a warm kernel, from Shift-Enter to the end of the cell. Run them with
// -benchtime 20x: one cell each.
func BenchmarkCellTrivial(b *testing.B) { benchmarkCells(b, trivialCell) }

// BenchmarkCellNetwork links GoMLX, XLA where the machine has it, and package
// network, and runs a graph. The cells have the same imports: the plan of the
// first builds the others, as it does where people go on with what they have.
func BenchmarkCellNetwork(b *testing.B) { benchmarkCells(b, exactCell) }

// benchmarkCells runs b.N cells after a first one in one kernel. It reports
// the median in s/cell, the first cell in s/first, and in s/start the time
// from the start of the runner to the first cell.
func benchmarkCells(b *testing.B, cell func(i int) string) {
	var sources []string
	for i := range b.N + 1 {
		sources = append(sources, cell(int(time.Now().UnixNano()%1e9)+i))
	}
	start, took := cellTimes(b, writeNotebook(b, filepath.Join(b.TempDir(), "cells.ipynb"), sources...))
	if len(took) != b.N+1 {
		b.Fatalf("%d of %d cells ran", len(took), b.N+1)
	}
	warm := slices.Sorted(slices.Values(took[1:]))
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(warm[len(warm)/2], "s/cell")
	b.ReportMetric(took[0], "s/first")
	b.ReportMetric(start, "s/start")
}

// cellTimes executes a notebook and returns the seconds to the first cell and
// those of each cell.
func cellTimes(b *testing.B, notebook string) (start float64, cells []float64) {
	b.Helper()
	runner, remove, err := layRunner(prepared)
	if err != nil {
		b.Fatal(err)
	}
	defer remove()
	cmd := runner.command(b.Context(), "--timeout", "60", "--transport", setup.Transport(runner.dir), "--written", notebook, notebook)
	events, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	last := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	for lines := bufio.NewScanner(events); lines.Scan(); {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			b.Fatal(err)
		}
		switch {
		case e.Event == "cell" && e.K == 1:
			start = time.Since(last).Seconds()
		case e.Event == "done":
			cells = append(cells, time.Since(last).Seconds())
		}
		if e.Event == "cell" {
			last = time.Now()
		}
	}
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	return start, cells
}
