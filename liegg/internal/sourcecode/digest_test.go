package sourcecode

import (
	"testing"
	"testing/fstest"
)

func TestDigest(t *testing.T) {
	files := func(changes ...string) fstest.MapFS {
		code := fstest.MapFS{}
		for _, name := range []string{"a.go", "a_test.go", "part.go", "b/c.go", "b/d/e.go", "b/notes.txt"} {
			code[name] = &fstest.MapFile{Data: []byte("package " + name)}
		}
		for _, name := range changes {
			code[name] = &fstest.MapFile{Data: []byte("changed")}
		}
		return code
	}
	whole := Digest(files(), ".", "b")
	for _, c := range []struct {
		changed string
		differs bool
	}{
		{"a.go", true}, {"part.go", true}, {"b/c.go", true}, {"new.go", true}, {"b/new.go", true},
		{"a_test.go", false}, {"new_test.go", false}, {"b/d/e.go", false}, {"b/notes.txt", false}, {"z/f.go", false},
	} {
		if differs := Digest(files(c.changed), ".", "b") != whole; differs != c.differs {
			t.Errorf("a change of %s changes the digest: %v", c.changed, differs)
		}
	}
	if Digest(files(), ".") == whole {
		t.Error("a folder makes no difference")
	}
	defer func() {
		if recover() == nil {
			t.Error("a folder without code is taken")
		}
	}()
	Digest(files(), "z")
}
