package training

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// team returns members with different seeds and data.
func team(t testing.TB, n int) []Member {
	members := make([]Member, n)
	for i := range members {
		seed := uint64(i)
		raw := dataset.O5(rand.New(rand.NewPCG(seed, 1)), 2000)
		z, err := dataset.FitStandardisation(raw, 5)
		if err != nil {
			t.Fatal(err)
		}
		members[i] = Member{Seed: seed, Source: z.Apply(raw).Batches(500, seed)}
	}
	return members
}

// apart trains a member alone, by Train.
func apart(t testing.TB, m network.MLP, training Settings, member Member) *network.Network {
	training.Seed = member.Seed
	n, err := Train(m, training, member.Source, nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Networks trained together have the same weights, histories and outputs as networks trained separately,
// for each kind of regularisation and in groups of any size.
func TestTogetherEqualsApart(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	probe := dataset.O5(rand.New(rand.NewPCG(9, 9)), 100).X
	for name, training := range map[string]Settings{
		"plain":   {Steps: 60, LearningRate: 3e-3, Quiet: true},
		"cosine":  {Steps: 60, LearningRate: 3e-3, Cosine: true, L2: 1e-3, Quiet: true},
		"decay":   {Steps: 60, LearningRate: 3e-3, Decay: .1, Quiet: true},
		"penalty": {Steps: 60, LearningRate: 3e-3, Penalty: Penalty{.5, action.Linear(5, 2), lie.SO(5)}, Quiet: true},
	} {
		m := network.MLP{Hidden: []int{32, 32}, Outputs: 1, Bias: name != "plain"}
		members := team(t, 3)
		alone := make([]*network.Network, len(members))
		for i, member := range members {
			alone[i] = apart(t, m, training, member)
		}
		for size := 1; size <= len(members); size++ {
			together := ok(trainInGroups(m, ok(network.Backend())(t), training.withDefaults(false), members, nil, size))(t)
			for i, one := range alone {
				what := fmt.Sprintf("%s, seed %d in groups of %d: ", name, i, size)
				expect.Near(t, what+"outputs", outputsOf(t, together[i].Network, probe), outputsOf(t, one, probe), 1e-4)
				expect.Near(t, what+"losses", together[i].History.Losses(), one.History.Losses(), 1e-4)
			}
		}
	}
}

func TestClassifiersTogether(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	rng := rand.New(rand.NewPCG(1, 0))
	d := dataset.Digits{Height: 4, Width: 4, Pixels: make([]float32, 16*300), Labels: make([]uint8, 300)}
	for i := range d.Labels {
		d.Labels[i] = uint8(rng.IntN(3))
		for j := range d.Image(i) {
			d.Pixels[16*i+j] = rng.Float32() + float32(int(d.Labels[i])*j)/16
		}
	}
	m := network.MLP{Hidden: []int{16}, Outputs: 3, Bias: true}
	training := Settings{Steps: 100, LearningRate: 1e-2, Loss: CrossEntropy, Quiet: true}
	samples := d.Samples("blocks")
	members := []Member{{Seed: 1, Source: samples.Batches(50, 1)}, {Seed: 2, Source: samples.Batches(50, 2)}}
	for i, n := range ok(Together(m, training, members))(t) {
		expect.Near(t, "logits", outputsOf(t, n.Network, samples.X), outputsOf(t, apart(t, m, training, members[i]), samples.X), 1e-4)
		if share := ok(n.Accuracy(samples))(t); share < .8 {
			t.Errorf("accuracy %g", share)
		}
	}
}

// A member whose loss overflows has a *DivergedError and does not affect the others.
func TestOneMemberDiverges(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	training := Settings{Steps: 50, Quiet: true}
	members := team(t, 2)
	poisoned := dataset.O5(rand.New(rand.NewPCG(5, 1)), 2000)
	poison(t, poisoned)
	members = slices.Insert(members, 1, Member{Seed: 5, Source: poisoned.Batches(500, 5)})
	got := ok(Together(small, training, members))(t)
	var diverged *DivergedError
	if !errors.As(got[1].Err, &diverged) || got[1].Network != nil || diverged.Step > 4 {
		t.Errorf("the poisoned member: %v, %v", got[1].Network, got[1].Err)
	}
	probe := dataset.O5(rand.New(rand.NewPCG(9, 9)), 100).X
	for _, i := range []int{0, 2} {
		if got[i].Err != nil {
			t.Fatal(got[i].Err)
		}
		expect.Near(t, "outputs", outputsOf(t, got[i].Network, probe), outputsOf(t, apart(t, small, training, members[i]), probe), 1e-4)
	}
}

// poison makes one input so large that the square of an output overflows.
func poison(t *testing.T, s dataset.Samples) {
	t.Helper()
	tensors.MustMutableFlatData(s.X, func(x []float32) { x[0] = 1e30 })
}

// What is not trained stays as it was, and what is trained does not; a deeper
// network begins with the hidden layers of a shallower one.
func TestGoingOnFromANetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	shallow := network.MLP{Hidden: []int{16}, Outputs: 1, Bias: true}
	training := Settings{Steps: 20, LearningRate: 1e-2, Quiet: true}
	members := team(t, 2)
	before := ok(Together(shallow, training, members))(t)
	for i := range members {
		members[i].Start = before[i].Network
	}
	tuned := ok(Together(shallow, training, members, 1))(t)
	deeper := ok(Together(small, training, members, 1, 2))(t)
	for i := range members {
		for _, after := range []*network.Network{tuned[i].Network, deeper[i].Network} {
			if !slices.Equal(weights(t, before[i].Network, 0), weights(t, after, 0)) {
				t.Errorf("member %d: frozen weights moved", i)
			}
			if slices.Equal(weights(t, before[i].Network, 1), weights(t, after, 1)) {
				t.Errorf("member %d: weights to be trained did not move", i)
			}
		}
	}
	_, err := Together(network.MLP{Hidden: []int{17}, Outputs: 1, Bias: true}, training, members)
	expect.Error(t, err, "layer 0", "shape")
}

// weights returns the weights of one layer.
func weights(t *testing.T, n *network.Network, layer int) []float64 {
	m, _ := mlpOf(n)
	return ok(dataset.Values(ok(m.Dense(n.Store, layer).GetVariable("weights").Value())(t)))(t)
}

func TestTogetherRefusesUnlikeData(t *testing.T) {
	members := team(t, 2)
	members[1].Source = dataset.O5(rand.New(rand.NewPCG(1, 1)), 2000).Batches(400, 1)
	_, err := Together(small, Settings{Steps: 5, Quiet: true}, members)
	expect.Error(t, err, "one shape and type", "400", "500")
}

func TestMisuseOfTogetherPanics(t *testing.T) {
	training := Settings{Steps: 5, Quiet: true}
	for name, call := range map[string]func(){
		"members": func() { Together(small, training, nil) },
		"Source":  func() { Together(small, training, make([]Member, 1)) },
		"layers":  func() { Together(small, training, team(t, 1), 3) },
		"Best":    func() { Together(small, Settings{Steps: 5, Best: true}, team(t, 1)) },
	} {
		func() {
			defer func() {
				if r := fmt.Sprint(recover()); !strings.Contains(r, name) {
					t.Errorf("want a panic that names %s, got %v", name, r)
				}
			}()
			call()
		}()
	}
}

// Eight seeds in one program against eight runs one after the other.
func BenchmarkSeeds(b *testing.B) {
	m := network.MLP{Hidden: []int{32, 32}, Outputs: 1}
	training := Settings{Steps: 2000, LearningRate: 3e-3, Quiet: true}
	members := team(b, 8)
	b.Run("together", func(b *testing.B) {
		for b.Loop() {
			if _, err := Together(m, training, members); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(8*training.Steps*b.N)/b.Elapsed().Seconds(), "steps/s")
	})
	b.Run("apart", func(b *testing.B) {
		for b.Loop() {
			for _, member := range members {
				apart(b, m, training, member)
			}
		}
		b.ReportMetric(float64(8*training.Steps*b.N)/b.Elapsed().Seconds(), "steps/s")
	})
}
