package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Points far from the origin stand in an orientation of their own.
func TestDataCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var table strings.Builder
	table.WriteString("a,b,c\n")
	for i := range 240 {
		a, b := math.Sin(float64(i*i%1009)), math.Cos(float64(7*i*i%1013))
		fmt.Fprintf(&table, "%g,%g,%d\n", 5+a, b, i)
	}
	path := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(path, []byte(table.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	data := func(args ...string) (string, string, error) {
		var out, log bytes.Buffer
		err := run(&out, &log, onGo(append([]string{"data"}, args...)...))
		return out.String(), log.String(), err
	}
	out, _, err := data(path, "--action", "linear:2x1", "--test", "rotation:0,1", "--groups", "c")
	if err != nil || !strings.Contains(out, "t ≤ 6.3: not symmetric") || !strings.Contains(out, "\nwarning: the data stand in an orientation of their own") {
		t.Errorf("%v\n%s", err, out)
	}
	page := filepath.Join(t.TempDir(), "page.html")
	out, _, err = data(path, "--action", "linear:2x1", "--test", "rotation:0,1", "--groups", "c", "--json", "--report", page)
	var answer struct {
		Title   string
		Results []struct {
			Answer   string
			Accuracy struct{ Lower, Upper float64 }
		}
	}
	if err != nil || json.Unmarshal([]byte(out), &answer) != nil || len(answer.Results) != 1 || !strings.HasPrefix(answer.Title, "data ") {
		t.Fatalf("%v\n%s", err, out)
	}
	if r := answer.Results[0]; r.Answer != "not symmetric" || !(r.Accuracy.Lower > .9 && r.Accuracy.Upper <= 1) {
		t.Errorf("%+v", r)
	}
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "not symmetric") || strings.Contains(string(text), "<h2>Spectrum") {
		t.Errorf("%v\n%s", err, text)
	}
	for want, args := range map[string][]string{
		"one file DATA":                         {},
		"--report x.npz":                        {path, "--action", "linear:3x1", "--test", "scaling", "--report", "x.npz"},
		"by --test":                             {path, "--action", "linear:3x1"},
		"--action is missing":                   {path, "--test", "scaling"},
		"or translation:0\n--action is missing": {path}, // both at once
		"less than .5, got 1":                   {path, "--action", "linear:3x1", "--test", "scaling", "--margin", "1"},
		"--groups d":                            {path, "--action", "linear:3x1", "--test", "scaling", "--groups", "d"},
	} {
		if _, _, err := data(args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("data %q: error %v, want one that says %q", args, err, want)
		}
	}
	_, log, err := data("--help")
	if !errors.Is(err, flag.ErrHelp) || !strings.Contains(log, "usage: study data DATA") || !strings.Contains(log, "-margin") {
		t.Errorf("%v\n%s", err, log)
	}
}

// The finite group and the invariants stand behind the verdict.
func TestJudgeBeyondAlgebras(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	central := append(exported("central"), "--action", "linear:3x1", "--samples", "400")
	out, _, err := asks(append(central, "--outputs", "same", "--discrete", "signed")...)
	if err != nil || !strings.Contains(out, "\nFinite group: B_3, of order 48") {
		t.Errorf("%v\n%s", err, out)
	}
	gradients := filepath.Join(t.TempDir(), "g.npz")
	gradientsFile(t, gradients, 500)
	out, _, err = asks(gradients, "--action", "linear:3x1", "--invariants")
	if err != nil || !strings.Contains(out, "\nInvariants: f depends on x·x only") {
		t.Errorf("%v\n%s", err, out)
	}
	for want, args := range map[string][]string{
		"--discrete sign: it is one of":                                      append(central, "--discrete", "sign"),
		"leave --outputs same out":                                           append(central, "--outputs", "same", "--invariants"),
		"leave --layers, --by-output, --by, --invariants and --discrete out": append(central, "--invariants", "--shard", "1/2", "-o", filepath.Join(t.TempDir(), "part")),
	} {
		if _, _, err := asks(args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("judge %q: error %v, want one that says %q", args, err, want)
		}
	}
}
