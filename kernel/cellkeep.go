package main

import (
	"slices"
	"strings"
)

// kept is the text of the cell in which GoNB takes commands for commands, and
// leaves out nothing of Go's. Lines stay where they are.
func (c *cell) kept() []string {
	lines := slices.Clone(c.lines)
	for i, line := range c.lines {
		if c.at[i] == inCode && isCommand(line) || c.at[i] == inComment && isLost(line) || c.at[i] == inCode && isWord(line) {
			lines[i] = " " + line
		}
	}
	for _, raw := range slices.Backward(c.raws) { // from the end: what stands before keeps its place
		raw.keep(c, lines)
	}
	return lines
}

// isWord says whether a line begins with a longer word than package.
func isWord(line string) bool {
	rest, found := strings.CutPrefix(line, "package")
	return found && rest != "" && wordByte(rest[0])
}

// lost are the lines of the string that GoNB would not pass on. One that is
// never closed has none: its cell is refused.
func (r rawString) lost(c *cell) (lost []int) {
	for i := r.first + 1; i <= r.last; i++ {
		if isLost(c.lines[i]) {
			lost = append(lost, i)
		}
	}
	return lost
}

// keep cuts a raw string into a sum of strings before each line that would be
// lost, so that the line begins with a quote.
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
