package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/clip"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// standIn is a model hub with a tiny model in place of OpenAI's CLIP: same id, names, types, preprocessing and addresses,
// other weights. The real digests cannot be met, so its manifest replaces the preset's, as that of a mirror with weights of
// its own would.
type standIn struct {
	manifest vision.Manifest
	folder   string // with the manifest, for --manifest

	mu       sync.Mutex
	requests []string // paths, in order
}

// newStandIn starts the hub and points HF_ENDPOINT and the cache at it. Tests that use it cannot be parallel.
func newStandIn(t *testing.T) *standIn {
	t.Helper()
	tiny := visiontest.TinyCLIP(t, visiontest.CLIPHub)
	m := clip.OpenAI()
	m.Dim, m.Known = tiny.Manifest.Dim, tiny.Manifest.Known
	require.Equal(t, tiny.Manifest.Visual.Input, m.Visual.Input, "the stand-in has the names of the real thing")
	require.Equal(t, tiny.Manifest.Visual.Output, m.Visual.Output)
	m.Textual.Mask = tiny.Manifest.Textual.Mask
	files := map[string]string{}
	put := func(f *vision.File, on vision.ModelFile) {
		info, err := os.Stat(on.Path)
		require.NoError(t, err)
		f.SHA256, f.Size = on.SHA256, info.Size()
		files[path(t, f.URLs[0])] = on.Path
	}
	put(&m.Visual.File, tiny.Visual)
	put(&m.Textual.File, tiny.Textual)
	put(&m.Textual.Vocabulary, tiny.Vocabulary)

	s := &standIn{manifest: m, folder: t.TempDir()}
	storage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, files[r.URL.Path])
	}))
	t.Cleanup(storage.Close)
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.URL.Path)
		s.mu.Unlock()
		if files[r.URL.Path] == "" {
			http.NotFound(w, r)
			return
		}
		http.Redirect(w, r, storage.URL+r.URL.Path, http.StatusFound)
	}))
	t.Cleanup(hub.Close)
	t.Setenv("HF_ENDPOINT", hub.URL)
	t.Setenv("SOUNDTRACK_CACHE_DIR", t.TempDir())

	text, err := json.MarshalIndent(m, "", "  ")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(s.folder, "openai.json"), text, 0o600))
	require.Equal(t, soundtrack.PresetCLIPOpenAI, m.ID)
	return s
}

// path is the path of an address.
func path(t *testing.T, address string) string {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, address, nil)
	require.NoError(t, err)
	return request.URL.Path
}

func (s *standIn) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}
