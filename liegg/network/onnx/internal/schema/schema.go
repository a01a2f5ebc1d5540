// Package schema checks nodes against ONNX's own description of the operators,
// and against what the conversion reads of them.
package schema

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// schemas describes every operator of ONNX. It was written by
// testdata/schemas.py.
//
//go:embed schemas.txt
var schemas string

// Schema describes an operator from one operator set on.
type Schema struct {
	since           int
	gone            bool // whether the operator set removed it
	inputs, outputs span
	attributes      map[string]attributeSchema
}

// span is the allowed number of inputs or outputs.
type span struct{ least, most int }

type attributeSchema struct {
	kind       string // ONNX's name for its type, such as INTS
	standard   string // default value
	hasDefault bool
}

func (s span) String() string {
	switch {
	case s.least == s.most:
		return strconv.Itoa(s.most)
	case s.most == many:
		return fmt.Sprintf("%d or more", s.least)
	}
	return fmt.Sprintf("%d to %d", s.least, s.most)
}

// many is more than any number of inputs, outputs or operator sets.
const many = 1 << 30

// knownSchemas returns the newest operator set, and the schemas by operator,
// oldest first.
var knownSchemas = sync.OnceValues(func() (newest int, byOperator map[string][]Schema) {
	byOperator = map[string][]Schema{}
	for line := range strings.Lines(schemas) {
		words := strings.Fields(line)
		if words[0] == "newest" {
			newest = count(words[1])
			continue
		}
		s := Schema{since: count(words[1]), gone: words[2] == "-", attributes: map[string]attributeSchema{}}
		s.inputs = span{count(words[3]), count(words[4])}
		s.outputs = span{count(words[5]), count(words[6])}
		for _, word := range words[7:] {
			name, rest, _ := strings.Cut(word, ":")
			kind, standard, hasDefault := strings.Cut(rest, "=")
			s.attributes[name] = attributeSchema{kind, standard, hasDefault}
		}
		byOperator[words[0]] = append(byOperator[words[0]], s)
	}
	return newest, byOperator
})

func count(word string) int {
	if word == "*" {
		return many
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		panic(err) // the file is our own
	}
	return n
}

// Of returns the schema of an operator in an operator set. why says
// that there is no such operator.
func Of(operator string, opset int) (s Schema, why string) {
	_, known := knownSchemas()
	versions := known[operator]
	if len(versions) == 0 {
		return s, "ONNX has no such operator"
	}
	for _, v := range slices.Backward(versions) {
		if v.since > opset {
			continue
		}
		if v.gone {
			return s, fmt.Sprintf("operator set %d, which the file declares, no longer has it", opset)
		}
		return v, ""
	}
	return s, fmt.Sprintf("ONNX has it since operator set %d, but the file declares %d", versions[0].since, opset)
}

// Broken says how a node violates the schema, or "".
func (s Schema) Broken(node message.Message, opset int) string {
	inputs, outputs := node.Field("input").List().Len(), node.Field("output").List().Len()
	switch {
	case inputs < s.inputs.least || inputs > s.inputs.most:
		return fmt.Sprintf("it has %d inputs, and operator set %d allows %s", inputs, opset, s.inputs)
	case outputs > s.outputs.most:
		return fmt.Sprintf("it has %d outputs, and operator set %d allows %d", outputs, opset, s.outputs.most)
	}
	seen := map[string]bool{}
	for _, a := range node.Children("attribute") {
		name, kind := a.Text("name"), a.Kind()
		want, ok := s.attributes[name]
		switch {
		case !ok:
			return fmt.Sprintf("it has no attribute %q in operator set %d", name, opset)
		case seen[name]:
			return fmt.Sprintf("its attribute %q is given twice", name)
		case kind != want.kind || a.Text("ref_attr_name") != "":
			return fmt.Sprintf("its attribute %q is %s instead of %s", name, kind, want.kind)
		}
		seen[name] = true
	}
	return ""
}
