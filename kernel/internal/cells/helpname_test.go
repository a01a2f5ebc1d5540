package cells

import (
	"strings"
	"testing"
)

// The cursor is at ‸, and the name that is meant follows the «.
func TestNameAt(t *testing.T) {
	for _, c := range []string{
		"fmt.«Printl‸n(x)", "fmt.«‸Println(x)", "«‸fmt.Println(x)", "«fmt‸.Println(x)", "fmt.«Println‸(x)",
		"fmt.«Println(‸", "fmt.«Println( ‸)", "fmt.«Println(x)‸", "fmt.«Println(a, ‸)", "fmt.«Println(\"a‸b\")", "fmt.«Println((1 + ‸2))", "«F(G(x), ‸)", "F(«G(1, ‸2), 2)",
		"keep.«Value[int](‸)", "«F[map[string]int](‸", "training.«Settings{‸}", "training.«Settings{Steps: ‸3}", "«f(‸\n", "«f(T{1},\n\t‸\n)", "x = a[«‸i]",
		"‸", " ‸ ", "x + ‸1", "if‸ x {}", "if x {‸ }", "func() { ‸ }", "«f‸unc1()", "f(func() { ‸ })", "// f(‸", "/* a‸b */ f()", "[]«int{‸}", "a[‸0]", "x := 12‸", "f(x) ‸",
		"«𝒳(‸)", "s := \"‸", "f(\n}‸",
	} {
		marked := strings.ReplaceAll(c, "‸", "")
		want := strings.Index(marked, "«")
		source := strings.ReplaceAll(marked, "«", "")
		cursor := strings.Index(strings.ReplaceAll(c, "«", ""), "‸")
		if got, found := nameAt(source, cursor); found != (want >= 0) || found && got != want {
			t.Errorf("%s: %v, %d, want %d", c, found, got, want)
		}
	}
}
