package ask

import "fmt"

// noteOnChannels says that a first axis was taken for channels that move together, "" if none
// was.
func noteOnChannels(action string, shape []int) string {
	terms, err := parseAction(action)
	if err != nil || len(terms) != 1 || terms[0].kind.name != "image" || terms[0].sizes != nil || !channelsFirst(shape, 2) {
		return ""
	}
	return fmt.Sprintf("The inputs %v were taken for images with %d channels, which move together.", shape, shape[0])
}
