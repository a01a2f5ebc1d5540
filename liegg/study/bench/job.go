package bench

import (
	"time"
)

// Job is a piece of work that all contenders do in the same way.
type Job struct {
	// Name identifies the job for contenders and on the command line.
	Name string
	// About describes the job for a reader.
	About string

	ours   prepare // as the lab does it
	passes prepare // one forward and the fewest derivative passes, on the same backend; may be nil
	// verdict is a whole verdict; may be nil.
	verdict prepare
}

// prepare makes what a job needs and returns the work itself.
type prepare func() (work, error)

// work does a job once and returns the seconds that count.
type work func() (seconds float64, err error)

// timed returns work whose whole duration counts.
func timed(do func() error) work {
	return func() (float64, error) {
		start := time.Now()
		err := do()
		return time.Since(start).Seconds(), err
	}
}

// inProcess is a contender in this process.
type inProcess struct {
	prepare map[string]prepare
	ready   map[string]work
}

// InProcess returns the contenders of this process: the lab; "passes", the
// bare passes through the same networks on the same backend; and "verdict",
// the lab's whole verdict instead of a spectrum.
func InProcess() map[string]Contender {
	contenders := map[string]Contender{}
	for name, of := range map[string]func(Job) prepare{
		Ours:      func(j Job) prepare { return j.ours },
		"passes":  func(j Job) prepare { return j.passes },
		"verdict": func(j Job) prepare { return j.verdict },
	} {
		jobs := inProcess{map[string]prepare{}, map[string]work{}}
		for _, job := range Jobs() {
			if does := of(job); does != nil {
				jobs.prepare[job.Name] = does
			}
		}
		contenders[name] = jobs
	}
	return contenders
}

func (o inProcess) Jobs() (names []string) {
	for name := range o.prepare {
		names = append(names, name)
	}
	return names
}

func (o inProcess) Seconds(job string) (float64, error) {
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
