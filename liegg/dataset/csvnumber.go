package dataset

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// numbers parses the numbers of one table, which all have the same decimal
// mark.
type numbers struct {
	decimal   rune // '.' or ','; 0 until one is seen
	found     bool // the mark is to be detected
	thousands bool // with a comma, all numbers so far may have thousands separators: 1,234
}

// numbers returns a parser for a table with the given separator.
func (c CSV) numbers(separator rune) numbers {
	if c.Decimal == 0 && separator == ',' {
		return numbers{decimal: '.'}
	}
	return numbers{decimal: c.Decimal, found: c.Decimal == 0, thousands: true}
}

var grouped = regexp.MustCompile(`^[+-]?[1-9]\d{0,2},\d{3}$`)

// parse parses a field. If it is not a finite number, why says so and
// suggests a cause.
func (n *numbers) parse(field string) (v float64, why string) {
	text := strings.TrimSpace(field)
	comma, point := strings.Contains(text, ","), strings.Contains(text, ".")
	switch {
	case comma && (point || n.decimal == '.'):
		return 0, n.comma()
	case point && n.decimal == ',':
		return 0, "has a point, but other numbers have decimal commas: use one mark throughout"
	case comma:
		n.decimal, n.thousands = ',', n.thousands && grouped.MatchString(text)
		text = strings.Replace(text, ",", ".", 1)
	case point:
		n.decimal = '.'
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v-v != 0 { // v−v is NaN for NaN and ±Inf
		return 0, "is not a finite number" + hint(text)
	}
	return v, ""
}

// comma says why a field with a comma is not accepted.
func (n *numbers) comma() string {
	if n.found {
		return "has a comma while other numbers have points: write all numbers without thousands separators and with one decimal mark"
	}
	return "has a comma: if it is the decimal mark, set CSV{Separator: …, Decimal: ','}; thousands separators are not supported"
}

// hint suggests what is wrong with a field.
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

// likely reports whether a field of the first line is a number, with either
// decimal mark that the table may have.
func (n *numbers) likely(field string) bool { return isNumber(n.pointed(field)) }

// pointed returns a field with a point in place of a decimal comma.
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

// doubts reports an ambiguity of all numbers together.
func (n *numbers) doubts() error {
	if n.found && n.decimal == ',' && n.thousands {
		return errors.New("all commas in numbers may be decimal marks or thousands separators: set CSV{Decimal: ','}, or write numbers without separators")
	}
	return nil
}

var pair = [2]*regexp.Regexp{regexp.MustCompile(`^\s*[+-]?\d+$`), regexp.MustCompile(`^\d+\s*$`)}

// isPair reports whether a line may be one number that was split at a decimal
// comma.
func isPair(fields []string) bool {
	return len(fields) == 2 && pair[0].MatchString(fields[0]) && pair[1].MatchString(fields[1])
}
