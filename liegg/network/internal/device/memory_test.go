package device

import (
	"testing"
)

// The least free memory of all cards counts. What cannot be read means the default.
func TestFreeMemory(t *testing.T) {
	for said, want := range map[string]int{
		"81000\n": 81000 << 20, "143771\n2048\n": 2048 << 20,
		"": defaultFree, "[N/A]\n": defaultFree, "0\n": defaultFree, "No devices were found\n": defaultFree,
	} {
		if got := freeOf(said); got != want {
			t.Errorf("%q: %d bytes, want %d", said, got, want)
		}
	}
}

// Batches of a GPU follow its free memory, within limits.
func TestLimitsFollowMemory(t *testing.T) {
	for gib, samples := range map[int]int{1: 1 << 14, 4: 1 << 16, 8: 1 << 17, 16: 1 << 17, 40: 1 << 18, 80: 1 << 19, 139: 1 << 20, 10_000: 1 << 20, 0: 1 << 13} {
		got := gpu.within(gib << 30)
		if got.Samples != samples || got.Inputs/got.Samples != gpu.Inputs/gpu.Samples || got.MaxRows != 2*got.Rows {
			t.Errorf("%d GiB: %+v, want %d samples", gib, got, samples)
		}
	}
}
