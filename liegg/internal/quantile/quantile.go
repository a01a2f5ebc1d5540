// Package quantile computes quantiles of numbers in any order. It sorts no more of them than it needs.
package quantile

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// LinInterp is stat.Quantile with stat.LinInterp, for 0 ≤ p ≤ 1. It reorders x, which must not be empty.
func LinInterp(p float64, x []float64) float64 {
	if floats.HasNaN(x) {
		return math.NaN()
	}
	at := p * float64(len(x))
	k := max(0, int(math.Ceil(at))-1)
	upper := nth(x, k)
	if k == 0 {
		return upper
	}
	t := float64(k+1) - at
	return t*slices.Max(x[:k]) + (1-t)*upper
}

// Empirical is stat.Quantile with stat.Empirical, for 0 ≤ p ≤ 1. It reorders x, which must not be empty.
func Empirical(p float64, x []float64) float64 {
	if floats.HasNaN(x) {
		return math.NaN()
	}
	return nth(x, max(0, int(math.Ceil(p*float64(len(x))))-1))
}

// nth moves the k-th smallest number of x, from 0 on, to index k, and smaller ones before it, and
// returns it (Hoare's quickselect). x must not hold NaN.
func nth(x []float64, k int) float64 {
	for low, high := 0, len(x)-1; low < high; {
		pivot, i, j := x[k], low, high
		for i <= j {
			for x[i] < pivot {
				i++
			}
			for pivot < x[j] {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i, j = i+1, j-1
			}
		}
		if j < k {
			low = i
		}
		if k < i {
			high = j
		}
	}
	return x[k]
}
