package cells

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// A packageClause precedes a cell in what gopls is shown, on linesAbove lines.
const (
	packageClause = "package main"
	linesAbove    = 1
)

// helpSource returns a cell as a Go program for gopls, and as far as it can
// be parsed: the clause, which has one line, and then each line of the cell.
// ok is false for a cell without Go. Statements that nothing precedes, which
// GoNB would refuse, count as if they stood below %%.
func (c *cell) helpSource() (file *ast.File, source string, ok bool) {
	if cellCommand(c.lines) != nil {
		return nil, "", false
	}
	source, opened, no := c.source()
	if no != nil {
		return nil, "", false
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", source, 0)
	if opened == 0 {
		source = openMain(source, err)
	}
	return file, source, true
}

// openMain lets main begin before the first line that is no declaration.
func openMain(source string, err error) string {
	var list scanner.ErrorList
	if !errors.As(err, &list) || len(list) == 0 || !strings.HasPrefix(list[0].Msg, "expected declaration") &&
		!strings.HasPrefix(list[0].Msg, "non-declaration statement") {
		return source
	}
	lines := strings.Split(source, "\n")
	lines[list[0].Pos.Line-2] += "; func main() {"
	return strings.Join(lines, "\n") + "}\n"
}

// withClause adds imports to the package clause of a program.
func withClause(source, imports string) string {
	return strings.Replace(source, packageClause, packageClause+imports, 1)
}
