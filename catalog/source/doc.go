// Package source holds what the clients of music services share: the [Track] that they return, the rule by which a
// track counts as a wanted song, and their errors. The clients are in the folders below, one a service:
// source/deezer and source/itunes.
//
//	client, err := deezer.New()
//	track, err := client.Find(ctx, song) // the first hit for which source.Agrees(song, hit)
//
// # What counts as a hit
//
// Search engines answer every question with something. [Agrees] accepts a hit only if title and artist agree after
// folding and the lengths differ by at most 3 s where both are known, and refuses what is not the recording that was
// meant: mixed, karaoke, tribute, sped up, slowed, 8-bit, lullaby, instrumental, cover, live and the like, unless the
// wanted title says the same. A wrong song is worse than none.
//
// # Errors
//
// Every failed call matches one of [ErrNotFound], [ErrBusy] (with the time to wait in a [BusyError]), [ErrUnavailable],
// or the error of its context. Their texts hold no addresses, which may be signed, and no bytes of an answer.
//
// # What is kept
//
// Addresses of previews expire and their owners' terms forbid keeping them: keep the id, as a [catalog.Preview], and ask
// again at play time. Package catalog/preview does that.
package source
