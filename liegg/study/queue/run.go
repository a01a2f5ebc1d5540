package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"
)

// Settings says where and how [Run] does its jobs.
type Settings struct {
	// Place is the queue. With the zero value a server is started inside this
	// process, with its store in Folder.
	Place Place
	// Folder is an existing folder that belongs to the sweep. It is only
	// needed without Place.URL.
	Folder string
	// Sweep is the name of the sweep, the same each time it is resumed. It
	// may be any text. Two sweeps of one name must not be fed at the same
	// time.
	Sweep string
	// Workers is the number of worker processes on this machine. 0 means one
	// per core without Place.URL, and none with it.
	Workers int
	// Command is the command of a local worker. The worker must call [Serve]
	// with the place that [Inherited] returns, and exit with 1 to give up,
	// which ends Run. A worker that ends otherwise is started again. nil
	// means this program with the argument "worker".
	Command []string
	// Patience is how long a worker may be silent before its job is given to
	// another. Workers report four times within it, however long their jobs
	// take. 0 means 15 s.
	Patience time.Duration
	// Log receives the output of local workers, and a line when one had to be
	// restarted. nil means os.Stderr.
	Log io.Writer
}

// normal returns s with the defaults filled in.
func (s Settings) normal() (_ Settings, err error) {
	if s.Workers < 0 {
		return s, fmt.Errorf("queue: %d workers: it must be a positive number, or 0 for the default", s.Workers)
	}
	if s.Patience < 0 {
		return s, fmt.Errorf("queue: a patience of %v: it must be positive", s.Patience)
	}
	s.Patience = cmp.Or(s.Patience, 15*time.Second)
	if s.Log == nil {
		s.Log = os.Stderr
	}
	if s.Place.URL == "" {
		s.Workers = cmp.Or(s.Workers, runtime.GOMAXPROCS(0))
	}
	if s.Command == nil {
		program, err := os.Executable()
		if err != nil {
			return s, fmt.Errorf("queue: the program of the workers: %w", err)
		}
		s.Command = []string{program, "worker"}
	}
	s.Place, err = s.Place.normal()
	return s, err
}

// Run does jobs and calls handle with the result of each, one at a time, in
// the order in which they finish. Jobs are started in the given order. Run
// returns when every result has been handled, when ctx ends, or with the
// first error.
//
// handle must have stored a result on disk before it returns nil, because the
// queue then forgets it. After an error or a crash call Run again with the
// jobs that have no stored result; what was queued or done meanwhile is used.
//
// Run returns an error if jobs are not distinct; if another process works in
// the folder; if the server cannot be reached within 10 s, refuses the
// credentials, or has been gone for Place.Absence; if a disk is full or
// fails; if local workers give up or do not start; and if handle does.
func Run(ctx context.Context, s Settings, jobs []Job, handle func(Result) error) error {
	s, err := s.normal()
	if err != nil {
		return err
	}
	open, err := distinct(jobs)
	if err != nil || len(jobs) == 0 {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	fresh := s.Place.URL == ""
	if fresh {
		server, err := startServer(s.Folder, s.Log, stop)
		if err != nil {
			return err
		}
		s.Place.URL = server.url
		defer func() { server.stop(len(open) == 0) }()
	}
	return feed(ctx, stop, s, fresh, &sweep{jobs: jobs, open: open, handle: handle})
}

// distinct returns the tokens of jobs.
func distinct(jobs []Job) (map[string]bool, error) {
	open := make(map[string]bool, len(jobs))
	for _, job := range jobs {
		if job.ID == "" {
			return nil, errors.New("queue: a job without an id")
		}
		if open[token(job.ID)] {
			return nil, fmt.Errorf("queue: two jobs have the id %q: ids must be distinct", job.ID)
		}
		open[token(job.ID)] = true
	}
	return open, nil
}

// feed connects, starts the local workers and goes through the sweep. When it
// returns they have ended. On a fresh server no worker can be left over from
// before.
func feed(ctx context.Context, stop context.CancelCauseFunc, s Settings, fresh bool, sweep *sweep) (err error) {
	if sweep.streams, err = open(s.Place, "sweep "+s.Sweep, stop); err != nil {
		return err
	}
	defer sweep.js.Conn().Close()
	if err := sweep.begin(ctx, s, fresh); err != nil {
		return cmp.Or(context.Cause(ctx), err) // if the connection has ended, that is the cause
	}
	wait := startWorkers(ctx, s, sweep.consumer, stop)
	defer wait()
	defer stop(nil)
	return sweep.collect(ctx)
}
