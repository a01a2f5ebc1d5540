package ask

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/liegg/lab/liegg/internal/atomicfile"
	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/network"
)

// Share is the part of the work for a question that one of several processes has done.
type Share struct {
	Question Question
	Part     *network.VerdictPart
}

// String names the share and its question.
func (s *Share) String() string { return fmt.Sprintf("%v: %v", s.Question, s.Part) }

// shareMagic begins the file of a share.
const shareMagic = "liegg judge share 1\n"

// MarshalBinary writes a share: a head, a SHA-256, and the data that it is the digest of, in
// the format of encoding/gob.
func (s *Share) MarshalBinary() ([]byte, error) {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(struct { // without the methods of Share
		Question Question
		Part     *network.VerdictPart
	}{s.Question, s.Part}); err != nil {
		return nil, fmt.Errorf("ask: writing a share: %w", err)
	}
	sum := sha256.Sum256(b.Bytes())
	return append(append([]byte(shareMagic), sum[:]...), b.Bytes()...), nil
}

// UnmarshalBinary reads what MarshalBinary has written.
func (s *Share) UnmarshalBinary(data []byte) error {
	data, ok := bytes.CutPrefix(data, []byte(shareMagic))
	if !ok {
		return errors.New("ask: no share of a question: study judge … --shard i/n -o FILE writes one")
	}
	if len(data) < sha256.Size || sha256.Sum256(data[sha256.Size:]) != [sha256.Size]byte(data[:sha256.Size]) {
		return errors.New("ask: a damaged or truncated share: compute it again")
	}
	var read struct {
		Question Question
		Part     *network.VerdictPart
	}
	if err := gob.NewDecoder(bytes.NewReader(data[sha256.Size:])).Decode(&read); err != nil || read.Part == nil {
		return fmt.Errorf("ask: no share of a question: %w", err)
	}
	s.Question, s.Part = read.Question, read.Part
	return nil
}

// Write writes a share to a file atomically.
func (s *Share) Write(path string) error {
	data, err := s.MarshalBinary()
	if err != nil {
		return err
	}
	return atomicfile.Write(path, func(w io.Writer) error { _, err := w.Write(data); return err })
}

// ReadShare reads a file that Share.Write has written. It returns the errors of the file
// system and of UnmarshalBinary, with the file's name.
func ReadShare(path string) (*Share, error) {
	data, err := bounded.ReadFile(path, 0)
	if err != nil {
		return nil, err
	}
	var s Share
	if err := s.UnmarshalBinary(data); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &s, nil
}

// IsShare reports whether a file begins like one that Share.Write has written.
func IsShare(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(shareMagic))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == shareMagic
}

// Join returns the question of shares, with their parts. It returns an error if they are
// shares of different questions. Subject.Ask checks whether they are complete. Join panics
// without shares.
func Join(shares ...*Share) (q Question, parts []*network.VerdictPart, err error) {
	q = shares[0].Question
	for _, s := range shares {
		if s.Question.String() != q.String() {
			return q, nil, fmt.Errorf("ask: shares of different questions:\n  %v\n  %v", q, s.Question)
		}
		parts = append(parts, s.Part)
	}
	return q, parts, nil
}

// Absolute returns the question with absolute paths, for processes in other folders.
func (q Question) Absolute() (Question, error) {
	for _, path := range []*string{&q.Model, &q.Data, &q.By, &q.Groups, &q.Targets} {
		isFile := path == &q.Model || path == &q.Data || strings.HasSuffix(*path, ".npy")
		if *path == "" || !isFile {
			continue
		}
		whole, err := filepath.Abs(*path)
		if err != nil {
			return q, err
		}
		*path = whole
	}
	return q, nil
}

// Digest returns a SHA-256, in hexadecimal, of the question and of the contents of the files
// that it names.
func (q Question) Digest() (string, error) {
	h := sha256.New()
	fmt.Fprint(h, q)
	for _, root := range []string{q.Model, q.Data} {
		if root == "" {
			continue
		}
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = io.Copy(h, f)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
