// Package cells stands between Jupyter's client and GoNB. It rewrites cells so that GoNB passes on what
// they say, refuses those that it cannot, completes and explains code by a gopls of its own, and says what
// may be meant when a cell does not build.
package cells

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/liegg/lab/kernel/internal/wire"
)

// A Front stands between a client and GoNB. It meets the client where the
// connection file says, and GoNB on sockets in a private folder, and passes
// the messages on. Each client connection has a GoNB connection of its own,
// so that identities and subscriptions are left to the two of them. Messages
// that would end GoNB, or that come from another user of the machine, are not
// passed on.
type Front struct {
	outside, inside wire.Connection
	listeners       []net.Listener
	places          chan struct{} // one per connection
	cells           *session
	complain        func(format string, args ...any)
	ended           chan struct{}
	passing         atomic.Int32 // connections on which GoNB may still send
}

const connectionLimit = 256

// NewFront listens on the five channels of the outside connection. h is nil if
// nobody completes code.
func NewFront(outside, inside wire.Connection, h *Completer, logTo io.Writer) (*Front, error) {
	f := &Front{outside: outside, inside: inside, places: make(chan struct{}, connectionLimit), cells: newSession(h),
		complain: limited(log.New(logTo, "front: ", log.LstdFlags), 1000), ended: make(chan struct{})}
	for ch := range wire.Channels {
		l, err := outside.Listen(ch)
		if err != nil {
			f.Close()
			return nil, err
		}
		f.listeners = append(f.listeners, l)
	}
	for ch, l := range f.listeners {
		go f.accept(l, wire.Channel(ch))
	}
	return f, nil
}

// limited logs n lines and no more, so that a neighbour cannot fill the disk.
func limited(to *log.Logger, n int) func(format string, args ...any) {
	var lock sync.Mutex
	return func(format string, args ...any) {
		lock.Lock()
		defer lock.Unlock()
		if n--; n >= 0 {
			to.Printf(format, args...)
		}
	}
}

// Close ends the front once GoNB has ended and its last messages are passed
// on.
func (f *Front) Close() {
	close(f.ended)
	for _, l := range f.listeners {
		l.Close()
	}
	for deadline := time.Now().Add(time.Second); f.passing.Load() > 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
}

func (f *Front) accept(l net.Listener, ch wire.Channel) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(100 * time.Millisecond) // for example because there are no file descriptors left
			continue
		}
		select {
		case f.places <- struct{}{}:
			go func() {
				if err := f.serve(conn, ch); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
					f.complain("%v: %v", ch, err)
				}
				conn.Close()
				<-f.places
			}()
		default:
			f.complain("%v: more than %d connections", ch, connectionLimit)
			conn.Close()
		}
	}
}

// welcome shakes hands with a client of a channel, except for sending the
// kernel's READY.
func welcome(conn net.Conn, ch wire.Channel) (client wire.Peer, err error) {
	if err := wire.CheckPeer(conn); err != nil {
		return client, err
	}
	conn.SetDeadline(time.Now().Add(wire.HandshakeTime))
	if err := wire.Greet(conn); err != nil {
		return client, err
	}
	if client, err = wire.AwaitReady(conn); err != nil {
		return client, err
	}
	if clients, _ := ch.Sides(); !slices.Contains(clients, client.SocketType) {
		return client, fmt.Errorf("a socket of type %q: %w", client.SocketType, wire.ErrWire)
	}
	return client, nil
}

// serve serves one client connection until it ends.
func (f *Front) serve(plain net.Conn, ch wire.Channel) error {
	conn := wire.NewBuffered(plain)
	client, err := welcome(conn, ch)
	if err != nil {
		return err
	}
	_, kernel := ch.Sides()
	if ch == wire.Heartbeat {
		return echo(conn, kernel)
	}
	gonb, err := f.dial(ch, client)
	if err != nil {
		return err
	}
	defer gonb.Close()
	if err := wire.SendReady(conn, wire.Peer{SocketType: kernel}); err != nil {
		return err
	}
	conn.SetDeadline(time.Time{})
	f.passing.Add(1)
	go func() {
		if err := f.passReplies(gonb, conn, ch); err != nil {
			f.complain("%v: %v", ch, err)
		}
		f.passing.Add(-1)
		conn.Close() // this ends the other direction
	}()
	return f.passRequests(conn, gonb, ch)
}

// echo answers heartbeats. They prove that this process is alive, and it ends
// with GoNB.
func echo(conn net.Conn, kernel string) error {
	if err := wire.SendReady(conn, wire.Peer{SocketType: kernel}); err != nil {
		return err
	}
	conn.SetDeadline(time.Time{})
	for {
		flags, body, err := wire.ReadFrame(conn, wire.HandshakeLimit)
		if err != nil {
			return err
		}
		if flags&wire.FrameCommand != 0 {
			continue
		}
		if err := wire.SendFrames(conn, flags, body); err != nil {
			return err
		}
	}
}

// dial connects to GoNB, as the client would. GoNB may still be starting.
func (f *Front) dial(ch wire.Channel, client wire.Peer) (net.Conn, error) {
	network, address := f.inside.Address(ch)
	for wait := time.Millisecond; ; wait = min(2*wait, 20*time.Millisecond) {
		conn, err := net.Dial(network, address)
		if err == nil {
			gonb := wire.NewBuffered(conn)
			if err := wire.Handshake(gonb, client); err != nil {
				gonb.Close()
				return nil, err
			}
			return gonb, nil
		}
		if !errors.Is(err, os.ErrNotExist) && !isRefused(err) {
			return nil, err
		}
		select {
		case <-f.ended:
			return nil, net.ErrClosed
		case <-time.After(wait):
		}
	}
}

// passRequests passes a client's messages on to GoNB, except those that are
// unsigned or malformed.
func (f *Front) passRequests(client io.Reader, gonb net.Conn, ch wire.Channel) error {
	for {
		frames, err := wire.ReadMessage(client)
		if err != nil {
			return err
		}
		if ch == wire.Iopub {
			if len(frames) != 1 || len(frames[0]) == 0 || frames[0][0] > 1 {
				return fmt.Errorf("not a subscription: %w", wire.ErrWire)
			}
		} else {
			m, err := wire.ParseMessage(frames, f.outside.Key)
			if err == nil {
				err = f.cells.request(&m)
			}
			if err != nil {
				f.complain("%v: dropped: %v", ch, err)
				continue
			}
			frames = m.Frames(f.outside.Key)
		}
		if err := wire.SendMessage(gonb, frames); err != nil {
			return err
		}
	}
}

// passReplies passes GoNB's messages on to a client.
func (f *Front) passReplies(gonb, client net.Conn, ch wire.Channel) error {
	for {
		frames, err := wire.ReadMessage(gonb)
		if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		to := client
		if m, _, err := wire.SplitMessage(frames); err == nil {
			if reply, answered := f.cells.answer(m); answered {
				frames, to = reply.Frames(f.outside.Key), gonb
			} else if f.cells.reply(&m) {
				frames = m.Frames(f.outside.Key)
			}
		}
		if err := wire.SendMessage(to, frames); err != nil {
			return err
		}
	}
}

// isRefused reports whether a socket exists but nobody serves it.
func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }
