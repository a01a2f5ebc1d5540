// Package storage checks the files of stored networks: their SHA-256 sums, and the memory that
// reading them takes.
package storage

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/liegg/lab/liegg/internal/bounded"
)

// SumsFile holds the SHA-256 of all other files of a stored network, as the program
// sha256sum writes and checks them.
const SumsFile = "SHA256SUMS"

// WriteSums writes the sums of all files of a folder.
func WriteSums(folder string) error {
	sums, err := sumsOf(folder)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, SumsFile), []byte(sums), 0o600)
}

// CheckSums returns an error unless the files of the folder are those that WriteSums
// found there.
func CheckSums(folder string) error {
	stored, err := bounded.ReadFile(filepath.Join(folder, SumsFile), 0)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is missing: the network was stored by an older version, or is not whole; train it again", SumsFile)
	}
	if err != nil {
		return err
	}
	sums, err := sumsOf(folder)
	if err != nil {
		return err
	}
	if sums == string(stored) {
		return nil
	}
	return fmt.Errorf("%s since it was stored; train it again, or bring the files back from a copy", changed(lines(string(stored)), lines(sums)))
}

// changed says what differs between the lines of two such files.
func changed(before, after map[string]string) string {
	for name, sum := range before {
		if now, there := after[name]; !there {
			return name + " was removed or renamed"
		} else if now != sum {
			return name + " was changed"
		}
	}
	for name := range after {
		if _, there := before[name]; !there {
			return name + " was added"
		}
	}
	return SumsFile + " was changed"
}

// lines are the sums by the names of their files.
func lines(sums string) map[string]string {
	byName := map[string]string{}
	for line := range strings.Lines(sums) {
		if sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  "); ok {
			byName[name] = sum
		}
	}
	return byName
}

// sumsOf has a line for each file of the folder but SumsFile, in the order of names.
func sumsOf(folder string) (string, error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	var sums strings.Builder
	for _, f := range files {
		if f.Name() == SumsFile {
			continue
		}
		data, err := bounded.ReadFile(filepath.Join(folder, f.Name()), 0)
		if err != nil {
			return "", err
		}
		sum := sha256.Sum256(data)
		fmt.Fprintf(&sums, "%s  %s\n", hex.EncodeToString(sum[:]), f.Name())
	}
	return sums.String(), nil
}
