package expect

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// address matches what fmt prints for a pointer, a function or a channel.
var address = regexp.MustCompile(`0x[0-9a-f]{6,}`)

// Printed prints the values, which must cover all exported types of the
// package under test that a user may hold. It fails if an address is printed,
// if formatting fails, or if the text is too long to read. It also fails if a
// type is missing, except for interfaces, functions and the given exceptions.
func Printed(t *testing.T, values []any, except ...string) {
	t.Helper()
	printed := map[string]bool{}
	for _, name := range except {
		printed[name] = true
	}
	for _, v := range values {
		of := reflect.TypeOf(v)
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		printed[of.Name()] = true
		readable(t, of.Name(), v)
		if reflect.TypeOf(v).Kind() == reflect.Struct {
			pointer := reflect.New(of)
			pointer.Elem().Set(reflect.ValueOf(v))
			readable(t, "*"+of.Name(), pointer.Interface())
		}
	}
	for _, name := range exportedTypes(t) {
		if !printed[name] {
			t.Errorf("no %s is printed: give Printed one", name)
		}
	}
}

func readable(t *testing.T, name string, v any) {
	t.Helper()
	const longest = 4000
	for _, text := range []string{fmt.Sprint(v), fmt.Sprintf("%+v", v), fmt.Sprint([]any{v})} {
		if found := address.FindString(text); found != "" || strings.Contains(text, "%!") || text == "" || len(text) > longest {
			t.Errorf("%s prints (address %q, %d bytes) %.300s", name, found, len(text), text)
		}
	}
	t.Logf("%s: %v", name, v)
}

// exportedTypes returns the exported types, with content, of the package in
// the working folder.
func exportedTypes(t *testing.T) (names []string) {
	t.Helper()
	files := OK(os.ReadDir("."))(t)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file := OK(parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.SkipObjectResolution))(t)
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			switch spec.Type.(type) {
			case *ast.InterfaceType, *ast.FuncType:
				return false
			}
			if spec.Name.IsExported() && !spec.Assign.IsValid() {
				names = append(names, spec.Name.Name)
			}
			return false
		})
	}
	return names
}
