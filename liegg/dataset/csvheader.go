package dataset

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Header says whether the first line of a table holds the column names.
type Header int

const (
	// HeaderFound takes the first line for names if it contains words, and
	// for numbers if it contains only numbers. It refuses lines that may be
	// either: different whole numbers, as pandas writes for unnamed columns;
	// numbers that form a grid, such as wavelengths, because they rise by
	// equal steps, or rise over six columns or more; numbers and missing
	// values; and words next to numbers that are unlikely names.
	HeaderFound Header = iota
	// HeaderPresent always takes the first line for names.
	HeaderPresent
	// HeaderAbsent always takes the first line for numbers. Columns are named
	// by their positions, starting at "1".
	HeaderAbsent
)

// String returns "found", "present" or "absent".
func (h Header) String() string {
	return [...]string{"found", "present", "absent"}[min(max(h, HeaderFound), HeaderAbsent)]
}

// names returns the names in the first line, or the positions of its columns.
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
	if named { // numpy.savetxt begins a header like this
		names[0] = strings.TrimSpace(strings.TrimPrefix(names[0], "#"))
	}
	return names, named, nil
}

var (
	wholeNumber  = regexp.MustCompile(`^\d+$`)
	missingValue = regexp.MustCompile(`(?i)^(|#?n/?a|nan|null|none|nil|-|\?)$`)
)

// looksNamed reports whether the first line holds names. The error says that
// it may be either.
func looksNamed(fields []string, numbers numbers) (bool, error) {
	var words, missing, others int // others are numbers that pandas would not use as names
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
	return false, fmt.Errorf("line 1, %.100q, may be column names or a line of numbers: set CSV{Header: HeaderPresent} or CSV{Header: HeaderAbsent}", fields)
}

// grid reports whether the numbers rise from field to field like a measuring
// grid.
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

// spaced reports whether a field is several numbers separated by spaces.
func spaced(field string) bool {
	parts := strings.Fields(field)
	return len(parts) > 1 && !slices.ContainsFunc(parts, func(s string) bool { return !isNumber(s) })
}

// placesOf finds columns among names, each of which must occur exactly once.
// Without columns it returns all.
func placesOf(columns, names []string, named bool) ([]int, error) {
	var places []int
	if len(columns) == 0 {
		if i := slices.Index(names, ""); named && i >= 0 {
			return nil, fmt.Errorf("column %d has no name, as pandas and R write row numbers: name the columns to read, among %.400q", i+1, names)
		}
		for i := range names {
			places = append(places, i)
		}
	}
	for _, c := range columns {
		i := slices.Index(names, c)
		if i < 0 || slices.Contains(names[i+1:], c) {
			return nil, fmt.Errorf("the column %q must occur exactly once; the columns are %.400q%s", c, names, unnamed(named))
		}
		places = append(places, i)
	}
	return places, nil
}

func unnamed(named bool) string {
	if named {
		return ""
	}
	return " by position, since there is no header"
}
