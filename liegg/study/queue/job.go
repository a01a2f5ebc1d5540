package queue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Job is a piece of work. The queue does not interpret its data.
type Job struct {
	// ID distinguishes a job from all others of its sweep. It may be any
	// non-empty text. The same work must have the same id every time.
	ID string
	// Data describes the work. It must fit in a message of the server,
	// usually 1 MiB, and 8 MiB on the embedded one, of which base64 takes a
	// quarter.
	Data []byte
}

// Result is the outcome of a job.
type Result struct {
	// ID is the id of the job.
	ID string
	// Data is what the work returned. The size limit is that of a job.
	Data []byte
	// Failure says why there are no data, or is "".
	Failure string
}

// Work does a job and returns its result. An error or a panic is a failed
// result; the job is not tried again. The context ends when the worker has to
// stop. Work should then return soon; its result is dropped, unless it is
// data without an error.
type Work func(ctx context.Context, job Job) ([]byte, error)

// token returns a substitute for an id in the subjects of messages, which may
// hold neither spaces nor dots.
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
