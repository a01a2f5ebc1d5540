package sweep

import (
	"strings"
	"testing"
	"time"
)

// The time of a small job says nothing about large ones. Once some of these are done, the remaining time
// is estimated for the rest.
func TestTimeLeftWaitsUntilItIsKnown(t *testing.T) {
	s := Sweep{Tasks: []string{"o5"}, Samples: []int{1000}, Widths: []int{8, 128}, Depths: []int{1, 4}, Seeds: 5, Steps: 4000}.Default()
	jobs := s.Jobs()
	if len(jobs) != 4 {
		t.Fatalf("%d jobs", len(jobs))
	}
	var log strings.Builder
	p := NewProgress(&log, jobs)
	now := p.begun
	p.now = func() time.Time { return now }
	work := 0.
	for _, j := range jobs {
		now = now.Add(3 * time.Second)
		p.Done(j, nil)
		work += j.cost()
		line := log.String()
		log.Reset()
		if told := strings.Contains(line, "left"); told != (work >= leastDone*p.cost) {
			t.Errorf("%.3f of the work is done: %q", work/p.cost, line)
		}
	}
	if first := jobs[0].cost() / p.cost; first > leastDone {
		t.Errorf("the first job is %.2f of the work: choose larger ones beside it", first)
	}
}
