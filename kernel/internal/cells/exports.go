package cells

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/liegg/lab/kernel/internal/system"
)

// exports returns the exported names that a package declares, except methods,
// as the session in the working directory sees the package. They are looked
// up once per session. The result is nil if the package cannot be found.
func exports(path string) []string {
	kept := ".exports-" + system.Digest([]byte(path))[:12]
	if text, err := os.ReadFile(kept); err == nil {
		return strings.Fields(string(text))
	}
	dir, err := exec.Command(os.Getenv("LIEGG_GO"), "list", "-find", "-f", "{{.Dir}}", path).Output()
	if err != nil {
		return nil
	}
	names := exportsIn(strings.TrimSpace(string(dir)))
	system.WriteAtomically(kept, []byte(strings.Join(names, "\n")), 0o600) // on failure they are looked up again
	return names
}

// exportsIn returns the exported names declared in the Go files of a folder,
// for any operating system.
func exportsIn(dir string) (names []string) {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go")) // none, if the folder's name is a bad pattern
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		for _, decl := range file.Decls {
			for _, name := range declared(decl) {
				if name.IsExported() {
					names = append(names, name.Name)
				}
			}
		}
	}
	return names
}

// declared returns the names that a declaration adds to its package: none for
// a method.
func declared(decl ast.Decl) (names []*ast.Ident) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv == nil {
			names = append(names, decl.Name)
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				names = append(names, spec.Names...)
			case *ast.TypeSpec:
				names = append(names, spec.Name)
			}
		}
	}
	return names
}
