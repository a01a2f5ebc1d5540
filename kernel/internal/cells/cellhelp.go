package cells

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/liegg/lab/kernel/internal/wire"
)

// commandCell is a cell that holds only a command. GoNB completes nothing in
// it, and answers a request for help with the list of its commands, wherever
// the cursor is.
const commandCell = "%%"

// requestHelp sees to a request for completion or help. GoNB gets it with the
// command cell in place of the reader's, and the reply gets what the helper
// says meanwhile.
func (s *session) requestHelp(kind, id string, fields map[string]any) error {
	code, err := field[string](fields, "code")
	cursor, err1 := field(fields, "cursor_pos", 0.)
	_, err2 := field(fields, "detail_level", 0.)
	if err := errors.Join(err, err1, err2); err != nil {
		return err
	}
	at := int(min(max(0, cursor), float64(len([]rune(code)))))
	answer := sync.OnceValue(func() map[string]any {
		if kind == "complete_request" {
			return s.completed(code, at)
		}
		return s.inspected(code, at)
	})
	go answer()
	s.remember(id, asked{help: answer})
	fields["code"], fields["cursor_pos"] = commandCell, 0
	return nil
}

// replyHelp puts what the helper says into GoNB's reply.
func (s *session) replyHelp(id string, m *wire.Message) (changed bool) {
	s.mu.Lock()
	cell := s.asked[id]
	s.mu.Unlock()
	if cell.help == nil {
		return false
	}
	fields := cell.help()
	if fields != nil {
		m.SetFields(fields)
	}
	return fields != nil
}

// completed returns the reply to a request for completion.
func (s *session) completed(code string, cursor int) map[string]any {
	c := completions{start: cursor, end: cursor}
	if word, first, inCommand := commandWord(code, cursor); inCommand {
		c = completedCommand(word, first, cursor)
	} else if s.Completer != nil {
		ctx, cancel := context.WithTimeout(s.Completer.ctx, helpTime)
		defer cancel()
		if found, err := s.Completer.complete(ctx, code, cursor); err == nil {
			c = found
		}
	}
	return c.reply()
}

// inspected returns the reply to a request for help; nil for GoNB's own on a
// command.
func (s *session) inspected(code string, cursor int) map[string]any {
	if _, _, inCommand := commandWord(code, cursor); inCommand {
		return nil
	}
	data := map[string]any{}
	if s.Completer != nil {
		ctx, cancel := context.WithTimeout(s.Completer.ctx, helpTime)
		defer cancel()
		data, _ = s.Completer.inspect(ctx, code, cursor) // none on an error, which the helper has logged
	}
	return map[string]any{"status": "ok", "found": len(data) > 0, "data": data, "metadata": struct{}{}}
}

// commandWord reports whether the cursor is in a command, or in a cell that
// belongs to one, and returns the command as far as the cursor, if that is
// where its first word is. first tells that it is in the first line.
func commandWord(code string, cursor int) (word string, first, isCommand bool) {
	before := string([]rune(code)[:cursor])
	line := strings.Count(before, "\n")
	c := readCell(code)
	word = before[strings.LastIndex(before, "\n")+1:]
	if c.at[line] == inCode && word == "%" {
		return word, line == 0, true
	}
	if cellCommand(c.lines) == nil && c.at[line] != inCommand {
		return "", false, false
	}
	if strings.ContainsAny(word, " \t") || !strings.HasPrefix(word, "%") {
		word = ""
	}
	return word, line == 0, true
}

// completedCommand returns the commands that begin with a word.
func completedCommand(word string, first bool, cursor int) completions {
	c := completions{start: cursor - len(word), end: cursor}
	if word == "" {
		return c
	}
	var names []string
	for _, name := range lineCommands {
		names = append(names, "%"+name)
	}
	if first {
		names = append(names, cellCommands...)
	}
	for _, name := range names {
		if strings.HasPrefix(name, word) {
			c.add(name, "keyword", "")
		}
	}
	return c
}
