package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/liegg/lab/liegg/study/card"
)

func cardCommand(stdout, stderr io.Writer, args []string) error {
	flags := flag.NewFlagSet("study card", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var s card.Settings
	name := flags.String("name", "", "the measurement: "+strings.Join(card.Names(), ", "))
	flags.BoolVar(&s.Small, "small", false, "less work, for a try on a CPU")
	flags.IntVar(&s.Rounds, "rounds", 5, "runs after the first one, which compiles")
	flags.StringVar(&s.ONNX, "onnx", "", "file of the network of resnet18")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "study card takes a measurement for .github/gpu.sh and writes its results as lines of JSON.")
		flags.PrintDefaults()
	}
	if err := parse(flags, args); err != nil {
		return err
	}
	if s.Rounds < 1 {
		return fmt.Errorf("--rounds must be at least 1, got %d", s.Rounds)
	}
	results := json.NewEncoder(stdout)
	return card.Measure(*name, s, func(r card.Result) { results.Encode(r) })
}
