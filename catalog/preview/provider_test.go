package preview_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/preview"
	"github.com/soundtrack-go/sdk/catalog/source/deezer"
	"github.com/soundtrack-go/sdk/catalog/source/itunes"
)

// The real clients against fakes on this machine: this proves plumbing only. Deezer and Apple themselves were not asked.

func clients(t *testing.T, forDeezer, forITunes http.HandlerFunc) *preview.Resolver {
	t.Helper()
	one, two := httptest.NewServer(forDeezer), httptest.NewServer(forITunes)
	t.Cleanup(one.Close)
	t.Cleanup(two.Close)
	d, err := deezer.New(deezer.WithBaseURL(one.URL), deezer.WithHTTPClient(one.Client()))
	require.NoError(t, err)
	i, err := itunes.New(itunes.WithBaseURL(two.URL), itunes.WithHTTPClient(two.Client()))
	require.NoError(t, err)
	r, err := preview.New(preview.WithProvider("deezer", preview.Deezer(d)), preview.WithProvider("itunes", preview.ITunes(i)),
		preview.WithTimeout(2*time.Second))
	require.NoError(t, err)
	return r
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestClientsBehindTheResolver(t *testing.T) {
	t.Parallel()
	end := time.Now().Add(20 * time.Minute).Truncate(time.Second)
	signed := fmt.Sprintf("https://cdnt-preview.dzcdn.net/a.mp3?hdnea=exp=%d~acl=/a.mp3*~hmac=0", end.Unix())
	track := `{"id":1,"title":"Halo","artist":{"name":"Beyoncé"},"duration":261,"link":"https://www.deezer.com/track/1","preview":"` + signed + `"}`
	const apple = `{"results":[{"kind":"song","trackId":2,"trackName":"Halo","artistName":"Beyoncé","trackTimeMillis":261000,
		"previewUrl":"https://audio-ssl.itunes.apple.com/a.m4a","trackViewUrl":"https://music.apple.com/2"}]}`
	ofDeezer := preview.Playable{
		Kind: "deezer", Provider: "deezer", URL: signed, Link: "https://www.deezer.com/track/1",
		Duration: 261 * time.Second, Expires: end,
	}
	ofApple := preview.Playable{
		Kind: "itunes", Provider: "itunes", URL: "https://audio-ssl.itunes.apple.com/a.m4a",
		Link: "https://music.apple.com/2", Duration: 261 * time.Second,
	}
	byID := []catalog.Preview{{Kind: catalog.PreviewDeezer, Ref: "1"}}
	for _, tt := range []struct {
		name     string
		previews []catalog.Preview
		deezer   http.HandlerFunc
		want     preview.Playable
	}{
		{"Deezer by id", byID, says(200, track), ofDeezer},
		{"Deezer by search", nil, says(200, `{"data":[`+track+`]}`), ofDeezer},
		{"no preview here", byID, says(200, `{"id":1,"title":"Halo","artist":{"name":"Beyoncé"},"preview":""}`), ofApple},
		{"no such track", nil, says(200, `{"error":{"code":800}}`), ofApple},
		{"quota", byID, says(200, `{"error":{"code":4}}`), ofApple},
		{"429", nil, says(429, ""), ofApple},
		{"500", nil, says(500, ""), ofApple},
		{"page", nil, says(200, "<html>"), ofApple},
		{"wrong song", nil, says(200, `{"data":[{"id":1,"title":"Halo (Karaoke)","artist":{"name":"Beyoncé"},"preview":"https://x.example/"}]}`), ofApple},
		{"silence", nil, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, ofApple},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			song := catalog.Song{Title: "Halo", Artist: "Beyoncé", Previews: tt.previews}
			got, err := clients(t, tt.deezer, says(200, apple)).Resolve(t.Context(), song)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

// Without a network the error says which ways were tried.
func ExampleResolver_Resolve() {
	resolver, err := preview.New(preview.WithOffline())
	if err != nil {
		fmt.Println(err)
		return
	}
	demo := catalog.Song{Title: "Calm Sea", Artist: "soundtrack", Previews: []catalog.Preview{{Kind: catalog.PreviewDemo, Ref: "calm-sea"}}}
	playable, err := resolver.Resolve(context.Background(), demo)
	fmt.Println(playable.Kind, playable.Demo, err)
	_, err = resolver.Resolve(context.Background(), catalog.Song{Title: "Clocks", Artist: "Coldplay"})
	fmt.Println(err)
	// Output:
	// demo calm-sea <nil>
	// preview: nothing to play for "Clocks" by "Coldplay": deezer (by search) was not asked: the network is switched off; itunes (by search) was not asked: the network is switched off
}

// A service of one's own is a function.
func ExampleWithProvider() {
	own := preview.ProviderFunc(func(_ context.Context, ask preview.Ask) (preview.Playable, error) {
		return preview.Playable{URL: "https://radio.example/" + ask.ID + ".mp3"}, nil
	})
	resolver, err := preview.New(preview.WithoutProviders(), preview.WithProvider("radio", own))
	if err != nil {
		fmt.Println(err)
		return
	}
	song := catalog.Song{Title: "Clocks", Artist: "Coldplay", Previews: []catalog.Preview{{Kind: "radio", Ref: "17"}}}
	playable, err := resolver.Resolve(context.Background(), song)
	fmt.Println(playable.Provider, playable.URL, err)
	// Output: radio https://radio.example/17.mp3 <nil>
}
