package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/liegg/lab/kernel/internal/setup"
)

func prepareFlags(fs *flag.FlagSet) func(c *call, args []string) error {
	cuda := fs.Bool("cuda", false, "prepare the CUDA plugin, even where no NVIDIA GPU is seen")
	yes := fs.Bool("yes", false, "agree to large downloads without being asked")
	return func(c *call, args []string) error {
		say := setup.NewProgress(c.stderr)
		say.Agreed = *yes
		if len(args) == 0 {
			args = setup.WithCUDA(setup.UsualSteps, *cuda)
		}
		for _, name := range args {
			if !slices.Contains(setup.StepNames(), name) {
				return fmt.Errorf("prepare: there is no step %q, only %s", name, strings.Join(setup.StepNames(), ", "))
			}
		}
		if err := setup.Prepare(c.ctx, c.paths, say, args, true); err != nil {
			return err
		}
		fmt.Fprintln(c.stdout, "prepared:", strings.Join(args, ", "), "in", c.paths.Cache)
		return nil
	}
}
