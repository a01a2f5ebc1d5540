package stream

import (
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/network/internal/device"
)

// counting is a stream of the numbers 0 … n−1, in tensors of the given sizes in turn.
func counting(n int, sizes ...int) Inputs {
	return func(yield func(*tensors.Tensor, error) bool) {
		for from, k := 0, 0; from < n; k++ {
			values := make([]float64, min(sizes[k%len(sizes)], n-from))
			for i := range values {
				values[i] = float64(from + i)
			}
			from += len(values)
			if !yield(tensors.FromFlatDataAndDimensions(values, len(values), 1), nil) {
				return
			}
		}
	}
}

// someOf reads a stream to its end, and returns the samples that Peeked has kept.
func someOf(t *testing.T, inputs Inputs) (at []int) {
	p := ok(Peek(inputs, device.Limits{}))(t)
	defer p.Close()
	for x, err := range p.Inputs {
		if err != nil {
			t.Fatal(err)
		}
		x.MustFinalizeAll()
	}
	x, at, err := p.Some()
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range tensors.MustCopyFlatData[float64](x) {
		if int(v) != at[i] {
			t.Fatalf("sample %d of the stream is said to be number %d", int(v), at[i])
		}
	}
	return at
}

// The samples that are kept come from all over a stream, one of every so many, and do not depend on
// how it is cut into tensors. Of a short stream all are kept.
func TestSomeSamplesComeFromAllOver(t *testing.T) {
	for _, n := range []int{1, 100, PeekSamples, PeekSamples + 1, 20_000, 100_001} {
		at := someOf(t, counting(n, n))
		for _, sizes := range [][]int{{1000}, {7, 1, 4096}} {
			if other := someOf(t, counting(n, sizes...)); !slices.Equal(at, other) {
				t.Errorf("%d samples in tensors of %v: others are kept than of one tensor", n, sizes)
			}
		}
		if n <= PeekSamples {
			if len(at) != n {
				t.Errorf("%d of %d samples are kept", len(at), n)
			}
			continue
		}
		if len(at) > someSamples || len(at) < someSamples/2-1 {
			t.Errorf("%d samples of %d are kept", len(at), n)
		}
		widest := max(at[0], n-1-at[len(at)-1])
		for i := range at[1:] {
			widest = max(widest, at[i+1]-at[i])
		}
		if most := 2 * 2 * n / someSamples; widest > 2*most {
			t.Errorf("of %d samples, %d in a row are not among those that are kept", n, widest)
		}
	}
}

// No sample is more likely to be kept than another, and periodic data are seen at all phases.
func TestSpreadIsNotPeriodic(t *testing.T) {
	const n, period = 1 << 18, 64
	phases := make([]int, period)
	at := someOf(t, counting(n, 1<<15))
	for _, i := range at {
		phases[i%period]++
	}
	mean := float64(len(at)) / period
	χ2 := 0.
	for _, k := range phases {
		χ2 += (float64(k) - mean) * (float64(k) - mean) / mean
	}
	if χ2 > 2*period { // 63 degrees of freedom: 126 is 5.6 standard deviations above
		t.Errorf("samples kept at each phase of a period of %d: %v", period, phases)
	}
}
