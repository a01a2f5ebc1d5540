package spelling

import (
	"fmt"
	"strings"
)

// List writes numbers with commas between them.
func List(numbers []int) string {
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = fmt.Sprint(n)
	}
	return strings.Join(words, ", ")
}
