package network

import (
	"fmt"
	"math"

	"github.com/liegg/lab/liegg/internal/sheet"
)

// HTML returns the network as HTML, for plotting.Show: what String says, its variables, and its
// training. draw makes the HTML of a picture; it may be nil.
func (n *Network) HTML(draw sheet.Draw) string {
	s := sheet.New(draw, n.String())
	if n == nil {
		return s.HTML()
	}
	var rows [][]string
	if n.Store != nil {
		for v := range n.Store.IterVariables() {
			rows = append(rows, []string{v.Path(), fmt.Sprint(v.Shape().Dimensions), v.Shape().DType.String(), fmt.Sprint(v.Shape().Size())})
		}
	}
	if len(rows) > 0 {
		s.Table("variables", []string{"name", "shape", "type", "numbers"}, rows)
	}
	if len(n.History) > 0 {
		s.Include("Training", n.History.HTML)
	}
	return s.HTML()
}

// HTML returns the history as HTML, for plotting.Show: its last record, the losses over the steps,
// and some of the records. draw makes the HTML of a picture; it may be nil.
func (h History) HTML(draw sheet.Draw) string {
	if len(h) == 0 {
		return sheet.New(draw, h.String()).HTML()
	}
	s := sheet.New(draw, h[len(h)-1].String())
	s.Picture(h, "loss over the steps of the training")
	const most = 10
	var rows [][]string
	for i := range min(len(h), most) {
		at := i
		if len(h) > most {
			at = i * (len(h) - 1) / (most - 1)
		}
		p := h[at]
		rows = append(rows, []string{fmt.Sprint(p.Step), figureOf(p.Loss), figureOf(p.Validation), figureOf(p.Accuracy)})
	}
	s.Table("records of the training", []string{"step", "loss", "validation loss", "accuracy"}, rows)
	return s.HTML()
}

func figureOf(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return fmt.Sprintf("%.3g", x)
}
