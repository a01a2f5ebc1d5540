package keep

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"time"

	"github.com/liegg/lab/liegg/internal/cachefolder"
)

// format is the version of how values are stored.
const format = 1

// recipe describes a kept value and all that it depends on. It is the first line of its file.
type recipe struct {
	Format  int
	Name    string
	Type    string
	Made    time.Time
	Seconds float64           // that computing it took
	Parts   map[string]string // what it depends on, as digests
	Size    int64             // of the value, in bytes
	Digest  string            // of these bytes

	folder string // of all values of this name
}

func recipeOf(name string, kind reflect.Type, at position, on []any) (*recipe, error) {
	cache, err := cachefolder.Path()
	if err != nil {
		return nil, err
	}
	r := &recipe{Format: format, Name: name, Type: fmt.Sprint(kind), folder: filepath.Join(cache, "kept", fileName(name))}
	r.Parts = map[string]string{"Go": runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH}
	for name, describe := range surroundings {
		r.Parts[name] = describe()
	}
	p, err := r.addCode(at)
	if err != nil {
		return nil, err
	}
	values, err := dependencies(on, p)
	if err != nil {
		return nil, err
	}
	maps.Copy(r.Parts, values)
	return r, nil
}

// addCode adds the code of the caller, and of the modules that it is built with. If there is
// no source, the whole program stands for it, and p is nil.
func (r *recipe) addCode(at position) (p *program, err error) {
	p, err = readProgram(at.file)
	if err != nil {
		r.Parts["the program"], err = digestOfProgram()
		return nil, err
	}
	sources, err := p.sources(r.Name, at)
	if err != nil {
		return nil, err
	}
	modules, err := modulesOf(filepath.Dir(at.file))
	if err != nil {
		return nil, err
	}
	maps.Copy(r.Parts, sources)
	maps.Copy(r.Parts, modules)
	return p, nil
}

func digestOfProgram() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(path)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), err
}

// key is the same for values of the same type that depend on the same things.
func (r *recipe) key() string {
	text, err := json.Marshal([]any{r.Format, r.Name, r.Type, r.Parts})
	if err != nil {
		panic("keep: " + err.Error()) // text always has a form in JSON
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
