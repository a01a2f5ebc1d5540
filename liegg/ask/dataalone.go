package ask

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/distribution"
	"github.com/liegg/lab/liegg/internal/atomicfile"
	"github.com/liegg/lab/liegg/internal/sheet"
	"github.com/liegg/lab/liegg/report"
)

// DataAnswer says along which generators the data of a file are distributed symmetrically.
type DataAnswer struct {
	Title   string                 `json:"title"`
	Results []*distribution.Result `json:"results"` // one for each of Question.Tests
}

// String returns the results, one after the other.
func (a *DataAnswer) String() string {
	var lines []string
	for _, r := range a.Results {
		lines = append(lines, r.String())
	}
	return strings.Join(lines, "\n")
}

// HTML returns the results as HTML, for plotting.Show and for pages of package report.
func (a *DataAnswer) HTML(draw sheet.Draw) string {
	s := sheet.New(draw, "")
	for _, r := range a.Results {
		s.Include("", r.HTML)
	}
	s.Note(a.Title)
	return s.HTML()
}

// JSON writes the answer as one JSON object: title, and results with the fields of
// distribution.Result in lower case, and with the answer "symmetric", "not symmetric" or
// "undetermined".
func (a *DataAnswer) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "\t")
	return encoder.Encode(a)
}

// Save writes the answer to a file whose name ends in .html or .json. The file is written under a
// temporary name and renamed. Save returns an error if the file cannot be written or its name has
// another ending.
func (a *DataAnswer) Save(path string) error {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".html":
		return report.Report{Title: a.Title, Answer: a}.Save(path)
	case ".json":
		return atomicfile.Write(path, a.JSON)
	}
	return fmt.Errorf("%s: the name must end in .html or .json", path)
}

// OfData asks about data alone, without a network: are inputs and moved inputs distributed alike? It uses
// q.Data, Input, Action, Tests (the generators, at least one), Groups, Samples and Seed. margin is
// distribution.Settings.Margin, 0 for its default.
//
// OfData returns the errors of the files, a *NoActionError without an action, an error without Tests
// or if another field is set, and the errors of distribution.Judge.
func OfData(q Question, margin float64) (*DataAnswer, error) {
	if err := q.aboutData(margin); err != nil {
		return nil, err
	}
	a, err := openArrays(q.Data)
	if err != nil {
		return nil, err
	}
	s := &Subject{question: q, arrays: a}
	x, err := s.input("")
	if err == nil {
		err = s.take(x, dtypes.Float64)
	}
	if err != nil {
		return nil, err
	}
	move, settings, err := s.prepared(nil)
	if len(q.Tests) == 0 {
		err = errors.Join(errNoGenerator, err)
	}
	if err != nil {
		return nil, err
	}
	answer := &DataAnswer{Title: "data " + strings.TrimPrefix(q.String(), "judge ")}
	for _, text := range q.Tests {
		r, err := distributed(s.x, move, text, distribution.Settings{Groups: settings.Groups, Seed: q.Seed, Margin: margin})
		if err != nil {
			return nil, fmt.Errorf("Question.Tests %s: %w", text, err)
		}
		answer.Results = append(answer.Results, r)
	}
	return answer, nil
}

// errNoGenerator is told together with a missing action.
var errNoGenerator = errors.New("no generator is given: name those to move the data along by Question.Tests, such as rotation:0,1 or translation:0")

// distributed judges the distribution along a generator that a text names.
func distributed(x *tensors.Tensor, a action.Action, text string, s distribution.Settings) (*distribution.Result, error) {
	t, err := parseTest(text)
	if err != nil {
		return nil, err
	}
	h, err := t.hypothesis(a)
	if err != nil {
		return nil, err
	}
	if _, ok := a.(action.Mover); !ok {
		return nil, fmt.Errorf("%v has no finite transformations to move data by: choose another Question.Action", a)
	}
	return distribution.Judge(x, a, action.Local(a, h.H), s)
}

// aboutData returns an error if a question is not about data alone.
func (q Question) aboutData(margin float64) error {
	own := q
	own.Data, own.Input, own.Action, own.Tests, own.Groups, own.Samples, own.Seed = "", "", "", nil, "", 0, 0
	switch {
	case q.Data == "":
		return errors.New("no data: give an .npz, .npy or .csv file")
	case own.String() != "judge":
		return fmt.Errorf("of data alone, only Question.Action, Question.Tests, Question.Input, Question.Groups, Question.Samples and a seed make sense, not %q", strings.TrimPrefix(own.String(), "judge "))
	case !(margin >= 0 && margin < .5):
		return fmt.Errorf("the margin is an accuracy beyond ½, at least 0 and less than .5, got %g", margin)
	}
	return q.check()
}
