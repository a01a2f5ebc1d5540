package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/atomicfile"
)

// onGo has pure Go compute, before anything else has chosen a backend.
func onGo(args ...string) []string { return append(args, "--backend", "go") }

// exported are a network that PyTorch exported and its inputs.
func exported(name string) []string {
	at := filepath.Join("..", "network", "onnx", "testdata", name)
	return []string{at + ".onnx", at + ".npz"}
}

// asks runs the command judge.
func asks(args ...string) (stdout, stderr string, err error) {
	var out, log bytes.Buffer
	err = run(&out, &log, onGo(append([]string{"judge"}, args...)...))
	return out.String(), log.String(), err
}

// The verdict in words, as JSON, and as files; an answer of "none" is no error.
func TestJudgeCommand(t *testing.T) {
	central := append(exported("central"), "--action", "linear:3x1", "--samples", "400")
	page, arrays := filepath.Join(t.TempDir(), "page.html"), filepath.Join(t.TempDir(), "a.npz")
	out, log, err := asks(append(central, "--outputs", "same", "--report", page)...)
	if err != nil || !strings.Contains(out, "3 generators, Lie algebra so(3)") {
		t.Errorf("%v\n%s%s", err, out, log)
	}
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "so(3)") || !strings.Contains(string(text), "data:image/png;base64,") {
		t.Errorf("%s: %v", page, err)
	}
	out, _, err = asks(append(central, "--json", "--report", arrays)...)
	var answer struct {
		Title   string
		Verdict struct{ Answer string }
	}
	if json.Unmarshal([]byte(out), &answer) != nil || err != nil || answer.Verdict.Answer != "none" || !strings.HasPrefix(answer.Title, "judge ") {
		t.Errorf("%v\n%s", err, out)
	}
	if names, err := npy.Names(arrays); err != nil || !strings.Contains(fmt.Sprint(names), "rho_H") {
		t.Errorf("%v, %v", names, err)
	}
}

// --list needs a file alone; --layers may name layers, and --from begins inside a file.
func TestJudgeInsideAFile(t *testing.T) {
	inside := exported("inside")
	out, _, err := asks(inside[0], "--list")
	if err != nil || !strings.Contains(out, "* /Reshape_output_0") {
		t.Errorf("%v\n%s", err, out)
	}
	out, _, err = asks(append(inside, "--action", "image", "--layers=/Reshape_output_0", "--layers=/hidden/hidden.1/Mul_output_0")...)
	if err != nil || !strings.Contains(out, "\n/Reshape_output_0 ") || !strings.Contains(out, "\n/hidden/hidden.1/Mul_output_0 ") || strings.Contains(out, "Softplus") {
		t.Errorf("%v\n%s", err, out)
	}
	out, _, err = asks(append(inside, "--action", "affine:4:translations", "--from", "/Reshape_output_0")...)
	if err != nil || !strings.Contains(out, `The activations of "/Reshape_output_0", [4] for each sample`) {
		t.Errorf("%v\n%s", err, out)
	}
}

// The exit status is 2 without an action, 1 for errors, and help is neither.
func TestJudgeStatus(t *testing.T) {
	_, _, err := asks(exported("mlp")...)
	if status(err) != 2 || !strings.Contains(err.Error(), "--action is missing") || !strings.Contains(err.Error(), "\n  linear:5x2 ") {
		t.Errorf("without an action: status %d, %v", status(err), err)
	}
	mlp := exported("mlp")
	for want, args := range map[string][]string{
		"does not fit":             append(mlp, "--action", "linear:3x2"),
		"MODEL and DATA":           {},
		"got [":                    {"a", "b", "c"},
		"--report page.txt":        append(mlp, "--report", "page.txt"),
		"no such file":             append(mlp, "--report", "none/page.html"),
		"-o FILE belong together":  append(mlp, "--shard", "1/2"),
		"--shard i/n and -o":       append(mlp, "-o", "part"),
		"no answer yet":            append(mlp, "--shard", "1/2", "-o", "part", "--json"),
		"choose one":               append(mlp, "--shard", "1/2", "-o", "part", "--nats", "tls://a"),
		"name it with --nats":      append(mlp, "--creds", "a"),
		"--shard needs i/n":        append(mlp, "--shard", "3/2", "-o", "part"),
		"cannot be reached":        append(mlp, "--action", "linear:5x2", "--nats", "nats://127.0.0.1:1"),
		"nearest is --action":      append(mlp, "--actoin", "linear:5x2"),
		"leave --layers, --by-out": append(mlp, "--action", "linear:5x2", "--by-output", "--nats", "nats://127.0.0.1:1"),
	} {
		if _, log, err := asks(args...); status(err) != 1 || err == nil || !strings.Contains(err.Error(), want) || strings.Contains(log, "usage:") {
			t.Errorf("judge %q: error %v, want one that says %q\n%s", args, err, want, log)
		}
	}
	_, log, err := asks("--help")
	if !errors.Is(err, flag.ErrHelp) || !strings.Contains(log, torchCode[:40]) || !strings.Contains(log, "-by-output") {
		t.Errorf("%v\n%s", err, log)
	}
}

// Shares and merge give what one process gives, to the bit.
func TestJudgeInShards(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	folder := t.TempDir()
	question := append(exported("central"), "--action", "linear:3x1", "--outputs", "same", "--samples", "600")
	merge := []string{"merge", "--json"}
	for _, i := range []int{3, 1, 2} {
		path := filepath.Join(folder, fmt.Sprint(i))
		out, log, err := asks(append(question, "--shard", fmt.Sprintf("%d/3", i), "-o", path)...)
		if err != nil || out != "" || !strings.Contains(log, "study merge") {
			t.Fatalf("%v\n%s%s", err, out, log)
		}
		merge = append(merge, path)
	}
	var merged, log bytes.Buffer
	if err := run(&merged, &log, merge); err != nil {
		t.Fatal(err)
	}
	whole, _, err := asks(append(question, "--json")...)
	if err != nil || untitled(merged.String()) != untitled(whole) {
		t.Errorf("%v: merged\n%s\nin one process\n%s", err, &merged, whole)
	}
	for want, args := range map[string][]string{
		"share 2 of 3 is in no part": merge[:4],
		"-o is for tables":           append(merge[:5:5], "-o", "a.csv"),
		"none.onnx":                  append(merge[:5:5], "--model", "none.onnx"),
	} {
		if err := run(io.Discard, io.Discard, args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one that says %q", args, err, want)
		}
	}
}

// untitled leaves out of an answer in JSON the line with the paths of its files.
func untitled(text string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.Contains(line, `"title"`) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// gradientsFile writes the exact gradients of ‖x‖² in R³, at n points.
func gradientsFile(t *testing.T, path string, n int) {
	t.Helper()
	x, j := make([]float64, 3*n), make([]float64, 3*n)
	for i := range x {
		x[i] = float64((i*i*7+i*13)%10007)/5003 - 1
		j[i] = 2 * x[i]
	}
	err := atomicfile.Write(path, func(w io.Writer) error {
		return npy.WriteZip(w, map[string]npy.Array{"x": npy.Of(x, n, 3), "J": npy.Of(j, n, 3)})
	})
	if err != nil {
		t.Fatal(err)
	}
}
