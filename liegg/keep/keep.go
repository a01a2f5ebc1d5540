// Package keep carries values from one cell, session or program to the next. A cell of a
// notebook is a program of its own, so its variables end with it:
//
//	verdict := keep.Value("verdict", func() *liegg.Verdict {
//		return must.M1(network.Judge(net, a, x, network.Settings{}))
//	})
//
// The first time, the function is called and its result is stored on disk. Later, the result
// is read back, as long as everything that it depends on is the same: see Value.
package keep

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Value returns what compute returns. It calls compute only if no value of this name was
// kept that depends on the same things:
//
//   - the source of compute and of all declarations that it reaches in the caller's package,
//     and the statements before the call that set the local variables that it uses;
//   - the code of the lab, and of all modules that go.mod replaces by folders; the versions of
//     all other modules and of Go; the backend on which networks run;
//   - the values in on: data, settings, networks. In a notebook the kernel adds the variables
//     that compute uses. Elsewhere, name those that are not determined by the source, such as
//     data read from a file.
//
// Comments and spaces do not count. Value cannot see files, times or random numbers that
// compute reads by itself: give a file's contents as one of on.
//
// A value may hold numbers, strings, arrays, slices, maps, pointers and structs with fields
// of any name, also networks that package training made, tensors, verdicts, spectra and
// algebras. Slices that share an array are stored apart, so copy one before you write to it.
// If a value is computed anew because something has changed, one line on the standard error
// says what. If it cannot be stored or read, a line says why, and Value returns a fresh value.
// Several programs may keep values of the same name at once.
//
// Value panics if name is empty, compute is nil, T can never be stored because it holds
// functions or channels, or a value in on cannot be hashed for the same reason.
func Value[T any](name string, compute func() T, on ...any) T {
	if name == "" {
		panic("keep: Value: name is empty")
	}
	if compute == nil {
		panic("keep: Value: compute is nil")
	}
	kind := reflect.TypeFor[T]()
	if err := storable(kind); err != nil {
		panic(fmt.Sprintf("keep: Value: a %v cannot be kept: %v", kind, err))
	}
	_, file, line, _ := runtime.Caller(1)
	r, err := recipeOf(name, kind, position{file, line}, on)
	if fault := (*unhashableError)(nil); errors.As(err, &fault) {
		panic("keep: Value: " + fault.Error())
	}
	if err != nil {
		warn("%q is computed and not kept: %v", name, err)
		return compute()
	}
	var value T
	err = read(r, reflect.ValueOf(&value).Elem())
	if err == nil {
		return value
	}
	if why := r.anew(err); why != "" {
		warn("%q is computed anew: %s", name, why)
	}
	begun := time.Now()
	value = compute()
	r.Seconds = time.Since(begun).Seconds()
	if err := write(r, reflect.ValueOf(&value).Elem()); err != nil {
		warn("%q is not kept, so that it will be computed again: %v", name, err)
	}
	return value
}

func warn(format string, args ...any) { fmt.Fprintf(os.Stderr, "keep: "+format+"\n", args...) }

// changes names what differs between two recipes, in words.
func changes(before, now map[string]string) []string {
	var named []string
	for part, digest := range now {
		if was, ok := before[part]; !ok {
			named = append(named, part+" is new")
		} else if was != digest {
			named = append(named, part+" has changed")
		}
	}
	for part := range before {
		if _, ok := now[part]; !ok {
			named = append(named, part+" is gone")
		}
	}
	slices.Sort(named)
	return named
}

// list joins at most three phrases.
func list(phrases []string) string {
	if more := len(phrases) - 3; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(phrases[:3], ", "), more)
	}
	return strings.Join(phrases, ", ")
}
