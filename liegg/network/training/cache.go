package training

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/sourcecode"
	"github.com/liegg/lab/liegg/network"
)

// recipe holds everything that a trained network depends on. Its hash is the key of the
// cache.
type recipe struct {
	Code       string // digest of the sources of training and of its batches
	Model      network.Model
	Kind       string // kind of model
	Training   Settings
	Penalty    string `json:",omitempty"`
	Source     string
	Validation string
	Backend    string
	Libraries  string
}

// trainingCode is the digest of all our packages that training calls.
var trainingCode = sync.OnceValue(func() string {
	return sourcecode.Digest(liegg.Code, "network/training", "network", "network/internal/device", "network/internal/derivative", "network/internal/function", "network/internal/stream",
		"dataset", "internal/vjp", "internal/tensor", "internal/targets", "action", "action/internal/lattice", "internal/nodes", "lie", "lie/internal/dense", "lie/internal/exponential", "lie/internal/flags", "lie/internal/sparsity", "internal/linalg")
})

// Cached is Train with a cache. A network that was already trained with the same arguments,
// on the same kind of backend and by the same code of this package and of dataset is read
// from disk instead. This works from cell to cell and from session to session.
//
// An interrupted training continues at the next call with the same arguments. It is stored
// when ■, Ctrl-C, SIGTERM or an error of Settings.Watch ends it, and about every ten seconds
// in case the process is killed. It stores weights, Adam's moments, the position in the
// schedule and in the data, the history and the best variables so far. On the same machine
// and backend, the result therefore has the same bits as that of an uninterrupted training. A
// signal ends the process within .3 s. If the program handles the signal itself, Cached
// returns an *InterruptedError.
//
// Cached prints to standard error from which step a stored training continues, unless t.Quiet
// is set. It also prints two warnings there. One says that a network cannot be stored, for
// example because the disk is full; Cached returns the network all the same. The other says
// that the data differ from those of the last call with the same model, training and name:
// data drawn without a seed are trained on anew each time.
//
// Networks are kept in the folder networks of CacheFolder, and unfinished trainings in the
// folder trainings, for two months. Removing them costs nothing but time. Cached returns the
// errors of Train and of CacheFolder.
func Cached(m network.Model, t Settings, source Source, validation *dataset.Samples) (*network.Network, error) {
	m.Check()
	t = t.withDefaults(validation != nil)
	r, err := recipeOf(m, t, source, validation)
	if err != nil {
		return nil, err
	}
	at, err := r.place()
	if err != nil {
		return nil, err
	}
	n, err := network.Load(at.network)
	if err == nil {
		c := newCurve(t)
		c.end(n.History)
		return n, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		warn("the stored network is trained anew: %v", err)
	}
	removeLeftovers(filepath.Dir(at.network), at.trainings, time.Now())
	tellOfData(at.trainings, r, source)
	tellOfChance(source)
	return keptTraining(at, m, t, source, validation)
}

// keptTraining trains a network and stores it, both during the training and at the end.
func keptTraining(at place, m network.Model, t Settings, source Source, validation *dataset.Samples) (*network.Network, error) {
	k := &keeper{path: at.unfinished()}
	defer k.end()
	n, err := trained(m, t, source, validation, k)
	if diverged := (*DivergedError)(nil); errors.As(err, &diverged) {
		k.remove() // it would only continue to the same failure
	}
	if err != nil {
		return nil, err
	}
	if err := n.Save(at.network); err != nil {
		warn("the trained network is not stored, so that the next call trains it again: %v", err)
		return n, nil
	}
	k.remove()
	return n, nil
}

func recipeOf(m network.Model, t Settings, source Source, validation *dataset.Samples) (r recipe, err error) {
	r = recipe{Code: trainingCode(), Model: m, Kind: fmt.Sprintf("%T", m), Training: t, Source: source.Fingerprint()}
	if validation != nil {
		r.Validation = validation.Fingerprint()
	}
	if r.Penalty, err = t.Penalty.fingerprint(source); err != nil {
		return r, err
	}
	r.Backend, r.Libraries, err = network.Provenance()
	return r, err
}

// key returns a name for the recipe.
func (r recipe) key() (string, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("training: the recipe of a training has no key: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), nil
}

// place is where Cached keeps a network.
type place struct {
	network   string // the network's folder
	trainings string // the folder of unfinished trainings
}

func (p place) unfinished() string {
	return filepath.Join(p.trainings, filepath.Base(p.network)+unfinishedSuffix)
}

// place returns the place of a network with this recipe.
func (r recipe) place() (p place, err error) {
	key, err := r.key()
	if err != nil {
		return p, err
	}
	cache, err := network.CacheFolder()
	return place{filepath.Join(cache, "networks", key), filepath.Join(cache, "trainings")}, err
}
