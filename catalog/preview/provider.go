package preview

import (
	"context"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/source"
	"github.com/soundtrack-go/sdk/catalog/source/deezer"
	"github.com/soundtrack-go/sdk/catalog/source/itunes"
)

// Provider finds previews at one service. Implementations are safe for concurrent use and return soon after ctx is done.
type Provider interface {
	// Find returns an https address to play. Its errors match [source.ErrNotFound], [source.ErrBusy] or
	// [source.ErrUnavailable]; any other counts as unavailable. The resolver sets Kind and Provider of the answer.
	Find(ctx context.Context, ask Ask) (Playable, error)
}

// Ask is a question to a [Provider].
type Ask struct {
	Song catalog.Song
	// ID is the service's own id of the recording, stored with the song, to look up. If it is empty, search for Song and
	// accept only what agrees, see [source.Agrees].
	ID string
}

// ProviderFunc makes a [Provider] of a function.
type ProviderFunc func(ctx context.Context, ask Ask) (Playable, error)

// Find calls f.
func (f ProviderFunc) Find(ctx context.Context, ask Ask) (Playable, error) { return f(ctx, ask) }

// Deezer makes a [Provider] of a client, for [WithProvider] with a client of your own settings.
func Deezer(client *deezer.Client) Provider { return finder{client} }

// ITunes makes a [Provider] of a client, for [WithProvider] with a client of your own settings.
func ITunes(client *itunes.Client) Provider { return finder{client} }

// finder is what the clients of package source have in common.
type finder struct {
	client interface {
		Track(ctx context.Context, id string) (source.Track, error)
		Find(ctx context.Context, song catalog.Song) (source.Track, error)
	}
}

// Find implements [Provider].
func (f finder) Find(ctx context.Context, ask Ask) (Playable, error) {
	track, err := source.Track{}, error(nil)
	if ask.ID != "" {
		track, err = f.client.Track(ctx, ask.ID)
	} else {
		track, err = f.client.Find(ctx, ask.Song)
	}
	if err != nil {
		return Playable{}, err
	}
	if track.PreviewURL == "" { // the recording is there, but not here: previews differ by country
		return Playable{}, &source.NotFoundError{Service: string(track.Source), Wanted: "a preview of track " + track.ID}
	}
	return Playable{URL: track.PreviewURL, Link: track.Link, Duration: track.Duration, Expires: track.Expires}, nil
}
