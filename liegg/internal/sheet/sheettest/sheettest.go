// Package sheettest checks the HTML by which values show themselves.
package sheettest

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// Read parses a fragment strictly, as XML, and returns its text without the style, and how often each
// element occurs. It fails the test if tags are not balanced, if there is a script, an event handler
// or a reference to elsewhere, or if a term cannot have the focus.
func Read(t *testing.T, fragment string) (text string, elements map[string]int) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader("<page>" + fragment + "</page>"))
	elements = map[string]int{}
	var b strings.Builder
	var open []string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Errorf("not well-formed: %v in\n%.3000s", err, fragment)
			break
		}
		switch e := token.(type) {
		case xml.StartElement:
			open = append(open, e.Name.Local)
			elements[e.Name.Local]++
			check(t, e)
		case xml.EndElement:
			if open = open[:len(open)-1]; e.Name.Local != "abbr" {
				b.WriteByte(' ')
			}
		case xml.CharData:
			if !slices.Contains(open, "style") {
				b.Write(e)
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " "), elements
}

func check(t *testing.T, e xml.StartElement) {
	t.Helper()
	values := map[string]string{}
	for _, a := range e.Attr {
		values[a.Name.Local] = a.Value
		local := strings.HasPrefix(a.Value, "data:image/png;base64,")
		if strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, ":") && slices.Contains([]string{"src", "href"}, a.Name.Local) && !local {
			t.Errorf("<%s> has %s=%.80q", e.Name.Local, a.Name.Local, a.Value)
		}
	}
	switch name := e.Name.Local; {
	case slices.Contains([]string{"script", "link", "iframe", "object", "form"}, name):
		t.Errorf("there is a <%s>", name)
	case name == "abbr" && (values["tabindex"] != "0" || values["title"] == ""):
		t.Errorf("a term is not explained by keyboard: %v", values)
	case name == "img" && (values["alt"] == "" || values["width"] == "" || values["height"] == ""):
		t.Errorf("a picture without a text or a size: %.200v", e.Attr)
	}
}
