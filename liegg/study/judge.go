package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/ask"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/progress"
	"github.com/liegg/lab/liegg/study/queue"
)

// judgeFlags are the command-line flags of a question.
type judgeFlags struct {
	question ask.Question
	backend  string
	answerFlags
	list          bool
	shard, output string
	place         queue.Place
}

// answerFlags say where an answer goes.
type answerFlags struct {
	report  string
	json    bool
	endings []string // of report
}

// reportEndings are the ones that package report writes.
var reportEndings = []string{".html", ".json", ".npz", ".csv"}

// declare declares the flags, for reports with the endings.
func (a *answerFlags) declare(flags *flag.FlagSet, endings ...string) {
	a.endings = endings
	flags.StringVar(&a.report, "report", "", "write the answer to this file, too; the name ends in "+strings.Join(endings, ", "))
	flags.BoolVar(&a.json, "json", false, "print the answer as JSON instead of words")
}

// check returns an error if the report cannot be written, before any work is done.
func (a answerFlags) check() error {
	if a.report == "" {
		return nil
	}
	if !slices.Contains(a.endings, strings.ToLower(filepath.Ext(a.report))) {
		return fmt.Errorf("--report %s: the name must end in one of %q", a.report, a.endings)
	}
	if _, err := os.Stat(filepath.Dir(a.report)); err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	return nil
}

// writable is an answer as JSON, and as a file whose name ends in one of the endings.
type writable interface {
	JSON(w io.Writer) error
	Save(path string) error
}

// give prints an answer and writes its report.
func (a answerFlags) give(stdout io.Writer, answer fmt.Stringer, r writable) error {
	if a.report != "" {
		if err := r.Save(a.report); err != nil {
			return err
		}
	}
	if a.json {
		return r.JSON(stdout)
	}
	_, err := fmt.Fprintln(stdout, flagWords.Replace(answer.String()))
	return err
}

func parseJudgeFlags(stderr io.Writer, args []string) (f judgeFlags, err error) {
	flags := flag.NewFlagSet("study judge", flag.ContinueOnError)
	flags.SetOutput(stderr)
	f.declare(flags)
	flags.Usage = func() {
		fmt.Fprint(stderr, judgeUsage())
		flags.PrintDefaults()
	}
	names, err := mixed(flags, args)
	if err != nil {
		return f, err
	}
	switch q := &f.question; {
	case len(names) == 1 && f.list:
		q.Model = names[0]
	case len(names) == 1:
		q.Data = names[0]
	case len(names) == 2:
		q.Model, q.Data = names[0], names[1]
	default:
		return f, fmt.Errorf("judge needs MODEL and DATA, or a file of gradients, got %q; study judge --help shows both", names)
	}
	return f, f.check()
}

func (f *judgeFlags) declare(flags *flag.FlagSet) {
	q := &f.question
	flags.StringVar(&q.Action, "action", "", "how inputs may move: linear:3x2, affine:3x3, complex:2, image, volume, signal, polynomial:2:degree=2, or several joined by +; see above")
	flags.StringVar(&q.Outputs, "outputs", "", "how outputs move with them: invariant (the default), same (vectors that turn as the inputs do), tensor (matrices that do), free (any matrix); or one for each of several outputs of an .onnx or .jaxnet file: energy=invariant,forces=same")
	flags.StringVar(&q.Head, "head", "", "what is asked of the outputs first: outputs (the default); for classifiers centred (logits), normalised or fisher")
	flags.Func("move", "how one of several inputs of an .onnx or .jaxnet file moves, INPUT=ACTION; INPUT=turned:OTHER moves vectors by OTHER's matrix (velocities with positions), INPUT=same:OTHER shifts them, too; may be repeated, and inputs that are not named stay", func(text string) error {
		q.Moves = append(q.Moves, text)
		return nil
	})
	flags.StringVar(&q.Input, "input", "", "the model's input that moves, the array of DATA that holds it, or INPUT=ARRAY")
	flags.StringVar(&q.Output, "output", "", "the output of an .onnx or .jaxnet file, by name")
	flags.StringVar(&q.Layer, "layer", "", "a layer or tensor that takes the place of the outputs, by name")
	flags.StringVar(&q.From, "from", "", "a tensor of an .onnx file that takes the place of the input, by name: the action moves it, and the network is what follows")
	flags.Var(layerFlag{q}, "layers", "profile of layers, in depth: all named layers, or the ends of the blocks of an .onnx file; --layers=NAME, repeated, chooses them")
	flags.BoolVar(&f.list, "list", false, "list the tensors of an .onnx file, the inputs, outputs and layers of a .jaxnet file, or the layers of a stored network, with their shapes, and ask nothing; a file needs no DATA")
	flags.BoolVar(&q.ByOutput, "by-output", false, "which output breaks the symmetries that all have")
	flags.StringVar(&q.By, "by", "", "array of labels: for which of them the network breaks the symmetries that it has on all")
	flags.StringVar(&q.Groups, "groups", "", "array that numbers the group of each sample, or the number of consecutive samples in a group; samples of a group may depend on each other (1 says that all are independent)")
	flags.StringVar(&q.Targets, "targets", "", "array of targets: the answer then says how well the network fits")
	flags.Func("test", "ask about one generator along its finite flow, too: rotation:0,1, boost:0,1, shear:0,1, scaling or translation:0; axes count from 0; may be repeated", func(text string) error {
		q.Tests = append(q.Tests, text)
		return nil
	})
	flags.BoolVar(&q.Invariants, "invariants", false, "on which polynomials of its vectors the function depends, if the algebra is found: of linear or affine actions")
	flags.StringVar(&q.Discrete, "discrete", "", "finite symmetries, too: permutations of the inputs, signed (with changes of sign), or blocks:4 (permutations of 4 blocks, such as particles); with --outputs same or free, outputs move as well")
	flags.BoolVar(&q.Flows, "flows", false, "follow finite transformations as well, which see jumps and decide on classifiers of images; takes longer")
	flags.IntVar(&q.Samples, "samples", 0, "judge so many samples, drawn at random; all by default")
	flags.Uint64Var(&q.Seed, "seed", 0, "seed of what is drawn")
	flags.IntVar(&q.Batch, "batch", 0, "samples in a batch; chosen by default")
	flags.StringVar(&f.backend, "backend", "", "what computes: go, xla:cpu or xla:cuda; the best of this machine by default")
	f.answerFlags.declare(flags, reportEndings...)
	flags.StringVar(&f.shard, "shard", "", "compute the i-th of n shares of the work, i/n, to the file -o, for study merge")
	flags.StringVar(&f.output, "o", "", "file of a share")
	placeFlags(flags, &f.place)
}

// layerFlag is the flag --layers, with or without the name of a layer.
type layerFlag struct{ question *ask.Question }

// IsBoolFlag says that the flag needs no value.
func (l layerFlag) IsBoolFlag() bool { return true }

func (l layerFlag) String() string { return "" }

// Set takes the name of a layer, or "true" if there is none.
func (l layerFlag) Set(text string) error {
	if l.question.Layers = text != "false"; text != "true" && text != "false" {
		l.question.LayerNames = append(l.question.LayerNames, text)
	}
	return nil
}

// check returns an error if flags do not go together.
func (f judgeFlags) check() error {
	switch {
	case (f.shard != "") != (f.output != ""):
		return errors.New("--shard i/n and -o FILE belong together: one says which share of the work, the other where it goes; an answer goes to --report")
	case f.shard != "" && (f.report != "" || f.json):
		return errors.New("a share is no answer yet: give --report and --json to study merge")
	case f.shard != "" && f.place.URL != "":
		return errors.New("--shard and --nats are two ways to share the work: choose one")
	case f.place.URL == "" && f.place != queue.Place{}:
		return errors.New("--creds and --ca belong to a server: name it with --nats")
	}
	return f.answerFlags.check()
}

func judgeCommand(stdout, stderr io.Writer, args []string) error {
	f, err := parseJudgeFlags(stderr, args)
	if err != nil {
		return err
	}
	if err := chooseBackend(f.backend); err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	switch {
	case f.list:
		text, err := ask.List(f.question)
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(stdout, flagWords.Replace(text))
		return err
	case f.shard != "":
		return f.share(ctx, stderr)
	case f.place.URL != "":
		answer, err := f.spread(ctx, stderr)
		if err != nil {
			return err
		}
		return f.give(stdout, answer, answer.Report())
	}
	s, err := opened(ctx, stderr, f.question)
	if err != nil {
		return err
	}
	answer, err := answered(ctx, s, nil)
	if err != nil {
		return err
	}
	return f.give(stdout, answer, answer.Report())
}

// opened opens the subject of a question and describes it.
func opened(ctx context.Context, stderr io.Writer, q ask.Question) (s *ask.Subject, err error) {
	if err := promptly(ctx, func() (err error) { s, err = ask.Open(q); return err }); err != nil {
		return nil, err
	}
	if q.Action != "" || len(q.Moves) > 0 {
		fmt.Fprintln(stderr, s)
	}
	return s, nil
}

// promptly does some work. It returns as soon as ctx ends, even if the work has not ended.
func promptly(ctx context.Context, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case err := <-done:
		if errors.Is(err, context.Canceled) {
			return errStopped
		}
		return err
	case <-ctx.Done():
		return errStopped
	}
}

var errStopped = errors.New("stopped: nothing was written")

// watched returns a function that shows the progress and returns the error of ctx, which ends
// the work.
func watched(ctx context.Context, name string, samples int) (watch func(int) error, done func()) {
	line := progress.New(name, samples)
	return func(passed int) error {
		line.At(passed, "")
		return ctx.Err()
	}, line.Done
}

// answered asks a subject its question.
func answered(ctx context.Context, s *ask.Subject, parts []*network.VerdictPart) (answer *ask.Answer, err error) {
	watch, done := watched(ctx, "samples", s.Len())
	defer done()
	err = promptly(ctx, func() (err error) { answer, err = s.Ask(watch, parts...); return err })
	return answer, err
}

// share computes a share of the work and writes it.
func (f judgeFlags) share(ctx context.Context, stderr io.Writer) error {
	i, n, err := parseShard(f.shard)
	if err != nil {
		return err
	}
	q, err := f.question.Absolute()
	if err != nil {
		return err
	}
	s, err := opened(ctx, stderr, q)
	if err != nil {
		return err
	}
	watch, done := watched(ctx, "samples", s.Len())
	defer done()
	var part *network.VerdictPart
	if err := promptly(ctx, func() (err error) { part, err = s.Part(i, n, watch); return err }); err != nil {
		return err
	}
	if err := (&ask.Share{Question: q, Part: part}).Write(f.output); err != nil {
		return err
	}
	done()
	fmt.Fprintf(stderr, "share %d of %d is in %s; study merge of all %d gives the verdict\n", i, n, f.output, n)
	return nil
}
