package keep

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// moduleLine names the module itself, at random for each session of a notebook.
var moduleLine = regexp.MustCompile(`(?m)^module .*$`)

var localReplacement = regexp.MustCompile(`(?m)^\s*(?:replace\s+)?\S+(?:\s+v\S+)?\s+=>\s+(\.{0,2}/\S*|"[^"]+")\s*$`)

// modulesOf returns digests of the module that a folder belongs to: of go.mod and go.sum,
// which fix the versions of all others, and of the code in folders that replace others.
func modulesOf(folder string) (map[string]string, error) {
	root := folder
	for !exists(filepath.Join(root, "go.mod")) {
		parent := filepath.Dir(root)
		if parent == root {
			return nil, fmt.Errorf("there is no go.mod in %s or above it", folder)
		}
		root = parent
	}
	h := sha256.New()
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	needed := moduleLine.ReplaceAll(mod, nil)
	fmt.Fprintf(h, "%d %s %s", len(needed), needed, sum)
	digests := map[string]string{"go.mod": hex.EncodeToString(h.Sum(nil)[:16])}
	folders := []string{}
	if embeds, err := embedsFiles(folder); err != nil {
		return nil, err
	} else if root != folder || embeds {
		folders = append(folders, root) // packages of the caller's own module, and what they embed
	}
	for _, match := range localReplacement.FindAllStringSubmatch(string(mod), -1) {
		at := strings.Trim(match[1], `"`)
		if !filepath.IsAbs(at) {
			at = filepath.Join(root, at)
		}
		folders = append(folders, at)
	}
	for _, at := range folders {
		if digests["the code in "+at], err = codeDigest(at); err != nil {
			return nil, err
		}
	}
	return digests, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

var codeDigests sync.Map // a program's code does not change while it runs

// embedsFiles reports whether a Go file of a folder embeds others.
func embedsFiles(folder string) (bool, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil || bytes.Contains(text, []byte("//go:embed ")) {
			return err == nil, err
		}
	}
	return false, err
}

// codeDigest hashes the Go files below a folder, tests left out. Of folders with a Go file that
// embeds others, it hashes all files, since they are part of the program.
func codeDigest(folder string) (string, error) {
	if known, ok := codeDigests.Load(folder); ok {
		return known.(string), nil
	}
	h := sha256.New()
	var embedding []string // folders with files that may be embedded
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		if err == nil && entry.IsDir() && path != folder && (strings.HasPrefix(name, ".") || name == "testdata") {
			return fs.SkipDir
		}
		if err == nil && entry.IsDir() {
			embeds, err := embedsFiles(path)
			if embeds {
				embedding = append(embedding, path)
			}
			return err
		}
		if err != nil || !entry.Type().IsRegular() || strings.HasSuffix(name, "_test.go") || filepath.Ext(name) != ".go" && !within(path, embedding) {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		relative, _ := filepath.Rel(folder, path) // below folder
		fmt.Fprintln(h, relative)
		_, err = io.Copy(h, f)
		return err
	})
	digest := hex.EncodeToString(h.Sum(nil)[:16])
	if err == nil {
		codeDigests.Store(folder, digest)
	}
	return digest, err
}

func within(path string, folders []string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return strings.HasPrefix(path, f+string(filepath.Separator)) })
}
