package modelhub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/soundtrack-go/sdk/vision"
)

// runtimeBuild is one build of ONNX Runtime's library. Builds differ in version and bytes; any of them serves.
type runtimeBuild struct {
	file   vision.File // the library, or the archive that holds it
	inside string      // path of the library in the archive; empty if file is the library
}

// The official release whose archives are pinned, and the package that holds the same library. Of the archives only their
// own digests are published: what is unpacked from a verified one is trusted, and its digest recorded beside it.
const (
	runtimeRelease = "1.29.0"
	runtimeArchive = "https://github.com/microsoft/onnxruntime/releases/download/v" + runtimeRelease + "/"
	runtimePackage = "1.32.0"
	runtimePython  = "cp311" // a wheel holds the library whatever Python it is for; this one is pinned
)

// runtimeBuilds lists the builds for a platform, best first.
func runtimeBuilds(goos, goarch string) []runtimeBuild {
	official := func(name, library, digest string, size int64) runtimeBuild {
		file := vision.File{Name: name, Size: size, SHA256: digest, URLs: []string{runtimeArchive + name}}
		folder := strings.TrimSuffix(strings.TrimSuffix(name, ".tgz"), ".zip")
		return runtimeBuild{file: file, inside: path.Join(folder, "lib", library)}
	}
	wheel := func(platform, library, wheelDigest, digest string, size int64) runtimeBuild {
		name := fmt.Sprintf("onnxruntime-%s-%s-%s-%s.whl", runtimePackage, runtimePython, runtimePython, platform)
		return runtimeBuild{file: vision.File{
			Name: library, Size: size, SHA256: digest, Archive: wheelDigest,
			URLs: []string{fmt.Sprintf("pkg:pypi/onnxruntime@%s?file_name=%s#onnxruntime/capi/%s", runtimePackage, name, library)},
		}}
	}
	const (
		officialSO, wheelSO       = "libonnxruntime.so." + runtimeRelease, "libonnxruntime.so." + runtimePackage
		officialDylib, wheelDylib = "libonnxruntime." + runtimeRelease + ".dylib", "libonnxruntime." + runtimePackage + ".dylib"
		dll                       = "onnxruntime.dll"
	)
	switch goos + "/" + goarch {
	case "linux/amd64":
		return []runtimeBuild{
			official("onnxruntime-linux-x64-1.29.0.tgz", officialSO,
				"c3fddc4f139a045b0c4902c57410f0694f1c2fdf9b6939fbe38b1aeae7cd14ba", 11082880),
			wheel("manylinux_2_28_x86_64", wheelSO, "5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d",
				"6c1585d1bbf45b0712ea4a21b705c5fcb4ba04ff2e30f1fbf81a49faf658638f", 34824680),
		}
	case "linux/arm64":
		return []runtimeBuild{
			official("onnxruntime-linux-aarch64-1.29.0.tgz", officialSO,
				"e1799098ebc054b370f6176a450f158720f297818c613e5dc99b92e2ec82346f", 10027600),
			wheel("manylinux_2_28_aarch64", wheelSO, "2303372a85299b6757b0e11e1cbf13e410ddf7e10c37f4b37e99d1c90e7daf7c",
				"49852228a93995158b2a813d4df487d47a1b76b0eaa894507ef49e91b6d7954a", 27165936),
		}
	case "darwin/arm64":
		return []runtimeBuild{
			official("onnxruntime-osx-arm64-1.29.0.tgz", officialDylib,
				"d0706fc34f315d8c88639d0a8c81f2e09e815f282cabed3493c06a054352cf92", 41578864),
			wheel("macosx_14_0_arm64", wheelDylib, "366b9e53d07812cc5c92822cecf7563b76a8a0f32ba3bb8dd232a206ac3bcb6c",
				"fa585fabbea65b823b9a8f7e27d46aee3989d1be7e36b528203d3a1fd613aae7", 35272344),
		}
	case "windows/amd64":
		return []runtimeBuild{
			official("onnxruntime-win-x64-1.29.0.zip", dll,
				"c9b4b7086b529ad814f428c1bad028e20a25d7dc0699836775faace4ab5b78b2", 79645520),
			wheel("win_amd64", dll, "d7e0c45cc5f456ad7805e6dd256a7662736cda9c2fd17becae194eb3c2f6df72",
				"e9feebaed867b76f741c14ae64e056a3da64a153a61994f1fb48eadc7f9b3ba8", 22668640),
		}
	case "windows/arm64":
		return []runtimeBuild{
			official("onnxruntime-win-arm64-1.29.0.zip", dll,
				"a094a49c3ced0f9fca554647cc7566ae99d93a63a8ce6bf47975561c2de7608e", 81679033),
			wheel("win_arm64", dll, "23361cdf98afac352d10aa7d9e0a10ceaeb02d38430fb693c6eff370196db62d",
				"d3587771474d96427cc5683fa49440127e928622a5e9df0f3e24209ae1fc42ad", 20798816),
		}
	}
	return nil
}

// FetchRuntime returns ONNX Runtime's library for this platform, verified, for vision/ort. A cached one is used if there
// is one; otherwise it comes out of the official archive, or, where that is out of reach, out of the package of the same
// name. There are builds for Linux and Windows on amd64 and arm64 and for macOS on arm64 (of the package, from macOS 14);
// elsewhere the error matches [ErrUnavailable].
func (h *Hub) FetchRuntime(ctx context.Context) (vision.ModelFile, error) {
	return h.fetchRuntime(ctx, runtimeBuilds(runtime.GOOS, runtime.GOARCH))
}

// CachedRuntime returns the library that [Hub.FetchRuntime] fetched, if there is one. It does not read the file:
// whoever loads it should verify the digest, as vision/ort does.
func (h *Hub) CachedRuntime() (vision.ModelFile, bool) {
	return h.cachedRuntime(runtimeBuilds(runtime.GOOS, runtime.GOARCH))
}

func (h *Hub) fetchRuntime(ctx context.Context, builds []runtimeBuild) (vision.ModelFile, error) {
	if len(builds) == 0 {
		return vision.ModelFile{}, &UnavailableError{
			File: "ONNX Runtime for " + runtime.GOOS + "/" + runtime.GOARCH,
			Ways: []string{"build or install the library and name it in SOUNDTRACK_ONNXRUNTIME"},
		}
	}
	for _, b := range builds {
		if file, err := h.verifiedBuild(ctx, b); err == nil {
			return file, nil
		}
	}
	var failed []error
	for _, b := range builds {
		file, err := h.fetchBuild(ctx, b)
		if err == nil || ctx.Err() != nil || fatal(err) {
			return file, err
		}
		failed = append(failed, err)
	}
	return vision.ModelFile{}, errors.Join(failed...)
}

func (h *Hub) cachedRuntime(builds []runtimeBuild) (vision.ModelFile, bool) {
	for _, b := range builds {
		if file, ok := h.cachedBuild(b); ok {
			return file, true
		}
	}
	return vision.ModelFile{}, false
}

// cachedBuild finds a build in the cache by its name.
func (h *Hub) cachedBuild(b runtimeBuild) (vision.ModelFile, bool) {
	file := vision.ModelFile{Path: h.libraryPath(b), SHA256: b.file.SHA256}
	if b.inside != "" {
		record, err := os.ReadFile(recordOf(file.Path))
		if err != nil || !isDigest(string(record)) {
			return vision.ModelFile{}, false
		}
		file.SHA256 = string(record)
	}
	info, err := os.Stat(file.Path)
	return file, err == nil && info.Mode().IsRegular()
}

// verifiedBuild is cachedBuild that reads the file.
func (h *Hub) verifiedBuild(ctx context.Context, b runtimeBuild) (vision.ModelFile, error) {
	file, ok := h.cachedBuild(b)
	if !ok {
		return vision.ModelFile{}, fs.ErrNotExist
	}
	return file, h.verify(ctx, file.Path, vision.File{Name: filepath.Base(file.Path), SHA256: file.SHA256})
}

// libraryPath is where the library of a build lies: in the entry of its archive if it has one.
func (h *Hub) libraryPath(b runtimeBuild) string {
	e := h.entry(b.file)
	if b.inside == "" {
		return e.path
	}
	return filepath.Join(e.dir, path.Base(b.inside))
}

// recordOf is the file that holds the digest of what was unpacked.
func recordOf(library string) string { return library + ".sha256" }
