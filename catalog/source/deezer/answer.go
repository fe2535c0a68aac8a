package deezer

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/source"
)

// failure is how Deezer reports errors: with HTTP 200.
type failure struct {
	Error *struct {
		Code int `json:"code"`
	} `json:"error"`
}

// check turns a reported error into one of package source.
func (c *Client) check(f failure, wanted string) error {
	switch {
	case f.Error == nil:
		return nil
	case f.Error.Code == quota || f.Error.Code == overload:
		return c.api.Busy(window)
	case f.Error.Code == missing:
		return c.api.NotFound("%s", wanted)
	default:
		return c.api.Refused(f.Error.Code)
	}
}

// track is Deezer's object, as far as it is used.
type track struct {
	ID       uint64  `json:"id"`
	Title    string  `json:"title"`
	ISRC     string  `json:"isrc"`
	Link     string  `json:"link"`
	Duration float64 `json:"duration"` // seconds
	Preview  string  `json:"preview"`
	Artist   named   `json:"artist"`
	Album    struct {
		Title string `json:"title"`
	} `json:"album"`
	Contributors []named `json:"contributors"` // only in the answer for one track
}

type named struct {
	Name string `json:"name"`
}

func (t track) track() source.Track {
	out := source.Track{
		Source: catalog.SourceDeezer, ID: strconv.FormatUint(t.ID, 10), Title: t.Title, Artist: t.Artist.Name,
		Album: t.Album.Title, ISRC: t.ISRC, Link: source.WebAddress(t.Link), PreviewURL: source.WebAddress(t.Preview),
	}
	for _, c := range t.Contributors {
		out.Artists = append(out.Artists, c.Name)
	}
	if t.Duration > 0 && t.Duration < longest {
		out.Duration = time.Duration(t.Duration * float64(time.Second))
	}
	out.Expires = expires(out.PreviewURL)
	return out
}

// expires reads the end of a signed address, "…?hdnea=exp=1759984567~acl=…~hmac=…"; zero if it has none.
func expires(address string) time.Time {
	u, err := url.Parse(address)
	if err != nil {
		return time.Time{}
	}
	for part := range strings.SplitSeq(u.Query().Get("hdnea"), "~") {
		if text, ok := strings.CutPrefix(part, "exp="); ok {
			if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && seconds > 0 && seconds < 1<<40 {
				return time.Unix(seconds, 0)
			}
		}
	}
	return time.Time{}
}
