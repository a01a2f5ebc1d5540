package cells

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"os/exec"
	"strconv"
	"sync"

	"github.com/liegg/lab/kernel/internal/system"
	"github.com/liegg/lab/kernel/internal/wire"
)

// A languageServer is a running gopls. It is spoken to in the Language Server
// Protocol, version 3.17: JSON-RPC 2.0 over standard input and output.
type languageServer struct {
	ended chan struct{}

	writing sync.Mutex
	in      io.Writer

	mu      sync.Mutex
	waiting map[int]chan rpcMessage // by the ID of the request
	last    int                     // the ID of the last request
}

// An rpcMessage is a request, a notification (a request without ID) or a
// response (without method).
type rpcMessage struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *rpcError       `json:"error,omitempty"`
}

type rpcError struct {
	Message string `json:"message"`
}

var errServerEnded = errors.New("gopls has ended")

// startLanguageServer starts the server.
func startLanguageServer(cmd *exec.Cmd) (*languageServer, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &languageServer{in: in, waiting: map[int]chan rpcMessage{}, ended: make(chan struct{})}
	go func() {
		s.listen(bufio.NewReader(out)) // until the server ends, or says what nobody understands
		in.Close()
		system.KillGroup(cmd)
		cmd.Wait()
		close(s.ended)
	}()
	return s, nil
}

// listen reads what the server says.
func (s *languageServer) listen(out *bufio.Reader) error {
	for {
		m, err := readRPC(out)
		if err != nil {
			return err
		}
		switch {
		case m.Method == "":
			s.deliver(m)
		case m.ID != nil:
			// Requests concern capabilities that this client does not have.
			if err := s.send(rpcMessage{ID: m.ID, Result: json.RawMessage("null")}); err != nil {
				return err
			}
		}
	}
}

// readRPC reads one message.
func readRPC(r *bufio.Reader) (m rpcMessage, err error) {
	header, err := textproto.NewReader(r).ReadMIMEHeader()
	if err != nil {
		return m, err
	}
	size, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil || size < 0 || size > wire.MessageLimit {
		return m, fmt.Errorf("a message of %q bytes", header.Get("Content-Length"))
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(r, text); err != nil {
		return m, err
	}
	return m, json.Unmarshal(text, &m)
}

// deliver gives a response to who waits for it.
func (s *languageServer) deliver(m rpcMessage) {
	id, err := strconv.Atoi(string(m.ID))
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if answer, found := s.waiting[id]; found {
		answer <- m
		delete(s.waiting, id)
	}
}

func (s *languageServer) send(m rpcMessage) error {
	m.Version = "2.0"
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	_, err = fmt.Fprintf(s.in, "Content-Length: %d\r\n\r\n%s", len(text), text)
	return err
}

// notify tells the server something that has no response.
func (s *languageServer) notify(method string, params any) error {
	return s.send(rpcMessage{Method: method, Params: params})
}

// call sends a request and waits for the result.
func (s *languageServer) call(ctx context.Context, method string, params, result any) error {
	answer := make(chan rpcMessage, 1)
	s.mu.Lock()
	s.last++
	id := s.last
	s.waiting[id] = answer
	s.mu.Unlock()
	if err := s.send(rpcMessage{ID: json.RawMessage(strconv.Itoa(id)), Method: method, Params: params}); err != nil {
		return err
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return fmt.Errorf("gopls: %s: %s", method, m.Error.Message)
		}
		return json.Unmarshal(m.Result, result)
	case <-s.ended:
		return errServerEnded
	case <-ctx.Done():
		s.mu.Lock()
		delete(s.waiting, id)
		s.mu.Unlock()
		s.notify("$/cancelRequest", map[string]any{"id": id}) // if this fails, so will the next request
		return ctx.Err()
	}
}
