package training

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/atomicfile"
	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network"
)

// unfinished is an interrupted training: all that it needs to continue as if it had not been
// interrupted.
type unfinished struct {
	Step    int      // number of steps taken
	Next    position // position in the source
	Sum     float64  // of losses since the last look
	Summed  int
	Best    float64
	History network.History
	// Variables are those of the network and of the optimiser, in the order of the Store.
	Variables []variable
	// Kept are the network's best variables so far, if Best is set.
	Kept []variable
}

// variable is a variable of a Store. Its value follows in the file.
type variable struct {
	Path      string
	Trainable bool
	value     *tensors.Tensor
}

// unfinishedFile begins such a file. The SHA-256 of the rest follows, and then the rest.
const unfinishedFile = "LieGG unfinished training 1\n"

// write stores the training in a file atomically.
func (u *unfinished) write(path string) error {
	var body bytes.Buffer
	encoder := gob.NewEncoder(&body)
	if err := encoder.Encode(u); err != nil {
		return err
	}
	for _, v := range u.all() {
		if err := v.value.GobSerialize(encoder); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		digest := sha256.Sum256(body.Bytes())
		_, err := w.Write(append([]byte(unfinishedFile), digest[:]...))
		if err == nil {
			_, err = body.WriteTo(w)
		}
		return err
	})
}

// all returns the variables in the order of the file.
func (u *unfinished) all() (all []*variable) {
	for _, some := range [][]variable{u.Variables, u.Kept} {
		for i := range some {
			all = append(all, &some[i])
		}
	}
	return all
}

var errDamaged = errors.New("it is damaged, or was written by another version")

// readUnfinished reads what write stored. The error is fs.ErrNotExist if there is no such
// file.
func readUnfinished(path string) (*unfinished, error) {
	data, err := bounded.ReadFile(path, 0)
	if err != nil {
		return nil, err
	}
	data, ok := bytes.CutPrefix(data, []byte(unfinishedFile))
	if !ok || len(data) < sha256.Size {
		return nil, errDamaged
	}
	digest, body := data[:sha256.Size], data[sha256.Size:]
	if is := sha256.Sum256(body); !bytes.Equal(is[:], digest) {
		return nil, errDamaged
	}
	return decodeUnfinished(body)
}

// decodeUnfinished reads what follows the digest.
func decodeUnfinished(body []byte) (u *unfinished, err error) {
	defer func() { // tensors of unknown types panic
		if r := recover(); r != nil {
			u, err = nil, fmt.Errorf("%w: %v", errDamaged, r)
		}
	}()
	u, decoder := &unfinished{}, gob.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(u); err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	for _, v := range u.all() {
		if v.value, err = tensors.GobDeserialize(decoder); err != nil {
			return nil, fmt.Errorf("%w: %w", errDamaged, err)
		}
	}
	return u, nil
}

// stateOf copies the variables of a Store, except for samples that are kept there.
func stateOf(store *model.Store) (state []variable, err error) {
	for v := range store.IterVariables() {
		if strings.HasPrefix(v.Path(), "/"+scopeSamples+"/") {
			continue
		}
		value, err := tensor.CopyOf(v)
		if err != nil {
			return nil, err
		}
		state = append(state, variable{v.Path(), v.Trainable, value})
	}
	return state, nil
}

// restored returns a Store with these variables. It returns an error if they are not those of
// the network at its beginning.
func restored(state []variable, begun *model.Store) (*model.Store, error) {
	shapesOf := map[string]shapes.Shape{}
	store := model.NewStore()
	for _, v := range state {
		own, err := store.CreateVariable(v.Path, v.value)
		if err != nil {
			return nil, err
		}
		own.SetTrainable(v.Trainable)
		shapesOf[v.Path] = v.value.Shape()
	}
	for v := range begun.IterVariables() {
		if got := shapesOf[v.Path()]; !got.Equal(v.Shape()) {
			return nil, fmt.Errorf("its %s has shape %s, not %s", v.Path(), got, v.Shape())
		}
	}
	return store, nil
}
