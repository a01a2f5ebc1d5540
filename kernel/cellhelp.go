package main

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// commandCell is a cell that holds nothing but a command. GoNB completes nothing in it, and
// answers a request for help with the list of its commands, wherever the cursor stands.
const commandCell = "%%"

// requestHelp makes a request for completion or help safe for GoNB, which takes the cell apart
// as it does to execute it. For help GoNB also looks backward from the cursor for a name, and
// never stops if there is none: named is false then, and the command cell is sent instead.
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

// completable is the text of a cell without its commands, but for the one that opens main.
// Each character stays in its place, and none takes two of the UTF-16 units in which GoNB
// counts, so that the cursor stays in its place, too. Where the cursor's line belongs to a
// command, the text is the command cell, and inGo is false.
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

// singleUnits writes an underscore, which may stand in a name as in a string, for each
// character that takes two units of UTF-16, and Unix line ends with a space before them for
// those of Windows.
func singleUnits(code string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF {
			return '_'
		}
		return r
	}, strings.ReplaceAll(code, "\r\n", " \n"))
}

// opensMain says whether the statements below a line are those of main. With %exec, they are
// not.
func opensMain(line string) bool {
	words := strings.SplitN(line, " ", 2)
	return words[0] == "%%" || words[0] == "%main"
}

// namedAt says whether GoNB's search for a name that starts at a character of the text ends at
// one. The search leaves out lines with a command.
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

// namedBefore says whether a text ends in a name, maybe with brackets, quotes or spaces behind
// it. From a comma or ) the search goes back to the name before the bracket.
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
