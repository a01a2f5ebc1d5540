package modelfile

import (
	"slices"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// Course is the way of numbers from some tensors of a graph to its outputs.
type Course struct {
	Nodes   []message.Message // that pass the numbers on to an output, in order
	depends map[string]bool   // the beginning, and all tensors that are computed from it
	Tensors []string          // that the nodes make for an output, in order
	// Cuts are the tensors through which all numbers pass: the outputs can be
	// computed from each of them alone. The outputs are not among them.
	Cuts []string
	// Blocks are the tensors that end a block before the next one. They are
	// cuts, if the connections that skip over levels are left out. A block
	// begins with a combining operator: what follows it, such as an activation
	// or another shape, belongs to it.
	Blocks []string
}

// combining lists the operators that combine the entries of a tensor, or
// sample them anew.
var combining = message.NameSet(
	"Attention", "AveragePool", "Conv", "ConvTranspose", "DFT", "Einsum", "GRU", "Gemm", "GlobalAveragePool", "GlobalLpPool",
	"GlobalMaxPool", "LSTM", "Loop", "LpPool", "MatMul", "MaxPool", "RNN", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp",
	"ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "Resize", "Scan", "ScatterElements", "ScatterND", "TopK",
	"Upsample",
)

// enlarging lists the operators by which a network gets back to an earlier
// resolution.
var enlarging = message.NameSet("ConvTranspose", "DepthToSpace", "MaxUnpool", "Resize", "Upsample")

// Course follows the numbers of some tensors to the outputs.
func (f *File) Course(from, outputs []string) Course {
	c := Course{depends: message.NameSet(from...)}
	var nodes []message.Message
	for _, node := range f.Graph.Children("node") {
		if op := node.Text("op_type"); op == "Shape" || op == "Size" || !message.DependsOn(message.Needs(node), c.depends) { // shapes do not depend on the numbers
			continue
		}
		nodes = append(nodes, node)
		for _, name := range node.Texts("output") {
			c.depends[name] = name != ""
		}
	}
	last := c.keep(nodes, outputs)
	c.Cuts, _ = c.cut(from, last)
	_, c.Blocks = c.cut(from, c.withoutSkips(last))
	return c
}

// keep keeps the nodes on which the outputs depend. For each tensor that they
// use it returns the last node that does, counted from 1, or one more than
// there are for outputs.
func (c *Course) keep(nodes []message.Message, outputs []string) (last map[string]int) {
	needed := message.NameSet(outputs...)
	for _, node := range slices.Backward(nodes) {
		if !message.DependsOn(node.Texts("output"), needed) {
			continue
		}
		c.Nodes = append(c.Nodes, node)
		for _, name := range message.Needs(node) {
			needed[name] = true
		}
	}
	slices.Reverse(c.Nodes)
	last = map[string]int{}
	for i, node := range c.Nodes {
		for _, name := range message.Needs(node) {
			if c.depends[name] {
				last[name] = i + 1
			}
		}
	}
	for _, node := range c.Nodes {
		for _, name := range node.Texts("output") {
			if last[name] > 0 || slices.Contains(outputs, name) {
				c.Tensors = append(c.Tensors, name)
			}
		}
	}
	for _, name := range outputs {
		last[name] = len(c.Nodes) + 1
	}
	return last
}

// withoutSkips returns the last use of each tensor, without the connections
// that skip over levels, as in a U-Net: these are uses after the network has
// become larger again. The connections of a residual block stay, since nothing
// in the block enlarges.
func (c *Course) withoutSkips(last map[string]int) map[string]int {
	main, before := map[string]int{}, map[string]int{} // the last use, and how many nodes had enlarged by then
	enlarged := 0
	for i, node := range c.Nodes {
		for _, name := range message.Needs(node) {
			if last[name] > 0 && before[name] == enlarged {
				main[name] = i + 1
			}
		}
		if enlarging[node.Text("op_type")] {
			enlarged++
			for _, name := range message.Needs(node) {
				if main[name] == i+1 { // other uses of what is enlarged are no skips
					before[name] = enlarged
				}
			}
		}
		for _, name := range node.Texts("output") {
			before[name] = enlarged
		}
	}
	for name, at := range last {
		if at > len(c.Nodes) { // an output
			main[name] = at
		}
	}
	return main
}

// cut finds the cuts: the places at which only one tensor is still needed,
// given the last use of each. What comes before such a tensor in one order of
// the nodes does so in all. ends are the cuts that end a block.
func (c *Course) cut(from []string, last map[string]int) (cuts, ends []string) {
	open := map[string]bool{} // tensors that are still needed
	for _, name := range from {
		if last[name] > 0 {
			open[name] = true
		}
	}
	begun, end := false, "" // whether a block has begun, and the last cut in it
	for i, node := range c.Nodes {
		if combining[node.Text("op_type")] {
			if begun && end != "" {
				ends = append(ends, end)
			}
			begun, end = true, ""
		}
		for name := range open {
			if last[name] == i+1 {
				delete(open, name)
			}
		}
		for _, name := range node.Texts("output") {
			if last[name] > 0 {
				open[name] = true
			}
		}
		for name := range open {
			if len(open) == 1 && last[name] <= len(c.Nodes) {
				cuts, end = append(cuts, name), name
			}
		}
	}
	return cuts, ends
}
