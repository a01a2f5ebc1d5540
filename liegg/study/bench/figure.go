package bench

import (
	"fmt"
	"slices"
	"strings"
)

// Figure compares a contender with the lab at a job.
type Figure struct {
	Job, Contender string
	// Seconds is the contender's time and OurSeconds the lab's, medians over
	// the rounds.
	Seconds, OurSeconds float64
	// Ratio is the median over the rounds of the contender's time divided by
	// the lab's: above 1 the lab is faster. Least and Most are its extremes.
	Ratio, Least, Most float64
	Rounds             int
}

// Figures compares all contenders with the lab, job by job in the order of
// the times.
func Figures(times []Time) []Figure {
	var figures []Figure
	for _, job := range distinct(times, func(t Time) string { return t.Job }) {
		ours := of(times, job, Ours)
		for _, name := range distinct(times, func(t Time) string { return t.Contender }) {
			if theirs := of(times, job, name); name != Ours && len(theirs) > 0 && len(theirs) == len(ours) {
				figures = append(figures, compare(job, name, theirs, ours))
			}
		}
	}
	return figures
}

func compare(job, name string, theirs, ours []float64) Figure {
	ratios := make([]float64, len(ours))
	for i := range ratios {
		ratios[i] = theirs[i] / ours[i]
	}
	return Figure{
		Job: job, Contender: name, Rounds: len(ours),
		Seconds: median(theirs), OurSeconds: median(ours),
		Ratio: median(ratios), Least: slices.Min(ratios), Most: slices.Max(ratios),
	}
}

// of returns the seconds of a contender at a job, round by round.
func of(times []Time, job, contender string) (seconds []float64) {
	for _, t := range times {
		if t.Job == job && t.Contender == contender {
			seconds = append(seconds, t.Seconds)
		}
	}
	return seconds
}

func distinct(times []Time, key func(Time) string) (keys []string) {
	for _, t := range times {
		if k := key(t); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

func median(x []float64) float64 {
	sorted := slices.Sorted(slices.Values(x))
	return (sorted[(len(x)-1)/2] + sorted[len(x)/2]) / 2
}

// Table formats figures as Markdown.
func Table(figures []Figure) string {
	var b strings.Builder
	b.WriteString("| job | LieGG, s | beside | s | ratio (least … most) |\n|---|---|---|---|---|\n")
	for _, f := range figures {
		fmt.Fprintf(&b, "| %s | %.3g | %s | %.3g | **%.2f** (%.2f … %.2f) |\n",
			f.Job, f.OurSeconds, f.Contender, f.Seconds, f.Ratio, f.Least, f.Most)
	}
	return b.String()
}
