//go:build unix

package liegg_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
)

// BenchmarkJudge is the judgement alone, of evidence that is there, for all linear maps of
// normal vectors of R¹⁵ and R²⁵. Gram matrices are known by pairs, as the program of a network
// returns them.
func BenchmarkJudge(b *testing.B) {
	for _, n := range []int{15, 25} {
		evidence, err := wideEvidence(n, 20_000, rand.New(rand.NewPCG(1, 0)))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("K%d", n*n), func(b *testing.B) {
			begun := processorTime(b)
			for b.Loop() {
				if _, err := evidence.Judge(lie.GL(n), liegg.Rule{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((processorTime(b)-begun).Seconds()/float64(b.N)*1e3, "processor-ms")
		})
	}
}

// processorTime is the time that all processors have spent on this process.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// wideEvidence is of a random function of normal vectors of Rⁿ, in liegg.Blocks blocks.
func wideEvidence(n, samples int, random *rand.Rand) (*liegg.Evidence, error) {
	const hidden = 128
	in, out := mat.NewDense(hidden, n, nil), make([]float64, hidden)
	for i := range hidden {
		out[i] = random.NormFloat64()
		for j := range n {
			in.Set(i, j, random.NormFloat64()/math.Sqrt(float64(n)))
		}
	}
	inner := linalg.SymmetricPart(linalg.Identity(n))
	metric := func(right *mat.SymDense) mat.Symmetric {
		return linalg.Kronecker{Left: inner, Right: right}
	}
	e, each := liegg.NewEvidence(n*n), samples/liegg.Blocks
	pairs := linalg.Pairs{N: n, At: make([]int32, n*n)}
	count := 0
	for i := range n {
		for j := i; j < n; j++ {
			pairs.At[i*n+j], pairs.At[j*n+i] = int32(count), int32(count)
			count++
		}
	}
	for range liegg.Blocks {
		ofGradients, ofData := mat.NewDense(each, count, nil), mat.NewDense(each, count, nil)
		data, gradients, weighted := mat.NewSymDense(n, nil), mat.NewSymDense(n, nil), mat.NewSymDense(n, nil)
		unpaired := 0.
		for i := range each {
			x, u, g := mat.NewVecDense(n, nil), mat.NewVecDense(hidden, nil), mat.NewVecDense(n, nil)
			for j := range n {
				x.SetVec(j, random.NormFloat64())
			}
			u.MulVec(in, x)
			for k := range hidden {
				u.SetVec(k, out[k]/math.Pow(math.Cosh(u.AtVec(k)), 2))
			}
			g.MulVec(in.T(), u)
			energy := mat.Dot(g, g)
			data.SymRankOne(data, 1, x)
			gradients.SymRankOne(gradients, 1, g)
			weighted.SymRankOne(weighted, energy, x)
			unpaired += energy
			for j := range n {
				for k := range n {
					ofGradients.Set(i, int(pairs.At[j*n+k]), g.AtVec(j)*g.AtVec(k))
					ofData.Set(i, int(pairs.At[j*n+k]), x.AtVec(j)*x.AtVec(k))
				}
			}
		}
		gram := linalg.PairedGram{Left: pairs, Right: pairs, Sums: new(mat.Dense)}
		gram.Sums.Mul(ofGradients.T(), ofData)
		plain := liegg.Chunk{Samples: each, Outputs: 1, Gram: gram, Metric: metric(weighted)}
		chunk := plain
		chunk.Plain = &plain
		chunk.Variation = &liegg.Variation{Motion: metric(data), Outputs: 1}
		chunk.Moments = &liegg.Moments{Coordinates: n, Unpaired: unpaired, UnpairedMetric: unpaired * float64(n), Gradients: gradients, Data: data, Inner: inner}
		if err := e.Add(chunk); err != nil {
			return nil, err
		}
	}
	return e, nil
}
