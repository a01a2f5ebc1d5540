package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/liegg/lab/liegg/ask"
	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/study/queue"
	"github.com/liegg/lab/liegg/study/sweep"
)

const sweepUsage = `usage: study sweep FILE.json|PRESET [-o rows.csv] [--workers N | --plain] [--nats URL --creds FILE]
                   [--shard i/n] [--fresh] [--print]

Trains and measures every network of a sweep, and writes one row of CSV as each is done.
The same command continues where it was stopped. Presets: %s.

By default one worker process per core does the jobs; what dies is started again, and
a job that kills its worker three times is a row that says so. With --nats the jobs go
to a NATS server with JetStream that others run, for all the workers that join it with
study worker --nats URL --creds FILE. nats-server -js is such a server; this checkout
builds it: go run github.com/nats-io/nats-server/v2 -js. Without users and TLS it is for
networks that are trusted, at nats://host:4222. Where there is a scheduler, --shard i/n
does a share in this process, and study merge joins the tables.

`

// sweepFlags are the command-line flags of a sweep.
type sweepFlags struct {
	name, output, shard string
	fresh, print, plain bool
	workers             int
	place               queue.Place // if it has a URL, that of an external server
}

func parseSweepFlags(stderr io.Writer, args []string) (f sweepFlags, err error) {
	flags := flag.NewFlagSet("study sweep", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&f.output, "o", "", "CSV file of the rows; by default named after the sweep, here")
	flags.StringVar(&f.shard, "shard", wholeSweep, "do the i-th of n shares of the jobs, for merge to join")
	flags.BoolVar(&f.fresh, "fresh", false, "start over; existing rows are kept as rows.csv.1")
	flags.BoolVar(&f.print, "print", false, "print the sweep as JSON and do nothing")
	flags.BoolVar(&f.plain, "plain", false, "do the jobs in this process, one after the other, as --workers 1")
	flags.IntVar(&f.workers, "workers", 0, "worker processes on this machine; 0 means one per core, or none with --nats, and one with --shard")
	placeFlags(flags, &f.place)
	flags.Usage = func() {
		fmt.Fprintf(stderr, sweepUsage, strings.Join(sweep.Presets(), ", "))
		flags.PrintDefaults()
	}
	names, err := mixed(flags, args)
	if err != nil {
		return f, err
	}
	if len(names) != 1 {
		return f, fmt.Errorf("sweep needs one JSON file or preset (%s), got %q", strings.Join(sweep.Presets(), ", "), names)
	}
	f.name = names[0]
	if f.output == "" {
		f.output = strings.TrimSuffix(filepath.Base(f.name), ".json") + ".csv"
	}
	return f, f.check()
}

// check returns an error if flags do not go together.
func (f sweepFlags) check() error {
	switch {
	case f.workers < 0:
		return fmt.Errorf("--workers needs a positive number, got %d", f.workers)
	case f.plain && (f.workers > 1 || f.place.URL != ""):
		return errors.New("--plain uses no queue: leave out --workers and --nats")
	case f.place.URL == "" && f.place != queue.Place{}:
		return errors.New("--creds and --ca belong to a server: name it with --nats")
	}
	return nil
}

// processes returns the number of workers on this machine.
func (f sweepFlags) processes() int {
	switch {
	case f.workers > 0 || f.place.URL != "":
		return f.workers
	case f.plain || f.shard != wholeSweep:
		return 1
	}
	return runtime.GOMAXPROCS(0)
}

// wholeSweep is the only shard of one.
const wholeSweep = "1/1"

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
	return f.on(stderr, t, s, t.Jobs(shard, count))
}

// on does the remaining jobs.
func (f sweepFlags) on(stderr io.Writer, t *sweep.Table, s sweep.Sweep, jobs []sweep.Job) (err error) {
	path := f.output
	if t.Cut() {
		fmt.Fprintf(stderr, "%s ended within a row, which is done again\n", path)
	}
	fmt.Fprintf(stderr, "%d of %d rows are in %s, %d jobs to do\n", t.Len(), t.Total(), path, len(jobs))
	ctx, stop := interruptible()
	defer stop()
	if f.place.URL == "" && f.processes() == 1 {
		err = sweep.Work(ctx, t, jobs, stderr)
	} else if len(jobs) > 0 {
		err = queued(ctx, f, t, s, jobs, stderr)
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("stopped with %d of %d rows in %s: the same command continues from there", t.Len(), t.Total(), path)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%d of %d rows are in %s\n", t.Len(), t.Total(), path)
	return nil
}

// sweepNamed returns a preset, or the sweep of a file.
func sweepNamed(name string) (sweep.Sweep, error) {
	if s, err := sweep.Preset(name); err == nil || !strings.HasSuffix(name, ".json") {
		return s, err
	}
	text, err := bounded.ReadFile(name, 0)
	if err != nil {
		return sweep.Sweep{}, err
	}
	s, err := sweep.Parse(bytes.NewReader(text))
	if err != nil {
		return s, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

func parseShard(text string) (shard, count int, err error) {
	var rest string
	n, _ := fmt.Sscanf(text+" .", "%d/%d %s", &shard, &count, &rest)
	if n != 3 || rest != "." || shard < 1 || shard > count {
		return 0, 0, fmt.Errorf("--shard needs i/n with 1 ≤ i ≤ n, such as 2/3, got %q", text)
	}
	return shard, count, nil
}

const mergeUsage = `usage: study merge ROWS.csv... -o whole.csv
       study merge SHARE... [--report page.html] [--json]

Joins the tables of shards of one sweep. A table of an earlier version, whose rows
have no digests, is written with them: study merge rows.csv -o rows.csv

Of the shares that study judge --shard has written, it gives the verdict, in words or as
--report and --json say. It needs the model and the data, too.

`

func mergeCommand(stdout, stderr io.Writer, args []string) error {
	flags := flag.NewFlagSet("study merge", flag.ContinueOnError)
	flags.SetOutput(stderr)
	output := flags.String("o", "", "CSV file to write, for tables")
	var shares mergeFlags
	shares.declare(flags, reportEndings...)
	flags.StringVar(&shares.model, "model", "", "where the model is now, for shares of judge")
	flags.StringVar(&shares.data, "data", "", "where the data are now, for shares of judge")
	flags.Usage = func() {
		fmt.Fprint(stderr, mergeUsage)
		flags.PrintDefaults()
	}
	names, err := mixed(flags, args)
	if err != nil {
		return err
	}
	if len(names) > 0 && ask.IsShare(names[0]) {
		if *output != "" {
			return fmt.Errorf("-o is for tables: the verdict of shares is printed, and --report writes it to a file")
		}
		return mergeShares(stdout, stderr, names, shares)
	}
	if len(names) == 0 || *output == "" {
		return fmt.Errorf("merge needs the tables to join, and -o with the file to write")
	}
	rows, total, err := sweep.Merge(*output, names...)
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%d of %d rows are in %s\n", rows, total, *output)
	if rows < total {
		fmt.Fprintf(stderr, "%d are missing: add the shards that have them, or continue with `sweep … -o %s`\n", total-rows, *output)
	}
	return nil
}
