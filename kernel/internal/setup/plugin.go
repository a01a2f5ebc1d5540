package setup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/liegg/lab/kernel/internal/system"
)

// HasWheels says whether the plugin wheels are for this kind of machine.
const HasWheels = runtime.GOOS == "linux" && runtime.GOARCH == "amd64"

func xlaStep() step {
	return step{
		Name:     "xla",
		about:    "XLA's CPU plugin (downloads 63 MB)",
		needs:    []string{"python"},
		shared:   true,
		optional: true,
		Made: func(p Paths) string {
			if !HasWheels && installedPlugin() == "" {
				return p.Cache // nothing to make: cells use the Go backend
			}
			return p.plugin()
		},
		key: func(Paths) (string, error) {
			return system.Digest(fmt.Append(nil, pluginWheels, installedPlugin())), nil
		},
		sound: pluginSound,
		do:    layPlugin,
	}
}

// installedPlugin returns a CPU plugin that the user has installed for GoMLX,
// or "".
func installedPlugin() string {
	folders := filepath.SplitList(os.Getenv("PJRT_PLUGIN_LIBRARY_PATH"))
	if home, err := os.UserHomeDir(); err == nil {
		folders = append(folders, filepath.Join(home, ".local", "lib", "go-xla"))
	}
	for _, folder := range append(folders, "/usr/local/lib/go-xla") {
		path := filepath.Join(folder, pluginFile)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}

// layPlugin puts a CPU plugin where cells, and package network outside of
// cells, look for it.
func layPlugin(ctx context.Context, p Paths, say *Progress) error {
	if installed := installedPlugin(); installed != "" {
		return system.MakeFolderAtomically(filepath.Dir(p.plugin()), func(dir string) error {
			return os.Symlink(installed, filepath.Join(dir, pluginFile))
		})
	}
	if !HasWheels {
		return nil
	}
	var failures []error
	for _, w := range pluginWheels {
		err := system.MakeFolderAtomically(filepath.Dir(p.plugin()), func(dir string) error { return unpackPlugin(ctx, p, w, dir) })
		if err == nil || ctx.Err() != nil {
			return err
		}
		failures = append(failures, fmt.Errorf("%s %s: %w", w.Project, w.Version, err))
	}
	return fmt.Errorf("%w\n  LIEGG_PLUGIN may name a plugin that you have and trust", errors.Join(failures...))
}

// unpackPlugin downloads the wheel, verifies it, and puts its library and its
// licences into dir.
func unpackPlugin(ctx context.Context, p Paths, w wheel, dir string) error {
	file, err := w.download(ctx, p, dir)
	if err != nil {
		return err
	}
	defer os.Remove(file)
	library := filepath.Join(dir, pluginFile)
	if err := w.unpack(file, library); err != nil {
		return err
	}
	const load = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
	_, err = system.Output(system.Child(ctx, time.Second, p.Python(), "-I", "-c", load, library))
	return err
}

// download fetches the wheel through pip, which verifies its SHA-256.
func (w wheel) download(ctx context.Context, p Paths, dir string) (string, error) {
	list := filepath.Join(dir, w.Project+".txt")
	line := fmt.Sprintf("%s==%s --hash=sha256:%s\n", w.Project, w.Version, w.SHA256)
	if err := os.WriteFile(list, []byte(line), 0o600); err != nil {
		return "", err
	}
	defer os.Remove(list)
	if _, err := system.Output(pip(ctx, p.Python(), "download", "--no-deps", "--require-hashes", "-r", list, "-d", dir)); err != nil {
		return "", err
	}
	found, err := filepath.Glob(filepath.Join(dir, strings.ReplaceAll(w.Project, "-", "_")+"-*.whl"))
	if err != nil || len(found) != 1 {
		return "", errors.New("pip has saved no wheel")
	}
	return found[0], checkFile(found[0], w.SHA256)
}

// unpack extracts the library, verified, and the licences beside it.
func (w wheel) unpack(file, library string) error {
	archive, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer archive.Close()
	for _, member := range archive.File {
		switch {
		case member.Name == w.Library:
			err = extract(member, library)
		case strings.Contains(member.Name, "/licenses/") || strings.HasSuffix(member.Name, "/METADATA"):
			err = extract(member, filepath.Join(filepath.Dir(library), filepath.Base(member.Name)))
		}
		if err != nil {
			return err
		}
	}
	return checkFile(library, w.LibrarySHA256)
}

func extract(member *zip.File, path string) error {
	from, err := member.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close())
}

// checkFile compares the SHA-256 of a file with the expected one.
func checkFile(path, want string) error {
	got, err := fileDigest(path)
	if err == nil && got != want {
		err = fmt.Errorf("%s has SHA-256 %s instead of %s, so it is not used", filepath.Base(path), got, want)
	}
	return err
}

// fileDigest returns the SHA-256 of a file, in hexadecimal.
func fileDigest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}
