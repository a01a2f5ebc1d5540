package keep

import (
	"fmt"
	"reflect"
)

// storable returns an error if no value of a type can be stored. Of a function or a channel
// deeper inside only encoding tells, since it may be nil.
func storable(t reflect.Type) error {
	if _, ok := codecs[t]; !ok && endsWithProgram(t.Kind()) {
		return notStored("it", t)
	}
	return nil
}

func endsWithProgram(k reflect.Kind) bool {
	return k == reflect.Func || k == reflect.Chan || k == reflect.UnsafePointer
}

func notStored(path string, t reflect.Type) error {
	return fmt.Errorf("%s is a %v, which ends with its program: keep what it was made of", path, t)
}
