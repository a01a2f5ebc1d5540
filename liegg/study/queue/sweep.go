package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// sweep is what Run knows about its jobs. One goroutine uses it.
type sweep struct {
	streams
	token    string // of its name
	jobs     []Job
	open     map[string]bool // tokens of the jobs whose result is not yet handled
	handle   func(Result) error
	refused  error // of handle
	patience time.Duration
	absence  time.Duration

	queued   jetstream.Stream   // of all jobs
	consumer jetstream.Consumer // of the workers
	done     jetstream.Stream   // of all results
	results  jetstream.Consumer // of this sweep's results
}

// begin makes what is missing on the server and queues the jobs.
func (s *sweep) begin(ctx context.Context, settings Settings, fresh bool) (err error) {
	s.token, s.patience, s.absence = token(settings.Sweep), settings.Patience, settings.Place.Absence
	if err := s.claim(settings.Sweep); err != nil {
		return err
	}
	if s.queued, err = s.make(ctx, jobsSide); err != nil {
		return err
	}
	if s.done, err = s.make(ctx, resultsSide); err != nil {
		return err
	}
	if s.consumer, err = patient(ctx, s.queued, s.patience); err != nil {
		return fmt.Errorf("queue: the consumer of the workers: %w", err)
	}
	if s.results, err = s.resultConsumer(ctx); err != nil {
		return fmt.Errorf("queue: the consumer of the results: %w", err)
	}
	if err := s.forget(ctx, fresh); err != nil {
		return fmt.Errorf("queue: earlier jobs: %w", err)
	}
	return s.put(ctx)
}

// claim makes sure that nobody else feeds the sweep, and answers those who
// ask.
func (s *sweep) claim(name string) error {
	nc := s.js.Conn()
	subject := s.name + ".fed." + s.token
	if _, err := nc.Request(subject, nil, time.Second); err == nil {
		return fmt.Errorf("queue: another process feeds the sweep %q: wait for it, or end it", name)
	}
	_, err := nc.Subscribe(subject, func(m *nats.Msg) { m.Respond(nil) })
	return err
}

// resultConsumer makes the consumer of the results. A consumer left by a process that
// has died may hold back the last result that it was given.
func (s *sweep) resultConsumer(ctx context.Context) (jetstream.Consumer, error) {
	err := s.done.DeleteConsumer(ctx, s.token)
	if err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return nil, err
	}
	return s.done.CreateConsumer(ctx, jetstream.ConsumerConfig{
		Durable:       s.token,
		FilterSubject: s.subject(resultsSide, s.token, "*"),
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       time.Hour, // storing a result takes as long as it takes
	})
}

// forget removes jobs from the queue that are no longer wanted. If no worker
// is left it removes all of them, because tries that the workers' deaths have
// cost do not count.
func (s *sweep) forget(ctx context.Context, all bool) error {
	if all {
		return s.queued.Purge(ctx)
	}
	queued, err := held(ctx, s.queued, s.subject(jobsSide, s.token, "*"))
	if err != nil {
		return err
	}
	for _, job := range s.jobs {
		delete(queued, s.subject(jobsSide, s.token, token(job.ID)))
	}
	for subject := range queued {
		if err := s.queued.Purge(ctx, jetstream.WithPurgeSubject(subject)); err != nil {
			return err
		}
	}
	return nil
}

// put queues the open jobs that the server holds neither as jobs nor as
// results. A worker stores a result before it removes the job, so jobs must
// be asked for first: in the other order a job could seem to be in neither
// place.
func (s *sweep) put(ctx context.Context) error {
	queued, err := held(ctx, s.queued, s.subject(jobsSide, s.token, "*"))
	if err != nil {
		return fmt.Errorf("queue: which jobs are queued: %w", err)
	}
	done, err := held(ctx, s.done, s.subject(resultsSide, s.token, "*"))
	if err != nil {
		return fmt.Errorf("queue: which results are there: %w", err)
	}
	for _, job := range s.jobs {
		t := token(job.ID)
		queue := s.subject(jobsSide, s.token, t)
		if !s.open[t] || queued[queue] > 0 || done[s.subject(resultsSide, s.token, t)] > 0 {
			continue
		}
		if err := s.streams.put(ctx, queue, job); err != nil {
			return fmt.Errorf("queue: job %q is not accepted: %w", job.ID, err)
		}
	}
	return nil
}

// collect handles results until no job is open. At intervals it queues again
// what a worker has given back or a server has lost.
func (s *sweep) collect(ctx context.Context) error {
	for fed, heard := time.Now(), time.Now(); len(s.open) > 0; {
		var err error
		if time.Since(fed) > s.patience {
			fed, err = time.Now(), s.put(ctx)
		} else {
			err = s.take(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case s.refused != nil:
			return s.refused
		case err == nil, nothing(err):
			heard = time.Now()
		case time.Since(heard) > s.absence: // longer than a server takes to restart
			return fmt.Errorf("queue: the server %s no longer holds this sweep: %w: if it has lost its store, or JetStream, fix that and start this command again: handled results are not lost", s.js.Conn().ConnectedUrlRedacted(), err)
		default:
			pause(ctx)
		}
	}
	return s.done.DeleteConsumer(ctx, s.token)
}

// take waits a few seconds for a result and handles it, unless it was handled
// before.
func (s *sweep) take(ctx context.Context) error {
	msg, err := next(ctx, s.results)
	if err != nil {
		return err
	}
	var result Result
	if json.Unmarshal(msg.Data(), &result) != nil {
		return msg.TermWithReason("not a result of this queue")
	}
	if t := token(result.ID); s.open[t] {
		if s.refused = s.handle(result); s.refused != nil {
			return s.refused
		}
		delete(s.open, t)
	}
	// Without the acknowledgement the result comes once more and is dropped,
	// or waits for a caller who has it and does not ask for it.
	return msg.DoubleAck(ctx)
}
