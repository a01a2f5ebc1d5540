package pde

import (
	"fmt"
	"io"
	"strconv"

	"github.com/liegg/lab/liegg/study/internal/table"
)

// Row is one network.
type Row struct {
	Task string
	Seed uint64
	// Answer is the verdict's, and Dim the number of fields it gives.
	Answer string
	Dim    int
	// Exact is the number of symmetries that the exact equation has at the same jets.
	Exact int
	// Angle is the largest principal angle between what was found and the exact algebra, in
	// degrees, and Distance the Grassmann distance √Σθ², in radians; NaN if Dim is not Exact.
	Angle, Distance float64
	// Unexplained is the share of the variance of u_t that the network leaves unexplained, by the
	// second estimate of fresh jets.
	Unexplained float64
	// JetError is the estimated error of u_t, in standard deviations.
	JetError float64
}

// String says what was found.
func (r Row) String() string {
	return fmt.Sprintf("%s, seed %d: %s; exact %d, largest angle %.2g°, unexplained %.1g", r.Task, r.Seed, r.Answer, r.Exact, r.Angle, r.Unexplained)
}

var header = []string{"task", "seed", "answer", "dim", "exact", "angle", "distance", "unexplained", "jet error"}

// Write writes rows as CSV.
func Write(to io.Writer, rows []Row) error {
	digits := func(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }
	var records [][]string
	for _, r := range rows {
		records = append(records, []string{r.Task, strconv.FormatUint(r.Seed, 10), r.Answer, strconv.Itoa(r.Dim), strconv.Itoa(r.Exact),
			digits(r.Angle), digits(r.Distance), digits(r.Unexplained), digits(r.JetError)})
	}
	return table.Write(to, "pde", header, records)
}

// Read reads rows that Write has written. The error names the line and the field that is wrong.
func Read(from io.Reader) (rows []Row, err error) {
	err = table.Read(from, "pde", header, func(fields []string) map[int]any {
		rows = append(rows, Row{Task: fields[0], Answer: fields[2]})
		r := &rows[len(rows)-1]
		return map[int]any{1: &r.Seed, 3: &r.Dim, 4: &r.Exact, 5: &r.Angle, 6: &r.Distance, 7: &r.Unexplained, 8: &r.JetError}
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}
