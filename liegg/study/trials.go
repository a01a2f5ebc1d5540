package main

import (
	"flag"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/liegg/lab/liegg/study/trials"
)

func trialsCommand(stdout, stderr io.Writer, args []string) error {
	flags := flag.NewFlagSet("study trials", flag.ContinueOnError)
	flags.SetOutput(stderr)
	only := flags.String("only", "", "regular expression of the names of trials, row/case/kind/samples/seed; all by default")
	kinds := flags.String("kinds", "exact,trained", "what to judge: exact functions, trained networks")
	samples := flags.String("samples", "", "numbers of samples for exact functions, such as 5000,100000; each row has its own by default")
	draws := flags.Int("draws", 0, "redraws of exact functions; each row has its own number by default")
	networks := flags.Int("networks", 0, "seeds of trained networks; each row has its own number by default")
	first := flags.Uint64("first", 0, "the first seed")
	byCase := flags.Bool("cases", false, "a line for each case, instead of each row")
	print := flags.Bool("print", false, "prints each verdict whole")
	list := flags.Bool("list", false, "prints the names of the trials and runs none")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "study trials judges functions whose symmetries are known, on data of many kinds, and counts how often the verdict is right.")
		flags.PrintDefaults()
		for _, r := range trials.Rows() {
			fmt.Fprintf(stderr, "  %-16s %s\n", r.Name, r.About)
		}
	}
	if err := parse(flags, args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("trials takes no %q: choose rows by --only", flags.Arg(0))
	}
	plan := trials.Plan{Draws: *draws, Networks: *networks, First: *first}
	var err error
	if plan.Only, err = regexp.Compile(*only); err != nil {
		return fmt.Errorf("--only: %w", err)
	}
	if plan.Kinds, err = trials.ParseKinds(*kinds); err != nil {
		return err
	}
	if plan.Samples, err = numbers(*samples); err != nil {
		return fmt.Errorf("--samples: %w", err)
	}
	all := plan.Trials(trials.Rows())
	if len(all) == 0 {
		return fmt.Errorf("no trial is called %q; study trials --list names them", *only)
	}
	if *list {
		for _, t := range all {
			fmt.Fprintln(stdout, t.Name())
		}
		return nil
	}
	fmt.Fprint(stdout, trials.Table(trials.Tallies(runTrials(stdout, stderr, all, *print), *byCase)))
	return nil
}

// runTrials runs trials and reports each as it finishes.
func runTrials(stdout, stderr io.Writer, all []trials.Trial, print bool) []trials.Result {
	var results []trials.Result
	for i, t := range all {
		r := t.Run()
		results = append(results, r)
		fmt.Fprintf(stderr, "%d/%d  %s: %s: %s (%.1f s)\n", i+1, len(all), t.Name(), r.Outcome, r.Headline(), r.Seconds)
		if print {
			fmt.Fprintf(stdout, "%s: %s\n%s\n", t.Name(), r.Outcome, r.Text)
		}
	}
	return results
}

// numbers reads whole numbers with commas between them.
func numbers(text string) (values []int, err error) {
	if text == "" {
		return nil, nil
	}
	for field := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("want whole numbers from 1 with commas between them, got %q", text)
		}
		values = append(values, n)
	}
	return values, nil
}
