package main

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/internal/atomicfile"
	"github.com/liegg/lab/liegg/study/score"
)

func scoreCommand(stdout, stderr io.Writer, args []string) error {
	flags := flag.NewFlagSet("study score", flag.ContinueOnError)
	flags.SetOutput(stderr)
	cases := flags.String("cases", "", "comma-separated names of cases, of "+strings.Join(groundtruth.Names(), ", ")+"; all by default")
	kinds := flags.String("kinds", "exact,trained", "what to analyse: exact, trained, shuffled")
	seeds := flags.Int("seeds", 5, "number of seeds of each network")
	first := flags.Uint64("first", 0, "the first seed")
	output := flags.String("o", "", "CSV file to write; standard output by default")
	if err := parse(flags, args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("score does not take %q: name cases with --cases", flags.Arg(0))
	}
	trials, err := trialsOf(*cases, *kinds, *first, *seeds)
	if err != nil {
		return err
	}
	rows := make([]score.Row, 0, len(trials))
	for i, t := range trials {
		row, err := t.Run()
		if err != nil {
			return err
		}
		rows = append(rows, row)
		fmt.Fprintf(stderr, "%d/%d  %s, %s, seed %d: %s, %d of %d %s (%.1f s)\n",
			i+1, len(trials), row.Case, row.Kind, row.Seed, row.Outcome(), row.Dim, row.Truth, row.Name, row.Seconds)
	}
	fmt.Fprintln(stderr, score.Summarise(rows))
	return write(stdout, *output, rows)
}

func trialsOf(cases, kinds string, first uint64, seeds int) ([]score.Trial, error) {
	if seeds < 1 {
		return nil, fmt.Errorf("--seeds must be at least 1, got %d", seeds)
	}
	chosen := groundtruth.All()
	if cases != "" {
		chosen = nil
		for name := range strings.SplitSeq(cases, ",") {
			c, err := groundtruth.ByName(name)
			if err != nil {
				return nil, err
			}
			chosen = append(chosen, c)
		}
	}
	var trials []score.Trial
	for name := range strings.SplitSeq(kinds, ",") {
		kind, err := score.ParseKind(name)
		if err != nil {
			return nil, err
		}
		for _, c := range chosen {
			for s := range uint64(seeds) {
				trials = append(trials, score.Trial{Case: c, Kind: kind, Seed: first + s})
			}
		}
	}
	return trials, nil
}

// write replaces the file only once its new content is complete.
func write(stdout io.Writer, output string, rows []score.Row) error {
	if output == "" {
		return score.Write(stdout, rows)
	}
	return atomicfile.Write(output, func(w io.Writer) error { return score.Write(w, rows) })
}
