// Package rewriting expresses the nodes of a file by operators, in today's form,
// that the conversion supports, and refuses those that it would misread.
package rewriting

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
	"github.com/liegg/lab/liegg/network/onnx/internal/schema"
)

// rewriter rewrites the nodes of a file in the form that the conversion
// supports, and refuses those that it would misinterpret.
type rewriter struct {
	facts     fileFacts
	functions map[string]bool // operators that the file defines, as domain:name
	used      map[string]bool // tensors that something needs
	holes     int             // number of outputs without a name so far
	claims    []Claim
}

// File rewrites the nodes of the file's graph in the form that the
// conversion supports, keeping some tensors. The error is an *message.Unsupported.
func File(f *modelfile.File, kept ...string) ([]Claim, error) {
	opset, err := schema.OperatorSet(f.Whole)
	if err != nil {
		return nil, err
	}
	r := &rewriter{facts: factsOf(f.Whole), functions: map[string]bool{}, used: message.NameSet(kept...)}
	r.facts.opset, r.facts.claims = opset, &r.claims
	for _, function := range f.Whole.Children("functions") {
		r.functions[function.Text("domain")+":"+function.Text("name")] = true
	}
	for _, node := range f.Graph.Children("node") {
		for _, name := range message.Needs(node) {
			r.used[name] = true
		}
	}
	if err := r.graph(f.Graph); err != nil {
		return nil, err
	}
	f.Whole.Clear(f.Whole.Descriptor().Fields().ByName("functions"))
	return r.claims, nil
}

// graph rewrites the nodes of a graph and of its inner graphs.
func (r *rewriter) graph(graph message.Message) error {
	var nodes []message.Message
	for _, node := range graph.Children("node") {
		rewritten, err := r.node(node)
		if err != nil {
			return err
		}
		nodes = append(nodes, rewritten...)
	}
	list := graph.Mutable(graph.Descriptor().Fields().ByName("node")).List()
	list.Truncate(0)
	for _, node := range nodes {
		list.Append(protoreflect.ValueOfMessage(node.Message))
	}
	return nil
}

// node rewrites a node: first as in the newest operator sets, then by
// operators that the conversion supports.
func (r *rewriter) node(node message.Message) ([]message.Message, error) {
	lifted, why := r.lift(node)
	if why != "" {
		return nil, message.NewUnsupported(node, errors.New(why))
	}
	outer := r.facts.inner
	r.facts.inner = true
	for _, a := range node.Children("attribute") {
		if a.HasField("g") {
			if err := r.graph(a.Child("g")); err != nil {
				return nil, err
			}
		}
	}
	r.facts.inner = outer
	var nodes []message.Message
	for _, node := range lifted {
		nodes = append(nodes, defined(node, r.facts)...)
	}
	return nodes, nil
}

// lift rewrites a node as in the newest operator set. why says what is not
// supported, or "".
func (r *rewriter) lift(node message.Message) (nodes []message.Message, why string) {
	op, opset := node.Text("op_type"), r.facts.opset
	if why := r.foreign(node); why != "" {
		return nil, why
	}
	s, why := schema.Of(op, opset)
	if why == "" {
		why = s.Broken(node, opset)
	}
	if _, ok := schema.Readings[op]; why == "" && !ok {
		why = "the conversion does not support this operator"
	}
	if why != "" {
		return nil, why
	}
	node.Put("domain", protoreflect.ValueOf(""))
	node.Without("consumed_inputs") // it says which memory may be reused
	message.Trim(node, "input")
	l := &Definition{file: r.facts, node: node, lifting: true}
	if lift, ok := lifts[op]; ok {
		if why := lift(l); why != "" {
			return nil, why
		}
	}
	if !l.placed {
		l.place()
	}
	if !l.replaced {
		why = schema.Unread(node, s)
	}
	if why == "" {
		why = r.outputs(node)
	}
	return l.nodes, why
}

// foreign says that a node is not one of ONNX's own operators, or returns "".
func (r *rewriter) foreign(node message.Message) string {
	op, domain := node.Text("op_type"), node.Text("domain")
	other := "ai.onnx"
	if domain == other {
		other = ""
	}
	switch {
	case r.functions[domain+":"+op] || schema.OfONNX(domain) && r.functions[other+":"+op] || node.Text("overload") != "":
		return "the file defines it itself, as a function, which is not supported: export without functions, " +
			"or inline them, in Python onnx.inliner.inline_local_functions(model)"
	case !schema.OfONNX(domain):
		return fmt.Sprintf("it belongs to the domain %q; only operators of ONNX itself are supported", domain)
	}
	return ""
}

// outputs removes outputs of a node that are not needed and that the
// conversion does not make. It names unnamed ones, which the conversion would
// take for omitted inputs. It returns which needed output cannot be made, or
// "".
func (r *rewriter) outputs(node message.Message) string {
	message.Trim(node, "output")
	made := max(1, schema.MadeOutputs[node.Text("op_type")])
	list := node.Mutable(node.Descriptor().Fields().ByName("output")).List()
	for i, name := range node.Texts("output") {
		switch {
		case i >= made && r.used[name] && name != "":
			return fmt.Sprintf("its output %q, number %d, cannot be made", name, i+1)
		case i < made && name == "":
			r.holes++
			list.Set(i, protoreflect.ValueOf(fmt.Sprintf("output without a name, number %d", r.holes)))
		}
	}
	list.Truncate(min(made, list.Len()))
	return ""
}
