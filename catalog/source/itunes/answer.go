package itunes

import (
	"strconv"
	"time"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/source"
)

// result is Apple's object, as far as it is used.
type result struct {
	Kind     string  `json:"kind"`
	ID       uint64  `json:"trackId"`
	Artist   string  `json:"artistName"` // the whole credit: "Queen & David Bowie"
	Album    string  `json:"collectionName"`
	Title    string  `json:"trackName"`
	Preview  string  `json:"previewUrl"`
	Link     string  `json:"trackViewUrl"`
	Duration float64 `json:"trackTimeMillis"`
}

func (r result) track() source.Track {
	out := source.Track{
		Source: catalog.SourceITunes, ID: strconv.FormatUint(r.ID, 10), Title: r.Title, Artist: r.Artist, Album: r.Album,
		Link: source.WebAddress(r.Link), PreviewURL: source.WebAddress(r.Preview),
	}
	if r.Duration > 0 && r.Duration < longest {
		out.Duration = time.Duration(r.Duration * float64(time.Millisecond))
	}
	return out
}
