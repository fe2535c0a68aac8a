package modelhub

import (
	"net/http"
	"path/filepath"
	"testing"

	"github.com/adrg/xdg"
	"github.com/stretchr/testify/require"
)

func TestCacheDir(t *testing.T) {
	t.Parallel()
	none := WithEnv(envOf())
	dir := t.TempDir()
	rows := []struct {
		name string
		opts []Option
		want string
	}{
		{"default", []Option{none}, filepath.Join(xdg.CacheHome, "soundtrack", "models")},
		{"environment", []Option{WithEnv(envOf("SOUNDTRACK_CACHE", dir))}, filepath.Join(dir, "models")},
		{"option wins", []Option{WithEnv(envOf("SOUNDTRACK_CACHE", "/other")), WithCacheDir(dir)}, dir},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			hub, err := New(row.opts...)
			require.NoError(t, err)
			require.Equal(t, row.want, hub.Dir())
		})
	}
}

func TestOptionsCheckThemselves(t *testing.T) {
	t.Parallel()
	rows := map[string]Option{
		"no folder":          WithCacheDir(""),
		"no source":          WithFrom(""),
		"no client":          WithHTTPClient(nil),
		"no function":        WithProgress(nil),
		"no converter":       WithConverter("x", nil),
		"no name":            WithConverter("", reversed),
		"no bytes":           WithMaxBytes(0),
		"negative retries":   WithRetries(-1),
		"many retries":       WithRetries(101),
		"no environment":     WithEnv(nil),
		"offline what":       WithEnv(envOf("SOUNDTRACK_OFFLINE", "maybe")),
		"index is no URL":    WithEnv(envOf("PIP_INDEX_URL", "/srv/simple")),
		"index is a file":    WithEnv(envOf("SOUNDTRACK_PACKAGE_INDEX", "file:///srv/simple")),
		"endpoint is no URL": WithEnv(envOf("HF_ENDPOINT", "https://user:hunter2@%zz")),
	}
	for name, opt := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(WithEnv(envOf()), opt)
			require.ErrorContains(t, err, "modelhub: ")
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
	_, err := New(WithEnv(envOf()), WithConverter("x", reversed), WithConverter("x", reversed))
	require.Error(t, err, "a name is taken once")
}

func TestOwnClientIsUsed(t *testing.T) {
	t.Parallel()
	data := model(10)
	server := serveData(t, data)
	client := &http.Client{Transport: transportFunc(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer x")
		return http.DefaultTransport.RoundTrip(r)
	})}
	requireFetched(t, newHub(t, WithHTTPClient(client)), fileOf(data, server.URL), data)
	require.Equal(t, "Bearer x", server.request(0).Header.Get("Authorization"))
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
