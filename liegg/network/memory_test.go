package network

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

// memoryVariable holds the number of samples that a child process of the test analyses.
const memoryVariable = "LIEGG_TEST_SAMPLES"

// Memory does not grow with the number of samples: for a hundred times as many samples, drawn on the
// fly, the peak memory of a process is at most 1.3 times as large.
func TestMemoryDoesNotGrowWithSamples(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	if n := os.Getenv(memoryVariable); n != "" {
		analyseOnTheFly(t, ok(strconv.Atoi(n))(t))
		fmt.Println("peak", peakMemory(t))
		return
	}
	few, many := peakOf(t, memoryVariable, 10_000), peakOf(t, memoryVariable, 1_000_000)
	if ratio := float64(many) / float64(few); ratio > 1.3 {
		t.Errorf("10⁶ samples take %.2f times the memory of 10⁴ (%d kB, %d kB)", ratio, many, few)
	}
}

// peakOf runs the calling test in a separate process, with a variable set to the number of samples,
// and returns the peak memory of the process in kB.
func peakOf(t *testing.T, variable string, samples int) int {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	found := ok(expect.WithoutChoice(func() ([]string, error) { return os.Environ(), nil }))(t)
	child.Env = append(found, fmt.Sprintf("%s=%d", variable, samples))
	out, err := child.Output()
	if err != nil {
		t.Fatalf("%d samples: %v\n%s", samples, err, out)
	}
	for line := range strings.Lines(string(out)) {
		if rest, found := strings.CutPrefix(line, "peak "); found {
			return ok(strconv.Atoi(strings.TrimSpace(rest)))(t)
		}
	}
	t.Fatalf("no peak in %q", out)
	return 0
}

func analyseOnTheFly(t *testing.T, samples int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 0))
	drawn := func(yield func(*tensors.Tensor, error) bool) {
		for range samples / 1000 {
			x := make([]float32, 1000*10)
			for i := range x {
				x[i] = float32(rng.NormFloat64())
			}
			if !yield(tensors.FromFlatDataAndDimensions(x, 1000, 10), nil) {
				return
			}
		}
	}
	wave := bilinear(10, 32, 1)
	f := Exact(func(x *Node) *Node { return ConvertDType(wave(ConvertDType(x, dtypes.Float64)), x.DType()) })
	f.Backend = ok(usual())(t)
	s := ok(Analyze(f, action.Linear(5, 2), drawn, Settings{}))(t)
	if s.Samples != samples {
		t.Fatalf("%d samples were counted, want %d", s.Samples, samples)
	}
}

// peakMemory is the process's largest resident set so far, in kB.
func peakMemory(t *testing.T) int {
	t.Helper()
	file, err := os.Open("/proc/self/status")
	if err != nil {
		t.Skip("peak memory is read from /proc, which this system has not")
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if rest, found := strings.CutPrefix(lines.Text(), "VmHWM:"); found {
			return ok(strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(rest, "kB"))))(t)
		}
	}
	t.Fatal("no VmHWM in /proc/self/status")
	return 0
}
