package progress

import (
	"os"
	"sync"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// display is a line of text among the outputs of a notebook's cell that is rewritten again
// and again. It is neither standard error, which notebooks show on red, nor standard output,
// which belongs to the cell.
type display struct{ id string } // "" while nothing is shown

// displays are the names of wiped displays. The next display takes the place of one of them,
// so many trainings in a cell leave one empty line, not many.
var displays struct {
	sync.Mutex
	wiped []string
}

// inNotebook reports whether GoNB runs this program: GoNB passes the name of a pipe.
func inNotebook() bool { return os.Getenv(protocol.GONB_PIPE_ENV) != "" }

// show writes a line; "" wipes the display.
func (d *display) show(line string) {
	if d.id == "" {
		d.id = takeDisplay()
	}
	gonbui.SendData(&protocol.DisplayData{
		Data:      map[protocol.MIMEType]any{protocol.MIMETextPlain: line},
		DisplayID: d.id,
	})
	if line != "" {
		return
	}
	if gonbui.Error() == nil { // otherwise Sync would wait forever
		gonbui.Sync() // otherwise the line stays if the cell's process ends first
	}
	displays.Lock()
	defer displays.Unlock()
	displays.wiped = append(displays.wiped, d.id)
	d.id = ""
}

func takeDisplay() (id string) {
	displays.Lock()
	defer displays.Unlock()
	last := len(displays.wiped) - 1
	if last < 0 {
		return gonbui.UniqueId()
	}
	id = displays.wiped[last]
	displays.wiped = displays.wiped[:last]
	return id
}
