package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/liegg/lab/liegg/study/gains"
)

func gainsCommand(stdout, stderr io.Writer, args []string) error {
	flags := flag.NewFlagSet("study gains", flag.ContinueOnError)
	flags.SetOutput(stderr)
	tasks := flags.String("tasks", "o5,two bodies,digits", "tasks, with commas between them")
	seeds := flags.Uint64("seeds", 5, "the number of seeds")
	first := flags.Uint64("first", 0, "the first seed")
	out := flags.String("o", "", "the table to write, as CSV; standard output by default")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "study gains trains networks on few samples, finds their symmetry, uses it in four ways, and writes the error on fresh samples, one row for each network.")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("gains takes no %q: choose tasks by --tasks", flags.Arg(0))
	}
	to := stdout
	if *out != "" {
		file, err := os.Create(*out)
		if err != nil {
			return err
		}
		defer file.Close()
		to = file
	}
	table := csv.NewWriter(to)
	if err := table.Write(gains.Header); err != nil {
		return err
	}
	for name := range strings.SplitSeq(*tasks, ",") {
		task, err := gains.ByName(name)
		if err != nil {
			return err
		}
		for seed := *first; seed < *first+*seeds; seed++ {
			err := task.Run(seed, func(r gains.Row) error {
				fmt.Fprintln(stderr, r)
				err := table.Write(r.Record())
				table.Flush()
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	table.Flush()
	return table.Error()
}
