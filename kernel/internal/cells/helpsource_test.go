package cells

import (
	"strings"
	"testing"
)

// Whatever a client asks about, nothing breaks, and lines keep their places.
func FuzzHelpSource(f *testing.F) {
	for _, code := range []string{"", " ", "! ", "%\\\n", "%%\nf()\n%%\n", "%exec\tf", "%%script\tsh\n! ", "\n%main\n", "([{}])", "f(a,\n", "// é", "\"🙂\", 𝒳(",
		"`\n%d\n`,\n)", "!ls \\\n\n,\n", "//gonb:%%\n(", "%%\r\nf(x)\r\n", "\x00", "package\n(", "%", "x := 1\nfunc f() {}"} {
		for _, cursor := range []float64{-3, 0, 1, 4, 1e300} {
			f.Add(code, cursor)
		}
	}
	f.Fuzz(func(t *testing.T, code string, cursor float64) {
		code = strings.ToValidUTF8(code, "?") // as JSON is read
		for _, kind := range []string{"inspect_request", "complete_request"} {
			s := newSession(nil)
			fields := map[string]any{"code": code, "cursor_pos": cursor}
			if err := s.requestHelp(kind, "id", fields); err != nil || fields["code"] != commandCell {
				t.Fatalf("%q: %v, sent %q", code, err, fields["code"])
			}
			s.asked["id"].help()
		}
		_, source, ok := readCell(code).helpSource()
		if !ok {
			return
		}
		lines := strings.Count(code, "\n")
		if got := strings.Count(source, "\n"); got < lines+linesAbove {
			t.Fatalf("%q has become %q", code, source)
		}
		for at := range source {
			if offset, found := nameAt(source, at); found && offset > at {
				t.Fatalf("the name at %d of %q is at %d", at, source, offset)
			}
			if got := placeOf(source, at).offset(source); got != at {
				t.Fatalf("byte %d of %q is at %d", at, source, got)
			}
		}
	})
}
