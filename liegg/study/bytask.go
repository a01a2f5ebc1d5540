package main

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/liegg/lab/liegg/internal/atomicfile"
)

// byTask is a command that runs tasks of type T for several seeds, and writes a table with rows of
// type R.
type byTask[T, R any] struct {
	name, about string
	tasks       string // the default, with commas between them
	seeds       int    // the default
	byName      func(name string) (T, error)
	run         func(task T, seed uint64, add func(row R)) error
	write       func(to io.Writer, rows []R) error
}

// command runs what args say. Names are checked before the first task begins.
func (s byTask[T, R]) command(stdout, stderr io.Writer, args []string) error {
	flags := flag.NewFlagSet("study "+s.name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	names := flags.String("tasks", s.tasks, "tasks, with commas between them")
	seeds := flags.Int("seeds", s.seeds, "number of seeds")
	first := flags.Uint64("first", 0, "the first seed")
	output := flags.String("o", "", "CSV file to write; standard output by default")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "study "+s.name+" "+s.about)
		flags.PrintDefaults()
	}
	if err := parse(flags, args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%s takes no %q: choose tasks by --tasks", s.name, flags.Arg(0))
	}
	if *seeds < 1 {
		return fmt.Errorf("--seeds must be at least 1, got %d", *seeds)
	}
	var tasks []T
	for name := range strings.SplitSeq(*names, ",") {
		task, err := s.byName(name)
		if err != nil {
			return err
		}
		tasks = append(tasks, task)
	}
	var rows []R
	for _, task := range tasks {
		for seed := *first; seed < *first+uint64(*seeds); seed++ {
			if err := s.run(task, seed, func(row R) { rows = append(rows, row) }); err != nil {
				return err
			}
		}
	}
	if *output == "" {
		return s.write(stdout, rows)
	}
	return atomicfile.Write(*output, func(w io.Writer) error { return s.write(w, rows) })
}
