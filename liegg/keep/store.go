package keep

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/liegg/lab/liegg/internal/atomicfile"
)

// perName is how many values of a name are kept: the most recently used ones.
const perName = 8

// fileName returns a name for a folder that is different for different names.
func fileName(name string) string {
	escaped := url.PathEscape(name)
	if escaped == "." || escaped == ".." || len(escaped) > 200 {
		sum := sha256.Sum256([]byte(name))
		return hex.EncodeToString(sum[:16])
	}
	return escaped
}

func (r *recipe) path() string { return filepath.Join(r.folder, r.key()) }

// read sets v to the value that was kept by the recipe. The error is fs.ErrNotExist if there
// is none.
func read(r *recipe, v reflect.Value) error {
	text, err := os.ReadFile(r.path())
	if err != nil {
		return err
	}
	head, body, found := bytes.Cut(text, []byte("\n"))
	var kept recipe
	if !found || json.Unmarshal(head, &kept) != nil || kept.Size != int64(len(body)) || kept.Digest != digestOfBytes(body) {
		return errDamaged
	}
	if kept.Format != format {
		return fmt.Errorf("the stored value has format %d, and this program reads %d", kept.Format, format)
	}
	if err := decode(bufio.NewReader(bytes.NewReader(body)), kept.Size, v); err != nil {
		v.SetZero()
		return err
	}
	now := time.Now()
	os.Chtimes(r.path(), now, now) // only the order in which values are removed depends on it
	return nil
}

func digestOfBytes(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// write stores a value, and removes values of the same name that have not been used for long.
func write(r *recipe, v reflect.Value) error {
	var body bytes.Buffer
	if err := encode(&body, v); err != nil {
		return err
	}
	r.Made, r.Size, r.Digest = time.Now(), int64(body.Len()), digestOfBytes(body.Bytes())
	head, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(r.folder, 0o700); err != nil {
		return err
	}
	err = atomicfile.Write(r.path(), func(w io.Writer) error {
		_, err := w.Write(append(head, '\n'))
		if err == nil {
			_, err = w.Write(body.Bytes())
		}
		return err
	})
	if err == nil {
		r.removeOld()
	}
	return err
}

// entries returns the files of all values of the recipe's name, the most recently used first.
func (r *recipe) entries() []fs.FileInfo {
	listed, err := os.ReadDir(r.folder)
	if err != nil {
		return nil
	}
	var files []fs.FileInfo
	for _, entry := range listed {
		if info, err := entry.Info(); err == nil && len(entry.Name()) == len(r.key()) {
			files = append(files, info)
		}
	}
	slices.SortStableFunc(files, func(a, b fs.FileInfo) int { return cmp.Compare(b.ModTime().UnixNano(), a.ModTime().UnixNano()) })
	return files
}

func (r *recipe) removeOld() {
	if files := r.entries(); len(files) > perName {
		for _, file := range files[perName:] {
			os.Remove(filepath.Join(r.folder, file.Name()))
		}
	}
}

// anew says why a value could not be read: what has changed since the last one of this name
// was kept. It returns "" if there is none.
func (r *recipe) anew(err error) string {
	if !errors.Is(err, fs.ErrNotExist) {
		return err.Error()
	}
	files := r.entries()
	if len(files) == 0 {
		return ""
	}
	f, err := os.Open(filepath.Join(r.folder, files[0].Name()))
	if err != nil {
		return ""
	}
	defer f.Close()
	head, err := bufio.NewReader(f).ReadBytes('\n')
	var last recipe
	if err != nil || json.Unmarshal(head, &last) != nil {
		return ""
	}
	if last.Type != r.Type {
		return fmt.Sprintf("its type was %s and is %s", last.Type, r.Type)
	}
	return list(changes(last.Parts, r.Parts))
}
