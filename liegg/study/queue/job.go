package queue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Job is a piece of work. The queue does not look into its data.
type Job struct {
	// ID tells a job from all others of its sweep. Any text, but not empty. The
	// same work has the same id whenever it is asked for.
	ID string
	// Data say what to do. They must fit in a message of the server, 1 MiB on
	// most and 8 MiB on the embedded one, of which base64 takes a quarter.
	Data []byte
}

// Result is what became of a job.
type Result struct {
	// ID is the job's.
	ID string
	// Data is what the work returned, as large as a job's at most.
	Data []byte
	// Failure says why there are no data, "" if there are.
	Failure string
}

// Work does a job and returns its result. An error, or a panic, is a failed
// result; the job is not tried again. The context ends when the worker has to
// stop: then Work should return soon, and what it returns is not kept, unless it
// returns data without an error.
type Work func(ctx context.Context, job Job) ([]byte, error)

// token stands for an id in the subjects of messages, which hold neither spaces
// nor dots.
func token(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

// do works on a job and turns a panic into an error.
func (work Work) do(ctx context.Context, job Job) (data []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return work(ctx, job)
}
