// Package bounded reads files that come from elsewhere: regular files only, each within a budget of bytes.
package bounded

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
)

// Env names the environment variable that replaces [Default], in bytes or as in 8GiB.
const Env = "LIEGG_FILE_BUDGET"

// Default is the budget of one file in bytes, unless the caller or [Env] names another.
const Default = 1 << 30

// ErrBudget is wrapped by the errors of files that would take more bytes than their budget.
var ErrBudget = errors.New("more than the budget of one file")

// Budget returns what a caller has asked for; if that is 0, what [Env] says, or [Default]. The error says that [Env] holds
// no number of bytes. Budget panics if asked is negative.
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

// parse reads a number of bytes as GOMEMLIMIT has them.
func parse(text string) (int64, error) {
	number, unit := text, int64(1)
	for i, suffix := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if n, ok := strings.CutSuffix(text, suffix); ok {
			number, unit = n, 1<<(10*(i+1))
		}
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(number, "B"), 10, 64)
	if err != nil || n < 1 || n > math.MaxInt64/unit {
		return 0, fmt.Errorf("the environment variable %s is %q; it wants a number of bytes, such as 8GiB", Env, text)
	}
	return n * unit, nil
}

// Exceeded returns the error of something that takes more bytes than the budget.
func Exceeded(what string, bytes, budget int64) error {
	return fmt.Errorf("%w: %s %d bytes, the budget is %d: take a part of the data, or raise the budget, in the call or with %s=%d",
		ErrBudget, what, bytes, budget, Env, bytes)
}

// Unpacked returns how many bytes so many packed ones can unpack to at most. In DEFLATE, the format of gzip and zip, a
// length code and a distance code of one bit each stand for up to 258 bytes.
func Unpacked(packed int64) int64 {
	const most = 1032
	return min(packed, math.MaxInt64/most) * most
}
