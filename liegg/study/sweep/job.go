package sweep

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/gomlx/gomlx/ml/layers/activation"

	"github.com/liegg/lab/liegg/network"
)

// Job is one kind of network with the seeds that are trained together:
// everything that [Run] needs, as a value and as JSON. The fields are those
// of Sweep.
type Job struct {
	Task         string  `json:"task"`
	Samples      int     `json:"samples"`
	Width        int     `json:"width"`
	Depth        int     `json:"depth"`
	Activation   string  `json:"activation"`
	Bias         bool    `json:"bias"`
	Regime       Regime  `json:"regime"`
	Steps        int     `json:"steps"`
	Batch        int     `json:"batch"`
	LearningRate float64 `json:"learning_rate"`
	Cosine       bool    `json:"cosine"`
	Judge        int     `json:"judge"`
	Layers       bool    `json:"layers"`
	Flows        bool    `json:"flows,omitempty"` // omitted, so that jobs without keep the keys of earlier versions

	// Seeds are the seeds of its networks, one row for each.
	Seeds []uint64 `json:"seeds"`
	// Code is the digest of the code that must do the job; see Code.Digest.
	Code string `json:"code"`
}

// ID distinguishes a job from all others. It changes with its settings, seeds
// and code.
func (j Job) ID() string { return digest(j) }

// Key returns the key of the row for one of the job's seeds. It changes with
// settings, seed and code, not with the other seeds of the job.
func (j Job) Key(seed uint64) string {
	j.Seeds = []uint64{seed}
	return digest(j)
}

// digest returns 32 hexadecimal digits of the SHA-256 of a value's JSON.
func digest(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("sweep: %T has no JSON: %v", v, err)) // NaN or Inf in a job
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// String describes the job in a few words.
func (j Job) String() string {
	s := fmt.Sprintf("%s, %d samples, %d×%d, %s", j.Task, j.Samples, j.Width, j.Depth, j.Regime.Name)
	if len(j.Seeds) == 1 {
		return fmt.Sprintf("%s, seed %d", s, j.Seeds[0])
	}
	return fmt.Sprintf("%s, seeds %d–%d", s, j.Seeds[0], j.Seeds[len(j.Seeds)-1])
}

// check returns an error if a job is impossible.
func (j Job) check() error {
	task, err := taskNamed(j.Task)
	if err != nil {
		return err
	}
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("sweep: task %q: "+format, append([]any{j.Task}, args...)...)
	}
	switch {
	case j.Samples < 2 || j.Samples > task.most():
		return wrong("samples must lie in 2…%d, got %d", task.most(), j.Samples)
	case j.Width < 1 || j.Depth < 1:
		return wrong("widths and depths must be at least 1, got %d and %d", j.Width, j.Depth)
	case j.Width > 1<<14 || j.Depth > 100:
		return wrong("widths must not exceed %d and depths 100, got %d and %d", 1<<14, j.Width, j.Depth)
	case j.Steps < 1 || j.Batch < 1:
		return wrong("steps and batch must be at least 1, got %d and %d", j.Steps, j.Batch)
	case !(j.LearningRate > 0):
		return wrong("learning_rate must be positive, got %g", j.LearningRate)
	case j.Judge < 1 || j.Judge > task.fresh():
		return wrong("judge must lie in 1…%d, got %d", task.fresh(), j.Judge)
	case len(j.Seeds) == 0:
		return wrong("a job needs seeds")
	}
	if _, err := activation.TypeString(j.Activation); err != nil {
		return wrong("no activation %q; there are %q", j.Activation, activation.TypeStrings())
	}
	if err := j.Regime.check(j); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	return nil
}

// mlp returns the job's network with the given number of hidden layers.
func (j Job) mlp(task task, depth int) network.MLP {
	hidden := make([]int, depth)
	for i := range hidden {
		hidden[i] = j.Width
	}
	return network.MLP{Hidden: hidden, Outputs: task.sizes().outputs, Bias: j.Bias, Activation: j.Activation}
}

// parameters returns the number of weights and biases.
func (j Job) parameters() int {
	task, _ := taskNamed(j.Task)
	sizes := task.sizes()
	n, in := 0, sizes.inputs
	for range j.Depth {
		n, in = n+in*j.Width, j.Width
	}
	n += in * sizes.outputs
	if j.Bias {
		n += j.Depth*j.Width + sizes.outputs
	}
	return n
}

// cost estimates the time of a job in arbitrary units: the multiplications in
// training, and 10⁹ for the overhead of each network and each program.
func (j Job) cost() float64 {
	const fixed = 1e9
	steps := j.Steps
	if p := j.Regime.Pretrain; p != nil {
		steps += p.steps(j)
	}
	return fixed + float64(len(j.Seeds))*(fixed+3*float64(steps)*float64(j.Batch)*float64(j.parameters()))
}

func (p *Pretraining) steps(j Job) int {
	if p.Steps > 0 {
		return p.Steps
	}
	return j.Steps
}
