package judge

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/gomlx/compute/dtypes"
)

// Job is a share of a question's work that any worker can do which sees the same files under
// the same paths.
type Job struct {
	Judge     *Question // absolute; nil for jobs that are none of this package
	Share, Of int
}

// String tells which share of which question it is.
func (j Job) String() string { return fmt.Sprintf("share %d of %d of %v", j.Share, j.Of, j.Judge) }

// Each job measures the scales of the verdict once more, on some thousand samples, so that
// jobs should not be small; and what it computes must fit into a message, of 1 MiB on most
// servers, of which base64 takes a quarter.
const (
	fewJobs       = 4
	leastPerJob   = 256 // samples
	mostPerJob    = 4096
	bytesOfResult = 500 << 10
)

// Jobs cuts the work of the question into jobs. It returns the errors of Ask that are known
// before any work is done.
func (s *Subject) Jobs() ([]Job, error) {
	if err := s.question.shared(); err != nil {
		return nil, err
	}
	a, _, err := s.prepared(nil)
	if err != nil {
		return nil, err
	}
	m, err := s.outputs()
	if err != nil {
		return nil, err
	}
	numbers := 10 + 2*m // for each sample
	if s.x.DType() == dtypes.Float64 {
		numbers += 2 * m * a.Dim()
	}
	const number = 9 // bytes, as written
	per := min(mostPerJob, max(leastPerJob, bytesOfResult/(number*numbers)))
	q, err := s.question.Absolute()
	if err != nil {
		return nil, err
	}
	n := max(fewJobs, (s.Len()+per-1)/per)
	jobs := make([]Job, n)
	for i := range jobs {
		jobs[i] = Job{&q, i + 1, n}
	}
	return jobs, nil
}

// ParseJob reads a job from JSON; ok is false for a job of something else.
func ParseJob(data []byte) (j Job, ok bool) {
	return j, json.Unmarshal(data, &j) == nil && j.Judge != nil
}

// Worker does jobs one after the other. Its zero value is ready for use.
type Worker struct {
	question string
	subject  *Subject // of the last job
}

// String tells what the worker is at.
func (w *Worker) String() string {
	if w.subject == nil {
		return "worker without a job"
	}
	return "worker of " + w.question
}

// OpenError says that a worker cannot read what a job is about: other workers may.
type OpenError struct{ Err error }

// Error says what to do.
func (e *OpenError) Error() string {
	return fmt.Sprintf("%v: a worker needs the model and the data under the paths that they have where the question is asked", e.Err)
}

// Unwrap returns the error of the files.
func (e *OpenError) Unwrap() error { return e.Err }

// Do does a job until ctx ends, and returns the share as MarshalBinary writes it. The error is
// an *OpenError if the files cannot be read.
func (w *Worker) Do(ctx context.Context, j Job) ([]byte, error) {
	if text := j.Judge.String(); w.subject == nil || w.question != text {
		s, err := Open(*j.Judge)
		if err != nil {
			return nil, &OpenError{err}
		}
		w.question, w.subject = text, s
	}
	part, err := w.subject.Part(j.Share, j.Of, func(int) error { return ctx.Err() })
	if err != nil {
		return nil, err
	}
	return (&Share{*j.Judge, part}).MarshalBinary()
}
