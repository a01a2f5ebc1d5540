package training

import (
	"fmt"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// String describes the network, or returns its error.
func (t Trained) String() string {
	if t.Err != nil {
		return t.Err.Error()
	}
	return t.Network.String()
}

// String returns the name of the loss.
func (l Loss) String() string {
	switch l {
	case MeanSquared:
		return "mean squared error"
	case CrossEntropy:
		return "cross-entropy"
	}
	return fmt.Sprintf("Loss(%d)", int(l))
}

// String lists the fields that are not zero.
func (t Settings) String() string {
	learningRate := "by default"
	if t.LearningRate != 0 {
		learningRate = fmt.Sprint(t.LearningRate)
	}
	text := fmt.Sprintf("%s of Adam on the %v, learning rate %s", spelling.Count(t.Steps, "step"), t.Loss, learningRate)
	for _, more := range []struct {
		given bool
		text  string
	}{
		{t.Cosine, "falling as a cosine"},
		{t.L2 != 0, fmt.Sprintf("L2 %g", t.L2)},
		{t.Decay != 0, fmt.Sprintf("Decay %g", t.Decay)},
		{t.Penalty.given(), t.Penalty.String()},
		{t.Best, "the best look is kept"},
		{t.Validate != 0, fmt.Sprintf("a look every %s", spelling.Count(t.Validate, "step"))},
		{t.Cores != 0, fmt.Sprintf("on %s", spelling.Count(t.Cores, "core"))},
		{t.Watch != nil, "watched"},
		{t.Show != nil, "shown"},
	} {
		if more.given {
			text += ", " + more.text
		}
	}
	return text + fmt.Sprintf(", Seed %d", t.Seed)
}

// String describes the member's beginning.
func (m Member) String() string {
	text := fmt.Sprintf("Seed %d", m.Seed)
	if m.Source != nil {
		text += fmt.Sprintf(" on %q", m.Source.Name())
	}
	if m.Start != nil {
		text += fmt.Sprintf(", from %v", m.Start)
	}
	return text
}
