package setup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/liegg/lab/kernel/internal/system"
)

// A modulePatch removes from a module code that cells would link every time but never
// run, or should not run.
type modulePatch struct {
	module string
	file   string // path within the module
	edits  [][2]string
}

// modulePatches save a third of the time that linking a cell with XLA takes.
var modulePatches = []modulePatch{
	// The installer brings in net/http and crypto/tls. Cells switch it off by
	// GOMLX_NO_AUTO_INSTALL, because the plugin is prepared beforehand.
	{"github.com/gomlx/go-xla", "compute/xla/xla.go", [][2]string{
		{"\t\"github.com/gomlx/go-xla/installer\"\n", ""},
		{`installer.AutoInstall("", true, installer.Normal)`, `errors.New("cells install no plugin; run: go run ./kernel prepare xla")`},
	}},
	// This looks up a method by name to print descriptors of services.
	// reflect has methods with that name, which since Go 1.26 may call any
	// other, so the linker keeps all exported methods of the whole program.
	{"google.golang.org/protobuf", "internal/descfmt/stringer.go", [][2]string{
		{`{rv.MethodByName("Methods"), "Methods"},`, ""},
	}},
	// This prints the text of an error just before the panic that prints it.
	{"github.com/janpfeifer/must", "must.go", [][2]string{
		{"import \"log\"\n", ""},
		{`log.Printf("Must not error: %+v\nPanicking ...\n\n", err)`, ""},
	}},
}

func patchStep() step {
	return step{
		Name:     "lean",
		about:    "copies of go-xla, protobuf and must without code that cells should not run",
		optional: true,
		Made:     firstMissingPatch,
		key: func(p Paths) (string, error) {
			folders, err := patchedFolders(p)
			return system.Digest(fmt.Append(nil, folders)), err
		},
		do: layLean,
	}
}

// patchedModules is the folder of the copies, shared between checkouts.
func (p Paths) patchedModules() string { return filepath.Join(p.Cache, "lean") }

// patchedFolders returns the folders of this checkout's copies.
func patchedFolders(p Paths) (folders []string, err error) {
	mod, _, err := moduleFiles(p)
	for _, c := range modulePatches {
		folders = append(folders, c.patchedFolder(p, required(string(mod), c.module)))
	}
	return folders, err
}

// firstMissingPatch returns the first copy that is missing, or else the last one.
func firstMissingPatch(p Paths) (folder string) {
	folders, _ := patchedFolders(p) // key reports the error
	for _, folder = range folders {
		if !system.Exists(folder) {
			break
		}
	}
	return folder
}

// patchedFolder is named after everything that its content depends on.
func (c modulePatch) patchedFolder(p Paths, version string) string {
	return filepath.Join(p.patchedModules(), filepath.Base(c.module)+"-"+system.Digest(fmt.Append(nil, c, version))[:12])
}

// PatchedReplacements returns the lines of a go.mod, with the requirements of
// mod, that replace those versions by the copies.
func PatchedReplacements(p Paths, mod string) string {
	var lines strings.Builder
	for _, c := range modulePatches {
		version := required(mod, c.module)
		if folder := c.patchedFolder(p, version); system.Exists(folder) {
			fmt.Fprintf(&lines, "\nreplace %s %s => %q\n", c.module, version, folder)
		}
	}
	return lines.String()
}

// required returns the version of a module that the text of a go.mod
// requires, or "" if it does not.
func required(mod, module string) string {
	for line := range strings.Lines(mod) {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(fields) >= 2 && fields[0] == module {
			return fields[1]
		}
	}
	return ""
}

func layLean(ctx context.Context, p Paths, say *Progress) error {
	folders, err := patchedFolders(p)
	if err != nil {
		return err
	}
	for i, c := range modulePatches {
		if system.Exists(folders[i]) {
			continue
		}
		if err := system.MakeFolderAtomically(folders[i], func(dir string) error { return c.copyTo(ctx, p, dir) }); err != nil {
			return err
		}
	}
	return nil
}

// copyTo copies the module, checked against go.sum, into dir and edits it.
func (c modulePatch) copyTo(ctx context.Context, p Paths, dir string) error {
	module, err := DownloadModule(ctx, p, c.module)
	if err != nil {
		return err
	}
	if err := copySources(dir, module); err != nil {
		return err
	}
	path := filepath.Join(dir, filepath.FromSlash(c.file))
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	edited, err := c.edit(string(text))
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(edited), 0o600)
}

func (c modulePatch) edit(text string) (string, error) {
	for _, e := range c.edits {
		if strings.Count(text, e[0]) != 1 {
			return "", fmt.Errorf("%s/%s does not contain %q exactly once: adapt the cut to this version", c.module, c.file, e[0])
		}
		text = strings.Replace(text, e[0], e[1], 1)
	}
	return text, nil
}

// copySources copies a module without its tests.
func copySources(to, from string) error {
	return filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		within, err := filepath.Rel(from, path)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "testprotos"):
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, within), 0o700)
		case !entry.Type().IsRegular() || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, within), text, 0o600)
	})
}
