package ort

import (
	"os"
	"path/filepath"
	"runtime"
)

// envLibrary is the environment variable that names the library.
const envLibrary = "SOUNDTRACK_ONNXRUNTIME"

// library is a file to load. A digest is verified before.
type library struct{ path, digest string }

// find returns the library to load, its path absolute and without links, so that one file has one path.
func (c *config) find() (library, error) {
	if !built {
		return library{}, &UnavailableError{Reason: "this program was built without cgo", Ways: []string{
			"build it with CGO_ENABLED=1 and a C compiler", "use the backend vision/onnx, which needs neither",
		}}
	}
	for _, named := range []struct{ by, path, digest string }{
		{"WithLibrary", c.library, ""},
		{envLibrary, c.fromEnv, ""},
		{"WithCachedLibrary", c.cached.Path, c.cached.SHA256},
	} {
		if named.path == "" {
			continue
		}
		path, ok := regular(named.path)
		if !ok { // what was asked for is not replaced by something else
			return library{}, noLibrary("%s names %s, which is not a file", named.by, named.path)
		}
		return library{path: path, digest: named.digest}, nil
	}
	for _, candidate := range c.system(c.env) {
		if path, ok := regular(candidate); ok {
			return library{path: path}, nil
		}
	}
	return library{}, noLibrary("there is no %s", libraryNames()[0])
}

// regular returns the absolute path of a regular file, links resolved.
func regular(path string) (string, bool) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", false
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", false
	}
	info, err := os.Stat(path)
	return path, err == nil && info.Mode().IsRegular()
}

// libraryNames are the names of the library's file, best first.
func libraryNames() []string {
	switch runtime.GOOS {
	case "windows":
		return []string{"onnxruntime.dll"}
	case "darwin":
		return []string{"libonnxruntime.dylib"}
	}
	return []string{"libonnxruntime.so.1", "libonnxruntime.so"}
}

// systemLibraries lists the files that may be a library of the system, best first. Paths rather than bare names for the
// dynamic linker: which library is loaded must be known, to tell two apart and to name it. Windows' own
// onnxruntime.dll in System32 is far too old, so there only the one beside the executable counts.
func systemLibraries(env func(string) string) []string {
	var dirs []string
	if program, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Dir(program))
	}
	switch runtime.GOOS {
	case "windows":
	case "darwin":
		dirs = append(dirs, filepath.SplitList(env("DYLD_LIBRARY_PATH"))...)
		dirs = append(dirs, "/opt/homebrew/lib", "/usr/local/lib")
	default:
		dirs = append(dirs, filepath.SplitList(env("LD_LIBRARY_PATH"))...)
		dirs = append(dirs, "/usr/local/lib", "/usr/lib64", "/usr/lib")
		if triplet, ok := map[string]string{"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}[runtime.GOARCH]; ok {
			dirs = append(dirs, filepath.Join("/usr/lib", triplet))
		}
	}
	var files []string
	for _, dir := range dirs {
		if !filepath.IsAbs(dir) { // never the current folder
			continue
		}
		for _, name := range libraryNames() {
			files = append(files, filepath.Join(dir, name))
		}
	}
	return files
}
