package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network"
)

// parse reads flags. Help is printed only if it is asked for; an error names the nearest flag.
func parse(flags *flag.FlagSet, args []string) error {
	output, usage := flags.Output(), flags.Usage
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	err := flags.Parse(args)
	flags.SetOutput(output)
	flags.Usage = usage
	switch {
	case errors.Is(err, flag.ErrHelp) && usage != nil:
		usage()
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(output, "Usage of %s:\n", flags.Name())
		flags.PrintDefaults()
	case err != nil:
		return badFlag(flags, err)
	}
	return err
}

// badFlag says what is wrong with a flag.
func badFlag(flags *flag.FlagSet, err error) error {
	name, absent := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !absent {
		return fmt.Errorf("%w; %s --help describes all flags", err, flags.Name())
	}
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return fmt.Errorf("there is no flag --%s; the nearest is --%s; %s --help lists all", name, spelling.Nearest(name, names), flags.Name())
}

// mixed reads flags that stand before, behind and among names, and returns the names.
func mixed(flags *flag.FlagSet, args []string) (names []string, err error) {
	for {
		if err := parse(flags, args); err != nil || flags.NArg() == 0 {
			return names, err
		}
		names, args = append(names, flags.Arg(0)), flags.Args()[1:]
	}
}

// chooseBackend selects what computes, unless the name is empty.
func chooseBackend(name string) error {
	if name == "" {
		return nil
	}
	return os.Setenv(network.BackendVariable, name)
}
