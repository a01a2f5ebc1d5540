package main

import (
	"slices"
	"strings"
)

// GoNB takes every line of a cell that begins with % or ! for a command of its
// own, also where Go reads text: in a raw string or in a comment. It leaves
// out every line that begins with package. This file reads a cell as Go does,
// so that such lines can be told from commands, and kept.

// An inside is what the beginning of a line belongs to.
type inside int

const (
	inCode inside = iota
	inComment
	inRawString
	inCommand // the lines that a \ joins to a command, too
)

// A cell is the text of a cell, line by line.
type cell struct {
	lines []string
	at    []inside // of each line's beginning
	raws  []rawString
}

// A rawString is a raw string that takes several lines.
type rawString struct {
	first, from int  // line and byte of the ` that opens it
	last, to    int  // and of the ` that closes it
	tag         bool // it follows an operand, as the tag of a field does
}

// commandPrefix may stand before a command, so that Go tools take it for a
// comment.
const commandPrefix = "//gonb:"

// isCommand says whether GoNB would take a line for a command.
func isCommand(line string) bool {
	line = strings.TrimPrefix(line, commandPrefix)
	return len(line) > 1 && (line[0] == '%' || line[0] == '!')
}

// isLost says whether GoNB would not pass a line of text on to Go, as it stands
// or with something behind it.
func isLost(line string) bool {
	return isCommand(line) || line == "%" || line == "!" || strings.HasPrefix(line, "package")
}

// readCell reads the text of a cell, with the line ends of any system.
func readCell(code string) *cell {
	c := &cell{lines: strings.Split(strings.ReplaceAll(code, "\r\n", "\n"), "\n")}
	c.at = make([]inside, len(c.lines))
	var l lexer
	for i := 0; i < len(c.lines); i++ {
		c.at[i] = l.state
		if l.state != inCode || !isCommand(c.lines[i]) || l.wantsOperand() && c.lines[i][0] == '!' {
			l.line(c, i)
			continue
		}
		c.at[i] = inCommand
		for ; continues(c.lines[i]) && i+1 < len(c.lines); i++ {
			c.at[i+1] = inCommand
		}
	}
	return c
}

func continues(line string) bool { return strings.HasSuffix(line, `\`) }

// A lexer knows what it needs of Go to find strings and comments.
type lexer struct {
	state      inside
	last, prev byte   // the last two bytes of code that are no space
	word       string // the word that ends with last
}

// wantsOperand says whether code ends with an operator, a parenthesis or a
// comma, after which ! is Go's. After a brace, statements may follow, and ! is
// GoNB's.
func (l *lexer) wantsOperand() bool {
	if l.last == l.prev && (l.last == '+' || l.last == '-') {
		return false
	}
	return l.last != 0 && strings.IndexByte("+-*/%&|^<>=!(,[", l.last) >= 0
}

// wordByte says whether b is part of a word: a letter of any script, a digit
// or _.
func wordByte(b byte) bool {
	return b == '_' || b >= 0x80 || '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z'
}

// line reads line i of the cell.
func (l *lexer) line(c *cell, i int) {
	text := c.lines[i]
	for at := 0; at < len(text); {
		switch {
		case l.state == inComment:
			at = l.until(text, at, "*/")
		case l.state == inRawString:
			at = l.until(text, at, "`")
			if l.state == inCode {
				raw := &c.raws[len(c.raws)-1]
				raw.last, raw.to = i, at-1
			}
		case strings.HasPrefix(text[at:], "//"):
			return
		case strings.HasPrefix(text[at:], "/*"):
			l.state, at = inComment, at+2
		case text[at] == '`':
			c.raws = append(c.raws, rawString{first: i, from: at, tag: l.afterOperand()})
			l.state, at = inRawString, at+1
			l.took('`')
		case text[at] == '"' || text[at] == '\'':
			l.took(text[at])
			at = afterQuoted(text, at)
		default:
			l.took(text[at])
			at++
		}
	}
}

// until goes on behind the next end, where there is one in this line.
func (l *lexer) until(text string, at int, end string) int {
	found := strings.Index(text[at:], end)
	if found < 0 {
		return len(text)
	}
	l.state = inCode
	return at + found + len(end)
}

// took notes a byte of code.
func (l *lexer) took(b byte) {
	switch {
	case b == ' ' || b == '\t':
		if l.word != "" {
			l.word += " " // the next byte begins another word
		}
		return
	case !wordByte(b):
		l.word = ""
	case strings.HasSuffix(l.word, " "):
		l.word = string(b)
	default:
		l.word += string(b)
	}
	l.prev, l.last = l.last, b
}

// afterOperand says whether code ends with what a string cannot follow but as
// a tag.
func (l *lexer) afterOperand() bool {
	if wordByte(l.last) {
		return !slices.Contains([]string{"return", "case", "range", "else"}, strings.TrimSpace(l.word))
	}
	return strings.IndexByte(")]}", l.last) >= 0
}

// afterQuoted is behind the string or rune that opens at the given byte; Go
// lets neither go on in the next line.
func afterQuoted(text string, open int) int {
	for at := open + 1; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case text[open]:
			return at + 1
		}
	}
	return len(text)
}
