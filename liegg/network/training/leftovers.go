package training

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/liegg/lab/liegg/internal/atomicfile"
)

const (
	// unfinishedSuffix ends the names of trainings on their way, behind the key of the
	// network that they lead to.
	unfinishedSuffix = ".unfinished"
	// dataSuffix ends the names of notes of the data that were trained on last.
	dataSuffix = ".data"
)

// How old files are when nobody needs them any more: nobody writes for an hour, and who
// has not gone on with a training in two months will not.
const (
	halfIsLeftover     = time.Hour
	trainingIsLeftover = 60 * 24 * time.Hour
)

// removeLeftovers removes what killed processes and forgotten trainings left in the
// folders of a cache.
func removeLeftovers(networks, trainings string, now time.Time) {
	removeOld(networks, now, func(name string, age time.Duration) bool {
		return strings.HasPrefix(name, atomicfile.FolderPrefix) && age > halfIsLeftover
	})
	removeOld(trainings, now, func(name string, age time.Duration) bool {
		half := strings.HasPrefix(name, ".") // as atomicfile.Write names what it writes
		return age > trainingIsLeftover || half && age > halfIsLeftover
	})
}

func removeOld(folder string, now time.Time, isLeftover func(name string, age time.Duration) bool) {
	entries, _ := os.ReadDir(folder) // it may not be there yet
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !isLeftover(e.Name(), now.Sub(info.ModTime())) {
			continue // or another process was faster
		}
		os.RemoveAll(filepath.Join(folder, e.Name())) // what stays is tried again next time
	}
}
