package report

import (
	"bytes"
	_ "embed" // the page's template
	"encoding/base64"
	"fmt"
	"html/template"
	"image/png"
	"io"
	"strings"

	"github.com/liegg/lab/plotting"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"table": func(note string) bool { return strings.Contains(note, "\n") },
}).Parse(pageText))

// view is the data of the page's template. Answer and Figures are what the answer and the spectrum
// show of themselves.
type view struct {
	Title           string
	Texts           []string
	Answer, Figures template.HTML
	Images          []inlined
}

type inlined struct {
	Caption       string
	Source        template.URL
	Width, Height int
}

// HTML writes a self-contained page that loads nothing, in the light or dark colours that the reader
// prefers. It is made of what plotting.Show shows of the answer and of the spectrum, if any, with their
// pictures. Tables are cut at 40 lines; the other formats hold everything. The error names a
// picture that is not a PNG.
func (r Report) HTML(w io.Writer) (err error) {
	v := view{Title: r.Title, Texts: r.Notes}
	for _, p := range r.Pictures {
		i, err := inline(p)
		if err != nil {
			return err
		}
		v.Images = append(v.Images, i)
	}
	switch {
	case r.Answer != nil:
		v.Texts = nil
		v.Answer, err = fragment(r.Answer)
	case r.Verdict != nil:
		v.Answer, err = fragment(r.Verdict)
	}
	if err != nil {
		return err
	}
	if r.Answer == nil || r.Spectrum != nil || r.Verdict != nil {
		if v.Figures, err = fragment(r.spectrum()); err != nil {
			return err
		}
	}
	return page.Execute(w, v)
}

func fragment(s plotting.Sheet) (template.HTML, error) {
	text, err := plotting.HTML(s)
	return template.HTML(text), err
}

func inline(p Picture) (inlined, error) {
	c, err := png.DecodeConfig(bytes.NewReader(p.PNG))
	if err != nil {
		return inlined{}, fmt.Errorf("report: the picture %q is not a PNG: %w", p.Caption, err)
	}
	source := "data:image/png;base64," + base64.StdEncoding.EncodeToString(p.PNG)
	return inlined{p.Caption, template.URL(source), c.Width, c.Height}, nil
}
