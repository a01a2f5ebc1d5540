package spelling

import "fmt"

// Percent writes a share in percent with two digits, or as a whole number from 10 % on, such as
// "0.25 %" or "100 %".
func Percent(share float64) string {
	if p := 100 * share; p < 9.95 {
		return fmt.Sprintf("%.2g %%", p)
	}
	return fmt.Sprintf("%.0f %%", 100*share)
}
