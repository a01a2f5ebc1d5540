package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A target says where the results of one notebook go. All paths are absolute;
// "" means that a result is not written.
type target struct {
	notebook string
	written  string // the executed notebook
	page     string // the HTML page
}

func (t target) results() []string {
	return slices.DeleteFunc([]string{t.written, t.page}, func(path string) bool { return path == "" })
}

// findTargets checks, before anything runs, that all notebooks exist and that
// their results can be written, each to a file of its own.
func findTargets(args []string, o runOptions) (targets []target, err error) {
	if len(args) == 0 {
		return nil, errors.New("run: name at least one notebook, as in: go run ./kernel run notebooks/01_o5_regression.ipynb")
	}
	for _, arg := range args {
		notebook, err := notebookPath(arg)
		if err != nil {
			return nil, err
		}
		t, err := o.target(notebook)
		if err != nil {
			return nil, err
		}
		targets = append(targets, t)
	}
	for i, t := range targets {
		for k, other := range targets[:i] {
			if path := t.clash(other); path != "" {
				return nil, fmt.Errorf("run: %s and %s would both be written to %s: run them separately, each with its own folder -o", args[k], args[i], shortPath(path))
			}
		}
	}
	for _, t := range targets {
		if err := t.checkWritable(o.folder != ""); err != nil {
			return nil, err
		}
	}
	return targets, nil
}

func notebookPath(arg string) (string, error) {
	info, err := os.Stat(arg)
	if err != nil {
		return "", fmt.Errorf("%s cannot be read: %w", arg, withoutPath(err))
	}
	if filepath.Ext(arg) != ".ipynb" || !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a notebook: its name should end in .ipynb", arg)
	}
	return filepath.Abs(arg)
}

// withoutPath strips the path from a system error whose message names it
// already.
func withoutPath(err error) error {
	if path, found := errors.AsType[*os.PathError](err); found {
		return path.Err
	}
	return err
}

// target determines where the results of a notebook go. A notebook that is a
// link remains one: the file it points to is written.
func (o runOptions) target(notebook string) (target, error) {
	t := target{notebook: notebook}
	beside := notebook
	if o.folder != "" {
		var err error
		if beside, err = filepath.Abs(filepath.Join(o.folder, filepath.Base(notebook))); err != nil {
			return t, err
		}
		t.written = beside
	}
	if o.html {
		t.page = strings.TrimSuffix(beside, ".ipynb") + ".html"
	}
	if !o.html && o.folder == "" || t.written != "" && samePlace(t.written, notebook) {
		real, err := filepath.EvalSymlinks(notebook)
		if err != nil {
			return t, fmt.Errorf("%s cannot be read: %w", shortPath(notebook), withoutPath(err))
		}
		t.written = real
	}
	return t, nil
}

// clash returns a result of t that is also one of other's, or "".
func (t target) clash(other target) string {
	for _, path := range t.results() {
		if slices.ContainsFunc(other.results(), func(o string) bool { return samePlace(path, o) }) {
			return path
		}
	}
	return ""
}

// samePlace reports whether two paths name one entry of one folder, or one
// file under several names.
func samePlace(a, b string) bool {
	dirA, errA := os.Stat(filepath.Dir(a))
	dirB, errB := os.Stat(filepath.Dir(b))
	if filepath.Base(a) == filepath.Base(b) {
		if errA != nil || errB != nil {
			return filepath.Clean(a) == filepath.Clean(b)
		}
		return os.SameFile(dirA, dirB)
	}
	fileA, errA := os.Lstat(a)
	fileB, errB := os.Lstat(b)
	return errA == nil && errB == nil && os.SameFile(fileA, fileB)
}

// checkWritable returns an error if the results cannot be written.
func (t target) checkWritable(makeFolder bool) error {
	if makeFolder {
		if err := os.MkdirAll(filepath.Dir(t.written), 0o777); err != nil {
			return fmt.Errorf("run: cannot create the folder %s: %w", shortPath(filepath.Dir(t.written)), withoutPath(err))
		}
	}
	for _, path := range t.results() {
		if err := checkReplaceable(path); err != nil {
			return fmt.Errorf("run: cannot write %s: %w", shortPath(path), err)
		}
	}
	return nil
}

// checkReplaceable returns an error unless a new file can replace path.
func checkReplaceable(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return withoutPath(err)
	case info.IsDir():
		return errors.New("it is a folder")
	case info.Mode().IsRegular() && info.Mode().Perm()&0o200 == 0:
		return errors.New("it is read-only; chmod u+w makes it writable, -o DIR writes elsewhere")
	case !info.Mode().IsRegular() && info.Mode()&os.ModeSymlink == 0:
		return errors.New("it is not a regular file")
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	if err != nil {
		return fmt.Errorf("%w; -o DIR writes elsewhere", withoutPath(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
