package queue

import (
	"testing"
	"time"
)

// BenchmarkQueueAgainstLoop does 40 jobs of about a second of one core each, one
// after the other in this process and then through an embedded queue with two
// workers. Speedup is the ratio of the times: at most 2, on two cores that have
// nothing else to do.
func BenchmarkQueueAgainstLoop(b *testing.B) {
	const jobs, cores = 40, 2
	steps := second()
	for b.Loop() {
		begin := time.Now()
		for range jobs {
			burn(steps)
		}
		loop := time.Since(begin)
		s, begun := quiet(b, cores), sheet(b.TempDir())
		s.Patience = 0
		results := map[string]Result{}
		begin = time.Now()
		if err := Run(b.Context(), s, begun.jobs("job", jobs, order{Do: "burn", Steps: steps}), once(results)); err != nil {
			b.Fatal(err)
		}
		queue := time.Since(begin)
		if len(results) != jobs {
			b.Fatalf("%d results", len(results))
		}
		b.ReportMetric(loop.Seconds(), "loop-s")
		b.ReportMetric(queue.Seconds(), "queue-s")
		b.ReportMetric(loop.Seconds()/queue.Seconds(), "speedup")
	}
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
