package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/liegg/lab/kernel/internal/setup"
)

// A subcommand is one word after go run ./kernel.
type subcommand struct {
	name, arguments, about string
	// flags declares the flags on fs and returns the function to run after
	// parsing; args are the arguments that are not flags.
	flags func(fs *flag.FlagSet) func(c *call, args []string) error
}

// A call is one use of a subcommand.
type call struct {
	ctx            context.Context
	stdout, stderr io.Writer
	paths          setup.Paths
}

func subcommands() []subcommand {
	return []subcommand{
		{"lab", "[NOTEBOOK]", "Prepare what is missing and open JupyterLab on NOTEBOOK, or on notebooks/: the first time on " + firstNotebook + ", then as you left it. Ctrl-C stops it.", labFlags},
		{"run", "NOTEBOOK...", "Execute notebooks without a browser and write them back with their results, or as HTML pages.", runFlags},
		{"prepare", "[STEP...]", "Prepare everything that lab and run need, or only the named steps: " + strings.Join(setup.StepNames(), ", ") + ".", prepareFlags},
		{"install", "", "Offer the kernel “" + setup.DisplayName + "” to your own Jupyter and VS Code.", installFlags},
		{"uninstall", "", "Remove that kernel again; with --all also everything that was prepared.", uninstallFlags},
		{"new", "NAME", "Write notebooks/NAME.ipynb, a template for the test of a hypothesis about symmetry.", newFlags},
		{"gallery", "[NOTEBOOK...]", "Write stored notebooks, or all of notebooks/, as pages with an index: a site that needs no server and no network.", galleryFlags},
		{"kept", "[NAME...]", "List the values that keep.Value has kept; with --clear remove them.", keptFlags},
		{"doctor", "", "Report what is installed, what is missing and how to fix it, and which backend cells will use.", doctorFlags},
	}
}

// command runs one subcommand with its arguments.
func command(ctx context.Context, stdout, stderr io.Writer, args []string) error {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		usage(stdout)
		return nil
	}
	for _, sub := range subcommands() {
		if sub.name == args[0] {
			return sub.run(ctx, stdout, stderr, args[1:])
		}
	}
	usage(stderr)
	return fmt.Errorf("unknown command %q", args[0])
}

func usage(w io.Writer) {
	fmt.Fprint(w, "Usage: go run ./kernel COMMAND [ARGUMENTS]\n\n")
	for _, sub := range subcommands() {
		fmt.Fprintf(w, "  %-22s %s\n", strings.TrimSpace(sub.name+" "+sub.arguments), sub.about)
	}
	fmt.Fprint(w, "\ngo run ./kernel COMMAND --help lists the flags of a command.\n")
}

func (s subcommand) run(ctx context.Context, stdout, stderr io.Writer, args []string) error {
	fs := flag.NewFlagSet(s.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	body := s.flags(fs)
	rest, err := parseAnywhere(fs, args)
	if errors.Is(err, flag.ErrHelp) {
		s.usage(stdout, fs)
		return nil
	}
	if err == nil && s.arguments == "" && len(rest) > 0 {
		err = fmt.Errorf("unexpected argument %q", rest[0])
	}
	if err != nil {
		s.usage(stderr, fs)
		return fmt.Errorf("%s: %w", s.name, err)
	}
	p, err := setup.FindPaths()
	if err != nil {
		return err
	}
	return body(&call{ctx, stdout, stderr, p}, rest)
}

func (s subcommand) usage(w io.Writer, fs *flag.FlagSet) {
	flags := ""
	fs.VisitAll(func(*flag.Flag) { flags = "[FLAGS]" })
	fmt.Fprintf(w, "Usage: go run ./kernel %s\n\n%s\n", strings.Join(strings.Fields(s.name+" "+flags+" "+s.arguments), " "), s.about)
	fs.SetOutput(w)
	fs.VisitAll(func(f *flag.Flag) {
		dashes := "--"
		if len(f.Name) == 1 {
			dashes = "-"
		}
		kind, text := flag.UnquoteUsage(f)
		fmt.Fprintf(w, "  %-18s %s\n", strings.TrimSpace(dashes+f.Name+" "+kind), text)
	})
}

// parseAnywhere parses flags before, between or after the other arguments,
// which it returns. Arguments after "--" are not flags.
func parseAnywhere(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		parsed := len(args) - fs.NArg()
		if parsed > 0 && args[parsed-1] == "--" {
			return append(rest, fs.Args()...), nil
		}
		if fs.NArg() == 0 {
			return rest, nil
		}
		rest, args = append(rest, fs.Arg(0)), fs.Args()[1:]
	}
}
