// Package spelling writes lists in messages, and finds the word that was probably meant.
package spelling

import "strings"

// Nearest returns the word with the smallest edit distance from the given one, the first of
// several, without regard to case. It is "" if there are no words.
func Nearest(given string, words []string) string {
	best, least := "", 0
	for _, w := range words {
		if d := distance(strings.ToLower(given), strings.ToLower(w)); best == "" || d < least {
			best, least = w, d
		}
	}
	return best
}

// distance is the number of characters to insert, delete or replace (Levenshtein, 1966).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j := range to {
			changed := diagonal
			if from[i] != to[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
