package keep

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
)

// captured is a local variable that a function of Value uses.
type captured struct {
	name  string
	value any
}

// declared is a variable of the package that a function of Value may reach.
type declared struct {
	name     string
	variable any // a pointer to it
}

// Captured names a local variable that the function given to Value uses. The kernel adds it to
// calls in cells, so nobody needs to write it.
func Captured(name string, value any) any { return captured{name, value} }

// Declared names a variable of the package, by a pointer. It counts if the function given to Value
// reaches it. The kernel adds it to calls in cells, so nobody needs to write it.
func Declared(name string, variable any) any { return declared{name, variable} }

// Also returns values with more behind them. The kernel writes it around values that a call in a cell
// spreads, as in keep.Value(name, compute, values...), so nobody needs to write it.
func Also(values []any, more ...any) []any { return append(slices.Clone(values), more...) }

// unhashableError reports a value on which another cannot depend.
type unhashableError struct {
	number int
	why    error
}

func (e *unhashableError) Error() string {
	return fmt.Sprintf("value %d of those that it depends on cannot be hashed: %v", e.number, e.why)
}

// dependencies returns a digest for each value. It returns an error for a variable that
// holds functions, because nothing tells when these change, unless it is one of the package that
// is set nowhere but where it is declared: then the source tells.
func dependencies(on []any, p *program) (map[string]string, error) {
	digests := map[string]string{}
	for i, v := range on {
		var name string
		var err error
		switch v := v.(type) {
		case captured:
			name = v.name + "'s value"
			if digests[name], err = digestOf(v.value); err != nil {
				return nil, untraceable(v.name, err)
			}
		case declared:
			if p != nil && !p.visited[v.name] {
				continue
			}
			name = v.name + "'s value"
			if digests[name], err = digestOf(v.variable); err != nil && (p == nil || p.setters[v.name] != nil) {
				return nil, untraceable(v.name, err)
			}
		default:
			if digests[fmt.Sprintf("value %d", i+1)], err = digestOf(v); err != nil {
				return nil, &unhashableError{i + 1, err}
			}
		}
	}
	return digests, nil
}

func untraceable(variable string, why error) error {
	return fmt.Errorf("it uses %s, and nothing tells when that changes: %w. Make %s within the function given to Value, or in a function that it calls", variable, why, variable)
}

// digestOf hashes a value with all that it points to.
func digestOf(v any) (string, error) {
	if v == nil {
		return "nil", nil
	}
	held := reflect.New(reflect.TypeOf(v)).Elem()
	held.Set(reflect.ValueOf(v))
	h := sha256.New()
	fmt.Fprintln(h, nameOf(held.Type()))
	if err := encodeForHash(h, held); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}
