package message

// Unsupported says which node cannot be converted, and why.
type Unsupported struct {
	Node, Op string // name of the node, or of its output if it has none, and its operator
	Err      error
}

// NewUnsupported returns the error about a node.
func NewUnsupported(node Message, err error) *Unsupported {
	return &Unsupported{NodeName(node), node.Text("op_type"), err}
}

// Error names the node.
func (u *Unsupported) Error() string { return u.Op + " (node " + u.Node + "): " + u.Err.Error() }

// Unwrap returns the reason.
func (u *Unsupported) Unwrap() error { return u.Err }
