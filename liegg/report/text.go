package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/liegg/lab/liegg"
)

// number is a float64 that JSON writes as null if it is NaN or infinite.
type number float64

// MarshalJSON writes the number with all its digits.
func (x number) MarshalJSON() ([]byte, error) {
	if v := float64(x); math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(x))
}

type (
	generatorText struct {
		H        [][]float64 `json:"h"`
		Singular number      `json:"singular"`
		Variance number      `json:"variance"`
		Defect   number      `json:"defect"`
		Bias     number      `json:"bias"`
	}
	spectrumText struct {
		Candidates int             `json:"candidates"`
		Samples    int             `json:"samples"`
		Idle       int             `json:"idle"`
		Outputs    int             `json:"outputs"`
		Unmoved    int             `json:"unmoved"`
		Method     string          `json:"method"`
		Resolution number          `json:"resolution"`
		BySingular []generatorText `json:"by_singular"`
		ByDefect   []generatorText `json:"by_defect"`
	}
	estimateText struct {
		Value  number `json:"value"`
		Lower  number `json:"lower"`
		Upper  number `json:"upper"`
		Fitted number `json:"fitted"`
	}
	rungText struct {
		Dim        int    `json:"dim"`
		Algebra    string `json:"algebra,omitempty"`
		Bound      number `json:"bound"`
		Share      number `json:"share_of_reference"`
		Next       number `json:"next"`
		Standing   string `json:"standing"`
		AngleError number `json:"angle_error_radians"`
	}
	verdictText struct {
		Answer     string         `json:"answer"`
		Dim        int            `json:"dim"`
		Algebra    string         `json:"algebra,omitempty"`
		Reasons    []string       `json:"reasons,omitempty"`
		AngleError number         `json:"angle_error_radians"`
		Threshold  number         `json:"threshold"`
		Reference  number         `json:"reference_defect"`
		Confidence number         `json:"confidence"`
		Considered int            `json:"considered"`
		Ignored    int            `json:"ignored"`
		Defects    []estimateText `json:"defects"`
		Rungs      []rungText     `json:"rungs"`
		Basis      [][][]float64  `json:"basis"`
		FixedPoint []float64      `json:"fixed_point,omitempty"`
		Frame      string         `json:"frame,omitempty"`
	}
	reportText struct {
		Title    string       `json:"title,omitempty"`
		Notes    []string     `json:"notes,omitempty"`
		Verdict  *verdictText `json:"verdict,omitempty"`
		Spectrum spectrumText `json:"spectrum"`
	}
)

// JSON writes the report as one JSON object with the fields title, notes,
// verdict and spectrum. Names are those of liegg.Verdict and liegg.Spectrum
// in lower case, matrices are lists of rows, and numbers that are not finite
// are null.
func (r Report) JSON(w io.Writer) error {
	s := r.spectrum()
	text := reportText{Title: r.Title, Notes: r.Notes, Spectrum: spectrumText{
		s.K, s.Samples, s.Idle, s.Outputs, s.Unmoved, s.Method.String(), number(s.Resolution()),
		generatorTexts(s.BySingular), generatorTexts(s.ByDefect),
	}}
	if r.Verdict != nil {
		text.Verdict = verdictTextOf(r.Verdict)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "\t")
	return encoder.Encode(text)
}

func generatorTexts(gens []liegg.Generator) []generatorText {
	texts := make([]generatorText, len(gens))
	for i, g := range gens {
		texts[i] = generatorText{rows(g.H), number(g.Singular), number(g.Variance), number(g.Defect), number(g.Bias)}
	}
	return texts
}

func verdictTextOf(v *liegg.Verdict) *verdictText {
	text := &verdictText{
		Answer: v.Answer.String(), Dim: v.Dim, Algebra: v.Name(), Reasons: v.Reasons, AngleError: number(v.AngleError),
		Threshold: number(v.Rule.Threshold), Reference: number(v.Reference), Confidence: number(v.Rule.Confidence),
		Considered: v.Considered, Ignored: v.Ignored, Defects: []estimateText{}, Rungs: []rungText{}, Basis: [][][]float64{},
		FixedPoint: v.FixedPoint, Frame: v.Frame,
	}
	for _, e := range v.Defects {
		text.Defects = append(text.Defects, estimateText{number(e.Value), number(e.Lower), number(e.Upper), number(e.Fitted)})
	}
	for _, r := range v.Rungs {
		text.Rungs = append(text.Rungs, rungText{
			r.Dim, r.Name(), number(r.Bound), number(r.Share), number(r.Next.Value), r.Standing.String(), number(r.AngleError),
		})
	}
	for _, h := range basis(v) {
		text.Basis = append(text.Basis, rows(h))
	}
	return text
}

// CSV writes the spectrum as a table with one line per generator: its order
// (singular or defect, by which it is ranked), rank from 1 on, singular,
// variance, defect, bias, and its entries h11, h12, …, row by row (h1,1 if n
// > 9). A verdict is left out.
func (r Report) CSV(w io.Writer) error {
	s := r.spectrum()
	table := csv.NewWriter(w)
	table.Write(append([]string{"order", "rank", "singular", "variance", "defect", "bias"}, entryNames(s.BySingular)...))
	for _, list := range []struct {
		order string
		gens  []liegg.Generator
	}{{"singular", s.BySingular}, {"defect", s.ByDefect}} {
		for i, g := range list.gens {
			line := []string{list.order, strconv.Itoa(i + 1)}
			line = appendNumbers(line, g.Singular, g.Variance, g.Defect, g.Bias)
			for _, row := range rows(g.H) {
				line = appendNumbers(line, row...)
			}
			table.Write(line)
		}
	}
	table.Flush()
	return table.Error() // of any line
}

func entryNames(gens []liegg.Generator) (names []string) {
	n, m := gens[0].H.Dims()
	form := "h%d%d"
	if n > 9 {
		form = "h%d,%d"
	}
	for i := range n {
		for j := range m {
			names = append(names, fmt.Sprintf(form, i+1, j+1))
		}
	}
	return names
}

func appendNumbers(line []string, values ...float64) []string {
	for _, v := range values {
		line = append(line, strconv.FormatFloat(v, 'g', -1, 64))
	}
	return line
}
