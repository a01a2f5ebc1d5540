package sweep

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Sweep is a family of networks: one for each combination of Tasks, Samples,
// Widths, Depths, Activations, Regimes and seeds. Default fills in omitted
// fields.
type Sweep struct {
	// Tasks are names from [Tasks].
	Tasks []string `json:"tasks"`
	// Samples are the numbers of training samples.
	Samples []int `json:"samples"`
	// Widths are the numbers of neurons in each hidden layer, and Depths the
	// numbers of hidden layers.
	Widths []int `json:"widths"`
	Depths []int `json:"depths"`
	// Activations are names known to GoMLX; default "swish".
	Activations []string `json:"activations"`
	// Bias adds a bias to each layer; the paper's networks have none.
	Bias bool `json:"bias"`
	// Regimes are ways to train; by default one named "scratch".
	Regimes []Regime `json:"regimes"`
	// Seeds is the number of seeds, and FirstSeed the first of them. A seed
	// determines the data, the initial weights, the order of the batches and
	// the noise.
	Seeds     int    `json:"seeds"`
	FirstSeed uint64 `json:"first_seed"`

	// Steps is the number of steps of the optimiser, Adam, for any number of
	// samples. Batch is the number of samples in a batch (fewer if there are
	// not that many), by default 500.
	Steps int `json:"steps"`
	Batch int `json:"batch"`
	// LearningRate defaults to 3e-3. Cosine makes it fall to 0 over the
	// steps.
	LearningRate float64 `json:"learning_rate"`
	Cosine       bool    `json:"cosine"`

	// Judge is the number of fresh samples on which symmetries are measured;
	// default 10 000.
	Judge int `json:"judge"`
	// Layers asks for the profile over the layers, too.
	Layers bool `json:"layers"`
	// Flows asks for the answers of finite flows, as by flow.Judge. That
	// takes seconds to minutes for each network.
	Flows bool `json:"flows"`
	// Together is the largest number of seeds that are trained in one
	// program; default 8. It affects results only by rounding.
	Together int `json:"together"`
}

// Parse reads a sweep from JSON and fills in its defaults. The error names an
// unknown key, a value of the wrong kind, or impossible sizes.
func Parse(r io.Reader) (s Sweep, err error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, fmt.Errorf("sweep: the JSON of a sweep: %w; `sweep o5 --print` shows one with all its keys", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return s, errors.New("sweep: there is more JSON after the sweep: a file must hold just one")
	}
	s = s.Default()
	return s, s.Check()
}

// Default fills in omitted fields.
func (s Sweep) Default() Sweep {
	if len(s.Activations) == 0 {
		s.Activations = []string{"swish"}
	}
	if len(s.Regimes) == 0 {
		s.Regimes = []Regime{{Name: "scratch"}}
	}
	defaults := []struct {
		field *int
		value int
	}{{&s.Seeds, 1}, {&s.Batch, 500}, {&s.Judge, 10_000}, {&s.Together, 8}}
	for _, d := range defaults {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if s.LearningRate == 0 {
		s.LearningRate = 3e-3
	}
	return s
}

// Check returns an error that lists everything impossible about a sweep, or
// nil.
func (s Sweep) Check() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf("sweep: "+format, args...)) }
	for key, n := range map[string]int{"tasks": len(s.Tasks), "samples": len(s.Samples), "widths": len(s.Widths), "depths": len(s.Depths)} {
		if n == 0 {
			wrong("%s is missing or empty: name at least one", key)
		}
	}
	if s.Seeds < 1 || s.Together < 1 {
		wrong("seeds and together must be at least 1, got %d and %d", s.Seeds, s.Together)
	}
	names := map[string]bool{}
	for _, r := range s.Regimes {
		if r.Name == "" || names[r.Name] {
			wrong("each regime needs a name of its own, got %q", r.Name)
		}
		names[r.Name] = true
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if n := s.networks(); n > mostNetworks {
		return fmt.Errorf("sweep: %.3g networks are more than the %d of one table: split it", n, mostNetworks)
	}
	return s.checkJobs()
}

// mostNetworks is the largest number of rows of a sweep.
const mostNetworks = 1_000_000

// networks returns the number of networks, as a float because sizes from a
// file may be arbitrarily large.
func (s Sweep) networks() float64 {
	n := float64(s.Seeds)
	for _, k := range []int{len(s.Tasks), len(s.Samples), len(s.Widths), len(s.Depths), len(s.Activations), len(s.Regimes)} {
		n *= float64(k)
	}
	return n
}

func (s Sweep) checkJobs() error {
	ids := map[string]bool{}
	for _, j := range s.Jobs() {
		if err := j.check(); err != nil {
			return err
		}
		if ids[j.ID()] {
			return fmt.Errorf("sweep: %v is requested twice: remove one of the two equal values", j)
		}
		ids[j.ID()] = true
	}
	return nil
}

// Jobs returns the jobs of a sweep, in order, each with at most Together
// seeds, and without the digest of a code.
func (s Sweep) Jobs() (jobs []Job) {
	add := func(j Job) {
		for seeds := range slices.Chunk(s.seeds(), s.Together) {
			j.Seeds = slices.Clone(seeds)
			jobs = append(jobs, j)
		}
	}
	for _, task := range s.Tasks {
		for _, samples := range s.Samples {
			for _, depth := range s.Depths {
				for _, width := range s.Widths {
					for _, activation := range s.Activations {
						for _, regime := range s.Regimes {
							add(Job{Task: task, Samples: samples, Width: width, Depth: depth, Activation: activation, Bias: s.Bias, Regime: regime,
								Steps: s.Steps, Batch: s.Batch, LearningRate: s.LearningRate, Cosine: s.Cosine, Judge: s.Judge, Layers: s.Layers, Flows: s.Flows})
						}
					}
				}
			}
		}
	}
	return jobs
}

func (s Sweep) seeds() []uint64 {
	seeds := make([]uint64, s.Seeds)
	for i := range seeds {
		seeds[i] = s.FirstSeed + uint64(i)
	}
	return seeds
}
