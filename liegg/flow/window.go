package flow

import "github.com/liegg/lab/liegg/action"

// framing says what finite transformations of the action show beyond the inputs, or "".
func framing(a action.Action) string {
	if f, ok := action.InputsOf(a).(action.Framer); ok {
		return f.Frame()
	}
	return ""
}

// inWords returns "; inputs are …" for a frame, or "".
func inWords(frame string) string {
	if frame == "" {
		return ""
	}
	return "; inputs are " + frame
}
