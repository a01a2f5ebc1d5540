package bench

import (
	"time"
)

// Job is a piece of work that contenders do alike.
type Job struct {
	// Name is how contenders and the command name it.
	Name string
	// About says what is done, for a person.
	About string

	ours   prepare // as the lab does it
	passes prepare // one forward and the fewest derivative passes, on the same backend; may be nil
}

// prepare makes what a job needs and returns what does it.
type prepare func() (work, error)

// work does a job once and says how many seconds of it count.
type work func() (seconds float64, err error)

// timed is work of which all counts.
func timed(do func() error) work {
	return func() (float64, error) {
		start := time.Now()
		err := do()
		return time.Since(start).Seconds(), err
	}
}

// own contends in this process.
type own struct {
	prepare map[string]prepare
	ready   map[string]work
}

// InProcess are the contenders of this process: we, and "passes", the bare passes
// through the same networks on the same backend.
func InProcess() map[string]Contender {
	ours, passes := own{map[string]prepare{}, map[string]work{}}, own{map[string]prepare{}, map[string]work{}}
	for _, job := range Jobs() {
		ours.prepare[job.Name] = job.ours
		if job.passes != nil {
			passes.prepare[job.Name] = job.passes
		}
	}
	return map[string]Contender{Ours: ours, "passes": passes}
}

func (o own) Jobs() (names []string) {
	for name := range o.prepare {
		names = append(names, name)
	}
	return names
}

func (o own) Seconds(job string) (float64, error) {
	if o.ready[job] == nil {
		do, err := o.prepare[job]()
		if err != nil {
			return 0, err
		}
		if _, err := do(); err != nil {
			return 0, err
		}
		o.ready[job] = do
	}
	return o.ready[job]()
}
