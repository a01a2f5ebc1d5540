package network

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
)

// stored is a small network in a folder, and its outputs.
func stored(t *testing.T) (n *Network, folder string) {
	t.Helper()
	parts, _ := o5(t, 15, 100)
	n = ok(Train(MLP{Hidden: []int{3, 2}, Outputs: 1, Bias: true}, Training{Steps: 3, Quiet: true}, parts[0].Batches(50, 1), nil))(t)
	folder = filepath.Join(t.TempDir(), "network")
	done(t, n.Save(folder))
	return n, folder
}

// flipped changes one bit of a byte of a file, until it is put back.
func flipped(t *testing.T, path string, at int) (putBack func()) {
	t.Helper()
	whole := ok(os.ReadFile(path))(t)
	damaged := slices.Clone(whole)
	damaged[at] ^= 1
	done(t, os.WriteFile(path, damaged, 0o600))
	return func() { done(t, os.WriteFile(path, whole, 0o600)) }
}

// No byte of a stored network may change.
func TestDamagedNetworksAreNotRead(t *testing.T) {
	_, folder := stored(t)
	for _, f := range ok(os.ReadDir(folder))(t) {
		path := filepath.Join(folder, f.Name())
		size := int(ok(f.Info())(t).Size())
		for at := 0; at < size; at += 1 + size/50 {
			putBack := flipped(t, path, at)
			if _, err := Load(folder); err == nil {
				t.Errorf("byte %d of %s was changed, and the network is read", at, f.Name())
			}
			putBack()
		}
	}
	ok(Load(folder))(t)
	done(t, os.WriteFile(filepath.Join(folder, "checkpoint-later.json"), nil, 0o600))
	_, err := Load(folder)
	expect.Error(t, err, folder, "checkpoint-later.json was added", "train it again")
}

// Even if its sum is right, an index that names other variables than the layers have is
// not read: GoMLX would draw those that it does not find.
func TestWeightsMustBeThoseOfTheLayers(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	n, folder := stored(t)
	index := ok(filepath.Glob(filepath.Join(folder, "checkpoint-*.json")))(t)[0]
	x := normal32(1, 7, 10)
	want, errs := outputsOf(t, n, x), 0
	for at := range ok(os.ReadFile(index))(t) {
		putBack := flipped(t, index, at)
		done(t, writeSums(folder))
		read, err := Load(folder)
		if err != nil {
			errs++
		} else if !slices.Equal(outputsOf(t, read, x), want) {
			t.Errorf("byte %d of the index was changed, and other weights are read", at)
		}
		putBack()
	}
	if errs < 100 {
		t.Errorf("%d changes were noticed only", errs)
	}
	description := filepath.Join(folder, descriptionFile)
	text := string(ok(os.ReadFile(description))(t))
	for change, words := range map[[2]string][]string{
		{`"Bias": true`, `"Bias": false`}:         {"biases", "no layer has"},
		{"\t\t\t3,\n", "\t\t\t3,2,\n"}:            {"hidden_2", "lack"},
		{"\t\t10\n", "\t\t11\n"}:                  {"shape", "hidden_0"},
		{`"Float32"`, `"Float64"`}:                {"Float64", "hidden_0"},
		{`"Float32"`, `"Complex64"`}:              {"Complex64", "no type of inputs"},
		{`"Activation": ""`, `"Activation": "s"`}: {"MLP.Activation", "not known"},
	} {
		changed := strings.Replace(text, change[0], change[1], 1)
		if changed == text {
			t.Fatalf("%s has no %q:\n%s", descriptionFile, change[0], text)
		}
		done(t, os.WriteFile(description, []byte(changed), 0o600))
		done(t, writeSums(folder))
		_, err := Load(folder)
		expect.Error(t, err, append(words, folder)...)
	}
}

// Networks that were trained together are stored like others.
func TestNetworksTrainedTogetherAreStored(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	parts, _ := o5(t, 19, 100)
	members := []Member{{Seed: 1, Source: parts[0].Batches(50, 1)}, {Seed: 2, Source: parts[0].Batches(50, 2)}}
	for i, n := range ok(TrainTogether(MLP{Hidden: []int{3}, Outputs: 1}, Training{Steps: 3}, members))(t) {
		folder := filepath.Join(t.TempDir(), "network")
		done(t, n.Save(folder))
		if !slices.Equal(outputsOf(t, ok(Load(folder))(t), parts[0].X), outputsOf(t, n.Network, parts[0].X)) {
			t.Errorf("network %d is read with other outputs", i)
		}
	}
}

// Save replaces a network and nothing else.
func TestSaveReplacesNetworksOnly(t *testing.T) {
	n, folder := stored(t)
	done(t, n.Save(folder))
	ok(Load(folder))(t)
	if left := ok(os.ReadDir(filepath.Dir(folder)))(t); len(left) != 1 {
		t.Errorf("beside the network there are %v", left)
	}
	precious := filepath.Join(folder, "thesis.tex")
	done(t, os.WriteFile(precious, []byte("x"), 0o600))
	expect.Error(t, n.Save(folder), "thesis.tex", "choose another folder")
	ok(os.Stat(precious))(t)
	home := t.TempDir()
	done(t, os.WriteFile(filepath.Join(home, "letter"), nil, 0o600))
	expect.Error(t, n.Save(home), "letter")
}

// An hour's training is not lost because it cannot be stored.
func TestNetworksThatCannotBeStoredAreReturned(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "file")
	done(t, os.WriteFile(cache, nil, 0o600)) // no folder can be made in it
	t.Setenv("LIEGG_CACHE", cache)
	parts, _ := o5(t, 16, 100)
	var n *Network
	said := onStderr(t, func() { n = ok(Cached(small, smallSteps, parts[0].Batches(50, 1), nil))(t) })
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

// Data that differ at each call are told of once; those that a seed draws are read back.
func TestUnseededDataAreTold(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Setenv("LIEGG_CACHE", t.TempDir())
	short := Training{Steps: 2, Quiet: true}
	call := func(seed uint64, batches uint64) string {
		parts, _ := o5(t, seed, 100, 20)
		return onStderr(t, func() { ok(Cached(small, short, parts[0].Batches(50, batches), &parts[1]))(t) })
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

// sources of one's own that do not repeat themselves are told of, too.
func TestSourcesMustRepeatThemselves(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Setenv("LIEGG_CACHE", t.TempDir())
	parts, _ := o5(t, 18, 200)
	source := parts[0].Batches(50, 1)
	short := Training{Steps: 2, Quiet: true}
	if said := onStderr(t, func() { ok(Cached(small, short, plain{source}, nil))(t) }); said != "" {
		t.Errorf("of a good source: %q", said)
	}
	short.Seed = 1
	if said := onStderr(t, func() { ok(Cached(small, short, &fickle{Batches: source}, nil))(t) }); !strings.Contains(said, "other batches each time") {
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
