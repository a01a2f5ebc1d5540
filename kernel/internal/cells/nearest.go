package cells

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/liegg/lab/kernel/internal/setup"
)

var undefined = regexp.MustCompile(`(?m)^(\./(main|main_test)\.go:(\d+):(\d+)): undefined: (\w+)(\.\w+)?$`)

// WithNearest adds, to a compiler's reports of undefined names, which name
// may be meant. If goimports has found no package with a name, the compiler
// only reports the package as missing; the name is then reported instead.
func WithNearest(said []byte) []byte {
	programs := map[string]*program{}
	return undefined.ReplaceAllFunc(said, func(report []byte) []byte {
		found := undefined.FindSubmatch(report)
		position, file, name, selected := string(found[1]), string(found[2])+".go", string(found[5]), strings.TrimPrefix(string(found[6]), ".")
		if programs[file] == nil {
			programs[file] = readProgram(file)
		}
		line, _ := strconv.Atoi(string(found[3])) // always digits
		column, _ := strconv.Atoi(string(found[4]))
		if told := programs[file].nearest(name, selected, line, column); told != "" {
			return []byte(position + ": " + told)
		}
		return report
	})
}

// A program is the Go program that was compiled for a cell.
type program struct {
	fset *token.FileSet
	file *ast.File
}

func readProgram(name string) *program {
	p := &program{fset: token.NewFileSet()}
	p.file, _ = parser.ParseFile(p.fset, name, nil, parser.SkipObjectResolution) // if it cannot be parsed it has no names
	return p
}

// nearest says which name is not defined, and which may be meant. It returns
// "" if there is nothing to say.
func (p *program) nearest(name, selected string, line, column int) string {
	if p.file == nil {
		return ""
	}
	if selected == "" {
		selected = p.selectedFrom(line, column)
	}
	if selected == "" {
		return didYouMean(name, "", p.names())
	}
	paths := p.importsOf(name)
	if len(paths) == 0 {
		for _, path := range sessionPackages() {
			if packageName(path) == name {
				paths = append(paths, path)
			}
		}
	}
	var all []string
	for _, path := range paths {
		all = append(all, exports(path)...)
	}
	if len(all) == 0 {
		others := p.names()
		for _, path := range sessionPackages() {
			others = append(others, packageName(path))
		}
		return didYouMean(name, "", others)
	}
	if told := didYouMean(selected, name+".", all); told != "" {
		return told
	}
	return fmt.Sprintf("undefined: %s.%s: package %s has no such name", name, selected, name)
}

// selectedFrom returns what the program selects from the name at a position:
// Sel of X.Sel.
func (p *program) selectedFrom(line, column int) (selected string) {
	ast.Inspect(p.file, func(n ast.Node) bool {
		if s, found := n.(*ast.SelectorExpr); found {
			if at := p.fset.Position(s.X.Pos()); at.Line == line && at.Column == column {
				if _, plain := s.X.(*ast.Ident); plain {
					selected = s.Sel.Name
				}
			}
		}
		return true
	})
	return selected
}

// names returns the names that the program declares anywhere, and those of
// its dot imports.
func (p *program) names() (names []string) {
	add := func(idents ...*ast.Ident) {
		for _, ident := range idents {
			names = append(names, ident.Name)
		}
	}
	ast.Inspect(p.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			add(n.Names...)
		case ast.Decl:
			add(declared(n)...)
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				if ident, plain := left.(*ast.Ident); plain && n.Tok == token.DEFINE {
					add(ident)
				}
			}
		}
		return true
	})
	for _, path := range p.importsOf(".") {
		names = append(names, exports(path)...)
	}
	return names
}

// importsOf returns the paths that the program imports under a name.
func (p *program) importsOf(name string) (paths []string) {
	for _, spec := range p.file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err == nil && (spec.Name != nil && spec.Name.Name == name || spec.Name == nil && packageName(path) == name) {
			paths = append(paths, path)
		}
	}
	return paths
}

func sessionPackages() []string {
	return cellPackages(setup.SessionPaths().Checkout, os.Getenv("LIEGG_GO"))
}

// didYouMean reports name as undefined and suggests the nearest of the
// others, or returns "" if none is near.
func didYouMean(name, prefix string, others []string) string {
	best, least := "", 1+utf8.RuneCountInString(name)/3
	for _, other := range others {
		if other == name {
			continue
		}
		if d := distance(strings.ToLower(name), strings.ToLower(other)); d < least || d == least && best != "" && other < best {
			best, least = other, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("undefined: %s%s; did you mean %s%s?", prefix, name, prefix, best)
}

// distance returns the number of insertions, deletions, replacements and
// exchanges of neighbouring letters that lead from a to b (optimal string
// alignment).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	rows := make([][]int, len(from)+1)
	for i := range rows {
		rows[i] = make([]int, len(to)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(from); i++ {
		for j := 1; j <= len(to); j++ {
			change := 1
			if from[i-1] == to[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(from)][len(to)]
}
