package plotting

import (
	"strings"
	"testing"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// shown is a Sheet that asks for the pictures of some values.
type shown []any

func (s shown) String() string { return "in words" }

func (s shown) HTML(draw func(value any, about string) string) string {
	text := "<p>shown"
	for _, v := range s {
		text += draw(v, `"about" <it>`)
	}
	return text + "</p>"
}

type (
	losses    []float64
	spectral3 struct{}
)

func (l losses) Steps() []float64       { return []float64{1, 2, 3}[:len(l)] }
func (l losses) Losses() []float64      { return l }
func (l losses) Validations() []float64 { return l }

func (spectral3) Variances() []float64 { return []float64{0, 1, 2} }

// A value that shows itself becomes HTML with its pictures inside, beside its text.
func TestShowsSheets(t *testing.T) {
	d, err := displayData(shown{testChart(), losses{3, 2, 1}, losses{1}, spectral3{}, "no picture"})
	if err != nil {
		t.Fatal(err)
	}
	page, _ := d.Data[protocol.MIMETextHTML].(string)
	if d.Data[protocol.MIMETextPlain] != "in words" || strings.Count(page, "<img src=\"data:image/png;base64,") != 3 {
		t.Errorf("%.300v", d.Data)
	}
	if !strings.Contains(page, `width="528" height="336" alt="&#34;about&#34; &lt;it&gt;"/>`) {
		t.Errorf("the picture has no size, or its text is not escaped: %.300s", page)
	}
}

// Other values are drawn if they can be, and printed otherwise.
func TestShowsOtherValues(t *testing.T) {
	for _, v := range []any{testChart(), losses{3, 2}, spectral3{}} {
		if d, err := displayData(v); err != nil || d.Data[protocol.MIMEImagePNG] == nil {
			t.Errorf("%T: %v, %v", v, d, err)
		}
	}
	if d, err := displayData(3); err != nil || d.Data[protocol.MIMETextPlain] != "3" || len(d.Data) != 1 {
		t.Errorf("%v, %v", d, err)
	}
}
