// Package bounded reads files from elsewhere: regular files only, each within
// a budget of bytes.
package bounded

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
)

// Env is the environment variable that overrides [Default], in bytes or as in
// 8GiB.
const Env = "LIEGG_FILE_BUDGET"

// Default is the budget of one file in bytes, unless the caller or [Env]
// gives another.
const Default = 1 << 30

// ErrBudget is wrapped by errors of files that would take more bytes than
// their budget.
var ErrBudget = errors.New("more than the budget of one file")

// Budget returns asked, or if that is 0 the value of [Env], or [Default]. It
// returns an error if [Env] is not a number of bytes, and panics if asked is
// negative.
func Budget(asked int64) (int64, error) {
	if asked < 0 {
		panic(fmt.Sprintf("a budget of %d bytes: it must be positive, or 0 for the default", asked))
	}
	if asked > 0 {
		return asked, nil
	}
	if text := os.Getenv(Env); text != "" {
		return parse(text)
	}
	return Default, nil
}

// parse parses a number of bytes in the notation of GOMEMLIMIT.
func parse(text string) (int64, error) {
	number, unit := text, int64(1)
	for i, suffix := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if n, ok := strings.CutSuffix(text, suffix); ok {
			number, unit = n, 1<<(10*(i+1))
		}
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(number, "B"), 10, 64)
	if err != nil || n < 1 || n > math.MaxInt64/unit {
		return 0, fmt.Errorf("the environment variable %s is %q; it must be a number of bytes, such as 8GiB", Env, text)
	}
	return n * unit, nil
}

// Exceeded returns the error for something that takes more bytes than the
// budget.
func Exceeded(what string, bytes, budget int64) error {
	return fmt.Errorf("%w: %s %d bytes, but the budget is %d: use a part of the data, or raise the budget, in the call or with %s=%d",
		ErrBudget, what, bytes, budget, Env, bytes)
}

// Unpacked returns the largest number of bytes that packed bytes can unpack
// to. In DEFLATE, the format of gzip and zip, a length code and a distance
// code of one bit each stand for up to 258 bytes.
func Unpacked(packed int64) int64 {
	const most = 1032
	return min(packed, math.MaxInt64/most) * most
}
