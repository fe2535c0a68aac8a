package modelhub

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

const testLibrary = "libonnxruntime.so.1.29.0"

// tgzOf makes an archive of regular files, in order: name, contents, and so on; contents nil make a link.
func tgzOf(t *testing.T, entries ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	w := tar.NewWriter(zipped)
	for i := 0; i < len(entries); i += 2 {
		header := &tar.Header{Name: entries[i].(string), Mode: 0o644, Typeflag: tar.TypeReg}
		data, regular := entries[i+1].([]byte)
		if header.Size = int64(len(data)); !regular {
			header.Typeflag, header.Linkname = tar.TypeSymlink, "/etc/passwd"
		}
		require.NoError(t, w.WriteHeader(header))
		_, err := w.Write(data)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, zipped.Close())
	return b.Bytes()
}

// archiveBuild describes an archive as an official release is described.
func archiveBuild(name string, data []byte, address string) runtimeBuild {
	file := vision.File{Name: name, Size: int64(len(data)), SHA256: digestOf(data), URLs: []string{address}}
	return runtimeBuild{file: file, inside: "ort/lib/" + testLibrary}
}

// requireRuntime fetches a library and compares it with data.
func requireRuntime(t *testing.T, hub *Hub, builds []runtimeBuild, data []byte) vision.ModelFile {
	t.Helper()
	got, err := hub.fetchRuntime(t.Context(), builds)
	require.NoError(t, err)
	require.Equal(t, digestOf(data), got.SHA256)
	onDisk, err := os.ReadFile(got.Path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, onDisk))
	left, err := filepath.Glob(filepath.Join(filepath.Dir(got.Path), "*"))
	require.NoError(t, err)
	for _, name := range left {
		require.Contains(t, []string{got.Path, recordOf(got.Path)}, name)
	}
	cached, ok := hub.cachedRuntime(builds)
	require.True(t, ok)
	require.Equal(t, got, cached)
	return got
}

func TestRuntimeFromArchive(t *testing.T) {
	t.Parallel()
	library, other := model(50_000), model(100)
	for name, archive := range map[string][]byte{
		"ort.tgz": tgzOf(t, "ort/lib/libonnxruntime.so", nil, "ort/lib/"+testLibrary+".debug", other, "ort/lib/"+testLibrary, library),
		"dot.tgz": tgzOf(t, "./ort/", nil, "./ort/lib/"+testLibrary, library),
		"ort.zip": zipOf(t, "ort/lib/other", other, "ort/lib/"+testLibrary, library),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serveData(t, archive)
			hub := newHub(t)
			builds := []runtimeBuild{archiveBuild(name, archive, server.URL)}
			_, ok := hub.cachedRuntime(builds)
			require.False(t, ok)
			got := requireRuntime(t, hub, builds, library)
			require.Equal(t, testLibrary, filepath.Base(got.Path))
			requireRuntime(t, hub, builds, library)
			require.Equal(t, 1, server.count())

			require.NoError(t, os.WriteFile(got.Path, library[1:], 0o644))
			requireRuntime(t, hub, builds, library)
			require.Equal(t, 2, server.count(), "a damaged library is fetched again")
		})
	}
}

func TestRuntimeArchiveWithoutTheLibrary(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		archive []byte
		want    string
	}{
		"none.tgz":     {tgzOf(t, "ort/lib/else", model(10)), "no file"},
		"link.tgz":     {tgzOf(t, "ort/lib/"+testLibrary, nil), "no file"},
		"none.zip":     {zipOf(t, "ort/lib/else", model(10)), "no file"},
		"no-tgz.tgz":   {model(1000), "gzip"},
		"no-zip.zip":   {model(1000), "zip"},
		"cut-tail.tgz": {tgzOf(t, "ort/lib/"+testLibrary, model(100_000))[:50_000], "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serveData(t, row.archive)
			hub := newHub(t)
			_, err := hub.fetchRuntime(t.Context(), []runtimeBuild{archiveBuild(name, row.archive, server.URL)})
			require.ErrorContains(t, err, row.want)
			_, ok := hub.cachedRuntime([]runtimeBuild{archiveBuild(name, row.archive, server.URL)})
			require.False(t, ok)
			requireNoLeftovers(t, hub)
		})
	}
}

// The package is used where the archive cannot be had, and of its wheels the one for this platform.
func TestRuntimeFromPackage(t *testing.T) {
	t.Parallel()
	library := model(30_000)
	wheel := zipOf(t, "onnxruntime/capi/"+testLibrary, library)
	const here, there = "onnxruntime-1.2-cp311-cp311-manylinux_2_28_x86_64.whl", "onnxruntime-1.2-cp311-cp311-win_amd64.whl"
	index := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/simple/onnxruntime/":
			w.Header().Set("Content-Type", simpleJSON)
			_ = json.NewEncoder(w).Encode(map[string]any{
				"meta": map[string]string{"api-version": "1.0"},
				"files": []any{ // without digests, so that the name decides
					map[string]any{"filename": there, "url": "/wrong"}, map[string]any{"filename": here, "url": "/right"},
				},
			})
		case "/right":
			content(w, r, wheel)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	packaged := runtimeBuild{file: vision.File{
		Name: testLibrary, Size: int64(len(library)), SHA256: digestOf(library), Archive: digestOf(wheel),
		URLs: []string{"pkg:pypi/onnxruntime@1.2?file_name=" + here + "#onnxruntime/capi/" + testLibrary},
	}}
	hub := newHub(t, WithEnv(envOf("PIP_INDEX_URL", index.URL+"/simple")))
	builds := []runtimeBuild{archiveBuild("ort.tgz", model(10), index.URL+"/gone"), packaged}
	requireRuntime(t, hub, builds, library)
	before := index.count()
	requireRuntime(t, hub, builds, library)
	require.Equal(t, before, index.count(), "no way is tried again once there is a library")
}

func TestRuntimeWithoutSources(t *testing.T) {
	t.Parallel()
	archive := tgzOf(t, "ort/lib/"+testLibrary, model(1000))
	gone := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	builds := []runtimeBuild{archiveBuild("a.tgz", archive, gone.URL), archiveBuild("b.tgz", model(9), gone.URL)}

	_, err := newHub(t).fetchRuntime(t.Context(), builds)
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorContains(t, err, "a.tgz")
	require.ErrorContains(t, err, "b.tgz")

	_, err = newHub(t, WithOffline()).fetchRuntime(t.Context(), builds)
	require.ErrorIs(t, err, ErrOffline)

	_, err = newHub(t).fetchRuntime(t.Context(), nil)
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorContains(t, err, "SOUNDTRACK_ONNXRUNTIME")

	given := filepath.Join(t.TempDir(), "given.tgz")
	require.NoError(t, os.WriteFile(given, archive, 0o644))
	requireRuntime(t, newHub(t, WithOffline(), WithFrom(given)), builds, model(1000))
}

func TestRuntimeIsFetchedOnce(t *testing.T) {
	t.Parallel()
	archive := tgzOf(t, "ort/lib/"+testLibrary, model(1<<20))
	server := serveData(t, archive)
	hub := newHub(t)
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = hub.fetchRuntime(t.Context(), []runtimeBuild{archiveBuild("ort.tgz", archive, server.URL)})
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.Equal(t, 1, server.count())
}

// What is pinned must be usable: this is the only test of the platforms that tests do not run on.
func TestRuntimeBuilds(t *testing.T) {
	t.Parallel()
	hub := newHub(t)
	for _, platform := range []string{"linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64", "windows/arm64"} {
		goos, goarch, _ := strings.Cut(platform, "/")
		builds := runtimeBuilds(goos, goarch)
		require.Len(t, builds, 2, platform)
		for _, b := range builds {
			require.NoError(t, hub.checkFile(b.file), platform)
			require.Greater(t, b.file.Size, int64(10_000_000))
			require.True(t, isBaseName(filepath.Base(hub.libraryPath(b))), hub.libraryPath(b))
			require.Len(t, b.file.URLs, 1)
			if b.inside == "" {
				p, err := parsePackage(b.file.URLs[0])
				require.NoError(t, err)
				require.NotNil(t, p.wheel)
				require.True(t, isDigest(b.file.Archive))
				continue
			}
			address, err := url.Parse(b.file.URLs[0])
			require.NoError(t, err)
			require.Equal(t, "https", address.Scheme)
			require.True(t, strings.HasSuffix(address.Path, "/v1.29.0/"+b.file.Name), address.Path)
		}
	}
	require.Empty(t, runtimeBuilds("plan9", "amd64"))
}

func TestWheelOfAPlatform(t *testing.T) {
	t.Parallel()
	p, err := parsePackage("pkg:pypi/onnxruntime@1.2?file_name=onnxruntime-1.2-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl#a")
	require.NoError(t, err)
	require.Equal(t, []string{
		"download", "--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--dest", "DIR",
		"--implementation", "cp", "--python-version", "311", "--abi", "cp311",
		"--platform", "manylinux_2_27_x86_64", "--platform", "manylinux_2_28_x86_64", "onnxruntime==1.2",
	}, p.pipArgs("DIR"))
	uv := p.uvArgs("DIR", "FILE")
	require.Equal(t, []string{"--python-version", "3.11"}, uv[len(uv)-2:])
	for _, name := range []string{
		"other-1.2-cp311-cp311-win_amd64.whl", "onnxruntime-1.3-cp311-cp311-win_amd64.whl", "onnxruntime-1.2.tar.gz",
		"onnxruntime-1.2-py3-none-any.whl", "onnxruntime-1.2-cp311-cp311-win;rm.whl", "onnxruntime-1.2-cp311-cp311-../x.whl",
	} {
		_, err := parsePackage("pkg:pypi/onnxruntime@1.2?file_name=" + url.QueryEscape(name) + "#a")
		require.ErrorContains(t, err, "file_name", name)
	}
	_, err = parsePackage("pkg:pypi/onnxruntime@1.2?repository_url=x#a")
	require.ErrorContains(t, err, "repository_url")
}
