package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/liegg/lab/kernel/internal/setup"
)

// A helpCase is what a reader asks for in a cell, with the cursor at ‸, and
// what the kernel must answer.
type helpCase struct {
	name, code string
	inspect    bool
	first      string   // the first completion
	want, not  []string // completions, or parts of the help
	none       bool
}

// earlierCells are executed before the cases.
var earlierCells = []string{
	"// Square returns the square of x.\nfunc Square(x int) int { return x * x }",
	"// A Ring has a radius.\ntype Ring struct{ Radius float64 }\n\n// Area is πr².\nfunc (r Ring) Area() float64 { return 3 * r.Radius * r.Radius }\n\nvar ring = Ring{2}\n\n%%\nfmt.Println(ring.Area())",
	"import str \"strings\"\n%%\nfmt.Println(str.ToUpper(\"a\"))",
	"%%\npanic(1)",
	"%%\nfmt.Println(1)",
}

// readerCases are what readers ask for most. The browser is tested with them,
// too.
var readerCases = []helpCase{
	{name: "a package's names", code: "%%\na := lie.SO‸", first: "SO", want: []string{"SOpq"}},
	{name: "a call's function", code: "%%\nv := network.Judge(‸", inspect: true, want: []string{"func network.Judge(", "the network has learned"}, not: []string{"](http"}},
	{name: "a value's methods", code: "%%\nf := func(x *graph.Node) *graph.Node { return x }\n" +
		"v := must.M1(network.Judge(network.Exact(f), action.Linear(3, 1), network.Tensor(nil), network.Settings{}))\nv.‸", first: "Basis", want: []string{"String", "Dim"}},
	{name: "the lab's package", code: "%%\naction.‸", first: "Action", want: []string{"Linear", "Affine"}, not: []string{"linear", "affine"}},
	{name: "a prefix", code: "%%\nmust.M(plotting.Sho‸)", first: "Show"},
	{name: "a package by its beginning", code: "%%\nplo‸", first: "plotting", want: []string{"plot"}},
	{name: "a package not imported", code: "%%\nflow.‸\nfmt.Println(1)", want: []string{"Judge", "Rotation"}},
	{name: "a field in a literal", code: "%%\ns := training.Settings{Le‸}", first: "LearningRate"},
	{name: "a method of an earlier cell's variable", code: "%%\nring.‸", want: []string{"Area", "Radius"}},
	{name: "an earlier cell's function", code: "%%\nfmt.Println(Square‸(3))", inspect: true, want: []string{"func Square(x int) int", "the square of x"}},
	{name: "the standard library", code: "%%\nfmt.Println(strings.ToUp‸per(\"a\"))", inspect: true, want: []string{"func strings.ToUpper(s string) string", "upper case"}},
	{name: "a generic function", code: "%%\nn := keep.Value(\"n\", ‸)", inspect: true, want: []string{"func keep.Value[T any]"}, not: []string{"](http"}},
	{name: "commands", code: "%‸", first: "%%", want: []string{"%env", "%%bash"}},
	{name: "a keyword", code: "%%\nfor‸ i := range 3 {\n}", inspect: true, none: true},
}

var otherCases = []helpCase{
	{name: "a command's beginning", code: "fmt\n%en‸", first: "%env"},
	{name: "an empty cell", code: "‸", inspect: true, none: true},
	{name: "the space between statements", code: "%%\nx := f(1)\n‸\n", inspect: true, none: true},
	{name: "a comment", code: "%%\n// fmt‸", inspect: true, none: true},
	{name: "a number", code: "%%\nx := 12‸", inspect: true, none: true},
	{name: "an unknown name", code: "%%\nnosuch‸", inspect: true, none: true},
	{name: "statements without %%", code: "lie.SO‸", first: "SO"},
	{name: "a shell command", code: "!fmt.‸", none: true},
	{name: "a command", code: "!ls‸", inspect: true, want: []string{"GoNB Help Page"}},
	{name: "a function in a call's arguments", code: "%%\nfmt.Println(strings.Repeat(\"a\", 3)‸, 4)", inspect: true, want: []string{"func strings.Repeat("}},
	{name: "a method", code: "%%\nfmt.Println(ring.Ar‸ea())", inspect: true, want: []string{"Area() float64", "is πr²"}},
	{name: "a block that is not closed", code: "%%\nfor i := range 3 {\n\tfmt.Printl‸", first: "Println"},
	{name: "a package of the standard library that nothing imports", code: "%%\nheap.‸", want: []string{"Push", "Fix"}},
	{name: "a cell of another language", code: "%%bash\nfmt.‸", none: true},
	{name: "characters outside the basic plane", code: "%%\r\ns := \"𝒳🙂é\"; fmt.Printl‸\r\n", first: "Println"},
	{name: "the package that has the members", code: "%%\nrand.Read‸(nil)", inspect: true, want: []string{"func rand.Read(b []byte)", "cryptographically"}},
	{name: "a cell's own import", code: "import graph \"strings\"\n%%\ngraph.ToUp‸", first: "ToUpper"},
	{name: "an earlier cell's import", code: "%%\nstr.ToUp‸", first: "ToUpper"},
	{name: "a replaced declaration", code: "func Square(a, b float64) float64 { return a * b }\n%%\nSquare‸(1, 2)", inspect: true,
		want: []string{"func Square(a float64, b float64) float64"}},
}

// check returns what is wrong with the kernel's reply, "" if nothing is.
func (c helpCase) check(reply map[string]any) string {
	var got []string
	if c.inspect {
		data, _ := reply["data"].(map[string]any)
		if reply["found"] != (len(data) > 0) {
			return fmt.Sprint("found and the data disagree: ", reply)
		}
		for _, text := range data {
			got = append(got, text.(string))
		}
	} else {
		for _, match := range reply["matches"].([]any) {
			got = append(got, match.(string))
		}
	}
	return c.checkTexts(got)
}

// checkTexts returns what is wrong with completions, or with texts of help.
func (c helpCase) checkTexts(got []string) string {
	has := func(want string) bool {
		return slices.ContainsFunc(got, func(text string) bool { return text == want || c.inspect && strings.Contains(text, want) })
	}
	for _, want := range c.want {
		if !has(want) {
			return fmt.Sprintf("%q is missing from %.600q", want, got)
		}
	}
	for _, not := range c.not {
		if has(not) {
			return fmt.Sprintf("%q is in %q", not, got)
		}
	}
	if c.first != "" && (len(got) == 0 || got[0] != c.first) {
		return fmt.Sprintf("%q does not come first in %.600q", c.first, got)
	}
	if c.none && len(got) > 0 {
		return fmt.Sprintf("it says %q", got)
	}
	return ""
}

// askHelp sends the request of a case.
func (n notebookClient) askHelp(t testing.TB, c helpCase) map[string]any {
	t.Helper()
	before, after, found := strings.Cut(c.code, "‸")
	if !found {
		t.Fatalf("%s has no cursor", c.name)
	}
	content, err := json.Marshal(map[string]any{"code": before + after, "cursor_pos": len([]rune(before))})
	if err != nil {
		t.Fatal(err)
	}
	if c.inspect {
		return n.shell.ask("inspect_request", string(content))
	}
	return n.shell.ask("complete_request", string(content))
}

// openHelped starts a kernel and executes the earlier cells.
func openHelped(t testing.TB) notebookClient {
	t.Helper()
	if err := setup.Prepare(t.Context(), prepared, setup.NewProgress(io.Discard), []string{"gopls"}, true); err != nil {
		t.Fatal(err)
	}
	n := openNotebook(t, runningKernel(t, prepared))
	for _, code := range earlierCells {
		if _, failed, _ := n.run(t, code); (failed != "") != strings.Contains(code, "panic") {
			t.Fatal(code, failed)
		}
	}
	return n
}

func TestCodeHelp(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	n := openHelped(t)
	for range 6 { // with an empty cache, on a machine that tests keep busy, gopls takes longer than an answer may
		if readerCases[0].check(n.askHelp(t, readerCases[0])) == "" {
			break
		}
	}
	for _, c := range slices.Concat(readerCases, otherCases) {
		if wrong := c.check(n.askHelp(t, c)); wrong != "" {
			t.Errorf("%s: %s", c.name, wrong)
		}
	}
	if _, failed, _ := n.run(t, "%reset"); failed != "" {
		t.Fatal(failed)
	}
	if wrong := (helpCase{none: true}).check(n.askHelp(t, helpCase{code: "%%\nSquar‸"})); wrong != "" {
		t.Error("after %reset:", wrong)
	}
}

// BenchmarkCodeHelp measures what a reader waits for completions and help:
// for the first in a kernel of ten seconds, and for the median and the longest
// of the cases. Run it with -benchtime 1x.
func BenchmarkCodeHelp(b *testing.B) {
	start := time.Now()
	n := openHelped(b)
	time.Sleep(10*time.Second - time.Since(start))
	var took []float64
	for b.Loop() {
		for _, c := range readerCases {
			start := time.Now()
			n.askHelp(b, c)
			took = append(took, time.Since(start).Seconds())
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(took[0], "s/first")
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2], "s/median")
	b.ReportMetric(took[len(took)-1], "s/longest")
}
