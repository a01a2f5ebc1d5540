package cells

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// A workspace is a session's folder as gopls sees it: with the module that is
// there, and with files that need not be.
type workspace struct {
	server  *languageServer
	folder  string
	shown   map[string]string // the text of each file
	version int
	mod     os.FileInfo // of go.mod, as gopls has read it
}

// openWorkspace starts gopls in a folder.
func openWorkspace(ctx context.Context, cmd *exec.Cmd, folder string) (*workspace, error) {
	cmd.Dir = folder
	server, err := startLanguageServer(cmd)
	if err != nil {
		return nil, err
	}
	w := &workspace{server: server, folder: folder, shown: map[string]string{}}
	if err := server.call(ctx, "initialize", initialization(w.uri("")), new(any)); err != nil {
		cmd.Cancel()
		return nil, err
	}
	return w, server.notify("initialized", struct{}{})
}

// awaitSession returns the folder of a kernel's session once GoNB has made
// it.
func awaitSession(ctx context.Context, dir string) (string, error) {
	for {
		if found, _ := filepath.Glob(filepath.Join(dir, "gonb_*", "go.mod")); len(found) > 0 {
			return filepath.Dir(found[0]), nil
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// initialization is what gopls is told first. Completions are to begin with
// what is written, in any case. Diagnostics, which nobody reads, would take
// time.
func initialization(root string) map[string]any {
	return map[string]any{
		"processId": os.Getpid(),
		"rootUri":   root,
		"capabilities": map[string]any{"textDocument": map[string]any{
			"hover": map[string]any{"contentFormat": []string{"markdown"}}}},
		"initializationOptions": map[string]any{
			"matcher": "CaseInsensitive", "deepCompletion": false, "completionBudget": "0s", "diagnosticsTrigger": "Save",
		},
	}
}

func (w *workspace) uri(name string) string {
	return "file://" + filepath.ToSlash(filepath.Join(w.folder, name))
}

// alive reports whether gopls still runs.
func (w *workspace) alive() bool {
	select {
	case <-w.server.ended:
		return false
	default:
		return true
	}
}

// show tells gopls the text of a file.
func (w *workspace) show(name, text string) error {
	before, open := w.shown[name]
	if open && before == text {
		return nil
	}
	w.shown[name] = text
	w.version++
	document := map[string]any{"uri": w.uri(name), "version": w.version}
	if open {
		return w.server.notify("textDocument/didChange", map[string]any{"textDocument": document, "contentChanges": []any{map[string]any{"text": text}}})
	}
	document["languageId"], document["text"] = "go", text
	return w.server.notify("textDocument/didOpen", map[string]any{"textDocument": document})
}

// noticeModule tells gopls if go.mod has changed, as by go get.
func (w *workspace) noticeModule() error {
	info, err := os.Stat(filepath.Join(w.folder, "go.mod"))
	if err != nil {
		return err
	}
	before := w.mod
	w.mod = info
	if before == nil || before.ModTime().Equal(info.ModTime()) {
		return nil
	}
	const changed = 2
	return w.server.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": w.uri("go.mod"), "type": changed}}})
}

// ask asks about a place in a file that was shown.
func (w *workspace) ask(ctx context.Context, method, name string, at place, result any) error {
	return w.server.call(ctx, method, map[string]any{"textDocument": map[string]any{"uri": w.uri(name)}, "position": at}, result)
}
