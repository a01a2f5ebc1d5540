package cells

import (
	"context"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/liegg/lab/kernel/internal/system"
)

// A Completer completes and explains the Go in the cells of one kernel, with a
// gopls of its own. It shows gopls a program of two files: what the session
// has declared, as the shim has noted it, and the cell, both with the imports
// that GoNB would add.
type Completer struct {
	ctx      context.Context
	gopls    string // path of the program
	dir      string // the kernel's private folder, in which GoNB makes the session's
	env      []string
	imports  func() *ImportList
	complain func(format string, args ...any)

	turn  chan struct{} // has an element while gopls is asked: an answer is about what was shown last
	space *workspace    // nil before the first question
}

const (
	// helpTime limits an answer, for which replies of later requests wait. Only
	// one to be had while gopls starts takes more than a fraction of a second.
	helpTime = 20 * time.Second
	// readTime limits what gopls takes to read all that cells import: a
	// second, but many if it has never done so on this machine.
	readTime = 3 * time.Minute
	// helperGC lets gopls collect its garbage early: it then holds 0.2 GB
	// instead of 0.8 GB.
	helperGC = "GOGC=40"
)

var errNoHelp = errors.New("there is nothing to say")

// NewCompleter starts gopls as soon as there is a session, and lets it read what
// it will need.
func NewCompleter(ctx context.Context, gopls, dir string, env []string, imports func() *ImportList, logTo io.Writer) *Completer {
	h := &Completer{ctx: ctx, gopls: gopls, dir: dir, env: system.WithEnv(env, helperGC), imports: sync.OnceValue(imports),
		complain: limited(log.New(logTo, "help: ", log.LstdFlags), 100), turn: make(chan struct{}, 1)}
	go func() {
		ctx, cancel := context.WithTimeout(ctx, readTime)
		defer cancel()
		const cell, name = "%%\nnetwork.Judge", len("%%\nnetwork")
		h.complete(ctx, cell, name) // reads which packages there are
		h.inspect(ctx, cell, len(cell))
	}()
	return h
}

// Close waits until gopls has ended, which it does once the helper's context
// has.
func (h *Completer) Close() {
	h.turn <- struct{}{}
	if h.space != nil {
		<-h.space.server.ended
	}
}

// complete returns the completions for a cell with the cursor after a number
// of characters.
func (h *Completer) complete(ctx context.Context, code string, cursor int) (c completions, err error) {
	err = h.ask(ctx, code, cursor, func(source string, at place) error {
		var list struct{ Items []completionItem }
		err := h.space.ask(ctx, "textDocument/completion", "main.go", at, &list)
		c = completionsOf(list.Items, code)
		return err
	})
	return c, err
}

// inspect returns what there is to say about the name at the cursor.
func (h *Completer) inspect(ctx context.Context, code string, cursor int) (data map[string]any, err error) {
	err = h.ask(ctx, code, cursor, func(source string, at place) error {
		offset, found := nameAt(source, at.offset(source))
		if !found {
			return errNoHelp
		}
		var hover *struct{ Contents struct{ Value string } }
		err := h.space.ask(ctx, "textDocument/hover", "main.go", placeOf(source, offset), &hover)
		if err == nil && hover == nil {
			return errNoHelp
		}
		if err == nil {
			data = helpText(hover.Contents.Value)
		}
		return err
	})
	return data, err
}

// ask shows a cell to gopls, and then puts a question about the cursor's
// place.
func (h *Completer) ask(ctx context.Context, code string, cursor int, question func(source string, at place) error) (err error) {
	defer func() {
		if err != nil && err != errNoHelp && h.ctx.Err() == nil {
			h.complain("%v", err)
		}
	}()
	select {
	case h.turn <- struct{}{}:
		defer func() { <-h.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := h.open(ctx); err != nil {
		return err
	}
	source, err := h.show(code)
	if err != nil {
		return err
	}
	before := strings.TrimSuffix(string([]rune(code)[:cursor]), "\r")
	at := placeOf(before, len(before))
	at.Line += linesAbove
	return question(source, at)
}

// open starts gopls, unless it runs.
func (h *Completer) open(ctx context.Context) error {
	if h.space != nil && h.space.alive() {
		return nil
	}
	folder, err := awaitSession(ctx, h.dir)
	if err != nil {
		return err
	}
	cmd := system.Child(h.ctx, time.Second, "nice", "-n", "10", h.gopls) // cells come first: while they run, nobody is answered
	cmd.Env = h.env
	space, err := openWorkspace(ctx, cmd, folder)
	if err != nil {
		return err
	}
	h.space = space
	return nil
}

// show shows a cell to gopls and returns the program in which it does.
func (h *Completer) show(code string) (source string, err error) {
	cell, source, ok := readCell(code).helpSource()
	if !ok {
		return "", errNoHelp
	}
	declarations := packageClause + "\n"
	if noted, err := os.ReadFile(filepath.Join(h.space.folder, DeclarationsFile)); err == nil { // none before the first cell
		declarations = withoutRedeclared(string(noted), cell)
	}
	earlier, _ := parser.ParseFile(token.NewFileSet(), "", declarations, 0) // as far as it can be parsed
	declarations = withClause(declarations, h.imports().clause(earlier, nil))
	source = withClause(source, h.imports().clause(cell, earlier))
	return source, errors.Join(h.space.noticeModule(), h.space.show("declarations.go", declarations), h.space.show("main.go", source))
}
