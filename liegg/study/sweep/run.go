package sweep

import (
	"context"
	"fmt"
	"time"

	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// Run does a job: it trains its networks, together, and measures each. It
// returns one row for each seed, in order. A network that diverges or fails,
// even by a panic of graph code, is a row with the reason in Failed.
//
// An error concerns the machine or the caller and would affect any job: no
// backend, no data, a job that is impossible or was made by other code, or
// the end of the context.
func Run(ctx context.Context, job Job) ([]Row, error) { return RunOn(ctx, job, 0) }

// RunOn is Run with networks side by side on the given number of cores; 0
// means all.
func RunOn(ctx context.Context, job Job, cores int) ([]Row, error) {
	if err := job.check(); err != nil {
		return nil, err
	}
	if err := job.checkCode(); err != nil {
		return nil, err
	}
	task, _ := taskNamed(job.Task)
	if d, ok := task.(digits); ok {
		if _, err := testSets[d.turned](); err != nil {
			return nil, err
		}
	}
	r := run{ctx: ctx, Job: job, task: task, cores: cores}
	begun := time.Now()
	candidates := r.train()
	shared := time.Since(begun).Seconds() / float64(len(job.Seeds))
	rows := make([]Row, len(job.Seeds))
	for i, c := range candidates {
		begun := time.Now()
		if rows[i] = c.measured(r); ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		rows[i].Seconds = shared + time.Since(begun).Seconds()
	}
	return rows, nil
}

// Failed returns the rows of a job that could not be done, for callers that
// distribute jobs.
func (j Job) Failed(reason string) []Row {
	rows := make([]Row, len(j.Seeds))
	for i, seed := range j.Seeds {
		rows[i] = j.row(seed)
		rows[i].Failed = reason
	}
	return rows
}

// checkCode returns an error unless this program may do the job.
func (j Job) checkCode() error {
	code, err := CurrentCode()
	if err != nil {
		return err
	}
	if j.Code != code.Digest() {
		return fmt.Errorf("sweep: the job %v was made by the code %s, but this program is %s: build both from the same commit, for the same backend", j, j.Code, code.Digest())
	}
	return nil
}

// run is a job in progress.
type run struct {
	Job
	ctx   context.Context
	task  task
	cores int
}

// candidate is one network of a job on its way to a row.
type candidate struct {
	seed    uint64
	lesson  lesson // of the last stage
	network *network.Network
	err     error // that ended it
}

// stage is one training on the way to the network.
type stage struct {
	task           task
	depth, steps   int
	layers         []int // trained layers; nil for all
	samples        int
	stream         uint64
	augment, noise float64
}

// stages returns the trainings of the job's regime, one after the other.
func (r run) stages() []stage {
	last := stage{task: r.task, depth: r.Depth, steps: r.Steps, samples: r.Samples, stream: streamTraining, augment: r.Regime.Augment, noise: r.Regime.Noise}
	if p := r.Regime.Pretrain; p != nil {
		first := last
		first.task, _ = taskNamed(p.task(r.Job))
		first.steps, first.samples, first.stream = p.steps(r.Job), p.Samples, streamPretraining
		first.augment, first.noise = 0, 0
		if p.Tune == "last" {
			last.layers = []int{r.Depth}
		}
		return []stage{first, last}
	}
	if !r.Regime.Layerwise {
		return []stage{last}
	}
	stages := make([]stage, r.Depth)
	for i := range stages {
		stages[i] = last
		stages[i].depth = i + 1
		stages[i].layers = []int{i, i + 1}
		stages[i].steps = r.Steps*(i+1)/r.Depth - r.Steps*i/r.Depth
	}
	return stages
}

// train takes all seeds through all stages.
func (r run) train() []*candidate {
	all := make([]*candidate, len(r.Seeds))
	for i, seed := range r.Seeds {
		all[i] = &candidate{seed: seed}
	}
	for _, s := range r.stages() {
		var group []*candidate
		for _, c := range all {
			if c.err == nil {
				c.lesson, c.err = s.lesson(c.seed, r.Batch)
			}
			if c.err == nil {
				group = append(group, c)
			}
		}
		if err := r.trainStage(s, group); err != nil {
			for _, c := range group {
				c.err = err
			}
		}
	}
	return all
}

func (s stage) lesson(seed uint64, batch int) (lesson, error) {
	return s.task.lesson(draw{seed: seed, stream: s.stream, samples: s.samples, batch: batch, augment: s.augment, noise: s.noise})
}

func (r run) trainStage(s stage, group []*candidate) (err error) {
	defer caught(&err)
	if len(group) == 0 {
		return nil
	}
	members := make([]training.Member, len(group))
	for i, c := range group {
		members[i] = training.Member{Seed: c.seed, Source: c.lesson.source(), Start: c.network}
	}
	settings := training.Settings{Steps: s.steps, LearningRate: r.LearningRate, Cosine: r.Cosine,
		L2: r.Regime.L2, Decay: r.Regime.Decay, Loss: s.task.loss(), Quiet: true, Cores: r.cores,
		Watch: func(int) error { return context.Cause(r.ctx) }}
	trained, err := training.Together(r.mlp(r.task, s.depth), settings, members, s.layers...)
	if err != nil {
		return err
	}
	for i, t := range trained {
		group[i].network, group[i].err = t.Network, t.Err
	}
	return nil
}

// caught turns a panic into the error of what it ended.
func caught(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("panic: %v", r)
	}
}
