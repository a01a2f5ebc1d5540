package cells

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/liegg/lab/kernel/internal/wire"
)

// A session is what the front knows about the cells of one kernel.
type session struct {
	Completer *Completer // nil if there is no gopls

	mu     sync.Mutex
	asked  map[string]asked // by the ID of the request
	recent []string         // those IDs, oldest first
	ended  map[string]string
}

// An asked cell is one that GoNB was asked to execute or to explain.
type asked struct {
	code  string   // as sent by the client
	no    *refusal // why it is not executed
	input bool     // whether the client can be asked for input
	// help waits for the reply to a request for completion or help. A nil
	// reply means that GoNB's stands.
	help func() map[string]any
}

// remembered is the number of cells that the session remembers: more than
// anybody sends before the first of them has ended.
const remembered = 4096

func newSession(h *Completer) *session {
	return &session{Completer: h, asked: map[string]asked{}, ended: map[string]string{}}
}

// request rewrites a client's request in a form that GoNB accepts. It returns
// an error if there is none.
func (s *session) request(m *wire.Message) error {
	own, _ := m.Headers()
	fields := m.Fields()
	var err error
	switch own.Type {
	case "execute_request":
		err = s.requestCell(own.ID, fields)
	case "complete_request", "inspect_request":
		err = s.requestHelp(own.Type, own.ID, fields)
	case "input_reply":
		_, err = field(fields, "value", "")
	case "comm_open", "comm_msg", "comm_close":
		_, err = field[string](fields, "comm_id")
		return err // other fields stay as they were written
	default:
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", own.Type, err)
	}
	m.SetFields(fields)
	return nil
}

// field returns a field of a request. A missing field is set to otherwise,
// because GoNB requires all fields to be present and of the right type.
func field[T any](fields map[string]any, name string, otherwise ...T) (value T, err error) {
	given, found := fields[name]
	if !found && len(otherwise) > 0 {
		fields[name] = otherwise[0]
		return otherwise[0], nil
	}
	value, right := given.(T)
	if !right {
		return value, fmt.Errorf("the field %s is %v", name, given)
	}
	return value, nil
}

// requestCell rewrites a cell in the form that GoNB accepts. A refused cell
// is replaced by one that fails immediately; reply then says why.
func (s *session) requestCell(id string, fields map[string]any) error {
	code, err := field[string](fields, "code")
	silent, err1 := field(fields, "silent", false)
	_, err2 := field(fields, "store_history", !silent)
	allowInput, err3 := field(fields, "allow_stdin", true)
	if err := errors.Join(err, err1, err2, err3); err != nil {
		return err
	}
	text, ends, no := prepareCell(code, allowInput)
	if no != nil {
		text = "%exec"
	}
	fields["code"] = text
	s.remember(id, asked{code: code, no: no, input: allowInput}, ends...)
	return nil
}

// remember records a request, and the names that cease to exist when its cell
// ends.
func (s *session) remember(id string, cell asked, ends ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range ends {
		s.ended[name] = id
	}
	s.asked[id] = cell
	if s.recent = append(s.recent, id); len(s.recent) > remembered {
		delete(s.asked, s.recent[0])
		s.recent = slices.Delete(s.recent, 0, 1)
	}
}

// answer returns the reply to a request for input if the client cannot be
// asked: an empty line. Other messages have no answer.
func (s *session) answer(m wire.Message) (reply wire.Message, answered bool) {
	own, request := m.Headers()
	s.mu.Lock()
	defer s.mu.Unlock()
	if cell, known := s.asked[request.ID]; own.Type != "input_request" || !known || cell.input {
		return reply, false
	}
	own.Type = "input_reply"
	header, err := json.Marshal(own)
	if err != nil {
		panic(err) // cannot fail for a few strings
	}
	return wire.Message{Header: header, Parent: m.Header, Metadata: []byte("{}"), Content: []byte(`{"value":"","status":"ok"}`)}, true
}

// reply reduces what GoNB says about a cell to what concerns its author. It
// reports whether it changed anything.
func (s *session) reply(m *wire.Message) (changed bool) {
	own, request := m.Headers()
	switch own.Type {
	case "complete_reply", "inspect_reply":
		return s.replyHelp(request.ID, m)
	case "execute_input", "error", "execute_reply":
	default:
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fields := m.Fields()
	cell, known := s.asked[request.ID]
	switch {
	case own.Type == "execute_input":
		if known {
			fields["code"] = cell.code
		}
		changed = known
	case own.Type == "execute_reply" && fields["status"] != "error":
	case cell.no != nil:
		cell.no.tell(cell.code, fields)
		changed = true
	default:
		s.explain(request.ID, fields)
		changed = true
	}
	if changed {
		m.SetFields(fields)
	}
	return changed
}
