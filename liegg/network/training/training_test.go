package training

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// small is a network that trains in no time, on O(5).
var (
	small      = network.MLP{Hidden: []int{16, 16}, Outputs: 1, Bias: true}
	smallSteps = Settings{Steps: 200, LearningRate: 3e-3, Cosine: true, Quiet: true}
)

func outputsOf(t *testing.T, n *network.Network, x *tensors.Tensor) []float64 {
	t.Helper()
	return ok(dataset.Values(ok(n.Predict(x))(t)))(t)
}

func TestTrainingIsRepeatable(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	parts, _ := o5(t, 1, 1000, 100)
	source := parts[0].Batches(100, 1)
	first := ok(Train(small, smallSteps, source, &parts[1]))(t)
	second := ok(Train(small, smallSteps, source, &parts[1]))(t)
	if !slices.Equal(outputsOf(t, first, parts[1].X), outputsOf(t, second, parts[1].X)) {
		t.Error("the same training gave other weights")
	}
	reseeded := smallSteps
	reseeded.Seed = 9
	other := ok(Train(small, reseeded, source, &parts[1]))(t)
	if slices.Equal(outputsOf(t, first, parts[1].X), outputsOf(t, other, parts[1].X)) {
		t.Error("another seed gave the same weights")
	}
	h := first.History
	if len(h) != 50 || h[len(h)-1].Step != 200 || !(h[len(h)-1].Loss < h[0].Loss/2) {
		t.Errorf("history of %d looks, %+v … %+v", len(h), h[0], h[len(h)-1])
	}
}

// Several steps in one call give the same results as one step in each, which looks after every step
// require. Looks between calls see the same losses.
func TestStepsInOneCallAreStepsInMany(t *testing.T) {
	parts, _ := o5(t, 7, 1000, 100)
	source := parts[0].Batches(100, 1)
	each, some := smallSteps, smallSteps
	each.Steps, each.Validate, each.L2, each.Decay = 90, 1, .01, .1
	some.Steps, some.Validate, some.L2, some.Decay = 90, 40, .01, .1
	one, many := ok(Train(small, each, source, nil))(t), ok(Train(small, some, source, nil))(t)
	expect.Near(t, "outputs", outputsOf(t, many, parts[1].X), outputsOf(t, one, parts[1].X), 1e-4)
	var losses []float64
	for i, from := range []int{0, 40, 80} {
		mean, to := 0., many.History[i].Step
		for _, p := range one.History[from:to] {
			mean += p.Loss / float64(to-from)
		}
		losses = append(losses, mean)
	}
	expect.Near(t, "losses", many.History.Losses(), losses, 1e-4)
}

func TestBestKeepsTheBestLook(t *testing.T) {
	parts, _ := o5(t, 2, 200, 500) // few samples: it overfits
	training := Settings{Steps: 600, LearningRate: 1e-2, Best: true, Validate: 20, Quiet: true}
	n := ok(Train(network.MLP{Hidden: []int{64, 64}, Outputs: 1}, training, parts[0].Batches(100, 1), &parts[1]))(t)
	best := math.Inf(1)
	for _, p := range n.History {
		best = min(best, p.Validation)
	}
	if last := n.History[len(n.History)-1].Validation; best > .99*last {
		t.Fatalf("the case does not overfit: best %g, last %g", best, last)
	}
	got := ok(n.MeanSquaredError(parts[1]))(t)
	expect.Near(t, "validation loss of the network kept", []float64{got}, []float64{best}, 1e-4)
}

func TestDivergenceIsAnError(t *testing.T) {
	parts, _ := o5(t, 3, 500)
	_, err := Train(small, Settings{Steps: 2000, LearningRate: 1e25, Quiet: true}, parts[0].Batches(100, 1), nil)
	var diverged *DivergedError
	if !errors.As(err, &diverged) {
		t.Fatalf("learning rate 1e25: %v", err)
	}
	if diverged.Step > 1000 {
		t.Errorf("divergence was not found before step %d", diverged.Step)
	}
}

func TestNumbersOfATrainingAreFinite(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for name, training := range map[string]Settings{
			"LearningRate": {Steps: 1, LearningRate: v}, "L2": {Steps: 1, L2: v}, "Decay": {Steps: 1, Decay: v},
		} {
			func() {
				defer func() {
					if says := fmt.Sprint(recover()); !strings.Contains(says, "Settings."+name+" must be a finite number") {
						t.Errorf("%s %v: panic %q", name, v, says)
					}
				}()
				training.withDefaults(true)
			}()
		}
	}
}

func TestL2AndDecayShrinkWeights(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	parts, _ := o5(t, 4, 1000)
	size := func(training Settings) (sum float64) {
		n := ok(Train(small, training, parts[0].Batches(100, 1), nil))(t)
		for v := range n.Store.IterVariables() {
			for _, w := range ok(dataset.Values(ok(v.Value())(t)))(t) {
				sum += w * w
			}
		}
		return sum
	}
	plain, l2, decay := smallSteps, smallSteps, smallSteps
	l2.L2, decay.Decay = .1, 1
	free := size(plain)
	if got := size(l2); got > .8*free {
		t.Errorf("L2 leaves ‖w‖² at %g of %g", got, free)
	}
	if got := size(decay); got > .8*free {
		t.Errorf("decoupled decay leaves ‖w‖² at %g of %g", got, free)
	}
}

func TestCachedNetworksRoundTrip(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	cache := t.TempDir()
	t.Setenv("LIEGG_CACHE", cache)
	parts, _ := o5(t, 5, 1000, 100)
	source := parts[0].Batches(100, 1)
	trained := ok(Cached(small, smallSteps, source, &parts[1]))(t)
	folders := ok(filepath.Glob(filepath.Join(cache, "networks", "*")))(t)
	if len(folders) != 1 {
		t.Fatalf("the cache holds %q", folders)
	}
	read := ok(Cached(small, smallSteps, source, &parts[1]))(t)
	if !slices.Equal(outputsOf(t, trained, parts[1].X), outputsOf(t, read, parts[1].X)) {
		t.Error("the stored network has other outputs")
	}
	if !slices.EqualFunc(trained.History, read.History, samePoint) {
		t.Error("the stored network has another history")
	}
	longer := smallSteps
	longer.Steps++
	for name, train := range map[string]func() (*network.Network, error){
		"steps": func() (*network.Network, error) { return Cached(small, longer, source, &parts[1]) },
		"data": func() (*network.Network, error) {
			return Cached(small, smallSteps, parts[0].Batches(100, 2), &parts[1])
		},
		"validation": func() (*network.Network, error) { return Cached(small, smallSteps, source, nil) },
		"architecture": func() (*network.Network, error) {
			return Cached(network.MLP{Outputs: 1}, smallSteps, source, &parts[1])
		},
	} {
		before := len(ok(os.ReadDir(filepath.Join(cache, "networks")))(t))
		ok(train())(t)
		if after := len(ok(os.ReadDir(filepath.Join(cache, "networks")))(t)); after != before+1 {
			t.Errorf("another %s did not train anew", name)
		}
	}
}

func samePoint(a, b network.Point) bool {
	same := func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }
	return a.Step == b.Step && same(a.Loss, b.Loss) && same(a.Validation, b.Validation) && same(a.Accuracy, b.Accuracy)
}

// A damaged store is trained anew and mended; one that never came to its end is
// not there at all.
func TestCachedMendsWhatIsBroken(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	cache := t.TempDir()
	t.Setenv("LIEGG_CACHE", cache)
	parts, _ := o5(t, 6, 1000)
	source := parts[0].Batches(100, 1)
	trained := ok(Cached(small, smallSteps, source, nil))(t)
	folder := ok(filepath.Glob(filepath.Join(cache, "networks", "*")))(t)[0]
	for _, file := range ok(os.ReadDir(folder))(t) {
		path := filepath.Join(folder, file.Name())
		if err := os.Truncate(path, 10); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := network.Load(folder); err == nil {
		t.Fatal("a truncated network was read")
	}
	again := ok(Cached(small, smallSteps, source, nil))(t)
	if !slices.Equal(outputsOf(t, trained, parts[0].X), outputsOf(t, again, parts[0].X)) {
		t.Error("the network trained anew has other outputs")
	}
	if _, err := network.Load(folder); err != nil {
		t.Errorf("the store was not mended: %v", err)
	}
	if _, err := network.Load(filepath.Join(cache, "networks", "half-123")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no network: %v", err)
	}
}

// Raw is the network in the units of the data: the same spectrum up to the scale of
// the output.
func TestRawScalesTheSpectrum(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	parts, z := o5(t, 7, 1000)
	n := ok(Train(small, smallSteps, parts[0].Batches(100, 1), nil))(t)
	raw := dataset.O5(rand.New(rand.NewPCG(7, 0)), 1000)
	standard, inUnits := outputsOf(t, n, parts[0].X), outputsOf(t, n.Raw(z), raw.X)
	for i := range standard {
		standard[i] = standard[i]*z.OutputStd[0] + z.OutputMean[0]
	}
	expect.Near(t, "raw outputs", inUnits, standard, 1e-5)
	a := action.Linear(5, 2)
	s := ok(network.Analyze(n, a, network.Tensor(parts[0].X), network.Settings{}))(t)
	r := ok(network.Analyze(n.Raw(z), a, network.Tensor(raw.X), network.Settings{}))(t)
	for j := range s.BySingular {
		expect.Near(t, "s", []float64{r.BySingular[j].Singular}, []float64{z.OutputStd[0] * s.BySingular[j].Singular}, 1e-3)
	}
}

// One trained network has the same spectrum on both backends.
func TestBackendsAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	onXLA(t)
	backend := xla(t)
	parts, _ := o5(t, 8, 2000)
	n := ok(Train(network.MLP{Hidden: []int{32, 32}, Outputs: 1}, Settings{Steps: 1500, LearningRate: 3e-3, Quiet: true}, parts[0].Batches(500, 1), nil))(t)
	folder := filepath.Join(t.TempDir(), "network")
	if err := n.Save(folder); err != nil {
		t.Fatal(err)
	}
	inGo := ok(network.Load(folder))(t)
	inGo.Backend = goBackend(t)
	a := action.Linear(5, 2)
	want := ok(network.Analyze(n, a, network.Tensor(parts[0].X), network.Settings{}))(t)
	got := ok(network.Analyze(inGo, a, network.Tensor(parts[0].X), network.Settings{}))(t)
	for j := range want.BySingular {
		expect.Near(t, "s on go against "+backend.Name(), []float64{got.BySingular[j].Singular}, []float64{want.BySingular[j].Singular}, 1e-4)
		expect.Near(t, "ρ on go against "+backend.Name(), []float64{got.ByDefect[j].Defect}, []float64{want.ByDefect[j].Defect}, 1e-4)
	}
}

// The paper's recipe on O(5): its figures are a smallest variance of .0633 and a
// bias of .00929 for one network; re-runs, in JAX too, give .035–.095 and
// .003–.012. The authors' loss is in the units of y, hence the division of the
// weight decay, and they keep the network of the last epoch.
func TestPaperRecipeOnO5(t *testing.T) {
	onXLA(t)
	parts, z := o5(t, 2022, 9500, 250, 250)
	decay := 1e-4 / (z.OutputStd[0] * z.OutputStd[0])
	training := Settings{Steps: Epochs(90, 9500, 500), LearningRate: 3e-3, L2: decay, Quiet: true}
	n := ok(Train(network.MLP{Hidden: []int{32, 32}, Outputs: 1}, training, parts[0].Batches(500, 1), nil))(t)
	raw := dataset.O5(rand.New(rand.NewPCG(2022, 0)), 10000)
	s := ok(network.Analyze(n.Raw(z), action.Linear(5, 2), network.Tensor(raw.X), network.Settings{}))(t)
	if ratio := s.BySingular[10].Variance / s.BySingular[9].Variance; ratio < 50 {
		t.Errorf("s² of values 11 and 10 differ by %.3g only: not ten small ones", ratio)
	}
	if v := s.BySingular[0].Variance; v < .03 || v > .1 {
		t.Errorf("symmetry variance %g, the paper has .0633", v)
	}
	if b := s.BySingular[0].Bias; b < .002 || b > .015 {
		t.Errorf("symmetry bias %g, the paper has .00929", b)
	}
	if angle := lie.LargestAngle(s.Algebra(10), lie.SO(5)) * 180 / math.Pi; angle > 1.5 {
		t.Errorf("largest principal angle to so(5) %g°", angle)
	}
}

// A network has the float type of its samples, and returns an error for inputs of another type or size.
func TestTrainingInFloat64(t *testing.T) {
	x := tensors.FromFlatDataAndDimensions(make([]float64, 600), 200, 3)
	y := tensors.FromFlatDataAndDimensions(make([]float64, 200), 200, 1)
	rng := rand.New(rand.NewPCG(1, 0))
	tensors.MustMutableFlatData(x, func(x []float64) {
		tensors.MustMutableFlatData(y, func(y []float64) {
			for i := range x {
				x[i] = rng.NormFloat64()
				y[i/3] += x[i] * x[i] / 3
			}
		})
	})
	recipe := smallSteps
	recipe.L2, recipe.Decay = 1e-5, 1e-5
	s := dataset.Samples{Name: "wide", X: x, Y: y}
	n := ok(Train(small, recipe, s.Batches(100, 1), &s))(t)
	if y := ok(n.Predict(x))(t); y.DType() != dtypes.Float64 {
		t.Errorf("outputs of type %v", y.DType())
	}
	if h := n.History; !(h[len(h)-1].Validation < h[0].Validation/2) {
		t.Errorf("the loss went from %v to %v", h[0].Validation, h[len(h)-1].Validation)
	}
	_, err := n.Predict(normal(1, 9, 4))
	expect.Error(t, err, "3 numbers", "gets 4")
	_, err = n.Predict(tensors.FromScalarAndDimensions(float32(1), 9, 3))
	expect.Error(t, err, "Float64", "Float32")
	_, err = Train(network.MLP{Outputs: 2}, recipe, s.Batches(100, 1), nil)
	expect.Error(t, err, `training on "wide" failed: `, "must have same shape")
}
