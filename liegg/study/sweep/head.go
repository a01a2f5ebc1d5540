package sweep

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// head is the first line of a table, after "# ". It says whose rows follow.
type head struct {
	Sweep Sweep `json:"sweep"`
	Code  Code  `json:"code"`
}

const headMark = "# "

// ErrOther is wrapped by errors that say that rows belong to another sweep or
// to other code, and in what they differ.
var ErrOther = errors.New("these rows are of another origin")

func (h head) line() string {
	text, err := json.Marshal(h)
	if err != nil {
		panic(fmt.Sprintf("sweep: a head has no JSON: %v", err)) // Check refuses NaN
	}
	return headMark + string(text)
}

func parseHead(line string) (h head, err error) {
	text, ok := strings.CutPrefix(line, headMark)
	if !ok {
		return h, errors.New("the first line is not one of a sweep's table")
	}
	return h, json.Unmarshal([]byte(text), &h)
}

// differs says how h, read from a file, differs from what is expected.
func (h head) differs(want head) error {
	var differences []string
	for _, pair := range [][2]any{{h.Sweep, want.Sweep}, {h.Code, want.Code}} {
		there, here := fields(pair[0]), fields(pair[1])
		keys := maps.Clone(there)
		maps.Copy(keys, here)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if !reflect.DeepEqual(there[key], here[key]) {
				differences = append(differences, fmt.Sprintf("%s is %s there and %s here", key, short(there[key]), short(here[key])))
			}
		}
	}
	if len(differences) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrOther, strings.Join(differences, "; "))
}

// fields returns the keys and values of a struct's JSON.
func fields(v any) map[string]any {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("sweep: %T has no JSON: %v", v, err))
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		panic(err)
	}
	return m
}

func short(v any) string {
	text, _ := json.Marshal(v)
	const most = 200
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}
