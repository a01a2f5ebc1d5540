package sweep

import (
	"math"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestRowsRoundTrip(t *testing.T) {
	nan := math.NaN()
	rows := []Row{
		{Key: "a", Task: "o5", Samples: 3, Seed: math.MaxUint64, Fit: .5, Variance: 1.5e-7, TestLoss: nan, Angle: math.Inf(1),
			Reasons: []string{`one, "two"`, "three"}, Spectrum: []float64{1, nan, 2}, LayerNames: []string{"hidden 1", "output"}},
		{Key: "b", Failed: "two\nlines,\r\nand more"},
	}
	text := Encode(rows...)
	back := ok(Decode(text))(t)
	if string(Encode(back...)) != string(text) || len(back) != 2 {
		t.Errorf("%q became %q", text, Encode(back...))
	}
	if got := back[0]; got.Seed != math.MaxUint64 || !math.IsNaN(got.TestLoss) || got.Reasons[0] != `one, "two"` || len(got.Spectrum) != 3 || got.LayerNames[1] != "output" {
		t.Errorf("read back %+v", got)
	}
	if back[1].Failed != "two lines, and more" {
		t.Errorf("a row of two lines: %q", back[1].Failed)
	}
	_, err := Decode([]byte("a,b\n"))
	expect.Error(t, err, "line 1")
	text[len("a,o5,")] = 'x'
	_, err = Decode(text)
	expect.Error(t, err, "line 1", "samples")
}
