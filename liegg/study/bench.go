package main

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/study/bench"
)

func benchCommand(stdout, stderr io.Writer, args []string) error {
	flags := flag.NewFlagSet("study bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	names := flags.String("jobs", "", "comma-separated names of jobs; all by default")
	rounds := flags.Int("rounds", 5, "how often the contenders take turns")
	python := flags.String("python", "", "a Python with torch and jax; without one only the bare passes stand beside us")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "study bench times the lab beside PyTorch and JAX, in turn, and prints ratios.")
		flags.PrintDefaults()
		for _, job := range bench.Jobs() {
			fmt.Fprintf(stderr, "  %-14s %s\n", job.Name, job.About)
		}
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	jobs, err := jobsOf(*names)
	if err != nil {
		return err
	}
	if *rounds < 1 {
		return fmt.Errorf("--rounds must be at least 1, got %d", *rounds)
	}
	contenders := bench.InProcess()
	if *python != "" {
		peers, stop, err := bench.Peers(*python)
		if err != nil {
			return err
		}
		defer stop()
		maps.Copy(contenders, peers)
	}
	times, err := bench.Run(jobs, contenders, *rounds, func(t bench.Time) {
		fmt.Fprintf(stderr, "%-14s round %d  %-7s %.4f s\n", t.Job, t.Round+1, t.Contender, t.Seconds)
	})
	fmt.Fprint(stdout, bench.Table(bench.Figures(times)))
	return err
}

func jobsOf(names string) ([]bench.Job, error) {
	jobs := bench.Jobs()
	if names == "" {
		return jobs, nil
	}
	var chosen []bench.Job
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(jobs, func(j bench.Job) bool { return j.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("no job %q; study bench --help lists them", name)
		}
		chosen = append(chosen, jobs[i])
	}
	return chosen, nil
}
