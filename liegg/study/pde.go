package main

import (
	"fmt"
	"io"

	"github.com/liegg/lab/liegg/study/pde"
)

func pdeCommand(stdout, stderr io.Writer, args []string) error {
	return byTask[pde.Task, pde.Row]{
		name:  "pde",
		about: "simulates evolution equations, trains networks on jets from the grids, and compares the point symmetries that a verdict finds in them with the exact equation's, one row for each network.",
		tasks: "heat,Burgers,KdV,cubic", seeds: 3, byName: pde.ByName, write: pde.Write,
		run: func(task pde.Task, seed uint64, add func(row pde.Row)) error {
			row, found, err := task.Run(seed)
			if err != nil {
				return err
			}
			fmt.Fprintf(stderr, "%v\n%v\n", row, found.Verdict)
			add(row)
			return nil
		},
	}.command(stdout, stderr, args)
}
