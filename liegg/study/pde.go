package main

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/liegg/lab/liegg/internal/atomicfile"
	"github.com/liegg/lab/liegg/study/pde"
)

func pdeCommand(stdout, stderr io.Writer, args []string) error {
	flags := flag.NewFlagSet("study pde", flag.ContinueOnError)
	flags.SetOutput(stderr)
	tasks := flags.String("tasks", "heat,Burgers,KdV,cubic", "equations, with commas between them")
	seeds := flags.Uint64("seeds", 3, "number of seeds")
	output := flags.String("o", "", "CSV file to write; standard output by default")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "study pde simulates evolution equations, trains networks on jets from the grids, and compares the point symmetries that a verdict finds in them with those of the exact equation, one row for each network.")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("pde takes no %q: choose equations by --tasks", flags.Arg(0))
	}
	if *seeds < 1 {
		return fmt.Errorf("--seeds must be at least 1, got %d", *seeds)
	}
	var rows []pde.Row
	for name := range strings.SplitSeq(*tasks, ",") {
		task, err := pde.ByName(name)
		if err != nil {
			return err
		}
		for seed := range *seeds {
			row, found, err := task.Run(seed)
			if err != nil {
				return err
			}
			fmt.Fprintf(stderr, "%v\n%v\n", row, found.Verdict)
			rows = append(rows, row)
		}
	}
	if *output == "" {
		return pde.Write(stdout, rows)
	}
	return atomicfile.Write(*output, func(w io.Writer) error { return pde.Write(w, rows) })
}
