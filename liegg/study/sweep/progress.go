package sweep

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// Progress reports the progress of jobs, one line per job, with the time
// left.
type Progress struct {
	log           io.Writer
	now           func() time.Time
	begun         time.Time
	count, number int
	done, cost    float64
}

// NewProgress starts the clock.
func NewProgress(log io.Writer, jobs []Job) *Progress {
	p := &Progress{log: log, now: time.Now, begun: time.Now(), number: len(jobs)}
	for _, j := range jobs {
		p.cost += j.cost()
	}
	return p
}

// Done reports a finished job and its rows.
func (p *Progress) Done(job Job, rows []Row) {
	p.count++
	p.done += job.cost()
	fmt.Fprintf(p.log, "%d/%d  %v: %s%s\n", p.count, p.number, job, summary(rows), p.timeLeft())
}

// leastDone is the share of all work from which on the time left is
// estimated. Small jobs come first and spend most of their time on other
// things than multiplications, so they say nothing about large ones.
const leastDone = .05

// timeLeft returns the time left, assuming that jobs take time in proportion to
// their multiplications, or "" if too little is done.
func (p *Progress) timeLeft() string {
	if p.done < leastDone*p.cost {
		return ""
	}
	left := time.Duration(float64(p.now().Sub(p.begun)) * (p.cost - p.done) / p.done)
	return fmt.Sprintf("; about %v left", rounded(left))
}

// summary describes some rows: the median fit and the dimensions found.
func summary(rows []Row) string {
	var fits []float64
	var dims []string
	failed, reason := 0, ""
	for _, r := range rows {
		if r.Failed != "" {
			failed, reason = failed+1, r.Failed
			continue
		}
		fits = append(fits, r.Fit)
		mark := map[string]string{"undetermined": "?", "approximate": "≈"}[r.Answer]
		dims = append(dims, fmt.Sprint(r.Dim)+mark)
	}
	text := ""
	if len(fits) > 0 {
		slices.Sort(fits)
		text = fmt.Sprintf("fit %.3f, generators %v of %d", fits[len(fits)/2], dims, rows[0].Truth)
	}
	if failed > 0 {
		text += fmt.Sprintf(" %d failed (%s)", failed, short(reason))
	}
	return text
}

func rounded(d time.Duration) time.Duration {
	if d > time.Minute {
		return d.Round(10 * time.Second)
	}
	return d.Round(time.Second)
}
