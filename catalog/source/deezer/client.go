package deezer

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/source"
	"github.com/soundtrack-go/sdk/catalog/source/internal/api"
)

// Limits of Deezer, and ours.
const (
	calls    = 50
	window   = 5 * time.Second
	hits     = "25"   // asked of a search
	maxQuery = 300    // characters of a title or artist that are put into a query
	hitsKept = 100    // of an answer, whatever was asked
	quota    = 4      // error code: too many calls
	overload = 700    // error code: service busy
	missing  = 800    // error code: no data
	longest  = 86_400 // seconds of a recording that are believed
)

// Client asks Deezer. Safe for concurrent use.
type Client struct{ api *api.Client }

// New makes a client. It does not touch the network.
func New(opts ...Option) (*Client, error) {
	config := api.Config{
		Service: string(catalog.SourceDeezer), Base: "https://api.deezer.com", Timeout: 5 * time.Second,
		Agent: "soundtrack/0 (+https://github.com/soundtrack-go/sdk)", Calls: calls, Window: window,
	}
	for _, opt := range opts {
		if err := opt.apply(&config); err != nil {
			return nil, err
		}
	}
	client, err := api.New(config)
	if err != nil {
		return nil, err
	}
	return &Client{api: client}, nil
}

var (
	digits = regexp.MustCompile(`^[0-9]{1,20}$`)
	isrc   = regexp.MustCompile(`^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$`)
)

// Track returns the track with an id. Anything but digits is not found, without a call.
func (c *Client) Track(ctx context.Context, id string) (source.Track, error) {
	if !digits.MatchString(id) {
		return source.Track{}, c.api.NotFound("track %.40q", id)
	}
	return c.track(ctx, "/track/"+id, "track "+id)
}

// ByISRC returns a track with an ISRC, in either spelling: "GBAYE0601498" or "GB-AYE-06-01498". Labels give wrong ones
// away now and then, so check the track with [source.Agrees], as [Client.Find] does.
func (c *Client) ByISRC(ctx context.Context, code string) (source.Track, error) {
	clean := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(code), "-", ""))
	if !isrc.MatchString(clean) {
		return source.Track{}, c.api.NotFound("ISRC %.40q", code)
	}
	return c.track(ctx, "/track/isrc:"+clean, "ISRC "+clean)
}

// Search returns what Deezer finds for a song's artist and title, best first as Deezer sees it, unchecked. A song
// without title or artist is not found; an answer without hits is empty and no error.
func (c *Client) Search(ctx context.Context, song catalog.Song) ([]source.Track, error) {
	artist, title := phrase(song.Artist), phrase(catalog.FoldTitle(song.Title))
	if artist == "" || title == "" {
		return nil, c.api.NotFound("a song without title or artist")
	}
	return c.search(ctx, `artist:"`+artist+`" track:"`+title+`"`)
}

// Find returns the first track with a preview that agrees with the song, see [source.Agrees]: by ISRC if the song has
// one, then by artist and title as fields, then by both as plain words, for Deezer's field search misses some. It makes
// at most three calls.
func (c *Client) Find(ctx context.Context, song catalog.Song) (source.Track, error) {
	if song.ISRC != "" {
		track, err := c.ByISRC(ctx, song.ISRC)
		if err == nil && track.PreviewURL != "" && source.Agrees(song, track) {
			return track, nil
		}
		if err != nil && !errors.Is(err, source.ErrNotFound) {
			return source.Track{}, err
		}
	}
	artist, title := phrase(song.Artist), phrase(catalog.FoldTitle(song.Title))
	if artist == "" || title == "" {
		return source.Track{}, c.api.NotFound("a song without title or artist")
	}
	for _, query := range []string{`artist:"` + artist + `" track:"` + title + `"`, artist + " " + title} {
		tracks, err := c.search(ctx, query)
		if err != nil && !errors.Is(err, source.ErrNotFound) {
			return source.Track{}, err
		}
		for _, track := range tracks {
			if track.PreviewURL != "" && source.Agrees(song, track) {
				return track, nil
			}
		}
	}
	return source.Track{}, c.api.NotFound("%s", song)
}

func (c *Client) search(ctx context.Context, query string) ([]source.Track, error) {
	var answer struct {
		failure
		Data []track `json:"data"`
	}
	if err := c.api.Get(ctx, "/search", url.Values{"q": {query}, "limit": {hits}}, &answer); err != nil {
		return nil, err
	}
	if err := c.check(answer.failure, "the search"); err != nil {
		return nil, err
	}
	tracks := make([]source.Track, 0, min(len(answer.Data), hitsKept))
	for _, t := range answer.Data[:min(len(answer.Data), hitsKept)] {
		tracks = append(tracks, t.track())
	}
	return tracks, nil
}

func (c *Client) track(ctx context.Context, path, wanted string) (source.Track, error) {
	var answer struct {
		failure
		track
	}
	if err := c.api.Get(ctx, path, nil, &answer); err != nil {
		return source.Track{}, err
	}
	if err := c.check(answer.failure, wanted); err != nil {
		return source.Track{}, err
	}
	if answer.ID == 0 || answer.Title == "" {
		return source.Track{}, c.api.NotFound("%s", wanted)
	}
	return answer.track.track(), nil
}

// phrase prepares text for a query: no quotes, which would end a field, and no endless text.
func phrase(text string) string {
	runes := []rune(strings.Join(strings.Fields(strings.ReplaceAll(text, `"`, " ")), " "))
	return string(runes[:min(len(runes), maxQuery)])
}
