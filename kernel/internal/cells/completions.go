package cells

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/liegg/lab/kernel/internal/setup"
)

// completions are proposals in the form of Jupyter's protocol.
type completions struct {
	matches    []string
	kinds      []any // what JupyterLab shows beside each
	start, end int   // the characters of the cell that a proposal replaces
}

// add adds a proposal, unless there is one with the same text.
func (c *completions) add(text, kind, signature string) {
	if slices.Contains(c.matches, text) {
		return
	}
	c.matches = append(c.matches, text)
	c.kinds = append(c.kinds, map[string]any{"start": c.start, "end": c.end, "text": text, "type": kind, "signature": signature})
}

// reply returns the content of a reply to a request for completion.
func (c completions) reply() map[string]any {
	if c.matches == nil {
		c.matches, c.kinds = []string{}, []any{}
	}
	return map[string]any{"status": "ok", "matches": c.matches, "cursor_start": c.start, "cursor_end": c.end,
		"metadata": map[string]any{"_jupyter_types_experimental": c.kinds}}
}

// A completionItem is one of gopls's proposals.
type completionItem struct {
	Kind     int
	Detail   string
	TextEdit struct {
		Range   struct{ Start, End place } // below the line of the package clause
		NewText string
	}
}

// kindNames are JupyterLab's names for the kinds of the Language Server
// Protocol.
var kindNames = map[int]string{2: "method", 3: "function", 5: "field", 6: "variable", 7: "class", 8: "interface", 9: "module",
	14: "keyword", 21: "constant", 22: "struct", 25: "type"}

// completionsOf takes over the proposals that replace the same text as the
// first one, in gopls's order but for what is promoted.
func completionsOf(items []completionItem, code string) (c completions) {
	if len(items) == 0 {
		return c
	}
	promote(items)
	first := items[0].TextEdit.Range
	c.start, c.end = cursorAt(code, first.Start), cursorAt(code, first.End)
	for _, item := range items {
		if item.TextEdit.Range == first {
			c.add(item.TextEdit.NewText, kindNames[item.Kind], item.Detail)
		}
	}
	return c
}

// promote moves the packages of the lab before other packages, and methods
// before fields. Other proposals keep their places.
func promote(items []completionItem) {
	for _, kinds := range [][]string{{"module"}, {"method", "field"}} {
		var places []int
		var some []completionItem
		for i, item := range items {
			if slices.Contains(kinds, kindNames[item.Kind]) {
				places, some = append(places, i), append(some, item)
			}
		}
		slices.SortStableFunc(some, func(a, b completionItem) int { return b.merit() - a.merit() })
		for i, place := range places {
			items[place] = some[i]
		}
	}
}

// merit is 1 for packages of the lab and for methods, and otherwise 0.
func (c completionItem) merit() int {
	if kindNames[c.Kind] == "method" || strings.HasPrefix(c.Detail, `"`+setup.ModulePath+"/") {
		return 1
	}
	return 0
}

// cursorAt returns the characters of a cell before a place in what gopls is
// shown. Jupyter counts code points.
func cursorAt(code string, p place) int {
	p.Line -= linesAbove
	return utf8.RuneCountInString(code[:p.offset(code)])
}
