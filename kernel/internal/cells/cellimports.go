package cells

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
)

// lastWord is what GoNB takes for the name of an import without one.
var lastWord = regexp.MustCompile(`\w+\s*$`)

// checkImports reports an import of the cell that displaces another one. GoNB
// keeps one import per name, and silently drops the other.
func checkImports(file *ast.File, line func(token.Pos) int) *refusal {
	type position struct {
		path string
		line int
	}
	seen := map[string]position{}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := lastWord.FindString(path)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		here := position{path, line(spec.Pos())}
		before, twice := seen[name]
		seen[name] = here
		switch {
		case !twice || before.path == path || name == "." || name == "":
		case name == "_":
			return refuse(here.line, "the kernel keeps only one blank import, and line %d has one: import this package by its name, and use it", before.line)
		default:
			return refuse(here.line, "the kernel would drop the import in line %d in favour of this one, since it takes %s for the name of both: give one of them another name", before.line, name)
		}
	}
	return nil
}
