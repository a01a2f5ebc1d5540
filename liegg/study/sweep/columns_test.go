package sweep

import (
	"bytes"
	"errors"
	"math"
	"strings"
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
	expect.Error(t, err, "line 1", "2 fields")
	text[len("a,o5,")] = 'x'
	_, err = Decode(text)
	expect.Error(t, err, "line 1", "digest")
	fields := bytes.SplitN(text, []byte(","), 4)
	fields[2] = []byte("many")
	_, err = decode(bytes.Join(fields, []byte(",")), 7, true)
	expect.Error(t, err, "line 7", "digest")
}

// Rows of earlier versions, which have no columns of flows, are read, with their digests
// and without.
func TestRowsWithoutFlows(t *testing.T) {
	if got := columns[withoutFlows-1].name; got != "failed" {
		t.Fatalf("the last column of earlier versions is %q", got)
	}
	row := Row{Key: "a", Task: "o5", Flow: "confirmed", FlowDim: 2, FlowHolds: 3}
	fields := make([]string, withoutFlows)
	for i := range fields {
		fields[i] = columns[i].get(&row)
	}
	for _, digests := range []bool{false, true} {
		text := strings.Join(fields, ",")
		if digests {
			text += "," + rowDigest(fields)
		}
		lines, err := decode([]byte(text+"\n"), 1, digests)
		if err != nil || len(lines) != 1 || lines[0].Key != "a" || lines[0].Flow != "" || lines[0].FlowDim != 0 || !math.IsNaN(lines[0].FlowHolds) {
			t.Errorf("with digests %v: %+v, %v", digests, lines, err)
		}
	}
}

// A change of any byte of a row is detected: reading returns what was written, or nothing.
func TestDigestsNoticeEveryByte(t *testing.T) {
	row := Row{Key: "a", Task: "o5", Seed: 3, Fit: .5, Spectrum: []float64{1, 2}, Reasons: []string{`one, "two"`}}
	good := Encode(row)
	for i := range len(good) - 1 { // the line's end is no part of the row
		for _, flip := range []byte{1, 4, 32} {
			bad := bytes.Clone(good)
			bad[i] ^= flip
			rows, err := Decode(bad)
			if err == nil && (len(rows) != 1 || !bytes.Equal(Encode(rows...), good)) {
				t.Errorf("byte %d: %q was read", i, bad)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Encode(Row{Key: "a", Reasons: []string{`one, "two"`}, Spectrum: []float64{1}}), true)
	f.Add([]byte("a,b\n\n\"c\n"), false)
	f.Fuzz(func(t *testing.T, text []byte, digests bool) {
		lines, err := decode(text, 3, digests)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("%v is no ErrDamaged", err)
			}
			return
		}
		for _, l := range lines {
			if back, err := Decode(Encode(l.Row)); err != nil || !back[0].same(l.Row) {
				t.Errorf("%+v became %+v, %v", l.Row, back, err)
			}
		}
	})
}
