package moved

import (
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// Neighbours finds the samples that are nearest to others, and remembers them.
type Neighbours struct {
	values []float64 // of the samples; in units of their standard deviations, but for pixels
	count  int       // of samples
	known  map[int][]int
}

// Neighbours prepares a search among samples.
func (o *Outputs) Neighbours() (*Neighbours, error) {
	if o.near != nil {
		return o.near, nil
	}
	values, err := o.Held.Values()
	if err != nil {
		return nil, err
	}
	near := &Neighbours{values, o.Held.Len(), map[int][]int{}}
	if width := len(values) / near.count; !action.Resamples(o.Inputs()) {
		for j := range width {
			if s := stat.PopStdDev(tensor.Column(values, j, width), nil); s > 0 {
				for i := j; i < len(values); i += width {
					values[i] /= s
				}
			}
		}
	}
	o.near = near
	return near, nil
}

// neighbourhood is the number of samples of a neighbourhood, the one in its middle among them.
const neighbourhood = 4

// Of returns the samples that are nearest to sample i, itself among them.
func (n *Neighbours) Of(i int) []int {
	if near, ok := n.known[i]; ok {
		return near
	}
	width := len(n.values) / n.count
	own := n.values[i*width : (i+1)*width]
	squares, order := make([]float64, n.count), make([]int, n.count)
	for j := range squares {
		for k, v := range n.values[j*width : (j+1)*width] {
			squares[j] += (v - own[k]) * (v - own[k])
		}
	}
	floats.Argsort(squares, order)
	n.known[i] = slices.Clone(order[:min(n.count, neighbourhood)])
	return n.known[i]
}
