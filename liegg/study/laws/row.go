package laws

import (
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/liegg/lab/liegg/dynamics"
	"github.com/liegg/lab/liegg/study/internal/table"
)

// Row is one network.
type Row struct {
	Task           string
	Seed           uint64
	Samples, Steps int
	// Misfit is the error of the learned velocities on fresh states, in units of their size.
	Misfit float64
	// Answer is the verdict's, and Quantities and Independent count what it found.
	Answer                  string
	Quantities, Independent int
	// Generate names the algebra of the canonical transformations that the quantities generate.
	Generate string
	// Defect is the upper end of the interval of the largest relative defect ρ.
	Defect float64
	// Drift is the largest drift of a quantity along trajectories of the learned Hamiltonian up
	// to Time, and Random the drift of random functions of the library.
	Drift, Random, Time float64
}

// take takes what was found.
func (r *Row) take(laws *dynamics.Laws) {
	r.Answer, r.Quantities, r.Independent = laws.Verdict.Answer.String(), len(laws.Quantities), laws.Independent
	if laws.Identity != nil {
		r.Generate = laws.Identity.Name
	}
	for _, d := range laws.Verdict.Defects[:len(laws.Quantities)] {
		r.Defect = math.Max(r.Defect, d.Upper)
	}
}

// String says what was measured.
func (r Row) String() string {
	return fmt.Sprintf("%s, seed %d: velocities to %.2g; %s, %d quantities, %s, ρ ≤ %.2g; drift %.2g, of random functions %.2g, up to t = %.3g",
		r.Task, r.Seed, r.Misfit, r.Answer, r.Quantities, r.Generate, r.Defect, r.Drift, r.Random, r.Time)
}

var header = []string{"task", "seed", "samples", "steps", "misfit", "answer", "quantities", "independent", "generate", "rho", "drift", "random", "time"}

// Write writes rows as CSV.
func Write(to io.Writer, rows []Row) error {
	digits := func(v float64) string { return strconv.FormatFloat(v, 'g', 5, 64) }
	var records [][]string
	for _, r := range rows {
		records = append(records, []string{r.Task, strconv.FormatUint(r.Seed, 10), strconv.Itoa(r.Samples), strconv.Itoa(r.Steps), digits(r.Misfit),
			r.Answer, strconv.Itoa(r.Quantities), strconv.Itoa(r.Independent), r.Generate, digits(r.Defect), digits(r.Drift), digits(r.Random), digits(r.Time)})
	}
	return table.Write(to, "laws", header, records)
}

// Read reads rows that Write has written. The error names the line and the field that is wrong.
func Read(from io.Reader) (rows []Row, err error) {
	err = table.Read(from, "laws", header, func(fields []string) map[int]any {
		rows = append(rows, Row{Task: fields[0], Answer: fields[5], Generate: fields[8]})
		r := &rows[len(rows)-1]
		return map[int]any{1: &r.Seed, 2: &r.Samples, 3: &r.Steps, 4: &r.Misfit, 6: &r.Quantities, 7: &r.Independent, 9: &r.Defect, 10: &r.Drift, 11: &r.Random, 12: &r.Time}
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}
