package main

import (
	"fmt"
	"io"

	"github.com/liegg/lab/liegg/study/gains"
)

func gainsCommand(stdout, stderr io.Writer, args []string) error {
	return byTask[gains.Task, gains.Row]{
		name:  "gains",
		about: "trains networks on few samples, finds their symmetry, uses it in four ways, and writes the error on fresh samples, one row for each network. Networks are kept, so that a run that was interrupted continues.",
		tasks: "o5,two bodies,digits", seeds: 5, byName: gains.ByName, write: gains.Write,
		run: func(task gains.Task, seed uint64, add func(row gains.Row)) error {
			return task.Run(seed, func(row gains.Row) error {
				fmt.Fprintln(stderr, row)
				add(row)
				return nil
			})
		},
	}.command(stdout, stderr, args)
}
