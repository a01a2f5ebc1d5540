package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/liegg/lab/liegg/study/queue"
	"github.com/liegg/lab/liegg/study/sweep"
)

// queueName returns the name under which sweeps and workers with the same
// code meet. No worker takes jobs of other code.
func queueName() (string, error) {
	code, err := sweep.CurrentCode()
	if err != nil {
		return "", err
	}
	return "liegg-" + code.Digest(), nil
}

// queued does jobs of a table through a queue. The embedded queue has its
// store beside the table until all is done.
func queued(ctx context.Context, f sweepFlags, t *sweep.Table, s sweep.Sweep, jobs []sweep.Job, log io.Writer) error {
	settings, err := f.settings(s, len(jobs), log)
	if err != nil {
		return err
	}
	if f.place.URL != "" {
		if settings.Workers == 0 {
			fmt.Fprintln(log, "`study worker` with the same --nats, --creds and --ca, built from this commit and with this backend, does the jobs")
		}
		return through(ctx, settings, t, jobs, log)
	}
	if f.fresh { // results without rows belong to the rows that were moved aside
		if err := os.RemoveAll(settings.Folder); err != nil {
			return fmt.Errorf("the store of the queue: %w", err)
		}
	}
	if err := os.MkdirAll(settings.Folder, 0o700); err != nil {
		return fmt.Errorf("the store of the queue: %w", err)
	}
	fmt.Fprintf(log, "%d worker processes\n", settings.Workers)
	if err := through(ctx, settings, t, jobs, log); err != nil {
		return err
	}
	return os.RemoveAll(settings.Folder) // another user must have the table first
}

// settings returns the settings of a queue for a sweep.
func (f sweepFlags) settings(s sweep.Sweep, jobs int, log io.Writer) (q queue.Settings, err error) {
	q = queue.Settings{Place: f.place, Folder: f.output + ".queue", Sweep: f.title(s), Workers: min(f.processes(), jobs), Log: log}
	q.Place.Name, err = queueName()
	return q, err
}

// title distinguishes a sweep from others that are fed at the same time.
func (f sweepFlags) title(s sweep.Sweep) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // Check refuses NaN
	}
	return fmt.Sprintf("%s, shard %s, %.8x", filepath.Base(f.output), f.shard, sha256.Sum256(text))
}

// through does jobs through a queue and appends their rows to the table.
func through(ctx context.Context, s queue.Settings, t *sweep.Table, jobs []sweep.Job, log io.Writer) error {
	messages, byID := make([]queue.Job, len(jobs)), map[string]sweep.Job{}
	for i, j := range jobs {
		data, err := json.Marshal(j)
		if err != nil {
			panic(err) // Check refuses NaN
		}
		messages[i], byID[j.ID()] = queue.Job{ID: j.ID(), Data: data}, j
	}
	progress := sweep.NewProgress(log, jobs)
	return queue.Run(ctx, s, messages, func(r queue.Result) error {
		job := byID[r.ID]
		rows, err := rowsOf(job, r)
		if err != nil {
			return fmt.Errorf("%v: %w", job, err)
		}
		if err := t.Append(rows...); err != nil {
			return err
		}
		progress.Done(job, rows)
		return nil
	})
}

// rowsOf returns the rows of a finished job.
func rowsOf(job sweep.Job, r queue.Result) ([]sweep.Row, error) {
	if r.Failure != "" {
		return job.Failed(r.Failure), nil
	}
	return sweep.Decode(r.Data)
}
