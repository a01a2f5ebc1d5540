package plotting

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

type halfway struct{ losses }

func (halfway) Until() int { return 200 }

// A training that runs is an SVG with an axis to its end; one that has ended is what Show shows.
func TestInPlaceDrawsTrainings(t *testing.T) {
	running := halfway{losses{3, 2, 1}}
	d, last, err := inPlace(running, figureOf(running))
	if err != nil || last {
		t.Fatal(last, err)
	}
	svg, _ := d.Data[mimeImageSVG].(string)
	for decoder := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(svg, ">step 3 of 200</text>") || !strings.Contains(svg, ">200</text>") {
		t.Errorf("%.2000s", svg)
	}
	if !strings.HasPrefix(svg, `<svg role="img" aria-label="step 3 of 200; loss over step`) {
		t.Errorf("%.300s", svg)
	}
	ended := losses{3, 2, 1}
	d, last, err = inPlace(ended, figureOf(ended))
	want, _ := displayData(ended)
	if err != nil || !last || string(d.Data[protocol.MIMEImagePNG].([]byte)) != string(want.Data[protocol.MIMEImagePNG].([]byte)) {
		t.Errorf("last %v, %v", last, err)
	}
	if err := InPlace()(ended); err != nil {
		t.Errorf("outside a notebook: %v", err)
	}
}
