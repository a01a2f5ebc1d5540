package network

// Progress is a line that tells how far long work has come, such as training: on a
// terminal or in a notebook, unless $LIEGG_PROGRESS is off. The zero value shows
// nothing.
type Progress struct{ line *progress }

// NewProgress begins a line for work of the given name in so many steps; 0 is for
// work of which nobody knows how many it will take.
func NewProgress(name string, steps int) Progress { return Progress{newProgress(name, steps)} }

// At shows that a step was done, with a note.
func (p Progress) At(step int, note string) { p.line.show(step, note) }

// Done wipes the line.
func (p Progress) Done() { p.line.done() }
