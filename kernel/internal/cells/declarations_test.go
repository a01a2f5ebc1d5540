package cells

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/liegg/lab/kernel/internal/setup"
)

func parsed(t *testing.T, text string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", text, 0)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return file
}

func TestDeclarationsOf(t *testing.T) {
	program := "package main\n\nimport \"fmt\"\n\n// A is 1.\nconst A = 1\n\nfunc main() {\n\tfmt.Println(A)\n}\n\nfunc (T) main() {}\n\ntype T int\n"
	before := "package main; import str \"strings\"; import . \"math\"\nimport fmt \"other/fmt\"\nfunc Gone() {}\n"
	text, ok := declarationsOf([]byte(program), []byte(before))
	if !ok {
		t.Fatal("the program is not read")
	}
	file := parsed(t, string(text))
	var imports []string
	for _, i := range importsIn(file) {
		imports = append(imports, i.name+" "+i.path)
	}
	if want := []string{"str strings", ". math", "fmt fmt"}; !slices.Equal(imports, want) {
		t.Errorf("the imports are %q", imports)
	}
	if names := packageLevel(file); !slices.Equal(names, []string{"A", "T"}) {
		t.Errorf("the declarations are %q", names)
	}
	if !strings.Contains(string(text), "// A is 1.\nconst A") || !strings.Contains(string(text), "func (T) main() {}") {
		t.Errorf("something is lost in\n%s", text)
	}
	if _, ok := declarationsOf([]byte("package main\nfunc {"), nil); ok {
		t.Error("a program with an error is noted")
	}
}

func TestWithoutRedeclared(t *testing.T) {
	declarations := "package main\nvar a, b = 1, 2\ntype T[E any] struct{ a int }\nfunc (t *T[E]) Area() int { return t.a }\nfunc (T[E]) Name() {}\nfunc init() {}\nfunc f() {}\n"
	cell := "package main\nvar b = 3\nfunc (t *T[E]) Area() float64 { return 0 }\nfunc init() {}\nfunc Name() {}\ntype f int\n"
	want := "package main\nvar a, _ = 1, 2\ntype T[E any] struct{ a int }\nfunc (t *T[E]) _   () int { return t.a }\nfunc (T[E]) Name() {}\nfunc init() {}\nfunc _() {}\n"
	if got := withoutRedeclared(declarations, parsed(t, cell)); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestHelpImports(t *testing.T) {
	goPath, err := setup.RealGo()
	if err != nil {
		t.Fatal(err)
	}
	h := NewImportList(prepared.Checkout, goPath)
	earlier := parsed(t, "package main\nimport str \"strings\"\nimport keep \"example.com/keep\"\nimport . \"math\"\nfunc mat() {}\n")
	cell := parsed(t, "package main\nimport \"example.com/graph\"\nfunc plot() { rand.Read(nil); template.HTML(\"\"); graph.F() }\n")
	got := map[string]string{}
	paths := map[string]bool{}
	for _, i := range importsIn(parsed(t, withClause(packageClause+"\n", h.clause(cell, earlier)))) {
		if i.name != "_" {
			got[i.name] = i.path
		}
		paths[i.path] = true
	}
	for name, want := range map[string]string{"str": "strings", "keep": "example.com/keep", "rand": "crypto/rand", "template": "html/template",
		"network": setup.ModulePath + "/liegg/network", "fmt": "fmt", ".": "math", "mat": "", "plot": "", "graph": ""} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	none := parsed(t, packageClause+"\n")
	for _, i := range importsIn(parsed(t, withClause(packageClause+"\n", h.clause(none, none)))) {
		if !paths[i.path] {
			t.Errorf("%s is not imported in every cell, and gopls would read anew what packages import", i.path)
		}
	}
}

func TestHelpText(t *testing.T) {
	data := helpText("```go\nfunc network.Judge(n int)\n```\n\n---\n\nJudge, see [Analyze](https://pkg.go.dev/github.com/liegg/lab/liegg/network#Analyze) and [fmt](https://pkg.go.dev/fmt), a\\_b.\n\n\n" +
		"---\n\n[`network.Judge` on pkg.go.dev](https://pkg.go.dev//home/me/lab@/liegg/network#Judge)")
	if want := "```go\nfunc network.Judge(n int)\n```\n\n---\n\nJudge, see Analyze and [fmt](https://pkg.go.dev/fmt), a\\_b."; data["text/markdown"] != want {
		t.Errorf("Markdown %q", data["text/markdown"])
	}
	if want := "func network.Judge(n int)\n\n---\n\nJudge, see Analyze and fmt, a_b."; data["text/plain"] != want {
		t.Errorf("plain %q", data["text/plain"])
	}
}
