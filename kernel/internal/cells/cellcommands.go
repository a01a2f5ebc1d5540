package cells

import (
	"fmt"
	"slices"
	"strings"
)

// lineCommands are GoNB's commands in a cell with Go in it, as written after
// the first %. cellCommands take a whole cell, which then holds no Go, and
// must come first in it.
var (
	lineCommands = strings.Fields(`% main args test exec wasm widgets widgets_hb env cd goflags autoget noautoget help version
		reset ls list rm remove with_inputs with_password track untrack goworkfix capture`)
	cellCommands = strings.Fields("%%writefile %%script %%bash %%sh %%gx")
)

// cellCommand returns the words of the command that takes the whole cell, if
// there is one.
func cellCommand(lines []string) []string {
	words := strings.Fields(strings.TrimPrefix(lines[0], commandPrefix))
	if len(words) > 0 && slices.Contains(cellCommands, words[0]) {
		return words
	}
	return nil
}

// mainCommand returns the words of a command that makes the main function of
// a cell: %% or %main, or %exec with a function's name.
func mainCommand(line string) []string {
	line = strings.TrimPrefix(line, commandPrefix)
	rest, found := strings.CutPrefix(line, "%")
	if !found {
		return nil
	}
	if words := strings.Fields(strings.TrimSuffix(rest, `\`)); len(words) > 0 && slices.Contains([]string{"%", "main", "exec"}, words[0]) {
		return words
	}
	return nil
}

// commands returns the lines with their commands in a form that is safe for
// GoNB: commands that would end it, or make it wait forever, are rewritten.
func (c *cell) commands(lines []string, allowInput bool) (safe []string, no *refusal) {
	safe = slices.Clone(lines)
	input := false // whether the next shell command is to be offered input
	for i, line := range lines {
		if c.at[i] != inCommand || c.isContinued(i) {
			continue
		}
		prefix, text := "", line
		if rest, found := strings.CutPrefix(line, commandPrefix); found {
			prefix, text = commandPrefix, rest
		}
		words := strings.Fields(strings.TrimSuffix(text[1:], `\`))
		switch {
		case len(words) == 0 && continues(text):
			return nil, refuse(i+1, "a command that is continued before it begins")
		case len(words) == 0:
			safe[i] = "//"
		case text[0] == '!':
			if !input {
				safe[i] = prefix + inputEnded(text)
			}
			input = false
		default:
			if why := checkCommand(words[0], allowInput); why != "" {
				return nil, refuse(i+1, "%s", why)
			}
			input = input || strings.HasPrefix(words[0], "with_")
			if main := mainCommand(text); main != nil {
				safe[i] = prefix + mainLine(text, main)
			} else if words[0] == "env" {
				safe[i] = prefix + envLine(text)
			}
		}
	}
	return safe, nil
}

// isContinued reports whether line i continues the command of the line
// before.
func (c *cell) isContinued(i int) bool {
	return i > 0 && c.at[i-1] == inCommand && continues(c.lines[i-1])
}

// mainLine writes a command that makes the main function in the form that
// GoNB looks for: the name directly after %, and one space after it and after
// the function that %exec names.
func mainLine(text string, words []string) string {
	spaced := words[:1]
	if words[0] == "exec" {
		spaced = words[:min(2, len(words))]
	}
	line, rest := "%", text[1:]
	for _, word := range spaced {
		_, rest, _ = strings.Cut(rest, word)
		line += word + " "
	}
	return line + strings.TrimLeft(rest, " \t")
}

// envLine writes the value that %env gives to a variable as one word. After
// an = GoNB accepts neither a value with spaces nor a name of a single
// letter.
func envLine(text string) string {
	_, given, _ := strings.Cut(text, "env")
	given = strings.TrimSpace(given)
	end := strings.IndexAny(given, "= \t")
	if end <= 0 || continues(text) {
		return text
	}
	value := strings.TrimSpace(given[end:])
	value = strings.TrimSpace(strings.TrimPrefix(value, "="))
	if !strings.Contains(value, `"`) {
		value = `"` + strings.ReplaceAll(value, `\`, `\\`) + `"`
	}
	return "%env " + given[:end] + " " + value
}

// inputEnded gives a shell command an end of input immediately. GoNB would
// give it an input on which nothing ever arrives.
func inputEnded(text string) string {
	start := len("!")
	if strings.HasPrefix(text, "!*") {
		start = len("!*")
	}
	return text[:start] + "exec </dev/null; " + text[start:]
}

// checkCommand says why GoNB could not follow a command, or returns "" if it
// can.
func checkCommand(name string, allowInput bool) string {
	switch {
	case slices.Contains(cellCommands, "%"+name):
		return fmt.Sprintf("%%%s takes the whole cell, so it has to be the first line", name)
	case strings.HasPrefix(name, "%") && name != "%" && !slices.Contains(lineCommands, name):
		return fmt.Sprintf("%%%s is not a command of the kernel; to run statements, put %%%% on a line of its own before them", name)
	case !slices.Contains(lineCommands, name):
		return fmt.Sprintf("%%%s is not a command of the kernel; %%help lists its commands", name)
	case strings.HasPrefix(name, "with_") && !allowInput:
		return fmt.Sprintf("%%%s: the program that runs this cell offers it no input", name)
	}
	return ""
}
