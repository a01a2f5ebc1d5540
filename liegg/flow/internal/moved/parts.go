package moved

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/flow/internal/sampling"
)

// Together are outputs that move together, counted from 0 and in ascending order.
type Together []int

// String returns "output 3 breaks" or "outputs 1, 2, 3 break".
func (t Together) String() string {
	if len(t) == 1 {
		return fmt.Sprintf("output %d breaks", t[0]+1)
	}
	names := make([]string, len(t))
	for i, k := range t {
		names[i] = fmt.Sprint(k + 1)
	}
	return fmt.Sprintf("outputs %s break", strings.Join(names, ", "))
}

// Of adds up the terms of these outputs for each of n samples.
func (t Together) Of(values []float64, n int) []float64 {
	sums, width := make([]float64, n), len(values)/n
	for i := range sums {
		for _, k := range t {
			sums[i] += values[i*width+k]
		}
	}
	return sums
}

// Broken returns the part whose Δ, in units of its own variance, has the largest lower bound above a limit;
// nil if none has. moved holds the terms of each output in the numerator of Δ. Outputs
// that vary little do not show in the Δ of all outputs together. out is as for Parts.
func (o *Outputs) Broken(moved []float64, limit float64, out *mat.Dense) (worst Together, δ sampling.Estimate) {
	n := o.Held.Len()
	width := len(moved) / n
	for _, some := range o.Parts(width, out) {
		var before []float64
		for i := range n {
			for _, k := range some {
				before = append(before, o.Before[i*width+k])
			}
		}
		own, variance := some.Of(moved, n), Variances(before, n)
		if floats.Sum(variance) <= math.Pow(100*o.Epsilon, 2)*floats.Dot(before, before) { // they vary by rounding
			continue
		}
		if floats.Sum(own) <= limit*floats.Sum(variance) {
			continue
		}
		if its := o.Plan.Ratios([][]float64{own}, variance)[0]; its.Lower > math.Max(limit, δ.Lower) {
			worst, δ = some, its
		}
	}
	return worst, δ
}

// Parts returns the outputs that are looked at on their own: each one if they were brought to one size,
// and otherwise those that a declared representation, or the matrix out of a map, moves together, such
// as an energy and each force. It is nil if there is only one part, or if outputs are of one quantity
// (Settings.BySize).
func (o *Outputs) Parts(width int, out *mat.Dense) (parts []Together) {
	pair, moves := o.Pair()
	if o.s.BySize || moves && pair.Free() || !moves && o.sized < 2 {
		return nil
	}
	part := make([]int, width) // the first output that each output moves with
	for k := range part {
		part[k] = k
	}
	if moves {
		for k := range pair.Dim() {
			h := make([]float64, pair.Dim())
			h[k] = 1
			join(part, pair.OutputGenerator(pair.LocalGenerator(h)))
		}
	}
	if out != nil {
		join(part, out)
	}
	of := make(map[int]Together)
	for k, first := range part {
		of[first] = append(of[first], k)
	}
	if len(of) == 1 {
		return nil
	}
	for _, first := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, of[first])
	}
	return parts
}

// join joins the parts between which a matrix has entries.
func join(part []int, m *mat.Dense) {
	for i := range part {
		for j := range part {
			if from, to := max(part[i], part[j]), min(part[i], part[j]); from != to && m.At(i, j) != 0 {
				for k, p := range part {
					if p == from {
						part[k] = to
					}
				}
			}
		}
	}
}
