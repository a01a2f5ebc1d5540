package queue

import (
	"sync"
	"testing"
	"time"
)

// BenchmarkQueueAgainstLoop does 40 jobs of about a second of one core each, in
// turn by a plain loop, by two loops at once, and through an embedded queue with
// two workers. Speedup compares the queue with the loop: at most 2, and that on
// two real cores with nothing else to do. Of-two compares it with the two loops,
// which share the machine's other load: what the queue itself costs.
func BenchmarkQueueAgainstLoop(b *testing.B) {
	const jobs, cores = 40, 2
	steps := second()
	for b.Loop() {
		loop := took(func() { loops(1, jobs, steps) })
		two := took(func() { loops(cores, jobs/cores, steps) })
		s, begun := quiet(b, cores), sheet(b.TempDir())
		s.Patience = 0
		results := map[string]Result{}
		queue := took(func() {
			if err := Run(b.Context(), s, begun.jobs("job", jobs, order{Do: "burn", Steps: steps}), once(results)); err != nil {
				b.Fatal(err)
			}
		})
		if len(results) != jobs {
			b.Fatalf("%d results", len(results))
		}
		b.ReportMetric(loop, "loop-s")
		b.ReportMetric(two, "two-loops-s")
		b.ReportMetric(queue, "queue-s")
		b.ReportMetric(loop/queue, "speedup")
		b.ReportMetric(two/queue, "of-two")
	}
}

// took is the time of f in seconds.
func took(f func()) float64 {
	begin := time.Now()
	f()
	return time.Since(begin).Seconds()
}

// loops burns in several plain loops at once.
func loops(n, jobs, steps int) {
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			for range jobs {
				burn(steps)
			}
		})
	}
	group.Wait()
}

// second is the number of steps of burn in about a second.
func second() int {
	const probe = 500_000
	begin := time.Now()
	burn(probe)
	return int(probe * time.Second / time.Since(begin))
}

// BenchmarkSmallJobs shows what the queue itself costs a job, with one worker.
func BenchmarkSmallJobs(b *testing.B) {
	s, begun := quiet(b, 1), sheet(b.TempDir())
	jobs := begun.jobs("job", 1000, order{})
	for b.Loop() {
		if err := Run(b.Context(), s, jobs, func(Result) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N*len(jobs)), "ms/job")
}
