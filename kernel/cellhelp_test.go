package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// gonbHelps does with a request for help what GoNB v0.11.4 does before it asks gopls, as
// dispatcher.HandleInspectRequest, specialcmd.Parse and goexec.InspectIdentifierInCell do. It
// returns the character at which the search for a name ends, 0 if there is no search, and an
// error where GoNB would crash or search for ever.
func gonbHelps(code string, cursor int) (r rune, err error) {
	lines := strings.Split(code, "\n")
	used, err := gonbUses(lines)
	if err != nil {
		return 0, err
	}
	line, column := gonbCursor(code, lines, cursor)
	if first, _, _ := strings.Cut(lines[0], " "); slices.Contains(cellCommands, first) || used[line] {
		return 0, nil
	}
	return gonbSearches(lines, used, line, column)
}

// gonbUses finds the lines of commands, those that a \ joins to one, too.
func gonbUses(lines []string) (used []bool, err error) {
	used = make([]bool, len(lines))
	for i := range lines {
		if used[i] || !isCommand(lines[i]) {
			continue
		}
		joined := ""
		for j := i; j < len(lines); j++ {
			used[j] = true
			joined += strings.TrimPrefix(lines[j], commandPrefix)
			if joined == "" {
				return nil, fmt.Errorf("line %d is empty where GoNB looks at its last byte", j)
			}
			if !continues(joined) {
				break
			}
			joined = strings.TrimSuffix(joined, `\`) + " "
		}
		if strings.Trim(joined[1:], " \t") == "" {
			return nil, fmt.Errorf("line %d is a command without a name", i)
		}
	}
	return used, nil
}

// gonbCursor is the line of a cursor, which is counted in UTF-16, and its byte in that line.
func gonbCursor(code string, lines []string, cursor int) (line, column int) {
	units, at := 0, len(code)
	for i, r := range code {
		if units >= cursor {
			at = i
			break
		}
		units += utf16.RuneLen(r)
	}
	for at > len(lines[line]) {
		at -= len(lines[line]) + 1
		line++
	}
	return line, at
}

// gonbSearches goes backward as goexec.adjustCursorForFunctionIdentifier does. At the beginning
// of the first line that turns round to the line's end: where it comes for the second time, it
// never stops.
func gonbSearches(lines []string, used []bool, line, column int) (rune, error) {
	text := []rune(lines[line])
	at := max(0, len([]rune(lines[line][:column])))
	if at == len(text) {
		at = max(0, at-1) // the last character is the nearest to the end of its line
	}
	turns := 0
	back := func() {
		if at--; at >= 0 {
			return
		}
		if line == 0 {
			turns++
		}
		for line > 0 {
			if line--; !used[line] {
				break
			}
		}
		text = []rune(lines[line])
		at = max(0, len(text)-1)
	}
	here := func() rune {
		if at >= len(text) {
			return 0
		}
		return text[at]
	}
	for turns < 3 {
		switch r := here(); {
		case r == ',' || r == ')':
			for turns < 3 && here() != '(' && here() != '{' {
				back()
			}
			back()
		case r == 0 || strings.ContainsRune(" \t({}[]\"`'", r):
			back()
		default:
			return r, nil
		}
	}
	return 0, fmt.Errorf("GoNB looks for a name for ever")
}

// The search is GoNB's: its own tests' cases, and those in which it has no end.
func TestSearchIsGoNBs(t *testing.T) {
	for _, c := range []struct {
		code   string
		cursor int
		want   rune // 0 for a search that has no end
	}{
		{"f(x,)", 3, 'f'}, {"f(x,)", 4, 'f'}, {"f(x)\n\n\n", 6, 'f'}, {"f(é, )", 5, 'f'}, {"ab", 2, 'b'},
		{"", 0, 0}, {" (", 2, 0}, {"\n\n", 1, 0}, {"a,", 2, 0}, {"  )", 3, 0}, {"[]{}", 2, 0}, {"%%\n(", 4, '%'},
	} {
		if got, err := gonbHelps(c.code, c.cursor); got != c.want || (err != nil) != (c.want == 0) {
			t.Errorf("%q at %d ends at %q, %v", c.code, c.cursor, got, err)
		}
	}
}

// helpCells are cells in which there is nothing to tell about, or not everywhere.
var helpCells = []string{"", " ", "! ", "%\\\n", "%%", "%%\nf()\n%%\n", "%exec\tf", "%%script", "%%script\tsh\n! ", " %%bash\n! \n", "\n%main\n", "\n%% a\n,",
	"([{}])", "()", "a,", "f(a,\n", "f(a,\nb),\n", "// a word", "/* é */", "\"\"", "é🙂(", "\"🙂\", 𝒳", "`\n%d\n`,\n)", "!ls \\\n\n,\n", "//gonb:%%\n(",
	"%%\r\nf(x)\r\n", "\x00", "x\n", "%%\nnil)\n,", "package\n("}

// Whatever a client asks help for, GoNB is sent what it answers, and a name that stands at the
// cursor is told about.
func FuzzHelpEnds(f *testing.F) {
	for _, code := range helpCells {
		for _, cursor := range []float64{-3, 0, 1, 2, 4, 1e300} {
			f.Add(code, cursor)
		}
	}
	f.Fuzz(func(t *testing.T, code string, cursor float64) {
		code = strings.ToValidUTF8(code, "?") // as JSON is read
		for _, kind := range []string{"inspect_request", "complete_request"} {
			fields := map[string]any{"code": code, "cursor_pos": cursor}
			named, err := requestHelp(fields, kind)
			if err != nil {
				t.Fatal(err)
			}
			sent, at := fields["code"].(string), fields["cursor_pos"].(int)
			if !named && (sent != commandCell || kind != "inspect_request") {
				t.Fatalf("%q is sent for %q", sent, code)
			}
			if kind == "complete_request" {
				if _, err := gonbUses(strings.Split(sent, "\n")); err != nil {
					t.Errorf("%q is completed as %q: %v", code, sent, err)
				}
			} else if _, err := gonbHelps(sent, at); err != nil {
				t.Errorf("%q is sent for %q at %v: %v", sent, code, cursor, err)
			}
		}
	})
}

func TestHelpOnNames(t *testing.T) {
	for _, c := range []struct {
		code   string
		cursor float64
		want   bool
	}{
		{"", 0, false}, {"  ", 2, false}, {"\n(", 2, false}, {"a,", 2, false}, {"a)", 2, false}, {"{a,", 3, false}, {"%%\na, b := 1, 2", 4, false},
		{"\n%main\n", 7, false}, {"x := 1 +", 8, false}, {"f(a,", 4, true}, {"f(a, b)", 7, true}, {"x", 0, true}, {"x", -1, true}, {"x", 9, true},
		{"%%\nfmt.Println(x)", 14, true}, {"%%\nπ.Λ(", 7, true}, {"s := \"🙂\"; 𝒳(", 12, true}, {"%%\r\nx\r\n", 6, true}, {"f(a,\n%env X 1\n", 13, true},
		{"%env X 1", 3, true}, {"%%bash\n(", 8, true}, // the commands are told of
	} {
		fields := map[string]any{"code": c.code, "cursor_pos": c.cursor}
		if named, err := requestHelp(fields, "inspect_request"); err != nil || named != c.want {
			t.Errorf("%q at %v: %v, %v, sent %q", c.code, c.cursor, named, err, fields["code"])
		}
	}
}

func TestCompletionKeepsPlaces(t *testing.T) {
	cases := map[string]string{
		"x\n%%\nf(`\n%d`)\n%%\ng()":                  "x\n%%\nf(`\n d`)\n  \ng()",
		"x\n!ls é🙂 \\\n more\nx := 1":                "x\n" + strings.Repeat(" ", 8) + "\n     \nx := 1",
		"x\n% \n/*\n!a\n*/\n%exec\tf\npackaged := 1": "x\n  \n/*\n a\n*/\n       \n ackaged := 1",
		"%%bash\n! \n":                               "%%",
		" %%script\tsh":                              "%%",
		"!ls":                                        "%%",
		"x\n%main\nf(\"🙂\")":                         "x\n%main\nf(\"_\")",
		"x\r\n%%\r\ny":                               "x \n%% \ny",
		"x\n//gonb:%%\nf()":                          "x\n         \nf()",
	}
	for code, want := range cases {
		if got, _ := completable(code, 0); got != want {
			t.Errorf("%q became %q, want %q", code, got, want)
		}
	}
}

// GoNB answers every request for completion and help, and says nothing about what has no name.
func TestHelpIsAnswered(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	n := openNotebook(t, runningKernel(t, prepared))
	n.run(t, "func Square(x int) int { return x * x }")
	start := time.Now()
	for _, code := range helpCells {
		for _, cursor := range []int{-3, 0, len([]rune(code)) / 2, len([]rune(code)), 1000} {
			content, err := json.Marshal(map[string]any{"code": code, "cursor_pos": cursor})
			if err != nil {
				t.Fatal(err)
			}
			for _, kind := range []string{"complete_request", "inspect_request"} {
				if reply := n.shell.ask(kind, string(content)); reply["status"] != "ok" {
					t.Errorf("%s of %q at %d: %v", kind, code, cursor, reply)
				}
			}
		}
	}
	t.Logf("%.1f s", time.Since(start).Seconds())
	for code, want := range map[string]string{"": "", " (": "", "!ls": "GoNB Help Page", "%%\nSquare(1)\n": "func Square(x int) int"} {
		content, err := json.Marshal(map[string]any{"code": code, "cursor_pos": len(code)})
		if err != nil {
			t.Fatal(err)
		}
		reply := n.shell.ask("inspect_request", string(content))
		if reply["found"] != (want != "") || !strings.Contains(fmt.Sprint(reply["data"]), want) {
			t.Errorf("the help on %q is %.300v", code, reply)
		}
	}
}
