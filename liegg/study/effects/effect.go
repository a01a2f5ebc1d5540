package effects

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/student"
	"github.com/liegg/lab/liegg/study/sweep"
)

// Mean returns the geometric mean of y, with a 95 % interval by Student's t for the logarithms. It is
// NaN if a value is missing or not positive.
func (r Rows) Mean(y Measure) flow.Interval {
	var logs []float64
	for _, row := range r {
		logs = append(logs, math.Log(y.Of(row)))
	}
	return ofLogarithms(logs)
}

func ofLogarithms(logs []float64) flow.Interval {
	mean, lower, upper := student.Interval(logs)
	return flow.Interval{Value: math.Exp(mean), Lower: math.Exp(lower), Upper: math.Exp(upper)}
}

// Means returns, at each value of x, ascending, the Mean of y with the ends of its interval.
func (r Rows) Means(x, y Measure) (at, mean, lower, upper []float64) {
	at = r.Values(x)
	for _, value := range at {
		m := r.Where(x, value).Mean(y)
		mean, lower, upper = append(mean, m.Value), append(lower, m.Lower), append(upper, m.Upper)
	}
	return at, mean, lower, upper
}

// Grid returns the Means of y for all values of two factors, with the names of its rows and columns.
// It is NaN where there are no rows.
func (r Rows) Grid(rows, columns, y Measure) (rowNames, columnNames []string, means *mat.Dense) {
	down, across := r.Values(rows), r.Values(columns)
	means = mat.NewDense(len(down), len(across), nil)
	for j, c := range across {
		columnNames = append(columnNames, fmt.Sprint(c))
		for i, d := range down {
			means.Set(i, j, r.Where(rows, d).Where(columns, c).Mean(y).Value)
		}
	}
	for _, d := range down {
		rowNames = append(rowNames, fmt.Sprint(d))
	}
	return rowNames, columnNames, means
}

// LayerMeans returns, for each layer of the networks, the Mean of the relative defect ρ with the ends
// of its interval. The sweep must have been asked for layers.
func (r Rows) LayerMeans() (layers []string, mean, lower, upper []float64) {
	for i := range r.layers() {
		m := r.Mean(Measure{Of: func(row sweep.Row) float64 { return row.LayerDefects[i] }})
		mean, lower, upper = append(mean, m.Value), append(lower, m.Lower), append(upper, m.Upper)
	}
	return r.layers(), mean, lower, upper
}

// layers returns the names of the layers of all rows.
func (r Rows) layers() []string {
	if len(r) == 0 {
		return nil
	}
	for _, row := range r {
		if !slices.Equal(row.LayerNames, r[0].LayerNames) || len(row.LayerDefects) != len(row.LayerNames) {
			panic(fmt.Sprintf("effects: LayerMeans: the layers of the rows differ: %v and %v with %d values", r[0].LayerNames, row.LayerNames, len(row.LayerDefects)))
		}
	}
	return r[0].LayerNames
}

// Exponent returns b in y ∝ xᵇ: the mean, over the seeds, of the slope of log y against log x, with a
// 95 % interval by Student's t. It is NaN if x has one value only.
func (r Rows) Exponent(x, y Measure) flow.Interval {
	xs, ys := map[uint64][]float64{}, map[uint64][]float64{}
	for _, row := range r {
		xs[row.Seed], ys[row.Seed] = append(xs[row.Seed], math.Log(x.Of(row))), append(ys[row.Seed], math.Log(y.Of(row)))
	}
	var slopes []float64
	for _, seed := range slices.Sorted(maps.Keys(xs)) {
		_, slope := stat.LinearRegression(xs[seed], ys[seed], nil, false)
		slopes = append(slopes, slope)
	}
	mean, lower, upper := student.Interval(slopes)
	return flow.Interval{Value: mean, Lower: lower, Upper: upper}
}

// Over returns the geometric mean of y of these rows over y of base, seed by seed, with a 95 %
// interval by Student's t for the logarithms. Seeds that only one of them has do not count. Over
// panics if a seed occurs twice in either.
func (r Rows) Over(base Rows, y Measure) flow.Interval {
	below := base.bySeed(y)
	above := r.bySeed(y)
	var logs []float64
	for _, seed := range slices.Sorted(maps.Keys(above)) {
		if b, ok := below[seed]; ok {
			logs = append(logs, math.Log(above[seed]/b))
		}
	}
	return ofLogarithms(logs)
}

func (r Rows) bySeed(y Measure) map[uint64]float64 {
	values := map[uint64]float64{}
	for _, row := range r {
		if _, twice := values[row.Seed]; twice {
			panic(fmt.Sprintf("effects: seed %d occurs twice among the rows to be compared: choose one kind of network by Where or In", row.Seed))
		}
		values[row.Seed] = y.Of(row)
	}
	return values
}

// Spearman returns the correlation of the ranks of x and y.
func (r Rows) Spearman(x, y Measure) float64 {
	xs, ys := r.All(x, y)
	return stat.Correlation(ranks(xs), ranks(ys), nil)
}

// ranks returns how many values are smaller than each.
func ranks(values []float64) (r []float64) {
	sorted := slices.Sorted(slices.Values(values))
	for _, v := range values {
		at, _ := slices.BinarySearch(sorted, v)
		r = append(r, float64(at))
	}
	return r
}
