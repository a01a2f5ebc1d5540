package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed embedded/hypothesis.ipynb
var hypothesis string

func newFlags(*flag.FlagSet) func(c *call, args []string) error {
	return func(c *call, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("new takes one NAME, not %d", len(args))
		}
		path, err := newNotebook(filepath.Join(c.paths.Checkout, "notebooks"), args[0])
		if err != nil {
			return err
		}
		fmt.Fprintf(c.stdout, "%s\nOpen it with: go run ./kernel lab %s\n", path, path)
		return nil
	}
}

// newNotebook copies the template of a hypothesis test. A name without a folder goes to the
// notebooks of the lab, where links to the others work. It returns an error if there is such
// a file already.
func newNotebook(folder, name string) (path string, err error) {
	title := strings.TrimSuffix(filepath.Base(name), ".ipynb")
	if title == "" || title == "." || title == string(filepath.Separator) {
		return "", fmt.Errorf("%q is no name of a notebook", name)
	}
	if title[0] == '.' {
		return "", fmt.Errorf("%q begins with a dot, and JupyterLab does not show such files: choose another name", name)
	}
	if path = filepath.Join(filepath.Dir(name), title+".ipynb"); !strings.ContainsRune(name, filepath.Separator) {
		path = filepath.Join(folder, title+".ipynb")
	}
	text := strings.NewReplacer(`\"NAME\"`, inJSON(strconv.Quote(title)), "NAME", inJSON(title)).Replace(hypothesis)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%s is there already: choose another name, or remove it", path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("there is no folder %s for the notebook: make it, or choose another name", filepath.Dir(path))
	}
	if err != nil {
		return "", err
	}
	if _, err = f.WriteString(text); err == nil {
		err = f.Close()
	} else {
		f.Close()
	}
	if err != nil {
		os.Remove(path)
	}
	return path, err
}

// inJSON writes text as it stands within a string of JSON.
func inJSON(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // text always has a form in JSON
	}
	return string(quoted[1 : len(quoted)-1])
}
