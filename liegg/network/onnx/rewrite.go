package onnx

import (
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// rewriter rewrites the nodes of a file in the form that the conversion
// supports, and refuses those that it would misinterpret.
type rewriter struct {
	facts     fileFacts
	functions map[string]bool // operators that the file defines, as domain:name
	used      map[string]bool // tensors that something needs
	holes     int             // number of outputs without a name so far
	claims    []claim
}

// rewrite rewrites the nodes of the file's graph in the form that the
// conversion supports, keeping some tensors. The error is a *NodeError.
func (f *file) rewrite(kept ...string) ([]claim, error) {
	opset, err := operatorSet(f.whole)
	if err != nil {
		return nil, err
	}
	r := &rewriter{facts: factsOf(f.whole), functions: map[string]bool{}, used: set(kept...)}
	r.facts.opset, r.facts.claims = opset, &r.claims
	for _, function := range f.whole.children("functions") {
		r.functions[function.text("domain")+":"+function.text("name")] = true
	}
	for _, node := range f.graph.children("node") {
		for _, name := range needs(node) {
			r.used[name] = true
		}
	}
	if err := r.graph(f.graph); err != nil {
		return nil, err
	}
	f.whole.Clear(f.whole.Descriptor().Fields().ByName("functions"))
	return r.claims, nil
}

// operatorSet returns the version of ONNX's own operators that a file
// declares. The first versions of the format have no such declaration.
func operatorSet(model message) (int, error) {
	newest, _ := knownSchemas()
	version := 0
	for _, o := range model.children("opset_import") {
		if !ofONNX(o.text("domain")) {
			continue
		}
		v := int(o.get("version").Int())
		if version != 0 && v != version {
			return 0, fmt.Errorf("%w: it declares the operator sets %d and %d of ONNX at once", ErrMalformed, version, v)
		}
		version = v
	}
	const declares = 3 // first version of the format with a declaration
	switch {
	case version == 0 && model.get("ir_version").Int() < declares:
		return 1, nil
	case version < 1:
		return 0, fmt.Errorf("%w: it does not declare which operator set of ONNX it uses", ErrMalformed)
	case version > newest:
		return 0, fmt.Errorf("it uses operator set %d of ONNX, which may give operators another meaning than set %d, the newest that is known here: "+
			"export it with that one, in PyTorch torch.onnx.export(…, opset_version=%[2]d)", version, newest)
	}
	return version, nil
}

// ofONNX reports whether a domain is that of ONNX's own operators, which has
// two names.
func ofONNX(domain string) bool { return domain == "" || domain == "ai.onnx" }

// graph rewrites the nodes of a graph and of its inner graphs.
func (r *rewriter) graph(graph message) error {
	var nodes []message
	for _, node := range graph.children("node") {
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
func (r *rewriter) node(node message) ([]message, error) {
	name, op := nodeName(node), node.text("op_type")
	lifted, why := r.lift(node)
	if why != "" {
		return nil, &NodeError{name, op, "converted", errors.New(why)}
	}
	outer := r.facts.inner
	r.facts.inner = true
	for _, a := range node.children("attribute") {
		if a.has("g") {
			if err := r.graph(a.child("g")); err != nil {
				return nil, err
			}
		}
	}
	r.facts.inner = outer
	var nodes []message
	for _, node := range lifted {
		nodes = append(nodes, defined(node, r.facts)...)
	}
	return nodes, nil
}

// lift rewrites a node as in the newest operator set. why says what is not
// supported, or "".
func (r *rewriter) lift(node message) (nodes []message, why string) {
	op, opset := node.text("op_type"), r.facts.opset
	if why := r.foreign(node); why != "" {
		return nil, why
	}
	s, why := schemaOf(op, opset)
	if why == "" {
		why = s.broken(node, opset)
	}
	if _, ok := readings[op]; why == "" && !ok {
		why = "the conversion does not support this operator"
	}
	if why != "" {
		return nil, why
	}
	node.put("domain", protoreflect.ValueOf(""))
	node.without("consumed_inputs") // it says which memory may be reused
	trim(node, "input")
	l := &definition{file: r.facts, node: node, lifting: true}
	if lift, ok := lifts[op]; ok {
		if why := lift(l); why != "" {
			return nil, why
		}
	}
	if !l.placed {
		l.place()
	}
	if !l.replaced {
		why = unread(node, s)
	}
	if why == "" {
		why = r.outputs(node)
	}
	return l.nodes, why
}

// foreign says that a node is not one of ONNX's own operators, or returns "".
func (r *rewriter) foreign(node message) string {
	op, domain := node.text("op_type"), node.text("domain")
	other := "ai.onnx"
	if domain == other {
		other = ""
	}
	switch {
	case r.functions[domain+":"+op] || ofONNX(domain) && r.functions[other+":"+op] || node.text("overload") != "":
		return "the file defines it itself, as a function, which is not supported: export without functions, " +
			"or inline them, in Python onnx.inliner.inline_local_functions(model)"
	case !ofONNX(domain):
		return fmt.Sprintf("it belongs to the domain %q; only operators of ONNX itself are supported", domain)
	}
	return ""
}

// outputs removes outputs of a node that are not needed and that the
// conversion does not make. It names unnamed ones, which the conversion would
// take for omitted inputs. It returns which needed output cannot be made, or
// "".
func (r *rewriter) outputs(node message) string {
	trim(node, "output")
	made := max(1, madeOutputs[node.text("op_type")])
	list := node.Mutable(node.Descriptor().Fields().ByName("output")).List()
	for i, name := range node.texts("output") {
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

// trim removes empty names, which mean omitted values, from the end of a
// list.
func trim(node message, field protoreflect.Name) {
	list := node.Mutable(node.Descriptor().Fields().ByName(field)).List()
	for list.Len() > 0 && list.Get(list.Len()-1).String() == "" {
		list.Truncate(list.Len() - 1)
	}
}

// needs returns the names of tensors that a node needs, including those in
// its inner graphs.
func needs(node message) []string {
	names := node.texts("input")
	for _, a := range node.children("attribute") {
		for _, g := range append(a.children("graphs"), a.child("g")) {
			for _, inner := range g.children("node") {
				names = append(names, needs(inner)...)
			}
			for _, v := range g.children("output") {
				names = append(names, v.text("name"))
			}
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}
