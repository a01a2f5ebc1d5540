package cells

import (
	"slices"
	"strings"
)

// GoNB takes every line of a cell that begins with % or ! for one of its
// commands, even inside a raw string or a comment, and it drops every line
// that begins with package. This file scans a cell as Go does, so that such
// lines can be told from commands and kept.

// An inside says what the beginning of a line belongs to.
type inside int

const (
	inCode inside = iota
	inComment
	inRawString
	inCommand // includes lines joined to a command by \
)

// A cell is the text of a cell, line by line.
type cell struct {
	lines []string
	at    []inside // for the beginning of each line
	raws  []rawString
}

// A rawString is a raw string that spans several lines.
type rawString struct {
	first, from int  // line and byte of the opening `
	last, to    int  // line and byte of the closing `
	tag         bool // it follows an operand, as a field's tag does
}

// commandPrefix may precede a command, so that Go tools read it as a comment.
const commandPrefix = "//gonb:"

// isCommand reports whether GoNB would take a line for a command.
func isCommand(line string) bool {
	line = strings.TrimPrefix(line, commandPrefix)
	return len(line) > 1 && (line[0] == '%' || line[0] == '!')
}

// isLost reports whether GoNB would drop a line of text instead of passing it
// on to Go, as it is or with something appended.
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

// A lexer tracks just enough of Go's syntax to find strings and comments.
type lexer struct {
	state      inside
	last, prev byte   // the last two bytes of code that are not spaces
	word       string // the word that ends with last
}

// wantsOperand reports whether code ends with an operator, a parenthesis or a
// comma, after which ! belongs to Go. After a brace, statements may follow,
// and ! is GoNB's.
func (l *lexer) wantsOperand() bool {
	if l.last == l.prev && (l.last == '+' || l.last == '-') {
		return false
	}
	return l.last != 0 && strings.IndexByte("+-*/%&|^<>=!(,[", l.last) >= 0
}

// wordByte reports whether b is part of a word: a letter of any script, a
// digit or _.
func wordByte(b byte) bool {
	return b == '_' || b >= 0x80 || '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z'
}

// line scans line i of the cell.
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

// until returns the index after the next end, if this line has one.
func (l *lexer) until(text string, at int, end string) int {
	found := strings.Index(text[at:], end)
	if found < 0 {
		return len(text)
	}
	l.state = inCode
	return at + found + len(end)
}

// took records a byte of code.
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

// afterOperand reports whether code ends with something that a string can
// follow only as a tag.
func (l *lexer) afterOperand() bool {
	if wordByte(l.last) {
		return !slices.Contains([]string{"return", "case", "range", "else"}, strings.TrimSpace(l.word))
	}
	return strings.IndexByte(")]}", l.last) >= 0
}

// afterQuoted returns the index after the string or rune that opens at the
// given byte. Go allows neither to continue on the next line.
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
