package score

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/liegg/lab/liegg"
)

// Row is the result of a trial. Figures that do not apply are NaN.
type Row struct {
	Case string
	Kind Kind
	Seed uint64

	K, Truth int    // candidates, and the true dimension
	Lie      string // the true algebra

	Answer  liegg.Answer
	Dim     int      // number of generators found
	Name    string   // name of the algebra found; "" if it was not named
	Reasons []string // of an undetermined answer
	Ladder  []string // levels of approximate symmetry, in words

	Defect, Next float64 // ρ_d and ρ_{d+1}, held out
	Angle        float64 // largest principal angle to the true algebra, in degrees, if the dimension is right
	Unexplained  float64 // share of the variance that the network does not explain
	Seconds      float64 // of the analysis, without training
}

// Outcome classifies a row.
type Outcome string

// The outcomes.
const (
	Right Outcome = "right"
	Open  Outcome = "undetermined"
	Wrong Outcome = "wrong"
)

// Outcome compares the dimension with the truth.
func (r Row) Outcome() Outcome {
	switch {
	case r.Answer == liegg.Undetermined:
		return Open
	case r.Dim == r.Truth:
		return Right
	}
	return Wrong
}

// Named reports whether the algebra was given its true name.
func (r Row) Named() bool { return r.Outcome() == Right && r.Name == r.Lie }

var columns = []string{"case", "kind", "seed", "candidates", "true_dim", "true_algebra", "answer", "dim", "algebra", "outcome",
	"defect", "next_defect", "angle_degrees", "unexplained", "seconds", "reasons", "ladder"}

// betweenRungs separates the rungs of a ladder.
const betweenRungs = " | "

// Write writes rows as CSV with a header line.
func Write(w io.Writer, rows []Row) error {
	c := csv.NewWriter(w)
	if err := c.Write(columns); err != nil {
		return err
	}
	for _, r := range rows {
		if err := c.Write(r.fields()); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func (r Row) fields() []string {
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', 4, 64) }
	return []string{r.Case, string(r.Kind), fmt.Sprint(r.Seed), fmt.Sprint(r.K), fmt.Sprint(r.Truth), r.Lie,
		r.Answer.String(), fmt.Sprint(r.Dim), r.Name, string(r.Outcome()),
		number(r.Defect), number(r.Next), number(r.Angle), number(r.Unexplained), number(r.Seconds), strings.Join(r.Reasons, "; "), strings.Join(r.Ladder, betweenRungs)}
}

// Summary counts outcomes of some rows.
type Summary struct {
	Runs, Right, Open, Wrong int
	Named                    int // with the right name, among those of the right dimension
}

// Summarise counts the outcomes of rows.
func Summarise(rows []Row) (s Summary) {
	for _, r := range rows {
		s.Runs++
		switch r.Outcome() {
		case Right:
			s.Right++
		case Open:
			s.Open++
		case Wrong:
			s.Wrong++
		}
		if r.Named() {
			s.Named++
		}
	}
	return s
}

// String returns one line: how many of the verdicts are right, how many rows
// are undetermined, and how many right ones have the right name.
func (s Summary) String() string {
	return fmt.Sprintf("%d runs: %d right and %d wrong of %d verdicts, %d undetermined; %d of %d named rightly",
		s.Runs, s.Right, s.Wrong, s.Right+s.Wrong, s.Open, s.Named, s.Right)
}
