package cells

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	programHeading = regexp.MustCompile(`(?m)^# gonb_\w+\n?`)
	programPlace   = regexp.MustCompile(`(?:\./|/[^\s:"]*/gonb_\w+/)main(?:_test)?\.go:\d+(?::\d+)?: `)
	programFolder  = regexp.MustCompile(`/[^\s:"]*/(gonb_\w+)`)
	undefinedName  = regexp.MustCompile(`(?m)undefined: (\w+)(; did you mean .*)?$`)
	caretLine      = regexp.MustCompile(`(?m)^.*\n *\^$`)
)

// tell reports a refusal in the form of GoNB's errors.
func (no *refusal) tell(code string, fields map[string]any) {
	told := fmt.Sprintf("Cell: Line %d\n%s\n", no.line, readCell(code).lines[no.line-1])
	if no.column > 0 {
		told += strings.Repeat(" ", no.column-1) + "^\n"
	}
	fields["ename"], fields["evalue"], fields["traceback"] = "ERROR", no.why, []string{told + no.why}
}

// explain rewrites an error of GoNB's. It removes positions in the generated
// program, which the reader has not written, and adds what became of a value
// that an earlier cell had.
func (s *session) explain(id string, fields map[string]any) {
	value, _ := fields["evalue"].(string)
	fields["evalue"] = strings.TrimSpace(s.explained(id, programHeading.ReplaceAllString(value, "")))
	lines, _ := fields["traceback"].([]any)
	told := []string{}
	for _, line := range lines {
		if text, _ := line.(string); text != "" && !programHeading.MatchString(text+"\n") {
			told = append(told, s.explained(id, shortContext(text)))
		}
	}
	fields["traceback"] = told
}

// shortContext reduces the lines that GoNB shows around an error to the one
// that the caret points at.
func shortContext(text string) string {
	position, context, found := strings.Cut(text, "\n")
	at := caretLine.FindStringIndex(context)
	if !found || !strings.HasPrefix(position, "Cell") || at == nil {
		return text
	}
	after := strings.TrimSpace(context[at[1]:])
	return position + "\n" + context[at[0]:at[1]] + "\n" + after[strings.LastIndex(after, "\n")+1:]
}

func (s *session) explained(id, text string) string {
	text = programPlace.ReplaceAllString(text, "")
	text = programFolder.ReplaceAllString(text, "$1")
	return undefinedName.ReplaceAllStringFunc(text, func(found string) string {
		name := undefinedName.FindStringSubmatch(found)[1]
		cell, ended := s.ended[name]
		if !ended || cell == id {
			return found
		}
		return fmt.Sprintf("undefined: %s: the %s of an earlier cell ended with that cell. Declared above %%%%, it is made anew in each cell; "+
			"keep.Value carries values on, and training.Cached networks", name, name)
	})
}
