package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// tries is the number of workers that a job may silence.
const tries = 3

// Serve works on the jobs of a queue, one at a time, until ctx ends, and then
// returns nil. While nothing is queued it waits.
//
// When ctx ends, the current job is given back; [Run] queues it again, now or
// when it is next called. Serve returns an error if the server cannot be
// reached within 10 s, refuses the credentials, has been gone for
// place.Absence, or does not store a result. A failed job is not an error
// here, see [Work].
func Serve(ctx context.Context, place Place, work Work) error {
	place, err := place.normal()
	if err != nil {
		return err
	}
	if place.URL == "" {
		return errors.New("queue: a worker needs the address of a server")
	}
	within, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if place.inherited {
		endWithParent(cancel)
	}
	host, _ := os.Hostname()
	line, err := open(place, fmt.Sprintf("worker %d on %s", os.Getpid(), host), cancel)
	if err != nil {
		return err
	}
	defer line.js.Conn().Close()
	w := worker{line, work, place.Absence}
	err = w.serve(within)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

type worker struct {
	streams
	work    Work
	absence time.Duration
}

// serve takes jobs until ctx ends and returns why it has ended.
func (w worker) serve(ctx context.Context) error {
	for ctx.Err() == nil {
		// Ask anew each time, because a sweep that is fed may change the
		// patience.
		consumer, err := w.js.Consumer(ctx, w.stream(jobsSide), workers)
		if err != nil { // nobody has fed this queue yet, or the server is away
			pause(ctx)
			continue
		}
		msg, err := next(ctx, consumer)
		switch {
		case err == nil:
			if err := w.take(ctx, msg, consumer.CachedInfo().Config.AckWait); err != nil {
				return err
			}
		case !nothing(err):
			pause(ctx)
		}
	}
	return context.Cause(ctx)
}

// take works on the job of a message and answers it. The job stays queued
// until its result is stored.
func (w worker) take(ctx context.Context, msg jetstream.Msg, wait time.Duration) error {
	var job Job
	meta, err := msg.Metadata()
	if err != nil || json.Unmarshal(msg.Data(), &job) != nil {
		return msg.TermWithReason("not a job of this queue")
	}
	silent := keepAlive(msg, wait/4)
	defer silent()
	result := Result{ID: job.ID}
	if meta.NumDelivered > tries {
		result.Failure = fmt.Sprintf("its worker fell silent %d times: it was killed, ran out of memory, crashed, or was cut off", tries)
	} else if result.Data, err = w.work.do(ctx, job); err != nil {
		if ctx.Err() != nil {
			return msg.TermWithReason("its worker had to stop") // no try is used up: Run queues it anew
		}
		result.Failure = err.Error()
	}
	if err := w.answer(ctx, msg, result); err != nil {
		return fmt.Errorf("queue: the result of job %q is not stored, so the job will be done again: %w", job.ID, err)
	}
	return nil
}

// keepAlive reports at intervals that a message is being worked on, until the
// returned function is called.
func keepAlive(msg jetstream.Msg, every time.Duration) (stop func()) {
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				msg.InProgress() // if this gets lost, the job is given to another, and one of two results is dropped
			}
		}
	}()
	return func() { close(done) }
}
