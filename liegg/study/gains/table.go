package gains

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/student"
)

// Row is one network.
type Row struct {
	Task             string
	Samples          int
	Seed             uint64
	Method, Symmetry string
	// Error is on fresh samples: the share of digits that are mistaken, or the root mean square
	// error in units of the spread of the targets.
	Error float64
	// Defect is the largest relative defect ρ among the true generators, on fresh samples.
	Defect float64
	// Angle is the largest angle of what was found from the truth, in degrees.
	Angle float64
}

// header names the columns of rows as CSV.
var header = []string{"task", "samples", "seed", "method", "symmetry", "error", "rho", "angle"}

// record is the row as CSV.
func (r Row) record() []string {
	digits := func(v float64) string { return strconv.FormatFloat(v, 'g', 5, 64) }
	return []string{r.Task, strconv.Itoa(r.Samples), strconv.FormatUint(r.Seed, 10), r.Method, r.Symmetry, digits(r.Error), digits(r.Defect), digits(r.Angle)}
}

// String says what was measured.
func (r Row) String() string {
	return fmt.Sprintf("%s, seed %d, %s of %s: error %.3g, ρ = %.2g", r.Task, r.Seed, r.Method, r.Symmetry, r.Error, r.Defect)
}

// Write writes rows as CSV.
func Write(to io.Writer, rows []Row) error {
	table := csv.NewWriter(to)
	records := [][]string{header}
	for _, r := range rows {
		records = append(records, r.record())
	}
	if err := table.WriteAll(records); err != nil {
		return fmt.Errorf("gains: writing the table: %w", err)
	}
	return nil
}

// Read reads rows that Write has written. The error names the line and the
// field that is wrong.
func Read(from io.Reader) (rows []Row, err error) {
	records, err := csv.NewReader(from).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("gains: %w", err)
	}
	if len(records) == 0 || strings.Join(records[0], ",") != strings.Join(header, ",") {
		return nil, fmt.Errorf("gains: the table does not begin with the columns %q: write it by `go run ./liegg/study gains`", header)
	}
	for i, fields := range records[1:] {
		r := Row{Task: fields[0], Method: fields[3], Symmetry: fields[4]}
		var errs [5]error
		r.Samples, errs[0] = strconv.Atoi(fields[1])
		r.Seed, errs[1] = strconv.ParseUint(fields[2], 10, 64)
		r.Error, errs[2] = strconv.ParseFloat(fields[5], 64)
		r.Defect, errs[3] = strconv.ParseFloat(fields[6], 64)
		r.Angle, errs[4] = strconv.ParseFloat(fields[7], 64)
		for _, err := range errs {
			if err != nil {
				return nil, fmt.Errorf("gains: line %d: %w", i+2, err)
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// Gain compares a use of a symmetry with the plain network, seed by seed.
type Gain struct {
	Task, Method, Symmetry string
	// Seeds were compared, and in Better of them the error is smaller than for the plain
	// network.
	Seeds, Better int
	// Plain and Error are the means of the errors over the seeds, and Defect the mean of ρ.
	Plain, Error, Defect float64
	// Change is the mean of Error − Plain, and Ratio the geometric mean of Error / Plain, with 95 %
	// intervals by Student's t over the differences, or their logarithms, of seeds. The intervals
	// are infinite for one seed. Ratio is NaN if an error is 0.
	Change, Ratio flow.Interval
}

// Compare returns the gains of a task in the order of its rows, the plain network's left out. Rows
// of seeds without a plain network do not count.
func Compare(rows []Row, task string) (gains []Gain) {
	plain := map[uint64]float64{}
	type use struct{ method, symmetry string }
	of := map[use][]Row{}
	var order []use
	for _, r := range rows {
		switch key := (use{r.Method, r.Symmetry}); {
		case r.Task != task:
		case r.Method == Plain:
			plain[r.Seed] = r.Error
		default:
			if of[key] == nil {
				order = append(order, key)
			}
			of[key] = append(of[key], r)
		}
	}
	for _, key := range order {
		g := Gain{Task: task, Method: key.method, Symmetry: key.symmetry}
		var changes, logs, plains, errors, defects []float64
		for _, r := range of[key] {
			before, ok := plain[r.Seed]
			if !ok {
				continue
			}
			plains, errors, defects = append(plains, before), append(errors, r.Error), append(defects, r.Defect)
			changes, logs = append(changes, r.Error-before), append(logs, math.Log(r.Error/before))
			if r.Error < before {
				g.Better++
			}
		}
		if g.Seeds = len(changes); g.Seeds == 0 {
			continue
		}
		g.Plain, g.Error, g.Defect = stat.Mean(plains, nil), stat.Mean(errors, nil), stat.Mean(defects, nil)
		g.Change = overSeeds(changes)
		l := overSeeds(logs)
		g.Ratio = flow.Interval{Value: math.Exp(l.Value), Lower: math.Exp(l.Lower), Upper: math.Exp(l.Upper)}
		gains = append(gains, g)
	}
	return gains
}

// overSeeds is the mean of v with its 95 % interval.
func overSeeds(v []float64) flow.Interval {
	mean, lower, upper := student.Interval(v)
	return flow.Interval{Value: mean, Lower: lower, Upper: upper}
}

// String returns a line: what was used and how, the error with its change and its ratio to the plain
// network's, and ρ.
func (g Gain) String() string {
	return fmt.Sprintf("%-9s of %-12s  %.4f  %+.4f (%+.4f…%+.4f)  × %.2f (%.2f…%.2f)  better in %d of %d  ρ %.2g", g.Method, g.Symmetry, g.Error,
		g.Change.Value, g.Change.Lower, g.Change.Upper, g.Ratio.Value, g.Ratio.Lower, g.Ratio.Upper, g.Better, g.Seeds, g.Defect)
}
