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

// recipe is everything that a trained network depends on; its hash is the key of
// the cache.
type recipe struct {
	Code       string // a digest of the sources that training and its batches are made by
	Model      network.Model
	Kind       string // of model
	Training   Settings
	Source     string
	Validation string
	Backend    string
	Libraries  string
}

// trainingCode is the digest of all our packages that training calls.
var trainingCode = sync.OnceValue(func() string {
	return sourcecode.Digest(liegg.Code, "network/training", "network", "network/internal/device", "network/internal/function", "network/internal/stream",
		"dataset", "internal/vjp", "internal/tensor", "internal/targets")
})

// Cached is Train, but a network that was trained before with the same arguments,
// on the same kind of backend, by the same code of this package and of dataset, is read
// back instead: from cell to cell and from session to session.
//
// A training that is interrupted goes on at the next call with the same arguments. It
// is stored when ■, Ctrl-C, SIGTERM or an error of Settings.Watch ends it, and every ten
// seconds or so in case the process is killed. Weights, Adam's moments, the places in the
// schedule and in the data, the history and the best look are all stored. So it ends in
// the same bits as a training that was never interrupted, if the same machine and backend
// go on with it. A signal ends the process within .3 s. If the program handles the signal
// itself, Cached returns an *InterruptedError.
//
// Standard error tells the step from which a stored training goes on, unless t.Quiet is
// set. Warnings go there, too. One tells that a network cannot be stored, as on a full
// disk; it is returned all the same. Another tells that the data differ from those of the
// last call with the same model, training and name: data that are drawn without a seed
// are trained on anew each time.
//
// Networks lie in the folder networks of CacheFolder, and unfinished trainings in the
// folder trainings, for two months. Removing them costs nothing but time. The errors are
// those of Train and of CacheFolder.
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

// keptTraining trains a network and stores it, both on the way and at the end.
func keptTraining(at place, m network.Model, t Settings, source Source, validation *dataset.Samples) (*network.Network, error) {
	k := &keeper{path: at.unfinished()}
	defer k.end()
	n, err := trained(m, t, source, validation, k)
	if diverged := (*DivergedError)(nil); errors.As(err, &diverged) {
		k.remove() // going on would lead there again
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
	r.Backend, r.Libraries, err = network.Provenance()
	return r, err
}

// key is a name for the recipe.
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
	network   string // its folder
	trainings string // the folder of unfinished trainings
}

func (p place) unfinished() string {
	return filepath.Join(p.trainings, filepath.Base(p.network)+unfinishedSuffix)
}

// place is that of a network of this recipe.
func (r recipe) place() (p place, err error) {
	key, err := r.key()
	if err != nil {
		return p, err
	}
	cache, err := network.CacheFolder()
	return place{filepath.Join(cache, "networks", key), filepath.Join(cache, "trainings")}, err
}
