package cells

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"slices"
	"strconv"
)

const keepPackage = "github.com/liegg/lab/liegg/keep"

// CaptureKept tells package keep, in the program that GoNB has written for a cell, which
// variables the functions given to keep.Value use, so that it sees when their values change.
func CaptureKept(program string) {
	text, err := os.ReadFile(program)
	if err != nil || !bytes.Contains(text, []byte(keepPackage)) {
		return
	}
	if told := withCaptured(text); !bytes.Equal(told, text) {
		os.WriteFile(program, told, 0o600) // on failure only the source tells of changes
	}
}

// withCaptured adds keep.Captured("x", x) to each call of keep.Value whose function uses a
// variable x of the function around it, and keep.Declared("x", &x) for each variable of the
// package, of which keep.Value takes those that it reaches. Of a call that ends in on..., it makes
// one that ends in keep.Also(on, …)... No line moves.
func withCaptured(text []byte) []byte {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", text, 0)
	name := importedAs(file, keepPackage)
	if err != nil || name == "" {
		return text // go build says what is wrong
	}
	type insertion struct {
		at   int
		text string
	}
	var insertions []insertion
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 || !isCallOf(call, name, "Value") {
			return true
		}
		added := ""
		for _, v := range capturedBy(call, file) {
			added += fmt.Sprintf(", %s.Captured(%q, %s)", name, v, v)
		}
		for _, v := range variables(file) {
			added += fmt.Sprintf(", %s.Declared(%q, &%s)", name, v, v)
		}
		last := call.Args[len(call.Args)-1]
		before, after := set.Position(last.Pos()).Offset, set.Position(last.End()).Offset
		switch {
		case added == "":
		case call.Ellipsis.IsValid(): // what is spread can be joined only with a slice
			insertions = append(insertions, insertion{before, name + ".Also("}, insertion{after, added + ")"})
		default:
			insertions = append(insertions, insertion{after, added})
		}
		return true
	})
	slices.SortFunc(insertions, func(a, b insertion) int { return b.at - a.at })
	for _, in := range insertions { // backwards, so that earlier positions stay valid
		text = slices.Insert(bytes.Clone(text), in.at, []byte(in.text)...)
	}
	return text
}

// importedAs returns the name by which a file knows a package; "" if it does not import it by
// a name.
func importedAs(file *ast.File, pkg string) string {
	if file == nil {
		return ""
	}
	for _, spec := range file.Imports {
		if imported, _ := strconv.Unquote(spec.Path.Value); imported != pkg {
			continue
		}
		if spec.Name == nil {
			return path.Base(pkg)
		}
		if spec.Name.Name != "." && spec.Name.Name != "_" {
			return spec.Name.Name
		}
	}
	return ""
}

// isCallOf recognises a call such as keep.Value or keep.Value[int].
func isCallOf(call *ast.CallExpr, pkg, function string) bool {
	f := call.Fun
	if generic, ok := f.(*ast.IndexExpr); ok {
		f = generic.X
	}
	selector, ok := f.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != function {
		return false
	}
	id, ok := selector.X.(*ast.Ident)
	return ok && id.Name == pkg && id.Obj == nil
}

// capturedBy returns the local variables that the function given to a call uses but does not
// declare, in the order of their first use.
func capturedBy(call *ast.CallExpr, file *ast.File) (names []string) {
	ast.Inspect(call.Args[1], func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || id.Obj == nil || id.Obj.Kind != ast.Var || file.Scope.Lookup(id.Name) == id.Obj {
			return true
		}
		inside := call.Pos() <= id.Obj.Pos() && id.Obj.Pos() < call.End()
		if !inside && !slices.Contains(names, id.Name) {
			names = append(names, id.Name)
		}
		return true
	})
	return names
}

// variables returns the names of the package's variables.
func variables(file *ast.File) (names []string) {
	for name, object := range file.Scope.Objects {
		if object.Kind == ast.Var {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
