package message

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// NodeName returns the name of a node, or of its output.
func NodeName(node Message) string {
	if name := node.Text("name"); name != "" {
		return name
	}
	for _, output := range node.Texts("output") {
		return output
	}
	return "?"
}

// Needs returns the names of tensors that a node needs, including those in
// its inner graphs.
func Needs(node Message) []string {
	names := node.Texts("input")
	for _, a := range node.Children("attribute") {
		for _, g := range append(a.Children("graphs"), a.Child("g")) {
			for _, inner := range g.Children("node") {
				names = append(names, Needs(inner)...)
			}
			for _, v := range g.Children("output") {
				names = append(names, v.Text("name"))
			}
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// Trim removes empty names, which mean omitted values, from the end of a
// list.
func Trim(node Message, field protoreflect.Name) {
	list := node.Mutable(node.Descriptor().Fields().ByName(field)).List()
	for list.Len() > 0 && list.Get(list.Len()-1).String() == "" {
		list.Truncate(list.Len() - 1)
	}
}

// Only reports whether all integers of an attribute equal want, or the
// attribute is missing.
func Only(want int, node Message, name string) bool {
	return !slices.ContainsFunc(node.Integers(name), func(v int) bool { return v != want })
}

// Rename renames tensors in a node and in its inner graphs.
func Rename(node Message, rename map[string]string) {
	node.Each("NodeProto", func(n Message) error {
		for _, field := range []protoreflect.Name{"input", "output"} {
			list := n.Field(field).List()
			for i := range list.Len() {
				if to, ok := rename[list.Get(i).String()]; ok {
					list.Set(i, protoreflect.ValueOf(to))
				}
			}
		}
		for _, a := range n.Children("attribute") {
			for _, v := range a.Child("g").Children("output") {
				if to, ok := rename[v.Text("name")]; ok {
					v.Put("name", protoreflect.ValueOf(to))
				}
			}
		}
		return nil
	})
}
