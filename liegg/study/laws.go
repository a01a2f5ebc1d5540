package main

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/liegg/lab/liegg/internal/atomicfile"
	"github.com/liegg/lab/liegg/study/laws"
)

func lawsCommand(stdout, stderr io.Writer, args []string) error {
	flags := flag.NewFlagSet("study laws", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var names []string
	for _, t := range laws.Tasks() {
		names = append(names, t.Name)
	}
	tasks := flags.String("tasks", strings.Join(names, ","), "tasks, with commas between them")
	seeds := flags.Int("seeds", 3, "number of seeds")
	first := flags.Uint64("first", 0, "the first seed")
	output := flags.String("o", "", "CSV file to write; standard output by default")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "study laws trains Hamiltonian networks on velocities, asks what they conserve, follows their trajectories, and writes how far the quantities drift, one row for each network.")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("laws takes no %q: choose tasks by --tasks", flags.Arg(0))
	}
	if *seeds < 1 {
		return fmt.Errorf("--seeds must be at least 1, got %d", *seeds)
	}
	var rows []laws.Row
	for name := range strings.SplitSeq(*tasks, ",") {
		task, err := laws.ByName(name)
		if err != nil {
			return err
		}
		for seed := *first; seed < *first+uint64(*seeds); seed++ {
			row, err := task.Run(seed)
			if err != nil {
				return err
			}
			fmt.Fprintln(stderr, row)
			rows = append(rows, row)
		}
	}
	if *output == "" {
		return laws.Write(stdout, rows)
	}
	return atomicfile.Write(*output, func(w io.Writer) error { return laws.Write(w, rows) })
}
