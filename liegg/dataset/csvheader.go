package dataset

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Header says whether the first line of a table holds the names of its columns.
type Header int

const (
	// HeaderFound takes the first line for names if it has words in it, and for numbers if it has only numbers. It
	// refuses a line that may be either: one of different whole numbers, as pandas writes where columns have no other
	// names; one of numbers that are a grid, such as wavelengths, in that they rise by equal steps, or rise over six columns
	// or more; one of numbers and missing values; and one of words beside numbers that are unlikely names.
	HeaderFound Header = iota
	// HeaderPresent takes the first line for names, whatever it is.
	HeaderPresent
	// HeaderAbsent takes the first line for numbers. Columns go by their places, "1" being the first.
	HeaderAbsent
)

// String is "found", "present" or "absent".
func (h Header) String() string {
	return [...]string{"found", "present", "absent"}[min(max(h, HeaderFound), HeaderAbsent)]
}

// names returns the names that the first line holds, or the places of its columns.
func (h Header) names(fields []string, numbers numbers) (names []string, named bool, err error) {
	named = h == HeaderPresent
	if h == HeaderFound {
		if named, err = looksNamed(fields, numbers); err != nil {
			return nil, false, err
		}
	}
	for i, field := range fields {
		name := strconv.Itoa(i + 1)
		if named {
			name = strings.TrimSpace(field)
		}
		names = append(names, name)
	}
	if named { // numpy.savetxt begins its header so
		names[0] = strings.TrimSpace(strings.TrimPrefix(names[0], "#"))
	}
	return names, named, nil
}

var (
	wholeNumber  = regexp.MustCompile(`^\d+$`)
	missingValue = regexp.MustCompile(`(?i)^(|#?n/?a|nan|null|none|nil|-|\?)$`)
)

// looksNamed says whether the first line is one of names. The error says that it may be either.
func looksNamed(fields []string, numbers numbers) (bool, error) {
	var words, missing, others int // others are numbers that pandas would not have as names
	seen := map[string]bool{}
	for _, field := range fields {
		field = strings.TrimSpace(field)
		switch {
		case missingValue.MatchString(field):
			missing++
		case !numbers.likely(field):
			words++
		case !wholeNumber.MatchString(field) || seen[field]:
			others++
		}
		seen[field] = true
	}
	if len(fields) == 1 && spaced(fields[0]) {
		return false, fmt.Errorf("line 1 is %.60q: are its fields separated by spaces? Save the table with commas, in NumPy by delimiter=\",\"", fields[0])
	}
	if words > 0 && others == 0 || words == 0 && missing == 0 && others > 0 && !numbers.grid(fields) {
		return words > 0, nil
	}
	return false, fmt.Errorf("line 1, %.100q, may be the names of the columns or a line of numbers: say which, with CSV{Header: HeaderPresent} or CSV{Header: HeaderAbsent}", fields)
}

// grid says whether numbers rise from field to field as the places of measurements do.
func (n *numbers) grid(fields []string) bool {
	rises, equal, last, step := true, true, math.Inf(-1), math.NaN()
	for i, field := range fields {
		v, err := strconv.ParseFloat(n.pointed(strings.TrimSpace(field)), 64)
		rises = rises && err == nil && v > last
		if i == 1 {
			step = v - last
		}
		equal = equal && (i < 2 || math.Abs(v-last-step) <= 1e-6*step)
		last = v
	}
	return rises && (len(fields) >= 6 || len(fields) >= 3 && equal)
}

// spaced says whether a field is several numbers with spaces between.
func spaced(field string) bool {
	parts := strings.Fields(field)
	return len(parts) > 1 && !slices.ContainsFunc(parts, func(s string) bool { return !isNumber(s) })
}

// placesOf finds columns among names, each of which must be there once; no columns stand for all.
func placesOf(columns, names []string, named bool) ([]int, error) {
	var places []int
	if len(columns) == 0 {
		if i := slices.Index(names, ""); named && i >= 0 {
			return nil, fmt.Errorf("column %d has no name; pandas and R write row numbers so: name the columns to read, one of %.400q", i+1, names)
		}
		for i := range names {
			places = append(places, i)
		}
	}
	for _, c := range columns {
		i := slices.Index(names, c)
		if i < 0 || slices.Contains(names[i+1:], c) {
			return nil, fmt.Errorf("the column %q must be there once; the columns are %.400q%s", c, names, unnamed(named))
		}
		places = append(places, i)
	}
	return places, nil
}

func unnamed(named bool) string {
	if named {
		return ""
	}
	return " by their places, since there is no header"
}
