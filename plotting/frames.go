package plotting

import (
	_ "embed" // the script
	"fmt"
	"html"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/pixels"
)

// Frames are figures that differ in one parameter, such as t of a flow or the
// layer of a network. Show shows one of them, and a slider below it moves
// through the others, by mouse or by the arrow keys. The slider works in the
// saved notebook and in its HTML page, and loads nothing. Where scripts are
// off there is the first frame alone.
//
// Frames are a Figure: their first frame. Save also writes them as an animated
// .gif, all of them in order and again from the start.
type Frames struct {
	// Figures are the frames. They are drawn in the size of the largest.
	Figures []Figure

	// Labels say what is shown, such as "t = π/4", one for each frame.
	Labels []string

	// First is the index of the frame that is shown first.
	First int

	// About describes the picture to readers who cannot see it. If it is
	// empty, the title and the axes of the first frame do.
	About string
}

// Slider returns Frames with labels. All frames together take at most about
// 200 kB of a notebook: the more there are, the fewer colours and dots each
// has. Charts are easier to compare if their axes have the same ends.
//
// Slider panics if there are no figures, if one is nil, or if the numbers of
// figures and labels differ.
func Slider(figures []Figure, labels []string) *Frames {
	f := &Frames{Figures: figures, Labels: labels}
	f.check("Slider")
	return f
}

func (f *Frames) check(caller string) {
	if len(f.Figures) == 0 {
		panic("plotting: " + caller + ": there are no figures")
	}
	if len(f.Labels) != len(f.Figures) {
		panic(fmt.Sprintf("plotting: %s: %d labels for %d figures", caller, len(f.Labels), len(f.Figures)))
	}
	for i, figure := range f.Figures {
		if figure == nil {
			panic(fmt.Sprintf("plotting: %s: figures[%d] is nil", caller, i))
		}
	}
	if f.First < 0 || f.First >= len(f.Figures) {
		panic(fmt.Sprintf("plotting: %s: First is %d, want 0 … %d", caller, f.First, len(f.Figures)-1))
	}
}

// Starting makes frame i the one that is shown first and returns f, for use
// inside an expression. It panics if there is no such frame.
func (f *Frames) Starting(i int) *Frames {
	f.First = i
	f.check("Starting")
	return f
}

// Titled sets the title of each frame that is a Chart or a Layout and returns
// f, for use inside an expression.
func (f *Frames) Titled(title string) *Frames {
	for _, figure := range f.Figures {
		switch figure := figure.(type) {
		case *Chart:
			figure.Titled(title)
		case *Layout:
			figure.Titled(title)
		}
	}
	return f
}

// Beside returns frames that show a frame of f, and to its right the frame
// of g for the same step, with the labels of f. It panics if there are not
// equally many.
func (f *Frames) Beside(g *Frames) *Frames {
	if len(f.Figures) != len(g.Figures) {
		panic(fmt.Sprintf("plotting: Beside: %d frames beside %d", len(g.Figures), len(f.Figures)))
	}
	both := *f
	both.Figures = nil
	for i := range f.Figures {
		both.Figures = append(both.Figures, Grid(2, f.Figures[i], g.Figures[i]))
	}
	return &both
}

// Size returns the size of the largest frame.
func (f *Frames) Size() (width, height vg.Length) {
	for _, figure := range f.Figures {
		w, h := sizeOf(figure)
		width, height = max(width, w), max(height, h)
	}
	return width, height
}

// Draw draws the first frame.
func (f *Frames) Draw(dc draw.Canvas) {
	f.check("Draw")
	f.Figures[f.First].Draw(dc)
}

// String says how many frames there are, and how to show them.
func (f *Frames) String() string {
	if len(f.Labels) == 0 {
		return "no frames"
	}
	return fmt.Sprintf("%d frames, %s … %s: plotting.Show draws them", len(f.Figures), f.Labels[0], f.Labels[len(f.Labels)-1])
}

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
var qualities = []quality{{pixels.DPI, 64}, {pixels.DPI, 32}, {144, 32}, {pixels.CSSDPI, 32}}

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
