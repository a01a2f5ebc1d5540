// Package cachefolder says where LieGG keeps prepared files, trained networks and kept values.
package cachefolder

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Path returns $LIEGG_CACHE, or the folder liegg in the user's cache folder.
func Path() (string, error) {
	if folder := os.Getenv("LIEGG_CACHE"); folder != "" {
		if strings.HasPrefix(folder, "~") {
			return "", fmt.Errorf("LIEGG_CACHE is %s, with a ~ that no shell has expanded: give the full path, such as $HOME/…", folder)
		}
		return folder, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache folder: set LIEGG_CACHE to a folder of your own: %w", err)
	}
	return filepath.Join(cache, "liegg"), nil
}
