package deezer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/source"
	"github.com/soundtrack-go/sdk/catalog/source/deezer"
)

// The first hit is karaoke and is passed over. A fake stands in for Deezer here.
func ExampleClient_Find() {
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"data":[
			{"id":1,"title":"Clocks (Karaoke Version)","artist":{"name":"Coldplay"},"preview":"https://cdn.example/1.mp3"},
			{"id":2,"title":"Clocks","artist":{"name":"Coldplay"},"preview":"https://cdn.example/2.mp3","duration":307}]}`)
	}))
	defer fake.Close()

	client, err := deezer.New(deezer.WithBaseURL(fake.URL), deezer.WithUserAgent("my-app/1.0 (me@example.org)"))
	if err != nil {
		fmt.Println(err)
		return
	}
	track, err := client.Find(context.Background(), catalog.Song{Title: "Clocks", Artist: "Coldplay"})
	fmt.Println(track.ID, track.Title, track.Duration, err)
	_, err = client.Find(context.Background(), catalog.Song{Title: "Yellow", Artist: "Coldplay"})
	fmt.Println(errors.Is(err, source.ErrNotFound))
	// Output:
	// 2 Clocks 5m7s <nil>
	// true
}
