package dataset

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// numbers reads the numbers of one table, which all have the same decimal mark.
type numbers struct {
	decimal   rune // '.' or ','; 0 until one was seen
	found     bool // the mark was not told
	thousands bool // with a comma, all numbers so far may be thousands: 1,234
}

// numbers are those of a table with the given separator.
func (c CSV) numbers(separator rune) numbers {
	if c.Decimal == 0 && separator == ',' {
		return numbers{decimal: '.'}
	}
	return numbers{decimal: c.Decimal, found: c.Decimal == 0, thousands: true}
}

var grouped = regexp.MustCompile(`^[+-]?[1-9]\d{0,2},\d{3}$`)

// parse reads a field. If it is no finite number, why says so, with what may be the matter.
func (n *numbers) parse(field string) (v float64, why string) {
	text := strings.TrimSpace(field)
	comma, point := strings.Contains(text, ","), strings.Contains(text, ".")
	switch {
	case comma && (point || n.decimal == '.'):
		return 0, n.comma()
	case point && n.decimal == ',':
		return 0, "has a point, but other numbers have decimal commas: write all of them in one way"
	case comma:
		n.decimal, n.thousands = ',', n.thousands && grouped.MatchString(text)
		text = strings.Replace(text, ",", ".", 1)
	case point:
		n.decimal = '.'
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v-v != 0 { // v−v is NaN for NaN and ±Inf
		return 0, "is no finite number" + hint(text)
	}
	return v, ""
}

// comma says why a field with a comma is not read.
func (n *numbers) comma() string {
	if n.found {
		return "has a comma beside points: write numbers without thousands separators, all with one decimal mark"
	}
	return "has a comma: if it stands before decimals, say CSV{Separator: …, Decimal: ','}; thousands separators are not read"
}

// hint is what may be the matter with a field.
func hint(text string) string {
	switch {
	case text == "":
		return ", but a missing value: leave its line out, or fill it in"
	case strings.Contains(text, "\r"):
		return ": lines end in CR alone; save them with LF or CRLF"
	case spaced(text):
		return ": are fields separated by spaces? Save the table with commas"
	}
	return ""
}

// likely says whether a field of the first line is a number, with either decimal mark that the table may have.
func (n *numbers) likely(field string) bool { return isNumber(n.pointed(field)) }

// pointed is a field with a point in the place of a decimal comma.
func (n *numbers) pointed(field string) string {
	if n.decimal == '.' {
		return field
	}
	return strings.Replace(field, ",", ".", 1)
}

func isNumber(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil || errors.Is(err, strconv.ErrRange)
}

// doubts says what cannot be told of all numbers together.
func (n *numbers) doubts() error {
	if n.found && n.decimal == ',' && n.thousands {
		return errors.New("all commas in numbers may stand before decimals or between thousands: say CSV{Decimal: ','}, or write numbers without separators")
	}
	return nil
}

var pair = [2]*regexp.Regexp{regexp.MustCompile(`^\s*[+-]?\d+$`), regexp.MustCompile(`^\d+\s*$`)}

// isPair says whether a line may be one number that a decimal comma has cut in two.
func isPair(fields []string) bool {
	return len(fields) == 2 && pair[0].MatchString(fields[0]) && pair[1].MatchString(fields[1])
}
