package sweep

import "fmt"

// Regime is a way to train. Its parts can be combined; the zero value of each
// leaves it out.
type Regime struct {
	// Name distinguishes it from the other regimes of a sweep.
	Name string `json:"name"`
	// Pretrain trains on more, or on other data first.
	Pretrain *Pretraining `json:"pretrain,omitempty"`
	// Layerwise trains greedily: first a network of one hidden layer, then
	// each further layer with a new output on top and the layers below
	// frozen. The steps are divided evenly among these stages.
	Layerwise bool `json:"layerwise,omitempty"`
	// Augment moves the training samples anew in each epoch by elements of
	// the task's own group, with unchanged labels. Vectors are moved by one
	// g = exp(Augment·A) per batch, A = Σ c_k E_k in an orthonormal basis E of
	// the task's algebra with c ~ N(0, 1). A digit is rotated by an angle
	// uniform in ±180°·Augment, Augment ≤ 1.
	Augment float64 `json:"augment,omitempty"`
	// L2 adds L2/2·‖w‖² to the loss; Decay is decoupled weight decay (AdamW).
	L2    float64 `json:"l2,omitempty"`
	Decay float64 `json:"decay,omitempty"`
	// Noise corrupts the training labels. For regression it is the standard
	// deviation of Gaussian noise in units of that of the targets; for
	// classes it is the share, in [0, 1], of labels that are drawn anew at
	// random.
	Noise float64 `json:"noise,omitempty"`
}

// Pretraining is a training from scratch, whose network is then fine-tuned by
// the rest of the job's regime. It uses the regime's weight decay, but
// neither augmentation nor noise.
type Pretraining struct {
	// Task gives the data; its inputs and outputs must be like those of the
	// job's own task, which is the default. The samples differ from the job's
	// own.
	Task string `json:"task,omitempty"`
	// Samples is the number of samples.
	Samples int `json:"samples"`
	// Steps is the number of steps of pre-training; by default that of the
	// fine-tuning.
	Steps int `json:"steps,omitempty"`
	// Tune says which layers are fine-tuned: "all" (the default) or "last",
	// the output layer only.
	Tune string `json:"tune,omitempty"`
}

func (r Regime) check(j Job) error {
	if r.Augment < 0 || r.L2 < 0 || r.Decay < 0 || r.Noise < 0 {
		return fmt.Errorf("regime %q: augment, l2, decay and noise must not be negative", r.Name)
	}
	if r.Layerwise && r.Pretrain != nil {
		return fmt.Errorf("regime %q: layerwise and pretrain exclude each other", r.Name)
	}
	if r.Layerwise && j.Steps < j.Depth {
		return fmt.Errorf("regime %q: %d steps are too few to train %d layers one by one", r.Name, j.Steps, j.Depth)
	}
	task, err := taskNamed(j.Task)
	if err != nil {
		return err
	}
	if err := task.allows(r); err != nil {
		return fmt.Errorf("regime %q: %w", r.Name, err)
	}
	if r.Augment > 0 && task.shown().Dim() == 0 {
		return fmt.Errorf("regime %q: task %q has no symmetry to augment by", r.Name, j.Task)
	}
	return r.Pretrain.check(r, j, task)
}

func (p *Pretraining) check(r Regime, j Job, task task) error {
	if p == nil {
		return nil
	}
	if p.Tune != "" && p.Tune != "all" && p.Tune != "last" {
		return fmt.Errorf("regime %q: tune must be \"all\" or \"last\", got %q", r.Name, p.Tune)
	}
	if p.Samples < 1 || p.Steps < 0 {
		return fmt.Errorf("regime %q: pretrain needs samples ≥ 1 and steps ≥ 0, got %d and %d", r.Name, p.Samples, p.Steps)
	}
	other, err := taskNamed(p.task(j))
	if err != nil {
		return fmt.Errorf("regime %q: %w", r.Name, err)
	}
	if other.sizes() != task.sizes() {
		return fmt.Errorf("regime %q: task %q has inputs and outputs of sizes %v, %q those of %v: a network cannot be trained on one and then the other",
			r.Name, p.task(j), other.sizes(), j.Task, task.sizes())
	}
	if most := other.most(); p.Samples > most {
		return fmt.Errorf("regime %q: task %q has %d training samples, not %d", r.Name, p.task(j), most, p.Samples)
	}
	return nil
}

// task returns the name of the task that gives the data.
func (p *Pretraining) task(j Job) string {
	if p.Task == "" {
		return j.Task
	}
	return p.Task
}
