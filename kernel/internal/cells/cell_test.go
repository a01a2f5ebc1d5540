package cells

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/liegg/lab/kernel/internal/setup"
)

// What GoNB does with lines: those that it takes for commands, and those that
// it leaves out.
func gonbsLines(text string) (commands, goes []string) {
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		switch {
		case isCommand(lines[i]):
			commands = append(commands, lines[i])
			for ; continues(lines[i]) && i+1 < len(lines); i++ {
				commands = append(commands, lines[i+1])
			}
		case !strings.HasPrefix(lines[i], "package"):
			goes = append(goes, lines[i])
		}
	}
	return commands, goes
}

func TestGoTextIsNoCommand(t *testing.T) {
	cases := map[string]struct{ cell, want string }{
		"a comment":                 {"/*\n!rm x\n%cd /\n*/\n%%\nf()", "/*\n !rm x\n %cd /\n*/\n%% \nf()"},
		"a comment with the prefix": {"/*\n//gonb:!rm x\n*/", "/*\n //gonb:!rm x\n*/"},
		"a raw string":              {"%%\ns := `\n%d\n`", "%% \ns := (`` + \"\\n\" +\n`%d\n`)"},
		"its last line":             {"%%\ns := `a\n!b`+c", "%% \ns := (`a` + \"\\n\" +\n`!b`)+c"},
		"two lines in turn":         {"%%\ns := `a\n!b\n!c`", "%% \ns := (`a` + \"\\n\" +\n`!b` + \"\\n\" +\n`!c`)"},
		"two strings in a line":     {"%%\nf(`a\n!b`, `c\n%d`)", "%% \nf((`a` + \"\\n\" +\n`!b`), (`c` + \"\\n\" +\n`%d`))"},
		"a line with package":       {"%%\nf(`a\npackage b`)", "%% \nf((`a` + \"\\n\" +\n`package b`))"},
		"a word with package":       {"%%\npackages := 1", "%% \n packages := 1"},
		"a package clause":          {"package main\nvar x int", "package main\nvar x int"},
		"a single character":        {"var s = `\n!\n`", "var s = (`` + \"\\n\" +\n`!\n`)"},
		"returned, a command":       {"func f() string {\nreturn `\n!a`\n}", "func f() string {\nreturn (`` + \"\\n\" +\n`!a`)\n}"},
		"a string in a comment":     {"// `\n!echo", "// `\n!exec </dev/null; echo"},
		"a comment in a string":     {"var s = \"/*\"\n!echo", "var s = \"/*\"\n!exec </dev/null; echo"},
		"a quote in a rune":         {"var r = '`'\n!echo", "var r = '`'\n!exec </dev/null; echo"},
		"an escaped quote":          {"var s = \"\\\"`\"\n!echo", "var s = \"\\\"`\"\n!exec </dev/null; echo"},
		"a quote in a command":      {"!echo `date`'\nvar s = \"a\"", "!exec </dev/null; echo `date`'\nvar s = \"a\""},
		"a continued command":       {"!echo \\\n`\n!ls", "!exec </dev/null; echo \\\n`\n!exec </dev/null; ls"},
		"not, behind an operator":   {"%%\nok := a &&\n!b", "%% \nok := a &&\n !b"},
		"not, an argument":          {"%%\nf(a,\n!b)", "%% \nf(a,\n !b)"},
		"a command behind a brace":  {"func f() {\n!ls\n}", "func f() {\n!exec </dev/null; ls\n}"},
		"line ends of Windows":      {"%%\r\nf()\r\n", "%% \nf()\n"},
		"a script":                  {"%%bash\n!a\n%b\r\n", "%%bash\n!a\n%b\n"},
		"blanks":                    {"% \n!\t\nvar x = 1", "//\n//\nvar x = 1"},
		"blanks in %exec":           {"% exec\tf  -x \"a  b\"", "%exec f -x \"a  b\""},
		"arguments of main":         {"%main -x \"a  b\"\nf()", "%main -x \"a  b\"\nf()"},
		"a continued main":          {"%%\\\n-x\nf()", "%% \\\n-x\nf()"},
		"%env with a space":         {"%env X=1  2", "%env X \"1  2\""},
		"%env of words":             {"% env\tX 1 2\r\n", "%env X \"1 2\"\n"},
		"%env of one word":          {"%env X =1", "%env X \"1\""},
		"%env of nothing":           {"%env X=", "%env X \"\""},
		"%env of a \\":              {`%env X=C:\a b`, `%env X "C:\\a b"`},
		"%env with quotes":          {`%env X="1 \"2"`, `%env X "1 \"2"`},
		"%env without a value":      {"%env X", "%env X"},
		"%env in two lines":         {"%env X=1\\\n2", "%env X=1\\\n2"},
		"shell in the session":      {"!*go version", "!*exec </dev/null; go version"},
		"shell with input":          {"%with_inputs\n!read x\n!read y", "%with_inputs\n!read x\n!exec </dev/null; read y"},
		"the prefix":                {"//gonb:%%\n//gonb:!ls", "//gonb:%% \n//gonb:!exec </dev/null; ls"},
	}
	for name, c := range cases {
		if got, _, no := prepareCell(c.cell, true); no != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", name, got, no, c.want)
		}
	}
}

func TestCellsThatAreRefused(t *testing.T) {
	cases := map[string]struct {
		cell string
		line int
		why  string
	}{
		"no %%":                    {"var y int\nx := 3", 2, "put %% on a line of its own before them"},
		"no %%, a call":            {"fmt.Println(1)", 1, "put %% on a line of its own before them"},
		"above %%":                 {"x := 3\n%%\ny := 3", 1, "line 2"},
		"a brace too many":         {"%%\nif a {\n}\n}\nf()", 5, "%% begins in line 1"},
		"a last brace too many":    {"%%\nf()\n}", 3, "%% begins in line 1"},
		"a call that stops":        {"%%\nf(1", 2, "missing ','"},
		"a cell that stops":        {"%%\nf(", 2, "expected operand, found the end of the cell"},
		"a function that stops":    {"func f() {\n", 2, "found the end of the cell"},
		"a string that stops":      {"%%\ns := `a", 2, "raw string literal not terminated"},
		"a comment that stops":     {"/* a\nb", 1, "comment not terminated"},
		"a late import":            {"var x int\nimport \"fmt\"", 2, "imports must appear before"},
		"a function below %%":      {"%%\nf()\nfunc f() {}", 3, "above %%, which is line 1"},
		"an import below %%":       {"%%\nimport \"fmt\"", 2, "above %%, which is line 1"},
		"imports below %%":         {"%%\n  import (\n\"fmt\"\n)", 2, "above %%, which is line 1"},
		"an indented %%":           {"  %%\nf()", 1, "%% must be at the beginning"},
		"an indented command":      {"%%\nf()\n\t%cd /tmp", 3, "%cd must be at the beginning"},
		"two %%":                   {"%%\nf()\n%%\ng()", 3, "split the cell in two"},
		"%main and %%":             {"%main\n%%", 2, "split the cell in two"},
		"%exec and %%":             {"%exec f\n%%", 2, "split the cell in two"},
		"code behind %%":           {"%%f()", 1, "put %% on a line of its own"},
		"no such command":          {"%autogte", 1, "%help"},
		"a script that is late":    {"var x int\n%%bash\nls", 2, "first line"},
		"a script without program": {"%%script", 1, "needs the name of a program"},
		"no input":                 {"%with_inputs\n!read x", 1, "no input"},
		"no password":              {"%with_password\n!read x", 1, "no input"},
		"a continued blank":        {"! \\\nls", 1, "before it begins"},
		"a function twice":         {"func f() int { return 1 }\n\nfunc f() int { return 2 }", 3, "f is already declared in line 1"},
		"a method twice":           {"type T int\nfunc (T) F() {}\nfunc (t *T) F() {}", 3, "T.F is already declared in line 2"},
		"methods that GoNB mixes":  {"type A[T any] struct{}\ntype B[T any] struct{}\nfunc (A[T]) F() {}\nfunc (B[T]) F() {}", 4, "pointers"},
		"a type twice":             {"type T int\ntype T string", 2, "T is already declared in line 1"},
		"a variable twice":         {"var (\n\tx = 1\n\ty, x = 2, 3\n)", 3, "x is already declared in line 2"},
		"a function and a value":   {"const f = 1\nfunc f() {}", 2, "f is already declared in line 1"},
		"two blank imports":        {"import (\n\t_ \"image/png\"\n\t_ \"image/jpeg\"\n)", 3, "line 2 has one"},
		"imports of one key":       {"import (\n\t\"math/rand/v2\"\n\t\"github.com/nats-io/jwt/v2\"\n)", 3, "it takes v2 for the name of both"},
		"two mains":                {"func main() {}\n%%\nf()", 1, "func main"},
		"two inits":                {"func init() {}\nfunc init() {}", 2, "init_a"},
		"a tag":                    {"type T struct {\n\tA int `\n%d`\n}", 3, "with a space"},
	}
	for name, c := range cases {
		_, _, no := prepareCell(c.cell, false)
		if no == nil || no.line != c.line || !strings.Contains(no.why, c.why) {
			t.Errorf("%s: %+v", name, no)
		}
	}
	for _, cell := range []string{"", "\n", "%%", "%%\n", "%test\nfunc TestA(t *testing.T) {}", "func init_a() {}\nfunc init_b() {}", "func _() {}\nfunc _() {}",
		"type A[T any] struct{}\ntype B[T any] struct{}\nfunc (*A[T]) F() {}\nfunc (*B[T]) F() {}", "import . \"a/x\"\nimport . \"b/x\"\nimport \"fmt\"\nimport \"fmt\"\nimport rand \"math/rand/v2\"\nimport \"x/v2\"", "%%bash\n%%\n%%\n%nothing",
		"%%\ntype t struct{}\ns := `\n  %%\n`\nf := func() {}"} {
		if _, _, no := prepareCell(cell, false); no != nil {
			t.Errorf("%q is refused: %+v", cell, no)
		}
	}
}

func TestNamesThatEndWithACell(t *testing.T) {
	_, ends, _ := prepareCell("var above = 1\n%%\nx, y := 1, 2\nx = 3\nvar z int\nconst c = 1\nfor i := range 3 {\n}\nif v := 1; v > 0 {\n}", true)
	if want := []string{"x", "y", "z", "c"}; !slices.Equal(ends, want) {
		t.Errorf("got %q, want %q", ends, want)
	}
}

// The commands agree with the pinned GoNB.
func TestCommandsAreGoNBs(t *testing.T) {
	folder, err := setup.DownloadModule(t.Context(), prepared, "github.com/janpfeifer/gonb")
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(folder, "internal", "specialcmd")
	text := read(t, filepath.Join(source, "specialcmd.go"))
	_, text, _ = strings.Cut(text, "switch parts[0] {")
	var known []string
	for _, names := range regexp.MustCompile(`(?m)^\tcase (".*"):$`).FindAllStringSubmatch(text, -1) {
		for name := range strings.SplitSeq(names[1], ", ") {
			unquoted, err := strconv.Unquote(name)
			if err != nil {
				t.Fatal(err)
			}
			known = append(known, unquoted)
		}
	}
	slices.Sort(known)
	if got := slices.Sorted(slices.Values(lineCommands)); !slices.Equal(got, known) {
		t.Errorf("got  %q\nwant %q", got, known)
	}
	for _, name := range cellCommands {
		if !strings.Contains(read(t, filepath.Join(source, "cellmagic.go")), strconv.Quote(name)+",") {
			t.Errorf("GoNB does not know %s", name)
		}
	}
}

// However a cell is written, what Go reads as text comes to Go as the same
// text, in the same line, and no more lines are commands than before.
func FuzzPrepareCell(f *testing.F) {
	for _, seed := range []string{"%%\ns := `\n%d\n!x\npackage y`\nf(s)", "/*\n!a\n*/\n!b \\\nc\n%%\n`a\n%b`", "var s = `\n!a` + `\n%b`", "%%\nok := a &&\n!b", "\"\\\"`\n!a`\n'`'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, code string) {
		text, _, no := prepareCell(code, true)
		c := readCell(code)
		if no != nil || cellCommand(c.lines) != nil {
			return
		}
		if got := strings.Count(text, "\n"); got != len(c.lines)-1 {
			t.Fatalf("%d lines became %d: %q", len(c.lines), got+1, text)
		}
		commands, goes := gonbsLines(text)
		if kept, _ := gonbsLines(strings.Join(c.lines, "\n")); len(commands) > len(kept) {
			t.Fatalf("%q are commands of %q", commands, text)
		}
		var plain []string
		for i, line := range c.lines {
			if c.at[i] != inCommand && !(c.at[i] == inCode && strings.HasPrefix(line, "package") && !isWord(line)) {
				plain = append(plain, line)
			}
		}
		before, ok := literals(plain)
		if !ok {
			return
		}
		if after, _ := literals(slices.DeleteFunc(goes, func(line string) bool { return line == "//" })); after != before {
			t.Errorf("%q became %q: %q, then %q", code, text, before, after)
		}
	})
}

// literals are the string constants that a program of these lines holds, sums
// of them as one.
func literals(lines []string) (texts string, ok bool) {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc main() {\n"+strings.Join(lines, "\n")+"\n}", parser.SkipObjectResolution)
	if err != nil {
		file, err = parser.ParseFile(token.NewFileSet(), "", "package p\n"+strings.Join(lines, "\n"), parser.SkipObjectResolution)
	}
	if err != nil {
		return "", false
	}
	var all strings.Builder
	ast.Inspect(file, func(n ast.Node) bool {
		if text, sum := sumOf(n); sum {
			all.WriteString(text)
			return false
		}
		return true
	})
	return all.String(), true
}

func sumOf(n ast.Node) (text string, ok bool) {
	switch n := n.(type) {
	case *ast.ParenExpr:
		return sumOf(n.X)
	case *ast.BasicLit:
		text, err := strconv.Unquote(n.Value)
		return text, err == nil && n.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := sumOf(n.X)
		right, ok2 := sumOf(n.Y)
		return left + right, ok && ok2 && n.Op == token.ADD
	}
	return "", false
}

// The lab's own notebooks are cells that the kernel takes.
func TestNotebooksAreNotRefused(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(prepared.Checkout, "notebooks", "*.ipynb"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	for _, path := range paths {
		var notebook struct {
			Cells []struct {
				Kind   string `json:"cell_type"`
				Source []string
			}
		}
		if err := json.Unmarshal([]byte(read(t, path)), &notebook); err != nil {
			t.Fatal(err)
		}
		for i, cell := range notebook.Cells {
			if _, _, no := prepareCell(strings.Join(cell.Source, ""), false); cell.Kind == "code" && no != nil {
				t.Errorf("%s, cell %d: %+v", filepath.Base(path), i+1, no)
			}
		}
	}
}
