package keep

import (
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
)

// sources returns digests of all code that the value of a call depends on: the call's
// function, the statements before it that concern the local variables in use, and the
// declarations that these reach.
func (p *program) sources(name string, at position) (map[string]string, error) {
	calls, around := p.calls(name, at)
	if len(calls) == 0 {
		return nil, fmt.Errorf("no call of keep.Value is found at %s:%d: has the file changed since the program was built?", filepath.Base(at.file), at.line)
	}
	var nodes []ast.Node
	for _, call := range calls {
		if !p.hasSource(call.Args[1]) {
			return nil, fmt.Errorf("its function is not written in the call, nor the name of a function of this package, so nothing tells when it changes: write func() … { … } there")
		}
		for _, argument := range call.Args[1:] {
			if isCallOf(argument, "Also") {
				argument = argument.(*ast.CallExpr).Args[0]
			}
			if !isCallOf(argument, "Captured", "Declared") {
				nodes = append(nodes, argument)
			}
		}
	}
	nodes = append(nodes, slice(around, calls[len(calls)-1].Pos(), nodes)...)
	digests := map[string]string{"the cell": p.digest(nodes)}
	for name, digest := range p.reached(nodes) {
		digests[name] = digest
	}
	return digests, nil
}

// isCallOf recognises calls that the kernel writes, such as keep.Captured("x", x), under any name of
// the package.
func isCallOf(n ast.Node, functions ...string) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		return slices.Contains(functions, f.Sel.Name)
	case *ast.Ident:
		return slices.Contains(functions, f.Name)
	}
	return false
}

// hasSource reports whether the function given to Value is a literal or a declared function. Another
// expression may be a different function each time.
func (p *program) hasSource(f ast.Expr) bool {
	switch f := f.(type) {
	case *ast.FuncLit:
		return true
	case *ast.Ident:
		return slices.ContainsFunc(p.declared[f.Name], func(n ast.Node) bool {
			d, ok := n.(*ast.FuncDecl)
			return ok && d.Recv == nil
		})
	}
	return false
}

// calls returns the calls of Value for a name on a line, and the function that holds them. If
// the name is not a literal, all calls on the line may be meant.
func (p *program) calls(name string, at position) (calls []*ast.CallExpr, around *ast.FuncDecl) {
	for _, s := range p.files {
		if s.name != at.file {
			continue
		}
		for _, d := range s.tree.Decls {
			ast.Inspect(d, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || !isValue(call.Fun) || len(call.Args) < 2 || !mayName(call.Args[0], name) {
					return true
				}
				if p.set.Position(call.Pos()).Line <= at.line && at.line <= p.set.Position(call.End()).Line {
					calls = append(calls, call)
					around, _ = d.(*ast.FuncDecl)
				}
				return true
			})
		}
	}
	return calls, around
}

// isValue recognises keep.Value, under any name of the package, with or without a type.
func isValue(f ast.Expr) bool {
	switch f := f.(type) {
	case *ast.IndexExpr:
		return isValue(f.X)
	case *ast.SelectorExpr:
		return f.Sel.Name == "Value"
	case *ast.Ident:
		return f.Name == "Value"
	}
	return false
}

func mayName(e ast.Expr, name string) bool {
	literal, ok := e.(*ast.BasicLit)
	if !ok {
		return true
	}
	text, err := strconv.Unquote(literal.Value)
	return err == nil && text == name
}

// slice returns the statements of a function before end that use any of the local variables
// in the nodes, or any that those statements use, and so on. Every mention counts, since it
// may change the variable or what it points to.
func slice(f *ast.FuncDecl, end token.Pos, nodes []ast.Node) (taken []ast.Node) {
	if f == nil || f.Body == nil {
		return nil
	}
	local := locals(f)
	wanted := map[string]bool{}
	want := func(nodes ...ast.Node) {
		for name := range names(nodes) {
			if local[name] {
				wanted[name] = true
			}
		}
	}
	want(nodes...)
	units := unitsBefore(f, end)
	for added := true; added; {
		added = false
		for i, unit := range units {
			if unit == nil || !mentions(unit, wanted) {
				continue
			}
			want(unit)
			taken, units[i], added = append(taken, unit), nil, true
		}
	}
	return taken
}

func mentions(n ast.Node, wanted map[string]bool) bool {
	for name := range names([]ast.Node{n}) {
		if wanted[name] {
			return true
		}
	}
	return false
}

// locals returns the names of a function's parameters and variables, including the ones of function
// literals included.
func locals(f *ast.FuncDecl) map[string]bool {
	local := map[string]bool{}
	add := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok {
			local[id.Name] = true
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, e := range n.Lhs {
					add(e)
				}
			}
		case *ast.RangeStmt:
			add(n.Key)
			add(n.Value)
		case *ast.ValueSpec:
			for _, id := range n.Names {
				local[id.Name] = true
			}
		case *ast.Field:
			for _, id := range n.Names {
				local[id.Name] = true
			}
		}
		return true
	})
	return local
}

// unitsBefore returns the statements that run before the call at a position: those before it
// in each block around it, and the heads of the statements around it. In a loop, they are all
// statements of the loop. A statement that holds blocks, but not the call, is one unit.
func unitsBefore(f *ast.FuncDecl, call token.Pos) (units []ast.Node) {
	holds := func(n ast.Node) bool { return n.Pos() <= call && call < n.End() }
	var loopEnd token.Pos // of the outermost loop around the call
	block := func(list []ast.Stmt) {
		for _, s := range list {
			if !holds(s) && s.Pos() < max(call, loopEnd) {
				units = append(units, s)
			}
		}
	}
	head := func(parts ...ast.Node) {
		for _, part := range parts {
			if !isNil(part) && !holds(part) {
				units = append(units, part)
			}
		}
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if n == nil || !holds(n) {
			return false
		}
		switch n := n.(type) {
		case *ast.BlockStmt:
			block(n.List)
		case *ast.CaseClause:
			block(n.Body)
		case *ast.CommClause:
			block(n.Body)
			head(n.Comm)
		case *ast.IfStmt:
			head(n.Init, n.Cond)
		case *ast.SwitchStmt:
			head(n.Init, n.Tag)
		case *ast.TypeSwitchStmt:
			head(n.Init, n.Assign)
		case *ast.ForStmt:
			head(n.Init, n.Cond, n.Post)
			loopEnd = max(loopEnd, n.End())
		case *ast.RangeStmt:
			head(assignment(n))
			loopEnd = max(loopEnd, n.End())
		}
		return true
	})
	return units
}

// assignment presents the head of a range statement as an assignment.
func assignment(n *ast.RangeStmt) ast.Node {
	a := &ast.AssignStmt{TokPos: n.TokPos, Tok: n.Tok, Rhs: []ast.Expr{n.X}}
	for _, e := range []ast.Expr{n.Key, n.Value} {
		if e != nil {
			a.Lhs = append(a.Lhs, e)
		}
	}
	if len(a.Lhs) == 0 {
		return n.X
	}
	return a
}

// isNil reports whether a part of a statement is missing.
func isNil(n ast.Node) bool { return n == nil || reflect.ValueOf(n).IsNil() }
