package cells

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// A refusal says what in a cell cannot be executed, where it is, and why. It
// is nil for a cell that is left to GoNB and the compiler.
type refusal struct {
	line   int
	column int // 0 for the whole line
	why    string
}

func refuse(line int, format string, args ...any) *refusal {
	return &refusal{line, 0, fmt.Sprintf(format, args...)}
}

// prepareCell returns what GoNB is to execute for the text of a cell, and the
// names that cease to exist when the cell ends, unless the cell is refused.
func prepareCell(code string, allowInput bool) (text string, ends []string, no *refusal) {
	c := readCell(code)
	if words := cellCommand(c.lines); words != nil {
		if len(words) == 1 && words[0] == "%%script" {
			return "", nil, refuse(1, "%%%%script needs the name of a program, as in %%%%script python3")
		}
		return strings.Join(c.lines, "\n"), nil, nil
	}
	if no := c.checkTags(); no != nil {
		return "", nil, no
	}
	lines, no := c.commands(c.kept(), allowInput)
	if no == nil {
		ends, no = c.checkGo()
	}
	return strings.Join(lines, "\n"), ends, no
}

// checkTags refuses a field tag that would have to be split in two.
func (c *cell) checkTags() *refusal {
	for _, raw := range c.raws {
		if lost := raw.lost(c); raw.tag && len(lost) > 0 {
			return refuse(lost[0]+1, "this line of a string begins with %.7s, which the kernel takes for a command: begin it with a space",
				strings.TrimSpace(c.lines[lost[0]]))
		}
	}
	return nil
}

// checkGo parses the Go of the cell, as GoNB does. It returns the names that
// the statements below %% declare.
func (c *cell) checkGo() (ends []string, no *refusal) {
	source, opened, no := c.source()
	if no != nil {
		return nil, no
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", source, parser.SkipObjectResolution)
	if no := c.checkSyntax(err, opened); no != nil {
		return nil, no
	}
	// The first line of the source is the package clause.
	line := func(pos token.Pos) int { return fset.Position(pos).Line - 1 }
	no = checkImports(file, line)
	if no == nil {
		no = checkDuplicates(file, line, opened)
	}
	if no != nil {
		return nil, no
	}
	for _, decl := range file.Decls {
		if f, found := decl.(*ast.FuncDecl); found && f.Recv == nil && f.Name.Name == "main" && f.Body != nil {
			ends = append(ends, declaredBy(f.Body.List)...)
		}
	}
	return ends, nil
}

// source returns the Go of the cell as a program with the same lines, below a
// line with the package clause. The statements below %%, which is line
// opened, become the body of main; opened is 0 if there are none.
func (c *cell) source() (source string, opened int, no *refusal) {
	var text strings.Builder
	text.WriteString("package main\n")
	mains := 0
	for i, line := range c.lines {
		switch {
		case c.at[i] == inCommand:
			words := mainCommand(line)
			if c.isContinued(i) || words == nil {
				break
			}
			if mains++; mains > 1 {
				return "", 0, refuse(i+1, "a cell has one %%%%, %%main or %%exec: split the cell in two")
			}
			if words[0] != "exec" {
				text.WriteString("func main() {")
				opened = i + 1
			}
		case c.at[i] == inCode && strings.HasPrefix(line, "package") && !isWord(line):
			// GoNB adds a package clause of its own.
		default:
			text.WriteString(line)
		}
		text.WriteString("\n")
	}
	if opened > 0 {
		text.WriteString("}\n")
	}
	return text.String(), opened, nil
}

// checkSyntax explains a syntax error. If the parser expected a declaration,
// there are statements without %%, or after its end.
func (c *cell) checkSyntax(err error, opened int) *refusal {
	var list scanner.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return nil
	}
	first := list[0]
	no := &refusal{first.Pos.Line - 1, first.Pos.Column, strings.Replace(first.Msg, "found 'EOF'", theEnd, 1)}
	if last := len(c.lines); no.line > last { // at the brace that ends main
		no.line, no.column = last, len(c.lines[last-1])+1
		no.why = strings.Replace(no.why, "found '}'", theEnd, 1)
	}
	text := strings.TrimSpace(c.lines[no.line-1])
	switch {
	case isIndented(c.lines[no.line-1]):
		no.why = fmt.Sprintf("%s must be at the beginning of its line", strings.Fields(text)[0])
	case opened > 0 && no.line > opened && isDeclaration(text):
		no.why = fmt.Sprintf("functions, types and imports belong above %%%%, which is line %d", opened)
	case !strings.HasPrefix(first.Msg, "expected declaration, found "):
	case opened > 0 && no.line > opened:
		no.why += fmt.Sprintf(": a } above closes the block that %%%% begins in line %d", opened)
	case opened > 0:
		no.why += fmt.Sprintf(": statements belong below %%%%, which is line %d", opened)
	default:
		no.why += ": to run statements, put %% on a line of its own before them"
	}
	return no
}

// isIndented reports whether a line would be a command if no space preceded
// it.
func isIndented(line string) bool {
	words := strings.Fields(line)
	if len(words) == 0 || line[0] == '%' {
		return false
	}
	name, found := strings.CutPrefix(words[0], "%")
	return found && slices.Contains(lineCommands, name)
}

// isDeclaration reports whether a line begins a declaration that Go allows
// only outside functions. Types are also allowed inside, where they are not
// syntax errors.
func isDeclaration(text string) bool {
	name, isFunction := strings.CutPrefix(text, "func ")
	name = strings.TrimSpace(name)
	return strings.HasPrefix(text, "import ") || strings.HasPrefix(text, "import(") || isFunction && name != "" && wordByte(name[0])
}

const theEnd = "found the end of the cell"

// checkDuplicates reports what the cell declares twice. GoNB would silently
// keep only the second.
func checkDuplicates(file *ast.File, line func(token.Pos) int, opened int) *refusal {
	seen := map[string]int{}
	for _, decl := range file.Decls {
		for _, name := range keysOf(decl) {
			at := line(name.pos)
			before, twice := seen[name.key]
			seen[name.key] = at
			switch {
			case !twice:
			case name.key == "main" && opened > 0:
				return refuse(min(at, before), "%%%% in line %d also makes a func main: remove one of them", opened)
			case name.key == "init":
				return refuse(at, "a second func init, after the one in line %d: name them init_a and init_b, and both will run", before)
			case strings.HasPrefix(name.key, genericKey):
				return refuse(at, "%s of a second generic type, after the one in line %d: the kernel keeps only one of them unless their receivers are pointers",
					strings.TrimPrefix(name.key, genericKey), before)
			default:
				return refuse(at, "%s is already declared in line %d", name.key, before)
			}
		}
	}
	return nil
}

// A declaredName is a name that may be declared once. A method's name
// includes its type.
type declaredName struct {
	key string
	pos token.Pos
}

// genericKey begins the name under which GoNB stores a method of any generic
// type whose receiver is not a pointer.
const genericKey = "a method "

func keysOf(decl ast.Decl) (keys []declaredName) {
	for _, name := range declared(decl) {
		if name.Name != "_" {
			keys = append(keys, declaredName{name.Name, name.Pos()})
		}
	}
	f, found := decl.(*ast.FuncDecl)
	if !found || f.Recv == nil || len(f.Recv.List) != 1 {
		return keys
	}
	name, generic := receiver(f.Recv.List[0].Type)
	keys = append(keys, declaredName{name + "." + f.Name.Name, f.Name.Pos()})
	if generic {
		keys = append(keys, declaredName{genericKey + f.Name.Name, f.Name.Pos()})
	}
	return keys
}

// receiver returns the name of a method's type, and whether it is generic and
// not a pointer.
func receiver(expr ast.Expr) (name string, generic bool) {
	switch expr := expr.(type) {
	case *ast.Ident:
		return expr.Name, false
	case *ast.StarExpr:
		name, _ = receiver(expr.X)
		return name, false
	case *ast.ParenExpr:
		return receiver(expr.X)
	case *ast.IndexExpr:
		name, _ = receiver(expr.X)
	case *ast.IndexListExpr:
		name, _ = receiver(expr.X)
	}
	return name, true
}

// declaredBy returns the names that statements declare, except those inside
// other statements.
func declaredBy(list []ast.Stmt) (names []string) {
	for _, statement := range list {
		switch s := statement.(type) {
		case *ast.AssignStmt:
			for _, left := range s.Lhs {
				if name, plain := left.(*ast.Ident); plain && s.Tok == token.DEFINE {
					names = append(names, name.Name)
				}
			}
		case *ast.DeclStmt:
			for _, name := range declared(s.Decl) {
				names = append(names, name.Name)
			}
		}
	}
	return names
}
