package keep

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

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
	fmt.Fprintf(h, "%d %s %s", len(mod), mod, sum)
	digests := map[string]string{"module versions": hex.EncodeToString(h.Sum(nil)[:16])}
	folders := []string{}
	if root != folder {
		folders = append(folders, root) // packages of the caller's own module
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

// codeDigest hashes the Go files below a folder, tests left out.
func codeDigest(folder string) (string, error) {
	if known, ok := codeDigests.Load(folder); ok {
		return known.(string), nil
	}
	h := sha256.New()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		if err == nil && entry.IsDir() && path != folder && (strings.HasPrefix(name, ".") || name == "testdata") {
			return fs.SkipDir
		}
		if err != nil || !entry.Type().IsRegular() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
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
