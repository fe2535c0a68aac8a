package deezer_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/source"
	"github.com/soundtrack-go/sdk/catalog/source/deezer"
)

// The fake of this file proves plumbing only: its answers have the shape that Deezer documents, and nobody has asked
// Deezer here whether they still do.

// fake answers with the bodies for a path, or for "search " and a query, and with "no data" for everything else.
type fake struct {
	bodies map[string]string

	mu    sync.Mutex
	asked []string
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.URL.Path
	if key == "/search" {
		key = "search " + r.URL.Query().Get("q")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, key)
	body, ok := f.bodies[key]
	if !ok {
		body = `{"error":{"type":"DataException","message":"no data","code":800}}`
	}
	_, _ = io.WriteString(w, body)
}

func newClient(t *testing.T, bodies map[string]string) (*deezer.Client, *fake) {
	t.Helper()
	f := &fake{bodies: bodies}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	client, err := deezer.New(deezer.WithBaseURL(server.URL), deezer.WithHTTPClient(server.Client()))
	require.NoError(t, err)
	return client, f
}

func hit(id int, title, artist, preview string) string {
	return fmt.Sprintf(`{"id":%d,"title":%q,"isrc":"GBUM70600001","link":"https://www.deezer.com/track/%d","duration":225,
		"preview":%q,"artist":{"name":%q},"album":{"title":"An album"},"contributors":[{"name":%q},{"name":"Guest"}]}`,
		id, title, id, preview, artist, artist)
}

const signed = "https://cdnt-preview.dzcdn.net/a.mp3?hdnea=exp=1759984567~acl=/a.mp3*~data=user_id=0,application_id=42~hmac=05da"

func TestTrack(t *testing.T) {
	t.Parallel()
	client, f := newClient(t, map[string]string{
		"/track/17":                hit(17, "Halo", "Beyoncé", signed),
		"/track/isrc:GBUM70600001": hit(18, "Halo", "Beyoncé", "http://plain.example/a.mp3"),
		"/track/19":                `{"id":19,"title":"Bare"}`,
		"/track/20":                `{}`,
	})
	got, err := client.Track(t.Context(), "17")
	require.NoError(t, err)
	require.Equal(t, source.Track{
		Source: catalog.SourceDeezer, ID: "17", Title: "Halo", Artist: "Beyoncé", Artists: []string{"Beyoncé", "Guest"},
		Album: "An album", ISRC: "GBUM70600001", Duration: 225 * time.Second, PreviewURL: signed,
		Expires: time.Unix(1759984567, 0), Link: "https://www.deezer.com/track/17",
	}, got)

	got, err = client.ByISRC(t.Context(), " gb-um7-06-00001")
	require.NoError(t, err)
	require.Equal(t, "18", got.ID)
	require.Empty(t, got.PreviewURL, "plain http is not taken")
	require.Zero(t, got.Expires)

	got, err = client.Track(t.Context(), "19")
	require.NoError(t, err)
	require.Equal(t, source.Track{Source: catalog.SourceDeezer, ID: "19", Title: "Bare"}, got)

	for _, id := range []string{"20", "404"} {
		_, err = client.Track(t.Context(), id)
		require.ErrorIs(t, err, source.ErrNotFound, id)
	}
	before := len(f.asked)
	for _, id := range []string{"", "x", "1/../2", "1?x", "-1", "123456789012345678901"} {
		_, err = client.Track(t.Context(), id)
		require.ErrorIs(t, err, source.ErrNotFound, id)
		_, err = client.ByISRC(t.Context(), id)
		require.ErrorIs(t, err, source.ErrNotFound, id)
	}
	require.Len(t, f.asked, before, "what cannot be an id is not asked for")
}

func TestErrorsComeWithStatus200(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]error{
		4: source.ErrBusy, 700: source.ErrBusy, 800: source.ErrNotFound, 100: source.ErrUnavailable,
		200: source.ErrUnavailable, 300: source.ErrUnavailable, 500: source.ErrUnavailable, 600: source.ErrUnavailable,
	} {
		body := fmt.Sprintf(`{"error":{"type":"Exception","message":"canary","code":%d}}`, code)
		client, _ := newClient(t, map[string]string{"/track/1": body, `search artist:"A" track:"B"`: body})
		_, err := client.Track(t.Context(), "1")
		require.ErrorIs(t, err, want, code)
		require.NotContains(t, err.Error(), "canary")
		_, err = client.Search(t.Context(), catalog.Song{Title: "B", Artist: "A"})
		require.ErrorIs(t, err, want, code)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	const preview = "https://cdn.example/a.mp3"
	right := hit(1, "Halo (2019 Remaster)", "Beyonce", preview)
	wrong := hit(2, "Halo (Karaoke Version)", "Beyoncé", preview) + "," + hit(3, "Halo", "Bethel", preview) + "," +
		hit(4, "Halo", "Beyoncé", "")
	const fields, words = `search artist:"Beyoncé" track:"Halo"`, "search Beyoncé Halo"
	song := catalog.Song{Title: "Halo", Artist: "Beyoncé"}
	coded := song
	coded.ISRC = "GBUM70600001"
	for _, tt := range []struct {
		name   string
		song   catalog.Song
		bodies map[string]string
		want   string // id, "" if not found
		calls  int
	}{
		{"by fields", song, map[string]string{fields: `{"data":[` + right + `]}`}, "1", 1},
		{"behind wrong ones", song, map[string]string{fields: `{"data":[` + wrong + "," + right + `]}`}, "1", 1},
		{"by words", song, map[string]string{fields: `{"data":[],"total":0}`, words: `{"data":[` + right + `]}`}, "1", 2},
		{"only wrong ones", song, map[string]string{fields: `{"data":[` + wrong + `]}`, words: `{"data":[` + wrong + `]}`}, "", 2},
		{"by code", coded, map[string]string{"/track/isrc:GBUM70600001": right}, "1", 1},
		{"wrong code", coded, map[string]string{"/track/isrc:GBUM70600001": hit(5, "Other", "Beyoncé", preview), fields: `{"data":[` + right + `]}`}, "1", 2},
		{"unknown code", coded, map[string]string{fields: `{"data":[` + right + `]}`}, "1", 2},
		{"nothing", coded, nil, "", 3},
		{"quotes", catalog.Song{Title: `Halo"`, Artist: `"Beyoncé`}, map[string]string{fields: `{"data":[` + right + `]}`}, "1", 1},
		{"no artist", catalog.Song{Title: "Halo"}, nil, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client, f := newClient(t, tt.bodies)
			got, err := client.Find(t.Context(), tt.song)
			require.Len(t, f.asked, tt.calls)
			if tt.want == "" {
				require.ErrorIs(t, err, source.ErrNotFound)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got.ID)
		})
	}
}

func TestFindStopsAtFailure(t *testing.T) {
	t.Parallel()
	client, f := newClient(t, map[string]string{`search artist:"A" track:"B"`: `<html>`})
	_, err := client.Find(t.Context(), catalog.Song{Title: "B", Artist: "A"})
	require.ErrorIs(t, err, source.ErrUnavailable)
	require.Len(t, f.asked, 1)
}

func TestOptionsCheckThemselves(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]deezer.Option{
		"agent": deezer.WithUserAgent(""), "base": deezer.WithBaseURL("http://api.example"),
		"timeout": deezer.WithTimeout(-1), "client": deezer.WithHTTPClient(nil),
	} {
		_, err := deezer.New(opt)
		require.ErrorContains(t, err, "deezer: ", name)
	}
}
