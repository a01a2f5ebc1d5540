// Package wire speaks ZMTP 3.0 with the NULL mechanism (rfc.zeromq.org/spec/23), the protocol between
// Jupyter's clients and GoNB, and takes Jupyter's messages apart. GoNB's own library is not used because
// it trusts its peers: a frame that claims 2⁶² bytes, or a truncated property, ends the process.
package wire

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

const (
	frameMore = 1
	frameLong = 2
	// FrameCommand is the flag of a frame that is a command, not part of a message.
	FrameCommand = 4

	// MessageLimit bounds the size in bytes of a message: a cell, a reply
	// with a picture, or the data of a widget.
	MessageLimit = 256 << 20
	// frameLimit bounds the number of frames of a message. Jupyter's have
	// six, plus identities and buffers.
	frameLimit = 1024
	// HandshakeLimit bounds the bytes that a peer may send before it is
	// known.
	HandshakeLimit = 4 << 10

	// HandshakeTime is how long a peer may take until it is known.
	HandshakeTime = 10 * time.Second
	// sendTime is how long a peer may leave a message unread. One that never
	// reads would keep the others waiting.
	sendTime = 10 * time.Minute
)

// ErrWire is the error of a peer that does not keep to the protocol.
var ErrWire = errors.New("no ZMTP 3 peer")

// greeting is what both sides of a connection send first: signature, version,
// mechanism, and that this side has no special role.
var greeting = func() (g [64]byte) {
	g[0], g[9], g[10] = 0xff, 0x7f, 3
	copy(g[12:], "NULL")
	return g
}()

// Greet exchanges greetings.
func Greet(conn net.Conn) error {
	if _, err := conn.Write(greeting[:]); err != nil {
		return err
	}
	var theirs [64]byte
	if _, err := io.ReadFull(conn, theirs[:]); err != nil {
		return err
	}
	if theirs[0] != 0xff || theirs[9] != 0x7f || theirs[10] < 3 || !bytes.Equal(theirs[12:32], greeting[12:32]) {
		return ErrWire
	}
	return nil
}

// A Peer is what the other side of a connection says about itself.
type Peer struct{ SocketType, Identity string }

// SendReady ends this side's part of the handshake.
func SendReady(conn net.Conn, p Peer) error {
	body := []byte("\x05READY")
	for _, property := range [][2]string{{"Socket-Type", p.SocketType}, {"Identity", p.Identity}} {
		body = append(body, byte(len(property[0])))
		body = append(body, property[0]...)
		body = binary.BigEndian.AppendUint32(body, uint32(len(property[1])))
		body = append(body, property[1]...)
	}
	return SendFrames(conn, FrameCommand, body)
}

// AwaitReady reads the other side's part.
func AwaitReady(conn io.Reader) (p Peer, err error) {
	flags, body, err := ReadFrame(conn, HandshakeLimit)
	if err != nil {
		return p, err
	}
	body, ready := bytes.CutPrefix(body, []byte("\x05READY"))
	if !ready || flags != FrameCommand {
		return p, ErrWire
	}
	for len(body) > 0 {
		var name, value []byte
		if name, body, err = cutSized(body, int(body[0]), 1); err != nil {
			return p, err
		}
		if len(body) < 4 {
			return p, ErrWire
		}
		if value, body, err = cutSized(body, int(binary.BigEndian.Uint32(body)), 4); err != nil {
			return p, err
		}
		switch string(bytes.ToLower(name)) {
		case "socket-type":
			p.SocketType = string(value)
		case "identity":
			p.Identity = string(value)
		}
	}
	if len(p.Identity) > 255 {
		return p, ErrWire
	}
	return p, nil
}

// cutSized cuts a part of the given size off body, after skip bytes.
func cutSized(body []byte, size, skip int) (part, rest []byte, err error) {
	if size < 0 || size > len(body)-skip {
		return nil, nil, ErrWire
	}
	return body[skip : skip+size], body[skip+size:], nil
}

// ReadFrame reads one frame of at most limit bytes. It allocates no more
// memory than the bytes that have arrived.
func ReadFrame(r io.Reader, limit int64) (flags byte, body []byte, err error) {
	var head [9]byte
	if _, err := io.ReadFull(r, head[:2]); err != nil {
		return 0, nil, err
	}
	flags, size := head[0], uint64(head[1])
	if flags&^(frameMore|frameLong|FrameCommand) != 0 {
		return 0, nil, ErrWire
	}
	if flags&frameLong != 0 {
		if _, err := io.ReadFull(r, head[2:]); err != nil {
			return 0, nil, err
		}
		size = binary.BigEndian.Uint64(head[1:])
	}
	if size > uint64(limit) {
		return 0, nil, fmt.Errorf("a frame of %d bytes: %w", size, ErrWire)
	}
	if size < 1<<20 {
		body = make([]byte, size)
		_, err = io.ReadFull(r, body)
	} else {
		var grown bytes.Buffer
		_, err = io.CopyN(&grown, r, int64(size))
		body = grown.Bytes()
	}
	return flags &^ frameLong, body, err
}

// ReadMessage reads the frames of one message. Commands between messages have
// no meaning in version 3.0 and are skipped.
func ReadMessage(r io.Reader) (frames [][]byte, err error) {
	left := int64(MessageLimit)
	for len(frames) < frameLimit {
		flags, body, err := ReadFrame(r, left)
		if err != nil {
			return nil, err
		}
		if flags&FrameCommand != 0 {
			if flags != FrameCommand || len(frames) > 0 {
				return nil, ErrWire
			}
			continue
		}
		frames, left = append(frames, body), left-int64(len(body))
		if flags&frameMore == 0 {
			return frames, nil
		}
	}
	return nil, fmt.Errorf("more than %d frames: %w", frameLimit, ErrWire)
}

// SendMessage sends the frames of one message.
func SendMessage(conn net.Conn, frames [][]byte) error { return SendFrames(conn, 0, frames...) }

// SendFrames sends frames with flags, all but the last marked as followed by more.
func SendFrames(conn net.Conn, flags byte, frames ...[]byte) error {
	var text []byte
	for i, frame := range frames {
		head := flags
		if i < len(frames)-1 {
			head |= frameMore
		}
		if len(frame) > 255 {
			text = binary.BigEndian.AppendUint64(append(text, head|frameLong), uint64(len(frame)))
		} else {
			text = append(text, head, byte(len(frame)))
		}
		text = append(text, frame...)
	}
	conn.SetWriteDeadline(time.Now().Add(sendTime))
	_, err := conn.Write(text)
	return err
}

// Handshake introduces the client to GoNB.
func Handshake(conn net.Conn, client Peer) error {
	conn.SetDeadline(time.Now().Add(HandshakeTime))
	defer conn.SetDeadline(time.Time{})
	if err := Greet(conn); err != nil {
		return err
	}
	if err := SendReady(conn, client); err != nil {
		return err
	}
	_, err := AwaitReady(conn)
	return err
}

// Buffered is a connection that is read in large pieces.
type Buffered struct {
	net.Conn
	r *bufio.Reader
}

// NewBuffered buffers what is read from a connection.
func NewBuffered(conn net.Conn) Buffered { return Buffered{conn, bufio.NewReaderSize(conn, 64<<10)} }

func (b Buffered) Read(p []byte) (int, error) { return b.r.Read(p) }
