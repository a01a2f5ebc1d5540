package network

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Blocks are unions of whole groups, none is empty, and they are as even as groups allow.
func TestGroupsAreAllottedWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	interleaved := make([]int, 1000)
	for i := range interleaved {
		interleaved[i] = -3 * random.IntN(40)
	}
	for name, c := range map[string]struct {
		of              Groups
		samples, groups int
	}{
		"of one size":     {GroupsOf(7), 1000, 143},
		"interleaved":     {GroupsBy(interleaved), 1000, 40},
		"of many lengths": {GroupsOfLengths(500, 1, 1, 2, 250, 46, 200), 1000, 7},
		"single":          {GroupsOf(2000), 1000, 1},
	} {
		blocks, sizes, err := c.of.Allot(c.samples, 30)
		if err != nil || len(sizes) != c.groups || len(blocks) != c.samples {
			t.Errorf("%s: %d groups, %d samples, %v; want %d and %d", name, len(sizes), len(blocks), err, c.groups, c.samples)
			continue
		}
		of, _, _ := c.of.numbered(c.samples)
		home := map[int]int{}
		for i, group := range of {
			if b, ok := home[group]; ok && b != blocks[i] {
				t.Errorf("%s: group %d is in blocks %d and %d", name, group, b, blocks[i])
			}
			home[group] = blocks[i]
		}
		filled := counts(blocks)
		if slices.Contains(filled, 0) || len(filled) != min(30, c.groups) {
			t.Errorf("%s: blocks of %v samples", name, filled)
		}
		if most, largest := slices.Max(filled), slices.Max(sizes); most > max(largest, c.samples/len(filled)+largest) {
			t.Errorf("%s: a block of %d samples, groups have at most %d", name, most, largest)
		}
	}
}

// A stream is cut by block: each sample comes once, in a chunk of its block, with its index in the
// stream.
func TestChunksOfBlocks(t *testing.T) {
	labels := make([]int, 200)
	for i := range labels {
		labels[i] = i * i % 17 // of 17 labels, 9 occur
	}
	g := GroupsBy(labels)
	blocks, _, err := g.Allot(len(labels), 4)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float64, 2*len(labels))
	for i := range labels {
		x[2*i], x[2*i+1] = float64(i), -float64(i)
	}
	a := ok(g.allot(4))(t)
	seen := map[int]bool{}
	for c, err := range stream.Sort(Tensor(tensors.FromFlatDataAndDimensions(x, len(labels), 2)), nil, 8, a) {
		if err != nil {
			t.Fatal(err)
		}
		values := tensors.MustCopyFlatData[float64](c.X)
		for i := range c.Count {
			number := c.Number(i)
			if seen[number] || int(values[2*i]) != number || blocks[number] != c.Block-1 {
				t.Fatalf("sample %d holds %g, in block %d, seen before: %v", number, values[2*i], c.Block, seen[number])
			}
			seen[number] = true
		}
		if c.Count < 8 && values[14] != values[0] {
			t.Errorf("a chunk is not filled up with its first sample")
		}
	}
	if len(seen) != len(labels) {
		t.Errorf("%d samples came, want %d", len(seen), len(labels))
	}
}

// Groups change how evidence is split, not what it sums up to.
func TestGroupsKeepTheSums(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	c := groundtruth.SO5()
	x := c.Inputs(rand.New(rand.NewPCG(5, 0)), 3000)
	labels := make([]int, 3000)
	for i := range labels {
		labels[i] = i % 150
	}
	plain := ok(Judge(Exact(c.Graph), c.Action(), Tensor(x), Settings{Groups: GroupsOf(1)}))(t)
	for _, g := range []Groups{GroupsBy(labels), GroupsOf(20), GroupsOfLengths(slices.Repeat([]int{10, 20, 30}, 50)...)} {
		v := ok(Judge(Exact(c.Graph), c.Action(), Tensor(x), Settings{Groups: g}))(t)
		if v.Answer != liegg.Symmetric || v.Dim != 10 || v.Dependence.Places != 150 || !v.Dependence.Given {
			t.Errorf("%v: %+v, got\n%v", g, v.Dependence, v)
		}
		for j, s := range v.Spectrum.BySingular {
			if want := plain.Spectrum.BySingular[j].Singular; math.Abs(s.Singular-want) > 1e-9*plain.Spectrum.BySingular[24].Singular {
				t.Errorf("%v: s_%d = %g, without groups %g", g, j+1, s.Singular, want)
			}
		}
	}
}

// Few groups decide nothing, regardless of their sizes; neither do many groups if one holds most of
// the samples.
func TestFewGroups(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	c := groundtruth.None()
	x := Tensor(c.Inputs(rand.New(rand.NewPCG(5, 0)), 6000))
	for words, g := range map[string]Groups{
		"40 groups are too few":           GroupsOf(150),
		"101 groups are so unequal":       GroupsOfLengths(append(slices.Repeat([]int{10}, 100), 5000)...),
		"count as 1 of one size, too few": GroupsOfLengths(append(slices.Repeat([]int{10}, 100), 5000)...),
	} {
		v := ok(Judge(Exact(c.Graph), c.Action(), x, Settings{Groups: g}))(t)
		if v.Answer != liegg.Undetermined || !strings.Contains(v.String(), words) {
			t.Errorf("want %q, got\n%v", words, v)
		}
	}
}

// What is wrong with groups is said.
func TestWrongGroups(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	c := groundtruth.Broken(.1)
	x := c.Inputs(rand.New(rand.NewPCG(5, 0)), 600)
	for words, g := range map[string]Groups{
		"500 labels for more samples":                     GroupsBy(make([]int, 500)),
		"700 labels for 600 samples":                      GroupsBy(make([]int, 700)),
		"Groups has no labels":                            GroupsBy(nil),
		"no labels: give one for each sample":             GroupsBy([]int{}),
		"has no labels: give one":                         GroupsOfLengths(),
		"add up to 500, but there are more":               GroupsOfLengths(250, 250),
		"group 1 of 3 has 0 samples":                      GroupsOfLengths(300, 0, 300),
		"group 0 of 2 has -5 samples":                     GroupsOfLengths(-5, 605),
		"puts all 600 samples into one group":             GroupsOf(1000),
		"so that none are left to test generators: give ": GroupsBy(make([]int, 600)),
	} {
		if _, err := Judge(Exact(c.Graph), c.Action(), Tensor(x), Settings{Groups: g}); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("want %q, got %v", words, err)
		}
	}
	wantPanic(t, "GroupsOf: size", func() { GroupsOf(0) })
}

// Samples that are not finite are named by their number in the stream.
func TestGroupsNameTheSample(t *testing.T) {
	x := normal(1, 600, 3)
	tensors.MustMutableFlatData(x, func(v []float64) { v[3*417] = math.NaN() })
	_, err := Judge(Exact(groundtruth.Broken(.1).Graph), action.Linear(3, 1), Tensor(x), Settings{Groups: GroupsOf(6)})
	var at *liegg.NotFiniteError
	if !errors.As(err, &at) || at.Sample != 417 {
		t.Errorf("a NaN in sample 417: %v", err)
	}
}

// Gradients are compared with the motion of samples of other groups: of the same group, a
// gradient lies along its sample, and scaling would be its own reference.
func TestReferenceOfGroups(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	scalings := action.Restricted(action.Linear(3, 1), lie.Span("scalings",
		mat.NewDense(3, 3, []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}), mat.NewDense(3, 3, []float64{1, 0, 0, 0, -1, 0, 0, 0, 0})))
	norm := Exact(func(x *Node) *Node { return ReduceSum(Square(x), -1) })
	for _, c := range []struct{ groups, each int }{{120, 100}, {400, 25}, {12, 3000}} {
		x := clusters(1, c.groups, c.each, .01, false)
		v := ok(Judge(norm, scalings, Tensor(x), Settings{Groups: GroupsOf(c.each)}))(t)
		if math.Abs(v.Reference-.577) > .04 {
			t.Errorf("%d groups: ρ_ref = %.3f, want .577 as of independent samples", c.groups, v.Reference)
		}
		b := ok(JudgeByOutput(norm, scalings, Tensor(x), Settings{Groups: GroupsOf(c.each)}))(t)
		for _, p := range b.Parts {
			if p.Verdict != nil && math.Abs(p.Verdict.Reference-.577) > .04 {
				t.Errorf("%d groups, output %s: ρ_ref = %.3f, want .577", c.groups, p.Name, p.Verdict.Reference)
			}
		}
	}
}

// The beginning of a stream in groups is read until it covers many groups.
func TestPeekReachesManyGroups(t *testing.T) {
	const groups, each = 10, 5000
	values := make([]float64, groups*each)
	for i := range values {
		values[i] = float64(i / each)
	}
	for _, c := range []struct {
		g    Groups
		want float64
	}{{GroupsOf(each), groups - 1}, {GroupsOf(1), 1}} {
		p := ok(peekFor(Tensor(tensors.FromFlatDataAndDimensions(values, groups*each, 1)), device.Limits{}, Settings{Groups: c.g}))(t)
		some := tensors.MustCopyFlatData[float64](p.First)
		if len(some) != stream.PeekSamples || slices.Max(some) != c.want {
			t.Errorf("%v: %d samples up to %g, want %d up to %g", c.g, len(some), slices.Max(some), stream.PeekSamples, c.want)
		}
		p.Close()
	}
}

// Checks of a verdict keep groups whole, too.
func TestChecksKeepGroupsWhole(t *testing.T) {
	of := ok(Settings{Groups: GroupsBy([]int{4, 7, 4, 7, 9})}.reviewing().BlockOf(1))(t)
	blocks := []int{of(0), of(1), of(2), of(3), of(4)}
	if slices.Min(blocks) != 1 || blocks[0] != blocks[2] || blocks[1] != blocks[3] || len(slices.Compact(slices.Sorted(slices.Values(blocks)))) != 3 {
		t.Errorf("the groups 4 7 4 7 9 are in the blocks %v", blocks)
	}
	if of := ok(Settings{Groups: GroupsOf(1)}.reviewing().BlockOf(1))(t); of != nil {
		t.Error("independent samples have blocks of groups")
	}
}
