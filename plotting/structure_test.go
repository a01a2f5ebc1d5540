package plotting

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot/vg"

	"github.com/liegg/lab/plotting/internal/annotation"
	"github.com/liegg/lab/plotting/internal/look"
)

// Every bracket i < j stands once, in order, with its constants.
func TestBracketTableHoldsEachBracket(t *testing.T) {
	c := func(i, j, k int) float64 { return float64(100*i + 10*j + k + 1) }
	for _, dim := range []int{2, 3, 5, 6, 8, 10, 15} {
		symbols, _ := annotation.Symbols(dim, nil)
		table := newBracketTable(dim, c, symbols)
		i, j := 0, 1
		for _, b := range table.blocks {
			for r, label := range b.rows {
				if want := "[" + symbols[i] + ", " + symbols[j] + "]"; label != want {
					t.Fatalf("dimension %d: row %q, want %q", dim, label, want)
				}
				for k := range dim {
					if got := b.constants.At(r, k); got != c(i, j, k) {
						t.Fatalf("dimension %d: %s has %v for %d", dim, label, got, k)
					}
				}
				if j++; j == dim {
					i, j = i+1, i+2
				}
			}
		}
		if i != dim-1 {
			t.Errorf("dimension %d: the rows end before [E%d, …]", dim, i+1)
		}
	}
}

// Up to ten dimensions fill a page and no more, with room for three characters.
func TestBracketTableFits(t *testing.T) {
	zero := func(i, j, k int) float64 { return 0 }
	for dim := 2; dim <= 10; dim++ {
		w, h := StructureConstants(dim, zero, nil).Size()
		symbols, _ := annotation.Symbols(dim, nil)
		if side := newBracketTable(dim, zero, symbols).side(); side < 0.2*vg.Inch {
			t.Errorf("dimension %d: cells of %v", dim, side)
		}
		if w > look.PageWidth || h > 5*vg.Inch {
			t.Errorf("dimension %d takes %v × %v", dim, w, h)
		}
	}
}

func TestStructureConstantsOfAnyDimension(t *testing.T) {
	c := func(i, j, k int) float64 { return math.Sin(float64(i + 2*j + 3*k)) }
	zero := func(i, j, k int) float64 { return 0 }
	bad := func(i, j, k int) float64 { return math.NaN() }
	for _, test := range []struct {
		dim     int
		c       func(i, j, k int) float64
		warning string
		remark  string
	}{
		{0, c, "no brackets in dimension 0", ""},
		{1, c, "no brackets in dimension 1", ""},
		{10, zero, "", "all zero: abelian"},
		{15, bad, "1575 constants are NaN or infinite (×)", ""},
		{2, bad, "2 constants are NaN or infinite (×)", ""},
		{7, c, "", ""},
		{10, c, "", "blue -1, white 0, red 1"},
		{15, c, "", "blue -1, white 0, red 1"},
	} {
		l := StructureConstants(test.dim, test.c, nil)
		if l.warning != test.warning {
			t.Errorf("dimension %d: warning %q, want %q", test.dim, l.warning, test.warning)
		}
		if l.remark != test.remark {
			t.Errorf("dimension %d: remark %q, want %q", test.dim, l.remark, test.remark)
		}
		if test.dim <= 10 {
			mustEncode(t, l)
		}
	}
}

func TestSymbols(t *testing.T) {
	for _, test := range []struct {
		names, symbols, meanings []string
	}{
		{nil, []string{"E₁", "E₂"}, nil},
		{[]string{"J", "K₁₂"}, []string{"J", "K₁₂"}, nil},
		{[]string{"J", "x∂y − y∂x"}, []string{"E₁", "E₂"}, []string{"E₁ = J", "E₂ = x∂y − y∂x"}},
	} {
		symbols, meanings := annotation.Symbols(2, test.names)
		if !slices.Equal(symbols, test.symbols) || !slices.Equal(meanings, test.meanings) {
			t.Errorf("%q: %q with %q", test.names, symbols, meanings)
		}
	}
	if got := annotation.Subscript(120); got != "₁₂₀" {
		t.Errorf("subscript(120) = %s", got)
	}
}
