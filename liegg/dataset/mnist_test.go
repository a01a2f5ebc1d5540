package dataset

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var readDigits = sync.OnceValues(func() ([2]Digits, error) {
	train, test, err := MNIST()
	return [2]Digits{train, test}, err
})

// realDigits returns MNIST, read once for all tests.
func realDigits(t testing.TB) (train, test Digits) {
	t.Helper()
	digits, err := readDigits()
	if err != nil {
		t.Fatal(err)
	}
	return digits[0], digits[1]
}

func classCounts(labels []uint8) (counts [10]int) {
	for _, label := range labels {
		counts[label]++
	}
	return counts
}

func TestMNISTIsTheRealOne(t *testing.T) {
	train, test := realDigits(t)
	if train.Len() != 60_000 || test.Len() != 10_000 || train.Height != 28 || train.Width != 28 {
		t.Fatalf("%d + %d digits of %d×%d", train.Len(), test.Len(), train.Height, train.Width)
	}
	if train.Labels[0] != 5 || test.Labels[0] != 7 {
		t.Errorf("first labels %d and %d, want 5 and 7", train.Labels[0], test.Labels[0])
	}
	if got, want := classCounts(train.Labels), [10]int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}; got != want {
		t.Errorf("training classes %v, want %v", got, want)
	}
	if got, want := classCounts(test.Labels), [10]int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}; got != want {
		t.Errorf("test classes %v, want %v", got, want)
	}
	// The first inked pixel of the first training digit.
	if got := train.Image(0)[5*28+12]; got != 3.0/255 {
		t.Errorf("pixel (5, 12) of the first digit is %g, want 3/255", got)
	}
	var sum float64
	for _, v := range train.Pixels {
		sum += float64(v)
	}
	if mean := sum / float64(len(train.Pixels)); mean < .13066 || mean > .13067 {
		t.Errorf("mean grey value %.5f, want .13066", mean)
	}
}

func TestMNISTSaysWhatIsMissing(t *testing.T) {
	folder := t.TempDir()
	t.Setenv(MNISTFolderEnv, folder)
	_, _, err := MNIST()
	if err == nil || !strings.Contains(err.Error(), folder) || !strings.Contains(err.Error(), MNISTFolderEnv) {
		t.Errorf("error %q does not name the folder and the variable", err)
	}
}

func TestMNISTRejectsOtherContent(t *testing.T) {
	folder := t.TempDir()
	t.Setenv(MNISTFolderEnv, folder)
	other := append([]byte{0, 0, 8, 1, 0, 0, 0x27, 0x10}, make([]byte, 10_000)...)
	path := filepath.Join(folder, mnistTestLabels.name)
	if err := os.WriteFile(path, other, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := mnistTestLabels.read(folder); err == nil || !strings.Contains(err.Error(), "SHA-256") {
		t.Errorf("10 000 zeros as labels: error %v", err)
	}
	if _, err := mnistTestLabels.read(folder, 1); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("another rank: error %v", err)
	}
}

func TestMNISTWithoutGo(t *testing.T) {
	t.Setenv(MNISTFolderEnv, "")
	t.Setenv("PATH", t.TempDir())
	if _, _, err := MNIST(); err == nil || !strings.Contains(err.Error(), MNISTFolderEnv) {
		t.Errorf("error %v does not offer %s", err, MNISTFolderEnv)
	}
}
