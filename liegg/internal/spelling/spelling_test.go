package spelling

import "testing"

func TestNearest(t *testing.T) {
	for given, want := range map[string]string{"hiden 2": "hidden 2", "HIDDEN 1": "hidden 1", "out": "output", "hidden 12": "hidden 1"} {
		if got := Nearest(given, []string{"hidden 1", "hidden 2", "output"}); got != want {
			t.Errorf("%q: nearest is %q, want %q", given, got, want)
		}
	}
	if got := Nearest("x", nil); got != "" {
		t.Errorf("of no words: %q", got)
	}
}

func TestDistance(t *testing.T) {
	for pair, want := range map[[2]string]int{{"", ""}: 0, {"", "ab"}: 2, {"kitten", "sitting"}: 3, {"ρ", "ρ₁"}: 1} {
		if got := distance(pair[0], pair[1]); got != want || distance(pair[1], pair[0]) != want {
			t.Errorf("%q: %d, want %d", pair, got, want)
		}
	}
}

func TestList(t *testing.T) {
	for want, numbers := range map[string][]int{"": nil, "7": {7}, "0, -1, 12": {0, -1, 12}} {
		if got := List(numbers); got != want {
			t.Errorf("%v is written %q, want %q", numbers, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for want, got := range map[string]string{
		"0 samples": Count(0, "sample"), "1 batch": Count(1, "batch"), "2 batches": Count(2, "batch"), "3 directions": Count(3, "direction"),
		"the batch": The(1, "batch"), "the 2 batches": The(2, "batch"), "1 moves": "1 " + Agree(1, "moves", "move"), "0 move": "0 " + Agree(0, "moves", "move"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
