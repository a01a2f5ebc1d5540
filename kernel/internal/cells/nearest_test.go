package cells

import (
	"os"
	"testing"

	"github.com/liegg/lab/kernel/internal/setup"
)

func TestNearestNames(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("LIEGG_CHECKOUT", prepared.Checkout)
	goPath, err := setup.RealGo()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("LIEGG_GO", goPath)
	if err := setup.LaySession(prepared, ".", "gonb_nearest"); err != nil {
		t.Fatal(err)
	}
	const program = `package main

import (
	. "math/bits"
	str "strings"
)

func train(steps int) {}

func main() {
	total := 1
	fmt.Printline(totla, trian, str.Spilt, LeadingZeroes)
	netwrok.Cached()
	network.Judgee()
	fmt.Frobnicate()
	zzzzzz()
	k := zz
}
`
	if err := os.WriteFile("main.go", []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	for said, want := range map[string]string{
		"./main.go:12:2: undefined: fmt":            "./main.go:12:2: undefined: fmt.Printline; did you mean fmt.Println?",
		"./main.go:12:16: undefined: totla":         "./main.go:12:16: undefined: totla; did you mean total?",
		"./main.go:12:23: undefined: trian":         "./main.go:12:23: undefined: trian; did you mean train?",
		"./main.go:12:30: undefined: str.Spilt":     "./main.go:12:30: undefined: str.Spilt; did you mean str.Split?",
		"./main.go:12:41: undefined: LeadingZeroes": "./main.go:12:41: undefined: LeadingZeroes; did you mean LeadingZeros?",
		"./main.go:13:2: undefined: netwrok":        "./main.go:13:2: undefined: netwrok; did you mean network?",
		"./main.go:14:2: undefined: network":        "./main.go:14:2: undefined: network.Judgee; did you mean network.Judge?",
		"./main.go:15:2: undefined: fmt":            "./main.go:15:2: undefined: fmt.Frobnicate: package fmt has no such name",
		"./main.go:16:2: undefined: zzzzzz":         "./main.go:16:2: undefined: zzzzzz",
		"./main.go:17:7: undefined: zz":             "./main.go:17:7: undefined: zz",
		"./other.go:1:1: undefined: totla":          "./other.go:1:1: undefined: totla",
		"./main.go:1:1: x.F undefined (type T)":     "./main.go:1:1: x.F undefined (type T)",
	} {
		said, want = "# gonb_nearest\n"+said+"\n", "# gonb_nearest\n"+want+"\n"
		if got := string(WithNearest([]byte(said))); got != want {
			t.Errorf("%s became %s, want %s", said, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "abcd", 1}, {"abc", "", 3}, {"printline", "println", 2}, {"σ²", "σ", 1}} {
		if got := distance(c.a, c.b); got != c.want || distance(c.b, c.a) != got {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
