package pde

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
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

// Write writes rows as CSV.
func Write(to io.Writer, rows []Row) error {
	digits := func(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }
	records := [][]string{{"task", "seed", "answer", "dim", "exact", "angle", "distance", "unexplained", "jet error"}}
	for _, r := range rows {
		records = append(records, []string{r.Task, strconv.FormatUint(r.Seed, 10), r.Answer, strconv.Itoa(r.Dim), strconv.Itoa(r.Exact),
			digits(r.Angle), digits(r.Distance), digits(r.Unexplained), digits(r.JetError)})
	}
	if err := csv.NewWriter(to).WriteAll(records); err != nil {
		return fmt.Errorf("pde: writing the table: %w", err)
	}
	return nil
}
