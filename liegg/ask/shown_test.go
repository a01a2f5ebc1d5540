package ask

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/sheet/sheettest"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/plotting"
)

// keepVariable names the environment variable with a folder for the pages, to look at.
const keepVariable = "LIEGG_KEEP_SHEETS"

// Every value that users meet shows itself: well-formed HTML with what it is about, tables or
// matrices, and a picture; without pictures, the rest.
func TestValuesShowThemselves(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	net := expect.OK(network.New(network.MLP{Hidden: []int{8}, Outputs: 2}, shapes.Make(dtypes.Float64, 3), 1))(t)
	x := tensors.FromFlatDataAndDimensions(points(400, 3).RawMatrix().Data, 400, 3)
	net.History = network.History{{Step: 10, Loss: 1, Validation: 2, Accuracy: .5}, {Step: 20, Loss: .1, Validation: .3, Accuracy: .9}, {Step: 30, Loss: .05, Validation: .2, Accuracy: .95}}
	a := action.Linear(3, 1)
	settings := flow.Settings{Quiet: true, Random: 2, Points: 6}
	squared := network.Exact(squaredLength)
	answer := expect.OK(Symmetries(squaredLength, x, a))(t)
	turned := flow.Rotation(3, 0, 1)
	compared := expect.OK(flow.Compare(squared, a, []flow.Hypothesis{turned, flow.Shear(3, 0, 1)}, network.Tensor(x), settings))(t)
	breakdown := expect.OK(network.JudgeByOutput(net, a, network.Tensor(x), network.Settings{}))(t)
	layers := expect.OK(expect.OK(About(net, x, Question{Action: "linear:3x1", Layers: true}))(t).Ask(nil))(t)
	refined := expect.OK(flow.Refine(squared, a, lie.Span("a", turned.H), network.Tensor(x), settings))(t)
	images := dataset.Samples{Name: "<images> & labels", X: tensors.FromFlatDataAndDimensions(points(12, 64).RawMatrix().Data, 12, 8, 8), Y: tensors.FromFlatDataAndDimensions(make([]int32, 12), 12, 1)}
	identity := expect.OK(classification.Identify(lie.SO(3), 0))(t)

	for _, c := range []struct {
		name          string
		value         plotting.Sheet
		says          string
		table, matrix bool
		pictures      int
	}{
		{"verdict", answer.Verdict, "3 generators, Lie algebra so(3)", true, true, 1},
		{"judgement", answer.Judgement, "so(3)", true, true, 2},
		{"answer", answer, "so(3)", true, true, 2},
		{"layers", layers, "hidden 1", true, false, 1},
		{"spectrum", answer.Verdict.Spectrum, "Polarization spectrum", true, false, 1},
		{"generator", answer.Verdict.Spectrum.BySingular[0], "s²/N", false, true, 0},
		{"algebra", lie.SO(4), "so(4): dimension 6", false, true, 1},
		{"translations", lie.Translations(2), "dimension 2", false, true, 1},
		{"nothing", lie.Trivial(3), "dimension 0", false, false, 0},
		{"identity", identity, "so(3)", false, false, 0},
		{"constants", lie.Structure(lie.SO(3)), "[E₁,E₂] =", false, false, 0},
		{"network", net, "hidden", true, false, 1},
		{"function", squared, "an exact function", false, false, 0},
		{"history", net.History, "step 30", true, false, 1},
		{"images", images, "<images> & labels", true, false, 1},
		{"vectors", dataset.Samples{Name: "vectors", X: x, Y: x}, "400 samples", true, false, 0},
		{"breakdown", breakdown, "all outputs together", true, false, 1},
		{"result", compared.Results[0], turned.Name, true, true, 1},
		{"curve", compared.Results[1].Curve, "holds", true, false, 1},
		{"comparison", compared, turned.Name, true, false, 1},
		{"refinement", refined, "refined 1 of 3×3", false, true, 1},
		{"rung", answer.Judgement.Rungs[0], "confirmed", false, true, 1},
	} {
		fragment := expect.OK(plotting.HTML(c.value))(t)
		text, elements := sheettest.Read(t, fragment)
		if !strings.Contains(text, c.says) || (elements["table"] > 0) != c.table || (elements["math"] > 0) != c.matrix || elements["img"] != c.pictures {
			t.Errorf("%s: %v, does it say %q? %.600s", c.name, elements, c.says, text)
		}
		plain, elements := sheettest.Read(t, c.value.HTML(nil))
		if plain != text || elements["img"] != 0 {
			t.Errorf("%s without pictures: %v\n%.300s", c.name, elements, plain)
		}
		if c.value.String() == "" {
			t.Errorf("%s has no text", c.name)
		}
		if folder := os.Getenv(keepVariable); folder != "" {
			page := fmt.Sprintf("<!DOCTYPE html><html><head><meta charset=\"utf-8\"/><meta name=\"color-scheme\" content=\"light dark\"/></head><body style=\"font: 15px system-ui\">\n%s</body></html>\n", fragment)
			if err := os.WriteFile(filepath.Join(folder, c.name+".html"), []byte(page), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Names of users cannot break out of the page.
func TestNamesAreEscaped(t *testing.T) {
	const name = `"><script>alert(1)</script> ρ & ` + "\x00\xff"
	a := expect.OK(Symmetries(squaredLength, dataset.Samples{Name: name, X: tensors.FromFlatDataAndDimensions(points(200, 1).RawMatrix().Data, 200, 1), Y: tensors.FromFlatDataAndDimensions(points(200, 1).RawMatrix().Data, 200, 1)}))(t)
	a.Notes = append(a.Notes, name)
	for _, v := range []plotting.Sheet{a, &flow.Result{Hypothesis: flow.Hypothesis{Name: name, H: mat.NewDense(1, 1, nil)}}, lie.SO(2).Renamed(name), dataset.Samples{Name: name}} {
		text, elements := sheettest.Read(t, expect.OK(plotting.HTML(v))(t))
		if elements["script"] != 0 || !strings.Contains(text, "<script>alert(1)") {
			t.Errorf("%T: %v %.300s", v, elements, text)
		}
	}
}
