package main

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// commandCell is a cell that holds only a command. GoNB completes nothing in
// it, and answers a request for help with the list of its commands, wherever
// the cursor is.
const commandCell = "%%"

// requestHelp makes a request for completion or help safe for GoNB, which
// takes the cell apart as it does to execute it. For help GoNB also searches
// backwards from the cursor for a name, and never stops if there is none; in
// that case named is false, and the command cell is sent instead.
func requestHelp(fields map[string]any, kind string) (named bool, err error) {
	code, err := field[string](fields, "code")
	cursor, err1 := field(fields, "cursor_pos", 0.)
	_, err2 := field(fields, "detail_level", 0.)
	if err := errors.Join(err, err1, err2); err != nil {
		return false, err
	}
	text := []rune(code)
	at := int(min(max(0, cursor), float64(len(text))))
	line := strings.Count(string(text[:at]), "\n")
	completed, inGo := completable(code, line)
	named = !inGo || kind != "inspect_request" || namedAt([]rune(completed), at)
	if !named {
		completed = commandCell
	}
	fields["code"], fields["cursor_pos"] = completed, at
	return named, nil
}

// completable returns the text of a cell without its commands, except the one
// that opens main. Each character keeps its position and takes one of the
// UTF-16 units in which GoNB counts, so that the cursor position remains
// right. If the cursor's line belongs to a command, the text is the command
// cell, and inGo is false.
func completable(code string, cursorLine int) (text string, inGo bool) {
	lines := strings.Split(singleUnits(code), "\n")
	c := readCell(code)
	if cellCommand(c.lines) != nil || c.at[cursorLine] == inCommand {
		return commandCell, false
	}
	opened := false
	for i, line := range lines {
		switch {
		case c.at[i] == inCommand && opensMain(line) && !opened && !continues(line) && !c.isContinued(i):
			opened = true
		case c.at[i] == inCommand:
			lines[i] = strings.Repeat(" ", utf8.RuneCountInString(line))
		case isLost(line):
			lines[i] = " " + line[1:]
		}
	}
	return strings.Join(lines, "\n"), true
}

// singleUnits replaces each character that takes two UTF-16 units by an
// underscore, which is allowed in names and strings, and Windows line ends by
// a space and a Unix line end.
func singleUnits(code string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF {
			return '_'
		}
		return r
	}, strings.ReplaceAll(code, "\r\n", " \n"))
}

// opensMain reports whether the statements below a line belong to main. With
// %exec they do not.
func opensMain(line string) bool {
	words := strings.SplitN(line, " ", 2)
	return words[0] == "%%" || words[0] == "%main"
}

// namedAt reports whether GoNB's search for a name, starting at a character
// of the text, succeeds. The search skips lines with a command.
func namedAt(text []rune, at int) bool {
	if at < len(text) && text[at] != '\n' {
		at++
	}
	whole, lines := strings.Split(string(text), "\n"), strings.Split(string(text[:at]), "\n")
	for i := range lines {
		if isCommand(whole[i]) {
			lines[i] = ""
		}
	}
	return namedBefore(strings.Join(lines, "\n"))
}

// namedBefore reports whether a text ends in a name, possibly followed by
// brackets, quotes or spaces. From a comma or ) the search goes back to the
// name before the bracket.
func namedBefore(text string) bool {
	for {
		text = strings.TrimRight(text, " \t\n({}[]\"`'")
		if !strings.HasSuffix(text, ",") && !strings.HasSuffix(text, ")") {
			last, _ := utf8.DecodeLastRuneInString(text)
			return last == '_' || last == '.' || unicode.IsLetter(last) || unicode.IsDigit(last)
		}
		text = text[:max(0, strings.LastIndexAny(text, "({"))]
	}
}
