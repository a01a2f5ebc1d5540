package keep

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// position is where Value was called.
type position struct {
	file string
	line int
}

// program is the source of a package, read for what a call of Value depends on.
type program struct {
	set   *token.FileSet
	files []*source // the caller's own first, then by name
	// declared are the package's own names: functions, types with their methods, variables
	// and constants. The same name may stand for several nodes.
	declared map[string][]ast.Node
	// setters are the functions that may set a variable of the package: they assign to a name
	// like it, or take its address.
	setters map[string][]ast.Node
	visited map[string]bool // the names that a call reaches
}

type source struct {
	name string
	file *token.File
	tree *ast.File
	text []byte
}

// readProgram reads all files of the folder of a file that belong to the same package.
func readProgram(file string) (*program, error) {
	p := &program{set: token.NewFileSet(), declared: map[string][]ast.Node{}, setters: map[string][]ast.Node{}, visited: map[string]bool{}}
	own, err := p.read(file)
	if err != nil {
		return nil, fmt.Errorf("the source of the caller cannot be read: %w", err)
	}
	others, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*.go"))
	if err != nil {
		return nil, err
	}
	for _, other := range others {
		if other == file || strings.HasSuffix(other, "_test.go") && !strings.HasSuffix(file, "_test.go") {
			continue
		}
		p.read(other) // a file with errors is not built into the caller's package
	}
	for _, s := range p.files {
		if s.tree.Name.Name == own.tree.Name.Name {
			p.declare(s.tree)
		}
	}
	return p, nil
}

func (p *program) read(file string) (*source, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	tree, err := parser.ParseFile(p.set, file, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	s := &source{file, p.set.File(tree.FileStart), tree, text}
	p.files = append(p.files, s)
	return s, nil
}

// declare notes the declarations of a file. Methods belong to their type, and functions init
// to every program.
func (p *program) declare(tree *ast.File) {
	for _, d := range tree.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				name = receiver(d.Recv.List[0].Type)
			}
			p.declared[name] = append(p.declared[name], d)
			for _, name := range setBy(d) {
				p.setters[name] = append(p.setters[name], d)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					p.declared[spec.Name.Name] = append(p.declared[spec.Name.Name], spec)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						p.declared[name.Name] = append(p.declared[name.Name], groupOf(d, spec))
					}
				}
			}
		}
	}
}

// groupOf returns the whole group for constants, which may go on from the line above.
func groupOf(d *ast.GenDecl, spec ast.Spec) ast.Node {
	if d.Tok == token.CONST {
		return d
	}
	return spec
}

// setBy returns the names of the variables that a function sets, or whose addresses it takes.
func setBy(f *ast.FuncDecl) (set []string) {
	add := func(e ast.Expr) {
		if name := root(e); name != "" && !slices.Contains(set, name) {
			set = append(set, name)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			return !isCallOf(n, "Captured", "Declared")
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, e := range n.Lhs {
					add(e)
				}
			}
		case *ast.IncDecStmt:
			add(n.X)
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				add(n.Key)
				add(n.Value)
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				add(n.X)
			}
		}
		return true
	})
	return set
}

// root returns the name of the variable that an expression is a part of.
func root(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return root(e.X)
	case *ast.IndexExpr:
		return root(e.X)
	case *ast.StarExpr:
		return root(e.X)
	case *ast.ParenExpr:
		return root(e.X)
	case *ast.SliceExpr:
		return root(e.X)
	}
	return ""
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// reached returns the declarations that nodes use, directly or through others, as a digest
// for each name. A field or a method that is called like a declaration counts as its use. With a
// variable come the functions that may set it.
func (p *program) reached(from []ast.Node) map[string]string {
	digests := map[string]string{}
	var visit func(nodes []ast.Node)
	visit = func(nodes []ast.Node) {
		for name := range names(nodes) {
			if p.visited[name] || p.declared[name] == nil {
				continue
			}
			p.visited[name] = true
			digests[name] = p.digest(p.declared[name])
			visit(p.declared[name])
			if setters := p.setters[name]; setters != nil && p.isVariable(name) {
				digests["what sets "+name] = p.digest(setters)
				visit(setters)
			}
		}
	}
	visit(from)
	if inits := p.declared["init"]; inits != nil {
		digests["init"] = p.digest(inits)
		visit(inits)
	}
	return digests
}

func (p *program) isVariable(name string) bool {
	return slices.ContainsFunc(p.declared[name], func(n ast.Node) bool {
		_, ok := n.(*ast.ValueSpec)
		return ok
	})
}

// names returns all identifiers in some nodes.
func names(nodes []ast.Node) map[string]bool {
	found := map[string]bool{}
	for _, n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				found[id.Name] = true
			}
			return true
		})
	}
	return found
}

// digest changes with the tokens of the nodes, but not with comments, spaces or line ends.
func (p *program) digest(nodes []ast.Node) string {
	h := sha256.New()
	for _, n := range nodes {
		text := p.text(n)
		var s scanner.Scanner
		s.Init(token.NewFileSet().AddFile("", -1, len(text)), text, func(token.Position, string) {}, 0)
		for {
			_, what, literal := s.Scan()
			if what == token.EOF {
				break
			}
			if what != token.SEMICOLON {
				fmt.Fprintln(h, what, literal)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (p *program) text(n ast.Node) []byte {
	file := p.set.File(n.Pos())
	of := p.files[slices.IndexFunc(p.files, func(s *source) bool { return s.file == file })]
	return of.text[file.Offset(n.Pos()):file.Offset(n.End())]
}
