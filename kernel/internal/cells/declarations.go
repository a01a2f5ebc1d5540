package cells

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"

	"github.com/liegg/lab/kernel/internal/system"
)

// DeclarationsFile is the file in a session's folder in which the shim notes
// what the session declares. The go command ignores its name.
const DeclarationsFile = ".declarations"

// NoteDeclarations notes what a program declares that GoNB has written, and
// the go command has built, for a cell: with it, all that the session
// declares.
func NoteDeclarations(program []byte) {
	before, _ := os.ReadFile(DeclarationsFile) // none before the first cell
	if text, ok := declarationsOf(program, before); ok {
		system.WriteAtomically(DeclarationsFile, text, 0o600) // on failure only completion misses them
	}
}

// declarationsOf returns a program without its main function, and with the
// imports of the declarations before. GoNB writes only those imports into a
// program that it uses, but remembers all.
func declarationsOf(program, before []byte) (text []byte, ok bool) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", program, parser.SkipObjectResolution)
	if err != nil {
		return nil, false
	}
	earlier, _ := parser.ParseFile(token.NewFileSet(), "", before, parser.ImportsOnly)
	offset := func(pos token.Pos) int { return fset.Position(pos).Offset }
	from := offset(file.Name.End())
	var out strings.Builder
	out.Write(program[:from])
	has := map[string]bool{}
	for _, spec := range importsIn(file) {
		has[spec.key()] = true
	}
	for _, spec := range importsIn(earlier) {
		if !has[spec.key()] {
			fmt.Fprintf(&out, "; import %s %q", spec.name, spec.path)
		}
	}
	for _, decl := range file.Decls {
		if f, found := decl.(*ast.FuncDecl); found && f.Recv == nil && f.Name.Name == "main" {
			out.Write(program[from:offset(f.Pos())])
			from = offset(f.End())
		}
	}
	out.Write(program[from:])
	return []byte(out.String()), true
}

// withoutRedeclared returns declarations in which those names are blank that
// a cell declares again.
func withoutRedeclared(declarations string, cell *ast.File) string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", declarations, parser.SkipObjectResolution)
	if err != nil {
		return declarations
	}
	again := map[string]bool{}
	for _, decl := range cell.Decls {
		for _, name := range keysOf(decl) {
			again[name.key] = true
		}
	}
	text := []byte(declarations)
	for _, decl := range file.Decls {
		for _, name := range keysOf(decl) {
			if again[name.key] && name.key != "init" && !strings.HasPrefix(name.key, genericKey) {
				_, short, _ := strings.Cut(name.key, ".")
				at := fset.Position(name.pos).Offset
				blank(text[at : at+len(cmp.Or(short, name.key))])
				text[at] = '_'
			}
		}
	}
	return string(text)
}
