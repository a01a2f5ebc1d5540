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

// streams are the two sides of a queue: jobs on their way to the workers and
// results on their way back, at most one message for each job of each sweep.
// The subjects are NAME.jobs.SWEEP.JOB and NAME.results.SWEEP.JOB.
type streams struct {
	js   jetstream.JetStream
	name string
}

const (
	jobsSide    = "jobs"
	resultsSide = "results"
)

func (s streams) subject(side, sweep, job string) string {
	return s.name + "." + side + "." + sweep + "." + job
}

func (s streams) stream(side string) string { return s.name + "-" + side }

// make makes the stream of a side if there is none. An existing one keeps the
// settings that the cluster's operator has given it.
func (s streams) make(ctx context.Context, side string) (jetstream.Stream, error) {
	stream, err := s.js.Stream(ctx, s.stream(side))
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = s.js.CreateStream(ctx, jetstream.StreamConfig{
			Name:        s.stream(side),
			Description: "LieGG Lab: " + side + " of studies",
			Subjects:    []string{s.name + "." + side + ".>"},
			Retention:   jetstream.WorkQueuePolicy, // a message is gone once it is acknowledged
			Storage:     jetstream.FileStorage,
		})
	}
	if err != nil {
		return nil, fmt.Errorf("queue: cannot make the stream %s: %w: is there room on the disk of the server, and may this user make streams?", s.stream(side), err)
	}
	return stream, nil
}

// put stores a message unless there is one with its subject.
func (s streams) put(ctx context.Context, subject string, message any) error {
	text, err := json.Marshal(message)
	if err != nil {
		panic(err) // cannot fail for strings and bytes
	}
	_, err = s.js.Publish(ctx, subject, text, jetstream.WithExpectLastSequencePerSubject(0))
	var refused *jetstream.APIError
	switch {
	case errors.As(err, &refused) && (refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
		refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant): // of a stream with replicas
		return nil
	case errors.Is(err, nats.ErrMaxPayload):
		return fmt.Errorf("%w: %d bytes, but the server takes at most %d", err, len(text), s.js.Conn().MaxPayload())
	}
	return err
}

// held returns the subjects of a side that have a message.
func held(ctx context.Context, stream jetstream.Stream, subject string) (map[string]uint64, error) {
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(subject))
	if err != nil {
		return nil, err
	}
	return info.State.Subjects, nil
}

// workers is the name of the consumer that all workers share.
const workers = "workers"

// patient makes or changes the consumer of the workers: a job whose worker
// has been silent for patience is given to another.
func patient(ctx context.Context, jobs jetstream.Stream, patience time.Duration) (jetstream.Consumer, error) {
	return jobs.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable:       workers,
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       patience,
		MaxDeliver:    -1, // a worker counts, because a message that the server gives up is never heard of again
		MaxAckPending: -1,
	})
}
