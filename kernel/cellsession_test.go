package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/liegg/lab/kernel/internal/wire"
)

// A notebookClient executes cells as a notebook does.
type notebookClient struct {
	shell, iopub testClient
}

func openNotebook(t testing.TB, c wire.Connection) notebookClient {
	t.Helper()
	n := notebookClient{meetAs(t, c, wire.Shell, "notebook"), meet(t, c, wire.Iopub)}
	meetAs(t, c, wire.Stdin, "notebook")
	if err := wire.SendMessage(n.iopub, [][]byte{{1}}); err != nil {
		t.Fatal(err)
	}
	// A subscription takes its way: until it is there, nothing is heard.
	for heard := make(chan bool); ; {
		go func() { n.iopub.next(); close(heard) }()
		for {
			n.shell.ask("kernel_info_request", "{}")
			select {
			case <-heard:
				return n
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
}

// run executes a cell and returns what it prints, with what it says of an
// error, and the code that the kernel tells it has executed.
func (n notebookClient) run(t testing.TB, code string) (printed, failed, told string) {
	t.Helper()
	content, err := json.Marshal(map[string]any{"code": code, "allow_stdin": false})
	if err != nil {
		t.Fatal(err)
	}
	request := wireMessage(n.shell.key, "execute_request", string(content))
	sent, _, err := wire.SplitMessage(request)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := sent.Headers()
	if err := wire.SendMessage(n.shell, request); err != nil {
		t.Fatal(err)
	}
	for {
		m := n.iopub.next()
		own, parent := m.Headers()
		fields := m.Fields()
		switch {
		case parent.ID != id.ID:
		case own.Type == "stream":
			printed += fields["text"].(string)
		case own.Type == "execute_input":
			told = fields["code"].(string)
		case own.Type == "error":
			failed = fields["evalue"].(string)
			for _, line := range fields["traceback"].([]any) {
				failed += "\n" + line.(string)
			}
		case own.Type == "status" && fields["execution_state"] == "idle":
			if reply := n.shell.next().Fields(); (reply["status"] == "error") != (failed != "") {
				t.Errorf("%q: the reply is %v, the error %q", code, reply["status"], failed)
			}
			return printed, failed, told
		}
	}
}

// The cells of one session, as people write them. What they print, or say as
// an error, is a pattern. Each must leave the kernel fit for the next.
func TestCellsOfASession(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	bystander := filepath.Join(t.TempDir(), "made")
	c := runningKernel(t, prepared)
	n := openNotebook(t, c)
	for _, cell := range []struct{ code, printed, failed string }{
		// Imports that nobody asked to be used.
		{"import . \"github.com/gomlx/gomlx/core/graph\"\nimport str \"strings\"\n%%\nvar n *Node\nfmt.Println(n == nil)", `^true\n$`, ""},
		{"%%\nfmt.Println(network.MLP{Hidden: []int{3}, Outputs: 1})", `^3-1\n$`, ""},
		{"func Square(x int) int { return x * x }\n%%\nfmt.Println(Square(3), str.ToUpper(\"a\"))", `^9 A\n$`, ""},

		// Text that is not for the kernel.
		{"/*\n!touch " + bystander + "\n%env X y\n*/\n%%\ns := `a\n%d\n!touch " + bystander + "\npackage x`\npackages := 1\nfmt.Printf(s, packages)",
			`^a\n1\n!touch \S+\npackage x$`, ""},
		{"%%\nfmt.Println(os.Getenv(\"X\") == \"\")\r\nfmt.Println(2)\r\n", `^true\n2\n$`, ""},
		{"%%\nok := true &&\n!false\nfmt.Println(ok)", `^true\n$`, ""},

		// Commands.
		{"%main\nfmt.Println(\"main\")", `^main\n$`, ""},
		{"%%\nf()\n%%\ng()", "^$", `split the cell in two\nCell: Line 3\n%%\n`},
		{"%nosuch", "^$", `%nosuch is not a command`},
		{"! \n% \n!echo shell", `^shell\n$`, ""},
		{"%env X=1 2\\3\n%%\nfmt.Println(os.Getenv(\"X\"))", `\n1 2\\3\n$`, ""},
		{"!cat; echo done", `^done\n$`, ""},
		{"%%\nvar x int\nfmt.Println(fmt.Scanln(&x))", `^0 EOF\n$`, ""},
		{"%%\ngonbui.RequestInput(\"x?\", false)\nvar x string\nfmt.Println(fmt.Scanln(&x))", `^0 unexpected newline\n$`, ""},

		// Errors.
		{"a := 3\nfmt.Println(a)", "^$", `put %% on a line of its own before them\nCell: Line 1\na := 3\n`},
		{"%%\na, b := 3, 4\nfmt.Println(a, b)", `^3 4\n$`, ""},
		{"%%\nfmt.Println(a)", "^$", `^undefined: a: the a of an earlier cell ended with that cell.*Cached.*\nCell\[\d+\]: Line 2\nfmt.Println\(a\)\n {12}\^\nundefined: a: the a`},
		{"%%\nfmt.Printline(1)", "^$", `^undefined: fmt.Printline; did you mean fmt.Println\?\nCell\[\d+\]: Line 2\n`},
		{"func f() int { return 1 }\nfunc f() int { return 2 }\n%%\nfmt.Println(f())", "^$", `f is already declared in line 1`},
		{"%%\nmust.M(errors.New(\"no such thing\"))", `(?s)^panic: no such thing\n.*goroutine 1.*exit status 2\n$`, `^exit status 2\nexit status 2$`},
		{"%%\nfmt.Println(", "^$", `^expected operand, found the end of the cell\nCell: Line 2\nfmt.Println\(\n {12}\^\nexpected`},
		{"%%\nfmt.Println(Square(4))", `^16\n$`, ""},
	} {
		start := time.Now()
		printed, failed, told := n.run(t, cell.code)
		t.Logf("%.2f s: %.40q", time.Since(start).Seconds(), cell.code)
		if !regexp.MustCompile(cell.printed).MatchString(printed) {
			t.Errorf("%q printed %q", cell.code, printed)
		}
		if (failed == "") != (cell.failed == "") || !regexp.MustCompile(cell.failed).MatchString(failed) {
			t.Errorf("%q failed with %q", cell.code, failed)
		}
		if told != cell.code {
			t.Errorf("%q is told as %q", cell.code, told)
		}
		if position := regexp.MustCompile(`main\.go:|/shim/|gonb_`).FindString(failed); position != "" {
			t.Errorf("%q: the error tells of %s: %s", cell.code, position, failed)
		}
		if strings.Count(printed, "no such thing") > 1 {
			t.Errorf("%q says twice: %s", cell.code, printed)
		}
	}
	if _, err := os.Stat(bystander); err == nil {
		t.Error("a line of a comment or a string was run")
	}
}
