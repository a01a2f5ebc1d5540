package training

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/liegg/lab/liegg/internal/atomicfile"
)

const (
	// unfinishedSuffix ends the names of unfinished trainings, after the key of their
	// network.
	unfinishedSuffix = ".unfinished"
	// dataSuffix ends the names of notes about the data of the last training.
	dataSuffix = ".data"
)

// Ages at which files are no longer needed: no write takes an hour, and a training that was
// not continued for two months never will be.
const (
	halfIsLeftover     = time.Hour
	trainingIsLeftover = 60 * 24 * time.Hour
)

// removeLeftovers removes the files that killed processes and forgotten trainings left in the
// folders of a cache.
func removeLeftovers(networks, trainings string, now time.Time) {
	removeOld(networks, now, func(name string, age time.Duration) bool {
		return strings.HasPrefix(name, atomicfile.FolderPrefix) && age > halfIsLeftover
	})
	removeOld(trainings, now, func(name string, age time.Duration) bool {
		half := strings.HasPrefix(name, ".") // the names that atomicfile.Write gives to unfinished files
		return age > trainingIsLeftover || half && age > halfIsLeftover
	})
}

func removeOld(folder string, now time.Time, isLeftover func(name string, age time.Duration) bool) {
	entries, _ := os.ReadDir(folder) // the folder may not exist yet
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !isLeftover(e.Name(), now.Sub(info.ModTime())) {
			continue // or another process was faster
		}
		os.RemoveAll(filepath.Join(folder, e.Name())) // a failure is tried again next time
	}
}
