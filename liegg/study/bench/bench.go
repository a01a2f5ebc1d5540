// Package bench times the lab and other programs on the same jobs: the
// paper's method and LieSD's in PyTorch, PyTorch and JAX at their best, and
// the bare passes through the network that no program can avoid.
//
// The programs take turns, round by round, so that other load on the machine
// affects all of them. A figure is the ratio of two times of one round. Only
// repeated work is timed, so compilation does not count, except in cold
// starts.
package bench

import (
	"fmt"
	"slices"
)

// Ours is the name of the lab itself as a contender.
const Ours = "LieGG"

// A Contender is a program that does jobs.
type Contender interface {
	// Jobs returns the names of the jobs that it does.
	Jobs() []string
	// Seconds does a job once and returns the time it took. The first call
	// also makes what the job needs, and does the job once untimed.
	Seconds(job string) (float64, error)
}

// Time is the time of a contender for a job in a round.
type Time struct {
	Job, Contender string
	Round          int
	Seconds        float64
}

// Run lets the contenders do the jobs in turn for the given number of rounds,
// and passes each time to tell as it is taken. Contenders are left out of
// jobs that they cannot do.
func Run(jobs []Job, contenders map[string]Contender, rounds int, tell func(Time)) ([]Time, error) {
	names := turns(contenders)
	var times []Time
	for _, job := range jobs {
		for round := range rounds {
			for _, name := range names {
				c := contenders[name]
				if !slices.Contains(c.Jobs(), job.Name) {
					continue
				}
				seconds, err := c.Seconds(job.Name)
				if err != nil {
					return times, fmt.Errorf("bench: %s at %s: %w", name, job.Name, err)
				}
				t := Time{job.Name, name, round, seconds}
				tell(t)
				times = append(times, t)
			}
		}
	}
	return times, nil
}

// turns returns the order of contenders within a round: the lab first, then
// by name.
func turns(contenders map[string]Contender) []string {
	names := []string{}
	for name := range contenders {
		names = append(names, name)
	}
	slices.Sort(names)
	if i := slices.Index(names, Ours); i >= 0 {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, Ours)
	}
	return names
}
