package cells

import (
	"slices"
	"strings"
)

// kept returns the text of the cell such that GoNB recognises exactly its
// commands and drops no Go. Lines keep their positions.
func (c *cell) kept() []string {
	lines := slices.Clone(c.lines)
	for i, line := range c.lines {
		if c.at[i] == inCode && isCommand(line) || c.at[i] == inComment && isLost(line) || c.at[i] == inCode && isWord(line) {
			lines[i] = " " + line
		}
	}
	for _, raw := range slices.Backward(c.raws) { // backwards, so that earlier positions stay valid
		raw.keep(c, lines)
	}
	return lines
}

// isWord reports whether a line begins with a word longer than package.
func isWord(line string) bool {
	rest, found := strings.CutPrefix(line, "package")
	return found && rest != "" && wordByte(rest[0])
}

// lost returns the lines of the string that GoNB would not pass on. A string
// that is never closed has none, because its cell is refused.
func (r rawString) lost(c *cell) (lost []int) {
	for i := r.first + 1; i <= r.last; i++ {
		if isLost(c.lines[i]) {
			lost = append(lost, i)
		}
	}
	return lost
}

// keep splits a raw string into a sum of strings before each line that would
// be lost, so that the line begins with a quote.
func (r rawString) keep(c *cell, lines []string) {
	lost := r.lost(c)
	if len(lost) == 0 {
		return
	}
	lines[r.last] = lines[r.last][:r.to+1] + ")" + lines[r.last][r.to+1:]
	for _, i := range lost {
		lines[i-1] += "` + \"\\n\" +"
		lines[i] = "`" + lines[i]
	}
	lines[r.first] = lines[r.first][:r.from] + "(" + lines[r.first][r.from:]
}
