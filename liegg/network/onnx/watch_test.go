package onnx

import (
	"testing"
	"time"
)

// What loading is at is shown again and again, with its last word, and wiped at the end.
func TestLoadingIsShown(t *testing.T) {
	w := &watched{end: make(chan struct{}), out: make(chan struct{})}
	w.at("reading the file")
	w.at("converting the graph")
	shown, wiped := make(chan string), false
	go w.show(time.Millisecond, time.Millisecond, func(step int, note string) {
		if step != 2 {
			t.Errorf("step %d", step)
		}
		select {
		case shown <- note:
		case <-w.end:
		}
	}, func() { wiped = true })
	for range 3 {
		if note := <-shown; note != "converting the graph" {
			t.Errorf("shown %q", note)
		}
	}
	w.done()
	if !wiped {
		t.Error("the line stays")
	}
}
