package keep

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
)

// captured is a variable that a function of Value uses.
type captured struct {
	name  string
	value any
}

// Captured names a variable that the function given to Value uses. The kernel adds it to calls
// in cells, so nobody needs to write it. Unlike other values that Value depends on, it is left
// out if it holds functions: the source says what those do.
func Captured(name string, value any) any { return captured{name, value} }

// unhashableError reports a value on which another cannot depend.
type unhashableError struct {
	number int
	why    error
}

func (e *unhashableError) Error() string {
	return fmt.Sprintf("value %d of those that it depends on cannot be hashed: %v", e.number, e.why)
}

// dependencies returns a digest for each value.
func dependencies(on []any) (map[string]string, error) {
	digests := map[string]string{}
	for i, v := range on {
		name, optional := fmt.Sprintf("value %d", i+1), false
		if c, ok := v.(captured); ok {
			name, v, optional = c.name+"'s value", c.value, true
		}
		digest, err := digestOf(v)
		if err != nil && !optional {
			return nil, &unhashableError{i + 1, err}
		}
		digests[name] = digest
	}
	return digests, nil
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
	if err := encode(h, held); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}
