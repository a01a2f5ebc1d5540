package training

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/atomicfile"
	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/internal/graphpanic"
)

// toldOf holds the recipes, without their data, that tellOfData has already warned about.
var toldOf sync.Map

// tellOfData warns, once in a process, if a recipe was last trained on other data of the same
// name, which may have been drawn without a seed. It notes the data for the next time.
func tellOfData(trainings string, r recipe, source Source) {
	data := r.Source + "\n" + r.Validation
	r.Source, r.Validation = withoutNumbers(source), ""
	key, err := r.key()
	if err != nil {
		return // Cached has reported it
	}
	note := filepath.Join(trainings, key+dataSuffix)
	last, err := bounded.ReadFile(note, 0)
	if err == nil && string(last) == data {
		return
	}
	if err == nil && firstTime(key) {
		warn("the data %q differ from those that this network was trained on last, and it is trained anew. "+
			"If they are drawn at random, draw them from a seed, as by rand.New(rand.NewPCG(1, 0)), and the stored network is read back", source.Name())
	}
	if os.MkdirAll(trainings, 0o700) == nil { // without a note, the next call does not warn
		_ = atomicfile.Write(note, func(w io.Writer) error { _, err := io.WriteString(w, data); return err })
	}
}

func firstTime(key string) bool {
	_, told := toldOf.LoadOrStore(key, true)
	return !told
}

// withoutNumbers describes a source without the numbers in its batches.
func withoutNumbers(source Source) string {
	switch s := source.(type) {
	case *dataset.Batches:
		_, order, _ := strings.Cut(s.Fingerprint(), " ") // order and size of the batches
		return fmt.Sprintf("%s %s %s %s", s.Name(), s.Samples().X.Shape(), s.Samples().Y.Shape(), order)
	case *dataset.FreshRotations:
		return s.Fingerprint() // digits come from files
	}
	return source.Name()
}

// tellOfChance warns if a source of the caller's own does not repeat itself.
func tellOfChance(source Source) {
	switch source.(type) {
	case *dataset.Batches, *dataset.FreshRotations:
		return
	}
	first, err := firstBatch(source)
	if err != nil {
		return // Train reports it
	}
	if again, err := firstBatch(source); err == nil && again != first {
		warn("the source %q gives other batches each time that Epoch(0) is ranged over: neither the stored network nor an interrupted training "+
			"is then what another run would come to; draw each epoch from a seed and its number, as by rand.New(rand.NewPCG(1, n))", source.Name())
	}
}

// firstBatch returns a digest of the first batch.
func firstBatch(source Source) (digest string, err error) {
	defer graphpanic.Catch(&err)
	for batch, err := range (endless{Source: source}).batches() {
		if err == nil {
			err = complete(batch.Batch)
		}
		if err != nil {
			return "", err
		}
		defer batch.finalize()
		h := sha256.New()
		for _, t := range []*tensors.Tensor{batch.Inputs[0], batch.Labels[0]} {
			if err := t.ConstBytes(func(data []byte) { h.Write(data) }); err != nil {
				return "", err
			}
		}
		return string(h.Sum(nil)), nil
	}
	return "", errNoBatches
}
