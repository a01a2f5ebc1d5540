package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/liegg/lab/liegg/ask"
	"github.com/liegg/lab/liegg/internal/atomicfile"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/progress"
	"github.com/liegg/lab/liegg/study/queue"
)

// mergeFlags are the flags of merge for the shares of a question.
type mergeFlags struct {
	answerFlags
	model, data string
}

// mergeShares answers a question from its shares.
func mergeShares(stdout, stderr io.Writer, names []string, f mergeFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	var shares []*ask.Share
	for _, name := range names {
		s, err := ask.ReadShare(name)
		if err != nil {
			return err
		}
		shares = append(shares, s)
	}
	q, parts, err := ask.Join(shares...)
	if err != nil {
		return err
	}
	q.Model, q.Data = cmp.Or(f.model, q.Model), cmp.Or(f.data, q.Data)
	ctx, stop := interruptible()
	defer stop()
	s, err := opened(ctx, stderr, q)
	if err != nil {
		return fmt.Errorf("%w (merge reads the model and the data once more; --model and --data say where they are)", err)
	}
	answer, err := answered(ctx, s, parts)
	if err != nil {
		return err
	}
	return f.give(stdout, answer, answer.Report())
}

// spread lets the workers of a NATS server do the work. Their results stay in the cache
// folder until the answer is there, so the same command continues where it was stopped.
func (f judgeFlags) spread(ctx context.Context, log io.Writer) (*ask.Answer, error) {
	s, err := opened(ctx, log, f.question)
	if err != nil {
		return nil, err
	}
	jobs, err := s.Jobs()
	if err != nil {
		return nil, err
	}
	store, err := newShareStore(*jobs[0].Judge)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(log, "%d shares; `study worker` with the same --nats, --creds and --ca, built from this commit and with this backend, computes them\n", len(jobs))
	if err := f.computed(ctx, store, jobs, log); err != nil {
		if errors.Is(err, context.Canceled) {
			return nil, errors.New("stopped: the same command continues with the shares that are done")
		}
		return nil, err
	}
	shares := make([]*ask.Share, len(jobs))
	for i, j := range jobs {
		if shares[i], err = ask.ReadShare(store.path(j)); err != nil {
			return nil, err
		}
	}
	_, parts, err := ask.Join(shares...)
	if err != nil {
		return nil, err
	}
	answer, err := answered(ctx, s, parts)
	if err != nil {
		return nil, err
	}
	return answer, os.RemoveAll(store.folder)
}

// computed lets workers compute the shares that are not in the store.
func (f judgeFlags) computed(ctx context.Context, store shareStore, jobs []ask.Job, log io.Writer) error {
	place := f.place
	var err error
	if place.Name, err = queueName(); err != nil {
		return err
	}
	var messages []queue.Job
	byID := map[string]ask.Job{}
	for _, j := range jobs {
		if _, err := ask.ReadShare(store.path(j)); err == nil {
			continue
		}
		data, err := json.Marshal(j)
		if err != nil {
			return err
		}
		id := fmt.Sprintf("judge %s %d/%d", store.id, j.Share, j.Of)
		messages, byID[id] = append(messages, queue.Job{ID: id, Data: data}), j
	}
	line := progress.New("shares", len(jobs))
	defer line.Done()
	done := len(jobs) - len(messages)
	return queue.Run(ctx, queue.Settings{Place: place, Sweep: "judge " + store.id, Log: log}, messages, func(r queue.Result) error {
		j := byID[r.ID]
		if r.Failure != "" {
			return fmt.Errorf("share %d of %d: %s%s", j.Share, j.Of, r.Failure, hint(r.Failure))
		}
		done++
		line.At(done, "")
		return store.put(j, r.Data)
	})
}

// hint says what to do about a failure of the server.
func hint(failure string) string {
	if strings.Contains(failure, "maximum payload") {
		return ": raise max_payload of the server, or share the work out by --shard i/n"
	}
	return ""
}

// shareStore is a folder of finished shares.
type shareStore struct{ folder, id string }

func newShareStore(q ask.Question) (s shareStore, err error) {
	if s.id, err = q.Digest(); err != nil {
		return s, err
	}
	code, err := queueName()
	if err != nil {
		return s, err
	}
	s.id = fmt.Sprintf("%.12x", sha256.Sum256([]byte(s.id+code)))
	cache, err := network.CacheFolder()
	s.folder = filepath.Join(cache, "judge", s.id)
	if err == nil {
		err = os.MkdirAll(s.folder, 0o700)
	}
	return s, err
}

func (s shareStore) path(j ask.Job) string {
	return filepath.Join(s.folder, fmt.Sprintf("%d-of-%d", j.Share, j.Of))
}

func (s shareStore) put(j ask.Job, data []byte) error {
	return atomicfile.Write(s.path(j), func(w io.Writer) error { _, err := w.Write(data); return err })
}
