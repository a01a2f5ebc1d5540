package cells

import (
	"regexp"
	"strings"
)

var (
	// Packages of the lab and of a session have no page elsewhere.
	deadTitle = regexp.MustCompile(`\n*(---\n+)?\[[^\]\n]*\]\(https://pkg\.go\.dev/(/|github\.com/liegg/lab|gonb_)[^)\n]*\)\s*$`)
	deadLink  = regexp.MustCompile(`\[([^\]\n]*)\]\(https://pkg\.go\.dev/(/|github\.com/liegg/lab|gonb_)[^)\n]*\)`)
	anyLink   = regexp.MustCompile(`\[([^\]\n]*)\]\(https://[^)\n]*\)`)
	fence     = regexp.MustCompile("(?m)^```.*\n?")
	escape    = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")
)

// helpText returns what gopls says about a name, in Markdown and as plain
// text, without links that lead nowhere.
func helpText(markdown string) map[string]any {
	markdown = deadTitle.ReplaceAllString(markdown, "")
	markdown = deadLink.ReplaceAllString(markdown, "$1")
	plain := anyLink.ReplaceAllString(fence.ReplaceAllString(markdown, ""), "$1")
	return map[string]any{
		"text/markdown": strings.TrimSpace(markdown),
		"text/plain":    strings.TrimSpace(escape.ReplaceAllString(plain, "$1")),
	}
}
