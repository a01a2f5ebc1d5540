package score_test

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/study/score"
)

// Exact functions are found right, and named.
func TestExactTrials(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, c := range groundtruth.All() {
		row, err := score.Trial{Case: c, Kind: score.Exact, Judge: 4000}.Run()
		if err != nil {
			t.Fatal(err)
		}
		if !row.Named() {
			t.Errorf("%s: %d generators, %q, %s %v; want %d, %q", c.Name, row.Dim, row.Name, row.Answer, row.Reasons, c.Dim, c.Lie)
		}
	}
}

// One network each, shortly trained: a symmetry is found and named, and values
// dealt out at random leave none.
func TestTrainedTrials(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for kind, want := range map[score.Kind]string{score.Trained: "sl(2,R)", score.Shuffled: "{0}"} {
		row, err := score.Trial{Case: groundtruth.SL2(), Kind: kind, Steps: 3000, Judge: 10_000}.Run()
		if err != nil {
			t.Fatal(err)
		}
		if !row.Named() || row.Name != want {
			t.Errorf("sl2, %s: %d generators, %q, %s %v; want %q", kind, row.Dim, row.Name, row.Answer, row.Reasons, want)
		}
		if kind == score.Trained && !(row.Angle < 1.5 && row.Unexplained < .05) {
			t.Errorf("sl2: %.2g° from sl(2), %.2g unexplained", row.Angle, row.Unexplained)
		}
	}
}

// A network has one output for each output of the function, for any recipe.
func TestNetworkOfSeveralOutputs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	trial := score.Trial{Case: groundtruth.Inertia(), Kind: score.Trained, Train: 1000, Steps: 200, MLP: network.MLP{Hidden: []int{32}, Bias: true}}
	n, unexplained, err := trial.Network()
	if err != nil {
		t.Fatal(err)
	}
	y, err := n.Predict(trial.Fresh(10))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(y.Shape().Dimensions, []int{10, 9}) || !(unexplained > 0 && unexplained < 1) {
		t.Errorf("outputs %s, %.2g of the variance unexplained", y.Shape(), unexplained)
	}
}

var rows = []score.Row{
	{Case: "so5", Kind: score.Trained, Seed: 3, K: 25, Truth: 10, Lie: "so(5)", Answer: liegg.Symmetric, Dim: 10, Name: "so(5)",
		Defect: .01, Next: .4, Angle: .25, Unexplained: .001, Seconds: 1.5,
		Ladder: []string{"1 generator, so(2), ρ ≤ 0.001; next 0.01", "10 generators, so(5), ρ ≤ 0.01; next 0.4"}},
	{Case: "none", Kind: score.Exact, K: 9, Lie: "{0}", Answer: liegg.None, Name: "{0}", Next: .15},
	{Case: "broken(0.1)", Kind: score.Shuffled, K: 9, Lie: "{0}", Answer: liegg.Undetermined, Dim: 1,
		Reasons: []string{"the gap ρ_2/ρ_1 is only 2.0, 5 is wanted", `it says "no"`}},
}

func TestRowsRoundTrip(t *testing.T) {
	var b bytes.Buffer
	if err := score.Write(&b, rows); err != nil {
		t.Fatal(err)
	}
	back, err := score.Read(&b)
	if err != nil || !reflect.DeepEqual(back, rows) {
		t.Errorf("read back %+v (%v), wrote %+v", back, err, rows)
	}
}

func TestSummary(t *testing.T) {
	want := score.Summary{Runs: 3, Right: 2, Open: 1, Named: 2}
	if got := score.Summarise(rows); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	wrong := rows[1]
	wrong.Answer, wrong.Dim = liegg.Symmetric, 1
	if wrong.Outcome() != score.Wrong || wrong.Named() {
		t.Errorf("one generator where there is none: %s", wrong.Outcome())
	}
}

func TestReadErrors(t *testing.T) {
	var b bytes.Buffer
	if err := score.Write(&b, rows[:1]); err != nil {
		t.Fatal(err)
	}
	good := b.String()
	for _, bad := range []string{"", "case,kind\n", strings.Replace(good, "symmetric", "yes", 1),
		strings.Replace(good, "trained", "guessed", 1), strings.Replace(good, ",25,", ",many,", 1), good + "a,b\n",
		strings.Replace(good, ",10,so(5),right", ",9,so(5),right", 1), strings.Replace(good, "right", "wrong", 1), good + "\"" + strings.Repeat("x", 20<<20)} {
		if _, err := score.Read(strings.NewReader(bad)); err == nil || !strings.HasPrefix(err.Error(), "score: ") {
			t.Errorf("%.400q: error %v", bad, err)
		}
	}
}

func TestReadFile(t *testing.T) {
	got, err := score.ReadFile("../../../notebooks/scores.csv")
	if err != nil || len(got) != 90 {
		t.Errorf("%d rows, %v", len(got), err)
	}
	t.Setenv(bounded.Env, "1KiB")
	_, err = score.ReadFile("../../../notebooks/scores.csv")
	expect.Error(t, err, "scores.csv", "the budget is 1024")
	_, err = score.Read(strings.NewReader(strings.Repeat("x", 2000)))
	expect.Error(t, err, "at least 1025", "the budget is 1024")
	_, err = score.ReadFile(t.TempDir())
	expect.Error(t, err, "score: ", "a folder")
}

// Rows that Read accepts are the same after Write and Read.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := score.Write(&b, rows); err != nil {
		f.Fatal(err)
	}
	f.Add(b.String())
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := score.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := score.Write(&b, first); err != nil {
			t.Fatal(err)
		}
		second, err := score.Read(&b)
		if err != nil || len(second) != len(first) {
			t.Fatalf("%d rows became %d: %v", len(first), len(second), err)
		}
		for i := range first {
			if first[i].Outcome() != second[i].Outcome() || math.IsNaN(first[i].Angle) != math.IsNaN(second[i].Angle) {
				t.Errorf("%+v became %+v", first[i], second[i])
			}
		}
	})
}
