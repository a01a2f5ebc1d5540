package cells

import (
	"go/parser"
	"go/token"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/liegg/lab/kernel/internal/setup"
)

// cellPackages returns the packages that cells may use without importing
// them: the lab's, the usual imports, and the standard library, in
// this order.
func cellPackages(checkout, goPath string) []string {
	return slices.Concat(packagesIn(checkout, setup.ModulePath+"/"), setup.UsualImports, packagesIn(filepath.Join(goRoot(goPath), "src"), ""))
}

// packagesIn returns the packages in a folder, whose paths begin with prefix.
func packagesIn(root, prefix string) (paths []string) {
	for _, pattern := range []string{"*", "*/*", "*/*/*"} {
		dirs, _ := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern))) // the pattern is well-formed
		for _, dir := range dirs {
			within, err := filepath.Rel(root, dir)
			if err == nil && isOpen(filepath.ToSlash(within)) && hasPackage(dir) {
				paths = append(paths, prefix+filepath.ToSlash(within))
			}
		}
	}
	slices.Sort(paths)
	return paths
}

// isOpen reports whether cells may import from a folder.
func isOpen(folder string) bool {
	return !slices.ContainsFunc(strings.Split(folder, "/"), func(part string) bool {
		return slices.Contains([]string{"cmd", "vendor", "internal", "testdata", "kernel", "notebooks"}, part) || strings.HasPrefix(part, ".")
	})
}

// hasPackage reports whether a folder holds a package that can be imported.
func hasPackage(dir string) bool {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go")) // the pattern is well-formed
	return slices.ContainsFunc(files, func(path string) bool {
		if strings.HasSuffix(path, "_test.go") {
			return false
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly)
		return err == nil && file.Name.Name != "main"
	})
}

// packageName returns the usual name of the package with this path.
func packageName(p string) string {
	if base := path.Base(p); len(base) < 2 || base[0] != 'v' || strings.Trim(base[1:], "0123456789") != "" {
		return base
	}
	return path.Base(path.Dir(p))
}

// goRoot returns the root of the Go installation of a go command.
func goRoot(goPath string) string {
	root, err := exec.Command(goPath, "env", "GOROOT").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(root))
}
