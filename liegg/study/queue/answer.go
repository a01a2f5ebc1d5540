package queue

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// answer stores a result and then removes its job from the queue. It keeps
// trying while the server is away, and for a while if a server is there but
// does not accept it.
func (w worker) answer(ctx context.Context, msg jetstream.Msg, result Result) error {
	side := strings.Split(strings.TrimPrefix(msg.Subject(), w.name+"."), ".") // jobs, sweep, job
	subject := w.subject(resultsSide, side[1], side[2])
	lasting := context.WithoutCancel(ctx) // a finished job is not given back
	for end := time.Now().Add(w.absence + 3*reach); ; pause(ctx) {
		err := w.put(lasting, subject, result)
		if err == nil {
			err = w.remove(lasting, msg)
		}
		switch {
		case err == nil:
			return nil
		case errors.Is(err, nats.ErrMaxPayload):
			result = Result{ID: result.ID, Failure: err.Error()}
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case time.Now().After(end):
			return err
		}
	}
}

// remove removes a job from the queue. A server that was killed while the job
// was worked on no longer knows who has it, and does not confirm an
// acknowledgement; the message itself is then deleted.
func (w worker) remove(ctx context.Context, msg jetstream.Msg) error {
	prompt, cancel := context.WithTimeout(ctx, follow)
	defer cancel()
	if msg.DoubleAck(prompt) == nil {
		return nil
	}
	meta, err := msg.Metadata()
	if err != nil {
		return err
	}
	queued, err := w.js.Stream(ctx, w.stream(jobsSide))
	if err != nil {
		return err
	}
	err = queued.DeleteMsg(ctx, meta.Sequence.Stream)
	if errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) {
		return nil // already removed
	}
	return err
}
