package onnx

import "slices"

// course is the way of numbers from some tensors of a graph to its outputs.
type course struct {
	nodes   []message       // that pass the numbers on to an output, in order
	depends map[string]bool // the beginning, and all tensors that are computed from it
	tensors []string        // that the nodes make for an output, in order
	// cuts are the tensors through which all numbers pass: the outputs can be
	// computed from each of them alone. The outputs are not among them.
	cuts []string
	// blocks are the tensors that end a block before the next one. They are
	// cuts, if the connections that skip over levels are left out. A block
	// begins with a combining operator: what follows it, such as an activation
	// or another shape, belongs to it.
	blocks []string
}

// combining lists the operators that combine the entries of a tensor, or
// sample them anew.
var combining = set(
	"Attention", "AveragePool", "Conv", "ConvTranspose", "DFT", "Einsum", "GRU", "Gemm", "GlobalAveragePool", "GlobalLpPool",
	"GlobalMaxPool", "LSTM", "Loop", "LpPool", "MatMul", "MaxPool", "RNN", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp",
	"ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "Resize", "Scan", "ScatterElements", "ScatterND", "TopK",
	"Upsample",
)

// enlarging lists the operators by which a network gets back to an earlier
// resolution.
var enlarging = set("ConvTranspose", "DepthToSpace", "MaxUnpool", "Resize", "Upsample")

// course follows the numbers of some tensors to the outputs.
func (f *file) course(from, outputs []string) course {
	c := course{depends: set(from...)}
	var nodes []message
	for _, node := range f.graph.children("node") {
		if op := node.text("op_type"); op == "Shape" || op == "Size" || !dependsOn(needs(node), c.depends) { // shapes do not depend on the numbers
			continue
		}
		nodes = append(nodes, node)
		for _, name := range node.texts("output") {
			c.depends[name] = name != ""
		}
	}
	last := c.keep(nodes, outputs)
	c.cuts, _ = c.cut(from, last)
	_, c.blocks = c.cut(from, c.withoutSkips(last))
	return c
}

// keep keeps the nodes on which the outputs depend. For each tensor that they
// use it returns the last node that does, counted from 1, or one more than
// there are for outputs.
func (c *course) keep(nodes []message, outputs []string) (last map[string]int) {
	needed := set(outputs...)
	for _, node := range slices.Backward(nodes) {
		if !dependsOn(node.texts("output"), needed) {
			continue
		}
		c.nodes = append(c.nodes, node)
		for _, name := range needs(node) {
			needed[name] = true
		}
	}
	slices.Reverse(c.nodes)
	last = map[string]int{}
	for i, node := range c.nodes {
		for _, name := range needs(node) {
			if c.depends[name] {
				last[name] = i + 1
			}
		}
	}
	for _, node := range c.nodes {
		for _, name := range node.texts("output") {
			if last[name] > 0 || slices.Contains(outputs, name) {
				c.tensors = append(c.tensors, name)
			}
		}
	}
	for _, name := range outputs {
		last[name] = len(c.nodes) + 1
	}
	return last
}

// withoutSkips returns the last use of each tensor, without the connections
// that skip over levels, as in a U-Net: these are uses after the network has
// become larger again. The connections of a residual block stay, since nothing
// in the block enlarges.
func (c *course) withoutSkips(last map[string]int) map[string]int {
	main, before := map[string]int{}, map[string]int{} // the last use, and how many nodes had enlarged by then
	enlarged := 0
	for i, node := range c.nodes {
		for _, name := range needs(node) {
			if last[name] > 0 && before[name] == enlarged {
				main[name] = i + 1
			}
		}
		if enlarging[node.text("op_type")] {
			enlarged++
			for _, name := range needs(node) {
				if main[name] == i+1 { // other uses of what is enlarged are no skips
					before[name] = enlarged
				}
			}
		}
		for _, name := range node.texts("output") {
			before[name] = enlarged
		}
	}
	for name, at := range last {
		if at > len(c.nodes) { // an output
			main[name] = at
		}
	}
	return main
}

// cut finds the cuts: the places at which only one tensor is still needed,
// given the last use of each. What comes before such a tensor in one order of
// the nodes does so in all. ends are the cuts that end a block.
func (c *course) cut(from []string, last map[string]int) (cuts, ends []string) {
	open := map[string]bool{} // tensors that are still needed
	for _, name := range from {
		if last[name] > 0 {
			open[name] = true
		}
	}
	begun, end := false, "" // whether a block has begun, and the last cut in it
	for i, node := range c.nodes {
		if combining[node.text("op_type")] {
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
		for _, name := range node.texts("output") {
			if last[name] > 0 {
				open[name] = true
			}
		}
		for name := range open {
			if len(open) == 1 && last[name] <= len(c.nodes) {
				cuts, end = append(cuts, name), name
			}
		}
	}
	return cuts, ends
}
