package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/study/score"
)

func TestScoreCommand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "scores.csv")
	var stdout, stderr bytes.Buffer
	err := run(&stdout, &stderr, []string{"score", "--kinds", "exact", "--cases", "sl2,none", "--seeds", "1", "-o", path})
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := score.Read(file)
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
	} {
		err := run(&bytes.Buffer{}, &bytes.Buffer{}, strings.Fields(args))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("study %s: error %v, want one about %q", args, err, want)
		}
	}
}

func TestHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if err := run(&stdout, &stderr, []string{"--help"}); err != nil || !strings.Contains(stdout.String(), "score") {
		t.Errorf("%q, %v", &stdout, err)
	}
	if err := run(&stdout, &stderr, []string{"score", "--help"}); !errors.Is(err, flag.ErrHelp) || !strings.Contains(stderr.String(), "-seeds") {
		t.Errorf("%q, %v", &stderr, err)
	}
}
