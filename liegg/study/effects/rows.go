// Package effects says how what networks have learned depends on how they were made: exponents,
// ratios and means of measurements over the rows of a sweep, with 95 % intervals over its seeds.
package effects

import (
	"slices"

	"github.com/liegg/lab/liegg/study/sweep"
)

// Rows are rows of a sweep, in its order.
type Rows []sweep.Row

// Read reads the rows of a file that a sweep has written. It returns the errors of sweep.Read.
func Read(path string) (Rows, error) {
	_, rows, err := sweep.Read(path)
	return rows, err
}

// Where returns the rows in which x has one of the values.
func (r Rows) Where(x Measure, values ...float64) Rows {
	return slices.DeleteFunc(slices.Clone(r), func(row sweep.Row) bool { return !slices.Contains(values, x.Of(row)) })
}

// In returns the rows of the regime with this name.
func (r Rows) In(regime string) Rows {
	return slices.DeleteFunc(slices.Clone(r), func(row sweep.Row) bool { return row.Regime != regime })
}

// Values returns the different values of x, ascending.
func (r Rows) Values(x Measure) (values []float64) {
	for _, row := range r {
		values = append(values, x.Of(row))
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// All returns x and y of each row, such as for a scatter plot.
func (r Rows) All(x, y Measure) (xs, ys []float64) {
	for _, row := range r {
		xs, ys = append(xs, x.Of(row)), append(ys, y.Of(row))
	}
	return xs, ys
}

// Regimes returns the names of the regimes, in the order of the sweep.
func (r Rows) Regimes() (names []string) {
	for _, row := range r {
		if !slices.Contains(names, row.Regime) {
			names = append(names, row.Regime)
		}
	}
	return names
}

// groups returns the rows for each combination of values of some measures, with its label. The
// last measure varies first; combinations without rows are left out.
func (r Rows) groups(by []Measure) (labels []string, groups []Rows) {
	if len(by) == 0 {
		return []string{""}, []Rows{r}
	}
	for _, value := range r.Values(by[0]) {
		within, parts := r.Where(by[0], value).groups(by[1:])
		for i, label := range within {
			if label != "" {
				label = ", " + label
			}
			labels, groups = append(labels, by[0].label(value)+label), append(groups, parts[i])
		}
	}
	return labels, groups
}
