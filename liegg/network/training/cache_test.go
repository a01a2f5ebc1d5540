package training

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// Networks that were trained together are stored like others.
func TestNetworksTrainedTogetherAreStored(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	parts, _ := o5(t, 19, 100)
	members := []Member{{Seed: 1, Source: parts[0].Batches(50, 1)}, {Seed: 2, Source: parts[0].Batches(50, 2)}}
	for i, n := range ok(Together(network.MLP{Hidden: []int{3}, Outputs: 1}, Settings{Steps: 3}, members))(t) {
		folder := filepath.Join(t.TempDir(), "network")
		done(t, n.Save(folder))
		if !slices.Equal(outputsOf(t, ok(network.Load(folder))(t), parts[0].X), outputsOf(t, n.Network, parts[0].X)) {
			t.Errorf("network %d is read with other outputs", i)
		}
	}
}

// An hour's training is not lost because it cannot be stored.
func TestNetworksThatCannotBeStoredAreReturned(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "file")
	done(t, os.WriteFile(cache, nil, 0o600)) // no folder can be made in it
	t.Setenv("LIEGG_CACHE", cache)
	parts, _ := o5(t, 16, 100)
	var n *network.Network
	said := expect.Stderr(t, func() { n = ok(Cached(small, smallSteps, parts[0].Batches(50, 1), nil))(t) })
	if n == nil || !strings.Contains(said, "is not stored") {
		t.Errorf("network %v; said %q", n, said)
	}
}

func TestCachedKnowsItsCode(t *testing.T) {
	parts, _ := o5(t, 17, 100)
	r := ok(recipeOf(small, smallSteps, parts[0].Batches(50, 1), nil))(t)
	before := ok(r.place())(t)
	r.Code = "another"
	if after := ok(r.place())(t); after == before || len(trainingCode()) < 16 {
		t.Errorf("networks of other code lie in %v, too", after)
	}
}

// Data that differ at each call give one warning; with seeded data the network is read from the cache.
func TestUnseededDataAreTold(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Setenv("LIEGG_CACHE", t.TempDir())
	short := Settings{Steps: 2, Quiet: true}
	call := func(seed uint64, batches uint64) string {
		parts, _ := o5(t, seed, 100, 20)
		return expect.Stderr(t, func() { ok(Cached(small, short, parts[0].Batches(50, batches), &parts[1]))(t) })
	}
	for i, c := range []struct {
		seed, batches uint64
		told          bool
	}{{1, 1, false}, {1, 1, false}, {1, 2, false}, {2, 1, true}, {3, 1, false}} {
		if said := call(c.seed, c.batches); strings.Contains(said, "seed") != c.told {
			t.Errorf("call %d says %q", i, said)
		}
	}
	toldOf.Clear() // as in another process
	if said := call(4, 1); !strings.Contains(said, `"O(5)`) {
		t.Errorf("another process says %q", said)
	}
}

// User-defined sources that do not repeat themselves give a warning, too.
func TestSourcesMustRepeatThemselves(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Setenv("LIEGG_CACHE", t.TempDir())
	parts, _ := o5(t, 18, 200)
	source := parts[0].Batches(50, 1)
	short := Settings{Steps: 2, Quiet: true}
	if said := expect.Stderr(t, func() { ok(Cached(small, short, plain{source}, nil))(t) }); said != "" {
		t.Errorf("of a good source: %q", said)
	}
	short.Seed = 1
	if said := expect.Stderr(t, func() { ok(Cached(small, short, &fickle{Batches: source}, nil))(t) }); !strings.Contains(said, "other batches each time") {
		t.Errorf("of a fickle source: %q", said)
	}
}

// What killed processes left is removed, once it is old enough.
func TestLeftoversAreRemoved(t *testing.T) {
	networks, trainings := t.TempDir(), t.TempDir()
	now := time.Now()
	for _, f := range []struct {
		path string
		age  time.Duration
		stay bool
	}{
		{filepath.Join(networks, "half-123", "made", "x"), 2 * time.Hour, false},
		{filepath.Join(networks, "half-124", "x"), time.Minute, true},
		{filepath.Join(networks, "0123abc", "network.json"), 1000 * time.Hour, true},
		{filepath.Join(trainings, "0123abc"+unfinishedSuffix), 1000 * time.Hour, true},
		{filepath.Join(trainings, "0124abc"+unfinishedSuffix), 2000 * time.Hour, false},
		{filepath.Join(trainings, ".0123abc"+unfinishedSuffix+"-77"), 2 * time.Hour, false},
		{filepath.Join(trainings, ".0123abc"+unfinishedSuffix+"-78"), time.Minute, true},
		{filepath.Join(trainings, "0123abc"+dataSuffix), 2000 * time.Hour, false},
	} {
		done(t, os.MkdirAll(filepath.Dir(f.path), 0o700))
		done(t, os.WriteFile(f.path, nil, 0o600))
		aged := f.path
		for root := filepath.Dir(aged); root != networks && root != trainings; root = filepath.Dir(root) {
			aged = root
		}
		done(t, os.Chtimes(aged, now, now.Add(-f.age)))
		defer func() {
			if _, err := os.Stat(f.path); errors.Is(err, fs.ErrNotExist) == f.stay {
				t.Errorf("%s of age %v: %v", filepath.Base(aged), f.age, err)
			}
		}()
	}
	removeLeftovers(networks, trainings, now)
}
