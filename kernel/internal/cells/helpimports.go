package cells

import (
	"cmp"
	"fmt"
	"go/ast"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

// An ImportList holds the packages that a cell can name without importing them,
// as far as completion and inspection know.
type ImportList struct {
	paths []string // preferred ones first
	roots map[string]string
}

// NewImportList lists the packages of the checkout and of the standard library, and those that cells usually
// import.
func NewImportList(checkout, goPath string) *ImportList {
	return &ImportList{cellPackages(checkout, goPath), map[string]string{setup.ModulePath + "/": checkout, "": filepath.Join(goRoot(goPath), "src")}}
}

// clause returns the imports of a cell besides its own, for the line of the
// package clause: those that the session declared before, and all packages
// that GoNB would import. If the name of one is taken, it is imported by none,
// because gopls reads anew what packages import once a file imports others.
// declared may be nil.
func (h *ImportList) clause(cell, declared *ast.File) string {
	var clause strings.Builder
	taken := map[string]bool{}
	add := func(i importedName) {
		if i.name == "_" || !taken[i.key()] {
			taken[i.key()] = true
			fmt.Fprintf(&clause, "; import %s %q", i.name, i.path)
		}
	}
	for _, file := range []*ast.File{cell, declared} {
		for _, name := range packageLevel(file) {
			taken[name] = true
		}
	}
	for _, spec := range importsIn(cell) {
		taken[spec.key()] = true
	}
	for _, spec := range importsIn(declared) {
		if spec.name != "_" {
			add(spec)
		}
	}
	chosen := map[string]string{}
	for name, members := range selections(cell) {
		chosen[name] = h.find(name, members)
	}
	for _, path := range h.paths {
		name := packageName(path)
		if taken[name] || cmp.Or(chosen[name], path) != path {
			name = "_"
		}
		add(importedName{name, path})
	}
	return clause.String()
}

// find returns the first package of a name that has all these members, or
// else the first of the name, because a member may be incomplete.
func (h *ImportList) find(name string, members []string) (first string) {
	for _, path := range h.paths {
		if packageName(path) != name {
			continue
		}
		if first == "" {
			first = path
		}
		exported := h.exports(path)
		if !slices.ContainsFunc(members, func(m string) bool { return !slices.Contains(exported, m) }) {
			return path
		}
	}
	return first
}

// exports returns the exported names of a package of the lab or the standard
// library.
func (h *ImportList) exports(path string) []string {
	for prefix, root := range h.roots {
		if within, found := strings.CutPrefix(path, prefix); found && system.Exists(filepath.Join(root, within)) {
			return exportsIn(filepath.Join(root, within))
		}
	}
	return nil
}

type importedName struct{ name, path string }

// key returns what a file can import only once.
func (i importedName) key() string {
	if i.name == "." {
		return ". " + i.path
	}
	return i.name
}

// importsIn returns the imports of a file with their names.
func importsIn(file *ast.File) (imports []importedName) {
	if file == nil {
		return nil
	}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := packageName(path)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports = append(imports, importedName{name, path})
	}
	return imports
}

// packageLevel returns the names that a file declares for its package.
func packageLevel(file *ast.File) (names []string) {
	if file == nil {
		return nil
	}
	for _, decl := range file.Decls {
		for _, name := range declared(decl) {
			names = append(names, name.Name)
		}
	}
	return names
}

// selections returns what a file selects from names that it does not declare.
func selections(file *ast.File) map[string][]string {
	selected := map[string][]string{}
	if file == nil {
		return selected
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, found := n.(*ast.SelectorExpr); found {
			if x, plain := s.X.(*ast.Ident); plain && x.Obj == nil {
				selected[x.Name] = append(selected[x.Name], s.Sel.Name)
			}
		}
		return true
	})
	return selected
}
