package cells

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A place is a position in a text in the form of the Language Server
// Protocol.
type place struct {
	Line      int `json:"line"`      // from 0
	Character int `json:"character"` // in UTF-16
}

// placeOf returns the place of a byte of a text.
func placeOf(text string, offset int) place {
	line := text[strings.LastIndex(text[:offset], "\n")+1 : offset]
	return place{strings.Count(text[:offset], "\n"), len(utf16.Encode([]rune(line)))}
}

// offset returns the byte of a text at a place.
func (p place) offset(text string) int {
	at := 0
	for range p.Line {
		at += strings.Index(text[at:], "\n") + 1
	}
	for units := 0; units < p.Character && at < len(text) && text[at] != '\n'; {
		r, size := utf8.DecodeRuneInString(text[at:])
		units += utf16.RuneLen(r)
		at += size
	}
	return at
}
