package main

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/liegg/lab/liegg/internal/atomicfile"
	"github.com/liegg/lab/liegg/study/gains"
)

func gainsCommand(stdout, stderr io.Writer, args []string) error {
	flags := flag.NewFlagSet("study gains", flag.ContinueOnError)
	flags.SetOutput(stderr)
	tasks := flags.String("tasks", "o5,two bodies,digits", "tasks, with commas between them")
	seeds := flags.Int("seeds", 5, "number of seeds")
	first := flags.Uint64("first", 0, "the first seed")
	output := flags.String("o", "", "CSV file to write; standard output by default")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "study gains trains networks on few samples, finds their symmetry, uses it in four ways, and writes the error on fresh samples, one row for each network. Networks are kept, so that a run that was interrupted continues.")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("gains takes no %q: choose tasks by --tasks", flags.Arg(0))
	}
	if *seeds < 1 {
		return fmt.Errorf("--seeds must be at least 1, got %d", *seeds)
	}
	var chosen []gains.Task
	for name := range strings.SplitSeq(*tasks, ",") {
		task, err := gains.ByName(name)
		if err != nil {
			return err
		}
		chosen = append(chosen, task)
	}
	var rows []gains.Row
	for _, task := range chosen {
		for seed := *first; seed < *first+uint64(*seeds); seed++ {
			err := task.Run(seed, func(r gains.Row) error {
				fmt.Fprintln(stderr, r)
				rows = append(rows, r)
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	if *output == "" {
		return gains.Write(stdout, rows)
	}
	return atomicfile.Write(*output, func(w io.Writer) error { return gains.Write(w, rows) })
}
