package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestKeptValuesAreListedAndCleared(t *testing.T) {
	cache := t.TempDir()
	for path, text := range map[string]string{
		"v/1":     `{"Name":"v","Type":"*liegg.Verdict","Made":"2026-01-02T03:04:05Z","Seconds":12.25,"Size":3}` + "\nabc",
		"a%2Fb/2": `{"Name":"a/b","Type":"int","Made":"2026-01-02T03:04:05Z"}` + "\n" + strings.Repeat("x", 3_000_000),
		"odd/3":   "no JSON",
		"nul/4":   `{"Name":"w\u0000\n","Type":"int"}` + "\n",
		"long/5":  `{"Name":"` + strings.Repeat("y", 300) + `","Type":"int"}` + "\n",
	} {
		at := filepath.Join(cache, "kept", path)
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept := func(args ...string) string {
		t.Helper()
		t.Setenv("LIEGG_CACHE", cache)
		var out, errs strings.Builder
		if err := command(t.Context(), &out, &errs, append([]string{"kept"}, args...)); err != nil {
			return err.Error()
		}
		return out.String()
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"a/b", "3 MB", "*liegg.Verdict", "12.2 s", "odd ", "damaged", `"w\x00\n" `, strings.Repeat("y", 39) + "…  int"}},
		{[]string{"none"}, []string{`no value named "none"`}},
		{[]string{"--clear", "a/b"}, []string{"1 value removed, 3 MB"}},
		{nil, []string{"*liegg.Verdict"}},
		{[]string{"--clear"}, []string{"4 values removed"}},
		{nil, []string{"No values are kept"}},
	} {
		told := kept(c.args...)
		for _, want := range c.want {
			if !strings.Contains(told, want) {
				t.Errorf("kept %q says\n%s\nwithout %q", c.args, told, want)
			}
		}
	}
}

// In real cells, a value is computed once for each state of the data that it depends on, here
// a file that the cell has read.
func TestKeptValuesLiveOnFromCellToCell(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	dir := t.TempDir()
	data := filepath.Join(dir, "words")
	count := fmt.Sprintf("%%%%\nwords := strings.Fields(string(must.M1(os.ReadFile(%q))))\n"+
		"fmt.Println(keep.Value(%q, func() int { fmt.Print(\"counting \"); return len(words) }))", data, dir)
	write := func(words string) string {
		return fmt.Sprintf("%%%%\nmust.M(os.WriteFile(%q, []byte(%q), 0o600))\nfmt.Println(\"written\")", data, words)
	}
	notebook := writeNotebook(t, filepath.Join(dir, "kept.ipynb"), write("one two"), count, count, write("one two three"), count, count)
	if _, stderr, err := do(t, "run", notebook); err != nil {
		t.Fatal(err, stderr)
	}
	printed := readNotebook(t, notebook).printed()
	told := fmt.Sprintf("keep: %q is computed anew: words's value has changed\n", dir)
	if strings.Count(printed, "keep: ") != 1 || !strings.Contains(printed, told) {
		t.Errorf("printed %q, once with %q", printed, told)
	}
	printed = strings.Replace(printed, told, "", 1) // it comes in another stream, sooner or later
	want := []string{"written", "counting 2", "2", "written", "counting 3", "3"}
	if got := strings.FieldsFunc(printed, func(r rune) bool { return r == '\n' }); !slices.Equal(got, want) {
		t.Errorf("printed %q, want %q", got, want)
	}
}
