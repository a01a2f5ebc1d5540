package wire

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// A tape is a connection on which nobody answers: it is read from what stands
// on it, and what is written is kept.
type tape struct {
	net.Conn
	io.Reader
	written bytes.Buffer
}

func (t *tape) Read(p []byte) (int, error)       { return t.Reader.Read(p) }
func (t *tape) Write(p []byte) (int, error)      { return t.written.Write(p) }
func (t *tape) SetWriteDeadline(time.Time) error { return nil }

func TestMessagesSurviveTheWire(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, frames := range [][]string{{""}, {"a", "", long}, {long, long}, {strings.Repeat("y", 3<<20)}} {
		var sent [][]byte
		for _, frame := range frames {
			sent = append(sent, []byte(frame))
		}
		var line tape
		if err := SendMessage(&line, sent); err != nil {
			t.Fatal(err)
		}
		got, err := ReadMessage(&line.written)
		if err != nil || !slices.EqualFunc(got, sent, bytes.Equal) {
			t.Errorf("%d frames became %d, %v", len(sent), len(got), err)
		}
	}
}

func TestReadySaysWhoIsThere(t *testing.T) {
	var line tape
	want := Peer{"DEALER", "an identity"}
	if err := SendReady(&line, want); err != nil {
		t.Fatal(err)
	}
	if got, err := AwaitReady(&line.written); got != want || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

// hugeFrame claims that 2⁶² bytes follow.
func hugeFrame(flags byte) []byte {
	return binary.BigEndian.AppendUint64([]byte{flags | frameLong}, 1<<62)
}

func TestWireRefuses(t *testing.T) {
	cases := map[string][]byte{
		"a frame of 2⁶² bytes":          hugeFrame(0),
		"a frame of 2⁶⁴-1 bytes":        binary.BigEndian.AppendUint64([]byte{frameLong}, 1<<64-1),
		"unknown flags":                 {0x80, 1, 'a'},
		"a command amid a message":      {frameMore, 1, 'a', FrameCommand, 1, 'b', 0, 1, 'c'},
		"a command of several frames":   {FrameCommand | frameMore, 1, 'a', 0, 1, 'b'},
		"a message that stops":          {frameMore, 1, 'a'},
		"a frame that stops":            {0, 5, 'a'},
		"a size that stops":             {frameLong, 0, 0},
		"more frames than any message ": bytes.Repeat([]byte{frameMore, 0}, frameLimit+1),
	}
	for name, text := range cases {
		if frames, err := ReadMessage(bytes.NewReader(text)); err == nil {
			t.Errorf("%s: read as %q", name, frames)
		}
	}
	properties := map[string]string{
		"no READY":                     "\x05ERROR",
		"a name longer than the rest":  "\x05READY\x20Socket",
		"no size of the value":         "\x05READY\x02Id\x00",
		"a value longer than the rest": "\x05READY\x02Id\x00\x00\x00\x09abc",
		"a value of 2³² bytes":         "\x05READY\x02Id\xff\xff\xff\xffabc",
		"an identity of 256 bytes":     "\x05READY\x08Identity\x00\x00\x01\x00" + strings.Repeat("i", 256),
	}
	for name, body := range properties {
		var line tape
		if err := SendFrames(&line, FrameCommand, []byte(body)); err != nil {
			t.Fatal(err)
		}
		if p, err := AwaitReady(&line.written); err == nil {
			t.Errorf("%s: read as %v", name, p)
		}
	}
}

// What is read from the wire is sent again as it came.
func FuzzReadMessage(f *testing.F) {
	f.Add([]byte{0, 1, 'a'})
	f.Add([]byte{1, 1, 'a', 0, 0})
	f.Add(hugeFrame(1))
	f.Fuzz(func(t *testing.T, text []byte) {
		frames, err := ReadMessage(bytes.NewReader(text))
		if err != nil {
			return
		}
		var line tape
		if err := SendMessage(&line, frames); err != nil {
			t.Fatal(err)
		}
		again, err := ReadMessage(&line.written)
		if err != nil || !slices.EqualFunc(again, frames, bytes.Equal) {
			t.Errorf("%q became %q, %v", frames, again, err)
		}
	})
}

func FuzzAwaitReady(f *testing.F) {
	f.Add([]byte("\x04\x19\x05READY\x08Identity\x00\x00\x00\x01a"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := AwaitReady(bytes.NewReader(text)); err == nil && len(p.Identity) > 255 {
			t.Errorf("an identity of %d bytes", len(p.Identity))
		}
	})
}
