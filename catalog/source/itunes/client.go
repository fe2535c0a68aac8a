package itunes

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/source"
	"github.com/soundtrack-go/sdk/catalog/source/internal/api"
)

// Limits of Apple, and ours.
const (
	calls    = 20
	window   = time.Minute
	hits     = "25" // asked of a search
	hitsKept = 100  // of an answer, whatever was asked
	maxQuery = 300  // characters of a title or artist that are put into a query
	longest  = 86_400_000
)

// Client asks the iTunes Search API. Safe for concurrent use.
type Client struct {
	api     *api.Client
	country string
}

// New makes a client. It does not touch the network.
func New(opts ...Option) (*Client, error) {
	config := config{country: "US", Config: api.Config{
		Service: string(catalog.SourceITunes), Base: "https://itunes.apple.com", Timeout: 5 * time.Second,
		Agent: "soundtrack/0 (+https://github.com/soundtrack-go/sdk)", Calls: calls, Window: window,
		Busy: func(status int) bool { return status == http.StatusForbidden }, // how Apple says "too many"
	}}
	for _, opt := range opts {
		if err := opt.apply(&config); err != nil {
			return nil, err
		}
	}
	client, err := api.New(config.Config)
	if err != nil {
		return nil, err
	}
	return &Client{api: client, country: config.country}, nil
}

var digits = regexp.MustCompile(`^[0-9]{1,20}$`)

// Track returns the track with an id. Anything but digits is not found, without a call.
func (c *Client) Track(ctx context.Context, id string) (source.Track, error) {
	if !digits.MatchString(id) {
		return source.Track{}, c.api.NotFound("track %.40q", id)
	}
	tracks, err := c.ask(ctx, "/lookup", url.Values{"id": {id}, "entity": {"song"}})
	if err != nil {
		return source.Track{}, err
	}
	for _, t := range tracks {
		if t.ID == strings.TrimLeft(id, "0") {
			return t, nil
		}
	}
	return source.Track{}, c.api.NotFound("track %s", id)
}

// Search returns the songs that Apple finds for a song's artist and title, best first as Apple sees it, unchecked. A
// song without title or artist is not found; an answer without hits is empty and no error.
func (c *Client) Search(ctx context.Context, song catalog.Song) ([]source.Track, error) {
	artist, title := phrase(song.Artist), phrase(catalog.FoldTitle(song.Title))
	if artist == "" || title == "" {
		return nil, c.api.NotFound("a song without title or artist")
	}
	return c.ask(ctx, "/search", url.Values{
		"term": {artist + " " + title}, "media": {"music"}, "entity": {"song"}, "limit": {hits},
	})
}

// Find returns the first track with a preview that agrees with the song, see [source.Agrees]. It makes one call.
func (c *Client) Find(ctx context.Context, song catalog.Song) (source.Track, error) {
	tracks, err := c.Search(ctx, song)
	if err != nil {
		return source.Track{}, err
	}
	for _, track := range tracks {
		if track.PreviewURL != "" && source.Agrees(song, track) {
			return track, nil
		}
	}
	return source.Track{}, c.api.NotFound("%s", song)
}

// ask returns the songs of an answer; look-ups may hold artists and albums as well.
func (c *Client) ask(ctx context.Context, path string, query url.Values) ([]source.Track, error) {
	query.Set("country", c.country)
	var answer struct {
		Results []result `json:"results"`
	}
	if err := c.api.Get(ctx, path, query, &answer); err != nil {
		return nil, err
	}
	var tracks []source.Track
	for _, r := range answer.Results[:min(len(answer.Results), hitsKept)] {
		if r.Kind == "song" && r.ID != 0 {
			tracks = append(tracks, r.track())
		}
	}
	return tracks, nil
}

// phrase prepares text for a query: single spaces and no endless text.
func phrase(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	return string(runes[:min(len(runes), maxQuery)])
}
