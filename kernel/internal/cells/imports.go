package cells

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
)

// SpareImports removes the dot imports that a cell does not use from the
// program that GoNB has written for it. A session remembers every import, and
// an import of an earlier cell must not stop a later one. GoNB itself removes
// the other unused imports.
func SpareImports(path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		return // GoNB writes one of the two programs
	}
	if spared := withoutDotImports(text, exports); !bytes.Equal(spared, text) {
		os.WriteFile(path, spared, 0o600) // on failure the build reports what is unused
	}
}

// withoutDotImports blanks the dot imports of which a program uses no name.
// Everything else stays in place, because GoNB refers to the lines.
func withoutDotImports(text []byte, exports func(path string) []string) []byte {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, 0)
	if err != nil {
		return text // go build says what is wrong
	}
	var used map[string]bool
	for _, spec := range file.Imports {
		if spec.Name == nil || spec.Name.Name != "." {
			continue
		}
		path, _ := strconv.Unquote(spec.Path.Value) // the parser has checked it
		names := exports(path)
		if used == nil {
			used = undeclared(file)
		}
		if names != nil && !slices.ContainsFunc(names, func(name string) bool { return used[name] }) {
			text = bytes.Clone(text)
			blank(text[fset.Position(spec.Pos()).Offset:fset.Position(spec.End()).Offset])
		}
	}
	return text
}

// undeclared returns the names in a file that nothing in it declares. Keys of
// composite literals count, because the parser cannot tell fields from
// constants.
func undeclared(file *ast.File) map[string]bool {
	names := map[string]bool{}
	for _, name := range file.Unresolved {
		names[name.Name] = true
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if pair, found := n.(*ast.KeyValueExpr); found {
			if key, plain := pair.Key.(*ast.Ident); plain && key.Obj == nil {
				names[key.Name] = true
			}
		}
		return true
	})
	return names
}

func blank(text []byte) {
	for i := range text {
		text[i] = ' '
	}
}

var unusedImport = regexp.MustCompile(`(?m)^\./(main|main_test)\.go:(\d+):\d+: (".*") imported (as \w+ )?and not used$`)

// DropReported blanks the imports that a failed build has reported as unused,
// and reports whether there were any.
func DropReported(said []byte) (dropped bool) {
	for _, report := range unusedImport.FindAllSubmatch(said, -1) {
		path := string(report[1]) + ".go"
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		lines := bytes.SplitAfter(text, []byte("\n"))
		number, _ := strconv.Atoi(string(report[2])) // always digits
		if number < 1 || number > len(lines) {
			continue
		}
		line := bytes.TrimRight(lines[number-1], "\n")
		if !bytes.HasSuffix(line, report[3]) {
			continue // this line holds more than the import
		}
		blank(line)
		dropped = os.WriteFile(path, bytes.Join(lines, nil), 0o600) == nil || dropped
	}
	return dropped
}
