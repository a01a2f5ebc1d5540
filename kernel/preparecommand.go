package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"
)

func prepareFlags(fs *flag.FlagSet) func(c *call, args []string) error {
	cuda := fs.Bool("cuda", false, "prepare the CUDA plugin, even where no NVIDIA GPU is seen")
	yes := fs.Bool("yes", false, "agree to large downloads without being asked")
	return func(c *call, args []string) error {
		say := newProgress(c.stderr)
		say.agreed = *yes
		if len(args) == 0 {
			args = withCUDA(usualSteps, *cuda)
		}
		for _, name := range args {
			if !slices.Contains(stepNames(), name) {
				return fmt.Errorf("prepare: there is no step %q, only %s", name, strings.Join(stepNames(), ", "))
			}
		}
		if err := prepare(c.ctx, c.paths, say, args, true); err != nil {
			return err
		}
		fmt.Fprintln(c.stdout, "prepared:", strings.Join(args, ", "), "in", c.paths.Cache)
		return nil
	}
}
