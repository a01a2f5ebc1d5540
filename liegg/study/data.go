package main

import (
	"flag"
	"fmt"
	"io"

	"github.com/liegg/lab/liegg/ask"
)

const dataUsage = `usage: study data DATA --action ACTION --test GENERATOR [flags]

Says whether data alone, without a network, are distributed symmetrically along a generator: a
classifier is trained to tell samples from moved samples, and judged on samples that it has not
seen. Upright digits stand in an orientation of their own, for instance. What a network does off
that orientation is extrapolation, and a warning says so.

  go run ./liegg/study data x.npz --action linear:3x1 --test rotation:0,1
  go run ./liegg/study data digits.npz --action image:linear --test rotation:0,1

DATA and ACTION are those of study judge; study judge --help lists actions.

`

func dataCommand(stdout, stderr io.Writer, args []string) error {
	var q ask.Question
	flags := flag.NewFlagSet("study data", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&q.Action, "action", "", "how inputs may move, such as linear:3x1, affine:3x4 or image:linear")
	flags.Func("test", "the generator along which data are moved: rotation:0,1, boost:0,1, shear:0,1, scaling or translation:0; axes count from 0; may be repeated", func(text string) error {
		q.Tests = append(q.Tests, text)
		return nil
	})
	flags.StringVar(&q.Input, "input", "", "the array of DATA that holds the samples; x by default")
	flags.StringVar(&q.Groups, "groups", "", "array that numbers the group of each sample, or the number of consecutive samples in a group; samples of a group may depend on each other")
	flags.IntVar(&q.Samples, "samples", 0, "take so many samples, drawn at random; all by default, at most 20 000")
	flags.Uint64Var(&q.Seed, "seed", 0, "seed of what is drawn")
	margin := flags.Float64("margin", 0, "accuracy of the classifier beyond one half that still counts as symmetric; .02 by default")
	var to answerFlags
	to.declare(flags, ".html", ".json")
	backend := flags.String("backend", "", "what computes: go, xla:cpu or xla:cuda; the best of this machine by default")
	flags.Usage = func() {
		fmt.Fprint(stderr, dataUsage)
		flags.PrintDefaults()
	}
	names, err := mixed(flags, args)
	if err != nil {
		return err
	}
	if len(names) != 1 {
		return fmt.Errorf("data needs one file DATA, --action and --test; the files are %q; study data --help shows how", names)
	}
	q.Data = names[0]
	if err := to.check(); err != nil {
		return err
	}
	if err := chooseBackend(*backend); err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	var answer *ask.DataAnswer
	if err := promptly(ctx, func() (err error) { answer, err = ask.OfData(q, *margin); return err }); err != nil {
		return err
	}
	return to.give(stdout, answer, answer)
}
