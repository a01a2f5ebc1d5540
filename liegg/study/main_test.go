package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/study/score"
	"github.com/liegg/lab/liegg/study/sweep"
)

func TestScoreCommand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "scores.csv")
	var stdout, stderr bytes.Buffer
	err := run(&stdout, &stderr, []string{"score", "--kinds", "exact", "--cases", "sl2,none", "--seeds", "1", "-o", path})
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	rows, err := score.ReadFile(path)
	if err != nil || len(rows) != 2 || !rows[0].Named() || !rows[1].Named() {
		t.Errorf("%+v, %v", rows, err)
	}
	if !strings.Contains(stderr.String(), "2 runs: 2 right") {
		t.Errorf("no summary in %q", &stderr)
	}
}

func TestMisuse(t *testing.T) {
	for args, want := range map[string]string{
		"":                      "no command",
		"sing":                  `no command "sing"`,
		"score --cases so99":    "so99",
		"score --kinds guessed": "guessed",
		"score --seeds 0":       "--seeds",
		"score so5":             "--cases",
		"gains so5":             "--tasks",
		"gains --tasks o7":      `"o7"`,
		"gains --seeds 0":       "--seeds",
		"pde KdV":               "--tasks",
		"pde --tasks KdW":       `"KdW"`,
		"pde --seeds 0":         "--seeds",
		"laws u2":               "--tasks",
		"laws --tasks o7":       `"o7"`,
		"laws --seeds 0":        "--seeds",
		"sweep":                 "o5-tiny",
		"sweep o7":              `"o7"`,
		"sweep none.json":       "none.json",
		"sweep o5 --shard 4/3":  "--shard",
		"sweep o5 --shard 2":    "--shard",
		"sweep o5 digits":       `"digits"`,
		"merge a.csv":           "-o",
		"merge -o b.csv":        "tables",
		"merge a.csv -o b.csv":  "a.csv",
	} {
		err := run(&bytes.Buffer{}, &bytes.Buffer{}, strings.Fields(args))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("study %s: error %v, want one about %q", args, err, want)
		}
	}
}

// The commands of the documentation: print a sweep, change it, do it in shards, join them, and do it
// again when nothing is left to do.
func TestSweepCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	command := func(args ...string) (stdout, stderr string) {
		t.Helper()
		var out, log bytes.Buffer
		if err := run(&out, &log, args); err != nil {
			t.Fatalf("study %q: %v\n%s", args, err, &log)
		}
		return out.String(), log.String()
	}
	text, _ := command("sweep", "o5-tiny", "--print")
	var small sweep.Sweep
	if err := json.Unmarshal([]byte(text), &small); err != nil {
		t.Fatal(err)
	}
	small.Samples, small.Widths, small.Seeds = []int{100, 200}, []int{4, 8}, 1
	small.Steps, small.Judge = 10, 400
	changed, err := json.Marshal(small)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("small.json"), changed, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, shard := range []string{"1/2", "2/2"} {
		command("sweep", at("small.json"), "-o", at(shard[:1]+".csv"), "--shard", shard)
	}
	if _, log := command("merge", at("1.csv"), at("2.csv"), "-o", at("rows.csv")); !strings.Contains(log, "4 of 4") {
		t.Errorf("merge said %q", log)
	}
	if _, log := command("sweep", "-o", at("rows.csv"), at("small.json")); !strings.Contains(log, "0 jobs to do") {
		t.Errorf("the sweep that is done said %q", log)
	}
	if _, rows, err := sweep.Read(at("rows.csv")); err != nil || len(rows) != 4 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if err := run(&stdout, &stderr, []string{"--help"}); err != nil || !strings.Contains(stdout.String(), "score") {
		t.Errorf("%q, %v", &stdout, err)
	}
	if err := run(&stdout, &stderr, []string{"score", "--help"}); !errors.Is(err, flag.ErrHelp) || !strings.Contains(stderr.String(), "-seeds") || !strings.Contains(stderr.String(), "inertia") {
		t.Errorf("%q, %v", &stderr, err)
	}
}

func TestTrialsCommand(t *testing.T) {
	var out, log bytes.Buffer
	if err := run(&out, &log, []string{"trials", "--only", "^cones/hyperbola/", "--kinds", "exact", "--draws", "2", "--print"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "| cones, exact, N = 5000 | 2 | 2 | 0 | 0 |") || !strings.Contains(out.String(), "so(1,1)") || !strings.Contains(log.String(), "2/2  cones/hyperbola/exact/5000/1: right") {
		t.Errorf("%s\n%s", &out, &log)
	}
	if err := run(&out, &log, []string{"trials", "--list", "--only", "^cost/"}); err != nil || !strings.Contains(out.String(), "cost/digits/trained/4000/0") {
		t.Errorf("%s, %v", &out, err)
	}
	for _, bad := range [][]string{{"--only", "("}, {"--only", "nothing at all"}, {"--kinds", "guessed"}, {"--samples", "0"}, {"singular"}} {
		if err := run(&out, &log, append([]string{"trials"}, bad...)); err == nil {
			t.Errorf("trials %q: no error", bad)
		}
	}
	if err := run(&out, &log, []string{"trials", "--help"}); !errors.Is(err, flag.ErrHelp) || !strings.Contains(log.String(), "lattices") {
		t.Errorf("%q, %v", &log, err)
	}
}
