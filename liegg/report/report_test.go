package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/sheet/sheettest"
	"github.com/liegg/lab/liegg/lie"
)

const n = 3

// verdict is that on f(x) = ‖x‖² in R³, whose symmetry is so(3), from blocks of
// exact gradients 2x.
func verdict(t *testing.T) *liegg.Verdict {
	t.Helper()
	random := rand.New(rand.NewPCG(5, 0))
	e := liegg.NewEvidence(n * n)
	for range liegg.Blocks {
		if err := e.Add(block(random)); err != nil {
			t.Fatal(err)
		}
	}
	v, err := e.Judge(lie.GL(n), liegg.Rule{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func block(random *rand.Rand) liegg.Chunk {
	const samples = 16
	metric := mat.NewSymDense(n*n, nil)
	c := liegg.Chunk{Samples: samples, Outputs: 1, Rows: mat.NewDense(samples, n*n, nil), Metric: metric,
		Moments: &liegg.Moments{Coordinates: n, Gradients: mat.NewSymDense(n, nil), Data: mat.NewSymDense(n, nil)}}
	last := point(random)
	for i := range samples {
		x := point(random)
		g := mat.NewVecDense(n, nil)
		g.ScaleVec(2, x)
		energy := mat.Dot(g, g)
		for a := range n {
			for b := range n {
				c.Rows.Set(i, a*n+b, g.AtVec(a)*x.AtVec(b))
				for d := b; d < n; d++ {
					metric.SetSym(a*n+b, a*n+d, metric.At(a*n+b, a*n+d)+energy*x.AtVec(b)*x.AtVec(d))
				}
			}
		}
		c.Moments.Unpaired += energy * mat.Dot(last, last)
		c.Moments.UnpairedMetric += energy * n * mat.Dot(last, last)
		c.Moments.Gradients.SymRankOne(c.Moments.Gradients, 1, g)
		c.Moments.Data.SymRankOne(c.Moments.Data, 1, x)
		last = x
	}
	return c
}

func point(random *rand.Rand) *mat.VecDense {
	return mat.NewVecDense(n, []float64{random.NormFloat64(), random.NormFloat64(), random.NormFloat64()})
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 4))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func report(t *testing.T) Report {
	return Report{Title: "‖x‖² & <friends>", Notes: []string{"Exact gradients.", "a table\n  of two"}, Verdict: verdict(t),
		Pictures: []Picture{{"a grey picture", picture(t)}}}
}

func saved(t *testing.T, r Report, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := r.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// A note of several lines is shown as it is.
func TestNotes(t *testing.T) {
	var b bytes.Buffer
	if err := report(t).HTML(&b); err != nil || !strings.Contains(b.String(), "<p>Exact gradients.</p>") || !strings.Contains(b.String(), "<pre>a table\n  of two</pre>") {
		t.Errorf("%v\n%s", err, &b)
	}
}

// What NumPy reads is the spectrum itself, and the basis of the verdict is so(3).
func TestNPZ(t *testing.T) {
	r := report(t)
	path := saved(t, r, "r.npz")
	s := r.Verdict.Spectrum
	for name, dims := range map[string][]int{
		"H": {9, 3, 3}, "G": {9, 3, 3}, "s": {9}, "variance": {9}, "rho_H": {9}, "bias": {9}, "rho": {9}, "algebra": {3, 3, 3}, "closed": {3, 3, 3}, "verdict": {len(r.Verdict.Defects), 4},
	} {
		if a, err := npy.ReadZip(path, name); err != nil || !slices.Equal(a.Dims, dims) {
			t.Errorf("%s: shape %v, %v; want %v", name, a.Dims, err, dims)
		}
	}
	if a, _ := npy.ReadZip(path, "rho"); !slices.Equal(a.Float64, s.Defects()) {
		t.Errorf("rho is %v, want %v", a.Float64, s.Defects())
	}
	h, _ := npy.ReadZip(path, "H")
	for i, g := range s.BySingular {
		if !mat.Equal(g.H, mat.NewDense(3, 3, h.Float64[9*i:9*i+9])) {
			t.Errorf("H[%d] is not the generator", i)
		}
	}
	a, _ := npy.ReadZip(path, "algebra")
	for i := range 3 {
		m := mat.NewDense(3, 3, a.Float64[9*i:9*i+9])
		m.Add(m, m.T())
		if mat.Norm(m, 2) > 1e-6 {
			t.Errorf("generator %d is not skew-symmetric", i)
		}
	}
}

func TestJSON(t *testing.T) {
	r := report(t)
	r.Verdict.Spectrum.BySingular[8].Defect = math.NaN() // as for what does not move the data
	text, err := os.ReadFile(saved(t, r, "r.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Title   string
		Verdict struct {
			Answer, Algebra string
			Dim             int
			Basis           [][][]float64
			Rungs           []struct{ Algebra, Standing string }
		}
		Spectrum struct {
			BySingular []struct {
				H                [][]float64
				Singular, Defect *float64
			} `json:"by_singular"`
		}
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Title != r.Title || got.Verdict.Answer != "symmetric" || got.Verdict.Algebra != "so(3)" || got.Verdict.Dim != 3 || len(got.Verdict.Basis) != 3 {
		t.Errorf("%+v", got.Verdict)
	}
	if rungs := got.Verdict.Rungs; len(rungs) != 1 || rungs[0].Algebra != "so(3)" || rungs[0].Standing != "within the threshold" {
		t.Errorf("the ladder is %+v", rungs)
	}
	for i, g := range r.Verdict.Spectrum.BySingular {
		if line := got.Spectrum.BySingular[i]; *line.Singular != g.Singular || line.H[1][2] != g.H.At(1, 2) || (line.Defect == nil) != (i == 8) {
			t.Errorf("generator %d: %+v", i, line)
		}
	}
}

func TestCSV(t *testing.T) {
	r := Report{Spectrum: verdict(t).Spectrum}
	f, err := os.Open(saved(t, r, "r.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := csv.NewReader(f).ReadAll()
	if err != nil || len(table) != 19 || table[0][6] != "h11" || table[0][14] != "h33" {
		t.Fatalf("%d lines, the first %q, %v", len(table), table[0], err)
	}
	for i, g := range r.Spectrum.BySingular {
		singular, _ := strconv.ParseFloat(table[i+1][2], 64)
		entry, _ := strconv.ParseFloat(table[i+1][11], 64)
		if table[i+1][0] != "singular" || singular != g.Singular || entry != g.H.At(1, 2) {
			t.Errorf("line %d is %q", i+1, table[i+1])
		}
	}
	if table[10][0] != "defect" || table[10][1] != "1" {
		t.Errorf("the second table begins with %q", table[10])
	}
}

func TestHTML(t *testing.T) {
	r := report(t)
	b, err := os.ReadFile(saved(t, r, "r.html"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, want := range []string{"‖x‖² &amp; &lt;friends&gt;", "Exact gradients.", "3 <abbr", "so(3)", "data:image/png;base64,", "a grey picture", "≈0"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, not := range []string{"ZgotmplZ", "<no value>", "http:", "https:", "<script", "NaN"} {
		if strings.Contains(text, not) {
			t.Errorf("the page says %q", not)
		}
	}
	if got := strings.Count(text, "<tr>"); got != 1+len(r.Verdict.Defects)+1+9 {
		t.Errorf("%d lines in its tables", got)
	}
	if got := strings.Count(text, "<math>"); got != 3 {
		t.Errorf("%d matrices", got)
	}
	if got := strings.Count(text, "<img "); got != 3 {
		t.Errorf("%d pictures, of the verdict, of the spectrum and the one that was given", got)
	}
	sheettest.Read(t, text[strings.Index(text, "<body>"):strings.Index(text, "</html>")])
	if keep := os.Getenv("LIEGG_KEEP_REPORT"); keep != "" { // to look at it
		os.WriteFile(keep, b, 0o600)
	}
}

// If writing a report fails, the existing file stays intact.
func TestFailureLeavesWhatWasThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.html")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := report(t)
	r.Pictures = append(r.Pictures, Picture{"broken", []byte("GIF89a")})
	if err := r.Save(path); err == nil || !strings.Contains(err.Error(), `"broken" is not a PNG`) {
		t.Errorf("error %v", err)
	}
	if err := r.Save(path + ".docx"); err == nil || !strings.Contains(err.Error(), ".npz") {
		t.Errorf("error %v", err)
	}
	if err := r.Save(filepath.Join(path, "r.csv")); err == nil {
		t.Error("a report below a file")
	}
	left, _ := os.ReadDir(filepath.Dir(path))
	if b, _ := os.ReadFile(path); string(b) != "before" || len(left) != 1 {
		t.Errorf("%q and %v are there", b, left)
	}
}

func TestWriterThatFails(t *testing.T) {
	r := report(t)
	for name, write := range map[string]func(io.Writer) error{"html": r.HTML, "json": r.JSON, "csv": r.CSV, "npz": r.NPZ} {
		if err := write(broken{}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestEmptyReportPanics(t *testing.T) {
	defer func() {
		if r, _ := recover().(string); !strings.Contains(r, "report:") {
			t.Errorf("panic %q", r)
		}
	}()
	Report{}.JSON(io.Discard)
}
