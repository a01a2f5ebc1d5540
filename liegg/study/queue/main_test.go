package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"
)

// TestMain lets the test's own program be a worker or a process that feeds a
// queue, so that the tests can kill them.
func TestMain(m *testing.M) {
	roles := map[string]func([]string) error{"worker": workerRole, "feeder": feederRole}
	if len(os.Args) > 1 && roles[os.Args[1]] != nil {
		if err := roles[os.Args[1]](os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// workerRole serves the queue it inherits, or the place given as JSON.
func workerRole(args []string) error {
	place, ok := Inherited()
	if !ok {
		if err := json.Unmarshal([]byte(args[0]), &place); err != nil {
			return err
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	return Serve(ctx, place, work)
}

// order is the content of a job of the tests. A job writes its worker's process id to its own file each
// time it begins.
type order struct {
	Begun string        // the folder of these files
	Do    string        // what to do: see work
	Steps int           // of burn
	Sleep time.Duration // of sleep
}

func work(ctx context.Context, job Job) ([]byte, error) {
	var o order
	if err := json.Unmarshal(job.Data, &o); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(o.Begun, job.ID+".*")
	if err != nil {
		return nil, err
	}
	fmt.Fprint(f, os.Getpid())
	f.Close()
	switch o.Do {
	case "sleep":
		select {
		case <-time.After(o.Sleep):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	case "die":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "fail":
		return nil, errors.New("it diverged")
	case "panic":
		panic("index out of range")
	case "large":
		return make([]byte, 9<<20), nil
	case "burn":
		return []byte(strconv.FormatFloat(burn(o.Steps), 'g', -1, 64)), nil
	}
	return []byte("done " + job.ID), nil
}

// burn keeps one core busy: matrices of 32 columns are multiplied by one thread.
func burn(steps int) float64 {
	const n = 32
	a, b, c := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	for i := range n {
		a.Set(i, (i+1)%n, 1)
		b.Set(i, i, 1)
	}
	for range steps {
		c.Mul(a, b)
		b, c = c, b
	}
	return mat.Sum(b)
}

// sheet is a folder in which jobs leave that they have begun.
type sheet string

func (s sheet) jobs(prefix string, n int, o order) (jobs []Job) {
	o.Begun = string(s)
	data, _ := json.Marshal(o)
	for i := range n {
		jobs = append(jobs, Job{ID: fmt.Sprintf("%s-%d", prefix, i), Data: data})
	}
	return jobs
}

// begun are the process ids that have begun a job, in no order.
func (s sheet) begun(t testing.TB, id string) (pids []int) {
	files, err := filepath.Glob(filepath.Join(string(s), id+".*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, _ := os.ReadFile(file)
		if pid, err := strconv.Atoi(string(text)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// quiet are settings of an embedded queue for tests.
func quiet(t testing.TB, n int) Settings {
	return Settings{Folder: t.TempDir(), Sweep: "a sweep of " + t.Name(), Workers: n, Patience: time.Second, Log: logger{t}}
}

// logger writes to the test's log.
type logger struct{ t testing.TB }

func (l logger) Write(p []byte) (int, error) {
	l.t.Logf("%s", p)
	return len(p), nil
}

// once is a handler that refuses a second result of a job.
func once(results map[string]Result) func(Result) error {
	return func(r Result) error {
		if _, twice := results[r.ID]; twice {
			return fmt.Errorf("%s twice", r.ID)
		}
		results[r.ID] = r
		return nil
	}
}

// all checks that every job has its own good result.
func all(t testing.TB, jobs []Job, results map[string]Result) {
	t.Helper()
	for _, job := range jobs {
		if r := results[job.ID]; string(r.Data) != "done "+job.ID || r.Failure != "" {
			t.Errorf("job %s: %q, %q", job.ID, r.Data, r.Failure)
		}
	}
	if len(results) != len(jobs) {
		t.Errorf("%d results of %d jobs", len(results), len(jobs))
	}
}
