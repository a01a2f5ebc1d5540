package plotting

import (
	"encoding/base64"
	"fmt"
	"html"

	"gonum.org/v1/gonum/mat"
)

// Sheet is a value that shows itself as a fragment of HTML, such as a *liegg.Verdict: a sentence,
// tables, matrices, and pictures. String says it in plain text.
type Sheet interface {
	fmt.Stringer

	// HTML returns the fragment. It calls draw for its pictures, which returns one as HTML, or ""
	// if it cannot draw the value. about is the text for readers who cannot see the picture. draw
	// may be nil, for no pictures.
	HTML(draw func(value any, about string) (picture string)) string
}

// HTML returns what v shows as a fragment of HTML that loads nothing, with its pictures inside, for
// a page of one's own. The error says which picture cannot be drawn.
func HTML(v Sheet) (fragment string, err error) {
	fragment = v.HTML(func(value any, about string) string {
		f := figureOf(value)
		if f == nil || err != nil {
			return ""
		}
		data, width, height, failed := encodePNG(f)
		if err = failed; err != nil {
			return ""
		}
		return readable(imageElement(data, width, height, about, f), f, about)
	})
	if err != nil {
		return "", fmt.Errorf("plotting: cannot draw the picture of a %T: %w", v, err)
	}
	return fragment, nil
}

// imageElement returns an element that holds the PNG of f, with its size on the page and the text
// for readers who cannot see it.
func imageElement(data []byte, width, height int, about string, f Figure) string {
	one, _ := f.(frame)
	return fmt.Sprintf("<img src=\"data:image/png;base64,%s\" width=\"%d\" height=\"%d\" alt=\"%s\"%s/>",
		base64.StdEncoding.EncodeToString(data), width, height, html.EscapeString(about), one.attributes)
}

// The values below are those that can be drawn beside Evidence, Flow, Ranged and Contributed.
type (
	// flows are several finite flows, such as the flows of a *flow.Comparison, and beside them the
	// random ones of the first, if there are some.
	flows interface {
		NamedFlows() (names []string, t, delta, lower, upper [][]float64)
		Flow
	}
	// spectral has symmetry variances, such as a *liegg.Spectrum.
	spectral interface{ Variances() []float64 }
	// trained has a history of losses, such as a network.History.
	trained interface {
		Steps() []float64
		Losses() []float64
		Validations() []float64
	}
	// underway is a training that has not ended, such as what training.Settings.Show is given.
	underway interface {
		trained
		// Until returns the number of steps at its end.
		Until() int
	}
	// broken says which parts break a symmetry, such as a *liegg.Breakdown.
	brokenDown interface {
		Names() []string
		Intervals() (values, lower, upper []float64)
		Breaks() (threshold float64, broken []int)
	}
	// killing has a Killing form, and the size of eigenvalues that count as 0, such as a lie.Algebra.
	killing interface {
		KillingForm() (form *mat.SymDense, zero float64)
	}
	// pictured has images with labels, such as dataset.Samples.
	pictured interface {
		Images() (images []mat.Matrix, labels []string)
	}
	// layered has the smallest defects of each layer, such as a profile.Profile.
	layered interface {
		Names() []string
		SmallestDefects() []float64
	}
)

// figureOf returns the picture of a value, or nil if it has none.
func figureOf(value any) Figure {
	switch v := value.(type) {
	case Figure:
		return v
	case Evidence:
		return Verdict(v).Titled("")
	case brokenDown:
		threshold, broken := v.Breaks()
		return Breakdown(v.Names(), Estimates(v.Intervals()), threshold, broken)
	case flows:
		return flowsOf(v)
	case Flow:
		return Flows(FlowAxes{Random: RandomOf(v)}, FlowOf("", v)).Labelled("t", "Δ(t)")
	case spectral:
		return Spectrum(Series{Y: v.Variances()}).Labelled("index", "symmetry variance s²/N")
	case trained:
		return trainingOf(v)
	case Ranged:
		return Ranges(v)
	case Contributed:
		return Contributions(v)
	case killing:
		if form, zero := v.KillingForm(); form != nil {
			return KillingForm(form, zero, nil)
		}
	case pictured:
		if images, labels := v.Images(); len(images) > 0 {
			return Strip(images, labels)
		}
	case layered:
		return Depth(v.Names(), Series{Y: v.SmallestDefects()}).Labelled("", "smallest ρ")
	}
	return nil
}

func flowsOf(v flows) Figure {
	names, t, delta, lower, upper := v.NamedFlows()
	curves := make([]FlowCurve, len(names))
	for i, name := range names {
		curves[i] = FlowCurve{Name: name, T: t[i], Value: delta[i], Lower: lower[i], Upper: upper[i]}
	}
	return Flows(FlowAxes{Random: RandomOf(v)}, curves...)
}

// trainingOf draws losses over steps, on a logarithmic axis.
func trainingOf(v trained) Figure {
	steps := v.Steps()
	if len(steps) < 2 {
		return nil
	}
	series := []Series{{Name: "training", X: steps, Y: v.Losses()}}
	for _, loss := range v.Validations() {
		if loss == loss { // measured
			series = append(series, Series{Name: "validation", X: steps, Y: v.Validations()})
			break
		}
	}
	if len(series) == 1 {
		series[0].Name = ""
	}
	c := LogCurves(series...).Labelled("step", "loss")
	if u, running := v.(underway); running {
		c.X.Min, c.X.Max = 0, float64(u.Until())
		c.Titled(fmt.Sprintf("step %.0f of %d", steps[len(steps)-1], u.Until()))
	}
	return c
}
