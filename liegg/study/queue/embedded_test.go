package queue

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/liegg/lab/liegg/study/queue/queuetest"
)

func TestEveryJobIsHandledOnce(t *testing.T) {
	t.Parallel()
	s, begun := quiet(t, 2), sheet(t.TempDir())
	jobs := begun.jobs("job", 200, order{})
	jobs = append(jobs, Job{ID: "a name with. > * and ünïcode\n", Data: begun.jobs("", 1, order{Do: "fail"})[0].Data})
	jobs = append(jobs, begun.jobs("panic", 1, order{Do: "panic"})...)
	jobs = append(jobs, begun.jobs("large", 1, order{Do: "large"})...)
	results := map[string]Result{}
	if err := Run(t.Context(), s, jobs, once(results)); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"it diverged", "panic: index out of range", "maximum payload"} {
		id := jobs[200+i].ID
		if r := results[id]; !strings.Contains(r.Failure, want) || r.Data != nil {
			t.Errorf("%q: %d bytes, failure %q, want %q", id, len(r.Data), r.Failure, want)
		}
		delete(results, id)
	}
	all(t, jobs[:200], results)
	for _, job := range jobs[:200] {
		if n := len(begun.begun(t, job.ID)); n != 1 {
			t.Errorf("%s was begun %d times", job.ID, n)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(s.Folder, "queue", "*")); len(left) != 1 { // the lock
		t.Errorf("the store is left behind: %v", left)
	}
}

func TestKilledWorkerLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Parallel()
	s, begun := quiet(t, 2), sheet(t.TempDir())
	jobs := begun.jobs("job", 12, order{Do: "sleep", Sleep: 300 * time.Millisecond})
	results, killed := map[string]Result{}, ""
	err := Run(t.Context(), s, jobs, func(r Result) error {
		for i := 0; killed == "" && len(results) >= 2 && i < len(jobs); i++ {
			id := jobs[i].ID
			if pids := begun.begun(t, id); len(pids) == 1 && results[id].ID == "" && id != r.ID {
				killed = id
				syscall.Kill(pids[0], syscall.SIGKILL)
			}
		}
		return once(results)(r)
	})
	if err != nil {
		t.Fatal(err)
	}
	all(t, jobs, results)
	if n := len(begun.begun(t, killed)); killed == "" || n < 1 || n > 2 { // 1 if it had just ended
		t.Errorf("the job %q of the killed worker was begun %d times", killed, n)
	}
}

func TestKillerIsAFailedResult(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Parallel()
	s, begun := quiet(t, 1), sheet(t.TempDir())
	killers := begun.jobs("killer", 2, order{Do: "die"})
	jobs := append(killers, begun.jobs("job", 4, order{})...)
	results := map[string]Result{}
	if err := Run(t.Context(), s, jobs, once(results)); err != nil {
		t.Fatal(err)
	}
	for _, job := range killers {
		if r := results[job.ID]; !strings.Contains(r.Failure, "fell silent 3 times") {
			t.Errorf("%s: %q, %q", job.ID, r.Data, r.Failure)
		}
		if n := len(begun.begun(t, job.ID)); n != 3 {
			t.Errorf("%s was begun %d times", job.ID, n)
		}
		delete(results, job.ID)
	}
	all(t, jobs[2:], results)
}

func TestKilledFeederLosesNothingAndLeavesNobody(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Parallel()
	begun := sheet(t.TempDir())
	jobs := begun.jobs("job", 24, order{Do: "sleep", Sleep: 150 * time.Millisecond})
	f := feeding{quiet(t, 2), jobs, filepath.Join(t.TempDir(), "rows")}
	pids := map[int]bool{}
	for _, kill := range []int{3, 9, 16} {
		feeder, wait := f.start(t, queuetest.Machine{})
		queuetest.Eventually(t, 20*time.Second, "rows are written", func() bool { return len(f.rows()) >= kill })
		feeder.Kill()
		wait()
		for _, job := range jobs {
			for _, pid := range begun.begun(t, job.ID) {
				pids[pid] = true
			}
		}
		queuetest.Eventually(t, 5*time.Second, "the workers have ended", func() bool { return !anyAlive(pids) })
	}
	_, wait := f.start(t, queuetest.Machine{})
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	for _, job := range jobs {
		if n := f.rows()[job.ID]; n != 1 {
			t.Errorf("%s has %d rows", job.ID, n)
		}
	}
	if n := len(pids); n < 4 {
		t.Errorf("there were %d workers, so the test does not show that they end", n)
	}
	total, _ := os.ReadDir(string(begun))
	if n := len(total); n > len(jobs)+3*2 {
		t.Errorf("%d jobs were begun %d times with 3 kills of 2 workers", len(jobs), n)
	}
}

func anyAlive(pids map[int]bool) bool {
	for pid := range pids {
		if queuetest.Alive(pid) {
			return true
		}
	}
	return false
}

func TestResultsWaitForAHandlerThatFailed(t *testing.T) {
	t.Parallel()
	s, begun := quiet(t, 1), sheet(t.TempDir())
	jobs := begun.jobs("job", 5, order{})
	full := errors.New("no space left")
	results := map[string]Result{}
	err := Run(t.Context(), s, jobs, func(r Result) error {
		queuetest.Eventually(t, 20*time.Second, "all jobs are begun", func() bool { return len(begun.begun(t, "job-4")) > 0 })
		time.Sleep(300 * time.Millisecond)
		return full
	})
	if !errors.Is(err, full) {
		t.Fatalf("error %v", err)
	}
	if err := Run(t.Context(), s, jobs, once(results)); err != nil {
		t.Fatal(err)
	}
	all(t, jobs, results)
	if total, _ := os.ReadDir(string(begun)); len(total) != len(jobs) {
		t.Errorf("%d jobs were begun %d times", len(jobs), len(total))
	}
}

func TestStoppedRunGoesOn(t *testing.T) {
	t.Parallel()
	s, begun := quiet(t, 2), sheet(t.TempDir())
	jobs := begun.jobs("job", 8, order{Do: "sleep", Sleep: 200 * time.Millisecond})
	results := map[string]Result{}
	ctx, cancel := context.WithCancel(t.Context())
	err := Run(ctx, s, jobs, func(r Result) error {
		if len(results) == 3 {
			cancel()
		}
		return once(results)(r)
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	var rest []Job
	for _, job := range jobs[:7] { // the last one is no longer wanted
		if results[job.ID].ID == "" {
			rest = append(rest, job)
		}
	}
	if err := Run(t.Context(), s, rest, once(results)); err != nil {
		t.Fatal(err)
	}
	if results["job-7"].ID == "" {
		all(t, jobs[:7], results)
	}
}

func TestOneFeederForAFolder(t *testing.T) {
	t.Parallel()
	s, begun := quiet(t, 1), sheet(t.TempDir())
	err := Run(t.Context(), s, begun.jobs("job", 1, order{}), func(Result) error {
		return Run(t.Context(), s, begun.jobs("other", 1, order{}), func(Result) error { return nil })
	})
	if err == nil || !strings.Contains(err.Error(), "another process works in "+s.Folder) {
		t.Errorf("error %v", err)
	}
}

func TestWorkersThatDoNotStart(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{"false": "given up", "true": "before they take a job", "/no/such/program": "before they take a job"} {
		s := quiet(t, 2)
		s.Command = []string{command}
		err := Run(t.Context(), s, sheet(t.TempDir()).jobs("job", 3, order{}), func(Result) error { return nil })
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), command) {
			t.Errorf("error %v", err)
		}
	}
}

func TestJobsThatAreNotDistinct(t *testing.T) {
	for _, jobs := range [][]Job{{{ID: "a"}, {ID: "b"}, {ID: "a"}}, {{ID: ""}}} {
		if err := Run(t.Context(), quiet(t, 1), jobs, nil); err == nil {
			t.Errorf("no error for %v", jobs)
		}
	}
	if err := Run(t.Context(), quiet(t, 1), nil, nil); err != nil {
		t.Errorf("no jobs: %v", err)
	}
}
