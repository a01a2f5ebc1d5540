package setup

import (
	"testing"
)

func TestSessionModule(t *testing.T) {
	mod := "module github.com/liegg/lab\n\ngo 1.26.5\n\nrequire a.org/b v1.0.0 // indirect\n\ntool (\n\ta.org/b/cmd\n)\n\ntool a.org/c\n"
	want := "module gonb_12\n\ngo 1.26.5\n\nrequire a.org/b v1.0.0 // indirect\n\n\n" +
		"\nrequire github.com/liegg/lab v0.0.0\n\nreplace github.com/liegg/lab => \"/home/a b/lab\"\n"
	if got := sessionModule(mod, "gonb_12", "/home/a b/lab"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
