package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/liegg/lab/liegg/study/laws"
)

func lawsCommand(stdout, stderr io.Writer, args []string) error {
	var names []string
	for _, t := range laws.Tasks() {
		names = append(names, t.Name)
	}
	return byTask[laws.Task, laws.Row]{
		name:  "laws",
		about: "trains Hamiltonian networks on velocities, asks what they conserve, follows their trajectories, and writes how far the quantities drift, one row for each network.",
		tasks: strings.Join(names, ","), seeds: 3, byName: laws.ByName, write: laws.Write,
		run: func(task laws.Task, seed uint64, add func(row laws.Row)) error {
			row, err := task.Run(seed)
			if err != nil {
				return err
			}
			fmt.Fprintln(stderr, row)
			add(row)
			return nil
		},
	}.command(stdout, stderr, args)
}
