package ask

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/gomlx/compute/dtypes"
)

// Job is a share of the work for a question. Any worker can do it that sees the same files
// under the same paths.
type Job struct {
	Judge     *Question // with absolute paths; nil for jobs that do not belong to this package
	Share, Of int
}

// String names the share and its question.
func (j Job) String() string { return fmt.Sprintf("share %d of %d of %v", j.Share, j.Of, j.Judge) }

// Each job measures the scales of the verdict again, on some thousand samples, so jobs should
// not be small. Its result must fit into a message, which is limited to 1 MiB on most
// servers, a quarter of which is lost to base64.
const (
	fewJobs       = 4
	leastPerJob   = 256 // samples
	mostPerJob    = 4096
	bytesOfResult = 500 << 10
)

// Jobs cuts the work for the question into jobs. It returns the errors of Ask that are known
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

// ParseJob reads a job from JSON. ok is false if it is a job of something else.
func ParseJob(data []byte) (j Job, ok bool) {
	return j, json.Unmarshal(data, &j) == nil && j.Judge != nil
}

// Worker does jobs one after the other. Its zero value is ready for use.
type Worker struct {
	question string
	subject  *Subject // of the last job
}

// String says what the worker is working on.
func (w *Worker) String() string {
	if w.subject == nil {
		return "worker without a job"
	}
	return "worker of " + w.question
}

// OpenError says that a worker cannot read the files of a job. Other workers may be able to.
type OpenError struct{ Err error }

// Error says what to do.
func (e *OpenError) Error() string {
	return fmt.Sprintf("%v: a worker needs the model and the data under the paths that they have where the question is asked", e.Err)
}

// Unwrap returns the error of the files.
func (e *OpenError) Unwrap() error { return e.Err }

// Do does a job and returns the share as MarshalBinary writes it. It stops when ctx ends. The
// error is an *OpenError if the files cannot be read.
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
