package main

import (
	"encoding/json"
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
	rounds := flags.Int("rounds", 5, "number of rounds in which the contenders take turns")
	peers := flags.Bool("peers", false, "include PyTorch and JAX, on the same device, in a virtual environment in the cache folder (6 GB, made at the first call)")
	python := flags.String("python", "", "your own Python with torch and jax, instead of that environment")
	with := flags.String("with", "", "comma-separated names of the contenders to time beside the lab, such as JAX or verdict (the lab's own whole verdict); all but verdict by default")
	lines := flags.Bool("json", false, "write each time as a line of JSON, instead of a table of ratios")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "study bench times the lab beside PyTorch and JAX, in turn, and prints ratios.")
		flags.PrintDefaults()
		for _, job := range bench.Jobs() {
			fmt.Fprintf(stderr, "  %-14s %s\n", job.Name, job.About)
		}
	}
	if err := parse(flags, args); err != nil {
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
	if *peers && *python == "" {
		if *python, err = bench.PeersPython(); err != nil {
			return err
		}
	}
	if *python != "" {
		device, err := bench.Device()
		if err != nil {
			return err
		}
		fmt.Fprintln(stderr, "all compute on:", device)
		others, stop, err := bench.Peers(*python, device)
		if err != nil {
			return err
		}
		defer stop()
		maps.Copy(contenders, others)
	}
	if contenders, err = chosen(contenders, *with); err != nil {
		return err
	}
	times, err := bench.Run(jobs, contenders, *rounds, func(t bench.Time) {
		fmt.Fprintf(stderr, "%-14s round %d  %-7s %.4f s\n", t.Job, t.Round+1, t.Contender, t.Seconds)
		if *lines {
			json.NewEncoder(stdout).Encode(t)
		}
	})
	if !*lines {
		fmt.Fprint(stdout, bench.Table(bench.Figures(times)))
	}
	return err
}

// chosen returns the lab and the contenders of the given names; "" means all but verdict.
func chosen(contenders map[string]bench.Contender, names string) (map[string]bench.Contender, error) {
	if names == "" {
		delete(contenders, "verdict")
		return contenders, nil
	}
	some := map[string]bench.Contender{bench.Ours: contenders[bench.Ours]}
	for name := range strings.SplitSeq(names, ",") {
		if contenders[name] == nil {
			return nil, fmt.Errorf("no contender %q, only %s; PyTorch's and JAX's need --peers or --python", name, strings.Join(slices.Sorted(maps.Keys(contenders)), ", "))
		}
		some[name] = contenders[name]
	}
	return some, nil
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
