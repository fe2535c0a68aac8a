package itunes_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/source"
	"github.com/soundtrack-go/sdk/catalog/source/itunes"
)

// The fake of this file proves plumbing only: its answers have the shape that Apple documents, and nobody has asked
// Apple here whether they still do.

func newClient(t *testing.T, handler http.HandlerFunc) *itunes.Client {
	t.Helper()
	fake := httptest.NewServer(handler)
	t.Cleanup(fake.Close)
	client, err := itunes.New(itunes.WithBaseURL(fake.URL), itunes.WithHTTPClient(fake.Client()), itunes.WithCountry("de"))
	require.NoError(t, err)
	return client
}

func hit(id int, title, artist, preview string) string {
	return fmt.Sprintf(`{"wrapperType":"track","kind":"song","trackId":%d,"artistName":%q,"collectionName":"An album",
		"trackName":%q,"previewUrl":%q,"trackViewUrl":"https://music.apple.com/de/album/1?i=%d","trackTimeMillis":248413}`,
		id, artist, title, preview, id)
}

func answer(hits ...string) string {
	body := `{"resultCount":9,"results":[{"wrapperType":"artist","artistName":"Not a song"}`
	for _, h := range hits {
		body += "," + h
	}
	return body + "]}"
}

const preview = "https://audio-ssl.itunes.apple.com/a.m4a"

func TestTrack(t *testing.T) {
	t.Parallel()
	var query url.Values
	client := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		query = r.URL.Query()
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8") // as Apple does
		_, _ = io.WriteString(w, answer(hit(17, "Under Pressure", "Queen & David Bowie", preview)))
	})
	got, err := client.Track(t.Context(), "17")
	require.NoError(t, err)
	require.Equal(t, source.Track{
		Source: catalog.SourceITunes, ID: "17", Title: "Under Pressure", Artist: "Queen & David Bowie", Album: "An album",
		Duration: 248413 * time.Millisecond, PreviewURL: preview, Link: "https://music.apple.com/de/album/1?i=17",
	}, got)
	require.Equal(t, url.Values{"id": {"17"}, "entity": {"song"}, "country": {"DE"}}, query)

	query = nil
	_, err = client.Track(t.Context(), "17&id=18")
	require.ErrorIs(t, err, source.ErrNotFound)
	require.Nil(t, query, "what cannot be an id is not asked for")
	_, err = client.Track(t.Context(), "18")
	require.ErrorIs(t, err, source.ErrNotFound, "another track is not the answer")
}

func TestFind(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		song catalog.Song
		body string
		want string // id, "" if not found
	}{
		{"first", catalog.Song{Title: "Halo", Artist: "Beyoncé"}, answer(hit(1, "Halo", "Beyoncé", preview)), "1"},
		{"behind wrong ones", catalog.Song{Title: "Halo", Artist: "Beyoncé"}, answer(
			hit(1, "Halo (Mixed)", "Beyoncé", preview), hit(2, "Halo", "Lullaby Band", preview), hit(3, "Halo", "Beyoncé", ""),
			hit(4, "Halo", "Beyoncé", "http://plain.example/a.m4a"), hit(5, "HALO", "Beyoncé", preview)), "5"},
		{"one of a credit", catalog.Song{Title: "Under Pressure", Artist: "David Bowie"}, answer(hit(1, "Under Pressure", "Queen & David Bowie", preview)), "1"},
		{"other length", catalog.Song{Title: "Halo", Artist: "Beyoncé", Duration: 300}, answer(hit(1, "Halo", "Beyoncé", preview)), ""},
		{"none", catalog.Song{Title: "Halo", Artist: "Beyoncé"}, `{"resultCount":0,"results":[]}`, ""},
		{"no title", catalog.Song{Artist: "Beyoncé"}, answer(), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client := newClient(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, tt.body) })
			got, err := client.Find(t.Context(), tt.song)
			if tt.want == "" {
				require.ErrorIs(t, err, source.ErrNotFound)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got.ID)
		})
	}
}

// Apple says "too many" with 403 as well as with 429.
func TestStatuses(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]error{
		403: source.ErrBusy, 429: source.ErrBusy, 404: source.ErrNotFound, 400: source.ErrUnavailable, 502: source.ErrUnavailable,
	} {
		client := newClient(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		_, err := client.Find(t.Context(), catalog.Song{Title: "A", Artist: "B"})
		require.ErrorIs(t, err, want, status)
	}
}

func TestOptionsCheckThemselves(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]itunes.Option{
		"agent": itunes.WithUserAgent(""), "base": itunes.WithBaseURL("ftp://api.example"), "timeout": itunes.WithTimeout(0),
		"client": itunes.WithHTTPClient(nil), "country": itunes.WithCountry("D&"),
	} {
		_, err := itunes.New(opt)
		require.ErrorContains(t, err, "itunes: ", name)
	}
}
