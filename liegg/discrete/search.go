package discrete

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network"
)

// Settings says how candidates are tested. The zero value of each field means its default.
type Settings struct {
	// Flow says how flow.TestMaps tests: Head, Groups, Margin, Seed and others. If Margin is 0, it is
	// .02, or lies in the widest gap of the candidates' changes if the first gap lies beyond, and a
	// group is doubted if chance may make its gap. Flow.Verdict.Validation are samples with targets:
	// see Group.Misfit.
	Flow flow.Settings
	// Level is the largest chance that any candidate is wrongly accepted. The default is .05.
	Level float64
	// Names name the inputs. The default is x₁, x₂, ….
	Names []string
	// Outputs says whether outputs stay, or how they move.
	Outputs Outputs
}

// String lists the fields.
func (s Settings) String() string {
	return fmt.Sprintf("Level %g, Names %q, Outputs %v; %v", cmp.Or(s.Level, defaultLevel), s.Names, s.Outputs, s.Flow)
}

const defaultLevel = .05

// Group is the finite group that leaves a function invariant, as far as candidates show it.
type Group struct {
	// Answer is Symmetric if a group was found, None if all candidates certainly change f, and
	// Undetermined, with Reasons, if some candidates may or may not belong to the group, or if
	// products of symmetries are none. A group of an Undetermined answer is a guess. Answer is
	// Approximate if a wide gap, and not the default margin, tells the group from other candidates,
	// and Misfit does not explain its changes.
	Answer  liegg.Answer
	Reasons []string
	// Name is the name of the group, such as "D_4", "S_5", "B_3" or "C_2 × C_2", and Order the
	// number of its elements. "trivial" has the order 1.
	Name  string
	Order float64
	// Generators are the tests of elements that generate the group.
	Generators []*flow.MapResult
	// Exact says that rounding explains the changes by all Generators.
	Exact bool
	// Nearest is the test of the candidate outside the group that seemed to change f least; nil if
	// all belong to it.
	Nearest *flow.MapResult
	// Candidates is the number of candidates, and Level what the sum of their chances to be accepted
	// wrongly is at most.
	Candidates int
	Level      float64
	// Margin is the largest change √Δ of a symmetry, and Largest the largest one that was found
	// within the group, by the upper ends of intervals; 0 if it was not needed.
	Margin, Largest float64
	// Misfit is the share of the variance of targets that the network leaves unexplained, for
	// Settings.Flow.Verdict.Validation; NaN if that was not given. Changes up to √(2·Misfit) are no
	// evidence against a symmetry of the targets.
	Misfit float64
	// Outputs says how outputs were to move.
	Outputs Outputs
	// Partly says which candidates were not all tried; "" if all were.
	Partly string

	group *finiteGroup
	names []string
}

// Elements returns the matrices of the group, at most 1000 of them, the identity first.
func (g *Group) Elements() (all []*mat.Dense) {
	const most = 1000
	for _, e := range g.group.first(most) {
		all = append(all, e.dense())
	}
	return all
}

// Search returns the group of transformations among some candidates, and of their products, that
// leave a network's outputs invariant, or move them as Settings.Outputs says. inputs are samples of
// the data; all of their numbers are the coordinates that candidates move.
//
// A candidate is dropped if it changes the outputs by more than a few times the margin on 8, then
// 64, then 512 samples. Those that remain, the smallest change first, are tested by flow.TestMaps
// unless they are products of others. It also notices if a transformation carries the data out of
// their range, which makes the answer Undetermined.
//
// Search returns the errors of flow.TestMaps, and an error if outputs are not finite where candidates
// move the data. It panics without candidates, if they do not have the size of the inputs, if there
// are not as many names, and if Level is not in (0, 1).
func Search(n *network.Network, inputs network.Inputs, s Settings, among ...Candidates) (*Group, error) {
	s.Level = cmp.Or(s.Level, defaultLevel)
	if len(among) == 0 || !(s.Level > 0 && s.Level < 1) {
		panic(fmt.Sprintf("discrete: Search: give candidates, and a Settings.Level in (0, 1), got %d and %v", len(among), s.Level))
	}
	held, err := network.Buffer(inputs, 0)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	on, err := newScreen(n, held, s.Flow)
	if err != nil {
		return nil, err
	}
	defer on.program.Finalize()
	if s.Names == nil {
		s.Names = coordinateNames(on.n)
	}
	for _, c := range among {
		if c.n != on.n || len(s.Names) != on.n {
			panic(fmt.Sprintf("discrete: Search: candidates of %d inputs and %d names for inputs of %d numbers", c.n, len(s.Names), on.n))
		}
	}
	x, err := held.First(held.Len())
	if err != nil {
		return nil, err
	}
	defer x.FinalizeAll()
	h := &search{Settings: s, on: on, dropped: map[string]bool{}}
	if err := on.setOutputs(s.Outputs, among); err != nil {
		return nil, err
	}
	h.test = func(elements []element, maps []flow.Map) ([]*flow.MapResult, error) {
		s.Flow.Margin = h.margin
		return on.tester(n, network.Tensor(x), s.Flow)(elements, maps)
	}
	h.given = s.Flow.Margin
	h.margin = cmp.Or(h.given, narrow)
	h.misfit, err = misfit(n, s.Flow.Verdict)
	if err != nil {
		return nil, err
	}
	return h.run(among)
}

// search is a running search.
type search struct {
	Settings
	on       *screen
	test     func(elements []element, maps []flow.Map) ([]*flow.MapResult, error)
	given    float64 // margin; 0 if there is none
	margin   float64
	misfit   float64           // of the network
	count    int               // of candidates
	dropped  map[string]bool   // keys of candidates that change f
	rest     []scored          // those that remain, the smallest change first
	near     []element         // the one with the smallest change among those that were dropped last
	least    float64           // its Δ; +Inf without one
	products float64           // largest √Δ of some elements of the group
	tested   []*flow.MapResult // without success
	found    *Group
}

// scored is a candidate with its Δ on few samples.
type scored struct {
	element
	delta float64
}

func (h *search) run(among []Candidates) (*Group, error) {
	h.found = &Group{Level: h.Level, Outputs: h.Outputs, Misfit: h.misfit, group: trivialGroup(h.on.n), names: h.Names}
	all, err := h.list(among)
	if err != nil {
		return nil, err
	}
	h.count = len(all)
	h.found.Candidates = h.count
	h.checkMoved(all)
	if err := h.drop(all); err != nil {
		return nil, err
	}
	h.setMargin()
	h.found.Margin = h.margin
	if err := h.collect(); err != nil {
		return nil, err
	}
	if len(h.tested) == 0 && len(h.near) > 0 {
		if err := h.testAll(h.near); err != nil {
			return nil, err
		}
	}
	if err := h.checkClosure(); err != nil {
		return nil, err
	}
	return h.found, h.answer()
}

// checkMoved doubts every answer if candidates leave all data where they are, such as a swap of inputs
// that are always equal, or a change of sign of an input that is always 0: nothing is known about f
// where they move.
func (h *search) checkMoved(all []element) {
	still, first := 0, ""
	for _, e := range all {
		if !h.on.moved(e) {
			if still++; still == 1 {
				first = e.name(h.Names)
			}
		}
	}
	if still > 0 {
		h.found.Reasons = append(h.found.Reasons, fmt.Sprintf("%s (%s) do not move these data, which say nothing about them: leave inputs out that are constant or equal to others, or vary them", spelling.Count(still, "candidate"), first))
	}
}

// list lists all candidates but the identity, each once.
func (h *search) list(among []Candidates) (all []element, err error) {
	seen := map[string]bool{identity(h.on.n).key(): true}
	for _, c := range among {
		own := c.list()
		if !c.complete {
			h.found.Partly = c.about
			graph, _, err := c.automorphisms(h.on)
			if err != nil {
				return nil, err
			}
			own = append(own, graph...)
		}
		for _, e := range own {
			if key := e.key(); !seen[key] {
				seen[key] = true
				all = append(all, e)
			}
		}
	}
	return all, nil
}

// collect tests candidates in rounds, each time those that would generate the others.
func (h *search) collect() error {
	const rounds, inOne = 8, 16
	for range rounds {
		guess := h.found.group
		var batch []element
		for _, c := range h.rest {
			if len(batch) == inOne {
				break
			}
			if guess.has(c.element) {
				continue
			}
			batch = append(batch, c.element)
			if larger := guess.with(c.element); larger != nil {
				guess = larger
			}
		}
		if len(batch) == 0 {
			return nil
		}
		if err := h.testAll(batch); err != nil {
			return err
		}
	}
	if left := len(h.open()); left > 0 {
		h.found.Reasons = append(h.found.Reasons, fmt.Sprintf("%d more candidates change the outputs by about the margin and were not tested", left))
	}
	return nil
}

// open returns the candidates that were not tested and are not in the group.
func (h *search) open() (open []scored) {
	for _, c := range h.rest {
		if !h.found.group.has(c.element) {
			open = append(open, c)
		}
	}
	return open
}

// testAll tests candidates and extends the group by those that pass.
func (h *search) testAll(batch []element) error {
	maps := make([]flow.Map, len(batch))
	for i, e := range batch {
		maps[i] = flow.Map{Name: e.name(h.Names), G: e.dense()}
	}
	results, err := h.test(batch, maps)
	if err != nil {
		return err
	}
	done := map[string]bool{}
	for i, r := range results {
		done[batch[i].key()] = true
		if !h.accepted(r) {
			h.tested = append(h.tested, r)
			continue
		}
		if h.found.group.has(batch[i]) {
			continue
		}
		larger := h.found.group.with(batch[i])
		if larger == nil {
			h.found.Reasons = append(h.found.Reasons, fmt.Sprintf("%s leads to more than %d elements", r.Name, mostElements))
			continue
		}
		h.found.group = larger
		h.found.Generators = append(h.found.Generators, r)
	}
	h.rest = slices.DeleteFunc(h.rest, func(c scored) bool { return done[c.key()] })
	return nil
}

// accepted reports whether a change is certainly within the margin at the level divided by the number
// of candidates. The upper bound grows with the confidence as that of a log-normal estimate.
func (h *search) accepted(r *flow.MapResult) bool {
	if r.Verdict != flow.Invariant {
		return false
	}
	v := r.Change
	if v.Upper < negligible {
		return true
	}
	z := distuv.UnitNormal.Quantile(1 - h.Level/float64(h.count))
	if v.Value*math.Pow(v.Upper/v.Value, z/1.96) <= h.margin {
		return true
	}
	r.Verdict = flow.Undetermined
	r.Reasons = append(r.Reasons, fmt.Sprintf("its interval at a level of %.2g/%d, for that many candidates, contains the margin", h.Level, h.count))
	return false
}

// negligible is the change √Δ that rounding explains. In float32, the exact symmetries of polynomials
// and waves in 2 to 12 inputs change them by up to 1.1e-6. Weights that are equal to 1e-4 by chance
// change a network by about as much.
const negligible = 1e-5

// checkClosure looks at elements of the group that were dropped, or that were no candidates: at all of
// them, or at random ones of a large group.
func (h *search) checkClosure() error {
	const most, measured = 5000, 256
	for _, e := range h.found.group.some(most) {
		if h.dropped[e.key()] {
			h.found.Reasons = append(h.found.Reasons, fmt.Sprintf("the symmetries do not close: their product %s changes the outputs", e.name(h.Names)))
			return nil
		}
	}
	deltas, σ, err := h.on.deltas(h.found.group.some(measured), mostScreened)
	if err != nil {
		return err
	}
	limit := 2 * h.margin
	for i, δ := range deltas {
		h.products = math.Max(h.products, math.Sqrt(δ))
		if δ-3*σ[i] > limit*limit {
			h.found.Reasons = append(h.found.Reasons, fmt.Sprintf("the symmetries do not close: a product of them changes the outputs by √Δ = %.2g", math.Sqrt(δ)))
			return nil
		}
	}
	return nil
}

// answer states what was found.
func (h *search) answer() error {
	g := h.found
	g.Order, g.Name = g.group.order(), g.group.name()
	g.Exact = true
	for _, r := range g.Generators {
		g.Exact = g.Exact && r.Change.Upper < negligible
	}
	for _, r := range h.tested {
		if r.Verdict == flow.Undetermined {
			g.Reasons = append(g.Reasons, fmt.Sprintf("%s may be a symmetry: %s", r.Name, r.Reasons[0]))
		}
		if g.Nearest == nil || r.Change.Value < g.Nearest.Change.Value {
			g.Nearest = r
		}
	}
	h.judgeGap()
	if err := h.felt(); err != nil {
		return err
	}
	switch {
	case len(g.Reasons) > 0:
		g.Answer = liegg.Undetermined
	case g.Order > 1:
		g.Answer = h.firm()
	default:
		g.Answer = liegg.None
	}
	return nil
}
