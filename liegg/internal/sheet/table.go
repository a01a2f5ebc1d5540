package sheet

import (
	"fmt"
	"strings"
)

// most is the number of rows that a table shows.
const most = 40

// Table adds a table with a caption above it. The first cell of each row names the row. Columns of
// numbers are aligned to the right. Rows beyond the 40th are counted only.
func (s *Sheet) Table(caption string, head []string, rows [][]string) {
	var b strings.Builder
	if caption != "" {
		fmt.Fprintf(&b, "<caption>%s</caption>\n", s.text(caption))
	}
	words := columnsOfWords(len(head), rows)
	b.WriteString("<thead><tr>")
	for j, cell := range head {
		fmt.Fprintf(&b, "<th scope=\"col\"%s>%s</th>", aligned(words[j]), s.text(cell))
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range rows[:min(len(rows), most)] {
		b.WriteString("<tr>")
		for j, cell := range row {
			open, end := "td", "td"
			if j == 0 {
				open, end = "th scope=\"row\"", "th"
			}
			fmt.Fprintf(&b, "<%s%s>%s</%s>", open, aligned(words[j]), s.text(cell), end)
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>")
	fmt.Fprintf(&s.b, "<div class=\"liegg-wide\"><table class=\"liegg-table\">\n%s</table></div>\n", b.String())
	if left := len(rows) - most; left > 0 {
		s.Note(fmt.Sprintf("… %d more", left))
	}
}

func aligned(words bool) string {
	if words {
		return " class=\"liegg-words\""
	}
	return ""
}

// columnsOfWords says which columns hold words: a cell that does not begin like a number.
func columnsOfWords(n int, rows [][]string) []bool {
	words := make([]bool, n)
	for _, row := range rows {
		for j, cell := range row {
			if cell != "" && !strings.ContainsRune("0123456789−-–+≈∞(.<", []rune(cell)[0]) && cell != "NaN" {
				words[j] = true
			}
		}
	}
	return words
}
