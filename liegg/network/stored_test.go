package network

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network/internal/storage"
)

// stored is a small network in a folder, and its outputs.
func stored(t *testing.T) (n *Network, folder string) {
	t.Helper()
	n = ok(New(MLP{Hidden: []int{3, 2}, Outputs: 1, Bias: true}, shapes.Make(dtypes.Float32, 10), 15))(t)
	n.History = History{{Step: 3, Loss: .5, Validation: math.NaN(), Accuracy: math.NaN()}}
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

// An index that names other variables than the layers have is an error, even if its checksum is right:
// GoMLX would draw the variables that it does not find.
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
		done(t, storage.WriteSums(folder))
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
		done(t, storage.WriteSums(folder))
		_, err := Load(folder)
		expect.Error(t, err, append(words, folder)...)
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

func TestStepVariable(t *testing.T) {
	if stepVariable != optimizer.GlobalStepVariableName {
		t.Errorf("the counter of steps is %q, want %q", stepVariable, optimizer.GlobalStepVariableName)
	}
}
