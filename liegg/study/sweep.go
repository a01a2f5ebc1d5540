package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/liegg/lab/liegg/study/sweep"
)

const sweepUsage = `usage: study sweep FILE.json|PRESET [-o rows.csv] [--shard i/n] [--fresh] [--print]

Trains and measures every network of a sweep, one row of CSV for each as it is done.
The same command goes on where it was stopped. Presets: %s.

`

// sweepFlags are what the command line of a sweep says.
type sweepFlags struct {
	name, output, shard string
	fresh, print        bool
}

func parseSweepFlags(stderr io.Writer, args []string) (f sweepFlags, err error) {
	flags := flag.NewFlagSet("study sweep", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&f.output, "o", "", "CSV file of the rows; by default named after the sweep, here")
	flags.StringVar(&f.shard, "shard", "1/1", "do the i-th of n shares of the jobs, for merge to join")
	flags.BoolVar(&f.fresh, "fresh", false, "begin anew; rows that are there are kept beside, as rows.csv.1")
	flags.BoolVar(&f.print, "print", false, "print the sweep as JSON and do nothing")
	flags.Usage = func() {
		fmt.Fprintf(stderr, sweepUsage, strings.Join(sweep.Presets(), ", "))
		flags.PrintDefaults()
	}
	names, err := mixed(flags, args)
	if err != nil {
		return f, err
	}
	if len(names) != 1 {
		return f, fmt.Errorf("sweep wants one JSON file or preset (%s), got %q", strings.Join(sweep.Presets(), ", "), names)
	}
	f.name = names[0]
	if f.output == "" {
		f.output = strings.TrimSuffix(filepath.Base(f.name), ".json") + ".csv"
	}
	return f, nil
}

// mixed parses flags that may stand before and behind names.
func mixed(flags *flag.FlagSet, args []string) (names []string, err error) {
	for {
		if err := flags.Parse(args); err != nil || flags.NArg() == 0 {
			return names, err
		}
		names, args = append(names, flags.Arg(0)), flags.Args()[1:]
	}
}

func sweepCommand(stdout, stderr io.Writer, args []string) error {
	f, err := parseSweepFlags(stderr, args)
	if err != nil {
		return err
	}
	shard, count, err := parseShard(f.shard)
	if err != nil {
		return err
	}
	s, err := sweepNamed(f.name)
	if err != nil {
		return err
	}
	if f.print {
		e := json.NewEncoder(stdout)
		e.SetIndent("", "  ")
		return e.Encode(s)
	}
	t, err := sweep.Open(f.output, s, f.fresh)
	if err != nil {
		return err
	}
	defer t.Close()
	return sweepOn(stderr, t, f.output, t.Jobs(shard, count))
}

// sweepOn does the jobs that are left.
func sweepOn(stderr io.Writer, t *sweep.Table, path string, jobs []sweep.Job) error {
	if t.Cut() {
		fmt.Fprintf(stderr, "%s ended within a row, which is done again\n", path)
	}
	fmt.Fprintf(stderr, "%d of %d rows are in %s, %d jobs to do\n", t.Len(), t.Total(), path, len(jobs))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := sweep.Work(ctx, t, jobs, stderr)
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("stopped with %d of %d rows in %s: the same command goes on from there", t.Len(), t.Total(), path)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%d of %d rows are in %s\n", t.Len(), t.Total(), path)
	return nil
}

// sweepNamed is a preset, or the sweep of a file.
func sweepNamed(name string) (sweep.Sweep, error) {
	if s, err := sweep.Preset(name); err == nil || !strings.HasSuffix(name, ".json") {
		return s, err
	}
	file, err := os.Open(name)
	if err != nil {
		return sweep.Sweep{}, err
	}
	defer file.Close()
	s, err := sweep.Parse(file)
	if err != nil {
		return s, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

func parseShard(text string) (shard, count int, err error) {
	var rest string
	n, _ := fmt.Sscanf(text+" .", "%d/%d %s", &shard, &count, &rest)
	if n != 3 || rest != "." || shard < 1 || shard > count {
		return 0, 0, fmt.Errorf("--shard wants i/n with 1 ≤ i ≤ n, such as 2/3, got %q", text)
	}
	return shard, count, nil
}

func mergeCommand(stdout, stderr io.Writer, args []string) error {
	flags := flag.NewFlagSet("study merge", flag.ContinueOnError)
	flags.SetOutput(stderr)
	output := flags.String("o", "", "CSV file to write")
	flags.Usage = func() {
		fmt.Fprint(stderr, "usage: study merge ROWS.csv... -o whole.csv\n\nJoins the tables of shards of one sweep.\n\n")
		flags.PrintDefaults()
	}
	names, err := mixed(flags, args)
	if err != nil {
		return err
	}
	if len(names) == 0 || *output == "" {
		return fmt.Errorf("merge wants the tables to join, and -o with the file to write")
	}
	rows, total, err := sweep.Merge(*output, names...)
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%d of %d rows are in %s\n", rows, total, *output)
	if rows < total {
		fmt.Fprintf(stderr, "%d are missing: give the shards that have them, or go on with `sweep … -o %s`\n", total-rows, *output)
	}
	return nil
}
