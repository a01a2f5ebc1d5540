package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/study/queue/queuetest"
)

// feeding is the task of a feeder. Like a sweep it stores its results as lines of a file and requests the
// jobs that have none.
type feeding struct {
	Settings Settings
	Jobs     []Job
	Rows     string
}

func feederRole(args []string) error {
	var f feeding
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	file, err := os.OpenFile(f.Rows, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return Run(context.Background(), f.Settings, f.open(), func(r Result) error {
		if _, err := fmt.Fprintf(file, "%s\t%s%s\n", r.ID, r.Data, r.Failure); err != nil {
			return err
		}
		return file.Sync()
	})
}

// rows counts the rows of each job.
func (f feeding) rows() map[string]int {
	rows := map[string]int{}
	text, _ := os.ReadFile(f.Rows)
	for line := range strings.Lines(string(text)) {
		id, _, _ := strings.Cut(line, "\t")
		rows[id]++
	}
	return rows
}

func (f feeding) open() (jobs []Job) {
	rows := f.rows()
	for _, job := range f.Jobs {
		if rows[job.ID] == 0 {
			jobs = append(jobs, job)
		}
	}
	return jobs
}

// start starts a feeder on a machine. wait returns its error.
func (f feeding) start(t testing.TB, m queuetest.Machine) (feeder *os.Process, wait func() error) {
	t.Helper()
	f.Settings.Log = nil // an interface does not travel
	path := f.Rows + ".json"
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return queuetest.Start(t, m, "feeder", path)
}
