// Package bench times the lab beside other programs that do the same jobs: the
// paper's way and LieSD's in PyTorch, PyTorch and JAX at their best, and the bare
// passes through the network that nobody can do without.
//
// The programs take turns, round by round, so that what else a machine does meets
// all of them; a figure is the ratio of two times of one round. Times are of work
// that was done once before: nobody's compilation counts, but for cold starts.
package bench

import (
	"fmt"
	"slices"
)

// Ours is the name under which the lab itself contends.
const Ours = "LieGG"

// A Contender is a program that does jobs.
type Contender interface {
	// Jobs are the names of the jobs that it does.
	Jobs() []string
	// Seconds does a job once and says how long that took. What the job needs is
	// made, and the job done once untimed, at the first call.
	Seconds(job string) (float64, error)
}

// Time is how long a contender took for a job in a round.
type Time struct {
	Job, Contender string
	Round          int
	Seconds        float64
}

// Run lets the contenders do the jobs in turn, as often as there are rounds, and
// tells each time as it is taken. Who cannot do a job is left out of it.
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

// turns is the order of contenders within a round: we first, then by name.
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
