package sweep

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/internal/expect"
)

// open opens a table that the test closes.
func open(t *testing.T, path string, s Sweep) *Table {
	t.Helper()
	table := ok(Open(path, s, false))(t)
	t.Cleanup(func() { table.Close() })
	return table
}

// done is the file of the tiny sweep, done once for all tests.
var done = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "sweep-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "rows.csv")
	table, err := Open(path, tiny(), false)
	if err != nil {
		return nil, err
	}
	defer table.Close()
	if err := Work(context.Background(), table, table.Jobs(1, 1), io.Discard); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// whole is a copy of the table of the tiny sweep.
func whole(t *testing.T) (path string, data []byte) {
	t.Helper()
	data = ok(done())(t)
	path = filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, data
}

// alike compares tables except for their order and seconds.
func alike(t *testing.T, path, other string) {
	t.Helper()
	_, a, err := Read(path)
	_, b, err2 := Read(other)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	if len(a) != len(b) {
		t.Fatalf("%d rows against %d", len(a), len(b))
	}
	for i := range a {
		if !a[i].same(b[i]) {
			t.Errorf("row %d:\n%s%s", i, Encode(a[i]), Encode(b[i]))
		}
	}
}

// A table that was cut anywhere, by a crash in its last line, goes on to the rows of
// one that was not, and trains only what is missing.
func TestResumeAfterACut(t *testing.T) {
	path, data := whole(t)
	lines := bytes.SplitAfter(data, []byte("\n"))
	third, fourth := len(data)-len(lines[5])-len(lines[4]), len(data)-len(lines[5])
	for at, missing := range map[int]int{len(data) - 1: 1, fourth + 40: 1, fourth: 1, fourth - 1: 2, third + 1: 2, len(data): 0} {
		again := filepath.Join(t.TempDir(), "rows.csv")
		if err := os.WriteFile(again, data[:at], 0o600); err != nil {
			t.Fatal(err)
		}
		table := open(t, again, tiny())
		jobs := table.Jobs(1, 1)
		if len(jobs) != missing || table.Len() != 4-missing || table.Cut() != (at != fourth && at != len(data)) {
			t.Errorf("cut at byte %d of %d: %d jobs, %d rows, cut %v", at, len(data), len(jobs), table.Len(), table.Cut())
		}
		if at != fourth-1 { // the rest would only be more of the same
			continue
		}
		if err := Work(context.Background(), table, jobs, io.Discard); err != nil {
			t.Fatal(err)
		}
		table.Close()
		alike(t, path, again)
		if now := ok(os.ReadFile(again))(t); bytes.Count(now, []byte("\n")) != 6 {
			t.Errorf("%d lines, want 6", bytes.Count(now, []byte("\n")))
		}
	}
}

// A crash may leave zeros in place of a line.
func TestZerosAtTheEndAreACut(t *testing.T) {
	path, data := whole(t)
	if err := os.WriteFile(path, append(data, make([]byte, 500)...), 0o600); err != nil {
		t.Fatal(err)
	}
	if table := open(t, path, tiny()); !table.Cut() || table.Len() != 4 {
		t.Errorf("cut %v, %d rows", table.Cut(), table.Len())
	}
}

func TestRowsOfOthersAreRefused(t *testing.T) {
	path, data := whole(t)
	other := tiny()
	other.Steps = 21
	_, err := Open(path, other, false)
	expect.Error(t, err, "steps is 20 there and 21 here", "--fresh")
	if !errors.Is(err, ErrOther) {
		t.Errorf("%v is no ErrOther", err)
	}
	code := ok(CurrentCode())(t)
	for name, change := range map[string]func(string) string{
		"sources":               func(s string) string { return strings.Replace(s, code.Sources, "0123", 1) },
		"line 3: its digest is": func(s string) string { return strings.Replace(s, "\n"+tinyKey(t), "\n"+"0123456789abcdef", 1) },
		"line 3: these rows": func(s string) string {
			row := other.Jobs()[0].row(0)
			return strings.Replace(s, "\n"+tinyKey(t), "\n"+string(Encode(row))+tinyKey(t), 1)
		},
		"columns": func(s string) string { return strings.Replace(s, "key,task", "key,tusk", 1) },
		"not a":   func(s string) string { return "case,kind\n" + s },
		"different values": func(s string) string {
			_, rows, err := Read(path)
			if err != nil {
				t.Fatal(err)
			}
			rows[0].Activation = "relu"
			return s + string(Encode(rows[0]))
		},
	} {
		damaged := filepath.Join(t.TempDir(), "rows.csv")
		text := change(string(data))
		if err := os.WriteFile(damaged, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(damaged, tiny(), false)
		expect.Error(t, err, name)
		if now := ok(os.ReadFile(damaged))(t); string(now) != text {
			t.Errorf("%s: the file that was refused has changed", name)
		}
	}
	foreign := other.Jobs()[0].row(0)
	expect.Error(t, open(t, path, tiny()).Append(foreign), "does not belong to this sweep")
}

// A table with damaged rows says which, and how to be rid of them; then the sweep does them again.
func TestDamagedRowsAreToldAndDoneAgain(t *testing.T) {
	path, data := whole(t)
	lines := strings.SplitAfter(string(data), "\n")
	flipped := strings.Replace(lines[3], ".", ".0", 1)
	torn := lines[5][:len(lines[5])/2] + "\n"
	text := strings.Join([]string{lines[0], lines[1], lines[2], flipped, lines[4], torn}, "")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	advice := "sed -i '4d;6d' " + path
	_, _, err := Read(path)
	expect.Error(t, err, path, "line 4: its digest is", "line 6: ", advice)
	_, err = Open(path, tiny(), false)
	expect.Error(t, err, path, "line 4: its digest is", "line 6: ", advice)
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("%v is no ErrDamaged", err)
	}
	if now := ok(os.ReadFile(path))(t); string(now) != text {
		t.Error("the file that was refused has changed")
	}
	if err := os.WriteFile(path, []byte(lines[0]+lines[1]+lines[2]+lines[4]), 0o600); err != nil {
		t.Fatal(err)
	}
	if table := open(t, path, tiny()); table.Len() != 2 || len(table.Jobs(1, 1)) != 2 {
		t.Errorf("%d rows, %d jobs", table.Len(), len(table.Jobs(1, 1)))
	}
}

// Tables of earlier versions have no digests: they are read, and merged into one that has, with which a sweep goes on.
func TestTablesWithoutDigests(t *testing.T) {
	path, data := whole(t)
	old := filepath.Join(t.TempDir(), "old.csv")
	var text strings.Builder
	for i, l := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		if i > 0 {
			l = l[:strings.LastIndexByte(l, ',')]
		}
		text.WriteString(l + "\n")
	}
	if err := os.WriteFile(old, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	alike(t, path, old)
	_, err := Open(old, tiny(), false)
	expect.Error(t, err, "without digests", "study merge "+old+" -o "+old)
	if rows, total, err := Merge(old, old); err != nil || rows != 4 || total != 4 {
		t.Fatalf("%d of %d rows, %v", rows, total, err)
	}
	if table := open(t, old, tiny()); table.Len() != 4 {
		t.Errorf("%d rows", table.Len())
	}
	alike(t, path, old)
}

// The tables of the notebooks can be read, no matter which version has written them.
func TestStoredTables(t *testing.T) {
	for name, want := range map[string]int{"o5_sweep": 240, "o5_regimes": 50, "digits_sweep": 81, "digits_regimes": 30} {
		s, rows, err := Read(filepath.Join("..", "..", "..", "notebooks", name+".csv"))
		if err != nil || len(rows) != want || len(s.Jobs()) == 0 {
			t.Errorf("%s: %d rows, want %d; %v", name, len(rows), want, err)
		}
	}
}

func TestReadRefusesHugeTables(t *testing.T) {
	path, _ := whole(t)
	t.Setenv(bounded.Env, "1KiB")
	for _, err := range []error{second(Open(path, tiny(), false)), third(Read(path))} {
		expect.Error(t, err, path, "the budget is 1024", bounded.Env)
		if !errors.Is(err, bounded.ErrBudget) {
			t.Errorf("%v is no ErrBudget", err)
		}
	}
}

func second[A any](_ A, err error) error        { return err }
func third[A, B any](_ A, _ B, err error) error { return err }

func tinyKey(t *testing.T) string {
	j := tiny().Jobs()[0]
	j.Code = ok(CurrentCode())(t).Digest()
	return j.Key(0)
}

func TestFreshKeepsTheOldRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.csv")
	old := open(t, path, tiny())
	old.Append(old.jobs[0].Failed("for a test")...)
	old.Close()
	for range 2 {
		table := ok(Open(path, tiny(), true))(t)
		if table.Len() != 0 {
			t.Errorf("%d rows after a fresh start", table.Len())
		}
		table.Close()
	}
	if _, rows, err := Read(path + ".1"); err != nil || len(rows) != 1 {
		t.Errorf("%d rows beside, %v", len(rows), err)
	}
}

func TestOneProcessAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.csv")
	open(t, path, tiny())
	_, err := Open(path, tiny(), false)
	expect.Error(t, err, "another process")
	_, err = Open(t.TempDir(), tiny(), false)
	expect.Error(t, err, "regular")
}

// Three shards, joined, are the table of one process, in its order.
func TestShardsMakeTheWhole(t *testing.T) {
	path, _ := whole(t)
	var shards []string
	for i := range 3 {
		shard := filepath.Join(t.TempDir(), "rows.csv")
		table := open(t, shard, tiny())
		if err := Work(context.Background(), table, table.Jobs(i+1, 3), io.Discard); err != nil {
			t.Fatal(err)
		}
		table.Close()
		shards = append(shards, shard)
	}
	merged := filepath.Join(t.TempDir(), "whole.csv")
	rows, total, err := Merge(merged, shards[2], shards[0], shards[1], shards[0])
	if err != nil || rows != 4 || total != 4 {
		t.Fatalf("%d of %d rows, %v", rows, total, err)
	}
	alike(t, path, merged)
	rows, total, err = Merge(merged, shards[0])
	if err != nil || rows != 2 || total != 4 {
		t.Errorf("one shard: %d of %d rows, %v", rows, total, err)
	}
	other := tiny()
	other.Seeds = 3
	foreign := filepath.Join(t.TempDir(), "rows.csv")
	open(t, foreign, other).Close()
	_, _, err = Merge(merged, shards[0], foreign)
	expect.Error(t, err, "seeds is 3 there and 2 here")
}
