package plotting

import (
	_ "embed" // the script
	"fmt"
	"html"
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/liegg/lab/plotting/internal/pixels"
)

// sliderScript adds the slider to the element before it. Without it, as where
// a notebook is not trusted, only the first frame is shown: the others are
// hidden by an attribute, since Jupyter removes styles there, too.
//
//go:embed slider.js
var sliderScript string

// heavyFrames is the size in bytes that all frames together may have before
// they get fewer colours and dots. As text they take a third more.
const heavyFrames = 150_000

// quality is how well pictures are drawn.
type quality struct{ dpi, colors int }

// qualities are tried from the best. Fewer colours than these would merge the
// bands of level sets.
var qualities = []quality{{pngDPI, 64}, {pngDPI, 32}, {144, 32}, {cssDPI, 32}}

// HTML returns the frames and their slider as a fragment of HTML, for Show.
// draw makes the HTML of a picture; it may be nil.
func (f *Frames) HTML(draw func(value any, about string) (picture string)) string {
	f.check("Show")
	var b strings.Builder
	b.WriteString("<figure style=\"margin: .5rem 0\">\n")
	if draw != nil {
		q := f.quality()
		for i := range f.Figures {
			b.WriteString(draw(f.frame(i, q), f.about()) + "\n")
		}
	}
	fmt.Fprintf(&b, "<figcaption>%s</figcaption>\n</figure>\n<script>\n%s</script>\n", html.EscapeString(f.Labels[f.First]), sliderScript)
	return b.String()
}

func (f *Frames) about() string {
	if f.About != "" {
		return f.About
	}
	return describe(f.Figures[f.First])
}

// quality returns the best quality in which no frame would be heavy if all were as
// large as the first. One quality for all frames keeps their colours.
func (f *Frames) quality() (q quality) {
	for _, q = range qualities {
		data, _, _, err := encodePNG(f.frame(f.First, q))
		if err != nil || len(data) <= min(pixels.HeavyPNG, heavyFrames/len(f.Figures)) {
			break
		}
	}
	return q
}

// frame is one of several pictures of one size and quality.
type frame struct {
	Figure
	width, height vg.Length
	quality
	attributes string // of its element
}

func (f *Frames) frame(i int, q quality) frame {
	attributes := fmt.Sprintf(" title=\"%s\" style=\"max-width: 100%%; height: auto; background: #fff\"", html.EscapeString(f.Labels[i]))
	if i != f.First {
		attributes += " hidden=\"\""
	}
	width, height := f.Size()
	return frame{f.Figures[i], width, height, q, attributes}
}

// Size returns the size of all frames.
func (f frame) Size() (width, height vg.Length) { return f.width, f.height }
