// Package sheet makes the HTML by which values show themselves: a sentence, facts, tables,
// matrices and pictures. What it writes is well-formed XML, loads nothing, needs no script, and
// takes the colours of the page around it. Text of callers is escaped. The first time that a text
// names a term of the field, the term explains itself: to the mouse, and to the keyboard when it
// has the focus.
package sheet

import (
	_ "embed" // the style
	"fmt"
	"html"
	"strings"
)

//go:embed sheet.css
var style string

// Draw returns the picture of a value as HTML, with about as its text for those who cannot see it;
// "" if there is none. It is what plotting.HTML gives to values.
type Draw = func(value any, about string) string

// Sheet is a fragment of HTML that grows from above. Create it with New.
type Sheet struct {
	b         strings.Builder
	draw      Draw
	explained map[string]bool
}

// New returns a sheet that begins with a sentence, which may be empty. draw may be nil, for no pictures.
func New(draw Draw, sentence string) *Sheet {
	s := &Sheet{draw: draw, explained: map[string]bool{}}
	if sentence != "" {
		s.element("p", "answer", s.text(sentence))
	}
	return s
}

// Of returns a sheet of a text: its first line as the sentence, and the others as facts, without
// those that begin with one of the words, because the sheet shows them otherwise.
func Of(draw Draw, text string, without ...string) *Sheet {
	first, rest, _ := strings.Cut(text, "\n")
	s := New(draw, first)
	s.Facts(rest, without...)
	return s
}

// Facts adds each line of a text as a fact, without those that begin with one of the words.
func (s *Sheet) Facts(text string, without ...string) {
	var items strings.Builder
lines:
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		for _, word := range without {
			if strings.HasPrefix(line, word) {
				continue lines
			}
		}
		if line != "" {
			items.WriteString("<li>" + s.text(line) + "</li>")
		}
	}
	if items.Len() > 0 {
		s.element("ul", "facts", items.String())
	}
}

// Heading adds a heading.
func (s *Sheet) Heading(text string) { s.element("p", "heading", s.text(text)) }

// Note adds a paragraph; nothing if the text is empty.
func (s *Sheet) Note(text string) {
	if text != "" {
		s.element("p", "note", s.text(text))
	}
}

// Picture adds the picture of a value, if it has one.
func (s *Sheet) Picture(value any, about string) {
	if s.draw == nil {
		return
	}
	if picture := s.draw(value, about); picture != "" {
		s.element("div", "picture", picture)
	}
}

// Include adds what another value shows, under a heading, which may be empty. show is its method
// HTML.
func (s *Sheet) Include(heading string, show func(Draw) string) {
	if heading != "" {
		s.Heading(heading)
	}
	s.b.WriteString(strings.TrimPrefix(show(s.draw), styled()))
}

// Folded adds what parts add, below a line that unfolds it.
func (s *Sheet) Folded(line string, parts func()) {
	fmt.Fprintf(&s.b, "<details><summary>%s</summary>\n", s.text(line))
	parts()
	s.b.WriteString("</details>\n")
}

// HTML returns the fragment.
func (s *Sheet) HTML() string {
	return styled() + "<div class=\"liegg\">\n" + s.b.String() + "</div>\n"
}

// styled returns the style element, which every fragment needs: it may be alone on its page.
func styled() string { return "<style>\n" + style + "</style>\n" }

func (s *Sheet) element(name, class, content string) {
	if class != "" {
		class = fmt.Sprintf(" class=%q", "liegg-"+class)
	}
	fmt.Fprintf(&s.b, "<%s%s>%s</%s>\n", name, class, content, name)
}

// clean escapes a text, without what XML cannot hold.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return html.EscapeString(text)
}
